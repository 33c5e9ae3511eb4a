//! Freshness: refreshed in this slot, untouched since, with a price that passed.

use crate::error::*;
use crate::state::{Obligation, Reserve};

/// A reserve that an act with that demand on its price may use.
pub fn reserve(reserve: &Reserve<'_>, slot: u64, price: u8) -> Result<()> {
    let fresh = is_fresh(reserve.slot(), reserve.stale(), reserve.price_status(), slot, price)?;
    ensure(fresh, RESERVE_STALE)
}

/// An obligation that an act with that demand on its prices may use.
pub fn obligation(obligation: &Obligation<'_>, slot: u64, price: u8) -> Result<()> {
    let status = obligation.price_status();
    let fresh = is_fresh(obligation.slot(), obligation.stale(), status, slot, price)?;
    ensure(fresh, OBLIGATION_STALE)
}

fn is_fresh(last: u64, stale: u8, status: u8, slot: u64, price: u8) -> Result<bool> {
    let elapsed = slot.checked_sub(last).ok_or(MATH_OVERFLOW)?;
    Ok(stale == 0 && elapsed == 0 && status & price == price)
}
