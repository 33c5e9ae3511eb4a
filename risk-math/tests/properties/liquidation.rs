//! P13 and ruling 9: what one liquidation step may leave behind.

use crate::case::{Case, Features, accounts};
use crate::cases;
use crate::support::{self, BTC, JITOSOL, KAMINO, NATIVE, PERPS, SOL, SOL_PERP, USDC, World};
use proptest::prelude::*;
use trestle_risk_math::liquidation::*;
use trestle_risk_math::num::{ONE, Pair, Weight};
use trestle_risk_math::portfolio::*;

const TERMS: IncentiveTerms = IncentiveTerms {
    start: Weight::clamped(164), // 25 bps
    max: Weight::ONE,            // the collateral's own, below
    per_shortfall: Weight::ONE,
    ramp_slots: 150,
    insurance_share: Weight::clamped(13_107),
};

/// The account with so much less collateral that it can just be liquidated,
/// then less still. `None` when it owes nothing.
fn unhealthy(case: &Case, share: u32) -> Option<Case> {
    let scaled = |share: u32| {
        let mut legs = case.legs.clone();
        for (leg, _) in legs.iter_mut().filter(|(leg, _)| leg.side == Side::Asset) {
            leg.amount = Weight::clamped(share).of_floor(leg.amount);
        }
        case.with(legs)
    };
    let (mut low, mut high) = (0, ONE);
    if scaled(high).health().maint < 0 {
        return Some(scaled(share.max(ONE / 2)));
    }
    if scaled(low).health().maint >= 0 {
        return None;
    }
    while high - low > 1 {
        let middle = low.midpoint(high);
        if scaled(middle).health().maint < 0 { low = middle } else { high = middle }
    }
    let further = Weight::clamped(share.max(ONE - ONE / 8));
    Some(scaled(further.of_floor(low.into()) as u32))
}

/// One step as the program plans it.
struct Step {
    after: Case,
    repaid_value: u64,
    rate: Weight,
    target: i64,
    closes: bool,
    /// Micro-USD that amounts in native units may miss values by.
    rounding: i64,
}

/// Repays debt leg `debt` from asset leg `asset`. `None` where there is no closed form.
fn plan(case: &Case, asset: usize, debt: usize, slots: u64) -> Option<Step> {
    let sizing = Sizing::of(case, asset, debt, slots)?;
    let value = sizing.closed_form?;
    sizing.step(value)
}

/// What steps of any size follow from.
struct Sizing<'a> {
    case: &'a Case,
    asset: usize,
    debt: usize,
    before: Health,
    rate: Weight,
    target: i64,
    bounds: Bounds,
    closed_form: Option<u64>,
}

impl<'a> Sizing<'a> {
    fn of(case: &'a Case, asset: usize, debt: usize, slots: u64) -> Option<Self> {
        let (before, book) = case.book();
        let (seized, owed) = (case.legs[asset].0, case.legs[debt].0);
        let listed = |leg: &Leg| case.world.assets[usize::from(leg.asset)];
        let max = listed(&seized).incentive_max;
        let rate = incentive(&before, slots, &IncentiveTerms { max, ..TERMS });
        let target = target(&before, &case.world.group);
        let bounds = Bounds {
            debt: listed(&owed).terms.price.debt_value(owed.amount).ok()?,
            collateral: listed(&seized).terms.price.asset_value(seized.amount).ok()?,
            offered: u64::MAX,
            call_cap: 500_000_000_000,
            close_cap: close_cap(&before, max),
        };
        let pull = |leg: &Leg, rate: i32| Pull {
            asset: leg.asset,
            class: leg.class,
            rate,
            illiquid: false,
        };
        let pulls = [pull(&owed, UNIT_RATE), pull(&seized, -(UNIT_RATE + rate.q16() as i32))];
        let slope = slope(&case.world, &case.plain(), &book, &pulls).unwrap();
        let closed_form = step_value(before.liqend, target, slope, rate, &bounds);
        Some(Self { case, asset, debt, before, rate, target, bounds, closed_form })
    }

    /// A step that repays so many micro-USD, as the program takes it.
    fn step(&self, value: u64) -> Option<Step> {
        let case = self.case;
        let (seized, owed) = (case.legs[self.asset].0, case.legs[self.debt].0);
        let price = |leg: &Leg| case.world.assets[usize::from(leg.asset)].terms.price;
        let (debt_price, asset_price) = (price(&owed), price(&seized));
        let closes = value >= self.bounds.debt;
        let repay = if closes {
            owed.amount
        } else {
            debt_price.amount_floor(value).ok()?.min(owed.amount)
        };
        let repaid_value = debt_price.asset_value(repay).ok()?;
        let seize_value = repaid_value + self.rate.of_floor(repaid_value);
        let seize = asset_price.amount_floor(seize_value).ok()?.min(seized.amount);
        let mut legs = case.legs.clone();
        legs[self.debt].0.amount = owed.amount.checked_sub(repay).expect("no leg changes sign");
        legs[self.asset].0.amount = seized.amount.checked_sub(seize).expect("no leg changes sign");
        let unit = |price: trestle_risk_math::price::Price| price.debt_value(3).unwrap() as i64 + 3;
        // the slope is taken at the low end, the repayment valued at either: 2^-30 of it apart
        let rounding = 2 * (unit(debt_price) + unit(asset_price)) + (value >> 28) as i64;
        let (rate, target) = (self.rate, self.target);
        Some(Step { after: case.with(legs), repaid_value, rate, target, closes, rounding })
    }
}

impl Step {
    fn limits(&self) -> Limits {
        Limits {
            budget: self.rate.of_floor(self.repaid_value) as i64 + self.rounding,
            ceiling: self.target + self.rounding,
            closes: self.closes,
        }
    }
}

/// The legs of a side that are not isolated.
fn of(case: &Case, side: Side) -> Vec<usize> {
    let isolated = |leg: &Leg| case.world.assets[usize::from(leg.asset)].terms.isolated;
    let legs = case.legs.iter().enumerate();
    legs.filter(|(_, (leg, _))| leg.side == side && !isolated(leg)).map(|(i, _)| i).collect()
}

/// A pair of legs in different assets.
fn pair(case: &Case, pick: &(prop::sample::Index, prop::sample::Index)) -> Option<(usize, usize)> {
    let (assets, debts) = (of(case, Side::Asset), of(case, Side::Debt));
    if assets.is_empty() || debts.is_empty() {
        return None;
    }
    let (asset, debt) = (assets[pick.0.index(assets.len())], debts[pick.1.index(debts.len())]);
    (case.legs[asset].0.asset != case.legs[debt].0.asset).then_some((asset, debt))
}

proptest! {
    #![proptest_config(cases(8))]

    /// P13. Equity falls by at most the incentive on what was repaid; a
    /// solvent account stays solvent; liquidation-end health does not pass
    /// its target unless the debt is closed; no leg changes sign.
    #[test]
    fn p13_a_step_is_bounded(
        case in accounts(Features::PLAIN),
        share in 0..=ONE,
        pick in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        slots in 0_u64..300,
    ) {
        let Some(case) = unhealthy(&case, share) else { return Ok(()) };
        let Some((asset, debt)) = pair(&case, &pick) else { return Ok(()) };
        let Some(step) = plan(&case, asset, debt, slots) else { return Ok(()) };
        let (before, after) = (case.health(), step.after.health());
        let budget = step.rate.of_floor(step.repaid_value) as i64 + step.rounding;
        prop_assert!(after.equity >= before.equity - budget, "equity fell by more than the incentive");
        if before.equity > 0 {
            prop_assert!(after.equity >= -step.rounding, "a step made the account insolvent");
        }
        prop_assert!(step.closes || after.liqend <= step.target + step.rounding, "passed the target");
        prop_assert!(after.debts <= before.debts);
    }

    /// P13, lemma 3.2. Where weights alone decide and nothing is hedged, C7
    /// makes every step raise maintenance health.
    #[test]
    fn p13_a_step_raises_health_where_nothing_is_hedged(
        mut case in accounts(Features::PLAIN),
        share in 0..=ONE,
        pick in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        slots in 0_u64..300,
    ) {
        case.world.group.lambda = Pair::both(Weight::ONE);
        for asset in &mut case.world.assets {
            (asset.terms.jump, asset.terms.issuer) = (Pair::both(Weight::ZERO), 0);
            asset.incentive_max = Weight::clamped(
                case.world.factors[usize::from(asset.terms.factor)].down.maint.q16() / 2,
            );
        }
        // even factors are owned, odd ones owed, all of it natively
        for (leg, _) in &mut case.legs {
            leg.class = NATIVE;
            let even = case.world.assets[usize::from(leg.asset)].terms.factor % 2 == 0;
            leg.side = if even { Side::Asset } else { Side::Debt };
        }
        let Some(case) = unhealthy(&case, share) else { return Ok(()) };
        let Some((asset, debt)) = pair(&case, &pick) else { return Ok(()) };
        let Some(step) = plan(&case, asset, debt, slots) else { return Ok(()) };
        let (before, after) = (case.health(), step.after.health());
        // 1 - (1 + d/2) (1 - d) is above d/2
        let terms = case.world.assets[usize::from(case.legs[asset].0.asset)].terms;
        let down = case.world.factors[usize::from(terms.factor)].down.maint;
        let gain = Weight::clamped(down.q16() / 2).of_floor(step.repaid_value) as i64;
        prop_assert!(after.maint >= before.maint + gain - step.rounding, "gained less than {gain}");
    }
}

proptest! {
    #![proptest_config(cases(8))]

    /// Ruling 9. What the search finds passes: healthier, within the budget,
    /// not beyond the target, within the bounds and the dust rule. Where the
    /// closed form passes it is what is found; a smaller step is found only
    /// where a larger one did not pass; a few steps are judged and no more.
    #[test]
    fn r09_the_search_finds_what_passes_and_never_overshoots(
        case in accounts(Features::PLAIN),
        share in 0..=ONE,
        pick in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        slots in 0_u64..300,
    ) {
        let Some(case) = unhealthy(&case, share) else { return Ok(()) };
        let Some((asset, debt)) = pair(&case, &pick) else { return Ok(()) };
        let Some(sizing) = Sizing::of(&case, asset, debt, slots) else { return Ok(()) };
        let wanted = sizing.closed_form.unwrap_or(u64::MAX);
        let mut judged = Vec::new();
        let passes = |value: u64| sizing.step(value).is_some_and(|step| {
            step.limits().allow(&sizing.before, &step.after.health())
        });
        let found = search(wanted, sizing.rate, &sizing.bounds, |value| {
            judged.push(value);
            Ok::<_, ()>(passes(value))
        }).unwrap();
        prop_assert!(judged.len() <= MOST_TRIES as usize);
        prop_assert!(judged.is_sorted_by(|a, b| a > b), "{judged:?}");
        if let Some(first) = sizing.closed_form {
            prop_assert_eq!(judged[0], first);
        }
        prop_assert_eq!(found, judged.last().copied().filter(|value| passes(*value)));
        prop_assert!(judged.iter().rev().skip(1).all(|value| !passes(*value)));
        let Some(value) = found else { return Ok(()) };
        let step = sizing.step(value).unwrap();
        let (after, bounds) = (step.after.health(), &sizing.bounds);
        prop_assert!(after.maint > sizing.before.maint);
        prop_assert!(step.closes || after.liqend <= step.target + step.rounding);
        prop_assert!(value <= bounds.debt && value <= bounds.call_cap);
        let left = bounds.debt - value;
        let covered = sizing.rate.of_floor(value) + value + 2 >= bounds.collateral;
        prop_assert!(left == 0 || left >= SMALLEST_LEFT || covered
            || bounds.debt <= SMALLEST_LEFT, "{left} is left of {}", bounds.debt);
    }
}

/// Ruling 9. Long SOL against a debt of JitoSOL, and dollars that BTC no longer
/// covers: selling SOL helps until the JitoSOL stands bare. The tangent asks
/// for all of the dollars, after which maintenance health is lower.
#[test]
fn r09_a_step_that_would_unhedge_is_halved() {
    let world = World::new();
    let legs = |repaid: u64| {
        [
            support::asset(BTC, NATIVE, support::worth(39_000, 10_000_000)),
            support::asset(SOL, NATIVE, support::worth(150_000 - repaid, 15_000)),
            support::debt(JITOSOL, NATIVE, support::worth(135_000, 18_000)),
            support::debt(USDC, NATIVE, support::worth(45_000 - repaid, 100)),
        ]
    };
    let pull = |asset, rate| Pull { asset, class: NATIVE, rate, illiquid: false };
    let slope = default_slope(&legs(0), &[pull(USDC, UNIT_RATE), pull(SOL, -UNIT_RATE)]);
    let before = world.health(&legs(0));
    let goal = target(&before, &world.group);
    assert!(before.maint < 0 && slope > 0, "{before:?} {slope}");
    let bounds = Bounds { debt: 45_000_000_000, ..BOUNDS };
    let wanted = step_value(before.liqend, goal, slope, Weight::ZERO, &bounds).unwrap();
    assert_eq!(wanted, bounds.debt);
    let mut maints = Vec::new();
    let found = search(wanted, Weight::ZERO, &bounds, |value| {
        let after = world.health(&legs(value / 1_000_000));
        maints.push(after.maint);
        let limits = Limits { budget: 2_000_000, ceiling: goal, closes: value == bounds.debt };
        Ok::<_, ()>(limits.allow(&before, &after))
    });
    assert_eq!(found, Ok(Some(22_500_000_000)));
    assert!(maints[0] <= before.maint && maints[1] > before.maint, "{before:?} {maints:?}");
}

/// The slope of repaying USDC with something, in the default tables.
fn default_slope(legs: &[Leg], pulls: &[Pull]) -> i64 {
    let world = World::new();
    let mut book = Book::new();
    world.assess(legs, &mut book).unwrap();
    slope(&world, &support::sorted(legs), &book, pulls).unwrap()
}

const BOUNDS: Bounds = Bounds {
    debt: u64::MAX >> 8,
    collateral: u64::MAX >> 8,
    offered: u64::MAX,
    call_cap: u64::MAX,
    close_cap: u64::MAX,
};

/// Ruling 9. Seizing the long leg of a basis trade unhedges it: the slope is
/// negative and there is no closed form. Closing the perp with it raises health.
#[test]
fn r09_a_hedged_book_is_closed_on_both_legs() {
    let legs = [
        support::asset(SOL, KAMINO, support::worth(1_000_000, 15_000)),
        support::debt(SOL_PERP, PERPS, support::worth(1_000_000, 15_000)),
        support::asset(USDC, PERPS, support::worth(50_000, 100)),
        support::debt(USDC, NATIVE, support::worth(20_000, 100)),
    ];
    let pull = |asset, class, rate| Pull { asset, class, rate, illiquid: false };
    let fee = 656; // 1 %
    let seize = [pull(USDC, NATIVE, UNIT_RATE), pull(SOL, KAMINO, -UNIT_RATE - fee)];
    let one_leg = default_slope(&legs, &seize);
    assert!(one_leg < 0, "unhedging lowers health: {one_leg}");
    assert_eq!(step_value(-1, 1, one_leg, Weight::ZERO, &BOUNDS), None);
    let [first, second] = seize;
    let perp = [
        first,
        second,
        pull(SOL_PERP, PERPS, UNIT_RATE + fee),
        pull(USDC, PERPS, -UNIT_RATE - fee),
    ];
    assert!(default_slope(&legs, &perp) > 0, "closing both legs raises it");
}

/// Ruling 9. One target everywhere: 2 % of debts, at least 10 USD.
#[test]
fn r09_one_target() {
    let group = World::new().group;
    let of = |debts| target(&Health { debts, ..Health::default() }, &group);
    assert_eq!(of(0), 10_000_000);
    assert_eq!(of(1_000_000), 10_000_000);
    // 2 % as a Q16 weight is 1,311 / 65,536
    assert_eq!(of(65_536_000_000), 1_311_000_001);
    assert_eq!(of(i64::MAX), (i64::MAX >> 16) * 1_311 + ((0xffff * 1_311) >> 16) + 1);
}
