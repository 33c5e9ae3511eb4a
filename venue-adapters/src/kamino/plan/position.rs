//! The four actions on a position, each in klend's version 2.

use super::{Leg, Parties, deposit_reserves};
use crate::kamino::ids::{FARMS_PROGRAM, INSTRUCTIONS_SYSVAR, PROGRAM, instruction};
use crate::kamino::obligation::Obligation;
use crate::kamino::{KaminoError, Result};
use crate::plan::{Call, READ, SIGN, SIGN_WRITE, WRITE};
use crate::token::TOKEN_PROGRAM;

/// Supplies up to `amount` tokens and posts the cTokens as collateral. klend
/// charges what the minted cTokens are worth, which may be a little less.
///
/// # Errors
/// [`KaminoError::Amount`] for zero.
pub fn supply(call: &mut Call, parties: &Parties, leg: &Leg, amount: u64) -> Result<()> {
    begin(call, instruction::SUPPLY, amount)?;
    call.accounts(&[
        (parties.owner, SIGN_WRITE),
        (parties.obligation, WRITE),
        (parties.market, READ),
        (parties.market_authority, READ),
        (leg.key, WRITE),
        (leg.reserve.mint(), READ),
        (leg.reserve.vault(), WRITE),
        (leg.reserve.ctoken_mint(), WRITE),
        (leg.reserve.ctoken_vault(), WRITE),
        (leg.custody, WRITE),
        (&PROGRAM, READ), // placeholder
        (&TOKEN_PROGRAM, READ),
        (leg.reserve.token_program(), READ),
        (&INSTRUCTIONS_SYSVAR, READ),
    ])?;
    call.accounts(&leg.farm(leg.reserve.collateral_farm()))?;
    Ok(call.account(&FARMS_PROGRAM, READ)?)
}

/// Redeems up to `ctokens` of collateral for tokens; [`crate::kamino::ALL`]
/// for as much as klend lets go. Without debt that is all, and closes the
/// obligation when nothing else is left in it.
///
/// # Errors
/// [`KaminoError::Amount`] for zero.
pub fn redeem(call: &mut Call, parties: &Parties, leg: &Leg, ctokens: u64) -> Result<()> {
    begin(call, instruction::REDEEM, ctokens)?;
    call.accounts(&[
        (parties.owner, SIGN_WRITE),
        (parties.obligation, WRITE),
        (parties.market, READ),
        (parties.market_authority, READ),
        (leg.key, WRITE),
        (leg.reserve.mint(), READ),
        (leg.reserve.ctoken_vault(), WRITE),
        (leg.reserve.ctoken_mint(), WRITE),
        (leg.reserve.vault(), WRITE),
        (leg.custody, WRITE),
        (&PROGRAM, READ), // placeholder
        (&TOKEN_PROGRAM, READ),
        (leg.reserve.token_program(), READ),
        (&INSTRUCTIONS_SYSVAR, READ),
    ])?;
    call.accounts(&leg.farm(leg.reserve.collateral_farm()))?;
    Ok(call.account(&FARMS_PROGRAM, READ)?)
}

/// Borrows `amount` tokens, which the owner receives whole; the debt is that
/// and the origination fee. [`crate::kamino::ALL`] for as much as klend gives.
///
/// # Errors
/// [`KaminoError::Amount`] for zero.
pub fn borrow(
    call: &mut Call,
    parties: &Parties,
    leg: &Leg,
    obligation: &Obligation,
    amount: u64,
) -> Result<()> {
    begin(call, instruction::BORROW, amount)?;
    call.accounts(&[
        (parties.owner, SIGN),
        (parties.obligation, WRITE),
        (parties.market, READ),
        (parties.market_authority, READ),
        (leg.key, WRITE),
        (leg.reserve.mint(), READ),
        (leg.reserve.vault(), WRITE),
        (leg.reserve.fee_vault(), WRITE),
        (leg.custody, WRITE),
        (&PROGRAM, READ), // no referrer
        (leg.reserve.token_program(), READ),
        (&INSTRUCTIONS_SYSVAR, READ),
    ])?;
    call.accounts(&leg.farm(leg.reserve.debt_farm()))?;
    call.account(&FARMS_PROGRAM, READ)?;
    group_reserves(call, obligation)
}

/// Repays up to `amount` tokens; [`crate::kamino::ALL`] for the whole debt.
///
/// # Errors
/// [`KaminoError::Amount`] for zero.
pub fn repay(
    call: &mut Call,
    parties: &Parties,
    leg: &Leg,
    obligation: &Obligation,
    amount: u64,
) -> Result<()> {
    begin(call, instruction::REPAY, amount)?;
    call.accounts(&[
        (parties.owner, SIGN),
        (parties.obligation, WRITE),
        (parties.market, READ),
        (leg.key, WRITE),
        (leg.reserve.mint(), READ),
        (leg.reserve.vault(), WRITE),
        (leg.custody, WRITE),
        (leg.reserve.token_program(), READ),
        (&INSTRUCTIONS_SYSVAR, READ),
    ])?;
    call.accounts(&leg.farm(leg.reserve.debt_farm()))?;
    call.accounts(&[(parties.market_authority, READ), (&FARMS_PROGRAM, READ)])?;
    group_reserves(call, obligation)
}

fn begin(call: &mut Call, discriminator: [u8; 8], amount: u64) -> Result<()> {
    if amount == 0 {
        return Err(KaminoError::Amount);
    }
    call.start(&PROGRAM);
    call.push(&discriminator)?;
    Ok(call.push(&amount.to_le_bytes())?)
}

/// In an elevation group klend books the debt against each collateral.
fn group_reserves(call: &mut Call, obligation: &Obligation) -> Result<()> {
    if obligation.group() == 0 {
        return Ok(());
    }
    deposit_reserves(call, obligation)
}
