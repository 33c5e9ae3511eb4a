//! `refresh_account`: what a margin account holds at venues, into its slab.
//!
//! Permissionless and idempotent. Every venue account of the table that is
//! among the accounts is read; the rest keeps its age. Where prices allow a
//! valuation, the account's share of the classes' totals follows.

use crate::Result;
use crate::accounts::{Context, check_roles};
use crate::effect::stamp_stress;
use crate::exposure::{self, Caps};
use crate::venues::{read_indebted, read_units};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::RefreshAccountAccounts;
use trestle_interface::state::health_bucket;
use trestle_risk_math::portfolio::Book;

/// Runs it.
#[inline(never)]
pub(crate) fn account(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    if !data.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    check_roles(accounts, RefreshAccountAccounts::<()>::ROLES, &[])?;
    let (list, rest) = RefreshAccountAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    // nobody signs: the account stands in for the signer, and may do nothing but read
    let mut context = Context::open(
        program_id,
        list.account,
        list.account,
        &mut bytes,
        list.prices,
        list.markets,
    )?;
    read_units(&mut context, rest)?;
    value(&mut context, rest)?;
    context.margin.publish(context.account, 0);
    Ok(())
}

/// Totals, stress and bucket, where the account can be valued.
fn value<'i>(context: &mut Context<'_, 'i>, rest: &[AccountInfo<'i>]) -> Result<()> {
    read_indebted(context, rest)?;
    let mut book = Box::new(Book::new());
    let Ok(health) = context.health_in(context.margin.positions(), &mut book) else {
        return Ok(());
    };
    exposure::update(context, rest, &book, Caps::Noted)?;
    stamp_stress(context, &book);
    context.margin.fixed.health_bucket = health_bucket(health.maint, health.debts);
    Ok(())
}
