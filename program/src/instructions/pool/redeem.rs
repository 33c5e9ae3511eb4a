//! `pool_redeem`: a pool deposit back to custody. Needs no price: the account
//! keeps the tokens, and rounding takes less than one native unit.

use super::Parts;
use crate::Result;
use crate::accounts::Context;
use crate::dispatch::{Operation, Permit};
use crate::effect::NeverWorsens;
use crate::instructions::bounds::expect_at_least;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{PoolAccounts, Role};
use trestle_interface::args::RedeemArgs;
use trestle_interface::permission::Permission;

/// The operation.
pub(crate) struct Redeem;

impl Operation for Redeem {
    type Args = RedeemArgs;
    type Effect = NeverWorsens;
    const PERMISSION: Permission = Permission::REDEEM;
    const TRACE: u32 = 1;
    const ROLES: &'static [Role] = PoolAccounts::<()>::ROLES;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<NeverWorsens> {
        let mut parts = Parts::load(context, accounts, args.market)?;
        parts.pool.expect_settled(context.now)?;
        context.expect_seizable(parts.deposit.asset)?;
        let held = context.margin.units(parts.deposit.key())?;
        if held == 0 {
            return Err(TrestleError::NoPosition);
        }
        let units = if args.all { held } else { parts.pool.books.units_for(args.amount)? };
        if units > held {
            return Err(TrestleError::ExceedsPosition);
        }
        let arrived = parts.redeem(context, units)?;
        expect_at_least(arrived, args.min_tokens)?;
        Ok(NeverWorsens)
    }
}
