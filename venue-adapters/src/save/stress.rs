//! How close an obligation is to Save's liquidation, recomputed.
//!
//! From the units in the obligation, the indices of now and the thresholds in
//! force; collateral at the lowest and debt at the highest of Save's prices
//! and the board's. Save's stored sums are as of some earlier refresh and are
//! never read (ruling 13).

use super::Result;
use super::obligation::Obligation;
use super::report;
use super::reserve::Reserve;
use crate::plan::Key;
pub use crate::venue::stress::{Stress, Terms};
use crate::venue::stress::{add, bps_ceil, percent_floor, weighed_ceil};
use trestle_risk_math::index::Index;
use trestle_risk_math::price::{MAX_LEG_VALUE, Price};

/// Largest liquidation bonus, the protocol's part included, tenths of a per cent.
const MAX_BONUS: u16 = 250;
/// Most that Save lets an obligation borrow, micro-USD.
const MAX_ALLOWED: u64 = 65_000_000_000_000;
/// Debts at which Save liquidates whatever the collateral, micro-USD.
const MAX_LIMIT: u64 = 70_000_000_000_000;

/// Save's terms for `reserve`.
#[must_use]
pub fn terms(reserve: &Reserve) -> Terms {
    let weight_bps = u128::from(reserve.added_weight_bps()).wrapping_add(10_000);
    let factor = (weight_bps << 16).div_ceil(10_000);
    let bonus = u16::from(reserve.max_bonus_pct())
        .saturating_mul(10)
        .saturating_add(u16::from(reserve.liquidation_fee()))
        .min(MAX_BONUS);
    Terms {
        ltv: percent_floor(reserve.ltv_pct()),
        threshold: percent_floor(reserve.threshold_pct()),
        borrow_factor: u32::try_from(factor).unwrap_or(u32::MAX),
        bonus: bps_ceil(bonus.saturating_mul(10)),
    }
}

/// Save's own prices of a token, micro-USD a native unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VenuePrices {
    /// The lowest of spot, smoothed and extra price.
    pub low: Price,
    /// The highest of them.
    pub high: Price,
}

/// Save's stored prices, however old; `None` where one is out of range.
#[must_use]
pub fn stored_prices(reserve: &Reserve) -> Option<VenuePrices> {
    let prices = reserve.prices();
    Some(VenuePrices {
        low: report::price_of(prices.low_wads, reserve)?,
        high: report::price_of(prices.high_wads, reserve)?,
    })
}

/// What is known of a reserve that an obligation uses.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Terms.
    pub terms: Terms,
    /// Tokens a cToken, rounded down.
    pub deposit_index: Index,
    /// Tokens a Q64 unit of debt, rounded up.
    pub debt_index: Index,
    /// The board's price.
    pub board_price: Price,
    /// Save's prices, where they are fresh.
    pub venue_prices: Option<VenuePrices>,
}

/// Recomputes an obligation. `row` finds a reserve by its address; a deposit
/// of an unknown reserve counts nothing.
///
/// # Errors
/// [`super::SaveError::Numbers`] when a debt or a value exceeds its bound.
pub fn obligation(
    obligation: &Obligation,
    mut row: impl FnMut(&Key) -> Option<Row>,
) -> Result<Stress> {
    let mut stress = Stress { forced: obligation.is_marked(), ..Stress::default() };
    for deposit in obligation.deposits() {
        let Some(row) = row(deposit.reserve) else { continue };
        let tokens = row.deposit_index.tokens_floor(deposit.ctokens)?;
        // more than a leg can be worth counts as one: its size shields no debt
        let worth = |price: Price| price.asset_value(tokens).unwrap_or(MAX_LEG_VALUE);
        let board = worth(row.board_price);
        let value = row.venue_prices.map_or(board, |p| worth(p.low).min(board));
        stress.collateral = add(stress.collateral, value)?;
        stress.allowed = add(stress.allowed, row.terms.ltv.of_floor(value))?;
        stress.limit = add(stress.limit, row.terms.threshold.of_floor(value))?;
    }
    for borrow in obligation.borrows().filter(|b| b.borrowed_wads != 0) {
        let Some(row) = row(borrow.reserve) else {
            stress.unknown_debt = true;
            continue;
        };
        let tokens = row.debt_index.owed_ceil(borrow.units()?)?;
        let board = row.board_price.debt_value(tokens)?;
        let venue = row.venue_prices.map_or(Ok(board), |p| p.high.debt_value(tokens))?;
        let value = board.max(venue);
        stress.debt = add(stress.debt, value)?;
        stress.adjusted = add(stress.adjusted, weighed_ceil(row.terms.borrow_factor, value)?)?;
    }
    stress.allowed = stress.allowed.min(MAX_ALLOWED);
    stress.limit = stress.limit.min(MAX_LIMIT);
    Ok(stress)
}
