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
use trestle_risk_math::index::Index;
use trestle_risk_math::num::{ONE, Weight};
use trestle_risk_math::portfolio::AccountSum;
use trestle_risk_math::price::{MAX_LEG_VALUE, Price};

/// klend's terms for a reserve, in or outside an elevation group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Loan-to-value: what a deposit lets borrow, rounded down.
    pub ltv: Weight,
    /// Liquidation threshold: what a deposit holds, rounded down.
    pub threshold: Weight,
    /// Factor on debts, Q16, at least 1.0, rounded up. Above 2.0 it is no
    /// weight, and takes no new debt ([`KaminoError::BorrowFactor`]).
    pub borrow_factor: u32,
    /// Largest liquidation bonus, rounded up.
    pub bonus: Weight,
}

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

/// What klend sees in an obligation, micro-USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stress {
    /// Deposits, rounded down.
    pub collateral: u64,
    /// Deposits times loan-to-value, rounded down: what may be borrowed.
    pub allowed: u64,
    /// Deposits times threshold, rounded down: where liquidation begins.
    pub limit: u64,
    /// Debts times borrow factor, rounded up.
    pub adjusted: u64,
    /// Debts, rounded up.
    pub debt: u64,
    /// A debt of a reserve that is not known: it has no value here.
    pub unknown_debt: bool,
    /// It can be liquidated whatever its ratio: marked, due, or by an order of its own.
    pub forced: bool,
}

impl Stress {
    /// Adjusted debts over limit, Q16, rounded up, at most 2.0. At least 1.0
    /// where liquidation is possible anyway or a debt is unknown.
    #[must_use]
    pub fn ratio(&self) -> Weight {
        let sum = AccountSum { limit: self.limit, adjusted: self.adjusted, ..AccountSum::EMPTY };
        if self.forced || self.unknown_debt { sum.ratio().max(Weight::ONE) } else { sum.ratio() }
    }
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

/// `value * factor`, rounded up, for a Q16 factor.
fn weighed_ceil(factor: u32, value: u64) -> Result<u64> {
    let product = u128::from(value).wrapping_mul(u128::from(factor)); // below 2^96
    u64::try_from(product.div_ceil(1 << 16)).map_err(|_| KaminoError::Numbers)
}

fn add(a: u64, b: u64) -> Result<u64> {
    a.checked_add(b).ok_or(KaminoError::Numbers)
}

/// Per cent as a weight, rounded down; above 100 it is 1.0.
fn percent_floor(pct: u8) -> Weight {
    Weight::clamped((u32::from(pct.min(100)) << 16) / 100)
}

/// Per cent as a weight, rounded up, at most 2.0.
pub(super) fn percent_ceil(pct: u64) -> Weight {
    Weight::clamped(q16_ceil(pct))
}

/// Per cent in Q16, rounded up.
fn q16_ceil(pct: u64) -> u32 {
    let q16 = pct.checked_mul(u64::from(ONE)).map(|x| x.div_ceil(100));
    q16.and_then(|x| u32::try_from(x).ok()).unwrap_or(u32::MAX)
}

/// Basis points as a weight, rounded up, at most 2.0.
fn bps_ceil(bps: u16) -> Weight {
    Weight::from_bps(bps).unwrap_or(Weight::MAX)
}
