//! Interest against Save's own arithmetic, written out in wads with every cut.

use crate::support::{self, put};
use num_bigint::BigUint;
use proptest::prelude::*;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::save::interest::{compound, project, rate};
use trestle_venue_adapters::save::layout::reserve as r;
use trestle_venue_adapters::save::reserve::{Curve, Reserve};
use trestle_venue_adapters::save::{SaveError, WAD};

fn big(x: u128) -> BigUint {
    BigUint::from(x)
}

/// A product of two wads, cut.
fn times(a: &BigUint, b: &BigUint) -> BigUint {
    a * b / WAD
}

/// `(1 + each)^slots` as Save takes it: by squares, each product cut.
fn power(each: u128, mut slots: u64) -> BigUint {
    let mut base = big(WAD + each);
    let mut product = if slots % 2 == 1 { base.clone() } else { big(WAD) };
    while slots > 0 {
        slots /= 2;
        base = times(&base, &base);
        if slots % 2 == 1 {
            product = times(&product, &base);
        }
    }
    product
}

/// A reserve's cumulative rate, debts and suppliers' total after an accrual.
fn accrued(reserve: &Reserve, rate: u128, slots: u64) -> (BigUint, BigUint, BigUint) {
    let growth = power(rate / 63_072_000, slots);
    let borrowed = big(reserve.borrowed_wads());
    let debts = times(&borrowed, &growth);
    let take = big(u128::from(reserve.take_pct()) * (WAD / 100));
    let fees = reserve.fees_wads() + times(&(&debts - &borrowed), &take);
    let supply = big(u128::from(reserve.available()) * WAD) + &debts - fees;
    (times(&big(reserve.cumulative_wads().unwrap()), &growth), debts, supply)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Save's growth lies in the bracket, which is no wider than stated.
    #[test]
    fn growth_is_bracketed(rate in 0..20 * WAD, slots in 0_u64..5_000_000) {
        let exact = power(rate / 63_072_000, slots) << 64;
        let found = compound(rate, slots).unwrap();
        prop_assert!(big(found.low) * WAD <= exact);
        prop_assert!(big(found.high) * WAD >= exact);
        // 25 of 2^-64 a slot: 1.4 * 10^-18
        let wide = big(found.high - found.low);
        prop_assert!(wide <= (big(found.high) * (slots * 25 + 3)) >> 64);
    }

    /// So do rate, debts and what belongs to suppliers.
    #[test]
    fn accruals_are_bracketed(
        available in 0..1_u64 << 45, lent in 0..1_u64 << 45, fees in 0..1_u64 << 20,
        take in 0..=100_u8, slots in 0_u64..2_000_000, ctokens in 1..1_u64 << 45,
    ) {
        let mut data = support::reserve();
        put(&mut data, r::AVAILABLE, available.to_le_bytes());
        put(&mut data, r::BORROWED, (u128::from(lent) * WAD).to_le_bytes());
        put(&mut data, r::PROTOCOL_FEES, (u128::from(fees) * WAD).to_le_bytes());
        put(&mut data, r::CTOKEN_SUPPLY, ctokens.to_le_bytes());
        data[r::TAKE_PCT] = take;
        let reserve = Reserve::new(&data).unwrap();
        let now = Now { slot: 1_000 + slots, unix: 0 };
        let found = project(&reserve, now);
        prop_assume!(fees <= available.saturating_add(lent));
        let found = found.unwrap();
        let (cumulative, debts, supply) = accrued(&reserve, found.borrow_rate, slots);
        let pairs = [(found.cumulative, cumulative), (found.borrowed, debts), (found.supply, supply)];
        for (bracket, exact) in pairs {
            prop_assert!(big(bracket.low) <= exact && exact <= big(bracket.high));
        }
    }

    /// A rate lies on the curve, and rises with the utilisation.
    #[test]
    fn rates_rise(a in 0..=WAD, b in 0..=WAD) {
        let curve = Reserve::new(&support::reserve()).unwrap().curve();
        let (low, high) = (a.min(b), a.max(b));
        prop_assert!(rate(&curve, low).unwrap() <= rate(&curve, high).unwrap());
        prop_assert!(rate(&curve, high).unwrap() <= 3 * WAD);
    }
}

#[test]
fn corners_of_the_curve() {
    let data = support::reserve();
    let curve = Reserve::new(&data).unwrap().curve();
    let at = |pct: u128| rate(&curve, pct * WAD / 100).unwrap();
    assert_eq!(at(0), 0);
    assert_eq!(at(40), WAD * 25 / 1_000);
    assert_eq!(at(80), WAD * 5 / 100);
    assert_eq!(at(95), WAD);
    assert_eq!(at(100), 3 * WAD);
    // a curve without a first corner begins at its lowest rate
    let flat = Curve { optimal_utilisation: 0, min_rate: 7, ..curve };
    assert_eq!(rate(&flat, 0), Ok(WAD * 7 / 100));
    // one that falls has no rate
    let falling = Curve { min_rate: 9, ..curve };
    assert_eq!(rate(&falling, WAD / 2), Err(SaveError::Numbers));
    assert!(curve.is_sound() && !falling.is_sound());
    assert!(!Curve { max_utilisation: 101, ..curve }.is_sound());
}

/// A corner that was never written is the one before it, as Save reads it.
#[test]
fn unwritten_corners() {
    let mut data = support::reserve();
    data[r::MAX_UTILISATION_PCT] = 0;
    put(&mut data, r::SUPER_MAX_RATE_PCT, 0_u64.to_le_bytes());
    let curve = Reserve::new(&data).unwrap().curve();
    assert_eq!((curve.max_utilisation, curve.super_max_rate), (80, 100));
    assert_eq!(rate(&curve, WAD), Ok(WAD));
}

#[test]
fn contradictions_are_errors() {
    let project_with = |at: usize, bytes: [u8; 16]| {
        let mut data = support::reserve();
        put(&mut data, at, bytes);
        project(&Reserve::new(&data).unwrap(), Now { slot: 2_000, unix: 0 }).map(|_| ())
    };
    let numbers = Err(SaveError::Numbers);
    assert_eq!(project_with(r::PROTOCOL_FEES, u128::MAX.to_le_bytes()), numbers);
    assert_eq!(project_with(r::BORROWED, u128::MAX.to_le_bytes()), numbers);
    assert_eq!(project_with(r::CUMULATIVE, (WAD - 1).to_le_bytes()), numbers);
    let mut data = support::reserve();
    data[r::TAKE_PCT] = 101;
    let found = project(&Reserve::new(&data).unwrap(), Now { slot: 2_000, unix: 0 });
    assert_eq!(found.map(|_| ()), numbers);
    // no growth beyond what a number holds
    assert_eq!(compound(3 * WAD, u64::MAX).map(|_| ()), numbers);
    // a clock behind accrues nothing
    let data = support::reserve();
    let reserve = Reserve::new(&data).unwrap();
    let found = project(&reserve, Now { slot: 1, unix: 0 }).unwrap();
    assert_eq!((found.borrowed.low, found.borrowed.high), (600_000_000 * WAD, 600_000_000 * WAD));
}
