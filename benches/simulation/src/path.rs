//! The crash: quotes of every asset slot by slot, which feeds are silent, and
//! when the SOL pool is lent out to the last unit.
//!
//! Shaped like 2025-10-10: SOL and BTC lose 14.5 % within the hour, the alt
//! 70 %, most of it in twelve minutes, and part of it comes back.

use trestle_sandbox::pyth::Quote;
use trestle_sandbox::world::{BTC, JITOSOL, MEME, SOL, USDC};

/// An alt of the SOL ecosystem, listed after the standard assets.
pub const ALT: usize = 5;
/// Number of assets.
pub const ASSETS: usize = 6;
/// First quotes in units of 1e-8 USD, by asset.
pub const FIRST: [i64; ASSETS] = [
    12_260_000_000_000, // BTC
    20_700_000_000,     // SOL
    25_400_000_000,     // JitoSOL
    100_000_000,        // USDC
    2_000_000,          // MEME
    50_000_000,         // ALT
];

/// Progress in thousandths of the hour, and prices in thousandths of the first
/// by asset; straight lines in between.
const POINTS: [(i64, [i64; ASSETS]); 8] = [
    (0, [1_000, 1_000, 1_000, 1_000, 1_000, 1_000]),
    (333, [985, 975, 974, 1_000, 950, 960]),
    (500, [965, 950, 948, 1_000, 900, 900]),
    (600, [910, 905, 898, 999, 650, 600]),
    (700, [855, 855, 835, 998, 300, 300]),
    (750, [880, 880, 868, 999, 400, 420]),
    (900, [905, 900, 896, 1_000, 500, 560]),
    (1_000, [915, 905, 903, 1_000, 520, 600]),
];

/// Silent feeds: asset, from, to, in thousandths of the hour.
const SILENT: [(usize, i64, i64); 3] = [(BTC, 560, 610), (JITOSOL, 640, 673), (ALT, 575, 608)];

/// From when to when the SOL pool has no cash, in thousandths of the hour.
pub const FULL_USE: (i64, i64) = (467, 833);

/// The path.
#[derive(Clone, Debug)]
pub struct Path {
    slots: u64,
    noise: Rng,
    quotes: [Quote; ASSETS],
}

/// A xorshift generator: the same numbers everywhere from the same seed.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`.
    pub const fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}

impl Path {
    /// A path of this many slots.
    #[must_use]
    pub fn new(seed: u64, slots: u64) -> Self {
        Self { slots, noise: Rng::new(seed ^ 0x5eed), quotes: FIRST.map(Quote::exact) }
    }

    /// How far along, in thousandths.
    #[must_use]
    pub fn progress(&self, slot: u64) -> i64 {
        (slot * 1_000 / self.slots).cast_signed()
    }

    /// Whether the SOL pool is lent out at a slot.
    #[must_use]
    pub fn is_full_use(&self, slot: u64) -> bool {
        (FULL_USE.0..FULL_USE.1).contains(&self.progress(slot))
    }

    /// Whether an asset's feed says nothing at a slot.
    #[must_use]
    pub fn is_silent(&self, asset: usize, slot: u64) -> bool {
        let at = self.progress(slot);
        SILENT.iter().any(|(a, from, to)| *a == asset && (*from..*to).contains(&at))
    }

    /// The next quotes, at a slot. Calls go forward in time.
    pub fn quotes(&mut self, slot: u64) -> [Quote; ASSETS] {
        let at = (slot * 1_000_000 / self.slots).cast_signed();
        let next = POINTS.iter().position(|(p, _)| p * 1_000 > at).unwrap_or(POINTS.len() - 1);
        let (from, to) = (&POINTS[next - 1], &POINTS[next]);
        let (start, length) = (from.0 * 1_000, (to.0 - from.0) * 1_000);
        let stress = (500..=760).contains(&(at / 1_000));
        for (asset, first) in FIRST.into_iter().enumerate() {
            let (a, b) = (from.1[asset], to.1[asset]);
            let moved = first / 1_000 * (b - a) / length * (at - start).min(length);
            // up to 0.05 % to each side, twice as much where it falls fast; a stable has none
            let width = if asset == USDC {
                1
            } else if stress {
                200
            } else {
                100
            };
            let noise = self.noise.below(width).cast_signed() - (width / 2).cast_signed();
            let price = first / 1_000 * a + moved;
            let price = price + price / 100_000 * noise;
            let quote = &mut self.quotes[asset];
            // an average over ten minutes of updates, one a second
            quote.ema += (price - quote.ema) / 600;
            quote.price = price;
            quote.confidence = price.unsigned_abs() / if stress { 500 } else { 2_000 };
        }
        self.quotes
    }
}

/// Ticker of an asset.
#[must_use]
pub const fn name(asset: usize) -> &'static str {
    match asset {
        BTC => "BTC",
        SOL => "SOL",
        JITOSOL => "JitoSOL",
        USDC => "USDC",
        MEME => "MEME",
        _ => "ALT",
    }
}
