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
