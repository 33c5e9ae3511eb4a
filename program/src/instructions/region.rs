//! `begin_region` and `end_region`: several instructions of a transaction,
//! checked once; `trestle_interface::region` says what holds in between.
//!
//! Trusts: the instructions sysvar, which the runtime writes, and that a
//! transaction runs all of its instructions or none. Guarantees: a region that
//! begins has its end in front of it, of the same account and no other in
//! between, so the session is idle again whenever a transaction succeeds. Both
//! run at the top level only: there nobody swallows a failure of the end.

use super::account::{expect_owner, expect_unlocked};
use super::session::{Bracket, expect_top_level};
use crate::Result;
use crate::accounts::{Context, check_all, check_roles, split_margin};
use crate::effect::settle_region;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::{BeginRegionAccounts, OwnerAccounts};
use trestle_interface::args::BeginRegionArgs;
use trestle_interface::state::Session;
use trestle_interface::wire::decode;
use trestle_interface::{Tag, TrestleError};

/// Opens a region on the owner's account.
#[inline(never)]
pub(crate) fn begin(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: BeginRegionArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, BeginRegionAccounts::<()>::ROLES)?;
    let (list, _) = BeginRegionAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    expect_top_level()?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let (account, _) = split_margin(&mut bytes, list.account, program_id)?;
    expect_owner(account, list.owner.key)?;
    expect_unlocked(account)?;
    let bracket = Bracket { account: list.account.key, signer: None, ends: Tag::EndRegion };
    bracket.expect_end(program_id, list.instructions, args.end)?;
    account.session = Session::Region.byte();
    Ok(())
}

/// Closes the owner's region and checks what was done in it.
#[inline(never)]
pub(crate) fn end(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    if !data.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    check_roles(accounts, OwnerAccounts::<()>::ROLES, &[])?;
    let (list, rest) = OwnerAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    expect_top_level()?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let (account, _) = split_margin(&mut bytes, list.account, program_id)?;
    if account.session != Session::Region.byte() {
        return Err(TrestleError::RegionNotOpen);
    }
    if account.owner != *list.authority.key {
        return Err(TrestleError::NotOwner);
    }
    account.session = Session::Idle.byte();
    let mut context = Context::load(
        program_id,
        list.authority,
        list.account,
        &mut bytes,
        list.prices,
        list.markets,
    )?;
    settle_region(&mut context, rest)?;
    context.margin.publish(context.account, 1);
    Ok(())
}
