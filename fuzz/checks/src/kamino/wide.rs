//! Arithmetic over 256 bits, which projections rest on, against big integers.

use arbitrary::{Result, Unstructured};
use trestle_reference::bits::{Int, ceil_div, floor_div, int};
use trestle_risk_math::{MathError, num};

/// Products and quotients of any three numbers.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn check(u: &mut Unstructured<'_>) -> Result<()> {
    wide(any_width(u)?, any_width(u)?, any_width(u)?, u.int_in_range(0..=130)?);
    Ok(())
}

fn wide(a: u128, b: u128, d: u128, shift: u32) {
    let fits = |x: Int| u128::try_from(&x).map_err(|_| MathError::Overflow);
    let shifted = (1..=127).contains(&shift);
    let product = int(a) * b;
    let (high, low) = num::mul_wide(a, b);
    assert_eq!((int(high) << 128_u32) + low, product);
    let by = |n: &Int, d: u128, up: bool| match d {
        0 => Err(MathError::DivideByZero),
        d if up => fits(ceil_div(n, &int(d))),
        d => fits(floor_div(n, &int(d))),
    };
    assert_eq!(num::mul_ratio_floor(a, b, d), by(&product, d, false));
    assert_eq!(num::mul_ratio_ceil(a, b, d), by(&product, d, true));
    if shifted {
        let (up, power) = (int(a) << shift, 1 << shift);
        assert_eq!(num::shift_ratio_floor(a, shift, d), by(&up, d, false));
        assert_eq!(num::shift_ratio_ceil(a, shift, d), by(&up, d, true));
        assert_eq!(num::mul_shift_floor(a, b, shift), by(&product, power, false));
        assert_eq!(num::mul_shift_ceil(a, b, shift), by(&product, power, true));
    } else {
        assert_eq!(num::mul_shift_floor(a, b, shift), Err(MathError::Range));
        assert_eq!(num::shift_ratio_ceil(a, shift, d), Err(MathError::Range));
    }
}

/// A number of any width up to 128 bits.
fn any_width(u: &mut Unstructured<'_>) -> Result<u128> {
    Ok(u.arbitrary::<u128>()? >> u.int_in_range(0..=127_u32)?)
}
