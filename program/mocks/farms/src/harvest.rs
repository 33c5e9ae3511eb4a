//! `harvest_reward`: the owner takes a fixed reward while there is stake.

use crate::ID;
use crate::state::{Farm, REWARD, User};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::instruction::{AccountMeta, Instruction};
use solana_program::program::invoke_signed;
use solana_program::program_error::ProgramError;
use solana_program::pubkey::Pubkey;

/// Seed of the address that holds a farm's vaults.
const AUTHORITY: &[u8] = b"authority";

/// Owner, user, farm, global config, reward mint, the owner's token account,
/// reward vault, treasury vault, vaults' authority, prices, token program.
pub(crate) fn run(accounts: &[AccountInfo<'_>]) -> ProgramResult {
    let [owner, user, farm, _, mint, destination, vault, _, authority, _, program] = accounts
    else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    Farm::load(farm)?;
    let known = User::load(user)?;
    if !owner.is_signer {
        return Err(ProgramError::MissingRequiredSignature);
    }
    let holder = destination.try_borrow_data()?.get(32..64) == Some(owner.key.as_ref());
    if known.owner != *owner.key || known.farm != *farm.key || !holder {
        return Err(ProgramError::IncorrectAuthority);
    }
    if known.stake == 0 {
        return Ok(());
    }
    let (address, bump) = Pubkey::find_program_address(&[AUTHORITY, farm.key.as_ref()], &ID);
    if address != *authority.key {
        return Err(ProgramError::InvalidSeeds);
    }
    let decimals = *mint.try_borrow_data()?.get(44).ok_or(ProgramError::InvalidAccountData)?;
    let mut data = vec![12];
    data.extend_from_slice(&REWARD.to_le_bytes());
    data.push(decimals);
    let transfer = Instruction {
        program_id: *program.key,
        accounts: vec![
            AccountMeta::new(*vault.key, false),
            AccountMeta::new_readonly(*mint.key, false),
            AccountMeta::new(*destination.key, false),
            AccountMeta::new_readonly(*authority.key, true),
        ],
        data,
    };
    let infos = [vault.clone(), mint.clone(), destination.clone(), authority.clone()];
    invoke_signed(&transfer, &infos, &[&[AUTHORITY, farm.key.as_ref(), &[bump]]])
}
