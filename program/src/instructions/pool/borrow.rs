//! `pool_borrow`: tokens of a pool into custody, against the whole portfolio. Checked.

use super::Parts;
use crate::Result;
use crate::accounts::Context;
use crate::dispatch::{Operation, Permit};
use crate::effect::MayExpose;
use crate::instructions::bounds::expect_at_most;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{PoolAccounts, Role};
use trestle_interface::args::BorrowArgs;
use trestle_interface::permission::Permission;

/// The operation.
pub(crate) struct Borrow;

impl Operation for Borrow {
    type Args = BorrowArgs;
    type Effect = MayExpose;
    const PERMISSION: Permission = Permission::BORROW;
    const TRAILING: bool = true;
    const TRACE: u32 = 1;
    const ROLES: &'static [Role] = PoolAccounts::<()>::ROLES;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<MayExpose> {
        let mut parts = Parts::load(context, accounts, args.market)?;
        context.expect_active(&parts.row)?;
        // a lender who borrows against a deposit has left as well
        parts.pool.expect_settled(context.now)?;
        let units = parts.pool.books.borrow(args.amount)?;
        expect_at_most(u128::from(units), args.max_units)?;
        if parts.pool.books.debts()? > parts.pool.debt_cap {
            return Err(TrestleError::DebtCap);
        }
        let arrived = parts.pay_out(args.amount)?;
        parts.pool.store(context.program_id)?;
        context.margin.credit(parts.debt, units)?;
        context.margin.credit(parts.custody.place, arrived)?;
        Ok(MayExpose)
    }
}
