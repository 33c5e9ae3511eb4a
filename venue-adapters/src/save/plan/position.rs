//! The four actions on a position.

use super::{Leg, Parties, begin, deposit_reserves};
use crate::plan::{Call, READ, SIGN, WRITE};
use crate::save::ids::instruction;
use crate::save::obligation::Obligation;
use crate::save::{Result, SaveError};
use crate::token::TOKEN_PROGRAM;

/// Supplies `amount` tokens and posts the cTokens as collateral.
///
/// # Errors
/// [`SaveError::Amount`] for zero.
pub fn supply(call: &mut Call, parties: &Parties, leg: &Leg, amount: u64) -> Result<()> {
    with_amount(call, instruction::SUPPLY, amount)?;
    let oracles = leg.reserve.oracles();
    call.accounts(&[
        (leg.custody, WRITE),
        (leg.ctokens, WRITE),
        (leg.key, WRITE),
        (leg.reserve.vault(), WRITE),
        (leg.reserve.ctoken_mint(), WRITE),
        (parties.market, READ),
        (parties.market_authority, READ),
        (leg.reserve.ctoken_vault(), WRITE),
        (parties.obligation, WRITE),
        (parties.owner, SIGN),
        (oracles.pyth, READ),
        (oracles.switchboard, READ),
        (parties.owner, SIGN), // of the token accounts
        (&TOKEN_PROGRAM, READ),
    ])?;
    Ok(())
}

/// Redeems up to `ctokens` of collateral for tokens; [`crate::save::ALL`] for
/// as much as debts and limiters let go.
///
/// # Errors
/// [`SaveError::Amount`] for zero.
pub fn redeem(
    call: &mut Call,
    parties: &Parties,
    leg: &Leg,
    obligation: &Obligation,
    ctokens: u64,
) -> Result<()> {
    with_amount(call, instruction::REDEEM, ctokens)?;
    call.accounts(&[
        (leg.reserve.ctoken_vault(), WRITE),
        (leg.ctokens, WRITE),
        (leg.key, WRITE),
        (parties.obligation, WRITE),
        (parties.market, WRITE), // its limiter
        (parties.market_authority, READ),
        (leg.custody, WRITE),
        (leg.reserve.ctoken_mint(), WRITE),
        (leg.reserve.vault(), WRITE),
        (parties.owner, SIGN),
        (parties.owner, SIGN), // of the token accounts
        (&TOKEN_PROGRAM, READ),
    ])?;
    deposit_reserves(call, obligation)
}

/// Borrows `amount` tokens, which the owner receives whole; the debt is that
/// and the borrow fee. [`crate::save::ALL`] for as much as Save gives. No host.
///
/// # Errors
/// [`SaveError::Amount`] for zero.
pub fn borrow(
    call: &mut Call,
    parties: &Parties,
    leg: &Leg,
    obligation: &Obligation,
    amount: u64,
) -> Result<()> {
    with_amount(call, instruction::BORROW, amount)?;
    call.accounts(&[
        (leg.reserve.vault(), WRITE),
        (leg.custody, WRITE),
        (leg.key, WRITE),
        (leg.reserve.fee_vault(), WRITE),
        (parties.obligation, WRITE),
        (parties.market, WRITE), // its limiter
        (parties.market_authority, READ),
        (parties.owner, SIGN),
        (&TOKEN_PROGRAM, READ),
    ])?;
    deposit_reserves(call, obligation)
}

/// Repays up to `amount` tokens; [`crate::save::ALL`] for the whole debt.
///
/// # Errors
/// [`SaveError::Amount`] for zero.
pub fn repay(call: &mut Call, parties: &Parties, leg: &Leg, amount: u64) -> Result<()> {
    with_amount(call, instruction::REPAY, amount)?;
    call.accounts(&[
        (leg.custody, WRITE),
        (leg.reserve.vault(), WRITE),
        (leg.key, WRITE),
        (parties.obligation, WRITE),
        (parties.market, READ),
        (parties.owner, SIGN), // of the token account
        (&TOKEN_PROGRAM, READ),
    ])?;
    Ok(())
}

fn with_amount(call: &mut Call, tag: u8, amount: u64) -> Result<()> {
    if amount == 0 {
        return Err(SaveError::Amount);
    }
    begin(call, tag)?;
    Ok(call.push(&amount.to_le_bytes())?)
}
