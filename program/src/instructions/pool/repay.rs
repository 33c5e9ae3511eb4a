//! `pool_repay`: custody to a pool debt. Needs no price and skips every check.

use super::Parts;
use crate::Result;
use crate::accounts::Context;
use crate::dispatch::{Operation, Permit};
use crate::effect::NeverWorsens;
use crate::instructions::bounds::{expect_at_least, expect_at_most};
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{PoolAccounts, Role};
use trestle_interface::args::RepayArgs;
use trestle_interface::permission::Permission;

/// The operation.
pub(crate) struct Repay;

impl Operation for Repay {
    type Args = RepayArgs;
    type Effect = NeverWorsens;
    const PERMISSION: Permission = Permission::REPAY;
    const TRACE: u32 = 1;
    const ROLES: &'static [Role] = PoolAccounts::<()>::ROLES;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<NeverWorsens> {
        if args.amount == 0 && !args.all {
            return Err(TrestleError::ZeroAmount);
        }
        let mut parts = Parts::load(context, accounts, args.market)?;
        let owed = context.margin.units(parts.debt.key())?;
        if owed == 0 {
            return Err(TrestleError::NoPosition);
        }
        let offered = if args.all { u64::MAX } else { args.amount };
        let wanted = parts.pool.books.repayment(offered, owed)?;
        expect_at_most(wanted.tokens, args.amount)?;
        let paid = parts.custody.pay(context, parts.pool.vault, wanted.tokens)?;
        // what arrived counts, not what was sent
        let cleared = parts.pool.books.repayment(parts.pool.received()?, owed)?;
        expect_at_least(u128::from(cleared.units), args.min_units)?;
        parts.pool.books.repay(cleared)?;
        parts.pool.store(context.program_id)?;
        context.margin.debit(parts.custody.place.key(), paid)?;
        context.margin.debit(parts.debt.key(), cleared.units)?;
        Ok(NeverWorsens)
    }
}
