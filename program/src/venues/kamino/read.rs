//! Reading an obligation into the slab.

use super::{bytes, is_gone, with_obligation, with_reserve};
use crate::Result;
use crate::accounts::Context;
use crate::slab::Margin;
use crate::venues::{Entry, find, find_row, rebuild};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::state::{MarketsPage, PositionKind, VenueAccount};
use trestle_interface::view::{Now, RowRead};
use trestle_risk_math::num::Weight;
use trestle_venue_adapters::kamino::admit;
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::report;

/// Everything that an obligation holds and owes.
pub(crate) fn obligation_entries(obligation: &Obligation<'_>) -> Result<Vec<Entry>> {
    let mut entries = Vec::with_capacity(4);
    for deposit in obligation.deposits() {
        entries.push(Entry {
            reserve: *deposit.reserve,
            kind: PositionKind::VenueDeposit,
            units: u128::from(deposit.ctokens),
        });
    }
    for borrow in obligation.borrows() {
        entries.push(Entry {
            reserve: *borrow.reserve,
            kind: PositionKind::VenueDebt,
            units: borrow.units()?,
        });
    }
    Ok(entries)
}

/// Rewrites the positions at a place from the obligation there. The address
/// was compared with the table; a vanished obligation holds nothing.
pub(crate) fn refresh<'i>(
    margin: &mut Margin<'_>,
    markets: &MarketsPage,
    accounts: &[AccountInfo<'i>],
    authority: &Pubkey,
    place: u8,
    info: &AccountInfo<'i>,
    now: Now,
) -> Result<()> {
    if is_gone(info) {
        return rebuild(margin, markets, place, &[], now);
    }
    let (entries, group, parent, forced) = with_obligation(info, |view| {
        admit::obligation(view, authority.as_array(), view.market())?;
        let forced = view.is_marked() || view.has_orders() || view.is_changing_owner();
        Ok((obligation_entries(view)?, view.group(), *view.market(), forced))
    })?;
    let threshold = group_threshold(accounts, &parent, group)?;
    rebuild(margin, markets, place, &entries, now)?;
    let account = margin.fixed.venue_accounts.get_mut(usize::from(place));
    let account = account.ok_or(TrestleError::Corrupt)?;
    account.group = group;
    account.group_threshold = threshold.q16();
    if forced {
        account.flags |= VenueAccount::FORCED;
    }
    Ok(())
}

/// Liquidation threshold in an elevation group; the market must be among the accounts.
fn group_threshold(accounts: &[AccountInfo], market: &[u8; 32], group: u8) -> Result<Weight> {
    if group == 0 {
        return Ok(Weight::ZERO);
    }
    let data = bytes(find(accounts, market)?)?;
    let group = Market::new(&data)?.group(group).ok_or(TrestleError::KaminoGroup)?;
    // per cent, rounded down
    Ok(Weight::clamped((u32::from(group.threshold_pct.min(100)) << 16) / 100))
}

/// Reads an obligation and the reserves that it uses, all of this instruction.
/// Where a reserve or the market is missing, the obligation stays unread.
pub(crate) fn read<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    place: u8,
    info: &AccountInfo<'i>,
) -> Result<()> {
    let authority = context.authority_address();
    let now = context.now;
    refresh(&mut context.margin, &context.markets, accounts, &authority, place, info, now)?;
    if is_gone(info) {
        context.reads.mark(place);
        return Ok(());
    }
    let (entries, parent) =
        with_obligation(info, |view| Ok((obligation_entries(view)?, *view.market())))?;
    let class = context.margin.fixed.venue_accounts.get(usize::from(place));
    let class = class.ok_or(TrestleError::Corrupt)?.class;
    let Ok(market) = find(accounts, &parent) else { return Ok(()) };
    for entry in &entries {
        let Some((id, row)) = find_row(&context.markets, class, &entry.reserve) else {
            return Ok(());
        };
        if row.parent.as_array() != &parent {
            return Err(TrestleError::WrongAddress);
        }
        let Ok(reserve) = find(accounts, &entry.reserve) else { return Ok(()) };
        let report = with_reserve(reserve, market, |r, m| Ok(report::reserve(r, m, now)?))?;
        context.reads.row(RowRead {
            market: id,
            deposit_index: report.deposit_index,
            debt_index: report.debt_index,
        });
    }
    context.reads.mark(place);
    Ok(())
}
