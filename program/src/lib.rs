//! Trestle: a generalized cross-margin program.
//!
//! Data flows one way: accounts, typed views, a pure plan, a call, a measured
//! difference, the check, the event. Numbers live in `trestle-risk-math`,
//! foreign bytes in `trestle-venue-adapters`, layouts in `trestle-interface`;
//! here are only the checks of identity and the order of steps.
//!
//! Trusts: the runtime, the token programs that listed mints name, and the
//! group's authorities within their bounds. Guarantees: an instruction either
//! returns an error of [`trestle_interface::TrestleError`] and changes
//! nothing, or leaves every account it touched above initial health or less
//! risky than before. A region puts that off to its end, in the same transaction.
#![deny(unsafe_code)]

mod accounts;
mod cpi;
mod delegate;
mod dispatch;
mod effect;
mod event;
mod exposure;
mod instructions;
mod slab;
mod venues;

use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::program_error::ProgramError;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;

/// Result of everything inside the program.
pub(crate) type Result<T> = core::result::Result<T, TrestleError>;

/// The program. Errors reach the caller as `ProgramError::Custom(code)`.
///
/// # Errors
/// A code of [`TrestleError`].
pub fn process(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    dispatch::dispatch(program_id, accounts, data)
        .map_err(|refused| ProgramError::Custom(refused.code()))
}

#[cfg(target_os = "solana")]
mod entrypoint {
    #![allow(missing_docs, unsafe_code)]
    use super::process;
    solana_program::entrypoint_no_alloc!(process);
}
