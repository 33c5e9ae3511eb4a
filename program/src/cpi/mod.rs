//! Calls of other programs.

mod system;
mod token;
pub(crate) mod venue;

pub(crate) use system::{create_account, fund, grow, pay};
pub(crate) use token::{Signer, close_token_account, transfer};

use crate::Result;
use solana_program::account_info::AccountInfo;
use solana_program::instruction::Instruction;
use trestle_interface::TrestleError;

/// Runs a call, signed by the seeds if there are any.
///
/// A call that fails ends the transaction in the runtime; an error here means
/// that it could not be started.
fn invoke(instruction: &Instruction, accounts: &[AccountInfo], seeds: &[&[&[u8]]]) -> Result<()> {
    solana_program::program::invoke_signed(instruction, accounts, seeds)
        .map_err(|_| TrestleError::InnerCall)
}

/// [`invoke`] for accounts of which the caller has seen that none that the
/// instruction names is borrowed ([`expect_free`]). The library's own look
/// compares every name with every account.
fn invoke_free(instruction: &Instruction, all: &[AccountInfo], seeds: &[&[&[u8]]]) -> Result<()> {
    solana_program::program::invoke_signed_unchecked(instruction, all, seeds)
        .map_err(|_| TrestleError::InnerCall)
}

/// Nobody holds a borrow of an account that a call may read or write.
fn expect_free(info: &AccountInfo, writable: bool) -> Result<()> {
    let free = if writable {
        info.try_borrow_mut_lamports().is_ok() && info.try_borrow_mut_data().is_ok()
    } else {
        info.try_borrow_lamports().is_ok() && info.try_borrow_data().is_ok()
    };
    if free { Ok(()) } else { Err(TrestleError::Borrowed) }
}
