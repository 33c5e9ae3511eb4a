//! `propose_owner` and `accept_owner`: an account changes hands in two steps.
//!
//! The address does not change: it derives from the creator. Neither do
//! positions, custody or venue accounts, which the authority owns. What the
//! old owner gave to others ends: delegates and the proposal. In the cohort
//! phase the new owner must hold a seat or take one (ruling 19).

use super::seat::{Applicant, optional_proof, optional_seat};
use super::{expect_idle, expect_owner, expect_unlocked, record};
use crate::Result;
use crate::accounts::{check_all, check_roles, expect_address, read_mut, split_margin};
use bytemuck::Zeroable;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{AcceptOwnerAccounts, OwnerOnlyAccounts};
use trestle_interface::args::ProposeOwnerArgs;
use trestle_interface::state::{Delegate, Group, MAX_DELEGATES};
use trestle_interface::wire::decode;

/// Names who may take the account over; nobody to take it back.
#[inline(never)]
pub(crate) fn propose_owner(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    let args: ProposeOwnerArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, OwnerOnlyAccounts::<()>::ROLES)?;
    let (list, _) = OwnerOnlyAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let (account, slab) = split_margin(&mut bytes, list.account, program_id)?;
    expect_owner(account, list.owner.key)?;
    if args.new_owner == account.owner {
        return Err(TrestleError::OutOfRange);
    }
    if args.new_owner != Pubkey::default() {
        expect_unlocked(account)?;
    }
    account.pending_owner = args.new_owner;
    record(list.account.key, account, slab.len());
    Ok(())
}

/// Takes the account over.
#[inline(never)]
pub(crate) fn accept_owner(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    let proof = optional_proof(data)?;
    let (list, seats) = AcceptOwnerAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let seat = optional_seat(seats)?;
    check_roles(accounts, AcceptOwnerAccounts::<()>::ROLES, &[])?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let (account, slab) = split_margin(&mut bytes, list.account, program_id)?;
    let named = account.pending_owner != Pubkey::default();
    if !named || account.pending_owner != *list.new_owner.key {
        return Err(TrestleError::NotPendingOwner);
    }
    expect_idle(account)?;
    expect_unlocked(account)?;
    expect_address(list.group, &account.header.group)?;
    let applicant = Applicant {
        owner: list.new_owner,
        payer: list.payer,
        system_program: list.system_program,
        seat,
        proof,
    };
    applicant.admit(program_id, list.group, &mut *read_mut::<Group>(list.group, program_id)?)?;
    account.owner = *list.new_owner.key;
    account.pending_owner = Pubkey::default();
    account.delegates = [Delegate::zeroed(); MAX_DELEGATES];
    record(list.account.key, account, slab.len());
    Ok(())
}
