//! User metadata: one per owner of obligations.

use super::layout;
use solana_program::pubkey::Pubkey;

layout! {
    /// Referrer and lookup table of an owner.
    Metadata: 1032;
    /// Who referred the owner, or none.
    referrer, set_referrer: Pubkey = 8;
    /// Bump of its address.
    bump, set_bump: u64 = 40;
    /// Address lookup table.
    lookup_table, set_lookup_table: Pubkey = 48;
    /// Owner.
    owner, set_owner: Pubkey = 80;
}

impl Metadata<'_> {
    /// `sha256("account:UserMetadata")[..8]`.
    pub const DISCRIMINATOR: [u8; 8] = [0x9d, 0xd6, 0xdc, 0xeb, 0x62, 0x87, 0xab, 0x1c];
}
