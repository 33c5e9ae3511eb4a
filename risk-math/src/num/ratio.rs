//! 128-bit products and quotients over 256 bits, exact, rounded once.
//!
//! For a reserve or a position at a time: a quotient costs one 128-bit
//! division, or two where the product has more bits. Not for loops.

use super::{high64, low64, mul_u64};
use crate::error::{MathError, Result};

/// The exact 256-bit product: its high and its low half.
#[must_use]
pub fn mul_wide(a: u128, b: u128) -> (u128, u128) {
    let (a1, a0) = (high64(a), low64(a));
    let (b1, b0) = (high64(b), low64(b));
    let low = mul_u64(a0, b0);
    // each sum is at most (2^64-1)^2 + 2 * (2^64-1) = 2^128 - 1
    let mid = mul_u64(a1, b0).wrapping_add(u128::from(high64(low)));
    let cross = mul_u64(a0, b1).wrapping_add(u128::from(low64(mid)));
    let high = mul_u64(a1, b1)
        .wrapping_add(u128::from(high64(mid)))
        .wrapping_add(u128::from(high64(cross)));
    (high, u128::from(low64(cross)) << 64 | u128::from(low64(low)))
}

/// `a * b / 2^shift`, rounded down, for a shift of 1 to 127.
///
/// # Errors
/// [`MathError::Range`] for another shift, [`MathError::Overflow`] above 128 bits.
pub fn mul_shift_floor(a: u128, b: u128, shift: u32) -> Result<u128> {
    Ok(shifted(a, b, shift)?.0)
}

/// `a * b / 2^shift`, rounded up, for a shift of 1 to 127.
///
/// # Errors
/// [`MathError::Range`] for another shift, [`MathError::Overflow`] above 128 bits.
pub fn mul_shift_ceil(a: u128, b: u128, shift: u32) -> Result<u128> {
    rounded_up(shifted(a, b, shift)?)
}

/// `a * b / d`, rounded down.
///
/// # Errors
/// [`MathError::DivideByZero`], [`MathError::Overflow`] above 128 bits.
pub fn mul_ratio_floor(a: u128, b: u128, d: u128) -> Result<u128> {
    Ok(ratio(a, b, d)?.0)
}

/// `a * b / d`, rounded up.
///
/// # Errors
/// [`MathError::DivideByZero`], [`MathError::Overflow`] above 128 bits.
pub fn mul_ratio_ceil(a: u128, b: u128, d: u128) -> Result<u128> {
    rounded_up(ratio(a, b, d)?)
}

/// `a * 2^shift / d`, rounded down, for a shift of 1 to 127.
///
/// # Errors
/// [`MathError::Range`] for another shift, [`MathError::DivideByZero`],
/// [`MathError::Overflow`] above 128 bits.
pub fn shift_ratio_floor(a: u128, shift: u32, d: u128) -> Result<u128> {
    Ok(shift_ratio(a, shift, d)?.0)
}

/// `a * 2^shift / d`, rounded up, for a shift of 1 to 127.
///
/// # Errors
/// [`MathError::Range`] for another shift, [`MathError::DivideByZero`],
/// [`MathError::Overflow`] above 128 bits.
pub fn shift_ratio_ceil(a: u128, shift: u32, d: u128) -> Result<u128> {
    rounded_up(shift_ratio(a, shift, d)?)
}

fn rounded_up((q, exact): (u128, bool)) -> Result<u128> {
    q.checked_add(u128::from(!exact)).ok_or(MathError::Overflow)
}

fn shifted(a: u128, b: u128, shift: u32) -> Result<(u128, bool)> {
    if !(1..=127).contains(&shift) {
        return Err(MathError::Range);
    }
    let up = 128_u32.wrapping_sub(shift); // 1..=127
    let (high, low) = mul_wide(a, b);
    if high.wrapping_shr(shift) != 0 {
        return Err(MathError::Overflow);
    }
    Ok((high.wrapping_shl(up) | low.wrapping_shr(shift), low.wrapping_shl(up) == 0))
}

fn ratio(a: u128, b: u128, d: u128) -> Result<(u128, bool)> {
    let (high, low) = mul_wide(a, b);
    divide(high, low, d)
}

fn shift_ratio(a: u128, shift: u32, d: u128) -> Result<(u128, bool)> {
    if !(1..=127).contains(&shift) {
        return Err(MathError::Range);
    }
    divide(a.wrapping_shr(128_u32.wrapping_sub(shift)), a.wrapping_shl(shift), d)
}

/// Quotient of `high * 2^128 + low` by `d`, and whether it is exact: long
/// division in 64-bit digits.
fn divide(high: u128, low: u128, d: u128) -> Result<(u128, bool)> {
    if d == 0 {
        return Err(MathError::DivideByZero);
    }
    if high >= d {
        return Err(MathError::Overflow);
    }
    if high == 0 {
        // the usual case: one division
        let q = low.checked_div(d).ok_or(MathError::DivideByZero)?;
        return Ok((q, q.wrapping_mul(d) == low));
    }
    if high64(d) == 0 {
        return divide_by_word(low64(high), low, low64(d));
    }
    let up = d.leading_zeros(); // 0..=63
    let d = d.wrapping_shl(up);
    // high < d, so its top `up` bits are zero; two shifts, since one by 128 is none
    let carry = low.wrapping_shr(1).wrapping_shr(127_u32.wrapping_sub(up));
    let (high, low) = (high.wrapping_shl(up) | carry, low.wrapping_shl(up));
    let (q1, rest) = digit(high, high64(low), d)?;
    let (q0, rest) = digit(rest, low64(low), d)?;
    Ok((u128::from(q1) << 64 | u128::from(q0), rest == 0))
}

/// [`divide`] by a divisor of one word, `high < d`. Remainders are below the
/// divisor, so they are exact modulo 2^64.
fn divide_by_word(high: u64, low: u128, d: u64) -> Result<(u128, bool)> {
    let digit = |rest: u64, next: u64| {
        let n = u128::from(rest) << 64 | u128::from(next);
        let q = low64(n.checked_div(u128::from(d)).ok_or(MathError::DivideByZero)?);
        Ok((q, next.wrapping_sub(q.wrapping_mul(d))))
    };
    let (q1, rest) = digit(high, high64(low))?;
    let (q0, rest) = digit(rest, low64(low))?;
    Ok((u128::from(q1) << 64 | u128::from(q0), rest == 0))
}

/// One digit of a long division: `rest * 2^64 + next` by `d`, for a
/// normalised `d` (top bit set) and `rest < d`.
fn digit(rest: u128, next: u64, d: u128) -> Result<(u64, u128)> {
    let (d1, d0) = (u128::from(high64(d)), low64(d)); // d1 >= 2^63
    let mut q = rest.checked_div(d1).ok_or(MathError::DivideByZero)?;
    let mut left = rest.wrapping_sub(q.wrapping_mul(d1)); // < d1
    // the guess is too high by at most two (Knuth 4.3.1, theorem B)
    while q >> 64 != 0 || mul_u64(low64(q), d0) > (left << 64 | u128::from(next)) {
        q = q.wrapping_sub(1);
        left = left.wrapping_add(d1);
        if left >> 64 != 0 {
            break;
        }
    }
    // modulo 2^128: the true remainder is below d
    let rest = (rest << 64 | u128::from(next)).wrapping_sub(q.wrapping_mul(d));
    Ok((low64(q), rest))
}
