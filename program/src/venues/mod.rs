//! Venues: an adapter's reports and plans, put to work on accounts.
//!
//! A venue is a folder here and a row in each match on [`VenueKind`]. What an
//! adapter's call names beyond an instruction's own list is found by address
//! among the instruction's accounts; the addresses follow from the board, from
//! the venue's accounts and from what the program derives, so their order does
//! not matter and a stranger's account is never taken.

pub(crate) mod kamino;
mod reads;
mod rows;
mod table;

pub(crate) use reads::{Reads, read_indebted, read_units};
pub(crate) use rows::write_row;
pub(crate) use table::{Entry, find_row, place_of, rebuild};

use crate::Result;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::state::{MarketKind, MarketRow, MarketsPage, VenueKind};

/// An account of the instruction by its address.
pub(crate) fn find<'a, 'i>(
    accounts: &'a [AccountInfo<'i>],
    key: &[u8; 32],
) -> Result<&'a AccountInfo<'i>> {
    let found = accounts.iter().find(|info| is_key(info.key.as_array(), key));
    found.ok_or(TrestleError::VenueAccountMissing)
}

/// Equality of keys that mostly differ: one word tells most of them apart.
#[inline(always)]
pub(crate) fn is_key(a: &[u8; 32], b: &[u8; 32]) -> bool {
    let head = |key: &[u8; 32]| key.first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
    head(a) == head(b) && a == b
}

/// The venue behind a lending market's row.
pub(crate) fn venue_of(markets: &MarketsPage, row: &MarketRow) -> Result<VenueKind> {
    if row.kind != MarketKind::Lending.byte() {
        return Err(TrestleError::WrongMarketKind);
    }
    let class = markets.class(row.class).ok_or(TrestleError::UnknownRow)?;
    VenueKind::from_byte(class.kind).ok_or(TrestleError::WrongMarketKind)
}
