//! What a check knows of the account's venue accounts.
//!
//! Units at a venue change only by the account's own acts, by refresh, and by
//! a liquidation at the venue; a stamp cannot order those inside a slot. So an
//! act that may raise risk reads every venue account that owes something in
//! the same instruction, with the reserves it uses. What was not read gets no
//! hedge credit, and the venue's whole penalty is charged (ruling 3).

use crate::state::{MAX_VENUE_ACCOUNTS, MarginAccount, VenueAccount};
use trestle_risk_math::index::Index;

/// Most rows that one instruction reads anew: what one full obligation uses.
pub const MAX_READS: usize = 13;

/// A market row as read from the venue in this instruction.
#[derive(Clone, Copy, Debug)]
pub struct RowRead {
    /// Row.
    pub market: u16,
    /// Tokens per deposit unit, rounded down.
    pub deposit_index: Index,
    /// Tokens per debt unit, rounded up.
    pub debt_index: Index,
}

/// The account's venue accounts, and which of them this instruction has read.
#[derive(Clone, Copy, Debug)]
pub struct Venues<'a> {
    accounts: &'a [VenueAccount],
    read: u16,
    rows: &'a [RowRead],
}

impl<'a> Venues<'a> {
    /// No venue accounts: legs at venues are unknown.
    pub const NONE: Self = Self { accounts: &[], read: 0, rows: &[] };

    /// The account's venue accounts, none of them read now.
    #[must_use]
    pub const fn of(account: &'a MarginAccount) -> Self {
        Self { accounts: &account.venue_accounts, read: 0, rows: &[] }
    }

    /// The same with the accounts of the bits `read` and the rows `rows` read now.
    #[must_use]
    pub const fn with_reads(self, read: u16, rows: &'a [RowRead]) -> Self {
        Self { accounts: self.accounts, read, rows }
    }

    /// A venue account by its place.
    #[must_use]
    #[inline(always)]
    pub fn account(&self, place: u8) -> Option<&'a VenueAccount> {
        self.accounts.get(usize::from(place))
    }

    /// Whether the account at a place was read in this instruction.
    #[must_use]
    #[inline(always)]
    pub fn is_read(&self, place: u8) -> bool {
        const { assert!(MAX_VENUE_ACCOUNTS <= 16) };
        u32::from(self.read).wrapping_shr(u32::from(place)) & 1 != 0
    }

    /// A row as read in this instruction.
    #[must_use]
    pub fn row(&self, market: u16) -> Option<&'a RowRead> {
        self.rows.iter().find(|row| row.market == market)
    }
}
