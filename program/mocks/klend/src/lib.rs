//! A mock of Kamino Lend (klend), release 1.16, at its mainnet address.
//!
//! Native, written from the public facts of klend's ABI, layouts and rules, with
//! offsets and arithmetic of its own: nothing here is shared with Trestle's
//! adapters, so a mistake there is not repeated here. Recorded conversations with
//! the real program are replayed against it (`program/packs/tests`).
//!
//! It checks accounts, order, writability and freshness, accrues and rounds,
//! moves tokens through the token programs, and refuses with klend's codes.
//! The module `roles` describes the checks that klend's framework makes.
//!
//! Chosen differences:
//! - markets and reserves are not created or configured by instructions: tests
//!   write the accounts;
//! - prices come from Pyth only; referrers, flash loans, withdraw queues, orders,
//!   rollovers and token extensions are not modelled;
//! - version 1 instructions are always refused: by a call with 6080, at the top
//!   level with 6051;
//! - of klend's causes for liquidation only the loan-to-value counts;
//! - where klend panics (wrong trailing accounts, wrong seeds of a tag) there is
//!   a code;
//! - [`hostile`]: a byte that klend ignores makes it misbehave.

#![allow(clippy::cast_possible_truncation)] // the number modules say what they cut

mod accounts;
pub mod error;
pub mod fraction;
pub mod hostile;
pub mod ids;
mod instructions;
mod roles;
pub mod rules;
pub mod state;
mod token;
pub mod wide;

use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::pubkey::Pubkey;

/// The program.
///
/// # Errors
/// klend's codes, and its framework's.
pub fn process<'a>(
    _program_id: &Pubkey,
    accounts: &'a [AccountInfo<'a>],
    data: &[u8],
) -> ProgramResult {
    instructions::dispatch(accounts, data)
}

#[cfg(target_os = "solana")]
mod entrypoint {
    #![allow(missing_docs)]
    use super::process;
    solana_program::entrypoint!(process);
}
