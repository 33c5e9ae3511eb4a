//! `venue_supply`, `venue_redeem`, `venue_borrow`, `venue_repay`.

use crate::Result;
use crate::accounts::Context;
use crate::dispatch::{Operation, Permit};
use crate::effect::{MayExpose, NeverWorsens};
use crate::venues::kamino::{self, Amount};
use crate::venues::venue_of;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{Role, VenueAccounts};
use trestle_interface::args::{MarketAmountArgs, MarketAmountOrAllArgs};
use trestle_interface::state::{MarketKind, MarketRow, VenueKind};
use trestle_venue_adapters::kamino::Action;

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
    type Args = MarketAmountArgs;
    type Effect = MayExpose;
    const TRACE: u32 = MAX_TRACE;
    const ROLES: &'static [Role] = VenueAccounts::<()>::ROLES;
    const TRAILING: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<MayExpose> {
        let row = *context.market(args.market, MarketKind::Lending)?;
        context.expect_active(&row)?;
        act(context, accounts, &row, Action::Supply, tokens(args.amount)?)?;
        Ok(MayExpose)
    }
}

impl Operation for Redeem {
    type Args = MarketAmountOrAllArgs;
    type Effect = MayExpose;
    const TRACE: u32 = MAX_TRACE;
    const ROLES: &'static [Role] = VenueAccounts::<()>::ROLES;
    const TRAILING: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<MayExpose> {
        let row = *context.market(args.market, MarketKind::Lending)?;
        act(context, accounts, &row, Action::Redeem, amount(args)?)?;
        Ok(MayExpose)
    }
}

impl Operation for Borrow {
    type Args = MarketAmountArgs;
    type Effect = MayExpose;
    const TRACE: u32 = MAX_TRACE;
    const ROLES: &'static [Role] = VenueAccounts::<()>::ROLES;
    const TRAILING: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<MayExpose> {
        let row = *context.market(args.market, MarketKind::Lending)?;
        context.expect_active(&row)?;
        if row.debt_cap == 0 {
            return Err(TrestleError::DebtCap);
        }
        act(context, accounts, &row, Action::Borrow, tokens(args.amount)?)?;
        Ok(MayExpose)
    }
}

impl Operation for Repay {
    type Args = MarketAmountOrAllArgs;
    type Effect = NeverWorsens;
    const TRACE: u32 = MAX_TRACE;
    const ROLES: &'static [Role] = VenueAccounts::<()>::ROLES;
    const TRAILING: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<NeverWorsens> {
        let row = *context.market(args.market, MarketKind::Lending)?;
        act(context, accounts, &row, Action::Repay, amount(args)?)?;
        Ok(NeverWorsens)
    }
}

fn act<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    row: &MarketRow,
    action: Action,
    amount: Amount,
) -> Result<()> {
    let (list, _) = VenueAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    match venue_of(&context.markets, row)? {
        VenueKind::Kamino => kamino::act(context, accounts, &list, row, action, amount)?,
        VenueKind::Native => return Err(TrestleError::WrongMarketKind),
    };
    Ok(())
}

fn tokens(amount: u64) -> Result<Amount> {
    // the venues read the largest number as "all"
    if amount == 0 || amount == u64::MAX {
        return Err(if amount == 0 { TrestleError::ZeroAmount } else { TrestleError::OutOfRange });
    }
    Ok(Amount::Tokens(amount))
}

fn amount(args: &MarketAmountOrAllArgs) -> Result<Amount> {
    if args.all { Ok(Amount::All) } else { tokens(args.amount) }
}
