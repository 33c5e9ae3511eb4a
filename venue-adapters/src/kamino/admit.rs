//! Admission: what is listed, and what takes new risk.
//!
//! Admission is strict: exact sizes, known versions, nothing that lets a third
//! party take a position away. It is asked again before every action, since
//! klend's operators may change a reserve after it was listed; leaving is
//! refused by nothing but klend's own emergency stop.

use super::market::{Market, PERMISSIONED_BORROW, PERMISSIONED_DEPOSIT};
use super::obligation::Obligation;
use super::reserve::Reserve;
use super::{Action, KaminoError, Result, seeds};
use crate::plan::Key;
use crate::token::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM};

/// Active: the one status that takes new positions.
const ACTIVE: u8 = 0;
/// Borrow factors above 2.0 do not fit a weight.
const MAX_BORROW_FACTOR_PCT: u64 = 200;
/// klend's limit on deposits of an obligation.
const MAX_DEPOSITS: usize = super::layout::obligation::DEPOSIT_COUNT;
/// klend's limit on debts of an obligation.
const MAX_BORROWS: usize = super::layout::obligation::BORROW_COUNT;

/// What a listing says about a reserve.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    /// Address of the reserve.
    pub reserve: &'a Key,
    /// Address of the market.
    pub market: &'a Key,
    /// Mint of the asset.
    pub mint: &'a Key,
    /// Token program of the mint.
    pub token_program: &'a Key,
    /// Decimals of the mint.
    pub decimals: u8,
    /// It is to be borrowed as well.
    pub borrowable: bool,
}

/// Whether a reserve may be listed.
///
/// # Errors
/// The first reason against it.
pub fn listing(reserve: &Reserve, market: &Market, listing: &Listing) -> Result<()> {
    if !reserve.is_exact() || !market.is_exact() {
        return Err(KaminoError::Size);
    }
    if reserve.market() != listing.market {
        return Err(KaminoError::WrongMarket);
    }
    if reserve.mint() != listing.mint || reserve.decimals() != u64::from(listing.decimals) {
        return Err(KaminoError::WrongMint);
    }
    let program = reserve.token_program();
    let known = *program == TOKEN_PROGRAM || *program == TOKEN_2022_PROGRAM;
    if !known || program != listing.token_program {
        return Err(KaminoError::TokenProgram);
    }
    reserve.rate_basis()?;
    new_risk(Action::Supply, reserve, listing.reserve, market, 0)?;
    if listing.borrowable {
        new_risk(Action::Borrow, reserve, listing.reserve, market, 0)?;
    }
    Ok(())
}

/// Whether an action may be sent for an obligation in elevation group `group`
/// (zero for none). Redemptions and repayments pass unless klend is stopped.
///
/// # Errors
/// The first reason against it.
pub fn new_risk(
    action: Action,
    reserve: &Reserve,
    reserve_key: &Key,
    market: &Market,
    group: u8,
) -> Result<()> {
    if market.is_emergency() || reserve.is_emergency() {
        return Err(KaminoError::Emergency);
    }
    let permission = match action {
        Action::Supply => PERMISSIONED_DEPOSIT,
        Action::Borrow => PERMISSIONED_BORROW,
        Action::Redeem | Action::Repay => return Ok(()),
    };
    if reserve.status() != ACTIVE {
        return Err(KaminoError::Status);
    }
    if (reserve.permissioned() | market.permissioned()) & permission != 0 {
        return Err(KaminoError::Permissioned);
    }
    if market.deleverages() && reserve.deleverages() {
        return Err(KaminoError::Deleverage);
    }
    if group != 0 && !reserve.is_in_group(group) {
        return Err(KaminoError::Group);
    }
    match action {
        Action::Borrow => new_debt(reserve, reserve_key, market, group),
        _ => new_collateral(reserve, reserve_key, market, group),
    }
}

fn new_collateral(reserve: &Reserve, reserve_key: &Key, market: &Market, group: u8) -> Result<()> {
    if reserve.blocks_ctokens() {
        return Err(KaminoError::CtokensBlocked);
    }
    if group == 0 {
        return if reserve.no_collateral_outside() { Err(KaminoError::GroupOnly) } else { Ok(()) };
    }
    // the group's debt reserve cannot be collateral in it
    let terms = market.group(group).ok_or(KaminoError::Group)?;
    if terms.debt_reserve == reserve_key { Err(KaminoError::Group) } else { Ok(()) }
}

fn new_debt(reserve: &Reserve, reserve_key: &Key, market: &Market, group: u8) -> Result<()> {
    if market.borrow_disabled() {
        return Err(KaminoError::BorrowDisabled);
    }
    if reserve.maturity() != 0 || reserve.term() != 0 || reserve.early_repay_pct() != 0 {
        return Err(KaminoError::DebtTerm);
    }
    if reserve.borrow_factor_pct() > MAX_BORROW_FACTOR_PCT {
        return Err(KaminoError::BorrowFactor);
    }
    if group != 0 {
        let terms = market.group(group).ok_or(KaminoError::Group)?;
        if !terms.new_loans || terms.debt_reserve != reserve_key {
            return Err(KaminoError::Group);
        }
    }
    Ok(())
}

/// Whether an obligation is the one that Trestle opened for `owner`.
///
/// # Errors
/// [`KaminoError::WrongMarket`], [`KaminoError::Identity`].
pub fn obligation(obligation: &Obligation, owner: &Key, market: &Key) -> Result<()> {
    if obligation.market() != market {
        return Err(KaminoError::WrongMarket);
    }
    let ours = obligation.owner() == owner
        && obligation.tag() == u64::from(seeds::TAG)
        && *obligation.referrer() == super::ids::SYSTEM_PROGRAM;
    if ours { Ok(()) } else { Err(KaminoError::Identity) }
}

/// Whether an obligation may take new risk: its size known, unmarked, unencumbered.
///
/// # Errors
/// [`KaminoError::Size`], [`KaminoError::Marked`], [`KaminoError::Encumbered`].
pub fn obligation_risk(obligation: &Obligation) -> Result<()> {
    if !obligation.is_exact() {
        return Err(KaminoError::Size);
    }
    if obligation.is_marked() || obligation.borrowing_disabled() {
        return Err(KaminoError::Marked);
    }
    if obligation.has_orders() || obligation.is_changing_owner() {
        return Err(KaminoError::Encumbered);
    }
    Ok(())
}

/// Whether the obligation has, or can have, a position of the reserve.
///
/// # Errors
/// [`KaminoError::Slot`].
pub fn slot(action: Action, obligation: &Obligation, reserve: &Key) -> Result<()> {
    let (held, count, most) = match action {
        Action::Supply | Action::Redeem => (
            obligation.deposits().any(|d| d.reserve == reserve),
            obligation.deposits().count(),
            MAX_DEPOSITS,
        ),
        Action::Borrow | Action::Repay => (
            obligation.borrows().any(|b| b.reserve == reserve),
            obligation.borrows().count(),
            MAX_BORROWS,
        ),
    };
    let opens = matches!(action, Action::Supply | Action::Borrow) && count < most;
    if held || opens { Ok(()) } else { Err(KaminoError::Slot) }
}
