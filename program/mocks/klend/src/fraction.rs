//! Fixed-point numbers with 60 fractional bits, as klend stores them (`_sf`).
//!
//! Products and quotients round down. What leaves 128 bits aborts.

use crate::wide::U256;
use core::ops::{Add, AddAssign, Div, Mul, Sub};

/// Bits of a [`Fraction`] behind the point.
pub const BITS: u32 = 60;

/// A non-negative number times 2^60.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fraction(pub u128);

impl Fraction {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(1 << BITS);

    /// A whole number.
    #[must_use]
    pub const fn whole(value: u64) -> Self {
        Self((value as u128) << BITS)
    }

    /// `value / 100`, rounded down.
    #[must_use]
    pub const fn percent(value: u64) -> Self {
        Self(Self::whole(value).0 / 100)
    }

    /// `value / 10,000`, rounded down.
    #[must_use]
    pub const fn bps(value: u64) -> Self {
        Self(Self::whole(value).0 / 10_000)
    }

    /// The whole part.
    #[must_use]
    pub fn floor(self) -> u64 {
        to_u64(self.0 >> BITS)
    }

    /// The next whole number, itself when it is one.
    #[must_use]
    pub fn ceil(self) -> u64 {
        to_u64((self.0 + (Self::ONE.0 - 1)) >> BITS)
    }

    /// The nearest whole number, halves up.
    #[must_use]
    pub fn round(self) -> u64 {
        to_u64((self.0 + Self::ONE.0 / 2) >> BITS)
    }

    /// Times a whole number.
    #[must_use]
    pub const fn times(self, by: u128) -> Self {
        Self(self.0 * by)
    }

    /// Divided by a whole number, rounded down.
    #[must_use]
    pub const fn over(self, by: u128) -> Self {
        Self(self.0 / by)
    }

    /// `self * numerator / denominator`, rounded down once.
    #[must_use]
    pub fn ratio(self, numerator: u128, denominator: u128) -> Self {
        Self(U256::product(self.0, numerator).over(denominator.into()).low())
    }

    /// `self / by`, rounded up.
    #[must_use]
    pub fn div_up(self, by: Self) -> Self {
        Self(U256::product(self.0, Self::ONE.0).plus(by.0 - 1).over(by.0.into()).low())
    }

    /// `self - less`, zero when that would be negative.
    #[must_use]
    pub const fn less(self, less: Self) -> Self {
        Self(self.0.saturating_sub(less.0))
    }
}

fn to_u64(value: u128) -> u64 {
    assert!(value >> 64 == 0, "beyond 64 bits");
    value as u64
}

impl Add for Fraction {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Fraction {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Fraction {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Fraction {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(U256::product(self.0, other.0).shr60().low())
    }
}

impl Div for Fraction {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        Self(U256::product(self.0, Self::ONE.0).over(other.0.into()).low())
    }
}
