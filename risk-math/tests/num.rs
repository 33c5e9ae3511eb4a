//! `num`: edges and exact values.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

use proptest::prelude::*;
use trestle_risk_math::MathError;
use trestle_risk_math::num::*;

fn weight(q16: u32) -> Weight {
    Weight::new(q16).unwrap()
}

#[test]
fn weights_end_at_two() {
    assert_eq!(Weight::new(131_072), Ok(Weight::MAX));
    assert_eq!(Weight::new(131_073), Err(MathError::Range));
    assert_eq!(Weight::clamped(131_072), Weight::MAX);
    assert_eq!(Weight::clamped(131_073), Weight::MAX);
    assert_eq!(Weight::clamped(u32::MAX), Weight::MAX);
    assert_eq!(Weight::clamped(5).q16(), 5);
    assert_eq!(Weight::stored(7).q16(), 7);
}

#[test]
fn basis_points_round_up() {
    assert_eq!(Weight::from_bps(0), Ok(Weight::ZERO));
    assert_eq!(Weight::from_bps(1).unwrap().q16(), 7); // 6.5536
    assert_eq!(Weight::from_bps(625).unwrap().q16(), 4_096); // exact
    assert_eq!(Weight::from_bps(10_000), Ok(Weight::ONE));
    assert_eq!(Weight::from_bps(20_000), Ok(Weight::MAX));
    assert_eq!(Weight::from_bps(20_001), Err(MathError::Range));
    assert_eq!(Weight::from_bps(u16::MAX), Err(MathError::Range));
}

#[test]
fn weights_combine() {
    let (a, b) = (weight(3), weight(9));
    assert_eq!((a.min(b), b.min(a), a.min(a)), (a, a, a));
    assert_eq!((a.max(b), b.max(a), b.max(b)), (b, b, b));
    assert_eq!(a.complement(), weight(65_533));
    assert_eq!(Weight::ONE.complement(), Weight::ZERO);
    assert_eq!(Weight::MAX.complement(), Weight::ZERO);
    assert_eq!(a.plus(b), weight(12));
    assert_eq!(Weight::MAX.plus(a), Weight::MAX);
    assert_eq!(Weight::ONE.plus(Weight::ONE), Weight::MAX);
}

#[test]
fn products_of_weights_round_up() {
    assert_eq!(Weight::ONE.times_ceil(weight(77)), weight(77));
    assert_eq!(weight(1).times_ceil(weight(1)), weight(1)); // 2^-32
    assert_eq!(weight(1 << 15).times_ceil(weight(3)), weight(2)); // 1.5
    assert_eq!(weight(1 << 15).times_ceil(weight(4)), weight(2)); // exact
    assert_eq!(Weight::ZERO.times_ceil(Weight::MAX), Weight::ZERO);
    assert_eq!(Weight::MAX.times_ceil(Weight::ONE), Weight::MAX);
    assert_eq!(Weight::MAX.times_ceil(Weight::MAX), Weight::MAX); // 4.0
}

#[test]
fn shares_round_down() {
    assert_eq!(weight(1 << 15).of_floor(7), 3);
    assert_eq!(weight(1 << 15).of_floor(1 << 40), 1 << 39);
    assert_eq!(weight(65_535).of_floor(1), 0);
    assert_eq!(weight(65_535).of_floor(u64::MAX), u64::MAX - (1 << 48));
    assert_eq!(Weight::ZERO.of_floor(u64::MAX), 0);
    assert_eq!(Weight::ONE.of_floor(u64::MAX), u64::MAX);
    assert_eq!(Weight::MAX.of_floor(10), 10);
}

#[test]
fn pairs_hold_rows() {
    assert_eq!(Pair::new(1, 2), Pair { maint: 1, init: 2 });
    assert_eq!(Pair::both(3), Pair { maint: 3, init: 3 });
}

#[test]
fn ceil_shift_rounds_toward_plus_infinity() {
    assert_eq!(ceil_shift(0, 32), 0);
    assert_eq!(ceil_shift(1, 32), 1);
    assert_eq!(ceil_shift(1 << 32, 32), 1);
    assert_eq!(ceil_shift((1 << 32) + 1, 32), 2);
    assert_eq!(ceil_shift(-1, 32), 0);
    assert_eq!(ceil_shift(-(1 << 32), 32), -1);
    assert_eq!(ceil_shift(-(1 << 32) - 1, 32), -1);
}

#[test]
fn sums_compare_by_halves() {
    let of = |total: i128| Sum::from_total(total).normalised();
    assert!(of(-1).is_below(of(0)));
    assert!(of(1 << 32).is_below(of((1 << 32) + 1)));
    assert!(!of((1 << 32) + 1).is_below(of(1 << 32)));
    assert!(!of(5).is_below(of(5)));
    // low half greater, high half less
    assert!(of((1 << 32) - 1).is_below(of(1 << 32)));
    assert!(!of(1 << 32).is_below(of((1 << 32) - 1)));
    // three times 2^32 - 1 in the low half carries
    let mut sum = Sum::ZERO;
    (0..3).for_each(|_| sum.add_raw(1, 0xffff_ffff));
    assert_eq!(sum.normalised().total(), 3 * 0xffff_ffff);
    assert!(of(0xffff_ffff).is_below(sum.normalised()));
    assert_eq!(Sum::from_total(i128::MAX).total() >> 32, i128::from(i64::MAX));
}

#[test]
fn checked_sums() {
    assert_eq!(add(u64::MAX, 0), Ok(u64::MAX));
    assert_eq!(add(u64::MAX, 1), Err(MathError::Overflow));
    assert_eq!(add(1, 2), Ok(3));
}

#[test]
fn products_at_their_limits() {
    let max = u64::MAX;
    assert_eq!(mul_div_floor(max, max, max), Ok(max));
    assert_eq!(mul_div_ceil(max, max, max), Ok(max));
    assert_eq!(mul_div_floor(max, 2, 1), Err(MathError::Overflow));
    assert_eq!(mul_div_ceil(max, max, max - 1), Err(MathError::Overflow));
    assert_eq!(mul_div_floor(1, 1, 0), Err(MathError::DivideByZero));
    assert_eq!(mul_div_ceil(0, 1, 0), Err(MathError::DivideByZero));
    assert_eq!((mul_div_floor(7, 3, 4), mul_div_ceil(7, 3, 4)), (Ok(5), Ok(6)));
    assert_eq!((mul_div_floor(8, 3, 4), mul_div_ceil(8, 3, 4)), (Ok(6), Ok(6)));
    assert_eq!((mul_high_floor(max, max), mul_high_ceil(max, max)), (max - 1, max));
    assert_eq!((mul_high_floor(1 << 32, 1 << 32), mul_high_ceil(1 << 32, 1 << 32)), (1, 1));
    // an integer part of 2^32 is too large, whatever it multiplies
    assert_eq!(mul_shift64_floor(0, 1 << 96), Err(MathError::Overflow));
    assert_eq!(mul_shift64_floor(1, (1 << 96) - 1), Ok((1 << 32) - 1));
    assert_eq!(mul_shift64_ceil(1, (1 << 96) - 1), Ok(1 << 32));
    assert_eq!(mul_shift64_floor(max, 1 << 64), Ok(max));
    assert_eq!(mul_shift64_ceil(max, (1 << 64) + 1), Err(MathError::Overflow));
    assert_eq!(mul_shift64_floor(1 << 32, ((1 << 32) - 1) << 64), Ok(((1 << 32) - 1) << 32));
    assert_eq!(mul_shift64_floor(1 << 33, ((1 << 32) - 1) << 64), Err(MathError::Overflow));
    assert_eq!(mul_shift64_floor(max, 2 << 64), Err(MathError::Overflow));
}

#[test]
fn ratios_round_up_to_their_cap() {
    let cap = 131_072;
    assert_eq!(ratio_q16_ceil(0, 0, cap), 0);
    assert_eq!(ratio_q16_ceil(1, 0, cap), cap);
    assert_eq!(ratio_q16_ceil(1, 3, cap), 21_846); // 21,845.33
    assert_eq!(ratio_q16_ceil(3, 3, cap), 65_536);
    assert_eq!(ratio_q16_ceil(2, 1, cap), cap);
    assert_eq!(ratio_q16_ceil(3, 1, cap), cap);
    assert_eq!(ratio_q16_ceil(u64::MAX, u64::MAX, cap), 65_537); // shifted: one step up
    assert_eq!(ratio_q16_ceil(u64::MAX, 1, cap), cap);
    assert_eq!(ratio_q16_ceil(1 << 47, 1 << 47, cap), 65_536);
    assert_eq!(ratio_q16_ceil(1 << 47, (1 << 47) + 1, cap), 65_536);
    assert_eq!(ratio_q16_ceil(u64::MAX, 1, u32::MAX), u32::MAX);
}

proptest! {
    /// Against arithmetic in 128 bits.
    #[test]
    fn products_are_exact(a: u64, b: u64, d in 1_u64.., q in 0_u128..1 << 96) {
        prop_assert_eq!(mul_u64(a, b), u128::from(a) * u128::from(b));
        let product = u128::from(a) * u128::from(b);
        prop_assert_eq!((u128::from(high64(product)) << 64) | u128::from(low64(product)), product);
        prop_assert_eq!(u128::from(mul_high_floor(a, b)), product >> 64);
        prop_assert_eq!(u128::from(mul_high_ceil(a, b)), product.div_ceil(1 << 64));
        prop_assert_eq!(mul_div_floor(a, b, d).ok(), u64::try_from(product / u128::from(d)).ok());
        prop_assert_eq!(mul_div_ceil(a, b, d).ok(), u64::try_from(product.div_ceil(u128::from(d))).ok());
        // a * q / 2^64 in two parts of 128 bits
        let (whole, rest) = (u128::from(a) * (q >> 64), u128::from(a) * (q & u128::from(u64::MAX)));
        prop_assert_eq!(mul_shift64_floor(a, q).ok(), u64::try_from(whole + (rest >> 64)).ok());
        prop_assert_eq!(mul_shift64_ceil(a, q).ok(), u64::try_from(whole + rest.div_ceil(1 << 64)).ok());
    }

    /// Never below the exact ratio, and exact where nothing is shifted.
    #[test]
    fn ratios_are_never_low(n in 0_u64.., d in 1_u64.., bits in 0_u32..64, cap: u32) {
        let (n, d) = (n >> bits, (d >> bits).max(1));
        let exact = (u128::from(n) << 16).div_ceil(u128::from(d)).min(u128::from(cap));
        let ratio = u128::from(ratio_q16_ceil(n, d, cap));
        prop_assert!(ratio >= exact.min(u128::from(cap)) || n == 0);
        if n >> 47 == 0 {
            prop_assert_eq!(ratio, exact);
        }
    }

    #[test]
    fn weighted_sums_are_exact(
        terms in prop::collection::vec((0_u32..=131_072, 0_i64..1 << 59, any::<bool>()), 0..40),
    ) {
        let (mut sum, mut exact) = (Sum::ZERO, 0_i128);
        for (w, value, signed) in terms {
            let product = i128::from(w) * i128::from(value);
            if signed {
                sum.add_signed(-i64::from(w), Split::new(value));
                sum.add_signed(-i64::from(w), Split::new(-value));
                sum.add_signed(i64::from(w), Split::new(-value));
                exact -= product;
            } else {
                sum.add(Weight::new(w).unwrap(), value.unsigned_abs());
                exact += product;
            }
        }
        prop_assert_eq!(sum.total(), exact);
        prop_assert_eq!(sum.normalised().total(), exact);
        prop_assert_eq!(Sum::from_total(exact).total(), exact);
        let mut twice = sum;
        twice.add_sum(sum);
        prop_assert_eq!(twice.total(), 2 * exact);
    }
}
