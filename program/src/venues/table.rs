//! The account's table of venue accounts, and the positions that mirror them.

use crate::Result;
use crate::slab::{Margin, Place};
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::state::{
    MarketKind, MarketRow, MarketsPage, Position, PositionKind, VenueAccount,
};
use trestle_interface::view::Now;

/// One position that a venue account holds or owes.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    /// Address of the reserve.
    pub(crate) reserve: [u8; 32],
    /// Deposit or debt.
    pub(crate) kind: PositionKind,
    /// Units at the venue.
    pub(crate) units: u128,
}

/// Where a venue account stands in the table.
pub(crate) fn place_of(margin: &Margin<'_>, key: &Pubkey) -> Result<u8> {
    let accounts = &margin.fixed.venue_accounts;
    let found = accounts.iter().position(|account| account.key == *key);
    let place = found.filter(|_| *key != Pubkey::default()).ok_or(TrestleError::NoVenueAccount)?;
    u8::try_from(place).map_err(|_| TrestleError::Corrupt)
}

/// The row of a class's reserve.
pub(crate) fn find_row<'m>(
    markets: &'m MarketsPage,
    class: u8,
    reserve: &[u8; 32],
) -> Option<(u16, &'m MarketRow)> {
    let listed = (0_u16..markets.market_count).zip(&markets.markets);
    let lending = MarketKind::Lending.byte();
    listed.into_iter().find(|(_, row)| {
        row.address.as_array() == reserve && row.class == class && row.kind == lending
    })
}

/// The row of a reserve that the account may have a position in already.
fn row_of<'m>(
    margin: &Margin<'_>,
    markets: &'m MarketsPage,
    class: u8,
    place: u8,
    reserve: &[u8; 32],
) -> Option<(u16, &'m MarketRow)> {
    let held = margin.positions().iter().filter(|p| p.venue_account == place);
    let known = held.filter_map(|p| Some((p.market, markets.market(p.market)?)));
    let mut known = known.filter(|(_, row)| row.address.as_array() == reserve);
    known.next().or_else(|| find_row(markets, class, reserve))
}

/// Makes the positions at one place equal to what the venue says: `entries`
/// are all of it, in the market `parent`. What is not listed there, or has no
/// room, raises the account's flag [`VenueAccount::UNKNOWN`]; the rest is kept
/// up all the same.
pub(crate) fn rebuild(
    margin: &mut Margin<'_>,
    markets: &MarketsPage,
    place: u8,
    parent: &[u8; 32],
    entries: &[Entry],
    now: Now,
) -> Result<()> {
    let account = margin.fixed.venue_accounts.get(usize::from(place));
    let class = account.ok_or(TrestleError::Corrupt)?.class;
    let mut flags = 0_u16;
    drop_vanished(margin, markets, place, entries)?;
    for entry in entries {
        if entry.kind == PositionKind::VenueDebt {
            flags |= VenueAccount::OWES;
        }
        let row = row_of(margin, markets, class, place, &entry.reserve);
        let Some((market, row)) = row.filter(|(_, row)| row.parent.as_array() == parent) else {
            flags |= VenueAccount::UNKNOWN;
            continue;
        };
        let at = Place { asset: row.asset, class, market, kind: entry.kind, bump: 0 };
        match margin.set(at, place, entry.units, now.slot) {
            Err(TrestleError::SlabFull) => flags |= VenueAccount::UNKNOWN,
            outcome => outcome?,
        }
    }
    let account = margin.fixed.venue_accounts.get_mut(usize::from(place));
    let account = account.ok_or(TrestleError::Corrupt)?;
    account.flags = flags;
    account.slot = now.slot;
    Ok(())
}

/// Removes positions at a place that the venue no longer knows.
fn drop_vanished(
    margin: &mut Margin<'_>,
    markets: &MarketsPage,
    place: u8,
    entries: &[Entry],
) -> Result<()> {
    let gone = |position: &Position| {
        if position.venue_account != place {
            return false;
        }
        let address = markets.market(position.market).map(|row| row.address.to_bytes());
        let same = |e: &Entry| Some(e.reserve) == address && e.kind.byte() == position.kind;
        !entries.iter().any(same)
    };
    while let Some(at) = margin.positions().iter().position(gone) {
        margin.clear(at)?;
    }
    Ok(())
}
