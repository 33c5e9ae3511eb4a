//! A vault on Trestle: a sample of a program that composes it by CPI.
//!
//! Users bring one asset and get shares. The vault's derived address owns a
//! margin account; a manager loops its tokens: borrow at Trestle's pool, supply
//! at Kamino. Nobody but the vault signs for the margin account, and nothing
//! leaves it but against a user's shares.
//!
//! What to copy:
//!
//! 1. **Own a margin account** ([`setup::init`]): `create_account` with the
//!    derived address as owner, who need not pay. In the cohort phase the owner
//!    to be invited is that address.
//! 2. **Compose** ([`trestle::Margin::batch`]): several operations in one call of
//!    `batch`, all or nothing, checked once at the end. The frame is written
//!    into an array on the stack. Tags, amounts and the margin account are the
//!    program's own; accounts that Trestle checks by its board pass through.
//! 3. **Believe no report but Trestle's** ([`trestle::Margin::health`]): return
//!    data says who set it, and `HealthReport::returned_by` asks.
//! 4. **Value by difference** ([`shares`]): equity before and after, from two
//!    reports, is what a deposit or a withdrawal was worth. No price of one's
//!    own; guards in the same batch (`assert_rate`) see to rows of this slot.
//! 5. **Let errors through** ([`error`]): a failed call ends the transaction with
//!    Trestle's code, and in a batch with the number of the operation.
//!
//! Depth: transaction, vault, Trestle, venue, token program (or a venue's
//! farms, and the system program behind them when a stake opens), which is five
//! levels of the five that the runtime runs today.
//!
//! Trusts: Trestle, the manager's choice of size within the floor, the listed
//! asset. It is a sample: the manager alone unwinds, so that users wait for it
//! while everything is supplied; there are no fees and no end of a vault.
//!
//! | tag | instruction | who |
//! |---|---|---|
//! | 0 | [`setup::init`] | manager |
//! | 1 | [`setup::open`] | manager |
//! | 2 | [`setup::join`] | user |
//! | 3 | [`acts::deposit`] | user |
//! | 4 | [`acts::withdraw`] | user |
//! | 5 | [`acts::enter`] | manager |
//! | 6 | [`acts::unwind`] | manager |
#![deny(unsafe_code)]

pub mod acts;
pub mod error;
pub mod setup;
pub mod shares;
pub mod state;
pub mod trestle;

use error::VaultError;
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::pubkey::Pubkey;
use state::Vault;
use trestle_interface::accounts::Role;
use trestle_interface::wire::{Wire, decode};

/// Runs an instruction: a tag, then its arguments.
///
/// # Errors
/// A code of [`VaultError`], of Trestle's or of another program below.
pub fn process(program_id: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let (tag, args) = data.split_first().ok_or(VaultError::BadData)?;
    match tag {
        0 => setup::init(program_id, accounts, args),
        1 => setup::open(program_id, accounts, args),
        2 => setup::join(program_id, accounts, args),
        3 => acts::deposit(program_id, accounts, args),
        4 => acts::withdraw(program_id, accounts, args),
        5 => acts::enter(program_id, accounts, args),
        6 => acts::unwind(program_id, accounts, args),
        _ => Err(VaultError::BadData.into()),
    }
}

/// Arguments that fill `data`.
fn decoded<T: Wire>(data: &[u8]) -> Result<T, VaultError> {
    decode(data).ok_or(VaultError::BadData)
}

/// Who must have signed has, and what must be writable is.
fn expect_roles(accounts: &[AccountInfo<'_>], roles: &[Role]) -> Result<(), VaultError> {
    let lacks = |(info, role): (&AccountInfo<'_>, &Role)| {
        (role.signer && !info.is_signer) || (role.writable && !info.is_writable)
    };
    if accounts.iter().zip(roles).any(lacks) { Err(VaultError::BadRole) } else { Ok(()) }
}

fn expect_manager(vault: &Vault, actor: &AccountInfo<'_>) -> Result<(), VaultError> {
    if *actor.key == vault.manager { Ok(()) } else { Err(VaultError::NotManager) }
}

#[cfg(target_os = "solana")]
mod entrypoint {
    #![allow(missing_docs, unsafe_code)]
    use super::process;
    solana_program::entrypoint!(process);
}
