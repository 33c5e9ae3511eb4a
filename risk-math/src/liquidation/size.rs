//! How much one liquidation step repays.

use crate::num::{ONE, Weight};
use crate::portfolio::{GroupTerms, Health};
use crate::price::Usd;

/// Debts below this are closed whole: 100 USD.
pub const CLOSE_ALL_BELOW: u64 = 100_000_000;
/// A step leaves no debt below this, or none at all: 50 USD.
pub const SMALLEST_LEFT: u64 = 50_000_000;
/// Seizable value below which an account without equity is bankrupt: 1 USD.
pub const DUST_VALUE: u64 = 1_000_000;

/// Bounds of one step, micro-USD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The debt being repaid, rounded up.
    pub debt: u64,
    /// The collateral being seized, rounded down.
    pub collateral: u64,
    /// What the caller offers at most.
    pub offered: u64,
    /// Most that one call repays, set by the group.
    pub call_cap: u64,
    /// [`close_cap`] of the account.
    pub close_cap: u64,
}

/// The target `T` of liquidation-end health: a share of debts, at least a minimum.
#[must_use]
pub fn target(health: &Health, terms: &GroupTerms) -> Usd {
    let debts = health.debts.unsigned_abs();
    let share = terms.target.of_floor(debts).saturating_add(1).max(terms.target_min);
    i64::try_from(share).unwrap_or(i64::MAX)
}

/// The most of all debts that one step may repay, micro-USD.
///
/// A quarter while maintenance health is above -5 % of debts, rising in a
/// straight line to all at -10 %; all when equity is thin or debts are small.
#[must_use]
pub fn close_cap(health: &Health, max_incentive: Weight) -> u64 {
    let debts = health.debts.unsigned_abs();
    let thin = u128::from(health.equity.max(0).unsigned_abs()).wrapping_mul(u128::from(ONE))
        < u128::from(debts).wrapping_mul(u128::from(max_incentive.q16())).wrapping_mul(2);
    if debts < CLOSE_ALL_BELOW || thin {
        return debts;
    }
    let shortfall = health.maint.min(0).unsigned_abs();
    let twentieth = debts / 20;
    let above = shortfall.saturating_sub(twentieth).min(twentieth);
    if above == twentieth {
        return debts; // the floors below would leave a few units, hence 50 USD of debt
    }
    // 1/4 + 3/4 * above / twentieth of debts, where debts / twentieth is about 20
    let quarter = debts / 4;
    quarter.saturating_add(above.saturating_mul(15)).min(debts)
}

/// The repayment in micro-USD, or `None` when the slope gives no closed form.
///
/// `slope` is `dH/dx` in Q16 per micro-USD repaid, `incentive` what is seized
/// on top. `x = ceil((T - H) / slope)`, then the bounds, then the dust rule: a
/// step that would leave a sliver of debt repays it all if the bounds allow.
#[must_use]
pub fn step_value(
    health_liqend: Usd,
    target: Usd,
    slope: i64,
    incentive: Weight,
    bounds: &Bounds,
) -> Option<u64> {
    let slope = u64::try_from(slope).ok().filter(|s| *s > 0)?;
    let missing = u64::try_from(target.checked_sub(health_liqend)?).ok()?;
    let wanted = (u128::from(missing) << 16).div_ceil(u128::from(slope));
    let wanted = u64::try_from(wanted).unwrap_or(u64::MAX);
    Some(clamp_step(wanted, incentive, bounds))
}

/// The bounds and the dust rule alone: the step nearest to `wanted`.
#[must_use]
pub fn clamp_step(wanted: u64, incentive: Weight, bounds: &Bounds) -> u64 {
    // collateral / (1 + beta), rounded down
    let grown = u128::from(ONE).wrapping_add(u128::from(incentive.q16()));
    let covered = (u128::from(bounds.collateral) << 16).checked_div(grown).unwrap_or(0);
    let covered = u64::try_from(covered).unwrap_or(u64::MAX);
    let most = bounds
        .debt
        .min(covered)
        .min(bounds.offered)
        .min(bounds.call_cap)
        .min(bounds.close_cap.max(SMALLEST_LEFT));
    let step = wanted.min(most);
    let left = bounds.debt.saturating_sub(step);
    // taking all of a collateral is progress: its size must not shield the debt
    if left == 0 || left >= SMALLEST_LEFT || step == covered {
        return step;
    }
    if bounds.debt <= most {
        return bounds.debt;
    }
    // cannot close it: leave the smallest debt that is worth another step
    bounds.debt.saturating_sub(SMALLEST_LEFT).min(step)
}
