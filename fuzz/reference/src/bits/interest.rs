//! Rates and growth.

use super::{Int, ceil_div, floor_div, int, q16, two_to};
use num_traits::Zero;
use trestle_risk_math::num::Weight;
use trestle_risk_math::pool::{Apr, RateCurve, SECONDS_PER_YEAR};

/// The borrow rate of a curve, Q24, rounded up: the first segment that reaches
/// the utilisation, and a straight line on it.
#[must_use]
pub fn borrow_apr(curve: &RateCurve, utilisation: Weight) -> u32 {
    let points = curve.points();
    let pair = points.windows(2).find(|pair| utilisation <= pair[1].utilisation);
    let Some([low, high]) = pair else { return points[points.len() - 1].apr.q24() };
    let width = q16(high.utilisation) - q16(low.utilisation);
    let rise = int(high.apr.q24()) - low.apr.q24();
    if width.is_zero() {
        return high.apr.q24();
    }
    let along = q16(utilisation) - q16(low.utilisation);
    let apr = int(low.apr.q24()) + ceil_div(&(rise * along), &width);
    u32::try_from(apr).expect("between the corners")
}

/// `a * b / 2^64`, rounded up.
fn times_up(a: &Int, b: &Int) -> Int {
    ceil_div(&(a * b), &two_to(64))
}

/// `x + x^2 / 2 + x^3 / 6` in Q64 with every step rounded up, for
/// `x = min(apr * seconds / year, 1.0)`; at most 2^32 - 1 seconds count.
#[must_use]
pub fn growth(apr: Apr, seconds: u64) -> Int {
    let seconds = int(seconds.min(u64::from(u32::MAX)));
    let n = (int(apr.q24()) << 40) * seconds;
    let x = ceil_div(&n, &int(SECONDS_PER_YEAR)).min(two_to(64));
    let square = times_up(&x, &x);
    let cube = times_up(&square, &x);
    &x + ceil_div(&square, &int(2)) + ceil_div(&cube, &int(6))
}

/// The most a debt grows in one slot of 600 ms, Q64: rounded up, one part in
/// 1,024 more, plus one.
#[must_use]
pub fn growth_bound_per_slot(apr: Apr) -> u64 {
    let slots = int(SECONDS_PER_YEAR) * 1_000 / 600;
    let x = ceil_div(&(int(apr.q24()) << 40), &slots);
    u64::try_from(&x + floor_div(&x, &int(1_024)) + 1).expect("below 2^64 at the largest rate")
}
