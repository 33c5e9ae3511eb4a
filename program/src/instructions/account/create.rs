//! `create_account`: a margin account at an address derived from its owner, if
//! the group's access lets the owner in.

use super::seat::{Applicant, optional_proof, optional_seat};
use crate::Result;
use crate::accounts::{check_roles, create as create_pda, read_mut, split_margin};
use crate::event;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::CreateAccountAccounts;
use trestle_interface::args::CreateAccountArgs;
use trestle_interface::state::{Group, MAX_POSITIONS, MIN_POSITIONS, MarginAccount};
use trestle_interface::wire::decode;
use trestle_interface::{TrestleError, pda};

/// Runs it.
#[inline(never)]
pub(crate) fn create(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let (args, proof) =
        data.split_at_checked(CreateAccountArgs::LEN).ok_or(TrestleError::ArgumentLength)?;
    let args: CreateAccountArgs = decode(args).ok_or(TrestleError::ArgumentLength)?;
    let proof = optional_proof(proof)?;
    let (list, seats) = CreateAccountAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let seat = optional_seat(seats)?;
    check_roles(accounts, CreateAccountAccounts::<()>::ROLES, &[])?;
    let capacity = usize::from(args.capacity);
    if !(MIN_POSITIONS..=MAX_POSITIONS).contains(&capacity) {
        return Err(TrestleError::BadCapacity);
    }
    let applicant = Applicant {
        owner: list.owner,
        payer: list.payer,
        system_program: list.system_program,
        seat,
        proof,
    };
    let mut group = read_mut::<Group>(list.group, program_id)?;
    applicant.admit(program_id, list.group, &mut group)?;
    group.accounts_opened = group.accounts_opened.wrapping_add(1);
    drop(group);
    let index = args.index.to_le_bytes();
    create_pda::<MarginAccount>(
        program_id,
        list.payer,
        list.account,
        list.system_program,
        &[pda::MARGIN, list.group.key.as_ref(), list.owner.key.as_ref(), &index],
        *list.group.key,
        capacity,
    )?;
    let (_, authority_bump) =
        Pubkey::find_program_address(&[pda::AUTHORITY, list.account.key.as_ref()], program_id);
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let (account, _) = split_margin(&mut bytes, list.account, program_id)?;
    account.owner = *list.owner.key;
    account.creator = *list.owner.key;
    account.index = args.index;
    account.authority_bump = authority_bump;
    event::log(list.account.key, [account.sequence; 2], &account.event(args.capacity, true));
    Ok(())
}
