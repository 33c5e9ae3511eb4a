//! Elevation groups.

use super::{Parties, all_reserves};
use crate::kamino::Result;
use crate::kamino::ids::{PROGRAM, instruction};
use crate::kamino::obligation::Obligation;
use crate::plan::{Call, READ, SIGN, WRITE};

/// Asks for elevation group `group`, zero to leave the present one.
///
/// # Errors
/// None for thirteen reserves; the type is that of every plan.
pub fn request_group(
    call: &mut Call,
    parties: &Parties,
    obligation: &Obligation,
    group: u8,
) -> Result<()> {
    call.start(&PROGRAM);
    call.push(&instruction::REQUEST_ELEVATION_GROUP)?;
    call.push(&[group])?;
    call.accounts(&[(parties.owner, SIGN), (parties.obligation, WRITE), (parties.market, READ)])?;
    all_reserves(call, obligation)
}
