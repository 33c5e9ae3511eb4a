//! Liquidation: incentive, target, close cap, and the size of a step.

use super::{Int, as_weight, ceil_div, floor_div, int, q16, ratio_down, share_down, two_to};
use num_traits::{Signed, Zero};
use trestle_risk_math::liquidation::{
    Bounds, CLOSE_ALL_BELOW, DUST_VALUE, IncentiveTerms, SMALLEST_LEFT,
};
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::{GroupTerms, Health};

/// `E / D`, rounded down, within 0 .. 2.0.
#[must_use]
pub fn equity_cap(health: &Health) -> Weight {
    as_weight(&ratio_down(&int(health.equity), &int(health.debts)))
}

/// `min(E / D, beta_max, max(kappa * -H_maint / D, beta_0 + (beta_max - beta_0) * min(1, slots / T)))`,
/// each factor rounded down.
#[must_use]
pub fn incentive(health: &Health, slots: u64, terms: &IncentiveTerms) -> Weight {
    let shortfall = ratio_down(&-int(health.maint), &int(health.debts));
    let by_health = floor_div(&(shortfall * q16(terms.per_shortfall)), &two_to(16));
    let range = (q16(terms.max) - q16(terms.start)).max(Int::zero());
    let ramp = int(terms.ramp_slots);
    let risen = if ramp.is_zero() {
        range
    } else {
        floor_div(&(range * int(slots).min(ramp.clone())), &ramp)
    };
    let by_time = q16(terms.start) + risen;
    let cap = q16(equity_cap(health)).min(q16(terms.max));
    as_weight(&by_health.max(by_time).min(two_to(17)).min(cap))
}

/// What insurance pays the liquidator on what is repaid: of the smaller of
/// `beta_0` and `beta_max` what equity does not cover, less the share that
/// insurance would keep; nothing while the incentive is at least `beta_0`.
#[must_use]
pub fn subsidy(health: &Health, incentive: Weight, terms: &IncentiveTerms) -> Weight {
    if incentive >= terms.start {
        return Weight::ZERO;
    }
    let owed = q16(terms.start).min(q16(terms.max));
    let missing = (owed - q16(equity_cap(health))).max(Int::zero());
    let kept = (two_to(16) - q16(terms.insurance_share)).max(Int::zero());
    as_weight(&floor_div(&(missing * kept), &two_to(16)))
}

/// `T`: a share of debts, rounded down, plus one; at least the minimum.
#[must_use]
pub fn target(health: &Health, terms: &GroupTerms) -> i64 {
    let share: Int = share_down(&q16(terms.target), &int(health.debts)) + 1;
    i64::try_from(share.max(int(terms.target_min))).unwrap_or(i64::MAX)
}

/// Most of all debts that a step may repay: all when equity is below twice the
/// largest incentive or debts are small; else a quarter, and from -5 % of
/// debts on 15 times what the shortfall exceeds a twentieth by; all where the
/// shortfall exceeds it by another.
#[must_use]
pub fn close_cap(health: &Health, max_incentive: Weight) -> u64 {
    let debts = int(health.debts);
    let equity = int(health.equity).max(Int::zero());
    let thin = (equity << 16) < &debts * q16(max_incentive) * 2;
    if thin || debts < int(CLOSE_ALL_BELOW) {
        return u64::try_from(debts).expect("debts are not negative");
    }
    let twentieth = floor_div(&debts, &int(20));
    let shortfall = (-int(health.maint)).max(Int::zero());
    let above = (shortfall - &twentieth).max(Int::zero());
    let cap =
        if above >= twentieth { debts.clone() } else { floor_div(&debts, &int(4)) + above * 15 };
    u64::try_from(cap.min(debts)).expect("at most the debts")
}

/// What reaches the target along the slope, unbounded; `None` without a closed form.
#[must_use]
pub fn wanted(liqend: i64, target: i64, slope: i64) -> Option<Int> {
    let missing = int(target) - liqend;
    if slope <= 0 || missing.is_negative() || missing.bits() > 63 {
        return None;
    }
    Some(ceil_div(&(missing << 16), &int(slope)))
}

/// The step: what is wanted within the bounds. No sliver of debt is left,
/// unless the step takes the whole collateral: that is progress, however small
/// the piece.
#[must_use]
pub fn step(wanted: &Int, incentive: Weight, bounds: &Bounds) -> u64 {
    let debt = int(bounds.debt);
    let sliver = int(SMALLEST_LEFT);
    let covered = floor_div(&(int(bounds.collateral) << 16), &(two_to(16) + q16(incentive)));
    let limits = [
        debt.clone(),
        covered.clone(),
        int(bounds.offered),
        int(bounds.call_cap),
        int(bounds.close_cap).max(sliver.clone()),
    ];
    let most = limits.iter().min().expect("five limits").clone();
    let step = wanted.clone().min(most.clone());
    let left = &debt - &step;
    let step = if left.is_zero() || left >= sliver || step == covered {
        step
    } else if most == debt {
        debt
    } else {
        step.min((debt - sliver).max(Int::zero()))
    };
    u64::try_from(step).expect("at most the debt")
}

/// Whether nothing worth seizing is left.
#[must_use]
pub fn is_bankrupt(health: &Health) -> bool {
    let equity = int(health.equity) + health.uncredited;
    let seizable = &equity + health.debts;
    health.debts > 0 && !equity.is_positive() && seizable.abs() < int(DUST_VALUE)
}
