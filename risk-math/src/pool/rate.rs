//! Rates: an APR type and a piecewise-linear curve over utilisation.

use crate::error::{MathError, Result};
use crate::num::Weight;

/// Points of a [`RateCurve`].
pub const MAX_POINTS: usize = 5;

/// A yearly rate in Q24: 2^24 = 100 % a year. At most 2^31, or 12,800 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Apr(u32);

impl Apr {
    /// No interest.
    pub const ZERO: Self = Self(0);
    /// The largest rate.
    pub const MAX: Self = Self(1 << 31);

    /// A rate from its Q24 form.
    ///
    /// # Errors
    /// [`MathError::Range`] above [`Apr::MAX`].
    pub const fn new(q24: u32) -> Result<Self> {
        if q24 > Self::MAX.0 { Err(MathError::Range) } else { Ok(Self(q24)) }
    }

    /// A rate from basis points a year, rounded down.
    ///
    /// # Errors
    /// [`MathError::Range`] above [`Apr::MAX`].
    pub fn from_bps(bps: u32) -> Result<Self> {
        let q24 = (u64::from(bps) << 24) / 10_000; // < 2^56
        Self::new(u32::try_from(q24).map_err(|_| MathError::Range)?)
    }

    /// The Q24 form.
    #[must_use]
    pub const fn q24(self) -> u32 {
        self.0
    }

    /// `self * share`, rounded down, for a share of at most 1.0.
    #[must_use]
    pub fn times_floor(self, share: Weight) -> Self {
        // below 2^31 for a share of at most 1.0
        u32::try_from(share.of_floor(u64::from(self.0))).map_or(self, Self)
    }
}

/// A corner of the curve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RatePoint {
    /// Utilisation, at most 1.0.
    pub utilisation: Weight,
    /// Borrow rate at that utilisation.
    pub apr: Apr,
}

/// A borrow rate that rises with utilisation: straight lines between points.
///
/// The first point stands at 0, the last at 1.0; utilisation strictly rises
/// until 1.0 is reached (unused points repeat the last one), rates never fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateCurve([RatePoint; MAX_POINTS]);

impl RateCurve {
    /// A validated curve.
    ///
    /// # Errors
    /// [`MathError::Range`] when the points break the rules above.
    pub fn new(points: [RatePoint; MAX_POINTS]) -> Result<Self> {
        let [first, rest @ ..] = points;
        if first.utilisation != Weight::ZERO {
            return Err(MathError::Range);
        }
        let mut last = first;
        for point in rest {
            let rises = point.utilisation > last.utilisation && point.apr >= last.apr;
            let repeats = last.utilisation == Weight::ONE && point == last;
            if !(rises || repeats) {
                return Err(MathError::Range);
            }
            last = point;
        }
        if last.utilisation != Weight::ONE {
            return Err(MathError::Range);
        }
        Ok(Self(points))
    }

    /// The points.
    #[must_use]
    pub const fn points(&self) -> &[RatePoint; MAX_POINTS] {
        &self.0
    }

    /// The highest rate of the curve.
    #[must_use]
    pub const fn max_apr(&self) -> Apr {
        let [.., last] = self.0;
        last.apr
    }

    /// The borrow rate at a utilisation, rounded up.
    #[must_use]
    pub fn borrow_apr(&self, utilisation: Weight) -> Apr {
        let [mut low, rest @ ..] = self.0;
        for high in rest {
            if utilisation <= high.utilisation {
                return interpolate(low, high, utilisation);
            }
            low = high;
        }
        low.apr
    }
}

fn interpolate(low: RatePoint, high: RatePoint, at: Weight) -> Apr {
    let width = u64::from(high.utilisation.q16().saturating_sub(low.utilisation.q16()));
    let along = u64::from(at.q16().saturating_sub(low.utilisation.q16()));
    let rise = u64::from(high.apr.q24().saturating_sub(low.apr.q24()));
    // rise < 2^32, along <= 2^16; a zero width means the points coincide
    let n = rise.wrapping_mul(along).wrapping_add(width.saturating_sub(1));
    let step = n.checked_div(width).unwrap_or(rise);
    // step <= rise, so the sum is at most high.apr
    u32::try_from(u64::from(low.apr.q24()).wrapping_add(step)).map_or(high.apr, Apr)
}
