//! `flag_unhealthy`: starts the incentive clock, or stops it; and tells pools
//! of a bankrupt account's debts.

use super::{expect_bankrupt, fresh_health, place_at};
use crate::Result;
use crate::accounts::{Context, check_roles, expect_address, read_in, write_in};
use crate::event;
use crate::slab::Mark;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::FlagUnhealthyAccounts;
use trestle_interface::event::{Flagged, Marked};
use trestle_interface::state::{MarketKind, Pool, PositionKind};
use trestle_risk_math::liquidation::is_liquidatable;

/// Runs it. An account that is flagged already stays as it is; one that is
/// neither unhealthy nor flagged is refused.
#[inline(never)]
pub(crate) fn flag_unhealthy(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    if !data.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    check_roles(accounts, FlagUnhealthyAccounts::<()>::ROLES, &[])?;
    let (list, pools) = FlagUnhealthyAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    // nobody signs: the account stands in for the signer
    let mut context = Context::open(
        program_id,
        list.account,
        list.account,
        &mut bytes,
        list.prices,
        list.markets,
    )?;
    let health = fresh_health(&context)?;
    let before = context.margin.fixed.flagged_slot;
    if is_liquidatable(&health) {
        if before == 0 {
            context.margin.fixed.flagged_slot = context.now.slot;
        }
    } else if before == 0 {
        return Err(TrestleError::Healthy);
    } else {
        context.note_recovery(&health);
    }
    let slot = context.margin.fixed.flagged_slot;
    if slot != before {
        let (equity, liqend, maint) = (health.equity, health.liqend, health.maint);
        let sequence = context.margin.fixed.sequence;
        event::log(context.account, [sequence; 2], &Flagged { slot, equity, liqend, maint });
    }
    if pools.is_empty() {
        return Ok(());
    }
    expect_bankrupt(&context, &health)?;
    pools.iter().try_for_each(|pool| mark(&mut context, pool))
}

/// Tells a pool of the account's debt, once in each spell of ill health.
fn mark(context: &mut Context<'_, '_>, info: &AccountInfo) -> Result<()> {
    if !info.is_writable {
        return Err(TrestleError::NotWritable);
    }
    let group = context.margin.fixed.header.group;
    let (market, books) = {
        let pool = read_in::<Pool>(info, context.program_id, &group)?;
        (pool.market, pool.books()?.accrued(&pool.terms()?, context.now.unix)?.0)
    };
    let row = context.market(market, MarketKind::Pool)?;
    expect_address(info, &row.address)?;
    let key = place_at(row, market, PositionKind::PoolDebt).key();
    let units = context.margin.units(key)?;
    if units == 0 {
        return Err(TrestleError::NoPosition);
    }
    let old = context.margin.mark_of(key);
    if old.slot >= context.margin.fixed.flagged_slot {
        return Ok(());
    }
    let new = Mark { owed: books.debt_index.tokens_ceil(units)?, slot: context.now.slot };
    let mut pool = write_in::<Pool>(info, context.program_id, &group)?;
    pool.losses.unmark(old.owed, old.slot);
    pool.losses.mark(new.owed, new.slot);
    context.margin.mark(key, new)?;
    let fact = Marked {
        pool: *info.key,
        owed: new.owed,
        unsettled: pool.losses.unsettled,
        since: pool.losses.unsettled_slot,
    };
    let sequence = context.margin.fixed.sequence;
    event::log(context.account, [sequence; 2], &fact);
    Ok(())
}
