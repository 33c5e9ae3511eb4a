//! How much of a deposit Save would let out now, known before it is asked.
//!
//! Save pays out what the vault and the limiters of reserve and market let
//! go, and where anything is owed no more than keeps the debts within what the
//! rest lets borrow. All of it is recomputed at Save's own prices, rounded
//! towards less. Not foreseen is a limit on the debts that collateral stands
//! for ([`super::report::Flags::attributed`]). A wrong figure costs nothing
//! but the size of a step, or Save refuses it.

use super::Result;
use super::market::Market;
use super::obligation::Obligation;
use super::report;
use super::reserve::Reserve;
use super::stress::{self, Row};
use crate::clock::Now;
use crate::plan::Key;
use crate::venue::room::over;
pub use crate::venue::room::{Room, units_at_most};

/// A reserve as Save's own check of an obligation sees it. `None` without a
/// usable price: the position then counts against the redemption.
#[must_use]
pub fn row(reserve: &Reserve, now: Now) -> Option<Row> {
    let indices = report::indices(reserve, now).ok()?;
    let prices = stress::stored_prices(reserve)?;
    Some(Row {
        terms: stress::terms(reserve),
        deposit_index: indices.deposit,
        debt_index: indices.debt,
        board_price: prices.low,
        venue_prices: Some(prices),
    })
}

/// Bounds of a redemption from `reserve`. `rows` finds the reserves that the
/// obligation uses, by address, as [`row`] makes them. No sliver is forbidden.
///
/// # Errors
/// [`super::SaveError::Numbers`] when a value exceeds its bound.
pub fn redemption(
    obligation: &Obligation,
    reserve: &Reserve,
    market: &Market,
    now: Now,
    rows: impl FnMut(&Key) -> Option<Row>,
) -> Result<Room> {
    let untied = match row(reserve, now) {
        _ if !obligation.has_debt() => u64::MAX,
        Some(own) => untied(obligation, &own, rows)?,
        None => 0,
    };
    Ok(Room { free: report::redeem_room(reserve, market, now), untied, keep: 0 })
}

/// What the debts let go, in tokens of the reserve behind `own`.
fn untied(
    obligation: &Obligation,
    own: &Row,
    rows: impl FnMut(&Key) -> Option<Row>,
) -> Result<u64> {
    let sums = stress::obligation(obligation, rows)?;
    if sums.unknown_debt {
        return Ok(0);
    }
    let spare = sums.allowed.saturating_sub(sums.adjusted);
    Ok(own.board_price.amount_floor(over(spare, own.terms.ltv))?)
}
