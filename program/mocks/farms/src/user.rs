//! Users: registered and staked by the farm's delegate.

use crate::ID;
use crate::state::{Farm, USER_LEN, User};
use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::program::invoke_signed;
use solana_program::program_error::ProgramError;
use solana_program::pubkey::Pubkey;
use solana_program::rent::Rent;
use solana_program::sysvar::Sysvar;

/// Seed of a user.
const SEED: &[u8] = b"user";

/// `initialize_user`: authority, payer, owner, delegatee, user, farm, System
/// program, rent.
pub(crate) fn initialize(accounts: &[AccountInfo<'_>]) -> ProgramResult {
    let [authority, payer, owner, delegatee, user, farm, _, _] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    is_delegate(authority, &Farm::load(farm)?)?;
    let seeds = [SEED, farm.key.as_ref(), delegatee.key.as_ref()];
    let (address, bump) = Pubkey::find_program_address(&seeds, &ID);
    if address != *user.key {
        return Err(ProgramError::InvalidSeeds);
    }
    let create = solana_system_interface::instruction::create_account(
        payer.key,
        user.key,
        Rent::get()?.minimum_balance(USER_LEN),
        USER_LEN as u64,
        &ID,
    );
    let bump_seed = [bump];
    let signer = [SEED, farm.key.as_ref(), delegatee.key.as_ref(), &bump_seed];
    invoke_signed(&create, &[payer.clone(), user.clone()], &[&signer])?;
    let (farm, owner, delegatee) = (*farm.key, *owner.key, *delegatee.key);
    let new = User { farm, owner, delegatee, stake: 0, bump };
    new.store(&mut user.try_borrow_mut_data()?);
    Ok(())
}

/// `set_stake_delegated`: delegate, user, farm.
pub(crate) fn set_stake(accounts: &[AccountInfo<'_>], args: &[u8]) -> ProgramResult {
    let [delegate, user, farm] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let stake = args.try_into().map_err(|_| ProgramError::InvalidInstructionData)?;
    is_delegate(delegate, &Farm::load(farm)?)?;
    let known = User::load(user)?;
    if known.farm != *farm.key {
        return Err(ProgramError::InvalidAccountData);
    }
    let staked = User { stake: u64::from_le_bytes(stake).into(), ..known };
    staked.store(&mut user.try_borrow_mut_data()?);
    Ok(())
}

fn is_delegate(info: &AccountInfo<'_>, farm: &Farm) -> ProgramResult {
    if !info.is_signer {
        return Err(ProgramError::MissingRequiredSignature);
    }
    if *info.key != farm.delegate {
        return Err(ProgramError::IncorrectAuthority);
    }
    Ok(())
}
