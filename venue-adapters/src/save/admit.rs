//! Admission: what is listed, and what takes new risk.
//!
//! Accounts of Save say nothing of their kind, and anyone may open a market:
//! market and reserves are pinned by address, never inferred from a mint.
//! Admission is asked again before every action, since Save's operators may
//! change a reserve after it was listed; leaving is refused by nothing here.

use super::interest;
use super::layout::obligation::MAX_POSITIONS;
use super::market::Market;
use super::obligation::Obligation;
use super::report;
use super::reserve::Reserve;
use super::{Action, Result, SaveError};
use crate::clock::Now;
use crate::plan::Key;
use crate::token::TOKEN_PROGRAM;

/// Debts that weigh more than 2.0 do not fit a weight.
const MAX_ADDED_WEIGHT_BPS: u64 = 10_000;

/// What a listing says about a reserve.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
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
    if reserve.market() != listing.market {
        return Err(SaveError::WrongMarket);
    }
    if reserve.mint() != listing.mint || reserve.decimals() != listing.decimals {
        return Err(SaveError::WrongMint);
    }
    if *listing.token_program != TOKEN_PROGRAM || *market.token_program() != TOKEN_PROGRAM {
        return Err(SaveError::TokenProgram);
    }
    if !reserve.curve().is_sound() {
        return Err(SaveError::Numbers);
    }
    // readable as of its last accrual, whenever that was
    let then = Now { slot: reserve.slot(), unix: 0 };
    interest::project(reserve, then)?;
    new_risk(Action::Supply, reserve)?;
    if listing.borrowable {
        new_risk(Action::Borrow, reserve)?;
    }
    Ok(())
}

/// Whether an action may be sent. Redemptions and repayments always may.
///
/// # Errors
/// The first reason against it.
pub fn new_risk(action: Action, reserve: &Reserve) -> Result<()> {
    match action {
        Action::Redeem | Action::Repay => Ok(()),
        Action::Supply if reserve.deposit_limit() == 0 => Err(SaveError::DepositDisabled),
        // whoever owes could not take such collateral out again
        Action::Supply if report::attributed(reserve) => Err(SaveError::Attributed),
        Action::Supply => Ok(()),
        Action::Borrow if reserve.borrow_limit() == 0 => Err(SaveError::BorrowDisabled),
        Action::Borrow if reserve.is_isolated() => Err(SaveError::IsolatedTier),
        Action::Borrow if reserve.added_weight_bps() > MAX_ADDED_WEIGHT_BPS => {
            Err(SaveError::BorrowWeight)
        }
        Action::Borrow => Ok(()),
    }
}

/// Whether an obligation is the one that Trestle opened for `owner`.
///
/// # Errors
/// [`SaveError::WrongMarket`], [`SaveError::Identity`].
pub fn obligation(obligation: &Obligation, owner: &Key, market: &Key) -> Result<()> {
    if obligation.market() != market {
        return Err(SaveError::WrongMarket);
    }
    if obligation.owner() == owner { Ok(()) } else { Err(SaveError::Identity) }
}

/// Whether an obligation may take new risk: unmarked, and free of the isolated tier.
///
/// # Errors
/// [`SaveError::Marked`], [`SaveError::IsolatedTier`].
pub fn obligation_risk(obligation: &Obligation) -> Result<()> {
    if obligation.is_marked() {
        return Err(SaveError::Marked);
    }
    if obligation.owes_isolated() {
        return Err(SaveError::IsolatedTier);
    }
    Ok(())
}

/// Whether the obligation has, or can have, a position of the reserve.
///
/// # Errors
/// [`SaveError::Slot`].
pub fn slot(action: Action, obligation: &Obligation, reserve: &Key) -> Result<()> {
    let held = match action {
        Action::Supply | Action::Redeem => obligation.deposits().any(|d| d.reserve == reserve),
        Action::Borrow | Action::Repay => obligation.borrows().any(|b| b.reserve == reserve),
    };
    let opens = matches!(action, Action::Supply | Action::Borrow)
        && obligation.position_count() < MAX_POSITIONS;
    if held || opens { Ok(()) } else { Err(SaveError::Slot) }
}
