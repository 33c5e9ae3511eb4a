//! Between custody and a native pool.
//!
//! For pool positions the slab is the ledger: only these operations,
//! liquidation and settlement change them, and slabs and lend-only positions
//! add up to the pool's totals (ruling 14).

mod borrow;
mod redeem;
mod repay;
mod supply;

pub(crate) use borrow::Borrow;
pub(crate) use redeem::Redeem;
pub(crate) use repay::Repay;
pub(crate) use supply::Supply;

use crate::Result;
use crate::accounts::{Context, Custody, PoolHandle, TokenRefs};
use crate::cpi::{self, Signer};
use crate::slab::Place;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::PoolAccounts;
use trestle_interface::state::{MarketKind, MarketRow, PositionKind};

/// A pool, and the custody of its asset.
pub(crate) struct Parts<'a, 'i> {
    pub(crate) pool: PoolHandle<'a, 'i>,
    custody: Custody<'a, 'i>,
    pub(crate) deposit: Place,
    debt: Place,
    row: MarketRow,
}

impl<'a, 'i> Parts<'a, 'i> {
    /// Checks the list of [`PoolAccounts`] against a market.
    fn load(
        context: &Context<'_, '_>,
        accounts: &'a [AccountInfo<'i>],
        market: u16,
    ) -> Result<Self> {
        let (list, _) = PoolAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
        Self::of(context, &list, market)
    }

    /// [`Parts::load`] of a list that stands elsewhere.
    pub(crate) fn of(
        context: &Context<'_, '_>,
        list: &PoolAccounts<&'a AccountInfo<'i>>,
        market: u16,
    ) -> Result<Self> {
        let row = context.market(market, MarketKind::Pool)?;
        crate::accounts::expect_address(list.pool, &row.address)?;
        let refs = TokenRefs {
            custody: list.custody,
            custody_owner: list.custody_owner,
            mint: list.mint,
            token_program: list.token_program,
        };
        let custody = Custody::load(context, refs, row.asset)?;
        let pool = PoolHandle::load(
            context.program_id,
            &context.margin.fixed.header.group,
            list.pool,
            list.vault,
            list.mint,
            list.token_program,
            context.now,
        )?;
        let place = |kind| Place { asset: row.asset, class: row.class, market, kind, bump: 0 };
        Ok(Self {
            pool,
            custody,
            deposit: place(PositionKind::PoolDeposit),
            debt: place(PositionKind::PoolDebt),
            row: *row,
        })
    }

    /// Native units of the account's deposit that can be redeemed now.
    pub(crate) fn available(&self, context: &Context<'_, '_>) -> Result<u64> {
        let held = context.margin.units(self.deposit.key())?;
        Ok(self.pool.books.deposit_index.tokens_floor(held)?.min(self.pool.books.cash))
    }

    /// Redeems so many units of the account's deposit into custody. Returns
    /// the tokens that arrived.
    pub(crate) fn redeem(&mut self, context: &mut Context<'_, '_>, units: u64) -> Result<u64> {
        let tokens = self.pool.books.redeem(units)?;
        let arrived = self.pay_out(tokens)?;
        self.pool.store(context.program_id)?;
        context.margin.debit(self.deposit.key(), units)?;
        context.margin.credit(self.custody.place, arrived)?;
        Ok(arrived)
    }

    /// Pays from the vault into custody. Returns what arrived.
    fn pay_out(&self, tokens: u64) -> Result<u64> {
        pay_from_vault(&self.pool, self.custody.refs.custody, tokens)?;
        self.custody.received()
    }
}

/// Pays exactly `tokens` from a pool's vault, signed by the pool.
pub(crate) fn pay_from_vault<'i>(
    pool: &PoolHandle<'_, 'i>,
    to: &AccountInfo<'i>,
    tokens: u64,
) -> Result<()> {
    pool.with_seeds(|seeds| {
        cpi::transfer(
            pool.token_program,
            pool.vault,
            pool.mint,
            to,
            pool.authority(),
            tokens,
            pool.decimals,
            &Signer::Seeds(seeds),
        )
    })?;
    pool.expect_paid(tokens)
}
