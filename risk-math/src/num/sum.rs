//! Exact sums of weight x value products without 128-bit multiplication.
//!
//! A product of a weight (at most 2^17) and a value (at most 2^61) has 78
//! bits. Each value is split at bit 32, so a product is two 64-bit multiplies
//! and a sum is two 64-bit adds; the halves meet once, at the end.
//!
//! Bounds: `hi` grows by at most 2^17 * 2^29 = 2^46 a term, `lo` by less than
//! 2^17 * 2^32 = 2^49. Up to 2^13 terms leave both below 2^62. A health pass
//! adds fewer than 64 legs * 16 terms = 2^10.

use super::Weight;

/// A signed value cut at bit 32: `hi * 2^32 + lo`, `0 <= lo < 2^32`.
#[derive(Clone, Copy, Debug)]
pub struct Split {
    hi: i64,
    lo: i64,
}

impl Split {
    /// Zero.
    pub const ZERO: Self = Self { hi: 0, lo: 0 };

    /// Splits a value of magnitude at most 2^61.
    #[must_use]
    #[inline(always)]
    pub const fn new(value: i64) -> Self {
        Self { hi: value >> 32, lo: value & 0xffff_ffff }
    }
}

/// A sum of weight x value products, exact. Unit: Q16 micro-USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    hi: i64,
    lo: i64,
}

impl Sum {
    /// The empty sum.
    pub const ZERO: Self = Self { hi: 0, lo: 0 };

    /// Adds `weight * value` for `value` at most 2^61.
    #[inline(always)]
    pub fn add(&mut self, weight: Weight, value: u64) {
        self.add_raw(u64::from(weight.q16()), value);
    }

    /// [`Sum::add`] for a Q16 factor of at most 2^17 that is not a [`Weight`].
    #[inline(always)]
    pub const fn add_raw(&mut self, w: u64, value: u64) {
        self.hi = self.hi.wrapping_add((value >> 32).wrapping_mul(w).cast_signed());
        self.lo = self.lo.wrapping_add((value & 0xffff_ffff).wrapping_mul(w).cast_signed());
    }

    /// Adds `factor * value` for a signed Q16 factor of magnitude at most 2^17.
    #[inline(always)]
    pub const fn add_signed(&mut self, factor: i64, value: Split) {
        self.hi = self.hi.wrapping_add(value.hi.wrapping_mul(factor));
        self.lo = self.lo.wrapping_add(value.lo.wrapping_mul(factor));
    }

    /// The same sum with its low half in 0 .. 2^32, so that sums compare by halves.
    #[must_use]
    #[inline(always)]
    pub const fn normalised(self) -> Self {
        Self { hi: self.hi.wrapping_add(self.lo >> 32), lo: self.lo & 0xffff_ffff }
    }

    /// Whether a normalised sum is below another normalised one.
    #[must_use]
    #[inline(always)]
    pub const fn is_below(self, other: Self) -> bool {
        self.hi < other.hi || (self.hi == other.hi && self.lo < other.lo)
    }

    /// Adds another sum.
    #[inline(always)]
    pub fn add_sum(&mut self, other: Self) {
        self.hi = self.hi.wrapping_add(other.hi);
        self.lo = self.lo.wrapping_add(other.lo);
    }

    /// A sum with the given total.
    ///
    /// Totals beyond 2^94 saturate; no charge comes near.
    #[must_use]
    pub fn from_total(total: i128) -> Self {
        let hi = i64::try_from(total >> 32).unwrap_or(i64::MAX);
        let lo = i64::try_from(total & 0xffff_ffff).unwrap_or(0);
        Self { hi, lo }
    }

    /// The exact total.
    #[must_use]
    #[inline(always)]
    pub fn total(self) -> i128 {
        (i128::from(self.hi) << 32).wrapping_add(i128::from(self.lo))
    }
}

/// `x / 2^bits`, rounded up (toward plus infinity). For `bits` below 64 and `|x|` below 2^126.
#[must_use]
#[inline(always)]
pub fn ceil_shift(x: i128, bits: u32) -> i128 {
    let floor = x.wrapping_shr(bits);
    let exact = floor.wrapping_shl(bits) == x;
    floor.wrapping_add(i128::from(!exact))
}
