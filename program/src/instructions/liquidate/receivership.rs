//! `begin_liquidation` and `end_liquidation`: a liquidation in several
//! instructions of a transaction, without the liquidator's capital. In between
//! it takes assets, swaps them anywhere, and repays.
//!
//! Trusts: the instructions sysvar ([`super::super::session`]), and that the
//! operations in between move what the slab says. Guarantees: whatever was done
//! in between, a transaction succeeds only if the account is healthier, on the
//! same prices, and lost no more than a liquidation's incentive. No rounding
//! allowance is given: the liquidator takes a unit less.

use super::super::session::{Bracket, expect_top_level};
use super::{outcome, plan};
use crate::Result;
use crate::accounts::{Context, asset_bit, check_roles, split_margin};
use crate::effect::stamp_stress;
use crate::event;
use crate::slab::extent;
use crate::venues::read_indebted;
use bytemuck::{Zeroable, bytes_of};
use solana_program::account_info::AccountInfo;
use solana_program::hash::hashv;
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::{BeginLiquidationAccounts, EndLiquidationAccounts};
use trestle_interface::args::BeginLiquidationArgs;
use trestle_interface::event::Received;
use trestle_interface::state::{
    MAX_VENUE_ACCOUNTS, MarketKind, Position, PositionKind, Receivership, Session, VenueAccount,
};
use trestle_interface::wire::decode;
use trestle_interface::{Tag, TrestleError};
use trestle_risk_math::liquidation::{SMALLEST_LEFT, close_cap, incentive, target};
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::{Book, Health, Tables as _};

/// Opens a receivership on an account that can be liquidated.
#[inline(never)]
pub(crate) fn begin(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: BeginLiquidationArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_roles(accounts, BeginLiquidationAccounts::<()>::ROLES, &[])?;
    let (list, rest) =
        BeginLiquidationAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    expect_top_level()?;
    let (account, signer) = (list.account.key, Some(list.liquidator.key));
    let bracket = Bracket { account, signer, ends: Tag::EndLiquidation };
    bracket.expect_end(program_id, list.instructions, args.end)?;
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
    read_all(&mut context, rest)?;
    let mut book = Box::new(Book::new());
    let before = context.health_in(context.margin.positions(), &mut book)?;
    plan::expect_liquidatable(&context, &before)?;
    expect_rows_of_now(&context)?;
    let opened = terms(&context, &before)?;
    stamp_stress(&mut context, &book);
    context.margin.remember();
    context.margin.fixed.receivership = opened;
    context.margin.fixed.session = Session::Liquidation.byte();
    context.margin.publish(context.account, 0);
    Ok(())
}

/// Closes the receivership and checks what was done in it.
#[inline(never)]
pub(crate) fn end(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    if !data.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    check_roles(accounts, EndLiquidationAccounts::<()>::ROLES, &[])?;
    let (list, rest) = EndLiquidationAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    expect_top_level()?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let (account, _) = split_margin(&mut bytes, list.account, program_id)?;
    if account.session != Session::Liquidation.byte() {
        return Err(TrestleError::ReceivershipNotOpen);
    }
    let opened = account.receivership;
    if opened.liquidator != *list.liquidator.key {
        return Err(TrestleError::NotOwner);
    }
    account.session = Session::Idle.byte();
    account.receivership = Receivership::zeroed();
    let mut context = Context::open(
        program_id,
        list.liquidator,
        list.account,
        &mut bytes,
        list.prices,
        list.markets,
    )?;
    if board_hash(&context) != opened.board {
        return Err(TrestleError::ReceivershipBoard);
    }
    let stress_before = context.margin.fixed.venue_accounts.map(|account| account.stress);
    read_all(&mut context, rest)?;
    expect_nothing_grown(&context)?;
    let after = outcome::health(&mut context, rest)?;
    expect_outcome(&context, &opened, &after)?;
    expect_no_dust(&context, &opened)?;
    expect_stress(&context, &stress_before)?;
    outcome::stamp(&mut context, &after);
    context.margin.forget();
    let fact = Received {
        liquidator: *list.liquidator.key,
        debts_before: opened.debts,
        debts_after: after.debts,
        equity_before: opened.equity,
        equity_after: after.equity,
        maint_before: opened.maint,
        maint_after: after.maint,
    };
    event::publish(&mut context, &fact);
    Ok(())
}

/// Reads every venue account that owes something: none may be missing (ruling 9).
fn read_all<'i>(context: &mut Context<'_, 'i>, accounts: &[AccountInfo<'i>]) -> Result<()> {
    read_indebted(context, accounts)?;
    context.margin.expect_known()?;
    for (place, account) in context.margin.fixed.venue_accounts.iter().enumerate() {
        let read = context.reads.accounts.checked_shr(u32::try_from(place).unwrap_or(u32::MAX));
        if account.has(VenueAccount::OWES) && read.is_none_or(|bits| bits & 1 == 0) {
            return Err(TrestleError::ReceivershipUnread);
        }
    }
    Ok(())
}

/// The rows of the account's pools are of this slot: operations in between go
/// by the pools as they are, and the two must not differ by interest.
fn expect_rows_of_now(context: &Context<'_, '_>) -> Result<()> {
    let pooled = |p: &&Position| {
        matches!(
            PositionKind::from_byte(p.kind),
            Some(PositionKind::PoolDeposit | PositionKind::PoolDebt)
        )
    };
    for position in context.margin.positions().iter().filter(pooled) {
        if context.market(position.market, MarketKind::Pool)?.slot != context.now.slot {
            return Err(TrestleError::ReceivershipOldRow);
        }
    }
    Ok(())
}

/// What may be seized and for how much. The incentive is that of the account's
/// least generous asset, without the insurance's share, which it keeps.
fn terms(context: &Context<'_, '_>, health: &Health) -> Result<Receivership> {
    let (mut seizable, mut max, mut refusal) = (0_u64, Weight::ONE, None);
    for position in context.margin.positions() {
        let row = context.asset(position.asset)?;
        if !is_asset(position) {
            plan::expect_price(context, position.asset)?;
        } else if row.is_isolated() {
            refusal = refusal.or(Some(TrestleError::ReceivershipAsset));
        } else if let Err(error) = plan::expect_price(context, position.asset) {
            refusal = refusal.or(Some(error));
        } else {
            seizable |= asset_bit(position.asset);
            max = max.min(Weight::clamped(row.incentive_max));
        }
    }
    if seizable == 0 {
        return Err(refusal.unwrap_or(TrestleError::NothingToLiquidate));
    }
    let incentives = context.markets.terms.incentives(max);
    let whole = incentive(health, context.margin.fixed.flagged_for(context.now.slot), &incentives);
    let group = &context.markets.terms;
    Ok(Receivership {
        liquidator: *context.authority.key,
        board: board_hash(context),
        seizable,
        equity: health.equity,
        debts: health.debts,
        maint: health.maint,
        target: target(health, &group.terms()),
        cap: close_cap(health, max).max(SMALLEST_LEFT).min(group.call_cap),
        rate: plan::kept_back(whole, incentives.insurance_share).q16(),
        padding: [0; 4],
    })
}

fn is_asset(position: &Position) -> bool {
    PositionKind::from_byte(position.kind).is_some_and(PositionKind::is_asset)
}

/// Hash of every price with its confidence and time, and of every index.
fn board_hash(context: &Context<'_, '_>) -> [u8; 32] {
    let prices = context.prices.assets.iter().take(usize::from(context.prices.count));
    let markets = context.markets.markets.iter().take(usize::from(context.markets.market_count));
    let mut parts: Vec<&[u8]> = Vec::with_capacity(512);
    for row in prices {
        parts.push(bytes_of(&row.price_mantissa));
        parts.push(bytes_of(&row.price_shift));
        parts.push(bytes_of(&row.confidence));
        parts.push(bytes_of(&row.gap));
        parts.push(bytes_of(&row.rate_confidence));
        parts.push(bytes_of(&row.published));
    }
    for row in markets {
        parts.push(bytes_of(&row.deposit_index));
        parts.push(bytes_of(&row.debt_index));
        parts.push(bytes_of(&row.safe_index));
        parts.push(bytes_of(&row.liquid));
    }
    hashv(&parts).to_bytes()
}

/// No position is new, none holds or owes more than at the begin.
fn expect_nothing_grown(context: &Context<'_, '_>) -> Result<()> {
    let grown = |position: &Position| extent(position) > position.before;
    if context.margin.positions().iter().any(grown) {
        return Err(TrestleError::ReceivershipGrown);
    }
    Ok(())
}

/// The bounds of one liquidation (P13).
fn expect_outcome(context: &Context<'_, '_>, opened: &Receivership, after: &Health) -> Result<()> {
    let repaid = opened.debts.saturating_sub(after.debts);
    let Ok(repaid) = u64::try_from(repaid) else { return Err(TrestleError::ReceivershipDebts) };
    if repaid == 0 {
        return Err(TrestleError::ReceivershipDebts);
    }
    if repaid > opened.cap {
        return Err(TrestleError::ReceivershipCap);
    }
    if after.maint <= opened.maint {
        return Err(TrestleError::ReceivershipHealth);
    }
    if after.liqend > opened.target && context.margin.has_debt() {
        return Err(TrestleError::ReceivershipTarget);
    }
    let budget = Weight::clamped(opened.rate).of_floor(repaid);
    if after.equity < opened.equity.saturating_sub_unsigned(budget) {
        return Err(TrestleError::ReceivershipEquity);
    }
    Ok(())
}

/// A debt that was repaid in part is still worth a liquidation, unless nothing
/// is left to seize.
fn expect_no_dust(context: &Context<'_, '_>, opened: &Receivership) -> Result<()> {
    let positions = context.margin.positions();
    let seizable = |p: &Position| is_asset(p) && opened.seizable & asset_bit(p.asset) != 0;
    if !positions.iter().any(seizable) {
        return Ok(());
    }
    let lowered = |p: &&Position| !is_asset(p) && extent(p) < p.before;
    for position in positions.iter().filter(lowered) {
        let left = context.health(core::slice::from_ref(position))?.debts;
        if left.unsigned_abs() < SMALLEST_LEFT {
            return Err(TrestleError::ReceivershipDust);
        }
    }
    Ok(())
}

/// No venue account came closer to the venue's own liquidation, but where it
/// is so far from it that the risk model charges nothing.
fn expect_stress(context: &Context<'_, '_>, before: &[u32; MAX_VENUE_ACCOUNTS]) -> Result<()> {
    let calm = context.board().group().stress_floor.init.q16();
    let accounts = context.margin.fixed.venue_accounts.iter();
    let closer = accounts.zip(before).any(|(account, was)| account.stress > calm.max(*was));
    if closer { Err(TrestleError::ReceivershipStress) } else { Ok(()) }
}
