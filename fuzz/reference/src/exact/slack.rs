//! How far roundings may take the engine below the exact model, and where
//! they may take it above.

use super::{Rational, fraction, high, low, whole};
use crate::world::{Portfolio, World};
use num_traits::{One, Zero};
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::portfolio::{NATIVE_CLASS, NO_ACCOUNT, Side};
use trestle_risk_math::price::MAX_LEG_VALUE;

/// Most that one micro-USD of a value can move health: itself, and every
/// weight at its largest (`u` 2, debt scale 2, concentration 1, the rest
/// below 1 together).
const REACH: u32 = 8;

/// Bounds on `H_exact - H`, micro-USD: at most `below`, at least `-above`.
#[derive(Clone, Debug)]
pub struct Slack {
    /// What roundings against the account may take.
    pub below: Rational,
    /// What they may give: nothing, except where the model itself is not
    /// monotone, so that an asset rounded down may raise health. That is where
    /// - a decaying class fades exposures: they round toward zero, which also
    ///   shrinks a charge;
    /// - a claim matures later: its longer shock stands outside C3;
    /// - orders rest: their charge falls by `d + u` for one unit of debt, while
    ///   the directional charge rises by `lambda u` only.
    pub above: Rational,
}

/// Bounds for an account on a world within the constraints.
///
/// Counted: a micro-USD for each value rounded, three native units for an
/// amount that fades three times, `2^-16` of a size for each product of
/// weights rounded up, and `L / 2^35` for the chords of concentration.
#[must_use]
pub fn slack(world: &World, legs: &Portfolio) -> Slack {
    let mut units = whole(1);
    let mut below = Rational::zero();
    let mut monotone = true;
    let q16 = |n: u32| super::dyadic(n, 16);
    for (index, (leg, _)) in legs.0.iter().enumerate() {
        let details = legs.details_of(index);
        let terms = &world.assets[usize::from(leg.asset)];
        let worth = (whole(leg.amount) * high(terms.price)).min(whole(MAX_LEG_VALUE));
        // value, illiquid part, bids, asks, their basis, profit, its settleable part, maturity
        units += whole(8);
        let foreign = leg.class != NATIVE_CLASS;
        let keep = if foreign { world.classes[usize::from(leg.class)].keep } else { Weight::ONE };
        if leg.side == Side::Asset {
            let shares = [keep, terms.keep, details.keep];
            let fading = shares.iter().filter(|s| **s != Weight::ONE).count();
            units += whole(fading as u32) * high(terms.price);
        } else if terms.keep != Weight::ONE {
            units += q16(1) * &worth + Rational::one();
        }
        if keep != Weight::ONE {
            units += whole(2);
        }
        if world.group.confidence != Pair::both(Weight::ONE) {
            below += q16(2) * &worth;
        }
        if details.maturity_days != 0 {
            below += q16(2) * &worth;
        }
        let rests = details.bids != 0 || details.asks != 0;
        monotone &= keep == Weight::ONE && details.maturity_days == 0 && !rests;
        below += whole(terms.depth.size_shr16) / whole(1_u32 << 19);
    }
    below += whole(REACH) * &units + stress(world, legs, &units);
    let above = if monotone { Rational::zero() } else { whole(REACH) * &units };
    Slack { below, above }
}

/// The ramp divides by `1 - a`: a rounded ratio, and rounded values over a
/// limit that exceeds the debt, count that much more.
fn stress(world: &World, legs: &Portfolio, units: &Rational) -> Rational {
    let widest = world.group.stress_floor.maint.max(world.group.stress_floor.init);
    let steep = Rational::one() / (Rational::one() - fraction(widest));
    let mut total = Rational::zero();
    for (index, (leg, _)) in legs.0.iter().enumerate() {
        if legs.details_of(index).account != NO_ACCOUNT && leg.side == Side::Debt {
            let debt = whole(leg.amount) * high(world.assets[usize::from(leg.asset)].price);
            total += super::dyadic(2, 16) * debt * (whole(2) + &steep) + units * whole(4) * &steep;
        }
    }
    total
}

/// Sum of all values of an account, micro-USD: what a float's error is relative to.
#[must_use]
pub fn gross(world: &World, legs: &Portfolio) -> Rational {
    let mut gross = Rational::zero();
    for (index, (leg, _)) in legs.0.iter().enumerate() {
        let details = legs.details_of(index);
        let price = low(world.assets[usize::from(leg.asset)].price);
        let amounts = [leg.amount, details.bids, details.asks, details.unsettled];
        for amount in amounts {
            gross += (whole(amount) * &price).min(whole(MAX_LEG_VALUE));
        }
    }
    gross
}
