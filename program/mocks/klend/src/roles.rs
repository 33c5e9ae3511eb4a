//! What the framework checks of an instruction's accounts before klend runs:
//! one word per account, in the instruction's order.
//!
//! `S` signer, `?` optional (absent: klend's own id), `-` neither; then `W` for
//! writable; then the kind:
//!
//! | kind | account |
//! |---|---|
//! | `m` `r` `o` `d` | market, reserve, obligation, user metadata: klend's, by discriminator |
//! | `t` `M` | token account, mint of either token program |
//! | `T` `i` | SPL Token; either token program |
//! | `f` `u` | the farms program; an account of it |
//! | `s` `R` `y` | instructions sysvar, rent sysvar, System program |
//! | `.` | anything |
//!
//! Parsing (count, signatures, kinds) comes first, writability after it, as in
//! the framework. klend's nested lists are taken as one list here, so of two
//! faults in one call another may be named first.

use crate::error::*;
use crate::ids;
use crate::state::{Market, Metadata, Obligation, Reserve};
use solana_program::account_info::AccountInfo;
use solana_program::program_error::ProgramError;

/// Checks the accounts at the front of the list; the rest is left alone.
pub fn check(accounts: &[AccountInfo<'_>], roles: &str) -> Result<()> {
    let words = roles.split_ascii_whitespace();
    ensure(accounts.len() >= words.clone().count(), NOT_ENOUGH_ACCOUNTS)?;
    for (info, word) in accounts.iter().zip(words.clone()) {
        let role = word.as_bytes();
        if !absent(info, role) {
            ensure(role[0] != b'S' || info.is_signer, NOT_SIGNER)?;
            kind(info, role[2])?;
        }
    }
    for (info, word) in accounts.iter().zip(words) {
        let role = word.as_bytes();
        ensure(absent(info, role) || role[1] != b'W' || info.is_writable, CONSTRAINT_MUT)?;
    }
    Ok(())
}

fn absent(info: &AccountInfo<'_>, role: &[u8]) -> bool {
    role[0] == b'?' && *info.key == ids::KLEND
}

fn kind(info: &AccountInfo<'_>, kind: u8) -> Result<()> {
    match kind {
        b'm' => ours(info, &Market::DISCRIMINATOR),
        b'r' => ours(info, &Reserve::DISCRIMINATOR),
        b'o' => ours(info, &Obligation::DISCRIMINATOR),
        b'd' => ours(info, &Metadata::DISCRIMINATOR),
        b't' => token(info, 165),
        b'M' => token(info, 82),
        b'T' => ensure(*info.key == ids::TOKEN, WRONG_PROGRAM),
        b'i' => ensure([ids::TOKEN, ids::TOKEN_2022].contains(info.key), WRONG_PROGRAM),
        b'f' => ensure(*info.key == ids::FARMS, WRONG_PROGRAM),
        b'u' => ensure(*info.owner == ids::FARMS, WRONG_OWNER),
        b's' => ensure(*info.key == ids::INSTRUCTIONS, CONSTRAINT_ADDRESS),
        b'R' => ensure(*info.key == ids::RENT, CONSTRAINT_ADDRESS),
        b'y' => ensure(*info.key == ids::SYSTEM, WRONG_PROGRAM),
        _ => Ok(()),
    }
}

/// An account of klend, by discriminator.
pub fn ours(info: &AccountInfo<'_>, discriminator: &[u8; 8]) -> Result<()> {
    ensure(*info.owner == ids::KLEND, WRONG_OWNER)?;
    let data = info.try_borrow_data()?;
    let found = data.get(..8).ok_or(NO_DISCRIMINATOR)?;
    ensure(found == discriminator, WRONG_DISCRIMINATOR)
}

fn token(info: &AccountInfo<'_>, len: usize) -> Result<()> {
    if *info.owner == ids::SYSTEM && info.lamports() == 0 {
        return Err(NOT_INITIALIZED);
    }
    ensure([ids::TOKEN, ids::TOKEN_2022].contains(info.owner), WRONG_OWNER)?;
    ensure(info.data_len() >= len, ProgramError::InvalidAccountData)
}
