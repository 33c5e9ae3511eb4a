//! Inputs from bytes, and from a seed where they end: edges about as often as
//! anything else.

use trestle_risk_math::index::Index;
use trestle_risk_math::num::Weight;
use trestle_risk_math::price::Price;

/// Eight bytes a draw, then a seeded generator (splitmix64).
#[derive(Debug)]
pub struct Source<'a> {
    bytes: &'a [u8],
    seed: u64,
}

impl<'a> Source<'a> {
    /// The generator of a case.
    #[must_use]
    pub const fn new(case: u32, bytes: &'a [u8]) -> Self {
        Self { bytes, seed: (case as u64).wrapping_mul(0xd134_2543_de82_ef95) }
    }

    fn any(&mut self) -> u64 {
        if let Some((word, rest)) = self.bytes.split_first_chunk() {
            self.bytes = rest;
            return u64::from_le_bytes(*word);
        }
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, evenly. For limits below 2^32.
    pub fn below(&mut self, limit: u64) -> u64 {
        ((self.any() >> 32).wrapping_mul(limit)) >> 32
    }

    /// A word below 2^`bits`: an edge, a power of two and its neighbours, or any.
    pub fn word(&mut self, bits: u32) -> u64 {
        let top = u64::MAX >> (64 - bits);
        let any = self.any();
        let value = match self.below(6) {
            0 => self.below(3),
            1 => top.wrapping_sub(self.below(3)),
            2 => (1_u64 << self.below(u64::from(bits))).wrapping_add(self.below(3)).wrapping_sub(1),
            3 => any >> self.below(64),
            _ => any,
        };
        value & top
    }

    /// A weight of at most `most` (Q16).
    pub fn weight(&mut self, most: u32) -> Weight {
        let q16 = match self.below(4) {
            0 => 0,
            1 => u64::from(most),
            _ => self.below(u64::from(most) + 1),
        };
        Weight::clamped(u32::try_from(q16).unwrap_or(most))
    }

    /// A price; most of them such that 2^40 units are worth less than the bound.
    pub fn price(&mut self) -> Price {
        let mantissa = (1 << 31) | u32::try_from(self.word(31)).unwrap_or(0);
        let shift = if self.below(4) == 0 { self.below(96) } else { 24 + self.below(32) };
        Price::new(mantissa, u8::try_from(shift).unwrap_or(95)).expect("a normalised price")
    }

    /// An index: mostly between 1 and 2, some at the ends.
    pub fn index(&mut self) -> Index {
        let fraction = u128::from(self.word(64));
        let whole = match self.below(4) {
            0 => u128::from(self.word(32)),
            1 => 0,
            _ => 1,
        };
        Index::new((whole << 64) | fraction).expect("below 2^96")
    }
}
