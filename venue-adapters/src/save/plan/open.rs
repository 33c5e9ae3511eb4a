//! Opening an obligation.

use super::{Parties, begin};
use crate::plan::{Call, READ, SIGN, WRITE};
use crate::save::Result;
use crate::save::ids::{RENT_SYSVAR, instruction};
use crate::token::TOKEN_PROGRAM;

/// Makes the owner's obligation out of an account that the caller has created:
/// [`crate::save::layout::obligation::LEN`] zero bytes, rent-exempt, owned by Save.
///
/// # Errors
/// None for a list of this length; the type is that of every plan.
pub fn init_obligation(call: &mut Call, parties: &Parties) -> Result<()> {
    begin(call, instruction::INIT_OBLIGATION)?;
    call.accounts(&[
        (parties.obligation, WRITE),
        (parties.market, READ),
        (parties.owner, SIGN),
        (&RENT_SYSVAR, READ),
        (&TOKEN_PROGRAM, READ),
    ])?;
    Ok(())
}
