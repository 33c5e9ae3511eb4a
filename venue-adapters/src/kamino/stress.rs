//! How close an obligation is to klend's liquidation, recomputed.
//!
//! From the units in the slots, the indices of now and the thresholds in
//! force, elevation group included; collateral at the lower and debt at the
//! higher of klend's and the board's price. klend's stored sums are as of
//! some earlier refresh and are never read (ruling 13).

use super::market::Market;
use super::obligation::{Borrow, Obligation};
use super::reserve::Reserve;
use super::{KaminoError, Result};
use crate::clock::Now;
use crate::plan::Key;
pub use crate::venue::stress::{Stress, Terms};
use crate::venue::stress::{add, bps_ceil, percent_floor, q16_ceil, weighed_ceil};
use trestle_risk_math::index::Index;
use trestle_risk_math::num::ONE;
use trestle_risk_math::price::{MAX_LEG_VALUE, Price};

/// klend's terms for `reserve` in elevation group `group` (zero for none).
///
/// # Errors
/// [`KaminoError::Group`] when the market does not know the group.
pub fn terms(reserve: &Reserve, market: &Market, group: u8) -> Result<Terms> {
    let own_bonus = reserve.max_bonus_bps();
    if group == 0 {
        return Ok(Terms {
            ltv: percent_floor(reserve.ltv_pct()),
            threshold: percent_floor(reserve.threshold_pct()),
            borrow_factor: q16_ceil(reserve.borrow_factor_pct().max(100)),
            bonus: bps_ceil(own_bonus),
        });
    }
    let group = market.group(group).ok_or(KaminoError::Group)?;
    Ok(Terms {
        ltv: percent_floor(group.ltv_pct),
        threshold: percent_floor(group.threshold_pct),
        borrow_factor: ONE,
        bonus: bps_ceil(own_bonus.min(group.max_bonus_bps)),
    })
}

/// What is known of a reserve that an obligation uses.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Terms in the obligation's elevation group.
    pub terms: Terms,
    /// Tokens a cToken, rounded down.
    pub deposit_index: Index,
    /// Tokens a Q64 unit of debt, rounded up.
    pub debt_index: Index,
    /// The board's price.
    pub board_price: Price,
    /// klend's price, where it is fresh.
    pub venue_price: Option<Price>,
    /// Unix time at which debts fall due; zero for never.
    pub maturity: u64,
    /// Seconds after which a debt falls due; zero for never.
    pub term: u64,
    /// Positions on the reserve are being deleveraged.
    pub deleveraging: bool,
}

/// Recomputes an obligation. `row` finds a reserve by its address; a deposit
/// of an unknown reserve counts nothing.
///
/// # Errors
/// [`KaminoError::Numbers`] when a debt or a value exceeds its bound.
pub fn obligation(
    obligation: &Obligation,
    market: &Market,
    now: Now,
    mut row: impl FnMut(&Key) -> Option<Row>,
) -> Result<Stress> {
    let ordered = obligation.has_orders() && market.executes_orders();
    let mut stress = Stress { forced: obligation.is_marked() || ordered, ..Stress::default() };
    for deposit in obligation.deposits() {
        let Some(row) = row(deposit.reserve) else { continue };
        let tokens = row.deposit_index.tokens_floor(deposit.ctokens)?;
        // more than a leg can be worth counts as one: its size shields no debt
        let worth = |price: Price| price.asset_value(tokens).unwrap_or(MAX_LEG_VALUE);
        let board = worth(row.board_price);
        let value = row.venue_price.map_or(board, |p| worth(p).min(board));
        stress.forced |= row.deleveraging && obligation.has_debt();
        stress.collateral = add(stress.collateral, value)?;
        stress.allowed = add(stress.allowed, row.terms.ltv.of_floor(value))?;
        stress.limit = add(stress.limit, row.terms.threshold.of_floor(value))?;
    }
    for borrow in obligation.borrows() {
        let Some(row) = row(borrow.reserve) else {
            stress.unknown_debt = true;
            continue;
        };
        let tokens = row.debt_index.owed_ceil(borrow.units()?)?;
        let board = row.board_price.debt_value(tokens)?;
        let venue = row.venue_price.map_or(Ok(board), |p| p.debt_value(tokens))?;
        let value = board.max(venue);
        stress.forced |= row.deleveraging || is_due(&row, &borrow, market, now);
        stress.debt = add(stress.debt, value)?;
        stress.adjusted = add(stress.adjusted, weighed_ceil(row.terms.borrow_factor, value)?)?;
    }
    Ok(stress)
}

fn is_due(row: &Row, borrow: &Borrow, market: &Market, now: Now) -> bool {
    let Ok(now) = u64::try_from(now.unix) else { return false };
    let past = |due: u64| due <= now;
    let matured = row.maturity != 0 && past(row.maturity);
    let expired = row.term != 0 && past(borrow.borrowed_at.saturating_add(row.term));
    market.liquidates_due_debts() && (matured || expired)
}
