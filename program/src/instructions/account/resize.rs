//! `resize_account`: room for more positions. A lock-down leaves it: what is
//! redeemed may need a place that the slab does not have.

use super::expect_owner;
use super::record;
use crate::Result;
use crate::accounts::{check_all, expect_program, split_margin};
use crate::cpi;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::ResizeAccountAccounts;
use trestle_interface::args::ResizeAccountArgs;
use trestle_interface::state::{MAX_POSITIONS, account_size};
use trestle_interface::wire::decode;

/// Runs it.
#[inline(never)]
pub(crate) fn resize(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: ResizeAccountArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, ResizeAccountAccounts::<()>::ROLES)?;
    let (list, _) = ResizeAccountAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    expect_program(list.system_program, &solana_system_interface::program::ID)?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let length = bytes.len();
    let (account, _) = split_margin(&mut bytes, list.account, program_id)?;
    expect_owner(account, list.owner.key)?;
    let capacity = usize::from(args.capacity);
    let size = account_size(capacity);
    if capacity > MAX_POSITIONS || size <= length {
        return Err(TrestleError::BadCapacity);
    }
    record(list.account.key, account, size.saturating_sub(account_size(0)));
    drop(bytes);
    cpi::grow(list.payer, list.account, size)
}
