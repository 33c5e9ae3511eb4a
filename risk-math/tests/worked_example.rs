//! The worked example of the crate page, line by line: each number is computed
//! here and must stand in `README.md` as it is written.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod support;

use support::*;
use trestle_risk_math::liquidation::*;
use trestle_risk_math::num::{ONE, Pair, Weight};
use trestle_risk_math::portfolio::*;

const README: &str = include_str!("../README.md");

/// USD with six decimals.
fn usd6(micro: i64) -> String {
    let digits = format!("{:07}", micro.unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len() - 6);
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{}{grouped}.{fraction}", if micro < 0 { "-" } else { "" })
}

fn stands(line: &str) {
    assert!(README.contains(line), "README.md lacks: {line}");
}

/// A row of the README's tables: a name and two figures.
fn row(name: &str, maint: i64, init: i64) {
    let start = format!("| {name} |");
    let end = format!("| {} | {} |", usd6(maint), usd6(init));
    let found = README.lines().any(|l| l.starts_with(&start) && l.ends_with(&end));
    assert!(found, "README.md lacks: {start} ... {end}");
}

/// 1,000 SOL at Kamino, 600 SOL-PERP short, 90,000 USDC at the perp venue, 100,000 USDC owed.
fn hedged() -> Vec<Leg> {
    vec![
        asset(SOL, KAMINO, 1_000_000_000),
        debt(SOL_PERP, PERPS, 600_000_000),
        asset(USDC, PERPS, 90_000_000_000),
        debt(USDC, NATIVE, 100_000_000_000),
    ]
}

#[test]
fn health_of_the_hedged_book() {
    let world = World::new();
    let mut meter = Breakdown::default();
    let health = assess(&world, &sorted(&hedged()), &mut Book::new(), &mut meter).unwrap();
    let both = |c: Pair<u64>| (c.maint.cast_signed(), c.init.cast_signed());
    let term = |name: &str, c: Pair<u64>| row(name, both(c).0, both(c).1);
    term("lambda A", meter.additive);
    term("(1 - lambda) W", meter.systemic);
    for (name, t) in [
        ("basis", Term::Basis),
        ("split", Term::Split),
        ("offset", Term::Offset),
        ("concentration", Term::Concentration),
        ("venue haircut", Term::Haircut),
    ] {
        term(name, meter.charge(t));
    }
    // all other names are free in this book
    let named = [Term::Basis, Term::Split, Term::Offset, Term::Concentration, Term::Haircut];
    for other in Term::ALL.into_iter().filter(|t| !named.contains(t)) {
        assert_eq!(meter.charge(other), Pair::both(0), "{}", other.name());
    }
    let init = health.init.unwrap();
    row("**R**, rounded up once", health.equity - health.maint, health.equity - init);
    row("**H = E - R**", health.maint, init);
    assert_eq!(health.liqend, init, "nothing here is charged at the initial level only");
    stands(&format!("E = {} USD", usd6(health.equity)));
    stands(&format!("scenario {} (all down)", meter.scenario.init));
    // what a weight model adds up: both SOL legs, their basis and haircut, in whole percents
    let weights = 150_000 * (2_500 + 25 + 150) + 90_000 * (2_800 + 150);
    stands(&format!("{} USD at the initial level", thousands(weights / 10_000)));
    assert_eq!(meter.scenario, Pair::both(1));
}

/// What the page computes by hand, in the order of the page, in integers.
#[test]
fn the_hand_computation() {
    // values, micro-USD: prices are 32-bit mantissas, rounded down for assets, up for debts
    let (sol, perp) = (150_000_000_000_i128, 90_000_000_000_i128);
    let world = World::new();
    let value = |leg: &Leg| {
        let price = world.assets[usize::from(leg.asset)].terms.price;
        match leg.side {
            Side::Asset => i64::try_from(price.asset_value(leg.amount).unwrap()).unwrap(),
            Side::Debt => -i64::try_from(price.debt_value(leg.amount).unwrap()).unwrap(),
        }
    };
    let found: Vec<i64> = hedged().iter().map(value).collect();
    for (leg, name) in found.iter().zip(["SOL", "SOL-PERP", "USDC at the venue", "USDC owed"]) {
        let line = format!("| {} |", usd6(*leg));
        assert!(README.lines().any(|l| l.contains(name) && l.ends_with(&line)), "{name} {line}");
    }
    assert!((i128::from(found[0]) - sol).abs() < 100 && (i128::from(found[1]) + perp).abs() < 100);

    // initial row in Q16, as the page lists them
    let q16 = |bps: u16| i128::from(Weight::from_bps(bps).unwrap().q16());
    for (bps, expected) in [(2_500, 16_384), (150, 984), (300, 1_967), (25, 164), (13, 86)] {
        assert_eq!(q16(bps), expected);
        stands(&expected.to_string());
    }
    let value = |i: usize| i128::from(found[i]);
    let net_sol = value(0) + value(1);
    let net_usdc = value(2) + value(3);
    let a = q16(2_500) * net_sol + q16(150) * -net_usdc;
    let w = q16(2_500) * net_sol;
    let lambda = q16(6_000);
    let matched_usdc = (value(2) - value(3)) - net_usdc.abs();
    let x = q16(25) * value(0)
        + q16(150) * -value(1)
        + q16(13) * -net_usdc
        + q16(300) * -value(1)
        + q16(150) * value(0);
    // split and concentration come doubled, so that halves are exact
    let doubled = q16(25) * matched_usdc
        + chords(&world, SOL, value(0))
        + chords(&world, SOL_PERP, -value(1))
        + chords(&world, USDC, -net_usdc);
    let q32 = lambda * a + (i128::from(ONE) - lambda) * w + (x << 16) + (doubled << 15);
    let required = (q32 + (1 << 32) - 1) >> 32;
    let health = world.health(&hedged());
    assert_eq!(i128::from(health.equity - health.init.unwrap()), required);
}

/// Twice the concentration charge: `k^2 D + (2 k + 1) (n - k D)`.
fn chords(world: &World, asset: u8, n: i128) -> i128 {
    let d = i128::from(world.assets[usize::from(asset)].terms.depth.size_shr16);
    let k = n / d;
    k * k * d + (2 * k + 1) * (n - k * d)
}

/// 1,000 SOL against 100,000 USDC, with SOL at 118.
#[test]
fn liquidation_of_the_directional_book() {
    let mut world = World::new();
    world.set_price(SOL, 11_800);
    let legs = [asset(SOL, NATIVE, 1_000_000_000), debt(USDC, NATIVE, 100_000_000_000)];
    let mut book = Book::new();
    let health = world.assess(&legs, &mut book).unwrap();
    stands(&format!("H_maint = {}", usd6(health.maint)));
    stands(&format!("H_liqend = {}", usd6(health.liqend)));
    assert!(is_liquidatable(&health));
    let terms = IncentiveTerms {
        start: bps(25),
        max: bps(300),
        per_shortfall: bps(2_500),
        ramp_slots: 150,
        insurance_share: bps(2_000),
    };
    let rate = incentive(&health, 75, &terms);
    stands(&format!("beta = {} / 65,536", thousands(rate.q16())));
    stands(&format!("E / D = {} / 65,536", thousands(equity_cap(&health).q16())));
    let goal = target(&health, &world.group);
    stands(&format!("T = {}", usd6(goal)));
    let seized = UNIT_RATE + rate.q16().cast_signed();
    let pulls = [
        Pull { asset: USDC, class: NATIVE, rate: UNIT_RATE, illiquid: false },
        Pull { asset: SOL, class: NATIVE, rate: -seized, illiquid: false },
    ];
    let k = slope(&world, &sorted(&legs), &book, &pulls).unwrap();
    stands(&format!("k = {} / 65,536", thousands(u32::try_from(k).unwrap())));
    let whole = (i128::from(goal - health.liqend) << 16) / i128::from(k) / 1_000_000;
    stands(&format!("{} USD", thousands(u32::try_from(whole).unwrap() + 1)));
    let cap = close_cap(&health, terms.max);
    stands(&format!("close cap = {}", usd6(cap.cast_signed())));
    let bounds = Bounds {
        debt: 100_000_000_000,
        collateral: 118_000_000_000,
        offered: u64::MAX,
        call_cap: 500_000_000_000,
        close_cap: cap,
    };
    let step = step_value(health.liqend, goal, k, rate, &bounds).unwrap();
    stands(&format!("x = {}", usd6(step.cast_signed())));
    // afterwards
    let take = step + rate.of_floor(step);
    let price = world.assets[usize::from(SOL)].terms.price;
    let after = world.health(&[
        asset(SOL, NATIVE, 1_000_000_000 - price.amount_floor(take).unwrap()),
        debt(USDC, NATIVE, 100_000_000_000 - step),
    ]);
    stands(&format!("H_maint rises to {}", usd6(after.maint)));
    assert!(after.maint > health.maint && after.liqend <= goal);
    assert!(health.equity - after.equity <= i64::try_from(rate.of_floor(step)).unwrap() + 200);
}

fn thousands(n: u32) -> String {
    if n < 1_000 { n.to_string() } else { format!("{},{:03}", n / 1_000, n % 1_000) }
}
