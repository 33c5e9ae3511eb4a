//! `portfolio`: charges at their edges, where two parts are equal or one is missing.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod support;

use support::*;
use trestle_risk_math::num::{ONE, Pair, Weight};
use trestle_risk_math::portfolio::*;
use trestle_risk_math::price::Price;

const M: u64 = 1_000_000;
/// An amount of debt at [`par`], and of an asset one unit more: both are worth 2^31 + 1.
const OWED: u64 = 1 << 31;
const OWNED: u64 = OWED + 1;

fn w(q16: u32) -> Weight {
    Weight::new(q16).unwrap()
}

/// One micro-USD a native unit, one part in 2^31 more at the high end.
fn par(world: &mut World, asset: u8) {
    world.assets[usize::from(asset)].terms.price = Price::new(1 << 31, 31).unwrap();
}

fn charges(world: &World, legs: &[Leg]) -> Breakdown {
    let mut meter = Breakdown::default();
    assess(world, &sorted(legs), &mut Book::new(), &mut meter).unwrap();
    meter
}

/// One leg with orders.
fn with_orders(world: &World, held: Leg, bids: u64, asks: u64) -> Breakdown {
    let details = Details { bids, asks, ..Details::NONE };
    let legs = Plain(vec![(Leg { special: true, ..held }, details)]);
    let mut meter = Breakdown::default();
    assess(world, &legs, &mut Book::new(), &mut meter).unwrap();
    meter
}

fn share(weight: u32, value: u64) -> u64 {
    (u64::from(weight) * value).div_ceil(u64::from(ONE))
}

#[test]
fn a_fully_hedged_factor_pays_its_offset() {
    let mut world = World::new();
    par(&mut world, SOL);
    par(&mut world, SOL_PERP);
    let meter = charges(&world, &[asset(SOL, KAMINO, OWNED), debt(SOL_PERP, PERPS, OWED)]);
    assert_eq!(meter.additive, Pair::both(0), "nothing is left of the direction");
    assert_eq!(meter.charge(Term::Offset).init, share(1_967, OWNED));
}

/// All of a factor that one order would double or close: neither hides the other.
#[test]
fn orders_as_large_as_the_position_are_seen() {
    let mut world = World::new();
    par(&mut world, SOL);
    let long = asset(SOL, KAMINO, OWNED);
    let alone = charges(&world, &[long]).additive;
    let bids = with_orders(&world, long, OWED, 0);
    assert_eq!(bids.additive, alone);
    assert_eq!(bids.charge(Term::Orders).init, share(16_384, OWNED));
    let asks = with_orders(&world, long, 0, OWED);
    assert_eq!((asks.additive, asks.charge(Term::Orders)), (alone, Pair::both(0)));
}

#[test]
fn isolated_debts_are_counted() {
    let world = World::new();
    let count = |legs: &[Leg]| world.health(legs).isolated_debts;
    assert_eq!(count(&[debt(MEME, NATIVE, M)]), 1);
    assert_eq!(count(&[asset(MEME, NATIVE, M)]), 0);
    assert_eq!(count(&[asset(MEME, NATIVE, M), debt(USDC, NATIVE, 1)]), 0);
    let mut world = world;
    world.assets[usize::from(USDC)].terms.isolated = true;
    world.assets[usize::from(USDC)].terms.depth = Depth::default();
    let both = world.health(&[debt(USDC, NATIVE, M), debt(MEME, NATIVE, M)]);
    assert_eq!(both.isolated_debts, 2);
}

#[test]
fn confidence_is_multiplied_by_row() {
    let mut world = World::new();
    par(&mut world, SOL);
    world.assets[usize::from(SOL)].terms.confidence = w(1_001);
    let of = |world: &World| charges(world, &[asset(SOL, KAMINO, OWED)]).charge(Term::Confidence);
    assert_eq!(of(&world), Pair::both(share(1_001, OWED)));
    // half, rounded up, and three quarters
    world.group.confidence = Pair::new(w(ONE / 2), w(3 * ONE / 4));
    assert_eq!(of(&world), Pair::new(share(501, OWED), share(751, OWED)));
    // an asset's own, on top of its source's
    world.assets[usize::from(SOL)].terms.rate_confidence = w(401);
    assert_eq!(of(&world), Pair::new(share(501 + 201, OWED), share(751 + 301, OWED)));
}

#[test]
fn the_dearest_issuer_pays_its_jump() {
    let mut world = World::new();
    let issue = |world: &mut World, asset: u8, issuer: u8, maint: u32, init: u32| {
        par(world, asset);
        let terms = &mut world.assets[usize::from(asset)].terms;
        (terms.issuer, terms.jump) = (issuer, Pair::new(w(maint), w(init)));
    };
    issue(&mut world, SOL, 0, 60_000, 60_000);
    issue(&mut world, JITOSOL, 1, 2_000, 5_000);
    issue(&mut world, BTC, 2, 3_000, 4_000);
    let of = |legs: &[Leg]| charges(&world, legs).charge(Term::Issuer);
    let (sol, btc, lst) =
        (asset(SOL, KAMINO, OWED), asset(BTC, KAMINO, OWED), asset(JITOSOL, KAMINO, OWED));
    assert_eq!(of(&[sol]), Pair::both(0), "an asset without an issuer");
    assert_eq!(of(&[lst]), Pair::new(share(2_000, OWED), share(5_000, OWED)));
    assert_eq!(of(&[btc]), Pair::new(share(3_000, OWED), share(4_000, OWED)));
    // each row has its own, whichever comes first
    assert_eq!(of(&[btc, lst]), Pair::new(share(3_000, OWED), share(5_000, OWED)));
    // a short jumps too
    assert_eq!(of(&[debt(BTC, PERPS, OWED)]), Pair::new(share(3_000, OWNED), share(4_000, OWNED)));
}

/// No liquidation may rest on stale data. Aged data does not count as such,
/// nor does dead data, whose value decays.
#[test]
fn health_says_what_is_stale() {
    let with = |sol, usdc| {
        let mut world = World::new();
        world.assets[usize::from(SOL)].terms.freshness = sol;
        world.assets[usize::from(USDC)].terms.freshness = usdc;
        let health = world.health(&[asset(SOL, NATIVE, M), debt(USDC, NATIVE, 1)]);
        (health.stale, health.freshness)
    };
    use Freshness::{Aged, Dead, Live, Stale};
    assert_eq!((with(Live, Live), with(Aged, Live)), ((false, Live), (false, Aged)));
    assert_eq!((with(Stale, Live), with(Live, Stale)), ((true, Stale), (true, Stale)));
    assert_eq!((with(Stale, Dead), with(Dead, Aged)), ((true, Dead), (false, Dead)));
}
