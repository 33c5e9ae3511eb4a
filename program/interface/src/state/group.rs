//! The group: authorities, access, and where its board is.

use super::header::{Account, Header};
use bytemuck::{Pod, Zeroable};
use solana_address::Address;

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
    /// Merkle root over the invited owners.
    pub cohort_root: [u8; 32],
    /// Closed gates, one bit per instruction family.
    pub gates: u64,
    /// Places of the cohort.
    pub seat_cap: u32,
    /// Places taken.
    pub seat_count: u32,
    /// Access phase.
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
