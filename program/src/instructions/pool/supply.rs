//! `pool_supply`: custody to a pool deposit. Checked: what was idle can be illiquid now.

use super::Parts;
use crate::Result;
use crate::accounts::Context;
use crate::dispatch::{Operation, Permit};
use crate::effect::MayWorsen;
use crate::instructions::bounds::expect_at_least;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{PoolAccounts, Role};
use trestle_interface::args::SupplyArgs;
use trestle_interface::permission::Permission;

/// The operation.
pub(crate) struct Supply;

impl Operation for Supply {
    type Args = SupplyArgs;
    type Effect = MayWorsen;
    const PERMISSION: Permission = Permission::MOVE;
    const TRAILING: bool = true;
    const TRACE: u32 = 1;
    const ROLES: &'static [Role] = PoolAccounts::<()>::ROLES;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<MayWorsen> {
        if args.amount == 0 {
            return Err(TrestleError::ZeroAmount);
        }
        let mut parts = Parts::load(context, accounts, args.market)?;
        context.expect_active(&parts.row)?;
        let paid = parts.custody.pay(context, parts.pool.vault, args.amount)?;
        let units = parts.pool.books.supply(parts.pool.received()?)?;
        expect_at_least(units, args.min_units)?;
        if parts.pool.books.deposits()? > parts.pool.deposit_cap {
            return Err(TrestleError::DepositCap);
        }
        parts.pool.store(context.program_id)?;
        context.margin.debit(parts.custody.place.key(), paid)?;
        context.margin.credit(parts.deposit, units)?;
        Ok(MayWorsen)
    }
}
