//! Q16 weights and pairs of them.

use crate::error::{MathError, Result};

/// 1.0 in Q16.
pub const ONE: u32 = 1 << 16;

/// A fraction in Q16 (65,536 = 1.0), from 0 to 2.0.
///
/// Used for shocks, haircuts, confidence ratios and multipliers. The upper
/// bound of 2^17 is what the overflow bounds of [`crate::num::Sum`] rest on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Weight(u32);

impl Weight {
    /// 0.
    pub const ZERO: Self = Self(0);
    /// 1.0.
    pub const ONE: Self = Self(ONE);
    /// The largest weight, 2.0.
    pub const MAX: Self = Self(2 * ONE);

    /// A weight from its Q16 form.
    ///
    /// # Errors
    /// [`MathError::Range`] above 2.0.
    pub const fn new(q16: u32) -> Result<Self> {
        if q16 > Self::MAX.0 { Err(MathError::Range) } else { Ok(Self(q16)) }
    }

    /// A weight from a computed Q16 value; above 2.0 it becomes 2.0.
    #[must_use]
    #[inline(always)]
    pub const fn clamped(q16: u32) -> Self {
        if q16 > Self::MAX.0 { Self::MAX } else { Self(q16) }
    }

    /// A weight from a word that was validated before it was stored.
    ///
    /// No clamp: this is read for every leg. A word above 2.0 can only come
    /// from bytes that the program never wrote; it makes sums meaningless, not
    /// unsafe, since sums wrap.
    #[must_use]
    #[inline(always)]
    pub const fn stored(q16: u32) -> Self {
        Self(q16)
    }

    /// A weight from basis points, rounded up.
    ///
    /// # Errors
    /// [`MathError::Range`] above 2.0.
    pub const fn from_bps(bps: u16) -> Result<Self> {
        // 65,535 * 65,536 + 9,999 < 2^33: u64 holds it.
        let q16 = (widen(widen16(bps)).wrapping_mul(widen(ONE)).wrapping_add(9_999)) / 10_000;
        if q16 > widen(Self::MAX.0) { Err(MathError::Range) } else { Ok(Self(narrow(q16))) }
    }

    /// The Q16 form.
    #[must_use]
    #[inline(always)]
    pub const fn q16(self) -> u32 {
        self.0
    }

    /// `1.0 - self`, zero when `self` is above 1.0.
    #[must_use]
    #[inline(always)]
    pub const fn complement(self) -> Self {
        Self(ONE.saturating_sub(self.0))
    }

    /// The smaller of the two.
    #[must_use]
    #[inline(always)]
    pub const fn min(self, other: Self) -> Self {
        if self.0 < other.0 { self } else { other }
    }

    /// The larger of the two.
    #[must_use]
    #[inline(always)]
    pub const fn max(self, other: Self) -> Self {
        if self.0 > other.0 { self } else { other }
    }

    /// Sum, clamped at 2.0.
    #[must_use]
    #[inline(always)]
    pub const fn plus(self, other: Self) -> Self {
        Self::clamped(self.0.wrapping_add(other.0)) // both <= 2^17
    }

    /// Product, rounded up, clamped at 2.0.
    #[must_use]
    #[inline(always)]
    pub const fn times_ceil(self, other: Self) -> Self {
        // (2^17)^2 + 2^16 < 2^35
        let p = widen(self.0).wrapping_mul(widen(other.0)).wrapping_add(0xffff) >> 16;
        if p > widen(Self::MAX.0) { Self::MAX } else { Self(narrow(p)) }
    }

    /// `amount * self`, rounded down, for a weight of at most 1.0 (above it: `amount`).
    #[must_use]
    #[inline(always)]
    pub const fn of_floor(self, amount: u64) -> u64 {
        if self.0 >= ONE {
            return amount;
        }
        // hi * w < 2^48, lo * w < 2^48: the sum of shifted halves is below 2^64.
        let hi = (amount >> 32).wrapping_mul(widen(self.0));
        let lo = (amount & 0xffff_ffff).wrapping_mul(widen(self.0));
        (hi << 16).wrapping_add(lo >> 16)
    }
}

/// One value per parameter row: maintenance and initial.
///
/// The liquidation-end level reads the initial row without the terms that are
/// charged at the initial level only (risk model 2.8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair<T> {
    /// Maintenance row.
    pub maint: T,
    /// Initial row.
    pub init: T,
}

impl<T> Pair<T> {
    /// Both rows.
    #[inline(always)]
    pub const fn new(maint: T, init: T) -> Self {
        Self { maint, init }
    }
}

impl<T: Copy> Pair<T> {
    /// The same value in both rows.
    #[inline(always)]
    pub const fn both(value: T) -> Self {
        Self { maint: value, init: value }
    }
}

#[allow(clippy::as_conversions, clippy::cast_lossless)] // widening in a const fn: `From` is not const
const fn widen(x: u32) -> u64 {
    x as u64
}

#[allow(clippy::as_conversions, clippy::cast_lossless)]
const fn widen16(x: u16) -> u32 {
    x as u32
}

#[allow(clippy::as_conversions)] // callers have checked that the value is at most 2^17
const fn narrow(x: u64) -> u32 {
    x as u32
}
