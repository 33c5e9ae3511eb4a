//! Rulings 2, 12 and 18 of the architecture, as far as risk-math carries them.

use crate::case::{Features, accounts, required};
use crate::cases;
use crate::support::{self, *};
use crate::tables::validate;
use proptest::prelude::*;
use trestle_risk_math::gate::{Refusal, admit};
use trestle_risk_math::guard::AgeLimits;
use trestle_risk_math::index::grown_debt;
use trestle_risk_math::num::{ONE, Pair, Weight};
use trestle_risk_math::portfolio::*;

const M: u64 = 1_000_000;

fn sol_against_usdc() -> [Leg; 2] {
    [
        support::asset(SOL, NATIVE, worth(M, 15_000)),
        support::debt(USDC, NATIVE, worth(500_000, 100)),
    ]
}

fn aged(asset: u8, freshness: Freshness, keep: Weight) -> World {
    let mut world = World::new();
    let terms = &mut world.assets[usize::from(asset)].terms;
    (terms.freshness, terms.keep) = (freshness, keep);
    world
}

/// Ruling 2. Until the hard age a stale leg stops liquidation; beyond it the
/// leg decays and the account can be liquidated again.
#[test]
fn r02_a_stale_asset_decays_and_stops_shielding() {
    let legs = sol_against_usdc();
    let live = World::new().health(&legs);
    let at = |freshness, keep| aged(SOL, freshness, Weight::new(keep).unwrap()).health(&legs);
    let stale = at(Freshness::Stale, ONE);
    assert_eq!((stale.stale, stale.maint, stale.freshness), (true, live.maint, Freshness::Stale));
    assert!(stale.init.unwrap() < 0, "counts nothing for initial health");
    let dead = at(Freshness::Dead, ONE);
    assert_eq!((dead.stale, dead.maint), (false, live.maint));
    let half = at(Freshness::Dead, ONE / 2);
    assert!(!half.stale && half.maint < 0, "half of the collateral is gone: liquidatable");
    // exact halves of the amount, at a price that is low by less than 2^-31
    assert_eq!(half.equity + half.debts, (live.equity + live.debts) / 2);
    let gone = at(Freshness::Dead, 0);
    assert_eq!(gone.equity, -live.debts);
}

/// Ruling 2. A debt whose price is dead grows by up to its factor's upward
/// shock, one whose index is old by its bound a slot; initial health is denied.
#[test]
fn r02_a_stale_debt_grows_at_its_bound() {
    let legs = [
        support::asset(USDC, NATIVE, worth(M, 100)),
        support::debt(SOL, NATIVE, worth(150_000, 15_000)),
    ];
    let live = World::new().health(&legs);
    let at = |freshness, keep| aged(SOL, freshness, Weight::new(keep).unwrap()).health(&legs);
    let aged = at(Freshness::Aged, ONE);
    assert_eq!((aged.init, aged.maint), (None, live.maint));
    let up = u64::from(World::new().factors[2].up.maint.q16());
    for keep in [0, ONE / 4, ONE / 2, ONE - 1] {
        let dead = at(Freshness::Dead, keep);
        let share = (up * u64::from(ONE - keep)).div_ceil(u64::from(ONE));
        let grown = ((u128::from(live.debts.unsigned_abs()) * u128::from(share)) >> 16) + 1;
        assert_eq!(u128::from((dead.debts - live.debts).unsigned_abs()), grown, "keep {keep}");
        assert!(!dead.stale && dead.maint < live.maint);
    }
    // an index: 2^-20 a slot for 2^10 slots, one unit up
    assert_eq!(grown_debt(1 << 40, 1 << 44, 1 << 10), Ok((1 << 40) + (1 << 30) + 1));
    assert_eq!(grown_debt(1_000, u64::MAX, u64::MAX), Ok(2_000), "doubled at most");
    assert_eq!(grown_debt(1_000, 0, 5), Ok(1_000));
}

proptest! {
    #![proptest_config(cases(4))]

    /// Ruling 2. As one price ages, maintenance health never rises, and past
    /// the hard age it does not stop liquidation.
    #[test]
    fn r02_ageing_never_raises_health(
        mut case in accounts(Features { accounts: true, illiquid: true, ..Features::PLAIN }),
        leg in any::<prop::sample::Index>(),
    ) {
        let asset = usize::from(case.legs[leg.index(case.legs.len())].0.asset);
        let limits = AgeLimits { init: 10, maint: 20, hard: 30, decay: 40 };
        let mut last = case.health();
        for age in 0..80 {
            let (freshness, keep) = limits.at(age);
            let terms = &mut case.world.assets[asset].terms;
            (terms.freshness, terms.keep) = (freshness, keep);
            let now = case.health();
            prop_assert!(now.maint <= last.maint + 1 && now.liqend <= last.liqend + 1, "age {age}");
            prop_assert_eq!(now.stale, (21..=30).contains(&age));
            last = now;
        }
    }
}

/// Ruling 12. Assets net their confidence and their EMA guard on one source only.
#[test]
fn r12_netting_stops_at_the_source() {
    let wide = |world: &mut World, asset: u8| {
        let terms = &mut world.assets[usize::from(asset)].terms;
        (terms.confidence, terms.gap) = (bps(100), bps(200));
    };
    let legs = |short| {
        sorted(&[
            support::asset(SOL, KAMINO, worth(M, 15_000)),
            support::debt(short, PERPS, worth(M, 15_000)),
        ])
    };
    let charges = |world: &World, short| {
        let mut meter = Breakdown::default();
        assess(world, &legs(short), &mut Book::new(), &mut meter).unwrap();
        (meter.charge(Term::Confidence), meter.charge(Term::Gap))
    };
    let mut world = World::new();
    [SOL, JITOSOL, SOL_PERP].iter().for_each(|asset| wide(&mut world, *asset));
    world.set_price(JITOSOL, 15_000);
    // one source: what remains is the width of the price interval
    let (confidence, gap) = charges(&world, JITOSOL);
    assert!(confidence.maint <= 10 && gap.init <= 20, "{confidence:?} {gap:?}");
    // two sources: both sides pay, 1 % and 2 % of 2 M USD, rounded up to Q16
    let (confidence, gap) = charges(&world, SOL_PERP);
    let share = |q16: u64| 2 * M * 1_000_000 / u64::from(ONE) * q16;
    assert!(confidence.maint.abs_diff(share(656)) < 100_000 && confidence.maint == confidence.init);
    assert!(gap.init.abs_diff(share(1_311)) < 100_000 && gap.maint == 0);
}

/// Ruling 12. The issuer with the largest net exposure is charged its jump;
/// assets of one issuer net, other issuers add nothing.
#[test]
fn r12_the_largest_issuer_jumps() {
    let mut world = World::new();
    let mut issue = |asset: u8, issuer: u8, jump: u16| {
        let terms = &mut world.assets[usize::from(asset)].terms;
        (terms.issuer, terms.jump) = (issuer, Pair::new(bps(jump), bps(2 * jump)));
    };
    issue(JITOSOL, 1, 100);
    issue(SOL_PERP, 1, 100);
    issue(USDC, 2, 50);
    let jump = |legs: &[Leg]| {
        let mut meter = Breakdown::default();
        assess(&world, &sorted(legs), &mut Book::new(), &mut meter).unwrap();
        meter.charge(Term::Issuer)
    };
    let usd = |q16: u64, dollars: u64| dollars * 1_000_000 * q16 / u64::from(ONE);
    let near = |a: Pair<u64>, maint: u64, init: u64| {
        assert!(a.maint.abs_diff(maint) < 2_000 && a.init.abs_diff(init) < 2_000, "{a:?}");
    };
    let jito = support::asset(JITOSOL, KAMINO, worth(M, 18_000));
    near(jump(&[jito]), usd(656, M), usd(1_311, M));
    // 1 M of issuer 1 against 1.5 M of issuer 2 at half the jump: issuer 1 sets it
    let usdc = support::asset(USDC, NATIVE, worth(3 * M / 2, 100));
    near(jump(&[jito, usdc]), usd(656, M), usd(1_311, M));
    // 3 M of issuer 2: now the other
    let usdc = support::asset(USDC, NATIVE, worth(3 * M, 100));
    near(jump(&[jito, usdc]), usd(328, 3 * M), usd(656, 3 * M));
    // a short of the same issuer nets
    let short = support::debt(SOL_PERP, PERPS, worth(3 * M / 4, 15_000));
    near(jump(&[jito, short]), usd(656, M / 4), usd(1_311, M / 4));
}

/// Ruling 18. The default table passes the validator, isolated asset included.
#[test]
fn r18_the_default_table_is_valid() {
    assert_eq!(validate(&World::new()), Ok(()));
}

/// Ruling 18. An isolated asset has no credit and costs nothing, but is seizable.
#[test]
fn r18_an_isolated_asset_counts_nothing() {
    let world = World::new();
    let legs = sol_against_usdc();
    let without = world.health(&legs);
    let mut all = sorted(&legs);
    let meme = support::asset(MEME, NATIVE, worth(M, 5));
    let details = Details { maturity_days: 5, unsettled: 1_000, ..Details::NONE };
    for (leg, details) in [(meme, Details::NONE), (Leg { special: true, ..meme }, details)] {
        all.0.truncate(2);
        all.0.push((leg, details));
        let with = assess(&world, &all, &mut Book::new(), &mut ()).unwrap();
        assert_eq!(
            with.uncredited / 1_000_000,
            i64::try_from(M - 1).unwrap(),
            "1 M USD, rounded down"
        );
        assert_eq!(Health { uncredited: 0, ..with }, without);
    }
}

/// Ruling 18. At most one isolated asset is owed.
#[test]
fn r18_one_isolated_debt_at_most() {
    let mut world = World::new();
    world.assets.push(world.assets[usize::from(MEME)]);
    let deposit = support::asset(USDC, NATIVE, worth(M, 100));
    let one = [deposit, support::debt(MEME, NATIVE, worth(100, 5))];
    let two = [one[0], one[1], support::debt(MEME + 1, NATIVE, worth(100, 5))];
    let verdict = |legs: &[Leg]| {
        let health = world.health(legs);
        admit(|| Ok::<_, ()>(health), &health, 60).unwrap()
    };
    assert_eq!(verdict(&one), Ok(()));
    assert_eq!(verdict(&two), Err(Refusal::IsolatedDebts));
}

proptest! {
    #![proptest_config(cases(8))]

    /// Ruling 18 and C8. An isolated debt offsets nothing: it costs at least
    /// the additive share of its full upward shock, whatever else is held.
    #[test]
    fn r18_an_isolated_debt_offsets_nothing(case in accounts(Features::PLAIN), value in 1_u64 << 20..1 << 40) {
        let mut case = case;
        let isolated = case.world.assets.iter().position(|a| a.terms.isolated).unwrap();
        let terms = case.world.assets[isolated].terms;
        case.legs.retain(|(leg, _)| usize::from(leg.asset) != isolated);
        let without = required(&case.health());
        let amount = terms.price.amount_floor(value).unwrap_or(1 << 50).min(1 << 58);
        let leg = support::debt(isolated as u8, NATIVE, amount);
        let owed = terms.price.debt_value(amount).unwrap();
        case.legs.push((leg, Details::NONE));
        let with = required(&case.health());
        let factor = case.world.factors[usize::from(terms.factor)];
        let lambda = case.world.group.lambda;
        let least = |lambda: Weight, up: Weight| lambda.of_floor(up.min(Weight::ONE).of_floor(owed)) as i64 - 1;
        prop_assert!(with[1] - without[1] >= least(lambda.init, factor.up.init));
        prop_assert!(with[2] - without[2] >= least(lambda.maint, factor.up.maint));
    }
}
