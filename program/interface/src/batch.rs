//! The frame of a batch: operations one after another, each with the accounts
//! it takes out of the instruction's list.
//!
//! ```text
//! tag, number of accounts, indices ..., length of arguments, arguments ...
//! ```
//!
//! All bytes. Indices count the accounts behind [`crate::accounts::OwnerAccounts`],
//! which all operations share; an account may serve many of them.

/// One operation of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// Tag of the operation.
    pub tag: u8,
    /// Its accounts, as indices.
    pub accounts: &'a [u8],
    /// Its arguments.
    pub args: &'a [u8],
}

/// Takes the next operation off a frame; `None` when bytes are missing.
#[must_use]
pub fn next(frame: &[u8]) -> Option<(Step<'_>, &[u8])> {
    let (tag, rest) = frame.split_first()?;
    let (accounts, rest) = counted(rest)?;
    let (args, rest) = counted(rest)?;
    Some((Step { tag: *tag, accounts, args }, rest))
}

fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (count, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*count))
}

/// Length of an operation in a frame.
#[must_use]
pub const fn encoded_len(accounts: usize, args: usize) -> usize {
    accounts.saturating_add(args).saturating_add(3)
}

/// Most instructions, inner ones included, that one transaction may run.
pub const MAX_TRACE: u32 = 64;

/// Most operations of a batch that call a venue. Memory is given back only when
/// the instruction ends: 32 KiB hold the calls of so many on obligations that
/// use a few reserves.
pub const MAX_VENUE_OPERATIONS: u32 = 6;

/// Bits by which the number of the failed operation, from one, stands above
/// the code of its error.
const STEP_BITS: u32 = 16;

/// The code of an error in operation `step` of a batch, counted from zero.
#[must_use]
pub const fn code_in_step(code: u32, step: u8) -> u32 {
    code | (step_number(step) << STEP_BITS)
}

#[allow(clippy::as_conversions, clippy::cast_lossless)] // widening in a const fn
const fn step_number(step: u8) -> u32 {
    (step as u32).saturating_add(1)
}

/// The error's own code, and the operation of a batch that it came from.
#[must_use]
pub fn split_code(code: u32) -> (u32, Option<u8>) {
    let own = code & 0xffff;
    let step = code.wrapping_shr(STEP_BITS).checked_sub(1);
    (own, step.and_then(|step| u8::try_from(step).ok()))
}
