//! 256-bit products and quotients against big integers.
#![allow(clippy::arithmetic_side_effects)] // big integers do not overflow

use num_bigint::BigUint;
use proptest::prelude::*;
use trestle_risk_math::MathError;
use trestle_risk_math::index::Index;
use trestle_risk_math::num::{
    mul_ratio_ceil, mul_ratio_floor, mul_shift_ceil, mul_shift_floor, mul_wide, shift_ratio_ceil,
    shift_ratio_floor,
};

/// Words of every magnitude, and those next to a power of two.
fn word() -> impl Strategy<Value = u128> {
    prop_oneof![
        (any::<u128>(), 0_u32..128).prop_map(|(x, s)| x >> s),
        (0_u32..128, -2_i128..3).prop_map(|(s, d)| (1_u128 << s).wrapping_add_signed(d)),
    ]
}

/// A big number as 128 bits, or the error that says it has more.
fn fits(x: &BigUint) -> Result<u128, MathError> {
    u128::try_from(x).map_err(|_| MathError::Overflow)
}

fn up(n: &BigUint, d: &BigUint) -> BigUint {
    (n + d - 1_u8) / d
}

#[test]
fn refusals_are_told_apart() {
    assert_eq!(mul_ratio_floor(1, 1, 0), Err(MathError::DivideByZero));
    assert_eq!(shift_ratio_floor(1, 64, 0), Err(MathError::DivideByZero));
    for shift in [0, 128] {
        assert_eq!(mul_shift_floor(1, 1, shift), Err(MathError::Range));
        assert_eq!(shift_ratio_floor(1, shift, 1), Err(MathError::Range));
    }
    // 2^128, and one part less
    assert_eq!(mul_ratio_floor(1 << 127, 2, 1), Err(MathError::Overflow));
    assert_eq!(mul_ratio_floor(u128::MAX, u128::MAX, u128::MAX), Ok(u128::MAX));
}

/// A remainder whose high word is the divisor's: the guess has 65 bits.
#[test]
fn a_digit_guessed_one_word_too_long() {
    let (a, d) = ((1_u128 << 127) + 10, (1_u128 << 126) + (1 << 62));
    let exact = (BigUint::from(a) << 127_u8) / d;
    assert_eq!(shift_ratio_floor(a, 127, d), fits(&exact));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn products_are_exact(a in word(), b in word(), shift in 0_u32..130) {
        let exact = BigUint::from(a) * b;
        let (high, low) = mul_wide(a, b);
        prop_assert_eq!((BigUint::from(high) << 128_u8) + low, exact.clone());
        let d = BigUint::from(1_u8) << shift;
        if (1..=127).contains(&shift) {
            prop_assert_eq!(mul_shift_floor(a, b, shift), fits(&(&exact / &d)));
            prop_assert_eq!(mul_shift_ceil(a, b, shift), fits(&up(&exact, &d)));
        } else {
            prop_assert_eq!(mul_shift_floor(a, b, shift), Err(MathError::Range));
        }
    }

    #[test]
    fn quotients_are_exact(a in word(), b in word(), d in word()) {
        let exact = BigUint::from(a) * b;
        if d == 0 {
            prop_assert_eq!(mul_ratio_floor(a, b, d), Err(MathError::DivideByZero));
        } else {
            let d_big = BigUint::from(d);
            prop_assert_eq!(mul_ratio_floor(a, b, d), fits(&(&exact / &d_big)));
            prop_assert_eq!(mul_ratio_ceil(a, b, d), fits(&up(&exact, &d_big)));
        }
    }

    /// No remainder at the last digit: the guess must not fall below it.
    #[test]
    fn whole_quotients_are_exact(a in word(), d in word()) {
        if d != 0 {
            prop_assert_eq!((mul_ratio_floor(a, d, d), mul_ratio_ceil(d, a, d)), (Ok(a), Ok(a)));
        }
    }

    #[test]
    fn quotients_of_shifted_numbers_are_exact(a in word(), shift in 0_u32..130, d in word()) {
        let exact = BigUint::from(a) << shift;
        if !(1..=127).contains(&shift) {
            prop_assert_eq!(shift_ratio_floor(a, shift, d), Err(MathError::Range));
        } else if d == 0 {
            prop_assert_eq!(shift_ratio_floor(a, shift, d), Err(MathError::DivideByZero));
        } else {
            let d_big = BigUint::from(d);
            prop_assert_eq!(shift_ratio_floor(a, shift, d), fits(&(&exact / &d_big)));
            prop_assert_eq!(shift_ratio_ceil(a, shift, d), fits(&up(&exact, &d_big)));
        }
    }

    #[test]
    fn fractional_debts_round_up(units in word(), q64 in word()) {
        let Ok(index) = Index::new(q64) else { return Ok(()) };
        let owed = up(&(BigUint::from(units) * q64), &(BigUint::from(1_u8) << 128_u8));
        prop_assert_eq!(index.owed_ceil(units), u64::try_from(&owed).map_err(|_| MathError::Overflow));
    }
}
