//! A mock of Kamino Farms, as far as Kamino Lend calls it, at its mainnet address.
//!
//! A farm's delegate (a market's authority) registers users and sets their
//! stakes; a user's owner harvests. There is one reward, of a fixed amount per
//! harvest, from a vault that the farm's own address holds.

#![allow(clippy::cast_possible_truncation)] // offsets and lengths of known accounts

mod harvest;
mod state;
mod user;

use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::program_error::ProgramError;
use solana_program::pubkey::Pubkey;

pub use state::{FARM_LEN, Farm, REWARD, USER_LEN, User};

/// Kamino Farms on mainnet.
pub const ID: Pubkey = Pubkey::from_str_const("FarmsPZpWu9i7Kky8tPN37rs2TpmMrAZrC7S7vJa91Hr");

/// The program.
///
/// # Errors
/// Errors of the runtime, or of the framework that the real one is written in.
pub fn process(_program_id: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let (discriminator, args) =
        data.split_first_chunk::<8>().ok_or(ProgramError::InvalidInstructionData)?;
    match u64::from_be_bytes(*discriminator) {
        0x6f11_b9fa_3c7a_26fe => user::initialize(accounts),
        0x49ab_b84b_1e38_c6df => user::set_stake(accounts, args),
        0x44c8_e4e9_b820_e2bc => harvest::run(accounts),
        _ => Err(ProgramError::Custom(101)),
    }
}

#[cfg(target_os = "solana")]
mod entrypoint {
    #![allow(missing_docs)]
    use super::process;
    solana_program::entrypoint!(process);
}
