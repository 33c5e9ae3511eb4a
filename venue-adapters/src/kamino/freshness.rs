//! klend's freshness rules: what it would refuse, known before it is asked.
//!
//! Every action leaves its reserve and the obligation stale, so one refresh
//! serves one action. Fresh is what was refreshed in this very slot, and
//! whose price passed the checks that the action needs.

use super::obligation::Obligation;
use super::reserve::Reserve;
use super::{Action, KaminoError, Result};
use crate::clock::Now;

/// All price checks: loaded, age, average, its age, heuristic, usage allowed.
pub const ALL_CHECKS: u8 = 63;

/// Price checks that an action needs to have passed.
#[must_use]
pub const fn required(action: Action, has_debt: bool) -> u8 {
    match action {
        Action::Supply | Action::Repay => 0,
        Action::Redeem if !has_debt => 0,
        Action::Redeem | Action::Borrow => ALL_CHECKS,
    }
}

/// Whether a reserve is fresh in `slot` with the checks `bits`.
#[must_use]
pub fn is_reserve_fresh(reserve: &Reserve, slot: u64, bits: u8) -> bool {
    !reserve.is_stale() && reserve.slot() == slot && reserve.price_status() & bits == bits
}

/// Whether an obligation is fresh in `slot` with the checks `bits`.
#[must_use]
pub fn is_obligation_fresh(obligation: &Obligation, slot: u64, bits: u8) -> bool {
    !obligation.is_stale() && obligation.slot() == slot && obligation.price_status() & bits == bits
}

/// Whether klend would take an action now, as far as freshness goes. It looks
/// at the reserve first.
///
/// # Errors
/// [`KaminoError::ReserveStale`], [`KaminoError::ObligationStale`].
pub fn check(action: Action, obligation: &Obligation, reserve: &Reserve, slot: u64) -> Result<()> {
    let bits = required(action, obligation.has_debt());
    if !is_reserve_fresh(reserve, slot, bits) {
        return Err(KaminoError::ReserveStale);
    }
    if !is_obligation_fresh(obligation, slot, bits) {
        return Err(KaminoError::ObligationStale);
    }
    Ok(())
}

/// Price checks that stand after a refresh without oracle accounts: the saved
/// ones while the price is younger than the reserve's limit, none after.
#[must_use]
pub fn checks_after_unpriced_refresh(reserve: &Reserve, now: Now) -> u8 {
    let age = u64::try_from(now.unix).unwrap_or(0).saturating_sub(reserve.price_time());
    if age < reserve.max_price_age() { reserve.price_status() } else { 0 }
}

/// Whether a refresh without oracle accounts is enough for an action that
/// needs the checks `bits`.
#[must_use]
pub fn may_skip_prices(reserve: &Reserve, now: Now, bits: u8) -> bool {
    checks_after_unpriced_refresh(reserve, now) & bits == bits
}
