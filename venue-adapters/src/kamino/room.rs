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
use trestle_risk_math::index::Index;
use trestle_risk_math::num::{ONE, Weight};

/// Bounds of a redemption, native units, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// What the reserve pays out.
    pub free: u64,
    /// What the obligation's debts let go; all ones where nothing is owed.
    pub untied: u64,
    /// Fewest tokens that may stay in the deposit, unless none does; rounded up.
    pub keep: u64,
}

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

/// `value / weight`, rounded down, for a weight that was rounded down itself.
fn over(value: u64, weight: Weight) -> u64 {
    let up = u128::from(weight.q16()).wrapping_add(1);
    let wide = u128::from(value).wrapping_mul(u128::from(ONE));
    u64::try_from(wide.checked_div(up).unwrap_or(0)).unwrap_or(u64::MAX)
}

/// Least worth of what stays in a position, micro-USD, rounded up.
fn min_net_value(market: &Market) -> Result<u64> {
    let micros = market.min_net_value_sf().checked_mul(1_000_000).ok_or(KaminoError::Numbers)?;
    u64::try_from(micros.div_ceil(super::interest::ONE)).map_err(|_| KaminoError::Numbers)
}

/// cTokens of a deposit of `held` that redeem to no more than `tokens`, and
/// leave no sliver below `keep` tokens. Rounded down; zero where nothing fits.
///
/// # Errors
/// [`KaminoError::Numbers`] above 64 bits.
pub fn units_at_most(held: u64, tokens: u64, index: Index, keep: u64) -> Result<u64> {
    let worth = index.tokens_floor(held)?;
    if tokens >= worth {
        return Ok(held);
    }
    Ok(index.units_floor(tokens.min(worth.saturating_sub(keep)))?)
}
