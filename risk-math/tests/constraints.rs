//! `constraints`: each at its edge, and what breaks beyond it.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use support::*;
use trestle_risk_math::constraints::*;
use trestle_risk_math::defaults;
use trestle_risk_math::liquidation::{IncentiveTerms, incentive};
use trestle_risk_math::num::{ONE, Pair, Weight};
use trestle_risk_math::portfolio::*;

const M: u64 = 1_000_000;

fn w(q16: u32) -> Weight {
    Weight::new(q16).unwrap()
}

fn pair(maint: u32, init: u32) -> Pair<Weight> {
    Pair::new(w(maint), w(init))
}

/// The default SOL: factor and asset.
fn sol() -> (GroupTerms, FactorTerms, AssetConfig) {
    let world = World::new();
    let listed = world.assets[usize::from(SOL)];
    (world.group, world.factors[2].terms(), config(&listed.terms, listed.incentive_max))
}

fn asset_verdict(
    change: impl FnOnce(&mut GroupTerms, &mut FactorTerms, &mut AssetConfig),
) -> Result<(), Violation> {
    let (mut group, mut factor, mut asset) = sol();
    change(&mut group, &mut factor, &mut asset);
    check_asset(&group, &factor, &asset, World::new().worst_haircut())
}

fn factor_verdict(factor: FactorTerms, shocks: &[Shock]) -> Result<(), Violation> {
    check_factor(&World::new().group, &factor, shocks.iter().copied())
}

#[test]
fn c1_rows_of_the_group_are_ordered() {
    let verdict = |change: fn(&mut GroupTerms)| {
        let mut group = World::new().group;
        change(&mut group);
        check_group(&group)
    };
    assert_eq!(verdict(|_| ()), Ok(()));
    let order = Err(Violation::LevelOrder);
    assert_eq!(verdict(|g| g.lambda = pair(2, 1)), order);
    assert_eq!(verdict(|g| g.split = pair(2, 1)), order);
    assert_eq!(verdict(|g| g.confidence = pair(2, 1)), order);
    assert_eq!(verdict(|g| g.illiquid = pair(2, 1)), order);
    assert_eq!(verdict(|g| g.stress_floor = pair(1, 2)), order);
    assert_eq!(verdict(|g| g.stress_floor = pair(2, 2)), Ok(()));
    let range = Err(Violation::Range);
    assert_eq!(verdict(|g| g.lambda = Pair::both(w(ONE))), Ok(()));
    assert_eq!(verdict(|g| g.lambda.init = w(ONE + 1)), range);
    assert_eq!(verdict(|g| g.split.init = w(ONE + 1)), range);
    assert_eq!(verdict(|g| g.confidence.init = w(ONE + 1)), range);
    assert_eq!(verdict(|g| g.illiquid.init = w(ONE + 1)), range);
    assert_eq!(verdict(|g| g.confidence_max = w(ONE + 1)), range);
    assert_eq!(verdict(|g| g.gap_max = w(ONE + 1)), range);
    assert_eq!(verdict(|g| g.unsettled = w(ONE + 1)), range);
    assert_eq!(verdict(|g| g.target = w(ONE + 1)), range);
    assert_eq!(verdict(|g| g.stress_floor.maint = w(ONE - 1)), Ok(()));
    assert_eq!(verdict(|g| g.stress_floor.maint = w(ONE)), range);
}

#[test]
fn c1_rows_of_factors_classes_and_assets_are_ordered() {
    let (_, factor, _) = sol();
    let order = Err(Violation::LevelOrder);
    let odd = pair(12_000, 11_999);
    assert_eq!(factor_verdict(FactorTerms { down: odd, ..factor }, &[]), order);
    assert_eq!(factor_verdict(FactorTerms { up: odd, ..factor }, &[]), order);
    assert_eq!(factor_verdict(FactorTerms { offset: pair(2, 1), ..factor }, &[]), order);
    assert_eq!(
        factor_verdict(FactorTerms { down: pair(1, ONE + 1), ..factor }, &[]),
        Err(Violation::Range)
    );
    assert_eq!(factor_verdict(FactorTerms { up: pair(ONE, 2 * ONE), ..factor }, &[]), Ok(()));
    assert_eq!(asset_verdict(|_, _, a| a.basis = pair(165, 164)), order);
    assert_eq!(asset_verdict(|_, _, a| a.jump = pair(1, 0)), order);
    let class = |change: fn(&mut ClassTerms)| {
        let mut class = defaults::KAMINO;
        change(&mut class);
        check_class(&class)
    };
    assert_eq!(class(|_| ()), Ok(()));
    assert_eq!(class(|c| c.haircut = pair(2, 1)), order);
    let range = Err(Violation::Range);
    assert_eq!(class(|c| c.haircut = Pair::both(w(ONE))), Ok(()));
    assert_eq!(class(|c| c.haircut.init = w(ONE + 1)), range);
    assert_eq!(class(|c| c.penalty = w(ONE + 1)), range);
    assert_eq!(class(|c| c.shock = w(ONE + 1)), range);
    assert_eq!(class(|c| c.loop_shock = w(ONE + 1)), range);
}

/// C1 for P8: a maintenance shock above the initial one puts initial health on top.
#[test]
fn c1_without_it_the_levels_change_places() {
    let mut world = World::new();
    world.factors[2].down = pair(16_384, 10_486);
    world.scenarios.clear();
    let health = world.health(&[asset(SOL, NATIVE, worth(M, 15_000))]);
    assert!(health.liqend > health.maint);
}

/// C1 is not enough for P8 where scenarios are trusted: both shocks of the
/// owed factor grow, those of the owned one do not, so the initial row's
/// scenario gives the hedge more than it takes. `gate` asks for maintenance
/// health for this reason.
#[test]
fn c1_alone_does_not_order_levels_where_scenarios_are_trusted() {
    let mut world = World::new();
    world.group.lambda = Pair::both(Weight::ZERO);
    world.factors[0].down = Pair::both(w(20_000));
    world.factors[2].offset = Pair::both(Weight::ZERO);
    world.factors[0].offset = Pair::both(Weight::ZERO);
    world.scenarios = vec![core::array::from_fn(|id| match id {
        0 => [-20_000, -20_000],
        2 => [-10_486, -16_384],
        _ => [0, 0],
    })];
    let (btc, sol) = (world.factors[0].terms(), world.factors[2].terms());
    let up = [
        [btc.up.maint.q16().into(), btc.up.init.q16().into()],
        [sol.up.maint.q16().into(), sol.up.init.q16().into()],
    ];
    let moves = |id: usize, up| [world.scenarios[0][id], up];
    assert_eq!(check_factor(&world.group, &btc, moves(0, up[0]).into_iter()), Ok(()));
    assert_eq!(check_factor(&world.group, &sol, moves(2, up[1]).into_iter()), Ok(()));
    let legs = [asset(BTC, NATIVE, worth(M, 10_000_000)), debt(SOL, NATIVE, worth(M, 15_000))];
    let health = world.health(&legs);
    assert!(health.liqend > health.maint);
}

#[test]
fn c2_scenarios_stay_within_the_shocks() {
    let (_, factor, _) = sol();
    let (d, u) = (factor.down, factor.up);
    let row = |x: Pair<Weight>| -> Shock { [x.maint.q16().into(), x.init.q16().into()] };
    let [up, down] = [row(u), row(d).map(|x| -x)];
    let verdict = |shocks: &[Shock]| factor_verdict(factor, shocks);
    assert_eq!(verdict(&[]), Ok(()), "no scenarios: lambda is 1");
    assert_eq!(verdict(&[down, up]), Ok(()));
    let outside = Err(Violation::ScenarioRange);
    assert_eq!(verdict(&[down, up, [0, up[1] + 1]]), outside);
    assert_eq!(verdict(&[down, up, [up[0] + 1, up[1]]]), outside);
    assert_eq!(verdict(&[down, up, [0, down[1] - 1]]), outside);
    assert_eq!(verdict(&[down, up, [down[0] - 1, down[1]]]), outside);
    // some scenario goes all the way
    assert_eq!(verdict(&[down]), outside);
    assert_eq!(verdict(&[up]), outside);
    assert_eq!(verdict(&[up, [down[0], down[1] + 1]]), outside);
    assert_eq!(verdict(&[down, [up[0], up[1] - 1]]), outside);
    assert_eq!(verdict(&[[0, down[1]], [0, up[1]]]), Ok(()), "the initial row is what counts");
    // rows on one side, the initial one at least as far
    let order = Err(Violation::LevelOrder);
    assert_eq!(verdict(&[down, up, [1, 0]]), order);
    assert_eq!(verdict(&[down, up, [2, 1]]), order);
    assert_eq!(verdict(&[down, up, [-2, -1]]), order);
    assert_eq!(verdict(&[down, up, [-1, 2]]), order);
    assert_eq!(verdict(&[down, up, [2, 2], [-2, -2], [0, 5]]), Ok(()));
    // twelve at most
    let many: Vec<_> = [down, up].into_iter().cycle().take(13).collect();
    assert_eq!((verdict(&many[..12]), verdict(&many)), (Ok(()), outside));
    // a stable's rise of 2 % needs no scenario of its own, one of more does
    let stable = |up| FactorTerms { up: pair(0, up), offset: pair(0, 0), ..factor };
    assert_eq!(factor_verdict(stable(1_311), &[down]), Ok(()));
    assert_eq!(factor_verdict(stable(1_312), &[down]), outside);
}

/// C2 for P4: a scenario beyond the shock makes `W` exceed `A`.
#[test]
fn c2_without_it_a_scenario_exceeds_the_worst_case() {
    let mut world = World::new();
    world.scenarios[0][2] = [-20_000, -30_000];
    let legs = [asset(SOL, NATIVE, worth(M, 15_000))];
    let mut meter = Breakdown::default();
    assess(&world, &sorted(&legs), &mut Book::new(), &mut meter).unwrap();
    // (1 - lambda) d of a million at most
    assert!(meter.systemic.init > 101_000_000_000);
}

#[test]
fn scenario_moves_are_fractions_of_the_shocks() {
    let (down, up) = (w(1_001), w(2_001));
    let of = |bps| scenario_shock(bps, down, up);
    assert_eq!((of(0), of(10_000), of(-10_000)), (0, 2_001, -1_001));
    assert_eq!((of(5_000), of(-5_000)), (1_001, -501), "away from zero");
    assert_eq!((of(i16::MAX), of(i16::MIN)), (2_001, -1_001), "at most all of it");
    assert_eq!((of(1), of(-1)), (1, -1));
}

/// C3: what an asset's charges leave, to the last step.
#[test]
fn c3_charges_stay_within_the_asset() {
    let (group, factor, asset) = sol();
    let room = |asset: &AssetConfig, haircut| credit_room(&group, &factor, asset, haircut);
    let used = 16_384 + 1_967 + 164 + 164 + 1_967 + 3_277 + 16_384;
    assert_eq!(room(&asset, Weight::ZERO), Some(w(ONE - used)));
    let full = AssetConfig { rate_confidence_max: w(ONE - used - 5), jump: pair(0, 3), ..asset };
    assert_eq!((room(&full, w(2)), room(&full, w(3))), (Some(w(0)), None));
    assert_eq!(asset_verdict(|_, f, _| f.down.init = w(60_000)), Err(Violation::Weights));
}

/// C3 for P1: with charges above 1.0 a deposit lowers health.
#[test]
fn c3_without_it_a_deposit_lowers_health() {
    let mut world = World::new();
    world.factors[2].down = Pair::both(w(60_000));
    world.scenarios.clear();
    world.group.lambda = Pair::both(Weight::ONE);
    world.assets[usize::from(SOL)].terms.basis = Pair::both(w(6_000));
    let at = |dollars| world.health(&[asset(SOL, NATIVE, worth(dollars, 15_000))]).maint;
    assert!(at(2 * M) < at(M));
}

#[test]
fn c4_offsets_stay_below_what_lambda_charges() {
    let group = GroupTerms { lambda: pair(32_768, 32_768), ..World::new().group };
    let verdict = |maint, init| {
        let factor = FactorTerms {
            down: pair(4_000, 5_000),
            up: pair(6_000, 7_001),
            offset: pair(maint, init),
        };
        check_factor(&group, &factor, core::iter::empty())
    };
    assert_eq!(verdict(5_000, 6_000), Ok(()));
    let dear = Err(Violation::Convexity);
    assert_eq!((verdict(5_001, 6_000), verdict(5_000, 6_001)), (dear, dear));
    // b >= hs / 2 at both rows
    let split = |split: Pair<Weight>, basis: Pair<Weight>| {
        asset_verdict(|g, _, a| {
            (g.split, a.basis, a.depth) = (split, basis, Depth::default());
        })
    };
    assert_eq!(split(pair(300, 301), pair(150, 151)), Ok(()));
    assert_eq!(split(pair(300, 301), pair(150, 150)), dear);
    assert_eq!(split(pair(300, 301), pair(149, 151)), dear);
}

/// C4 for P6 and P9: an offset dearer than both shocks makes merging hurt.
#[test]
fn c4_without_it_merging_hurts() {
    let mut world = World::new();
    world.factors[2].offset = Pair::both(w(40_000));
    world.assets.iter_mut().for_each(|a| a.terms.depth = Depth::default());
    let (long, short) =
        (asset(SOL, KAMINO, worth(M, 15_000)), debt(SOL_PERP, KAMINO, worth(M, 15_000)));
    let required = |legs: &[Leg]| {
        let health = world.health(legs);
        health.equity - health.maint
    };
    assert!(required(&[long, short]) > required(&[long]) + required(&[short]));
    // the same for a split dearer than two bases
    let mut world = World::new();
    world.group.split = Pair::both(w(40_000));
    world.factors[2] =
        Factor { down: Pair::both(w(1)), up: Pair::both(w(1)), offset: Pair::both(w(0)) };
    world.classes.iter_mut().for_each(|c| c.haircut = Pair::both(w(0)));
    world.scenarios.clear();
    let short = debt(SOL, PERPS, worth(M, 15_000));
    let required = |legs: &[Leg]| {
        let health = world.health(legs);
        health.equity - health.maint
    };
    assert!(required(&[long, short]) > required(&[long]) + required(&[short]));
}

#[test]
fn c5_the_slope_is_what_is_left() {
    let (group, factor, asset) = sol();
    let room = credit_room(&group, &factor, &asset, World::new().worst_haircut()).unwrap();
    assert_eq!(asset_verdict(|_, _, a| a.depth.slope = room), Ok(()));
    assert_eq!(asset_verdict(|_, _, a| a.depth.slope = w(room.q16() + 1)), Err(Violation::Slope));
    assert_eq!(asset_verdict(|_, _, a| a.depth.size_shr16 = (1 << 43) - 1), Ok(()));
    assert_eq!(asset_verdict(|_, _, a| a.depth.size_shr16 = 1 << 43), Err(Violation::Slope));
}

/// C5 for P1: a steeper slope eats more than the credit of a large position.
#[test]
fn c5_without_it_a_large_deposit_lowers_health() {
    let mut world = World::new();
    world.assets[usize::from(SOL)].terms.depth = Depth { size_shr16: 1 << 20, slope: Weight::ONE };
    let at = |dollars| world.health(&[asset(SOL, NATIVE, worth(dollars, 15_000))]).liqend;
    assert!(at(1_000 * M) < at(500 * M));
}

#[test]
fn c7_the_incentive_stays_below_half_the_shock() {
    let verdict = |beta, down: u32, basis: u32| {
        asset_verdict(|_, f, a| {
            f.down = pair(down, down.max(1));
            (a.incentive_max, a.basis, a.depth) =
                (w(beta), pair(basis, basis.max(164)), Depth::default());
        })
    };
    assert_eq!(verdict(5_000, 10_000, 164), Ok(()));
    assert_eq!(verdict(5_001, 10_000, 164), Err(Violation::Incentive));
    assert_eq!(verdict(5_000, 9_999, 164), Err(Violation::Incentive));
    // without any shock or basis a repayment gains nothing: (1 + 0) (1 - 0) is not below 1
    let bare = |down, basis| {
        asset_verdict(|g, f, a| {
            (g.split, f.down) = (pair(0, 0), pair(down, 1));
            (a.incentive_max, a.basis, a.depth) = (w(0), pair(basis, basis), Depth::default());
        })
    };
    assert_eq!((bare(0, 0), bare(1, 0), bare(0, 1)), (Err(Violation::Incentive), Ok(()), Ok(())));
}

/// C7 for P13: an incentive above the shock makes a step lower health.
#[test]
fn c7_without_it_a_step_lowers_health() {
    let world = World::new();
    let legs = |sol: u64, usdc: u64| {
        [asset(SOL, NATIVE, worth(sol, 15_000)), debt(USDC, NATIVE, worth(usdc, 100))]
    };
    // 1,300 against 1,000: healthy enough for an incentive of 25 %
    let before = world.health(&legs(1_300_000, 1_100_000));
    let terms = IncentiveTerms {
        start: w(16_384),
        max: w(16_384),
        per_shortfall: w(0),
        ramp_slots: 1,
        insurance_share: w(0),
    };
    let greedy = incentive(&Health { equity: i64::MAX, ..before }, 9, &terms);
    let seized = |rate: Weight| 100_000 + rate.of_floor(100_000);
    let after = |rate| world.health(&legs(1_300_000 - seized(rate), 1_000_000)).maint;
    assert!(after(greedy) < before.maint);
    assert!(after(world.assets[usize::from(SOL)].incentive_max) > before.maint);
}

#[test]
fn c8_isolated_assets_have_full_shocks_and_no_depth() {
    let meme = World::new().factors[7].terms();
    let verdict = |change: fn(&mut FactorTerms, &mut AssetConfig)| {
        asset_verdict(|_, f, a| {
            (*f, a.isolated, a.depth) = (meme, true, Depth::default());
            change(f, a);
        })
    };
    assert_eq!(verdict(|_, _| ()), Ok(()));
    assert_eq!(verdict(|f, _| f.up.init = w(2 * ONE)), Ok(()));
    let isolated = Err(Violation::Isolated);
    assert_eq!(verdict(|f, _| f.down.init = w(ONE - 1)), isolated);
    assert_eq!(verdict(|f, _| f.up.init = w(ONE - 1)), isolated);
    assert_eq!(verdict(|_, a| a.depth.slope = w(1)), isolated);
    // exempt from C3 to C5, not from C1 and C7
    assert_eq!(verdict(|_, a| a.basis = pair(0, 0)), Ok(()));
    assert_eq!(verdict(|_, a| a.basis = pair(1, 0)), Err(Violation::LevelOrder));
    assert_eq!(verdict(|_, a| a.incentive_max = w(ONE)), Err(Violation::Incentive));
}

/// C8 for P1 and ruling 18: in a scenario in which it falls, an isolated debt
/// would offset what the account owns.
#[test]
fn c8_isolated_assets_fall_in_no_scenario() {
    let meme = World::new().factors[7].terms();
    let up = [meme.up.maint.q16().into(), ONE.into()];
    assert_eq!(factor_verdict(meme, &[[0, 0], up]), Ok(()));
    assert_eq!(factor_verdict(meme, &[[0, -1], up]), Err(Violation::Isolated));
    assert_eq!(
        factor_verdict(meme, &[[0, 0]]),
        Err(Violation::ScenarioRange),
        "nor stands still in all"
    );
    // what it would do
    let required = |world: &World, legs: &[Leg]| {
        let health = world.health(legs);
        health.equity - health.liqend
    };
    let legs = [asset(BTC, NATIVE, worth(10 * M, 10_000_000)), debt(MEME, NATIVE, worth(M, 5))];
    let mut world = World::new();
    let sound = required(&world, &legs) - required(&world, &legs[..1]);
    assert!(sound >= 600_000_000_000, "lambda of all of it");
    world.scenarios[0][7] = [-26_215, -65_536];
    let offset = required(&world, &legs) - required(&world, &legs[..1]);
    // BTC loses half elsewhere: 0.6 of the debt less 0.4 of 0.8 M saved
    assert!(offset < 280_100_000_000, "half of it was offset: {offset}");
}

#[test]
fn the_default_shocks_come_from_the_fractions() {
    assert_eq!(defaults::shock(2, 0), [-1_639, -2_622], "a quarter of BTC's, away from zero");
    assert_eq!(defaults::shock(4, 0), [3_277, 5_243]);
    assert_eq!((defaults::shock(8, 0), defaults::shock(0, 8)), ([0, 0], [0, 0]));
    assert_eq!(defaults::depth(1_000, w(9)), Depth { size_shr16: 15_258, slope: w(9) });
    let names: Vec<_> = defaults::FACTORS.iter().map(|f| f.name).collect();
    assert_eq!(names, ["BTC", "ETH", "SOL", "SOL alts", "USDC", "USDT", "PYUSD", "meme"]);
}
