//! Interest, projected to now as a refresh in this slot would write it.
//!
//! Releases differ in how they compute compound interest over five periods
//! and more: 1.16 squares the rate a period before it multiplies by the number
//! of periods, and so loses what lies below 2^-60; 1.25 multiplies first. Both
//! lie between the two ends of a [`Bracket`], which are apart by less than
//! `(n * b)^2`, for `n` periods at the rate `b`: below 1e-11 for a minute at
//! 100 % a year, 2e-7 for an hour at 300 %. The low end counts for deposits,
//! the high end for debts.
//!
//! Reserve rewards (1.25) only ever raise what a cToken is worth; they are
//! not projected.

use super::reserve::{CurvePoint, RateBasis, Reserve};
use super::{KaminoError, Result};
use crate::clock::Now;
use trestle_risk_math::num::{mul_ratio_ceil, mul_ratio_floor, mul_shift_ceil, mul_shift_floor};

/// 1.0 in klend's scale.
pub const ONE: u128 = 1 << 60;

const SCALE_BITS: u32 = 60;
/// Slots a year in klend's count: two a second.
pub const SLOTS_PER_YEAR: u64 = 63_072_000;
/// Seconds a year.
pub const SECONDS_PER_YEAR: u64 = 31_536_000;

/// A number that releases round or truncate differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// Not above any release's: 1.16's own result.
    pub low: u128,
    /// Not below any release's.
    pub high: u128,
}

/// A reserve with interest up to now. Scaled by 2^60.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accrual {
    /// Growth of debts since the last refresh.
    pub growth: Bracket,
    /// Cumulative borrow rate.
    pub cumulative: Bracket,
    /// Debts.
    pub borrowed: Bracket,
    /// What belongs to suppliers.
    pub supply: Bracket,
    /// Debts over supply at the last refresh, at most 1.0.
    pub utilisation_sf: u128,
    /// Nominal borrow rate a year, host's share included.
    pub borrow_rate_sf: u128,
    /// Nominal supply rate a year, rounded down.
    pub supply_rate_sf: u128,
}

/// What all of a reserve's units are worth: the part of an [`Accrual`] that
/// indices follow from. Scaled by 2^60.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worth {
    /// What belongs to suppliers, rounded down.
    pub supply_sf: u128,
    /// Cumulative borrow rate, not below any release's.
    pub cumulative_sf: u128,
}

/// [`project`] for the worth alone. Where no time has passed nothing accrues,
/// whatever the rates, and they are not computed.
///
/// # Errors
/// As [`project`].
pub fn worth(reserve: &Reserve, now: Now) -> Result<Worth> {
    let (periods, _) = elapsed(reserve, now)?;
    if periods == 0 {
        return Ok(Worth {
            supply_sf: supply_sf(reserve)?,
            cumulative_sf: reserve.cumulative_sf()?,
        });
    }
    let accrual = project(reserve, now)?;
    Ok(Worth { supply_sf: accrual.supply.low, cumulative_sf: accrual.cumulative.high })
}

/// Projects a reserve to `now`. A clock behind the last refresh accrues nothing.
///
/// # Errors
/// [`KaminoError::Numbers`] when the reserve's numbers contradict each other
/// or overflow, [`KaminoError::RateBasis`].
pub fn project(reserve: &Reserve, now: Now) -> Result<Accrual> {
    let borrowed = reserve.borrowed_sf();
    let supply = supply_sf(reserve)?;
    let utilisation =
        if supply == 0 { 0 } else { mul_ratio_floor(borrowed, ONE, supply)?.min(ONE) };
    let rate = curve_rate(reserve.curve(), utilisation)?;
    let host = from_bps(u32::from(reserve.host_rate_bps()));
    let total_rate = rate.checked_add(host).ok_or(KaminoError::Numbers)?;
    let (periods, per_year) = elapsed(reserve, now)?;
    let growth = compound(total_rate, periods, per_year)?;
    let cumulative = reserve.cumulative_sf()?;
    let take = u128::from(reserve.take_pct().min(100));
    let debts = Bracket {
        low: mul_shift_floor(borrowed, growth.low, SCALE_BITS)?,
        high: mul_shift_ceil(borrowed, growth.high, SCALE_BITS)?,
    };
    // suppliers get the least interest, less the most that the host and the protocol take
    let fixed = if host == 0 {
        Bracket { low: 0, high: 0 }
    } else {
        let host = compound(host, periods, per_year)?;
        Bracket {
            low: sub(mul_shift_floor(borrowed, host.low, SCALE_BITS)?, borrowed)?,
            high: sub(mul_shift_ceil(borrowed, host.high, SCALE_BITS)?, borrowed)?,
        }
    };
    let left = sub(100, take)?;
    let least = sub(debts.low, borrowed)?.saturating_sub(fixed.high);
    let most = sub(debts.high, borrowed)?.saturating_sub(fixed.low);
    // klend cuts the protocol's share at 2^-60, and what it takes to whole 2^-60
    let cut = (most >> SCALE_BITS).saturating_add(u128::from(most != 0));
    let kept = Bracket {
        low: mul_ratio_floor(least, left, 100)?,
        high: sum([mul_ratio_ceil(most, left, 100)?, cut])?,
    };
    let supply_rate = mul_shift_floor(rate, utilisation, SCALE_BITS)?;
    Ok(Accrual {
        growth,
        cumulative: Bracket {
            low: mul_shift_floor(cumulative, growth.low, SCALE_BITS)?,
            high: mul_shift_ceil(cumulative, growth.high, SCALE_BITS)?,
        },
        borrowed: debts,
        supply: Bracket { low: sum([supply, kept.low])?, high: sum([supply, kept.high])? },
        utilisation_sf: utilisation,
        borrow_rate_sf: total_rate,
        supply_rate_sf: mul_ratio_floor(supply_rate, left, 100)?,
    })
}

/// Nominal borrow rate a year at a utilisation of at most 1.0, host's share
/// included. Scaled by 2^60.
///
/// # Errors
/// [`KaminoError::Numbers`] when no segment of the curve holds it.
pub fn nominal_rate_sf(reserve: &Reserve, utilisation_sf: u128) -> Result<u128> {
    let host = from_bps(u32::from(reserve.host_rate_bps()));
    let rate = curve_rate(reserve.curve(), utilisation_sf)?;
    rate.checked_add(host).ok_or(KaminoError::Numbers)
}

/// The highest nominal rate of the reserve's curve, host's share included. Scaled by 2^60.
#[must_use]
pub fn max_rate_sf(reserve: &Reserve) -> u128 {
    let top = reserve.curve().map(|p| p.rate).max().unwrap_or(0);
    from_bps(top).saturating_add(from_bps(u32::from(reserve.host_rate_bps())))
}

/// What belongs to suppliers at the last refresh.
fn supply_sf(reserve: &Reserve) -> Result<u128> {
    let held = u128::from(reserve.available()) << SCALE_BITS;
    let total = held.checked_add(reserve.borrowed_sf()).ok_or(KaminoError::Numbers)?;
    sub(total, reserve.fees_sf()?)
}

/// Periods since the last refresh, and periods a year.
fn elapsed(reserve: &Reserve, now: Now) -> Result<(u64, u64)> {
    Ok(match reserve.rate_basis()? {
        RateBasis::Slots => (now.slot.saturating_sub(reserve.slot()), SLOTS_PER_YEAR),
        // a stamp that was never written would count from 1970
        RateBasis::Seconds if reserve.timestamp() == 0 => return Err(KaminoError::RateBasis),
        RateBasis::Seconds => {
            let unix = u64::try_from(now.unix).unwrap_or(0);
            (unix.saturating_sub(u64::from(reserve.timestamp())), SECONDS_PER_YEAR)
        }
    })
}

/// The curve's rate a year at a utilisation of at most 1.0.
///
/// klend rounds the utilisation to basis points to find the segment, and
/// interpolates with the exact one.
///
/// # Errors
/// [`KaminoError::Numbers`] when no segment holds it.
pub fn curve_rate(points: impl Iterator<Item = CurvePoint>, utilisation_sf: u128) -> Result<u128> {
    let half = ONE >> 1;
    let scaled = utilisation_sf.checked_mul(10_000).and_then(|x| x.checked_add(half));
    let bps = scaled.ok_or(KaminoError::Numbers)? >> SCALE_BITS;
    let mut last: Option<CurvePoint> = None;
    for end in points {
        let start = last.replace(end).unwrap_or(end);
        let (from, to) = (u128::from(start.utilisation), u128::from(end.utilisation));
        if bps < from || bps > to {
            continue;
        }
        if bps == from {
            return Ok(from_bps(start.rate));
        }
        if bps == to {
            return Ok(from_bps(end.rate));
        }
        let along = sub(utilisation_sf, from_bps(start.utilisation))?;
        let rise = end.rate.checked_sub(start.rate).ok_or(KaminoError::Numbers)?;
        let step = mul_ratio_floor(along, u128::from(rise), sub(to, from)?)?;
        return from_bps(start.rate).checked_add(step).ok_or(KaminoError::Numbers);
    }
    Err(KaminoError::Numbers)
}

/// `(1 + rate / per_year)^periods` as releases compute it: the exact power up
/// to four periods, three terms of the binomial series beyond. At least 1.0.
///
/// # Errors
/// [`KaminoError::Numbers`] when it overflows or `per_year` is zero.
pub fn compound(rate_sf: u128, periods: u64, per_year: u64) -> Result<Bracket> {
    let b = rate_sf.checked_div(u128::from(per_year)).ok_or(KaminoError::Numbers)?;
    if b == 0 {
        return Ok(Bracket { low: ONE, high: ONE });
    }
    let n = u128::from(periods);
    if n <= 4 {
        return power(b, periods);
    }
    // n >= 5; n * (n - 1) and n * (n - 1) * (n - 2) divide by 2 and by 6
    let (n1, n2) = (sub(n, 1)?, sub(n, 2)?);
    let linear = mul(n, b)?;
    let pairs = mul(n, n1)? >> 1;
    let square = mul_shift_floor(b, b, SCALE_BITS)?;
    let cube = mul_shift_floor(square, b, SCALE_BITS)?;
    let triples = mul(pairs, n2)?.checked_div(3).ok_or(KaminoError::Numbers)?;
    let low = sum([ONE, linear, mul(pairs, square)?, mul(triples, cube)?])?;
    let second = mul_shift_ceil(mul(linear, n1)?.div_ceil(2), b, SCALE_BITS)?;
    let third = mul_shift_ceil(mul(second, n2)?.div_ceil(3), b, SCALE_BITS)?;
    Ok(Bracket { low, high: sum([ONE, linear, second, third])? })
}

/// `(1 + b)^n` for `n` up to four, by squares.
fn power(b: u128, n: u64) -> Result<Bracket> {
    let base = sum([ONE, b])?;
    let (mut low, mut high) = (ONE, ONE);
    if n >= 2 {
        low = mul_shift_floor(base, base, SCALE_BITS)?;
        high = mul_shift_ceil(base, base, SCALE_BITS)?;
    }
    if n == 4 {
        low = mul_shift_floor(low, low, SCALE_BITS)?;
        high = mul_shift_ceil(high, high, SCALE_BITS)?;
    }
    if n == 1 || n == 3 {
        low = mul_shift_floor(low, base, SCALE_BITS)?;
        high = mul_shift_ceil(high, base, SCALE_BITS)?;
    }
    Ok(Bracket { low, high })
}

fn from_bps(bps: u32) -> u128 {
    (u128::from(bps) << SCALE_BITS) / 10_000 // below 2^92
}

fn sum<const N: usize>(terms: [u128; N]) -> Result<u128> {
    let add = |total: u128, term: &u128| total.checked_add(*term);
    terms.iter().try_fold(0, add).ok_or(KaminoError::Numbers)
}

fn sub(a: u128, b: u128) -> Result<u128> {
    a.checked_sub(b).ok_or(KaminoError::Numbers)
}

fn mul(a: u128, b: u128) -> Result<u128> {
    a.checked_mul(b).ok_or(KaminoError::Numbers)
}
