//! Opening: the owner's metadata, once, and an obligation in a market.

use super::Parties;
use crate::kamino::Result;
use crate::kamino::ids::{PROGRAM, RENT_SYSVAR, SYSTEM_PROGRAM, instruction};
use crate::kamino::seeds::TAG;
use crate::plan::{Call, Key, READ, SIGN, SIGN_WRITE, WRITE};

/// Creates the owner's metadata, without referrer and lookup table.
///
/// `payer` signs as well: System-owned, without data. It pays rent for 1,032 bytes.
///
/// # Errors
/// None for a list of this length; the type is that of every plan.
pub fn init_user_metadata(call: &mut Call, owner: &Key, payer: &Key, metadata: &Key) -> Result<()> {
    call.start(&PROGRAM);
    call.push(&instruction::INIT_USER_METADATA)?;
    call.push(&[0; 32])?; // lookup table
    call.accounts(&[
        (owner, SIGN),
        (payer, SIGN_WRITE),
        (metadata, WRITE),
        (&PROGRAM, READ), // no referrer
        (&RENT_SYSVAR, READ),
        (&SYSTEM_PROGRAM, READ),
    ])?;
    Ok(())
}

/// Creates obligation number `id` of the owner in a market.
///
/// `payer` signs as well: System-owned, without data. It pays rent for 3,344
/// bytes, which klend gives to the owner when the obligation closes.
///
/// # Errors
/// None for a list of this length; the type is that of every plan.
pub fn init_obligation(
    call: &mut Call,
    parties: &Parties,
    payer: &Key,
    metadata: &Key,
    id: u8,
) -> Result<()> {
    call.start(&PROGRAM);
    call.push(&instruction::INIT_OBLIGATION)?;
    call.push(&[TAG, id])?;
    call.accounts(&[
        (parties.owner, SIGN),
        (payer, SIGN_WRITE),
        (parties.obligation, WRITE),
        (parties.market, READ),
        (&SYSTEM_PROGRAM, READ), // no seed accounts
        (&SYSTEM_PROGRAM, READ),
        (metadata, READ),
        (&RENT_SYSVAR, READ),
        (&SYSTEM_PROGRAM, READ),
    ])?;
    Ok(())
}
