//! `set_delegate`: the owner adds, replaces or removes a delegate.

use super::{expect_owner, expect_unlocked, record};
use crate::Result;
use crate::accounts::{check_all, now, split_margin};
use crate::delegate::position;
use bytemuck::Zeroable;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::OwnerOnlyAccounts;
use trestle_interface::args::SetDelegateArgs;
use trestle_interface::permission;
use trestle_interface::state::{Delegate, MarginAccount};
use trestle_interface::wire::decode;

/// Runs it.
#[inline(never)]
pub(crate) fn set_delegate(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    let args: SetDelegateArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, OwnerOnlyAccounts::<()>::ROLES)?;
    let (list, _) = OwnerOnlyAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let (account, slab) = split_margin(&mut bytes, list.account, program_id)?;
    expect_owner(account, list.owner.key)?;
    if args.permissions == 0 {
        remove(account, &args.delegate)?;
    } else {
        // a lock-down leaves the removal only
        expect_unlocked(account)?;
        place(account, &args, now()?.unix)?;
    }
    record(list.account.key, account, slab.len());
    Ok(())
}

fn remove(account: &mut MarginAccount, key: &Pubkey) -> Result<()> {
    let at = position(account, key).ok_or(TrestleError::NoDelegate)?;
    *account.delegates.get_mut(at).ok_or(TrestleError::NoDelegate)? = Delegate::zeroed();
    Ok(())
}

/// Writes the delegate's row, its budget anew.
fn place(account: &mut MarginAccount, args: &SetDelegateArgs, now: i64) -> Result<()> {
    let known_bits = args.permissions & !permission::ALL == 0;
    let useful = args.delegate != Pubkey::default() && args.delegate != account.owner;
    if !known_bits || !useful || args.expires <= now {
        return Err(TrestleError::OutOfRange);
    }
    let free = || account.delegates.iter().position(|row| row.permissions == 0);
    let at = position(account, &args.delegate).or_else(free);
    let at = at.ok_or(TrestleError::DelegateTableFull)?;
    let row = account.delegates.get_mut(at).ok_or(TrestleError::DelegateTableFull)?;
    *row = Delegate {
        key: args.delegate,
        expires: args.expires,
        permissions: args.permissions,
        loss_per_act: args.loss_per_act,
        loss_per_day: args.loss_per_day,
        ..Delegate::zeroed()
    };
    Ok(())
}
