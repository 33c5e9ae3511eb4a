//! `init_group`.

use crate::Result;
use crate::accounts::{check_all, unused_mut};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::InitGroupAccounts;
use trestle_interface::args::InitGroupArgs;
use trestle_interface::state::Group;
use trestle_interface::wire::decode;

/// Runs it. The group's own key signs, so nobody can take a group's address.
#[inline(never)]
pub(crate) fn init_group(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: InitGroupArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, InitGroupAccounts::<()>::ROLES)?;
    let (list, _) = InitGroupAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let mut group = unused_mut::<Group>(list.group, program_id, 0, *list.group.key)?;
    group.admin = *list.admin.key;
    group.risk = args.risk;
    group.guardian = args.guardian;
    group.fee = args.fee;
    Ok(())
}
