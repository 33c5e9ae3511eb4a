//! Collateral in a native pool: redeemed to the liquidator, or taken as it is.
//!
//! A destination that is the liquidator's own margin account takes the units
//! themselves. No tokens move and the pool's totals stay, so a pool that lent
//! out all of its cash shields nothing. The receiver must be the liquidator's,
//! in the same group, with no session open and not locked down; while it owes
//! something its initial health, on its own rows and venue accounts, must not
//! be negative afterwards, and its cool-off starts.

use super::plan::Step;
use super::sides::List;
use crate::Result;
use crate::accounts::{Context, PoolHandle, expect_address, tokens_of};
use crate::effect::{self, Before, Effect, Releases};
use crate::instructions::pool::pay_from_vault;
use crate::slab::Place;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::permission::Permission;
use trestle_interface::state::{MarketKind, PositionKind};

/// A deposit in a native pool.
pub(super) struct PoolSide<'a, 'i> {
    pool: PoolHandle<'a, 'i>,
    pub(super) place: Place,
    units: u64,
    /// The debt is owed to the same pool, which the repayment changes first.
    is_debt_pool: bool,
    /// The liquidator's margin account takes the units.
    keeps_units: bool,
}

impl<'a, 'i> PoolSide<'a, 'i> {
    /// The account's deposit at a market, whose pool is `pool`.
    pub(super) fn load(
        context: &Context<'_, 'i>,
        list: &List<'a, 'i>,
        pool: &'a AccountInfo<'i>,
        market: u16,
    ) -> Result<Self> {
        let row = context.market(market, MarketKind::Pool)?;
        expect_address(pool, &row.address)?;
        let is_debt_pool = pool.key == list.debt_pool.key;
        let keeps_units = list.collateral_destination.owner == context.program_id;
        if !pool.is_writable && !keeps_units {
            return Err(TrestleError::NotWritable);
        }
        let place = Place {
            asset: row.asset,
            class: row.class,
            market,
            kind: PositionKind::PoolDeposit,
            bump: 0,
        };
        let units = context.margin.units(place.key())?;
        if units == 0 {
            return Err(TrestleError::NoPosition);
        }
        let pool = PoolHandle::load(
            context.program_id,
            &context.margin.fixed.header.group,
            pool,
            list.collateral_vault,
            list.collateral_mint,
            list.collateral_token_program,
            context.now,
        )?;
        Ok(Self { pool, place, units, is_debt_pool, keeps_units })
    }

    /// Worth of the deposit, native units, rounded down.
    pub(super) fn tokens(&self) -> Result<u64> {
        Ok(self.pool.books.deposit_index.tokens_floor(self.units)?)
    }

    /// Native units that can be seized once the repayment has brought `brought`
    /// tokens to the debt's pool.
    pub(super) fn available(&self, brought: u64) -> Result<u64> {
        let held = self.tokens()?;
        if self.keeps_units {
            return Ok(held);
        }
        let brought = if self.is_debt_pool { brought } else { 0 };
        Ok(held.min(self.pool.books.cash.saturating_add(brought)))
    }

    /// Units worth `tokens`, at most one unit more.
    pub(super) fn units_for(&self, tokens: u64) -> Result<u64> {
        Ok(self.pool.books.units_for(tokens)?.min(self.units))
    }

    /// Seizes units worth `step.seize` native units, at most one unit more.
    /// Returns what they are worth, rounded down.
    pub(super) fn seize(
        &mut self,
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        list: &List<'_, 'i>,
        step: &Step,
    ) -> Result<u64> {
        if self.is_debt_pool {
            self.pool.reload(context.program_id, context.now)?;
        }
        let units = self.units_for(step.seize)?;
        let key = self.place.key();
        if self.keeps_units {
            context.margin.debit(key, units)?;
            receive(context, accounts, list, self.place, units)?;
            return Ok(self.pool.books.deposit_index.tokens_floor(units)?);
        }
        let to = list.collateral_destination;
        tokens_of(to, self.pool.token_program.key, self.pool.mint.key)?;
        let tokens = self.pool.books.redeem(units)?;
        pay_from_vault(&self.pool, to, tokens)?;
        self.pool.store(context.program_id)?;
        context.margin.debit(key, units)?;
        Ok(tokens)
    }
}

/// Adds the units to the liquidator's margin account, which must be able to
/// bear its own debts afterwards.
#[inline(never)]
fn receive<'i>(
    context: &Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    list: &List<'_, 'i>,
    place: Place,
    units: u64,
) -> Result<()> {
    let to = list.collateral_destination;
    let mut bytes = to.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let mut own = Box::new(Context::load(
        context.program_id,
        list.liquidator,
        to,
        &mut bytes,
        list.prices,
        list.markets,
    )?);
    own.authorize(Permission::RECEIVE)?;
    let before = Before::take(Releases::RULE, &mut own, accounts)?;
    own.margin.credit(place, units)?;
    effect::settle(Releases::RULE, &mut own, accounts, &before)?;
    own.margin.publish(to.key, Releases::RULE.count());
    Ok(())
}
