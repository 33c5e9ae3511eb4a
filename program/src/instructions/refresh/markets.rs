//! `refresh_markets`: indices and rates into the markets page.
//!
//! Interest is projected to now. For a pool by the function that the pool
//! itself accrues with, so the row equals what the pool would say; for a
//! venue's reserve by its adapter, deposits rounded down and debts up.

use super::report;
use crate::Result;
use crate::accounts::{check_roles, expect_address, now, read_in, read_mut};
use crate::venues::{venue_of, write_row};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::RefreshMarketsAccounts;
use trestle_interface::state::{MarketKind, MarketRow, MarketsPage, Pool, Wide};
use trestle_interface::view::Now;
use trestle_risk_math::num::Weight;

/// Runs it: a little-endian `u16` row number per row, whose accounts trail in
/// the same order: a pool, or a venue's reserve and market.
#[inline(never)]
pub(crate) fn markets(program_id: &Pubkey, accounts: &[AccountInfo], rows: &[u8]) -> Result<()> {
    check_roles(accounts, RefreshMarketsAccounts::<()>::ROLES, &[])?;
    let (list, mut sources) =
        RefreshMarketsAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let (rows, rest) = rows.as_chunks::<2>();
    if rows.is_empty() || !rest.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    let mut page = read_mut::<MarketsPage>(list.markets, program_id)?;
    let now = now()?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for row in rows {
        let row = u16::from_le_bytes(*row);
        let wanted = match page.market(row) {
            Some(row) if row.kind != MarketKind::Pool.byte() => 2,
            _ => 1,
        };
        let own = sources.get(..wanted).ok_or(TrestleError::ArgumentLength)?;
        sources = sources.get(wanted..).unwrap_or(&[]);
        outcomes.push(refresh(program_id, &mut page, row, own, now));
    }
    if !sources.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    report(&outcomes)
}

/// Refreshes one row, or leaves it exactly as it was.
fn refresh(
    program_id: &Pubkey,
    page: &mut MarketsPage,
    id: u16,
    sources: &[AccountInfo],
    now: Now,
) -> Result<()> {
    let row = page.market(id).ok_or(TrestleError::UnknownRow)?;
    let liquid_share = Weight::clamped(page.terms.liquid_share);
    let group = page.header.group;
    match (MarketKind::from_byte(row.kind), sources) {
        (Some(MarketKind::Pool), [pool]) => {
            expect_address(pool, &row.address)?;
            let pool = read_in::<Pool>(pool, program_id, &group)?;
            let row = page.markets.get_mut(usize::from(id)).ok_or(TrestleError::UnknownRow)?;
            write_pool(row, &pool, liquid_share, now)
        }
        (Some(MarketKind::Lending), [reserve, parent]) => {
            expect_address(reserve, &row.address)?;
            expect_address(parent, &row.parent)?;
            let venue = venue_of(page, row)?;
            let row = page.markets.get_mut(usize::from(id)).ok_or(TrestleError::UnknownRow)?;
            let mut next = *row;
            write_row(venue, &mut next, reserve, parent, liquid_share, now)?;
            *row = next;
            Ok(())
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
    // not the cash of this moment, which one transaction can take and give back
    row.liquid = liquid_share.of_floor(pool.opening_cash(now.slot));
    row.free_liquidity = books.cash;
    row.utilisation = books.utilisation()?.q16();
    row.borrow_apr = borrow.q24();
    row.supply_apr = supply.q24();
    row.growth_bound = pool.growth_bound;
    row.slot = now.slot;
    row.time = now.unix;
    Ok(())
}
