//! Token programs: transfers and closing, the same path for both programs.
//!
//! What a transfer did is measured by the caller; the requested amount proves
//! nothing. The caller has checked that the program is one of the two: the
//! instructions' data comes from the interface crate, but their account lists
//! are built here, since its constructors compare program ids a second time
//! at 3,000 CU a call.

use super::invoke;
use crate::Result;
use solana_program::account_info::AccountInfo;
use solana_program::instruction::{AccountMeta, Instruction};
use spl_token_2022_interface::instruction::TokenInstruction;
use trestle_interface::TrestleError;

/// Who signs a transfer.
pub(crate) enum Signer<'a> {
    /// A signer of the transaction.
    Transaction,
    /// A program-derived address.
    Seeds(&'a [&'a [u8]]),
}

/// Moves `amount` native units of a mint.
#[allow(clippy::too_many_arguments)] // the instruction's own list
pub(crate) fn transfer<'i>(
    token_program: &AccountInfo<'i>,
    from: &AccountInfo<'i>,
    mint: &AccountInfo<'i>,
    to: &AccountInfo<'i>,
    authority: &AccountInfo<'i>,
    amount: u64,
    decimals: u8,
    signer: &Signer<'_>,
) -> Result<()> {
    if core::ptr::eq(from.key, to.key) {
        return Err(TrestleError::DuplicateAccount);
    }
    let instruction = Instruction {
        program_id: *token_program.key,
        accounts: vec![
            AccountMeta::new(*from.key, false),
            AccountMeta::new_readonly(*mint.key, false),
            AccountMeta::new(*to.key, false),
            AccountMeta::new_readonly(*authority.key, true),
        ],
        data: TokenInstruction::TransferChecked { amount, decimals }.pack(),
    };
    let infos = [from.clone(), mint.clone(), to.clone(), authority.clone()];
    match signer {
        Signer::Transaction => invoke(&instruction, &infos, &[]),
        Signer::Seeds(seeds) => invoke(&instruction, &infos, &[seeds]),
    }
}

/// Closes an empty token account; its rent goes to `to`.
pub(crate) fn close_token_account<'i>(
    token_program: &AccountInfo<'i>,
    info: &AccountInfo<'i>,
    to: &AccountInfo<'i>,
    authority: &AccountInfo<'i>,
    seeds: &[&[u8]],
) -> Result<()> {
    let instruction = Instruction {
        program_id: *token_program.key,
        accounts: vec![
            AccountMeta::new(*info.key, false),
            AccountMeta::new(*to.key, false),
            AccountMeta::new_readonly(*authority.key, true),
        ],
        data: TokenInstruction::CloseAccount.pack(),
    };
    invoke(&instruction, &[info.clone(), to.clone(), authority.clone()], &[seeds])
}
