//! Reading an obligation into the slab.

use super::{bytes, is_gone, with_obligation};
use crate::Result;
use crate::accounts::Context;
use crate::venues::{Entry, find, rebuild};
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::state::{PositionKind, VenueAccount};
use trestle_interface::view::RowRead;
use trestle_risk_math::num::Weight;
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::report::Indices;
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::{admit, ids, report};

/// Everything that an obligation holds and owes.
fn obligation_entries(obligation: &Obligation<'_>) -> Result<Vec<Entry>> {
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
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    place: u8,
    info: &AccountInfo<'i>,
) -> Result<()> {
    let authority = context.authority_address();
    let (margin, markets, now) = (&mut context.margin, &*context.markets, context.now);
    if is_gone(info) {
        context.reads.mark_units(place);
        return rebuild(margin, markets, place, &ids::SYSTEM_PROGRAM, &[], now);
    }
    let (entries, group, parent, forced) = with_obligation(info, |view| {
        admit::obligation(view, authority.as_array(), view.market())?;
        let forced = view.is_marked() || view.has_orders() || view.is_changing_owner();
        Ok((obligation_entries(view)?, view.group(), *view.market(), forced))
    })?;
    let threshold = group_threshold(accounts, &parent, group)?;
    context.reads.mark_units(place);
    rebuild(margin, markets, place, &parent, &entries, now)?;
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
/// Where a reserve is missing or unknown, the obligation stays unread.
pub(crate) fn read<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    place: u8,
    info: &AccountInfo<'i>,
) -> Result<()> {
    if !context.reads.has_units(place) {
        refresh(context, accounts, place, info)?;
    }
    let account = context.margin.fixed.venue_accounts.get(usize::from(place));
    if account.ok_or(TrestleError::Corrupt)?.has(VenueAccount::UNKNOWN) {
        return Ok(());
    }
    for position in context.margin.positions().iter().filter(|p| p.venue_account == place) {
        if context.reads.has_row(position.market) {
            continue;
        }
        let row = context.markets.market(position.market).ok_or(TrestleError::UnknownRow)?;
        let Ok(reserve) = find(accounts, row.address.as_array()) else { return Ok(()) };
        let data = bytes(reserve)?;
        let indices = report::indices(&Reserve::new(&data)?, context.now)?;
        context.reads.row(row_read(position.market, indices));
    }
    context.reads.mark(place);
    Ok(())
}

/// A row as its reserve says.
pub(super) const fn row_read(market: u16, indices: Indices) -> RowRead {
    RowRead { market, deposit_index: indices.deposit, debt_index: indices.debt }
}
