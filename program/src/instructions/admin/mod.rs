//! The authorities' instructions. Every write of a parameter ends in
//! [`validate::board`], so the constraints C1 to C8 hold whenever a check reads.

mod access;
mod asset;
mod board;
mod class;
mod factor;
mod group;
mod market;
mod pool;
mod reserve;
mod validate;

pub(crate) use access::set_access;
pub(crate) use asset::{list_asset, list_issuer};
pub(crate) use board::init_board;
pub(crate) use class::list_class;
pub(crate) use factor::{list_factor, set_scenarios};
pub(crate) use group::init_group;
pub(crate) use market::list_market;
pub(crate) use pool::init_pool;
pub(crate) use reserve::list_reserve;

use crate::Result;
use crate::accounts::{check_all, read, write_in};
use core::cell::RefMut;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::ListAccounts;
use trestle_interface::state::{Group, MarketsPage, PricesPage, Weights};

/// The group, if the signer is its admin.
fn admin_of(program_id: &Pubkey, group: &AccountInfo, admin: &AccountInfo) -> Result<Pubkey> {
    let state = read::<Group>(group, program_id)?;
    if state.admin != *admin.key {
        return Err(TrestleError::NotAuthority);
    }
    Ok(*group.key)
}

/// Both pages for writing, if the signer of [`ListAccounts`] is the admin.
fn pages<'a>(
    program_id: &Pubkey,
    accounts: &'a [AccountInfo],
) -> Result<(RefMut<'a, PricesPage>, RefMut<'a, MarketsPage>)> {
    check_all(accounts, ListAccounts::<()>::ROLES)?;
    let (list, _) = ListAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let group = admin_of(program_id, list.group, list.admin)?;
    Ok((
        write_in::<PricesPage>(list.prices, program_id, &group)?,
        write_in::<MarketsPage>(list.markets, program_id, &group)?,
    ))
}

/// A pair of stored weights from arguments.
const fn weights([maint, init]: [u32; 2]) -> Weights {
    Weights { maint, init }
}
