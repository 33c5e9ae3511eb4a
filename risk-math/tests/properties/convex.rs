//! P6, P7, P9, P12: the shape of the requirement, on values that are not rounded.

use crate::case::{Case, Features, accounts, exact_accounts, required};
use crate::cases;
use crate::charge::signed_value;
use crate::exact::{fraction, int};
use crate::support::NATIVE;
use proptest::prelude::*;
use trestle_risk_math::num::{ONE, Weight};
use trestle_risk_math::portfolio::*;

/// A leg of whole multiples of `2^shift` native units, so that no value is rounded.
fn exact_leg(case: &Case, asset: u8, class: u8, side: Side, count: u64) -> (Leg, Details) {
    let amount = count << case.world.assets[usize::from(asset)].terms.price.shift();
    (Leg { asset, class, side, special: false, amount, liquid: u64::MAX }, Details::NONE)
}

proptest! {
    #![proptest_config(cases(8))]

    /// P6. Without concentration, merging two accounts never raises the sum
    /// of their requirements.
    #[test]
    fn p06_merging_accounts_never_hurts(case in exact_accounts(), cut in any::<prop::sample::Index>()) {
        let case = case.without_concentration();
        let (left, right) = case.legs.split_at(cut.index(case.legs.len() + 1));
        let whole = required(&case.health());
        let (left, right) = (case.with(left.to_vec()), case.with(right.to_vec()));
        let parts = required(&left.health()).into_iter().zip(required(&right.health()));
        for (whole, (left, right)) in whole.into_iter().zip(parts) {
            prop_assert!(whole <= left + right, "{whole} above {left} + {right}");
        }
    }

    /// P7. Without concentration the requirement scales with the position:
    /// `k (R - 1) <= R(k x) <= k R`.
    #[test]
    fn p07_the_requirement_scales(case in exact_accounts(), k in 2_u64..=16) {
        let case = case.without_concentration();
        let mut legs = case.legs.clone();
        legs.iter_mut().for_each(|(leg, _)| leg.amount *= k);
        let k = k as i64;
        let scaled = required(&case.with(legs).health());
        for (scaled, single) in scaled.into_iter().zip(required(&case.health())) {
            prop_assert!(scaled <= k * single && scaled > k * (single - 1), "{scaled}, {k} x {single}");
        }
    }

    /// P9. Health is concave along a straight line between two accounts with
    /// the same legs, concentration included, but for the rounding of four sums.
    #[test]
    fn p09_health_is_concave_along_a_line(case in exact_accounts(), steps in prop::collection::vec(0_u64..1 << 12, 12)) {
        let along = |times: u64| {
            let mut legs = case.legs.clone();
            for ((leg, _), step) in legs.iter_mut().zip(&steps) {
                leg.amount += times * (step << case.world.assets[usize::from(leg.asset)].terms.price.shift());
            }
            required(&case.with(legs).health())
        };
        for (low, (middle, high)) in along(0).into_iter().zip(along(1).into_iter().zip(along(2))) {
            prop_assert!(2 * middle <= low + high + 4, "{low} {middle} {high}");
        }
    }

    /// P9. The slope is a tangent from above: no step along seized collateral
    /// and repaid debt raises liquidation-end health by more.
    #[test]
    fn p09_the_tangent_never_lies_below(
        case in exact_accounts(),
        pick in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        incentive in 0_u32..=6_554,
        share in 1_u64..=1 << 16,
    ) {
        let Some((step, pulls)) = step(&case, pick, incentive, share) else { return Ok(()) };
        let (before, book) = case.book();
        let slope = slope(&case.world, &case.plain(), &book, &pulls).unwrap();
        let after = case.with(step.legs).health();
        // what was moved, in 2^-16 micro-USD, and one unit for each rounding up
        let rise = i128::from(after.liqend) - i128::from(before.liqend);
        let tangent = (i128::from(slope) * i128::from(step.repaid)).div_euclid(1 << 16) + 1;
        let slack = 2 + i128::from(step.rounding);
        prop_assert!(rise <= tangent + slack, "rise {rise} above the tangent {tangent}");
    }

    /// P12. Long and short of one asset at one foreign venue cancel, but for
    /// the width of the price interval.
    #[test]
    fn p12_equal_sides_cancel_at_one_venue(
        case in exact_accounts(),
        asset in any::<prop::sample::Index>(),
        class in any::<prop::sample::Index>(),
        count in 1_u64..1 << 16,
    ) {
        let asset = asset.index(case.world.assets.len() - 1) as u8; // all but the isolated one
        let class = class.index(case.world.classes.len()) as u8;
        let mut legs = case.legs.clone();
        let long = exact_leg(&case, asset, class, Side::Asset, count);
        let short = exact_leg(&case, asset, class, Side::Debt, count);
        let size = signed_value(&case, &long.0);
        // the interval is 2^-31 wide: a unit a count, and at most five charges on it
        let width = 6 * i64::try_from(count).unwrap() + 1;
        legs.extend([long, short]);
        let split = case.world.group.split;
        let floors = [split.init, split.init, split.maint];
        let (before, after) = (case.health(), case.with(legs).health());
        let lost = required(&after).into_iter().zip(required(&before)).map(|(a, b)| a - b);
        for (lost, hs) in lost.zip(floors) {
            let charge = if class == NATIVE { fraction(hs) * int(size) } else { int(0) };
            let apart = int(lost.into()) - charge;
            prop_assert!(apart <= int(width.into()) && apart >= -int(width.into()), "lost {lost}");
        }
    }

    /// P12. At different venues the same pair costs at least the split charge.
    #[test]
    fn p12_equal_sides_at_two_venues_pay_the_split(
        case in exact_accounts(),
        asset in any::<prop::sample::Index>(),
        count in 1_u64..1 << 16,
    ) {
        let classes = case.world.classes.len() as u8;
        if classes < 3 {
            return Ok(()); // needs two foreign classes
        }
        let asset = asset.index(case.world.assets.len() - 1) as u8;
        // no position in the asset before: nothing that the pair could close
        let mut legs = case.legs.clone();
        legs.retain(|(leg, _)| leg.asset != asset);
        let before = case.with(legs.clone()).health();
        let long = exact_leg(&case, asset, 1, Side::Asset, count);
        legs.extend([long, exact_leg(&case, asset, 2, Side::Debt, count)]);
        let after = case.with(legs).health();
        let size = signed_value(&case, &long.0);
        let split = case.world.group.split;
        let haircuts = case.world.classes[2].haircut;
        for (level, hs, vh) in [(Level::LiqEnd, split.init, haircuts.init), (Level::Maint, split.maint, haircuts.maint)] {
            let fell = before.at(level).unwrap() - after.at(level).unwrap();
            // the short may shrink a claim on its venue, whose haircut is saved
            let least = (fraction(hs) - fraction(vh)) * int(size) - int((6 * count).into());
            prop_assert!(int(fell.into()) >= least, "fell by {fell}");
        }
    }
}

/// A liquidation-like step: amounts after it, and what it moved.
struct Step {
    legs: Vec<(Leg, Details)>,
    /// Micro-USD repaid.
    repaid: u64,
    /// Micro-USD by which native units may have missed the values meant.
    rounding: u64,
}

/// Repays a share of one debt leg and seizes `1 + incentive` of it from one asset leg.
fn step(
    case: &Case,
    pick: (prop::sample::Index, prop::sample::Index),
    incentive: u32,
    share: u64,
) -> Option<(Step, [Pull; 2])> {
    let of = |side: Side| -> Vec<usize> {
        let isolated = |leg: &Leg| case.world.assets[usize::from(leg.asset)].terms.isolated;
        let legs = case.legs.iter().enumerate();
        legs.filter(|(_, (leg, _))| leg.side == side && !isolated(leg)).map(|(i, _)| i).collect()
    };
    let (assets, debts) = (of(Side::Asset), of(Side::Debt));
    if assets.is_empty() || debts.is_empty() {
        return None;
    }
    let (asset, debt) = (assets[pick.0.index(assets.len())], debts[pick.1.index(debts.len())]);
    let mut legs = case.legs.clone();
    let (seized, owed) = (legs[asset].0, legs[debt].0);
    if seized.asset == owed.asset {
        return None; // a pull of one asset against itself is a withdrawal
    }
    let price = |leg: &Leg| case.world.assets[usize::from(leg.asset)].terms.price;
    let units = u64::try_from((u128::from(owed.amount) * u128::from(share)) >> 16).ok()?;
    let repaid = price(&owed).debt_value(owed.amount).ok()?
        - price(&owed).debt_value(owed.amount - units).ok()?;
    let value = u64::try_from((u128::from(repaid) * u128::from(ONE + incentive)) >> 16).ok()?;
    let taken = price(&seized).amount_floor(value).ok()?;
    if taken > seized.amount || repaid == 0 {
        return None;
    }
    legs[debt].0.amount -= units;
    legs[asset].0.amount -= taken;
    // a unit too few is seized; in a hedge its credit is at most four times its value
    let rounding = 4 * (price(&seized).debt_value(2).ok()? + 2 + (value >> 30));
    let pull =
        |leg: &Leg, rate: i32| Pull { asset: leg.asset, class: leg.class, rate, illiquid: false };
    let pulls = [pull(&owed, UNIT_RATE), pull(&seized, -(UNIT_RATE + incentive as i32))];
    Some((Step { legs, repaid, rounding }, pulls))
}

proptest! {
    #![proptest_config(cases(4))]

    /// Beyond what P9 needs: the charge of every feature that is convex stays
    /// convex at ordinary prices, but for the rounding of values.
    #[test]
    fn p09_rounded_values_move_it_by_their_rounding(
        case in accounts(Features::PLAIN),
        share in 0..=ONE,
    ) {
        let scaled = |weight: Weight| {
            let mut legs = case.legs.clone();
            legs.iter_mut().for_each(|(leg, _)| leg.amount = weight.of_floor(leg.amount));
            required(&case.with(legs).health())
        };
        // between the empty account and this one the requirement lies below the chord
        let part = Weight::clamped(share);
        for (part_of, whole) in scaled(part).into_iter().zip(scaled(Weight::ONE)) {
            let chord = (i128::from(whole) * i128::from(share)).div_euclid(1 << 16) + 1;
            let slack = 8 * case.legs.len() as i128 * unit_value(&case);
            prop_assert!(i128::from(part_of) <= chord + slack);
        }
    }
}

/// The most that one native unit of any asset held is worth, micro-USD, rounded up.
fn unit_value(case: &Case) -> i128 {
    let price = |leg: &Leg| case.world.assets[usize::from(leg.asset)].terms.price;
    let most = case.legs.iter().map(|(leg, _)| price(leg).debt_value(1).unwrap()).max();
    i128::from(most.unwrap_or(0)) + 1
}
