//! `sync_custody`: recognises tokens that reached custody without a deposit,
//! so that nobody but the owner decides what the account holds.

use crate::Result;
use crate::accounts::{Context, Custody, TokenRefs};
use crate::dispatch::{Operation, Permit};
use crate::effect::NeverWorsens;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{Role, SyncCustodyAccounts};
use trestle_interface::args::AssetArgs;
use trestle_interface::permission::Permission;

/// The operation.
pub(crate) struct Sync;

impl Operation for Sync {
    type Args = AssetArgs;
    type Effect = NeverWorsens;
    const PERMISSION: Permission = Permission::OWNER;
    const TRACE: u32 = 0;
    const ROLES: &'static [Role] = SyncCustodyAccounts::<()>::ROLES;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<NeverWorsens> {
        let (list, _) = SyncCustodyAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
        let refs = TokenRefs {
            custody: list.custody,
            custody_owner: list.custody_owner,
            mint: list.mint,
            token_program: list.token_program,
        };
        let custody = Custody::load(context, refs, args.asset)?;
        let excess = custody.balance.saturating_sub(custody.units);
        if excess == 0 {
            return Err(TrestleError::ZeroAmount);
        }
        context.margin.credit(custody.place, excess)?;
        Ok(NeverWorsens)
    }
}
