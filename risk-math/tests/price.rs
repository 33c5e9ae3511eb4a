//! `price`: mantissas, shifts, values and amounts, by hand and against 128 bits.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

use proptest::prelude::*;
use trestle_risk_math::MathError;
use trestle_risk_math::index::Index;
use trestle_risk_math::price::*;

fn price(mantissa: u32, shift: u8) -> Price {
    Price::new(mantissa, shift).unwrap()
}

fn prices() -> impl Strategy<Value = Price> {
    (1_u32 << 31..=u32::MAX, 0_u8..=MAX_SHIFT).prop_map(|(m, s)| price(m, s))
}

#[test]
fn mantissas_are_normalised() {
    assert_eq!(Price::new((1 << 31) - 1, 0), Err(MathError::Range));
    assert_eq!(Price::new(u32::MAX, 96), Err(MathError::Range));
    let least = price(1 << 31, 95);
    assert_eq!((least.mantissa(), least.shift()), (1 << 31, 95));
    assert_eq!((price(u32::MAX, 0).mantissa(), price(u32::MAX, 0).shift()), (u32::MAX, 0));
}

#[test]
fn values_of_one_dollar() {
    // 1.0 micro-USD per unit: 2^31 / 2^31, between that and one part in 2^31 more
    let par = price(1 << 31, 31);
    assert_eq!((par.asset_value(5), par.debt_value(5)), (Ok(5), Ok(6)));
    assert_eq!((par.asset_value(0), par.debt_value(0)), (Ok(0), Ok(0)));
    // exact at the high end too: 2^31 units are worth 2^31 + 1
    assert_eq!(par.debt_value(1 << 31), Ok((1 << 31) + 1));
    assert_eq!(par.asset_value(MAX_LEG_VALUE), Ok(MAX_LEG_VALUE));
    assert_eq!(par.asset_value(MAX_LEG_VALUE + 1), Err(MathError::Overflow));
    // half a micro-USD, and the smallest price there is
    assert_eq!(
        (price(1 << 31, 32).asset_value(3), price(1 << 31, 32).debt_value(3)),
        (Ok(1), Ok(2))
    );
    assert_eq!(
        (price(1 << 31, 95).asset_value(u64::MAX), price(1 << 31, 95).debt_value(1)),
        (Ok(0), Ok(1))
    );
    // the largest: 2^32 - 1 a unit
    assert_eq!(price(u32::MAX, 0).asset_value(1), Ok(u64::from(u32::MAX)));
    assert_eq!(price(u32::MAX, 0).asset_value(1 << 22), Err(MathError::Overflow));
    assert_eq!(price(u32::MAX, 0).debt_value(1 << 21), Ok(MAX_LEG_VALUE));
}

#[test]
fn the_largest_value_is_exact_at_every_shift() {
    // half a micro-USD: the bound is at the amount, not in a product
    let half = price(1 << 31, 32);
    assert_eq!(half.asset_value(2 * MAX_LEG_VALUE), Ok(MAX_LEG_VALUE));
    assert_eq!(half.asset_value(2 * MAX_LEG_VALUE + 2), Err(MathError::Overflow));
    // 2^64 and more does not wrap into a small value
    assert_eq!(price(1 << 31, 0).asset_value(1 << 33), Err(MathError::Overflow));
}

#[test]
fn exact_debts_are_not_rounded() {
    // a high end of 2^32 * 2^-32 and 2^32 * 2^-33
    let (one, half) = (price(u32::MAX, 32), price(u32::MAX, 33));
    assert_eq!((one.debt_value(7), half.debt_value(6), half.debt_value(7)), (Ok(7), Ok(3), Ok(4)));
    // what a small amount loses lies below the first 32 bits
    assert_eq!(price(1 << 31, 32).debt_value(1), Ok(1));
}

#[test]
fn amounts_of_a_value() {
    let half = price(1 << 31, 32);
    // at the high end an amount of 2 is worth a little more than 1
    assert_eq!((half.amount_floor(1), half.amount_ceil(1)), (Ok(1), Ok(2)));
    assert_eq!((half.amount_floor(0), half.amount_ceil(0)), (Ok(0), Ok(0)));
    assert_eq!(price(1 << 31, 95).amount_floor(2), Err(MathError::Overflow)); // about 2^65
    assert_eq!(price(1 << 31, 95).amount_ceil(1), Err(MathError::Overflow));
    assert_eq!(price(1 << 31, 94).amount_ceil(1), Ok(1 << 63));
    // the shifted value leaves 128 bits
    assert_eq!(price(1 << 31, 95).amount_floor(1 << 33), Err(MathError::Overflow));
    assert_eq!(price(1 << 31, 95).amount_ceil(1 << 32), Err(MathError::Overflow));
}

#[test]
fn prices_compare() {
    let (low, high, higher) = (price(1 << 31, 21), price(u32::MAX, 21), price(1 << 31, 20));
    assert!(low.is_below(high) && high.is_below(higher) && !low.is_below(low));
    assert!(!higher.is_below(high) && !high.is_below(low));
    assert_eq!(
        (low.low(high), high.low(low), low.high(high), high.high(low)),
        (low, low, high, high)
    );
    assert_eq!((high.low(higher), higher.high(high)), (high, higher));
}

#[test]
fn gaps_round_up_to_their_cap() {
    let (one, two) = (price(1 << 31, 31), price(1 << 31, 30));
    assert_eq!(one.gap_q16(one, 131_072), 0);
    assert_eq!(one.gap_q16(two, 131_072), 65_536); // 100 % of one
    assert_eq!(two.gap_q16(one, 131_072), 32_768); // 50 % of two
    assert_eq!(one.gap_q16(two, 1_000), 1_000);
    assert_eq!(one.gap_q16(price((1 << 31) + 1, 31), 131_072), 1); // 2^-31, rounded up
    // 2^16 apart is still computed, 2^17 is the cap
    assert_eq!(price(1 << 31, 20).gap_q16(price(1 << 31, 36), 131_072), 65_535);
    assert_eq!(price(1 << 31, 20).gap_q16(price(1 << 31, 37), 131_072), 131_072);
}

#[test]
fn rates_multiply() {
    let sol = price(0xc000_0000, 33);
    assert_eq!(sol.times(Index::ONE), Ok(sol));
    // 1.25: 0xc000_0000 * 5 / 4 = 0xf000_0000
    assert_eq!(sol.times(Index::new(5 << 62).unwrap()), Ok(price(0xf000_0000, 33)));
    // 1.5: 0x1_2000_0000, one bit more
    assert_eq!(sol.times(Index::new(3 << 63).unwrap()), Ok(price(0x9000_0000, 32)));
    // 0.5
    assert_eq!(sol.times(Index::new(1 << 63).unwrap()), Ok(price(0xc000_0000, 34)));
    assert_eq!(sol.times(Index::new(0).unwrap()), Err(MathError::Range));
    // rounded down to 32 bits
    assert_eq!(sol.times(Index::new((1 << 64) + 1).unwrap()), Ok(sol));
    // out of range: below the smallest shift, above the largest
    assert_eq!(price(u32::MAX, 0).times(Index::new(2 << 64).unwrap()), Err(MathError::Range));
    assert_eq!(price(u32::MAX, 95).times(Index::new(1 << 62).unwrap()), Err(MathError::Range));
    assert_eq!(price(u32::MAX, 30).times(Index::MAX).map(|p| p.shift()), Err(MathError::Range));
    assert_eq!(price(1 << 31, 40).times(Index::MAX).map(|p| p.shift()), Ok(9));
}

#[test]
fn scales_cover_their_powers() {
    assert_eq!(PriceScale::new(0, 14), Err(MathError::Range)); // 10^20
    assert!(PriceScale::new(0, 13).is_ok());
    assert!(PriceScale::new(6, -38).is_ok());
    assert_eq!(PriceScale::new(6, -39), Err(MathError::Range));
    assert_eq!(PriceScale::new(255, i32::MIN), Err(MathError::Range));
    assert_eq!(PriceScale::new(0, i32::MAX), Err(MathError::Range));
    // 10^0 is 2^63 * 2^-63
    assert_eq!(PriceScale::new(6, 0).unwrap().parts(), (1 << 63, 63));
    // 10^1 = 0xa << 60, 2^-60
    assert_eq!(PriceScale::new(6, 1).unwrap().parts(), (0xa << 60, 60));
    // 10^-1 = 0xcccc... * 2^-67, rounded down
    assert_eq!(PriceScale::new(6, -1).unwrap().parts(), (0xcccc_cccc_cccc_cccc, 67));
    let scale = PriceScale::new(9, -8).unwrap();
    let (mantissa, shift) = scale.parts();
    assert_eq!(PriceScale::from_parts(mantissa, shift), Ok(scale));
    assert_eq!(PriceScale::from_parts((1 << 63) - 1, 0), Err(MathError::Range));
    assert!(PriceScale::from_parts(1 << 63, 0).is_ok());
}

#[test]
fn oracle_numbers_become_prices() {
    // SOL at 150.00000000 with nine decimals: 0.15 micro-USD a lamport
    let sol = PriceScale::new(9, -8).unwrap().price(15_000_000_000).unwrap();
    assert_eq!(sol.asset_value(1_000_000_000), Ok(149_999_999));
    assert_eq!(sol.debt_value(1_000_000_000), Ok(150_000_001));
    assert_eq!(sol.debt_value(2_000_000), Ok(300_001));
    // 1.0 at six decimals: the mantissa is exact
    assert_eq!(PriceScale::new(6, 0).unwrap().price(1), Ok(price(1 << 31, 31)));
    assert_eq!(PriceScale::new(6, 0).unwrap().price(0), Err(MathError::Range));
    assert_eq!(PriceScale::new(6, 0).unwrap().price(u64::from(u32::MAX)), Ok(price(u32::MAX, 0)));
    assert_eq!(PriceScale::new(6, 0).unwrap().price(1 << 32), Err(MathError::Range));
    // 10^-38 is below the smallest price; times 10^18 it is not
    let tiny = PriceScale::new(6, -38).unwrap();
    assert_eq!(tiny.price(1), Err(MathError::Range));
    assert!(tiny.price(u64::MAX).is_ok());
}

proptest! {
    #[test]
    fn amounts_hold_their_values(price in prices(), value in 0_u64..=MAX_LEG_VALUE) {
        if let Ok(amount) = price.amount_floor(value) {
            prop_assert!(price.debt_value(amount).unwrap() <= value);
            prop_assert!(price.debt_value(amount + 1).is_ok_and(|v| v > value) || value == MAX_LEG_VALUE || price.debt_value(amount + 1).is_err());
        }
        if let Ok(amount) = price.amount_ceil(value) {
            prop_assert!(price.asset_value(amount).is_err() || price.asset_value(amount).unwrap() >= value);
            prop_assert!(amount == 0 || price.asset_value(amount - 1).unwrap() < value);
        }
    }

    /// The interval holds the true price: `raw * 10^power`.
    #[test]
    fn the_interval_holds_the_true_price(raw in 1_u64.., decimals in 0_u8..=12, exponent in -14_i32..=0) {
        let Ok(price) = PriceScale::new(decimals, exponent).unwrap_or(PriceScale::new(6, 0).unwrap()).price(raw) else { return Ok(()) };
        let power = 6 - i32::from(decimals) + exponent;
        // m * 2^-s <= raw * 10^power < (m + 2) * 2^-s, both sides scaled up
        let big = |x: u128| num_bigint::BigUint::from(x);
        let ten = big(10).pow(power.unsigned_abs());
        let (up, down) = if power >= 0 { (ten, big(1)) } else { (big(1), ten) };
        let truth = (big(raw.into()) * up) << u32::from(price.shift());
        prop_assert!(big(price.mantissa().into()) * &down <= truth);
        prop_assert!(truth <= (big(price.mantissa().into()) + 1_u8) * &down + (&truth >> 62_u8));
    }

    #[test]
    fn rates_round_down(price in prices(), rate in 1_u128..1 << 96) {
        if let Ok(scaled) = price.times(Index::new(rate).unwrap()) {
            let big = |x: u128| num_bigint::BigUint::from(x);
            // mantissa * rate >> (64 + shift - shift') is the new mantissa
            let drop = 64 + i32::from(price.shift()) - i32::from(scaled.shift());
            let exact = (big(price.mantissa().into()) * big(rate)) << 64_u8;
            prop_assert_eq!(exact >> u32::try_from(64 + drop).unwrap(), big(scaled.mantissa().into()));
        }
    }
}
