//! `withdraw`: tokens out of custody to any token account of the mint; for a
//! delegate and in a lock-down, to one of the owner. Checked.

use crate::Result;
use crate::accounts::{Context, Custody, TokenRefs, tokens_of};
use crate::delegate::Flow;
use crate::dispatch::{Operation, Permit};
use crate::effect::Releases;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{Role, WithdrawAccounts};
use trestle_interface::args::AssetAmountArgs;
use trestle_interface::permission::Permission;

/// The operation.
pub(crate) struct Withdraw;

impl Operation for Withdraw {
    type Args = AssetAmountArgs;
    type Effect = Releases;
    const PERMISSION: Permission = Permission::WITHDRAW;
    const TRAILING: bool = true;
    const TRACE: u32 = 1;
    const ROLES: &'static [Role] = WithdrawAccounts::<()>::ROLES;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<Releases> {
        let (list, _) = WithdrawAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
        if args.amount == 0 {
            return Err(TrestleError::ZeroAmount);
        }
        let refs = TokenRefs {
            custody: list.custody,
            custody_owner: list.custody_owner,
            mint: list.mint,
            token_program: list.token_program,
        };
        let custody = Custody::load(context, refs, args.asset)?;
        let to = tokens_of(list.destination, list.token_program.key, list.mint.key)?;
        if context.is_restricted() && to.owner != context.margin.fixed.owner.to_bytes() {
            return Err(TrestleError::WrongTokenOwner);
        }
        context.expect_seizable(args.asset)?;
        let paid = custody.pay(context, list.destination, args.amount)?;
        context.margin.debit(custody.place.key(), paid)?;
        context.note(Flow::Out(custody.place, paid));
        Ok(Releases)
    }
}
