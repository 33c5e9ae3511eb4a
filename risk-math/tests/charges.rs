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
    // bids that would close a short
    let short = debt(SOL, KAMINO, OWED);
    let alone = charges(&world, &[short]).additive;
    assert!(alone.init > 0);
    assert_eq!(with_orders(&world, short, OWED, 0).additive, alone);
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

/// One account at a venue with a loan of USDC against SOL, each with its weight.
fn loan(collateral: u64, owed: u64, borrow_factor: u32) -> (Breakdown, AccountSum) {
    let mut world = World::new();
    par(&mut world, SOL);
    par(&mut world, USDC);
    let at = |weight| Details { account: 0, venue_weight: Weight::stored(weight), ..Details::NONE };
    let special = |leg: Leg, weight| (Leg { special: true, ..leg }, at(weight));
    let legs = Plain(vec![
        special(asset(SOL, KAMINO, collateral), ONE),
        special(debt(USDC, KAMINO, owed), borrow_factor),
    ]);
    let (mut meter, mut book) = (Breakdown::default(), Book::new());
    assess(&world, &legs, &mut book, &mut meter).unwrap();
    (meter, book.accounts[0])
}

#[test]
fn a_borrow_factor_rounds_up_unless_it_is_exact() {
    let adjusted = |factor| loan(10 * OWED, OWED, factor).1.adjusted;
    assert_eq!(adjusted(ONE), OWNED);
    // a quarter more of 2^31 + 1
    assert_eq!(adjusted(ONE + ONE / 4), (1 << 31) + (1 << 29) + 2);
}

#[test]
fn stress_between_the_floors_is_charged_at_the_initial_level_alone() {
    // a ratio of 0.88; the floors are 0.85 and 0.92
    let charge = loan(100 * OWED, 88 * OWED, ONE).0.charge(Term::Stress);
    assert!(charge.init > 0 && charge.maint == 0);
}

#[test]
fn isolated_claims_pay_no_liquidity_charge() {
    let stuck = |id| Leg { liquid: 0, ..asset(id, KAMINO, M) };
    let of = |leg| charges(&World::new(), &[leg]).charge(Term::Liquidity);
    assert!(of(stuck(SOL)).init > 0);
    assert_eq!(of(stuck(MEME)), Pair::both(0));
}

/// Aged data gives no initial credit, be it the price or the venue's.
#[test]
fn aged_assets_count_nothing_at_the_initial_level() {
    let owed = debt(USDC, NATIVE, M);
    let alone = World::new().health(&[owed]).init;
    let of = |price, row| {
        let mut world = World::new();
        world.assets[usize::from(SOL)].terms.freshness = price;
        let held = Leg { special: true, ..asset(SOL, KAMINO, M) };
        let details = Details { freshness: row, ..Details::NONE };
        let legs = Plain(vec![(held, details), (owed, Details::NONE)]);
        assess(&world, &legs, &mut Book::new(), &mut ()).unwrap()
    };
    use Freshness::{Aged, Live};
    assert!(of(Live, Live).init > alone);
    for (price, row) in [(Aged, Live), (Live, Aged), (Aged, Aged)] {
        assert_eq!(of(price, row).init, alone);
        assert_eq!(of(price, row).maint, of(Live, Live).maint);
    }
}

/// A debt whose price is dead grows toward the factor's upward shock.
#[test]
fn debts_with_a_dead_price_grow() {
    let of = |up: u32, keep: u32, leg: Leg| {
        let mut world = World::new();
        par(&mut world, SOL);
        let terms = &mut world.assets[usize::from(SOL)].terms;
        (terms.freshness, terms.keep) = (Freshness::Dead, w(keep));
        world.factors[2].up.maint = w(up);
        world.health(&[leg]).debts.unsigned_abs()
    };
    let owed = debt(SOL, NATIVE, OWED);
    // share of the shock: an eighth of a half, all of 1.0, 1.5 and 2.0
    assert_eq!(of(ONE / 2, ONE - ONE / 8, owed), OWNED + OWNED / 16 + 1);
    assert_eq!(of(ONE, 0, owed), 2 * OWNED + 1);
    assert_eq!(of(3 * ONE / 2, 0, owed), 2 * OWNED + OWNED / 2 + 1);
    assert_eq!(of(2 * ONE, 0, owed), 3 * OWNED + 1);
    assert_eq!(of(ONE, 0, asset(SOL, NATIVE, OWED)), 0, "what is not owed does not grow");
}

/// The requirement at maintenance.
fn required(world: &World, legs: &[Leg]) -> i64 {
    let health = world.health(legs);
    health.equity - health.maint
}

/// Ruling 7: the lower of two views counts. In one a fading class keeps its
/// exposures, in the other they fade with it.
#[test]
fn exposures_of_a_fading_class_fade_in_the_second_view_alone() {
    let mut world = World::new();
    for id in [SOL, SOL_PERP] {
        par(&mut world, id);
    }
    for class in &mut world.classes {
        class.haircut = Pair::both(Weight::ZERO);
    }
    let mut fading = world.clone();
    fading.classes[usize::from(KAMINO)].keep = w(ONE / 2);
    fading.classes[usize::from(PERPS)].keep = w(ONE / 2);
    // the first view: half of the asset, whole
    let meter = charges(&fading, &[asset(SOL, KAMINO, 2 * OWED)]);
    assert_eq!(meter.additive, charges(&world, &[asset(SOL, KAMINO, OWED)]).additive);
    // the second: a short hedge of half its size, and of a long one half of what is left
    let long = asset(SOL, NATIVE, 2 * OWED);
    assert_eq!(
        required(&fading, &[long, debt(SOL_PERP, PERPS, OWED)]),
        required(&world, &[long, debt(SOL_PERP, PERPS, OWED / 2)])
    );
    let short = debt(SOL, NATIVE, 4 * OWED);
    assert_eq!(
        required(&fading, &[short, asset(SOL, KAMINO, 4 * OWED)]),
        required(&world, &[short, asset(SOL, KAMINO, OWED)])
    );
}

/// As many units owned as owed in an account that was not read: worth the
/// interval's width less than nothing, and no hedge.
#[test]
fn equal_sides_of_an_unread_account_keep_their_value() {
    let mut world = World::new();
    par(&mut world, SOL);
    let amount = 1 << 40;
    let long = asset(SOL, NATIVE, 1 << 41);
    let details = Details { unread: true, ..Details::NONE };
    let unread = |leg| (Leg { special: true, ..leg }, details);
    let legs = Plain(vec![
        (long, Details::NONE),
        unread(asset(SOL, KAMINO, amount)),
        unread(debt(SOL, KAMINO, amount)),
    ]);
    let health = assess(&world, &legs, &mut Book::new(), &mut ()).unwrap();
    let alone = world.health(&[long]);
    assert_eq!(alone.equity - health.equity, 1 << 9);
    assert_eq!(health.equity - health.init.unwrap(), alone.equity - alone.init.unwrap());
}
