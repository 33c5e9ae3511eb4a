//! The margin account: a header, and a slab of positions behind it.
//!
//! Positions are kept sorted by (asset, class, market, kind), so a health pass
//! nets them as it walks. Money never lives here: it lives in token accounts
//! and venue accounts that the account's authority owns.

use super::header::{Account, Header};
use super::pod::Wide;
use crate::event::AccountState;
use bytemuck::{Pod, Zeroable};
use solana_address::Address;

/// Fewest positions an account is created for.
pub const MIN_POSITIONS: usize = 8;
/// Most positions of an account.
pub const MAX_POSITIONS: usize = 64;
/// Delegates of an account.
pub const MAX_DELEGATES: usize = 4;
/// Venue accounts of an account.
pub const MAX_VENUE_ACCOUNTS: usize = 16;

crate::byte_enum! {
    /// Statuses of a margin account.
    AccountStatus {
        /// Usual.
        Active = 0,
        /// Locked down by its owner or a protector; see [`crate::permission::Permission`].
        LockedDown = 1,
    }
}

crate::byte_enum! {
    /// What is going on inside the current transaction. Idle at its end.
    Session {
        /// Nothing.
        Idle = 0,
        /// Between the begin and the end of a region.
        Region = 1,
        /// Between the begin and the end of a liquidation.
        Liquidation = 2,
    }
}

crate::byte_enum! {
    /// Kinds of positions.
    PositionKind {
        /// Idle tokens of the authority. `market` holds the asset.
        Custody = 1,
        /// Deposit in a native pool.
        PoolDeposit = 2,
        /// Debt to a native pool.
        PoolDebt = 3,
        /// Deposit at a lending venue.
        VenueDeposit = 4,
        /// Debt to a lending venue.
        VenueDebt = 5,
        /// Base of a perpetual position.
        PerpBase = 6,
        /// Quote of a perpetual position.
        PerpQuote = 7,
    }
}

impl PositionKind {
    /// Whether the account owns what the position holds. Perps count as owed:
    /// they can turn against the account.
    #[must_use]
    #[inline(always)]
    pub const fn is_asset(self) -> bool {
        matches!(self, Self::Custody | Self::PoolDeposit | Self::VenueDeposit)
    }
}

/// One position. `units` are the market's own; the row's index turns them into tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Position {
    /// Market row; the asset for custody.
    pub market: u16,
    /// [`PositionKind`].
    pub kind: u8,
    /// Venue account, [`trestle_risk_math::portfolio::NO_ACCOUNT`] for none.
    pub venue_account: u8,
    /// Bump of the custody token account, so that it is never searched for.
    pub bump: u8,
    /// Asset, a copy of the row's: positions sort by it.
    pub asset: u8,
    /// Class, a copy of the row's.
    pub class: u8,
    /// Zero.
    pub padding: u8,
    /// Changes each time the place is used anew.
    pub incarnation: u32,
    /// Zero.
    pub padding_units: [u8; 4],
    /// Units: low word for pools and custody.
    pub units: Wide,
    /// Perp quote. Of a pool debt, what was marked as unsettled, native units.
    pub word: i64,
    /// Last funding, or zero.
    pub funding: i64,
    /// Slot of the last refresh from the venue. Of a pool debt, the slot in
    /// which it was marked as unsettled, 0 for never.
    pub slot: u64,
    /// Whole units when a receivership began, 0 outside of one.
    pub before: u64,
}
crate::assert_layout!(Position, 2, 1, 1, 1, 1, 1, 1, 4, 4, 16, 8, 8, 8, 8);

/// Sort key of positions: asset, class, market, kind.
pub type PositionKey = (u8, u8, u16, u8);

impl Position {
    /// The sort key.
    #[must_use]
    #[inline(always)]
    pub const fn key(&self) -> PositionKey {
        (self.asset, self.class, self.market, self.kind)
    }
}

/// Someone who may act for the owner, within bounds.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub struct Delegate {
    /// Key. Zero for none.
    pub key: Address,
    /// Unix time from which it may act no more.
    pub expires: i64,
    /// Bits of [`crate::permission`].
    pub permissions: u32,
    /// Zero.
    pub padding: [u8; 4],
    /// Most equity that one act may cost, micro-USD.
    pub loss_per_act: u64,
    /// Most equity that a day's acts may cost, micro-USD.
    pub loss_per_day: u64,
    /// Cost since `day_start`, micro-USD.
    pub spent: u64,
    /// Unix time at which the running day began: with its first costly act.
    pub day_start: i64,
}
crate::assert_layout!(Delegate, 32, 8, 4, 4, 8, 8, 8, 8);

/// An account at a venue that this margin account owns.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub struct VenueAccount {
    /// Address. Zero for none.
    pub key: Address,
    /// Class.
    pub class: u8,
    /// Kind, per adapter.
    pub kind: u8,
    /// Flags of the last refresh.
    pub flags: u16,
    /// Changes each time the place is used anew.
    pub incarnation: u32,
    /// Slot of the last refresh.
    pub slot: u64,
    /// The venue's own stress ratio at the last refresh, Q16.
    pub stress: u32,
    /// Liquidation threshold of all deposits in the elevation group, Q16.
    pub group_threshold: u32,
    /// Elevation group, 0 for none.
    pub group: u8,
    /// Zero.
    pub reserved: [u8; 7],
}
crate::assert_layout!(VenueAccount, 32, 1, 1, 2, 4, 8, 4, 4, 1, 7);

impl VenueAccount {
    /// Flag: something is owed in it.
    pub const OWES: u16 = 1;
    /// Flag: the venue lets anyone liquidate it whatever its ratio.
    pub const FORCED: u16 = 2;
    /// Flag: it holds or owes something that the board does not list, or that
    /// the slab has no room for.
    pub const UNKNOWN: u16 = 4;

    /// Whether a flag is set.
    #[must_use]
    #[inline(always)]
    pub const fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// Whether the place is free.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.key == Address::default()
    }
}

/// What this account last added to a class's running totals, micro-USD.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub struct Contribution {
    /// Positive net claim.
    pub claim: u64,
    /// Native debt that finances it.
    pub financing: u64,
}
crate::assert_layout!(Contribution, 8, 8);

/// What `begin_liquidation` leaves to `end_liquidation`. All zero outside.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Receivership {
    /// Who began it.
    pub liquidator: Address,
    /// Hash of every price and index of the board.
    pub board: [u8; 32],
    /// Assets that may be withdrawn, one bit each.
    pub seizable: u64,
    /// Equity, micro-USD.
    pub equity: i64,
    /// Debts, micro-USD.
    pub debts: i64,
    /// Maintenance health, micro-USD.
    pub maint: i64,
    /// Liquidation-end health that must not be exceeded, micro-USD.
    pub target: i64,
    /// Most debt that may be repaid, micro-USD.
    pub cap: u64,
    /// Equity that may be lost per debt repaid, Q16.
    pub rate: u32,
    /// Zero.
    pub padding: [u8; 4],
}
crate::assert_layout!(Receivership, 32, 32, 8, 8, 8, 8, 8, 8, 4, 4);

/// The fixed part of a margin account.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct MarginAccount {
    /// Header.
    pub header: Header,
    /// Owner.
    pub owner: Address,
    /// Owner at creation: the address derives from it, so it never changes.
    pub creator: Address,
    /// Account number of the creator.
    pub index: u16,
    /// Bump of the authority.
    pub authority_bump: u8,
    /// Positions in use.
    pub count: u8,
    /// [`AccountStatus`].
    pub status: u8,
    /// [`Session`].
    pub session: u8,
    /// 1 while any position is a debt or a perp.
    pub has_debt: u8,
    /// Maintenance health at the last check; see [`health_bucket`].
    pub health_bucket: u8,
    /// Classes with a venue account, one bit each.
    pub venue_bitmap: u16,
    /// Zero.
    pub padding: [u8; 6],
    /// Slot of the last check.
    pub last_check_slot: u64,
    /// Counts mutating operations.
    pub sequence: u64,
    /// Unix time of the last act that raised risk.
    pub last_risk_time: i64,
    /// Slot in which the account was flagged unhealthy, 0 while it is not.
    pub flagged_slot: u64,
    /// Owner that has been named but has not accepted. Zero for none.
    pub pending_owner: Address,
    /// Incarnation of the next position.
    pub next_incarnation: u32,
    /// Zero.
    pub padding_unlock: [u8; 4],
    /// Unix time from which a lock-down may be lifted, 0 until that is asked for.
    pub unlock_time: i64,
    /// Zero.
    pub reserved_small: [u8; 24],
    /// Delegates.
    pub delegates: [Delegate; MAX_DELEGATES],
    /// Venue accounts.
    pub venue_accounts: [VenueAccount; MAX_VENUE_ACCOUNTS],
    /// Contributions per class.
    pub contributions: [Contribution; 16],
    /// The open receivership.
    pub receivership: Receivership,
    /// Zero.
    pub reserved: [u8; 96],
}
crate::assert_layout!(
    MarginAccount,
    48,
    32,
    32, // identity
    2,
    1,
    1,
    1,
    1,
    1,
    1,
    2,
    6, // small
    8,
    8,
    8,
    8, // stamps
    32,
    4,
    4,
    8,
    24, // pending owner, unlock, reserved
    4 * 80,
    16 * 64,
    16 * 16,
    120,
    96,
);

impl MarginAccount {
    /// Slots since the account was flagged, zero while it is not.
    #[must_use]
    pub const fn flagged_for(&self, slot: u64) -> u64 {
        match self.flagged_slot {
            0 => 0,
            flagged => slot.saturating_sub(flagged),
        }
    }

    /// The account as an event tells it, `open` unless it is being closed.
    #[must_use]
    pub const fn event(&self, capacity: u8, open: bool) -> AccountState {
        AccountState {
            group: self.header.group,
            owner: self.owner,
            creator: self.creator,
            index: self.index,
            capacity,
            status: self.status,
            open,
        }
    }
}

impl Account for MarginAccount {
    const DISCRIMINATOR: [u8; 8] = *b"trMargin";
    const ELEMENT: usize = core::mem::size_of::<Position>();
    const MAX_ELEMENTS: usize = MAX_POSITIONS;

    fn header(&self) -> &Header {
        &self.header
    }
}

/// Size of an account for `capacity` positions.
#[must_use]
pub const fn account_size(capacity: usize) -> usize {
    core::mem::size_of::<MarginAccount>()
        .saturating_add(capacity.saturating_mul(core::mem::size_of::<Position>()))
}

/// Maintenance health as one byte for filters: 0 without debts, 1 below zero,
/// then 2 to 9 for health of at least 0, 1, 2, 5, 10, 25, 50 and 100 % of debts.
#[must_use]
pub fn health_bucket(maint: i64, debts: i64) -> u8 {
    /// Smallest share of debts, percent, for buckets 3 to 9.
    const STEPS: [i64; 7] = [1, 2, 5, 10, 25, 50, 100];
    if debts <= 0 {
        return 0;
    }
    if maint < 0 {
        return 1;
    }
    let hundredfold = maint.saturating_mul(100);
    let reached = STEPS.iter().filter(|s| hundredfold >= debts.saturating_mul(**s)).count();
    u8::try_from(reached).unwrap_or(7).saturating_add(2)
}

/// Offsets for `memcmp` filters of bots. Frozen: a test compares them with the layout.
pub mod offsets {
    /// Group.
    pub const GROUP: usize = 16;
    /// Owner.
    pub const OWNER: usize = 48;
    /// Status byte.
    pub const STATUS: usize = 116;
    /// Session byte.
    pub const SESSION: usize = 117;
    /// Debt flag.
    pub const HAS_DEBT: usize = 118;
    /// Health bucket.
    pub const HEALTH_BUCKET: usize = 119;
    /// Venue bitmap.
    pub const VENUE_BITMAP: usize = 120;
    /// Slot of the last check.
    pub const LAST_CHECK_SLOT: usize = 128;
    /// Sequence.
    pub const SEQUENCE: usize = 136;
    /// First position.
    pub const POSITIONS: usize = 2_048;
}
