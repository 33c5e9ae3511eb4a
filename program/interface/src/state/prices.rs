//! The prices page: one row per asset with its price and parameters.

use super::header::{Account, Header};
use super::pod::Weights;
use bytemuck::{Pod, Zeroable};
use solana_address::Address;

/// Rows of the page.
pub const MAX_ASSETS: usize = 64;

/// Where an asset's price comes from, with the last valid sample of it.
///
/// A failed, missing or wrong input never changes a source (ruling 1).
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Source {
    /// Account that must be read; zero accepts any account of the oracle's
    /// program that carries the feed.
    pub account: Address,
    /// Feed id.
    pub feed: [u8; 32],
    /// Mantissa of the scale from raw numbers to micro-USD per native unit.
    pub scale_mantissa: u64,
    /// Shift of that scale.
    pub scale_shift: i16,
    /// [`SourceKind`].
    pub kind: u8,
    /// Shift of the last sample's price.
    pub shift: u8,
    /// Decimal exponent that samples must carry.
    pub exponent: i32,
    /// Multiple of the reported confidence that counts, Q16.
    pub confidence_multiple: u32,
    /// Widest confidence accepted, Q16 of the price.
    pub confidence_cap: u32,
    /// Oldest sample accepted, seconds.
    pub max_age: u32,
    /// Mantissa of the last sample's price. Zero before the first.
    pub mantissa: u32,
    /// Confidence of the last sample, Q16 of the price.
    pub confidence: u32,
    /// Spot-to-EMA gap of the last sample, Q16 of spot.
    pub gap: u32,
    /// Publish time of the last sample, Unix seconds.
    pub published: i64,
    /// Slot in which the last sample was posted.
    pub posted_slot: u64,
}
crate::assert_layout!(Source, 32, 32, 8, 2, 1, 1, 4, 4, 4, 4, 4, 4, 4, 8, 8);

crate::byte_enum! {
    /// Kinds of [`Source`].
    SourceKind {
        /// No source.
        None = 0,
        /// Pyth `PriceUpdateV2`.
        Pyth = 1,
    }
}

crate::byte_enum! {
    /// Tiers of assets.
    Tier {
        /// Counts as collateral and can be borrowed.
        Standard = 0,
        /// No credit; as a debt, the account's only isolated one.
        Isolated = 1,
    }
}

/// One asset.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct AssetRow {
    /// Mint. Zero for an asset without tokens (a perp's base).
    pub mint: Address,
    /// Token program of the mint.
    pub token_program: Address,
    /// Factor.
    pub factor: u8,
    /// Price source: assets with one number net their confidence.
    pub source: u8,
    /// Issuer, 0 for none.
    pub issuer: u8,
    /// [`Tier`].
    pub tier: u8,
    /// Decimals of the mint.
    pub decimals: u8,
    /// Shift of the price.
    pub price_shift: u8,
    /// Zero.
    pub padding: [u8; 2],
    /// Mantissa of the price: micro-USD per native unit is
    /// `mantissa * 2^-shift`. Zero before the first price.
    pub price_mantissa: u32,
    /// Confidence at publish time, Q16 of the price.
    pub confidence: u32,
    /// Spot-to-EMA gap, Q16 of spot.
    pub gap: u32,
    /// Rate confidence of a staking token, Q16.
    pub rate_confidence: u32,
    /// Publish time of the price, Unix seconds.
    pub published: i64,
    /// Slot of the last refresh.
    pub slot: u64,
    /// Basis against the factor.
    pub basis: Weights,
    /// Depth: linear-impact size in micro-USD, shifted right by 16.
    pub depth_shr16: u64,
    /// Concentration slope, Q16.
    pub slope: u32,
    /// Largest liquidation incentive, Q16.
    pub incentive_max: u32,
    /// Cap of the rate confidence, Q16.
    pub rate_confidence_max: u32,
    /// Growth of confidence with age, Q16 a second.
    pub confidence_growth: u32,
    /// Oldest price for initial health, seconds.
    pub age_init: u32,
    /// Oldest price for liquidation, seconds.
    pub age_maint: u32,
    /// Age from which the asset decays, seconds.
    pub age_hard: u32,
    /// Seconds from then until nothing is left.
    pub age_decay: u32,
    /// Initial credit withheld, Q16: the group's total above the cap.
    pub credit_scale: u32,
    /// Extra initial charge on debts, Q16.
    pub debt_scale: u32,
    /// Total above which initial credit is scaled, micro-USD.
    pub credit_cap: u64,
    /// Total above which initial debts are scaled, micro-USD.
    pub debt_cap: u64,
    /// Primary source.
    pub primary: Source,
    /// Secondary source.
    pub secondary: Source,
    /// Zero.
    pub reserved: [u8; 96],
}
crate::assert_layout!(
    AssetRow, 32, 32, // mint, token program
    1, 1, 1, 1, 1, 1, 2, // small
    4, 4, 4, 4, 8, 8, // price
    8, 8, 4, 4, 4, 4, // basis, depth, incentive, confidence
    4, 4, 4, 4, // ages
    4, 4, 8, 8, // totals
    120, 120, // sources
    96,  // reserved
);

/// The prices page of a board.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct PricesPage {
    /// Header.
    pub header: Header,
    /// The other page.
    pub markets: Address,
    /// Rows in use.
    pub count: u8,
    /// Zero.
    pub padding: [u8; 7],
    /// Zero.
    pub reserved: [u8; 40],
    /// Assets.
    pub assets: [AssetRow; MAX_ASSETS],
}
crate::assert_layout!(PricesPage, 48, 32, 1, 7, 40, 64 * 512);

impl Account for PricesPage {
    const DISCRIMINATOR: [u8; 8] = *b"trPrices";

    fn header(&self) -> &Header {
        &self.header
    }
}

impl PricesPage {
    /// A listed asset.
    #[must_use]
    #[inline(always)]
    pub fn asset(&self, id: u8) -> Option<&AssetRow> {
        if id >= self.count {
            return None;
        }
        self.assets.get(usize::from(id))
    }
}
