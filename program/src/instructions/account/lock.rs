//! `lock_down` and `lift_lock_down`.
//!
//! Locking is quick and a protector may do it; lifting is slow and the
//! owner's alone. Whoever stole the owner's key is seen for a day before more
//! can be done with it than to leave, and locking again starts anew.

use super::{expect_idle, expect_owner, record};
use crate::Result;
use crate::accounts::{check_all, now, split_margin};
use crate::delegate::find;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{LockDownAccounts, OwnerOnlyAccounts};
use trestle_interface::permission::{LOCK_DELAY, PROTECT};
use trestle_interface::state::AccountStatus;

/// Locks the account down and takes back any wish to lift it.
#[inline(never)]
pub(crate) fn lock_down(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    if !data.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    check_all(accounts, LockDownAccounts::<()>::ROLES)?;
    let (list, _) = LockDownAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let (account, slab) = split_margin(&mut bytes, list.account, program_id)?;
    if account.owner != *list.authority.key {
        let at = find(account, list.authority.key, now()?.unix)?;
        let row = account.delegates.get(at).ok_or(TrestleError::Corrupt)?;
        if row.permissions & PROTECT == 0 {
            return Err(TrestleError::NotPermitted);
        }
    }
    expect_idle(account)?;
    account.status = AccountStatus::LockedDown.byte();
    account.unlock_time = 0;
    record(list.account.key, account, slab.len());
    Ok(())
}

/// The first call asks, and starts the delay; one after the delay lifts.
#[inline(never)]
pub(crate) fn lift_lock_down(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    if !data.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    check_all(accounts, OwnerOnlyAccounts::<()>::ROLES)?;
    let (list, _) = OwnerOnlyAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let (account, slab) = split_margin(&mut bytes, list.account, program_id)?;
    expect_owner(account, list.owner.key)?;
    if account.status != AccountStatus::LockedDown.byte() {
        return Err(TrestleError::NotLockedDown);
    }
    let now = now()?.unix;
    if account.unlock_time == 0 {
        account.unlock_time = now.saturating_add(LOCK_DELAY);
    } else if now < account.unlock_time {
        return Err(TrestleError::LockDelay);
    } else {
        account.status = AccountStatus::Active.byte();
        account.unlock_time = 0;
    }
    record(list.account.key, account, slab.len());
    Ok(())
}
