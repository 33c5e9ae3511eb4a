//! The group: authorities, access, and where its board is. A seat: one taken
//! place of its cohort.

use super::header::{Account, Header};
use bytemuck::{Pod, Zeroable};
use solana_address::Address;

crate::byte_enum! {
    /// Who may open a margin account. It never goes back. Whatever the phase,
    /// accounts that exist are used and left freely, and lending needs none.
    Phase {
        /// Nobody.
        Closed = 0,
        /// Who holds a seat, or takes one by proof.
        Cohort = 1,
        /// Everyone, for good.
        Public = 2,
    }
}

/// A group of assets, pools and margin accounts under one set of authorities.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Group {
    /// Header; `group` is the account's own address.
    pub header: Header,
    /// Lists factors, assets, classes, markets and pools.
    pub admin: Address,
    /// Sets risk parameters.
    pub risk: Address,
    /// May only tighten: moves the venue ladder down and closes gates.
    pub guardian: Address,
    /// Collects fees.
    pub fee: Address,
    /// Admin that has been named but has not accepted. Zero for none.
    pub pending_admin: Address,
    /// Prices page of the board. Zero until the board is initialised.
    pub prices: Address,
    /// Markets page of the board.
    pub markets: Address,
    /// Merkle root over the invited owners; see [`crate::cohort`].
    pub cohort_root: [u8; 32],
    /// Closed gates, one bit per instruction family.
    pub gates: u64,
    /// Most seats that may be taken. Never below the count.
    pub seat_cap: u32,
    /// Seats taken. Never falls.
    pub seat_count: u32,
    /// [`Phase`].
    pub phase: u8,
    /// Zero.
    pub padding: [u8; 7],
    /// Margin accounts ever opened.
    pub accounts_opened: u64,
    /// Zero.
    pub reserved: [u8; 432],
}
crate::assert_layout!(
    Group, 48, // header
    32, 32, 32, 32, 32, // authorities
    32, 32, // board
    32, // cohort root
    8, 4, 4, // gates, seats
    1, 7,   // phase
    8,   // accounts
    432, // reserved
);

impl Account for Group {
    const DISCRIMINATOR: [u8; 8] = *b"trGroup\0";

    fn header(&self) -> &Header {
        &self.header
    }
}

/// A taken place of the cohort: the owner may open margin accounts while the
/// phase is [`Phase::Cohort`]. One an owner, for good: it outlives changes of
/// the root and the owner's accounts, and nothing closes it or hands it on.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Seat {
    /// Header.
    pub header: Header,
    /// Owner.
    pub owner: Address,
    /// Number of the seat, from 1 in the order of taking.
    pub number: u32,
    /// Zero.
    pub padding: [u8; 4],
    /// Zero.
    pub reserved: [u8; 40],
}
crate::assert_layout!(Seat, 48, 32, 4, 4, 40);

impl Account for Seat {
    const DISCRIMINATOR: [u8; 8] = *b"trSeat\0\0";

    fn header(&self) -> &Header {
        &self.header
    }
}
