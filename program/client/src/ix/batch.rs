//! Several operations in one instruction.

use super::Trestle;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::accounts::OwnerAccounts;
use trestle_interface::batch::{FrameWriter, encoded_len};
use trestle_interface::tag::Tag;

/// Why operations cannot be batched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchError {
    /// No operation at all.
    Empty,
    /// Operation of this number is no owner's operation on the first one's account.
    Foreign(usize),
    /// More accounts or arguments than a byte counts, in the operation of this number.
    Long(usize),
}

impl Trestle {
    /// One instruction that runs `operations`, each as this crate builds it
    /// alone, all on one margin account of one owner, checked once at the end.
    /// `reads` are accounts for the check, as [`Trestle::reads`] gives them.
    ///
    /// # Errors
    /// [`BatchError`].
    pub fn batch(
        &self,
        operations: &[Instruction],
        reads: &[AccountMeta],
    ) -> Result<Instruction, BatchError> {
        let shared = OwnerAccounts::<()>::LEN;
        let prefix = operations.first().and_then(|op| op.accounts.get(..shared));
        let prefix = prefix.ok_or(BatchError::Empty)?;
        let mut accounts: Vec<AccountMeta> = vec![];
        let len = |operation: &Instruction| {
            let own = operation.accounts.len().saturating_sub(shared);
            encoded_len(own, operation.data.len().saturating_sub(1))
        };
        let total = operations.iter().map(len).fold(1, usize::saturating_add);
        let mut data = vec![0; total];
        let mut frame = FrameWriter::new(&mut data).ok_or(BatchError::Empty)?;
        for (number, operation) in operations.iter().enumerate() {
            let (_, rest) = operation
                .accounts
                .split_at_checked(shared)
                .filter(|(own, _)| *own == prefix)
                .ok_or(BatchError::Foreign(number))?;
            let (tag, args) = operation.data.split_first().ok_or(BatchError::Foreign(number))?;
            let tag = Tag::from_byte(*tag).ok_or(BatchError::Foreign(number))?;
            let long = BatchError::Long(number);
            let byte = |meta| u8::try_from(place(&mut accounts, meta)).map_err(|_| long);
            let indices = rest.iter().map(byte).collect::<Result<Vec<u8>, _>>()?;
            frame.push(tag, indices.into_iter(), args).ok_or(long)?;
        }
        for meta in reads {
            place(&mut accounts, meta);
        }
        let accounts = prefix.iter().cloned().chain(accounts).collect();
        Ok(Instruction { program_id: self.program_id, accounts, data })
    }
}

/// Where an account stands in the list, which it joins if it is new; it keeps
/// the most that any operation asks of it.
fn place(accounts: &mut Vec<AccountMeta>, meta: &AccountMeta) -> usize {
    match accounts.iter().position(|known| known.pubkey == meta.pubkey) {
        Some(at) => {
            if let Some(known) = accounts.get_mut(at) {
                known.is_signer |= meta.is_signer;
                known.is_writable |= meta.is_writable;
            }
            at
        }
        None => {
            accounts.push(meta.clone());
            accounts.len().saturating_sub(1)
        }
    }
}
