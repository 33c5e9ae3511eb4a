//! `venue_supply`, `venue_redeem`, `venue_borrow`, `venue_repay`.

use crate::Result;
use crate::accounts::Context;
use crate::dispatch::{Operation, Permit};
use crate::effect::{Leaves, MayExpose, NeverWorsens};
use crate::instructions::bounds::{expect_at_least, expect_at_most};
use crate::venues::kamino::{self, Amount};
use crate::venues::venue_of;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{Role, VenueAccounts};
use trestle_interface::args::{BorrowArgs, RedeemArgs, RepayArgs, SupplyArgs};
use trestle_interface::permission::Permission;
use trestle_interface::state::{MarketKind, VenueKind};
use trestle_venue_adapters::kamino::Action;
use trestle_venue_adapters::kamino::verify::Delta;

/// Two refreshes, the action, its two token calls and a farm's stake.
const MAX_TRACE: u32 = 6;

/// Custody to a deposit. Checked.
pub(crate) struct Supply;
/// A deposit to custody. Checked: a debt at the venue may stand on it.
pub(crate) struct Redeem;
/// A new debt into custody. Checked.
pub(crate) struct Borrow;
/// Custody to a debt. Needs no price of ours and skips every check.
pub(crate) struct Repay;

impl Operation for Supply {
    type Args = SupplyArgs;
    type Effect = MayExpose;
    const PERMISSION: Permission = Permission::MOVE;
    const TRACE: u32 = MAX_TRACE;
    const ROLES: &'static [Role] = VenueAccounts::<()>::ROLES;
    const TRAILING: bool = true;
    const CALLS_VENUE: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<MayExpose> {
        context.expect_active(context.market(args.market, MarketKind::Lending)?)?;
        let delta = act(context, accounts, args.market, Action::Supply, tokens(args.amount)?)?;
        expect_at_least(delta.units, u128::from(args.min_units))?;
        Ok(MayExpose)
    }
}

impl Operation for Redeem {
    type Args = RedeemArgs;
    type Effect = Leaves;
    const PERMISSION: Permission = Permission::REDEEM;
    const TRACE: u32 = MAX_TRACE;
    const ROLES: &'static [Role] = VenueAccounts::<()>::ROLES;
    const TRAILING: bool = true;
    const CALLS_VENUE: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<Leaves> {
        context.expect_seizable(context.market(args.market, MarketKind::Lending)?.asset)?;
        let delta =
            act(context, accounts, args.market, Action::Redeem, amount(args.amount, args.all)?)?;
        expect_at_least(delta.tokens, args.min_tokens)?;
        Ok(Leaves)
    }
}

impl Operation for Borrow {
    type Args = BorrowArgs;
    type Effect = MayExpose;
    const PERMISSION: Permission = Permission::BORROW;
    const TRACE: u32 = MAX_TRACE;
    const ROLES: &'static [Role] = VenueAccounts::<()>::ROLES;
    const TRAILING: bool = true;
    const CALLS_VENUE: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<MayExpose> {
        let row = context.market(args.market, MarketKind::Lending)?;
        context.expect_active(row)?;
        if row.debt_cap == 0 {
            return Err(TrestleError::DebtCap);
        }
        let delta = act(context, accounts, args.market, Action::Borrow, tokens(args.amount)?)?;
        expect_at_most(delta.units, args.max_units)?;
        Ok(MayExpose)
    }
}

impl Operation for Repay {
    type Args = RepayArgs;
    type Effect = NeverWorsens;
    const PERMISSION: Permission = Permission::REPAY;
    const TRACE: u32 = MAX_TRACE;
    const ROLES: &'static [Role] = VenueAccounts::<()>::ROLES;
    const TRAILING: bool = true;
    const CALLS_VENUE: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<NeverWorsens> {
        let delta =
            act(context, accounts, args.market, Action::Repay, amount(args.amount, args.all)?)?;
        expect_at_most(delta.tokens, args.amount)?;
        expect_at_least(delta.units, args.min_units)?;
        Ok(NeverWorsens)
    }
}

fn act<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    market: u16,
    action: Action,
    amount: Amount,
) -> Result<Delta> {
    let (list, _) = VenueAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let row = context.market(market, MarketKind::Lending)?;
    match venue_of(&context.markets, row)? {
        VenueKind::Kamino => kamino::act(context, accounts, &list, market, action, amount),
        VenueKind::Native => Err(TrestleError::WrongMarketKind),
    }
}

fn tokens(amount: u64) -> Result<Amount> {
    // the venues read the largest number as "all"
    if amount == 0 || amount == u64::MAX {
        return Err(if amount == 0 { TrestleError::ZeroAmount } else { TrestleError::OutOfRange });
    }
    Ok(Amount::Tokens(amount))
}

fn amount(asked: u64, all: bool) -> Result<Amount> {
    if all { Ok(Amount::All) } else { tokens(asked) }
}
