//! `refresh_markets`: indices and rates of pools into the markets page.
//!
//! Interest is projected to now by the same function that the pool itself
//! accrues with, so the row equals what the pool would say.

use super::report;
use crate::Result;
use crate::accounts::{check_roles, expect_address, now, read_in, read_mut};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::RefreshMarketsAccounts;
use trestle_interface::state::{MarketKind, MarketRow, MarketsPage, Pool, Wide};
use trestle_interface::view::Now;
use trestle_risk_math::num::Weight;

/// Runs it: a little-endian `u16` row number per trailing pool.
#[inline(never)]
pub(crate) fn markets(program_id: &Pubkey, accounts: &[AccountInfo], rows: &[u8]) -> Result<()> {
    check_roles(accounts, RefreshMarketsAccounts::<()>::ROLES, &[])?;
    let (list, pools) =
        RefreshMarketsAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let (rows, rest) = rows.as_chunks::<2>();
    if rows.is_empty() || rows.len() != pools.len() || !rest.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    let mut page = read_mut::<MarketsPage>(list.markets, program_id)?;
    let now = now()?;
    let outcomes: Vec<Result<()>> = rows
        .iter()
        .zip(pools)
        .map(|(row, pool)| refresh(program_id, &mut page, u16::from_le_bytes(*row), pool, now))
        .collect();
    report(&outcomes)
}

/// Refreshes one row, or leaves it exactly as it was.
fn refresh(
    program_id: &Pubkey,
    page: &mut MarketsPage,
    row: u16,
    account: &AccountInfo,
    now: Now,
) -> Result<()> {
    if row >= page.market_count {
        return Err(TrestleError::UnknownRow);
    }
    let liquid_share = Weight::clamped(page.terms.liquid_share);
    let group = page.header.group;
    let row = page.markets.get_mut(usize::from(row)).ok_or(TrestleError::UnknownRow)?;
    expect_address(account, &row.address)?;
    match MarketKind::from_byte(row.kind) {
        Some(MarketKind::Pool) => {
            let pool = read_in::<Pool>(account, program_id, &group)?;
            write_pool(row, &pool, liquid_share, now)
        }
        _ => Err(TrestleError::WrongMarketKind),
    }
}

/// Copies a pool, accrued to now, into its row.
pub(crate) fn write_pool(
    row: &mut MarketRow,
    pool: &Pool,
    liquid_share: Weight,
    now: Now,
) -> Result<()> {
    let terms = pool.terms()?;
    let (books, _) = pool.books()?.accrued(&terms, now.unix)?;
    let (borrow, supply) = books.rates(&terms)?;
    row.deposit_index = Wide::new(books.deposit_index.q64());
    row.debt_index = Wide::new(books.debt_index.q64());
    row.liquid = books.liquid(liquid_share);
    row.free_liquidity = books.cash;
    row.utilisation = books.utilisation()?.q16();
    row.borrow_apr = borrow.q24();
    row.supply_apr = supply.q24();
    row.growth_bound = pool.growth_bound;
    row.slot = now.slot;
    row.time = now.unix;
    Ok(())
}
