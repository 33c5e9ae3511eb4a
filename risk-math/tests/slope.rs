//! The slope against health itself: what a small step along the pulls changes.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod support;

use support::*;
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::portfolio::*;
use trestle_risk_math::price::Price;

/// A million USD at a price of one micro-USD a unit.
const K: u64 = 1_000_000_000_000;
/// Length of a step, micro-USD: far below a stretch of the concentration chords.
const STEP: i64 = 1 << 24;

fn w(q16: u32) -> Weight {
    Weight::new(q16).unwrap()
}

/// Every price one micro-USD a unit, so that an asset changes by what a pull
/// says and a debt by one part in 2^31 more.
fn world() -> World {
    let mut world = World::new();
    for listed in &mut world.assets {
        listed.terms.price = Price::new(1 << 31, 31).unwrap();
    }
    for (asset, confidence, rate) in
        [(BTC, 111, 0), (SOL, 333, 0), (JITOSOL, 333, 222), (USDC, 55, 0)]
    {
        let terms = &mut world.assets[usize::from(asset)].terms;
        (terms.confidence, terms.rate_confidence) = (w(confidence), w(rate));
    }
    for (asset, issuer, jump) in [(JITOSOL, 1, 4_000), (USDC, 2, 3_000), (BTC, 3, 700)] {
        let terms = &mut world.assets[usize::from(asset)].terms;
        (terms.issuer, terms.jump) = (issuer, Pair::new(w(jump / 2), w(jump)));
    }
    world
}

fn liqend(world: &World, legs: &[Leg]) -> i64 {
    world.health(legs).liqend
}

/// The leg after a pull at `rate` over a step.
fn moved(leg: &Leg, rate: i64) -> Leg {
    let change = (rate * STEP) >> 16;
    let change = if leg.side == Side::Asset { change } else { -change };
    Leg { amount: leg.amount.checked_add_signed(change).unwrap(), ..*leg }
}

/// Whether a pull at this rate is one: it shrinks a leg of the native class,
/// and no leg below zero.
fn possible(leg: &Leg, rate: i64) -> bool {
    let grows = (leg.side == Side::Asset) == (rate > 0);
    if grows { leg.class != NATIVE } else { leg.amount > 1 << 32 }
}

/// The slope is the change of health over the step, rounded up by less than one.
fn check(world: &World, legs: &[Leg], pulled: &[(usize, i64)]) {
    let mut book = Book::new();
    world.assess(legs, &mut book).unwrap();
    let pulls: Vec<Pull> = pulled
        .iter()
        .map(|(i, rate)| Pull {
            asset: legs[*i].asset,
            class: legs[*i].class,
            rate: i32::try_from(*rate).unwrap(),
            illiquid: legs[*i].liquid == 0 && legs[*i].side == Side::Asset,
        })
        .collect();
    let found = slope(world, &sorted(legs), &book, &pulls).unwrap();
    let mut after = legs.to_vec();
    for (i, rate) in pulled {
        after[*i] = moved(&after[*i], *rate);
    }
    let change = (liqend(world, &after) - liqend(world, legs)) << 16;
    // roundings of values and of the requirement, spread over the step
    let slack = 1 << 20;
    assert!(change <= found * STEP + slack, "{pulled:?} of {legs:?}: {change} {found}");
    assert!(change >= (found - 1) * STEP - slack, "{pulled:?} of {legs:?}: {change} {found}");
}

/// Every pull of one leg and of two, at several rates.
fn check_all(world: &World, legs: &[Leg]) {
    let rates = [-98_304_i64, -65_536, 65_536, 40_000];
    for (i, first) in legs.iter().enumerate() {
        for rate in rates.into_iter().filter(|r| possible(first, *r)) {
            check(world, legs, &[(i, rate)]);
            for (j, second) in legs.iter().enumerate().skip(i + 1) {
                for other in rates.into_iter().filter(|r| possible(second, *r)) {
                    check(world, legs, &[(i, rate), (j, other)]);
                }
            }
        }
    }
}

#[test]
fn a_long_book_with_debts() {
    let legs = [
        asset(SOL, KAMINO, 3 * K),
        Leg { liquid: 0, ..asset(JITOSOL, KAMINO, 2 * K) },
        asset(BTC, NATIVE, K),
        debt(USDC, NATIVE, 2 * K),
        debt(USDC, KAMINO, K),
    ];
    check_all(&world(), &legs);
}

#[test]
fn hedges_over_venues() {
    let legs = [
        asset(SOL, NATIVE, 2 * K),
        asset(SOL, KAMINO, K),
        debt(SOL, PERPS, K / 2),
        debt(SOL_PERP, PERPS, K),
        asset(USDC, PERPS, 3 * K),
        debt(BTC, KAMINO, 2 * K),
        asset(BTC_PERP, PERPS, K),
        debt(USDC, NATIVE, K),
    ];
    check_all(&world(), &legs);
    // the other way round: short factors, claims below zero
    let legs = [
        debt(SOL, NATIVE, 2 * K),
        debt(SOL, KAMINO, K),
        asset(SOL_PERP, PERPS, K),
        asset(BTC, NATIVE, K / 2),
        debt(BTC, KAMINO, 2 * K),
        asset(BTC_PERP, PERPS, K / 4),
        asset(USDC, NATIVE, 5 * K),
        debt(JITOSOL, PERPS, K / 3),
    ];
    check_all(&world(), &legs);
}

#[test]
fn both_sides_of_the_native_class() {
    let legs = [
        asset(SOL, NATIVE, 2 * K),
        debt(SOL, NATIVE, K),
        asset(SOL, KAMINO, K / 2),
        asset(USDC, NATIVE, K),
        debt(USDC, NATIVE, 3 * K),
        asset(BTC, KAMINO, 4 * K),
    ];
    check_all(&world(), &legs);
}

/// A debt and the asset that is worth as much: sums of zero, where the
/// direction decides.
#[test]
fn from_nothing_and_from_a_perfect_hedge() {
    let owed = 1_u64 << 40;
    let owned = owed + (1 << 9);
    let legs = [
        asset(SOL, KAMINO, owned),
        debt(SOL_PERP, KAMINO, owed),
        asset(BTC, KAMINO, owned),
        debt(BTC, PERPS, owed),
        asset(USDC, PERPS, owned),
        asset(BTC_PERP, PERPS, 0),
    ];
    // one scenario's loss is a corner here, so all of lambda is additive; and a
    // book does not know the confidence and the jump of what nets to nothing:
    // their slope is missing then, which makes a step smaller
    let mut world = world();
    world.group.lambda = Pair::both(Weight::ONE);
    for listed in &mut world.assets {
        let terms = &mut listed.terms;
        (terms.issuer, terms.depth, terms.confidence) = (0, Depth::default(), Weight::ZERO);
    }
    check_all(&world, &legs);
}

/// Legs of an asset count in classes that nothing is pulled in, and a pull
/// counts in a class that has no leg yet.
#[test]
fn classes_that_only_a_leg_or_only_a_pull_names() {
    let world = world();
    check_all(&world, &[asset(SOL, KAMINO, K), debt(SOL, PERPS, 2 * K)]);
    let of =
        |legs: &[Leg], pulls: &[Pull]| slope(&world, &sorted(legs), &Book::new(), pulls).unwrap();
    let pull = |rate| Pull { asset: SOL, class: KAMINO, rate, illiquid: false };
    let grown = of(&[asset(SOL, KAMINO, 0)], &[pull(UNIT_RATE)]);
    assert!(grown < 65_536 - 9_831, "it is charged: {grown}");
    assert_eq!(of(&[], &[pull(UNIT_RATE)]), grown);
    assert_eq!(of(&[], &[pull(UNIT_RATE / 2), pull(UNIT_RATE / 2)]), grown);
}
