//! `index`: units and tokens, each rounded against the user.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

use proptest::prelude::*;
use trestle_risk_math::MathError;
use trestle_risk_math::index::{Index, grown_debt};

fn index(q64: u128) -> Index {
    Index::new(q64).unwrap()
}

#[test]
fn indices_end_below_two_to_the_32() {
    assert_eq!(Index::new((1 << 96) - 1), Ok(Index::MAX));
    assert_eq!(Index::new(1 << 96), Err(MathError::Range));
    assert_eq!(Index::ONE.q64(), 1 << 64);
    assert_eq!(Index::MAX.plus(1), Err(MathError::Overflow));
    assert_eq!(Index::ONE.plus(u128::MAX), Err(MathError::Overflow));
    assert_eq!(Index::ONE.plus(5), Ok(index((1 << 64) + 5)));
}

#[test]
fn conversions_round_against_the_user() {
    let half_more = index(3 << 63); // 1.5
    assert_eq!((half_more.tokens_floor(3), half_more.tokens_ceil(3)), (Ok(4), Ok(5)));
    assert_eq!((half_more.tokens_floor(2), half_more.tokens_ceil(2)), (Ok(3), Ok(3)));
    assert_eq!((half_more.units_floor(4), half_more.units_ceil(4)), (Ok(2), Ok(3)));
    assert_eq!((half_more.units_floor(3), half_more.units_ceil(3)), (Ok(2), Ok(2)));
    assert_eq!(half_more.exact(3), Ok(9 << 63));
}

#[test]
fn conversions_at_their_limits() {
    let zero = index(0);
    assert_eq!(zero.units_floor(1), Err(MathError::DivideByZero));
    assert_eq!(zero.units_ceil(1), Err(MathError::DivideByZero));
    assert_eq!((zero.tokens_floor(9), zero.tokens_ceil(9)), (Ok(0), Ok(0)));
    let tiny = index(1);
    assert_eq!(tiny.units_floor(1), Err(MathError::Overflow)); // 2^64
    assert_eq!(tiny.units_ceil(1), Err(MathError::Overflow));
    assert_eq!((tiny.tokens_floor(u64::MAX), tiny.tokens_ceil(1)), (Ok(0), Ok(1)));
    assert_eq!(Index::ONE.units_floor(u64::MAX), Ok(u64::MAX));
    assert_eq!(Index::MAX.tokens_floor(1 << 33), Err(MathError::Overflow));
    assert_eq!(Index::ONE.exact(u64::MAX), Ok(u128::from(u64::MAX) << 64));
    assert_eq!(index(2 << 64).exact(1 << 63), Err(MathError::Overflow));
    assert_eq!(index(2 << 64).exact((1 << 63) - 1), Ok(((1 << 64) - 2) << 64));
    // the whole part fits, the fraction carries it over
    assert_eq!(index((2 << 64) - 1).exact(u64::MAX), Err(MathError::Overflow));
}

#[test]
fn debts_grow_linearly_to_twice() {
    assert_eq!(grown_debt(100, 0, 9), Ok(100));
    assert_eq!(grown_debt(100, 9, 0), Ok(100));
    assert_eq!(grown_debt(100, 1, 1), Ok(101), "one unit up at least");
    assert_eq!(grown_debt(1 << 20, 1 << 54, 1), Ok((1 << 20) + (1 << 10) + 1));
    // bound and slots beyond the narrow case, equal products
    assert_eq!(grown_debt(1 << 32, 1 << 48, 1 << 15), grown_debt(1 << 32, 1 << 46, 1 << 17));
    assert_eq!(grown_debt(1 << 32, 1 << 48, 1 << 15), Ok((1 << 32) + (1 << 31) + 1));
    assert_eq!(grown_debt(1 << 32, 1 << 63, 2), Ok(1 << 33), "2^64 is capped");
    assert_eq!(grown_debt(1 << 32, 1 << 47, 1 << 48), Ok(1 << 33), "so is 2^95");
    assert_eq!(grown_debt(u64::MAX, u64::MAX, 2), Err(MathError::Overflow));
}

proptest! {
    #[test]
    fn conversions_are_exact(q64 in 1_u128..1 << 96, amount: u64) {
        let index = index(q64);
        let big = |x: u128| num_bigint::BigUint::from(x);
        let product = big(amount.into()) * big(q64);
        let fits = |x: num_bigint::BigUint| u64::try_from(x).ok();
        let one = big(1 << 64);
        prop_assert_eq!(index.tokens_floor(amount).ok(), fits(&product / one.clone()));
        prop_assert_eq!(index.tokens_ceil(amount).ok(), fits((&product + one.clone() - 1_u8) / one.clone()));
        let shifted = big(amount.into()) * one;
        prop_assert_eq!(index.units_floor(amount).ok(), fits(&shifted / q64));
        prop_assert_eq!(index.units_ceil(amount).ok(), fits((&shifted + (q64 - 1)) / q64));
        prop_assert_eq!(index.exact(amount).ok(), u128::try_from(product).ok());
    }

    #[test]
    fn growth_is_linear_and_up(tokens in 0_u64..1 << 62, bound in 0_u64..1 << 50, slots in 0_u64..1 << 20) {
        let grown = u128::from(grown_debt(tokens, bound, slots).unwrap());
        let growth = (u128::from(bound) * u128::from(slots)).min(u128::from(u64::MAX));
        let exact = u128::from(tokens) + ((u128::from(tokens) * growth) >> 64);
        prop_assert_eq!(grown, exact + u128::from(bound != 0 && slots != 0));
    }
}
