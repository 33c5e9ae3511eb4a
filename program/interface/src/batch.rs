//! The frame of a batch: operations one after another, each with the accounts
//! it takes out of the instruction's list.
//!
//! ```text
//! tag, number of accounts, indices ..., length of arguments, arguments ...
//! ```
//!
//! All bytes. Indices count the accounts behind [`crate::accounts::OwnerAccounts`],
//! which all operations share; an account may serve many of them.

use crate::tag::Tag;

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

/// Writes the data of a batch into a caller's buffer, without allocation: the
/// tag of `batch`, then one operation after another.
#[derive(Debug)]
pub struct FrameWriter<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> FrameWriter<'a> {
    /// Begins a batch. `None` for an empty buffer.
    #[must_use]
    pub fn new(out: &'a mut [u8]) -> Option<Self> {
        *out.first_mut()? = Tag::Batch.byte();
        Some(Self { out, len: 1 })
    }

    /// Appends an operation: its accounts as indices, its encoded arguments.
    /// `None`, and the batch as it was, when the buffer is full or a byte does
    /// not count the accounts or the arguments.
    #[must_use]
    pub fn push(
        &mut self,
        tag: Tag,
        accounts: impl ExactSizeIterator<Item = u8>,
        args: &[u8],
    ) -> Option<()> {
        let count = u8::try_from(accounts.len()).ok()?;
        let args_len = u8::try_from(args.len()).ok()?;
        let step = encoded_len(accounts.len(), args.len());
        let end = self.len.checked_add(step)?;
        let head = [tag.byte(), count].into_iter().chain(accounts).chain([args_len]);
        let bytes = head.chain(args.iter().copied());
        for (to, byte) in self.out.get_mut(self.len..end)?.iter_mut().zip(bytes) {
            *to = byte;
        }
        self.len = end;
        Some(())
    }

    /// The instruction's data.
    #[must_use]
    pub fn finish(self) -> &'a [u8] {
        self.out.get(..self.len).unwrap_or(&[])
    }
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
