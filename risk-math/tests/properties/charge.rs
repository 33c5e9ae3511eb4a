//! P0 to P5: what the requirement is, and what it does not depend on.

use crate::case::{Case, Features, accounts, exact_accounts, levels, required};
use crate::cases;
use crate::exact::{Q, Style, exact, fraction, int, ratio};
use crate::support::NATIVE;
use proptest::prelude::*;
use std::collections::BTreeMap;
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::portfolio::*;

/// The exact requirements of the three levels and the integer ones.
fn pairs(case: &Case, style: Style) -> [(Q, i64); 3] {
    let [init, liqend, maint] = required(&case.health());
    let (upper, lower) = (exact(case, true, style), exact(case, false, style));
    [(upper.required(true), init), (upper.required(false), liqend), (lower.required(false), maint)]
}

/// By how much chords may lie above the smooth square: `D / 2^19` micro-USD an asset.
fn chord_slack(case: &Case) -> Q {
    let sizes = case.world.assets.iter().map(|a| i128::from(a.terms.depth.size_shr16));
    sizes.map(|d| ratio(d, 1 << 19)).sum()
}

proptest! {
    #![proptest_config(cases(4))]

    /// P0. Integer health is exact health rounded down, by less than 1
    /// micro-USD; against the smooth square, plus the bound of the chords.
    #[test]
    fn p00_the_requirement_is_exact_and_rounded_up_once(case in accounts(Features::CURRENT)) {
        let health = case.health();
        prop_assert_eq!(i128::from(health.equity), exact(&case, true, Style::Specified).equity);
        for (exact, integer) in pairs(&case, Style::Specified) {
            let above = int(integer.into()) - exact;
            prop_assert!(above >= int(0) && above < int(1), "above the exact one by {above}");
        }
    }

    /// P0. Derived weights and chords are rounded against the account too.
    #[test]
    fn p00_roundings_never_favour_the_account(case in accounts(Features::CURRENT)) {
        for (smooth, integer) in pairs(&case, Style::Smooth) {
            prop_assert!(int(integer.into()) >= smooth, "{integer} is below {smooth}");
        }
    }

    /// P0. Without derived weights only the chords lie above the smooth model.
    #[test]
    fn p00_chords_lie_above_the_square_by_their_bound(mut case in accounts(Features::PLAIN)) {
        case.world.group.confidence = Pair::both(Weight::ONE);
        for (smooth, integer) in pairs(&case, Style::Smooth) {
            prop_assert!(int(integer.into()) < smooth + chord_slack(&case) + int(2));
        }
    }

    /// P2. Neither the order of legs nor the numbering of assets, classes,
    /// sources and issuers matters.
    #[test]
    fn p02_order_and_numbering_do_not_matter(
        case in accounts(Features::BOUNDED),
        turn in any::<prop::sample::Index>(),
        shift in 0_u8..64,
    ) {
        let before = case.health();
        let mut legs = case.legs.clone();
        legs.rotate_left(turn.index(case.legs.len()));
        legs.reverse();
        prop_assert_eq!(case.with(legs).health(), before);
        prop_assert_eq!(renumbered(&case, shift).health(), before);
    }

    /// P3. A leg in pieces is the same leg: amounts are added before they are valued.
    #[test]
    fn p03_splitting_a_leg_changes_nothing(
        case in accounts(Features { illiquid: true, ..Features::PLAIN }),
        leg in any::<prop::sample::Index>(),
        at in 0_u64..=1 << 16,
    ) {
        let leg = leg.index(case.legs.len());
        prop_assert_eq!(case.with(split(&case.legs, leg, at)).health(), case.health());
    }

    /// P3. With details each piece is rounded on its own: by at most 2
    /// micro-USD, and by what stress of 2^-16 more is worth.
    #[test]
    fn p03_splitting_a_special_leg_costs_its_rounding(
        case in accounts(Features { accounts: true, ..Features::PLAIN }),
        leg in any::<prop::sample::Index>(),
        at in 0_u64..=1 << 16,
    ) {
        let leg = leg.index(case.legs.len());
        let (before, after) = (case.health(), case.with(split(&case.legs, leg, at)).health());
        prop_assert_eq!(before.equity, after.equity);
        let debts: i64 = before.debts;
        for (a, b) in levels(&before).into_iter().zip(levels(&after)) {
            prop_assert!((a - b).abs() <= 2 + (debts >> 10), "{a} became {b}");
        }
    }

    /// P4. `0 <= W <= A`; the requirement lies between `lambda A` and `A + X`.
    #[test]
    fn p04_scenarios_never_exceed_the_additive_worst_case(case in accounts(Features::CURRENT)) {
        let [_, liqend, maint] = required(&case.health());
        let meter = case.meter();
        let rows = [
            (true, liqend, case.world.group.lambda.init, meter.additive.init, meter.systemic.init),
            (false, maint, case.world.group.lambda.maint, meter.additive.maint, meter.systemic.maint),
        ];
        for (init, required, lambda, additive, systemic) in rows {
            let model = exact(&case, init, Style::Specified);
            let (low, high) = (fraction(lambda) * &model.additive, &model.additive + &model.specific);
            prop_assert!(int(additive.into()) >= low && int(additive.into()) < &low + int(1));
            let most = (int(1) - fraction(lambda)) * &model.additive;
            prop_assert!(int(systemic.into()) < most + int(1), "W above A");
            prop_assert!(int(required.into()) >= low, "below lambda A");
            prop_assert!(int(required.into()) < high + int(1), "above A + X");
        }
    }

    /// P5. Netting never beats the offset haircut, nor the basis: each is paid
    /// on top of all else, on what is matched and on every net asset.
    #[test]
    fn p05_netting_pays_the_offset_and_the_basis(case in exact_accounts()) {
        let none = Pair::both(Weight::ZERO);
        let (mut no_offset, mut no_basis) = (case.clone(), case.clone());
        no_offset.world.factors.iter_mut().for_each(|factor| factor.offset = none);
        no_basis.world.assets.iter_mut().for_each(|asset| asset.terms.basis = none);
        let mut nets = BTreeMap::<u8, i128>::new();
        for (leg, _) in &case.legs {
            *nets.entry(leg.asset).or_default() += signed_value(&case, leg);
        }
        let mut sides = BTreeMap::<u8, (i128, i128)>::new();
        let mut bases = Pair::new(int(0), int(0));
        for (asset, net) in nets {
            let terms = case.world.assets[usize::from(asset)].terms;
            let side = sides.entry(terms.factor).or_default();
            *side = (side.0 + net.max(0), side.1 + (-net).max(0));
            bases.init += fraction(terms.basis.init) * int(net.abs());
            bases.maint += fraction(terms.basis.maint) * int(net.abs());
        }
        let mut offsets = Pair::new(int(0), int(0));
        for (factor, (long, short)) in sides {
            let offset = case.world.factors[usize::from(factor)].offset;
            let matched = int(long.min(short));
            offsets.init += fraction(offset.init) * &matched;
            offsets.maint += fraction(offset.maint) * &matched;
        }
        let [_, liqend, maint] = required(&case.health());
        for (without, charge) in [(no_offset, offsets), (no_basis, bases)] {
            let [_, liqend_without, maint_without] = required(&without.health());
            prop_assert!(int((liqend - liqend_without).into()) > charge.init - int(1));
            prop_assert!(int((maint - maint_without).into()) > charge.maint - int(1));
        }
    }
}

/// The signed value of a leg of an exact account; isolated assets count nothing.
pub fn signed_value(case: &Case, leg: &Leg) -> i128 {
    let terms = case.world.assets[usize::from(leg.asset)].terms;
    match leg.side {
        Side::Asset if terms.isolated => 0,
        Side::Asset => terms.price.asset_value(leg.amount).unwrap().into(),
        Side::Debt => -i128::from(terms.price.debt_value(leg.amount).unwrap()),
    }
}

/// One leg in two pieces: a share `at / 2^16` of it, and the rest.
fn split(legs: &[(Leg, Details)], index: usize, at: u64) -> Vec<(Leg, Details)> {
    let mut legs = legs.to_vec();
    let (leg, details) = legs[index];
    let amount = u64::try_from((u128::from(leg.amount) * u128::from(at)) >> 16).unwrap();
    // pieces of the illiquid part that fit the pieces of the amount
    let short = leg.amount.saturating_sub(leg.liquid);
    let taken = short.min(amount);
    let piece = |amount: u64, short: u64| {
        let liquid = if short == 0 { u64::MAX } else { amount - short };
        (Leg { amount, liquid, ..leg }, details)
    };
    legs[index] = piece(amount, taken);
    legs.push(piece(leg.amount - amount, short - taken));
    legs
}

/// The same case with all tables in another order.
fn renumbered(case: &Case, shift: u8) -> Case {
    let mut case = case.clone();
    let (assets, classes) = (case.world.assets.len() as u8, case.world.classes.len() as u8);
    let asset_id = |id: u8| (id + shift) % assets;
    let class_id = |id: u8| match id {
        NATIVE => NATIVE,
        id => 1 + (id - 1 + shift) % (classes - 1),
    };
    case.world.assets.rotate_right(usize::from(shift % assets));
    if classes > 1 {
        case.world.classes[1..].rotate_right(usize::from(shift % (classes - 1)));
    }
    for asset in &mut case.world.assets {
        asset.terms.source = (asset.terms.source + shift) % MAX_SOURCES as u8;
        if asset.terms.issuer != 0 {
            asset.terms.issuer = 1 + (asset.terms.issuer + shift) % (MAX_ISSUERS as u8 - 1);
        }
    }
    case.world.scenarios.reverse();
    for (leg, details) in &mut case.legs {
        leg.asset = asset_id(leg.asset);
        leg.class = class_id(leg.class);
        if details.account != NO_ACCOUNT {
            details.account = (details.account + shift) % MAX_ACCOUNTS as u8;
        }
    }
    case
}
