//! `liquidate`: repay a debt of an unhealthy account, take collateral for it,
//! in one instruction. The program clamps the amount, so a caller never
//! overshoots; the caller needs no margin account, but may take pool deposits
//! into one.

mod deposit;
mod outcome;
mod plan;
pub(crate) mod receivership;
mod sides;
mod venue;
mod venue_debt;

use crate::Result;
use crate::accounts::{Context, check_roles};
use crate::event;
use crate::venues::read_indebted;
use plan::Plan;
use sides::{CollateralSide, DebtSide, List};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{
    LiquidateAccounts, Role, VenueCollateralAccounts, VenueDebtAccounts,
};
use trestle_interface::args::LiquidateArgs;
use trestle_interface::event::Liquidated;
use trestle_interface::state::{MarketKind, PositionKind};
use trestle_interface::wire::decode;
use trestle_risk_math::portfolio::Book;
use venue::{VenueSide, is_at_venue};
use venue_debt::VenueDebt;

/// Whether the deposit lies in the pool that the debt is owed to. If that could
/// not be liquidated, an account could lend to itself through a pool and let
/// the spread turn its debt bad.
fn is_one_pool(args: &LiquidateArgs) -> bool {
    args.collateral_kind == PositionKind::PoolDeposit.byte()
        && args.collateral_market == args.debt_market
}

/// The roles when one vault stands on both sides. It is checked for writing as
/// the debt's.
fn one_pool_roles() -> Vec<Role> {
    let mut roles = LiquidateAccounts::<()>::ROLES.to_vec();
    for role in &mut roles {
        role.writable &= role.name != "collateral_vault";
    }
    roles
}

fn check_list(accounts: &[AccountInfo], args: &LiquidateArgs) -> Result<()> {
    let usual = LiquidateAccounts::<()>::ROLES;
    if is_one_pool(args) {
        check_roles(accounts, &one_pool_roles(), &[])
    } else if is_at_venue(args) {
        check_roles(accounts, usual, VenueCollateralAccounts::<()>::ROLES)
    } else {
        check_roles(accounts, usual, &[])
    }
}

/// The debt, where it is to a venue, and the accounts behind those that name it.
fn visit_debt<'a, 'i>(
    context: &mut Context<'_, 'i>,
    accounts: &'a [AccountInfo<'i>],
    list: &List<'a, 'i>,
    args: &LiquidateArgs,
) -> Result<(Option<Box<VenueDebt<'a, 'i>>>, &'a [AccountInfo<'i>])> {
    let (_, trailing) = LiquidateAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    if !venue_debt::is_at_venue(context, args.debt_market) {
        return Ok((None, trailing));
    }
    let (own, rest) = if is_at_venue(args) {
        one_obligation(context, trailing, args)?
    } else {
        check_roles(accounts, LiquidateAccounts::<()>::ROLES, VenueDebtAccounts::<()>::ROLES)?;
        VenueDebtAccounts::split(trailing).ok_or(TrestleError::AccountCount)?
    };
    let debt = VenueDebt::visit(context, accounts, list, &own, args.debt_market)?;
    Ok((Some(debt), rest))
}

/// The accounts of a debt at the venue where the collateral lies as well: the
/// same account there, so the list of the collateral names them.
fn one_obligation<'a, 'i>(
    context: &Context<'_, 'i>,
    trailing: &'a [AccountInfo<'i>],
    args: &LiquidateArgs,
) -> Result<(VenueDebtAccounts<&'a AccountInfo<'i>>, &'a [AccountInfo<'i>])> {
    let lending = |market| context.market(market, MarketKind::Lending);
    let (debt, collateral) = (lending(args.debt_market)?, lending(args.collateral_market)?);
    if (debt.class, debt.parent) != (collateral.class, collateral.parent) {
        return Err(TrestleError::BothAtVenue);
    }
    let (list, rest) =
        VenueCollateralAccounts::split(trailing).ok_or(TrestleError::AccountCount)?;
    let own = VenueDebtAccounts {
        exposure: list.exposure,
        venue_program: list.venue_program,
        venue_account: list.venue_account,
        parent: list.parent,
    };
    Ok((own, rest))
}

/// Runs it.
#[inline(never)]
pub(crate) fn liquidate(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: LiquidateArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_list(accounts, &args)?;
    let (list, trailing) = LiquidateAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let mut context = Context::open(
        program_id,
        list.liquidator,
        list.account,
        &mut bytes,
        list.prices,
        list.markets,
    )?;
    plan::expect_another(&context)?;
    let (debt_there, rest) = visit_debt(&mut context, accounts, &list, &args)?;
    let at_venue = if is_at_venue(&args) {
        let market = args.collateral_market;
        let frees = debt_there.is_some();
        Some(VenueSide::visit(&mut context, accounts, &list, trailing, market, frees)?)
    } else {
        None
    };
    read_indebted(&mut context, trailing)?;
    // too large for a stack frame that it would share
    let mut book = Box::new(Book::new());
    let before = context.health_in(context.margin.positions(), &mut book)?;
    plan::expect_liquidatable(&context, &before)?;
    let mut debt = DebtSide::load(&context, &list, args.debt_market, debt_there)?;
    let mut collateral = CollateralSide::load(&context, &list, rest, &args, at_venue, &before)?;
    plan::expect_tradable(&context, debt.asset(), collateral.asset())?;
    let plan = Plan::make(&context, &before, &book, &mut debt, &collateral, &args)?;
    let step = &plan.step;
    let repaid = debt.repay(&mut context, &list, step)?;
    let seized = collateral.seize(&mut context, accounts, &list, step)?;
    if seized < args.min_seize {
        return Err(TrestleError::SeizeBelowMinimum);
    }
    let after = outcome::settle(&mut context, trailing, &before, &plan)?;
    let fact = Liquidated {
        liquidator: *list.liquidator.key,
        debt_market: args.debt_market,
        collateral_market: args.collateral_market,
        collateral_kind: args.collateral_kind,
        repaid,
        insured: step.insurance,
        subsidy: step.subsidy,
        seized,
        equity_before: before.equity,
        equity_after: after.equity,
        maint_before: before.maint,
        maint_after: after.maint,
    };
    event::publish(&mut context, &fact);
    Ok(())
}
