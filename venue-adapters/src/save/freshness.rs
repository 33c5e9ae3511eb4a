//! Save's freshness rules: what it would refuse, known before it is asked.
//!
//! Supply and repay accrue the reserve themselves and need nothing. A
//! redemption needs nothing while the obligation owes nothing; else it needs
//! what a borrow needs: reserve and obligation refreshed in this very slot and
//! untouched since. Every action leaves its reserve and the obligation stale,
//! so one refresh serves one action. The obligation's own refresh needs all
//! its reserves fresh, in their present order.

use super::obligation::Obligation;
use super::reserve::Reserve;
use super::{Action, Result, SaveError};

/// Whether an action needs a refresh of reserves and obligation before it.
#[must_use]
pub const fn needs_refresh(action: Action, has_debt: bool) -> bool {
    match action {
        Action::Supply | Action::Repay => false,
        Action::Redeem => has_debt,
        Action::Borrow => true,
    }
}

/// Whether a reserve, price included, is as of `slot`.
#[must_use]
pub fn is_reserve_fresh(reserve: &Reserve, slot: u64) -> bool {
    !reserve.is_stale() && reserve.slot() == slot
}

/// Whether an obligation is as of `slot`.
#[must_use]
pub fn is_obligation_fresh(obligation: &Obligation, slot: u64) -> bool {
    !obligation.is_stale() && obligation.slot() == slot
}

/// Whether Save would take an action now, as far as freshness goes. It looks
/// at the reserve first.
///
/// # Errors
/// [`SaveError::ReserveStale`], [`SaveError::ObligationStale`].
pub fn check(action: Action, obligation: &Obligation, reserve: &Reserve, slot: u64) -> Result<()> {
    if !needs_refresh(action, obligation.has_debt()) {
        return Ok(());
    }
    if !is_reserve_fresh(reserve, slot) {
        return Err(SaveError::ReserveStale);
    }
    if !is_obligation_fresh(obligation, slot) {
        return Err(SaveError::ObligationStale);
    }
    Ok(())
}
