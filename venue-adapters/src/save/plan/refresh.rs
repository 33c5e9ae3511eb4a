//! Refreshes: each reserve, then the obligation. Nobody signs.

use super::{Parties, begin};
use crate::plan::{Call, Key, READ, WRITE};
use crate::save::Result;
use crate::save::ids::instruction;
use crate::save::obligation::Obligation;
use crate::save::reserve::Reserve;

/// Interest and price of a reserve up to this slot, from the oracle accounts
/// that it names.
///
/// # Errors
/// None for a list of this length; the type is that of every plan.
pub fn refresh_reserve(call: &mut Call, key: &Key, reserve: &Reserve) -> Result<()> {
    let oracles = reserve.oracles();
    begin(call, instruction::REFRESH_RESERVE)?;
    call.accounts(&[(key, WRITE), (oracles.pyth, READ), (oracles.switchboard, READ)])?;
    if let Some(extra) = oracles.extra {
        call.account(extra, READ)?;
    }
    Ok(())
}

/// Values of the obligation up to this slot; all its reserves must be fresh.
/// It may move a debt to the front and drops what is empty, so that a later
/// list has to be made from the bytes after it.
///
/// # Errors
/// None for ten reserves; the type is that of every plan.
pub fn refresh_obligation(
    call: &mut Call,
    parties: &Parties,
    obligation: &Obligation,
) -> Result<()> {
    begin(call, instruction::REFRESH_OBLIGATION)?;
    call.account(parties.obligation, WRITE)?;
    for reserve in obligation.reserves() {
        call.account(reserve, WRITE)?;
    }
    Ok(())
}
