//! Venue accounts read in this very instruction (ruling 3).

use super::{find, kamino};
use crate::Result;
use crate::accounts::Context;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::state::{VenueAccount, VenueKind};
use trestle_interface::view::{MAX_READS, RowRead};

/// What has been read so far.
#[derive(Default)]
pub(crate) struct Reads {
    /// Bits of venue accounts whose units and reserves were read.
    pub(crate) accounts: u16,
    /// Bits of venue accounts whose units were read.
    units: u16,
    /// Rows of the reserves that those use.
    pub(crate) rows: Vec<RowRead>,
}

impl Reads {
    /// Adds a row, once.
    pub(crate) fn row(&mut self, read: RowRead) {
        if !self.has_row(read.market) && self.rows.len() < MAX_READS.saturating_mul(2) {
            self.rows.push(read);
        }
    }

    /// Whether a row was read.
    pub(crate) fn has_row(&self, market: u16) -> bool {
        self.rows.iter().any(|row| row.market == market)
    }

    /// Marks a venue account as read.
    pub(crate) fn mark(&mut self, place: u8) {
        self.accounts |= bit(place);
    }

    /// Marks the units of a venue account as read.
    pub(crate) fn mark_units(&mut self, place: u8) {
        self.units |= bit(place);
    }

    /// Whether the slab has the units of a venue account as they are now.
    pub(crate) fn has_units(&self, place: u8) -> bool {
        self.units & bit(place) != 0
    }

    /// Forgets all: a venue was called.
    pub(crate) fn forget(&mut self) {
        (self.accounts, self.units) = (0, 0);
        self.rows.clear();
    }
}

fn bit(place: u8) -> u16 {
    1_u16.wrapping_shl(u32::from(place))
}

/// Reads every venue account that owes something and whose accounts are among
/// the instruction's. What is not there stays unread, which the check charges.
#[inline(never)]
pub(crate) fn read_indebted<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
) -> Result<()> {
    for place in 0_u8..16 {
        let Some(account) = context.margin.fixed.venue_accounts.get(usize::from(place)) else {
            break;
        };
        if !account.has(VenueAccount::OWES) || account.is_free() {
            continue;
        }
        let class = context.markets.class(account.class).ok_or(TrestleError::UnknownRow)?;
        let kind = VenueKind::from_byte(class.kind);
        let Ok(info) = find(accounts, account.key.as_array()) else { continue };
        match kind {
            Some(VenueKind::Kamino) => kamino::read(context, accounts, place, info)?,
            Some(VenueKind::Native) | None => {}
        }
    }
    Ok(())
}

/// Brings the slab up to every venue account that is among the instruction's.
#[inline(never)]
pub(crate) fn read_units<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
) -> Result<()> {
    for place in 0_u8..16 {
        let Some(account) = context.margin.fixed.venue_accounts.get(usize::from(place)) else {
            break;
        };
        if account.is_free() {
            continue;
        }
        let Ok(info) = find(accounts, account.key.as_array()) else { continue };
        let class = context.markets.class(account.class).ok_or(TrestleError::UnknownRow)?;
        match VenueKind::from_byte(class.kind) {
            Some(VenueKind::Kamino) => kamino::refresh(context, accounts, place, info)?,
            Some(VenueKind::Native) | None => return Err(TrestleError::Corrupt),
        }
    }
    Ok(())
}
