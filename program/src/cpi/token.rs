//! Token programs: transfers and closing, the same path for both programs.
//!
//! What a transfer did is measured by the caller; the requested amount proves
//! nothing.

use super::invoke;
use crate::Result;
use solana_program::account_info::AccountInfo;
use spl_token_2022_interface::instruction as token;
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
    let instruction = token::transfer_checked(
        token_program.key,
        from.key,
        mint.key,
        to.key,
        authority.key,
        &[],
        amount,
        decimals,
    )
    .map_err(|_| TrestleError::WrongProgram)?;
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
    let instruction = token::close_account(token_program.key, info.key, to.key, authority.key, &[])
        .map_err(|_| TrestleError::WrongProgram)?;
    invoke(&instruction, &[info.clone(), to.clone(), authority.clone()], &[seeds])
}
