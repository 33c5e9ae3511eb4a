//! Interest without rounding.

use super::{Rational, dyadic, fraction, whole};
use num_traits::{One, Zero};
use trestle_risk_math::num::Weight;
use trestle_risk_math::pool::{Apr, RateCurve, SECONDS_PER_YEAR};

/// A yearly rate as a fraction.
#[must_use]
pub fn rate(apr: Apr) -> Rational {
    dyadic(apr.q24(), 24)
}

/// The borrow rate of a curve as a fraction, by weights of the two corners.
#[must_use]
pub fn borrow_rate(curve: &RateCurve, utilisation: Weight) -> Rational {
    let points = curve.points();
    let above = points.iter().position(|p| p.utilisation >= utilisation).unwrap_or(0);
    let high = points[above];
    if above == 0 {
        return rate(high.apr);
    }
    let low = points[above - 1];
    let (from, to) = (fraction(low.utilisation), fraction(high.utilisation));
    let near = (fraction(utilisation) - &from) / (to - from);
    rate(low.apr) * (Rational::one() - &near) + rate(high.apr) * near
}

/// `x = apr * seconds / year`, uncapped.
#[must_use]
pub fn exponent(apr: Apr, seconds: u64) -> Rational {
    rate(apr) * whole(seconds) / whole(SECONDS_PER_YEAR)
}

/// `x + x^2/2 + x^3/6` for `x` capped at 1.
#[must_use]
pub fn growth(apr: Apr, seconds: u64) -> Rational {
    let x = exponent(apr, seconds).min(Rational::one());
    let mut sum = Rational::zero();
    let mut term = Rational::one();
    for n in 1..=3_u8 {
        term = term * &x / whole(n);
        sum += &term;
    }
    sum
}
