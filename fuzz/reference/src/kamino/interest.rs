//! What a refresh of a reserve writes, in each of two releases.

use super::Reserve;
use crate::bits::{Int, floor_div, int, two_to};
use crate::exact::{Rational, whole};
use num_traits::{Signed, Zero};

/// Bits of klend's fixed point.
const SCALE: u32 = 60;
/// 1.0 in klend's fixed point.
pub const UNIT: u128 = 1 << SCALE;

/// How a release computes compound interest over five periods and more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// 1.16: powers of the rate first, then the number of periods.
    PowersFirst,
    /// 1.25: one product after another.
    Nested,
}

/// A reserve after a refresh, all scaled by 2^60.
#[derive(Clone, Debug)]
pub struct Refresh {
    /// Growth of debts.
    pub growth: Int,
    /// Cumulative rate.
    pub cumulative: Int,
    /// Debts.
    pub borrowed: Int,
    /// What belongs to suppliers.
    pub supply: Int,
}

/// A product of two fractions.
fn times(a: &Int, b: &Int) -> Int {
    floor_div(&(a * b), &two_to(SCALE))
}

fn basis_points(bps: u32) -> Int {
    floor_div(&(int(bps) << SCALE), &int(10_000))
}

/// Suppliers' total: tokens and debts less fees.
#[must_use]
pub fn supply(reserve: &Reserve) -> Int {
    (int(reserve.available) << SCALE) + reserve.borrowed - reserve.fees()
}

/// Periods since the last refresh, and periods a year; `None` for a count of
/// time that is not known.
#[must_use]
pub fn periods(reserve: &Reserve, slot: u64, unix: i64) -> Option<(u64, u64)> {
    let (now, last, year) = match reserve.rate_basis {
        0 => (i128::from(slot), reserve.slot, 63_072_000),
        1 if reserve.timestamp != 0 => (i128::from(unix), reserve.timestamp, 31_536_000),
        _ => return None,
    };
    let elapsed = now - i128::try_from(last).expect("eight bytes");
    Some((u64::try_from(elapsed.max(0)).expect("of 64-bit times"), year))
}

/// The curve's rate: the utilisation rounded to basis points chooses the
/// segment, the exact one the place on it.
#[must_use]
pub fn curve_rate(points: &[(u32, u32)], utilisation: &Int) -> Option<Int> {
    let bps = (utilisation * 10_000_u32 + (two_to(SCALE) >> 1_u32)) >> SCALE;
    let within = |(from, to): (u32, u32)| int(from) <= bps && bps <= int(to);
    let segments = points.iter().zip(points.iter().skip(1));
    // a curve of one point is that point
    let first = points.first().map(|point| (point, point));
    let (start, end) =
        first.into_iter().chain(segments).find(|(start, end)| within((start.0, end.0)))?;
    if bps == int(start.0) {
        return Some(basis_points(start.1));
    }
    if bps == int(end.0) {
        return Some(basis_points(end.1));
    }
    let along = utilisation - basis_points(start.0);
    let rise = int(end.1) - start.1;
    if rise.is_negative() || along.is_negative() {
        return None;
    }
    Some(basis_points(start.1) + floor_div(&(along * rise), &(int(end.0) - start.0)))
}

/// The straight line of the curve without rounding, between the first two
/// points that hold the utilisation.
#[must_use]
pub fn curve_line(points: &[(u32, u32)], utilisation: &Rational) -> Option<Rational> {
    let share = |bps: u32| whole(bps) / whole(10_000);
    let mut pairs = points.iter().zip(points.iter().skip(1));
    let holds = |(start, end): &(&(u32, u32), &(u32, u32))| {
        share(start.0) <= *utilisation && *utilisation <= share(end.0) && start.0 < end.0
    };
    let (start, end) = pairs.find(holds)?;
    let along = (utilisation - share(start.0)) / (share(end.0) - share(start.0));
    Some(share(start.1) + along * (share(end.1) - share(start.1)))
}

/// Growth of `periods` periods at a yearly rate.
#[must_use]
pub fn compound(rate: &Int, periods: u64, year: u64, release: Release) -> Int {
    let one = two_to(SCALE);
    let b = floor_div(rate, &int(year));
    let n = int(periods);
    let base = &one + &b;
    match periods {
        0 => return one,
        1 => return base,
        2 => return times(&base, &base),
        3 => return times(&times(&base, &base), &base),
        4 => {
            let square = times(&base, &base);
            return times(&square, &square);
        }
        _ => {}
    }
    let (n1, n2) = (&n - 1_u32, &n - 2_u32);
    let linear = &n * &b;
    let (second, third) = match release {
        Release::PowersFirst => {
            let square = times(&b, &b);
            let cube = times(&square, &b);
            (&n * &n1 / 2_u32 * square, &n * &n1 * &n2 / 6_u32 * cube)
        }
        Release::Nested => {
            let second = times(&linear, &b) * n1 / 2_u32;
            let third = times(&second, &b) * n2 / 3_u32;
            (second, third)
        }
    };
    one + linear + second + third
}

/// The same series without rounding, of the period's rate as klend cuts it.
#[must_use]
pub fn exact_compound(rate: &Int, periods: u64, year: u64) -> Rational {
    let b = Rational::new(floor_div(rate, &int(year)), two_to(SCALE));
    let terms = if periods < 5 { periods } else { 3 };
    let (mut sum, mut term) = (whole(1), whole(1));
    for k in 0..terms {
        term = term * &b * whole(periods - k) / whole(k + 1);
        sum += &term;
    }
    sum
}

/// The reserve as a refresh now would write it; `None` where its numbers
/// contradict each other.
#[must_use]
pub fn refresh(reserve: &Reserve, slot: u64, unix: i64, release: Release) -> Option<Refresh> {
    let borrowed = int(reserve.borrowed);
    let before = supply(reserve);
    if before.is_negative() {
        return None;
    }
    let utilisation = if before.is_zero() {
        Int::zero()
    } else {
        floor_div(&(&borrowed << SCALE), &before).min(two_to(SCALE))
    };
    let host = basis_points(u32::try_from(reserve.host_rate_bps).expect("two bytes"));
    let rate = curve_rate(&reserve.curve(), &utilisation)? + &host;
    let (count, year) = periods(reserve, slot, unix)?;
    let growth = compound(&rate, count, year, release);
    let debts = times(&borrowed, &growth);
    let fixed = times(&borrowed, &compound(&host, count, year, release)) - &borrowed;
    let variable = &debts - &borrowed - &fixed;
    let take = floor_div(&(int(reserve.take_pct.min(100)) << SCALE), &int(100));
    // fixed interest is the host's, a share of the rest the protocol's
    let supply = before + &variable - times(&variable, &take);
    Some(Refresh {
        cumulative: times(&int(reserve.cumulative), &growth),
        growth,
        borrowed: debts,
        supply,
    })
}
