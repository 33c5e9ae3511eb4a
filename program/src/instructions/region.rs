//! `begin_region` and `end_region`: several instructions of a transaction,
//! checked once; `trestle_interface::region` says what holds in between.
//!
//! Trusts: the instructions sysvar, which the runtime writes, and that a
//! transaction runs all of its instructions or none. Guarantees: a region that
//! begins has its end in front of it, of the same account and no other in
//! between, so the session is idle again whenever a transaction succeeds. Both
//! run at the top level only: there nobody swallows a failure of the end.

use super::account::{expect_owner, expect_unlocked};
use crate::Result;
use crate::accounts::{Context, check_all, check_roles, expect_address, split_margin};
use crate::effect::settle_region;
use solana_program::account_info::AccountInfo;
use solana_program::instruction::{TRANSACTION_LEVEL_STACK_HEIGHT, get_stack_height};
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::{BeginRegionAccounts, OwnerAccounts};
use trestle_interface::args::BeginRegionArgs;
use trestle_interface::state::Session;
use trestle_interface::wire::decode;
use trestle_interface::{Tag, TrestleError};
use trestle_venue_adapters::transaction::{INSTRUCTIONS_SYSVAR, Instruction, Transaction};

/// Where both instructions name the margin account.
const ACCOUNT: usize = 1;

/// Opens a region on the owner's account.
#[inline(never)]
pub(crate) fn begin(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: BeginRegionArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, BeginRegionAccounts::<()>::ROLES)?;
    let (list, _) = BeginRegionAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    expect_top_level()?;
    expect_address(list.instructions, &Pubkey::new_from_array(INSTRUCTIONS_SYSVAR))?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let (account, _) = split_margin(&mut bytes, list.account, program_id)?;
    expect_owner(account, list.owner.key)?;
    expect_unlocked(account)?;
    let sysvar = list.instructions.try_borrow_data().map_err(|_| TrestleError::Borrowed)?;
    let transaction = Transaction::read(&sysvar).ok_or(TrestleError::Corrupt)?;
    expect_end(&transaction, program_id, list.account.key, args.end)?;
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

/// The instruction is the transaction's own, not another program's call.
fn expect_top_level() -> Result<()> {
    let top = get_stack_height() == TRANSACTION_LEVEL_STACK_HEIGHT;
    if top { Ok(()) } else { Err(TrestleError::RegionByCpi) }
}

/// The instruction of number `end` ends this account's region, and no other
/// begins or ends one of it before.
fn expect_end(
    transaction: &Transaction<'_>,
    program_id: &Pubkey,
    account: &Pubkey,
    end: u16,
) -> Result<()> {
    let current = transaction.current();
    let own = transaction.instruction(current).ok_or(TrestleError::Corrupt)?;
    if own.program != program_id.to_bytes() {
        return Err(TrestleError::RegionByCpi);
    }
    let on_account = |instruction: &Instruction<'_>| {
        instruction.program == program_id.to_bytes()
            && instruction.account(ACCOUNT) == Some(account.to_bytes())
    };
    let named = transaction.instruction(end).ok_or(TrestleError::RegionUnmatched)?;
    let ends = named.data == [Tag::EndRegion.byte()];
    if end <= current || !ends || !on_account(&named) {
        return Err(TrestleError::RegionUnmatched);
    }
    for number in current.saturating_add(1)..end {
        let other = transaction.instruction(number).ok_or(TrestleError::Corrupt)?;
        let tag = other.data.first().and_then(|byte| Tag::from_byte(*byte));
        let brackets = matches!(tag, Some(Tag::BeginRegion | Tag::EndRegion));
        if brackets && on_account(&other) {
            return Err(TrestleError::RegionNested);
        }
    }
    Ok(())
}
