//! When a venue account is rescued, how much that takes, and what a rescuer is
//! paid (RULE M of the risk model).
//!
//! A rescue moves the account's own assets into the venue account: to its debt
//! or to its collateral. It ends at a ratio of 0.9 and never goes below it, so
//! that nobody moves more than the venue account needs.

use crate::num::{Weight, mul_ratio_floor};
use crate::portfolio::AccountSum;
use crate::{MathError, Result};

/// Ratio of adjusted debt over limit from which a rescue is due: 0.97, rounded up. Q16.
pub const RESCUE_FROM: Weight = Weight::stored(63_570);

/// Largest tip: one part in so many of the tokens moved.
pub const TIP_PARTS: u64 = 1_000;

/// Whether the account is close enough to the venue's own liquidation.
#[must_use]
pub fn needs_rescue(account: &AccountSum) -> bool {
    account.debt != 0 && account.ratio() >= RESCUE_FROM
}

/// Micro-USD of debt, at the price that the venue account is judged by, whose
/// repayment brings the ratio down to 0.9, rounded down. `factor` is the
/// debt's borrow factor, Q16. Zero when the ratio is not above 0.9.
///
/// # Errors
/// [`MathError::DivideByZero`] on a factor of zero, [`MathError::Overflow`].
pub fn rescue_by_repaying(account: &AccountSum, factor: u32) -> Result<u64> {
    // limit - floor(limit / 10) = ceil(0.9 limit)
    let kept = account.limit.saturating_sub(account.limit / 10);
    unweighed(account.adjusted.saturating_sub(kept), factor)
}

/// Micro-USD of collateral, at the price that the venue account is judged by,
/// that brings the ratio down to 0.9, rounded down. `threshold` is the
/// collateral's liquidation threshold, Q16. Zero when the ratio is not above 0.9.
///
/// # Errors
/// [`MathError::DivideByZero`] on a threshold of zero, [`MathError::Overflow`].
pub fn rescue_by_supplying(account: &AccountSum, threshold: u32) -> Result<u64> {
    // floor(adjusted / 0.9)
    let wanted = account.adjusted.checked_add(account.adjusted / 9).ok_or(MathError::Overflow)?;
    unweighed(wanted.saturating_sub(account.limit), threshold)
}

/// What weighs `value` micro-USD under a Q16 weight, rounded down.
fn unweighed(value: u64, weight: u32) -> Result<u64> {
    let whole = mul_ratio_floor(u128::from(value), 1 << 16, u128::from(weight))?;
    u64::try_from(whole).map_err(|_| MathError::Overflow)
}

/// Largest tip for so many tokens moved, rounded down. Rescues in parts are
/// paid no more than one.
#[must_use]
pub const fn largest_tip(moved: u64) -> u64 {
    moved / TIP_PARTS
}

/// Most of `held` tokens that a rescue may move, so that the tip is there as well.
#[must_use]
pub const fn movable(held: u64) -> u64 {
    held.saturating_sub(held.div_ceil(TIP_PARTS.saturating_add(1)))
}
