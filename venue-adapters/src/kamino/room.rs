//! How much of a deposit klend would let out now, known before it is asked.
//!
//! klend refuses a redemption beyond the free liquidity and the limiter of the
//! reserve, one that leaves the obligation's debts above what the rest lets
//! borrow or at its threshold, and one that leaves a sliver. All of it is
//! recomputed at klend's own prices, rounded towards less. A wrong figure
//! costs nothing but the size of a step, or klend refuses it.

use super::market::Market;
use super::obligation::Obligation;
use super::report;
use super::reserve::Reserve;
use super::stress::{self, Row};
use super::{KaminoError, Result};
use crate::clock::Now;
use crate::plan::Key;
use crate::venue::room::over;
pub use crate::venue::room::{Room, units_at_most};

/// A reserve as klend's own check of an obligation sees it. `None` without a
/// usable price: the position then counts against the redemption.
#[must_use]
pub fn row(reserve: &Reserve, market: &Market, group: u8, now: Now) -> Option<Row> {
    let indices = report::indices(reserve, now).ok()?;
    Some(Row {
        terms: stress::terms(reserve, market, group).ok()?,
        deposit_index: indices.deposit,
        debt_index: indices.debt,
        board_price: report::saved_price(reserve)?,
        venue_price: None,
        maturity: 0,
        term: 0,
        deleveraging: false,
    })
}

/// Bounds of a redemption from `reserve`. `rows` finds the reserves that the
/// obligation uses, by address, as [`row`] makes them.
///
/// # Errors
/// As [`report::reserve`]; [`KaminoError::Numbers`] when a value exceeds its bound.
pub fn redemption(
    obligation: &Obligation,
    reserve: &Reserve,
    market: &Market,
    now: Now,
    rows: impl FnMut(&Key) -> Option<Row>,
) -> Result<Room> {
    let own = row(reserve, market, obligation.group(), now);
    let untied = match own {
        _ if !obligation.has_debt() => u64::MAX,
        Some(own) => untied(obligation, market, now, &own, rows)?,
        None => 0,
    };
    let keep = match own {
        Some(own) => own.board_price.amount_ceil(min_net_value(market)?)?.saturating_add(1),
        None => 0,
    };
    Ok(Room { free: report::redeem_room(reserve, now)?, untied, keep })
}

/// What the debts let go, in tokens of the reserve behind `own`.
fn untied(
    obligation: &Obligation,
    market: &Market,
    now: Now,
    own: &Row,
    rows: impl FnMut(&Key) -> Option<Row>,
) -> Result<u64> {
    let sums = stress::obligation(obligation, market, now, rows)?;
    if sums.unknown_debt {
        return Ok(0);
    }
    // klend compares strictly, hence one micro-dollar less
    let below = |most: u64, used: u64| most.saturating_sub(used).saturating_sub(1);
    let value = over(below(sums.allowed, sums.adjusted), own.terms.ltv)
        .min(over(below(sums.limit, sums.adjusted), own.terms.threshold))
        .min(below(sums.collateral, sums.debt));
    Ok(own.board_price.amount_floor(value)?)
}

/// Least worth of what stays in a position, micro-USD, rounded up.
fn min_net_value(market: &Market) -> Result<u64> {
    let micros = market.min_net_value_sf().checked_mul(1_000_000).ok_or(KaminoError::Numbers)?;
    u64::try_from(micros.div_ceil(super::interest::ONE)).map_err(|_| KaminoError::Numbers)
}
