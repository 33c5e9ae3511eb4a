//! `deposit`: tokens of the signer into custody. Needs no price.

use crate::Result;
use crate::accounts::{Context, Custody, TokenRefs, tokens_of};
use crate::cpi::{self, Signer};
use crate::delegate::Flow;
use crate::dispatch::{Operation, Permit};
use crate::effect::NeverWorsens;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{DepositAccounts, Role};
use trestle_interface::args::AssetAmountArgs;
use trestle_interface::permission::Permission;

/// The operation.
pub(crate) struct Deposit;

impl Operation for Deposit {
    type Args = AssetAmountArgs;
    type Effect = NeverWorsens;
    const PERMISSION: Permission = Permission::DEPOSIT;
    const TRACE: u32 = 1;
    const ROLES: &'static [Role] = DepositAccounts::<()>::ROLES;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<NeverWorsens> {
        let (list, _) = DepositAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
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
        let source = tokens_of(list.source, list.token_program.key, list.mint.key)?;
        if source.amount < args.amount {
            return Err(TrestleError::InsufficientTokens);
        }
        cpi::transfer(
            list.token_program,
            list.source,
            list.mint,
            list.custody,
            context.authority,
            args.amount,
            custody.decimals,
            &Signer::Transaction,
        )?;
        let received = custody.received()?;
        context.margin.credit(custody.place, received)?;
        context.note(Flow::In(custody.place, received));
        Ok(NeverWorsens)
    }
}
