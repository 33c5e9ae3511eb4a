//! The incentive curve: rises with the shortfall and with time, capped by equity.
//!
//! ```text
//! beta = min( E / D, beta_max, max( kappa * -H_maint / D,
//!                                   beta_0 + (beta_max - beta_0) * min(1, slots / T) ) )
//! ```

use crate::num::{ONE, Weight};
use crate::portfolio::Health;

/// Terms of the incentive. `max` is the collateral's own, bound by C7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IncentiveTerms {
    /// Incentive at the moment of the flag (`beta_0`).
    pub start: Weight,
    /// Largest incentive (`beta_max`), bound by C7.
    pub max: Weight,
    /// Incentive per unit of shortfall (`kappa`).
    pub per_shortfall: Weight,
    /// Slots from the flag to the largest incentive (`T`).
    pub ramp_slots: u32,
    /// Share of the incentive that goes to insurance.
    pub insurance_share: Weight,
}

/// `E / D` in Q16, rounded down; zero when equity is not positive.
#[must_use]
pub fn equity_cap(health: &Health) -> Weight {
    share_floor(health.equity, health.debts)
}

/// The incentive now, Q16, rounded down.
#[must_use]
pub fn incentive(health: &Health, slots_since_flag: u64, terms: &IncentiveTerms) -> Weight {
    let cap = equity_cap(health).min(terms.max);
    let shortfall = share_floor(health.maint.saturating_neg(), health.debts);
    let by_health = floor_product(shortfall, terms.per_shortfall);
    let range = terms.max.q16().saturating_sub(terms.start.q16());
    let ramp = u64::from(terms.ramp_slots);
    let elapsed = slots_since_flag.min(ramp);
    // range <= 2^17 and elapsed < 2^32
    let risen = u64::from(range).wrapping_mul(elapsed).checked_div(ramp);
    let risen = risen.and_then(|r| u32::try_from(r).ok()).unwrap_or(range);
    let by_time = Weight::clamped(terms.start.q16().saturating_add(risen));
    cap.min(by_health.max(by_time))
}

/// An incentive that insurance pays because the account cannot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeficitIncentive {
    /// Incentive the liquidator is owed on what it repays.
    pub rate: Weight,
    /// Of it, what the account's equity still bears.
    pub from_account: Weight,
}

/// Deficit mode: when equity no longer covers the starting incentive, the
/// liquidator still gets it, and insurance pays what the account cannot.
#[must_use]
pub fn deficit_incentive(health: &Health, terms: &IncentiveTerms) -> DeficitIncentive {
    let rate = terms.start.min(terms.max);
    DeficitIncentive { rate, from_account: rate.min(equity_cap(health)) }
}

/// Share of what is repaid that insurance pays the liquidator, Q16: the
/// liquidator's part of the incentive that the account does not bear. Zero
/// unless `incentive` is below the starting one, which is deficit mode.
#[must_use]
pub fn subsidy(health: &Health, incentive: Weight, terms: &IncentiveTerms) -> Weight {
    if incentive >= terms.start {
        return Weight::ZERO;
    }
    let deficit = deficit_incentive(health, terms);
    let missing = deficit.rate.q16().saturating_sub(deficit.from_account.q16());
    let kept = ONE.saturating_sub(terms.insurance_share.q16());
    floor_product(Weight::clamped(missing), Weight::clamped(kept))
}

/// `n / d` in Q16, rounded down, clamped to 0 .. 2.0.
fn share_floor(n: i64, d: i64) -> Weight {
    let (Ok(n), Ok(d)) = (u64::try_from(n), u64::try_from(d)) else { return Weight::ZERO };
    if d == 0 {
        return Weight::ZERO;
    }
    // above 47 bits both are shifted: the numerator down, the divisor up
    let shift = 64_u32.wrapping_sub(n.leading_zeros()).saturating_sub(47);
    let d_up = (d >> shift).saturating_add(u64::from((d >> shift) << shift != d));
    let q = ((n >> shift) << 16).checked_div(d_up).unwrap_or(0);
    Weight::clamped(u32::try_from(q).unwrap_or(u32::MAX))
}

/// Product of two weights, rounded down.
fn floor_product(a: Weight, b: Weight) -> Weight {
    let p = u64::from(a.q16()).wrapping_mul(u64::from(b.q16())) >> 16; // < 2^34
    Weight::clamped(u32::try_from(p).unwrap_or(u32::MAX))
}
