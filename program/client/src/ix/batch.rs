//! Several operations in one instruction.

use super::Trestle;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::accounts::OwnerAccounts;
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
        let mut data = vec![Tag::Batch.byte()];
        for (number, operation) in operations.iter().enumerate() {
            let (own, rest) = operation
                .accounts
                .split_at_checked(shared)
                .filter(|(own, _)| *own == prefix)
                .ok_or(BatchError::Foreign(number))?;
            debug_assert_eq!(own.len(), shared);
            let (tag, args) = operation.data.split_first().ok_or(BatchError::Foreign(number))?;
            let byte = |count: usize| u8::try_from(count).map_err(|_| BatchError::Long(number));
            data.push(*tag);
            data.push(byte(rest.len())?);
            for meta in rest {
                data.push(byte(place(&mut accounts, meta))?);
            }
            data.push(byte(args.len())?);
            data.extend_from_slice(args);
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
