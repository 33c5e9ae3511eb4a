//! Interest, projected to now as a refresh in this slot would write it.
//!
//! Save compounds by slot, `(1 + rate / slots a year)^slots`, and cuts every
//! product at 10^-18. Here the power is taken in Q64, rounded down at one end
//! of a [`Bracket`] and up at the other; from the low end is taken what Save's
//! cuts can have lost at most, so that its own result lies between the two.
//! They are apart by about 10^-18 of themselves a slot: 2 * 10^-16 for a
//! minute, 3 * 10^-13 for a day. The low end counts for deposits, the high end for debts.

use super::reserve::{Curve, Reserve};
use super::{Result, SaveError, WAD};
use crate::clock::Now;
use trestle_risk_math::num::{
    mul_ratio_ceil, mul_ratio_floor, mul_shift_ceil, mul_shift_floor, shift_ratio_ceil,
    shift_ratio_floor,
};

/// Slots a year in Save's count: two a second.
pub const SLOTS_PER_YEAR: u128 = 63_072_000;
/// 1.0 in Q64.
const ONE_Q64: u128 = 1 << 64;
/// Most that one of Save's products loses of itself, Q64: 2^64 / 10^18, rounded up.
const CUT: u128 = 19;
/// One per cent, wads.
const PERCENT: u128 = WAD / 100;

/// A number that Save's own lies within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// Not above Save's.
    pub low: u128,
    /// Not below Save's.
    pub high: u128,
}

/// A reserve with interest up to now, wads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accrual {
    /// Cumulative borrow rate.
    pub cumulative: Bracket,
    /// Debts.
    pub borrowed: Bracket,
    /// What belongs to suppliers.
    pub supply: Bracket,
    /// Debts over vault and debts at the last accrual, at most 1.0, rounded down.
    pub utilisation: u128,
    /// Nominal borrow rate a year.
    pub borrow_rate: u128,
    /// Nominal supply rate a year, rounded down.
    pub supply_rate: u128,
}

/// What all of a reserve's units are worth: the part of an [`Accrual`] that
/// indices follow from, wads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worth {
    /// What belongs to suppliers, rounded down.
    pub supply: u128,
    /// Cumulative borrow rate, not below Save's.
    pub cumulative: u128,
}

impl Accrual {
    /// The side of each bracket that is worse for the account.
    #[must_use]
    pub const fn worth(&self) -> Worth {
        Worth { supply: self.supply.low, cumulative: self.cumulative.high }
    }
}

/// [`project`] for the worth alone. Where no slot has passed nothing accrues,
/// whatever the rates, and they are not computed.
///
/// # Errors
/// As [`project`].
pub fn worth(reserve: &Reserve, now: Now) -> Result<Worth> {
    if now.slot <= reserve.slot() {
        return Ok(Worth { supply: supply(reserve)?, cumulative: reserve.cumulative_wads()? });
    }
    Ok(project(reserve, now)?.worth())
}

/// Projects a reserve to `now`. A clock behind the last accrual accrues nothing.
///
/// # Errors
/// [`SaveError::Numbers`] when the reserve's numbers contradict each other or overflow.
pub fn project(reserve: &Reserve, now: Now) -> Result<Accrual> {
    let borrowed = reserve.borrowed_wads();
    let supply = supply(reserve)?;
    let utilisation = if supply == 0 { 0 } else { utilisation(borrowed, available(reserve)?)? };
    let borrow_rate = rate(&reserve.curve(), utilisation)?;
    let growth = compound(borrow_rate, now.slot.saturating_sub(reserve.slot()))?;
    let cumulative = reserve.cumulative_wads()?;
    let grown = |value: u128| -> Result<Bracket> {
        Ok(Bracket {
            low: mul_shift_floor(value, growth.low, 64)?,
            high: mul_shift_ceil(value, growth.high, 64)?,
        })
    };
    let debts = grown(borrowed)?;
    // Save cuts the protocol's share: what is left to suppliers is rounded up
    let left = u128::from(100_u8.checked_sub(reserve.take_pct()).ok_or(SaveError::Numbers)?);
    let kept = Bracket {
        low: mul_ratio_ceil(sub(debts.low, borrowed)?, left, 100)?,
        high: mul_ratio_ceil(sub(debts.high, borrowed)?, left, 100)?,
    };
    let lent = mul_ratio_floor(borrow_rate, utilisation, WAD)?;
    Ok(Accrual {
        cumulative: grown(cumulative)?,
        borrowed: debts,
        supply: Bracket { low: sum([supply, kept.low])?, high: sum([supply, kept.high])? },
        utilisation,
        borrow_rate,
        supply_rate: mul_ratio_floor(lent, left, 100)?,
    })
}

/// What belongs to suppliers at the last accrual, wads.
fn supply(reserve: &Reserve) -> Result<u128> {
    sub(sum([available(reserve)?, reserve.borrowed_wads()])?, reserve.fees_wads())
}

/// Tokens in the vault, wads.
fn available(reserve: &Reserve) -> Result<u128> {
    u128::from(reserve.available()).checked_mul(WAD).ok_or(SaveError::Numbers)
}

/// Debts over vault and debts, wads, rounded down as Save does. Both in wads.
fn utilisation(borrowed: u128, available: u128) -> Result<u128> {
    if borrowed == 0 {
        return Ok(0);
    }
    Ok(mul_ratio_floor(borrowed, WAD, sum([borrowed, available])?)?)
}

/// Nominal rate a year once `more` tokens are owed, taken out of the vault. Wads.
///
/// # Errors
/// As [`project`].
pub fn rate_after(reserve: &Reserve, accrual: &Accrual, more: u64) -> Result<u128> {
    let more_wads = u128::from(more).checked_mul(WAD).ok_or(SaveError::Numbers)?;
    let left = u128::from(reserve.available().saturating_sub(more));
    let left_wads = left.checked_mul(WAD).ok_or(SaveError::Numbers)?;
    let utilisation = utilisation(sum([accrual.borrowed.high, more_wads])?, left_wads)?;
    rate(&reserve.curve(), utilisation)
}

/// The curve's rate a year at a utilisation of at most 1.0, both wads, cut as
/// Save cuts it.
///
/// # Errors
/// [`SaveError::Numbers`] when the curve falls or leaves 100 %.
pub fn rate(curve: &Curve, utilisation: u128) -> Result<u128> {
    let percent = |x: u64| u128::from(x).checked_mul(PERCENT).ok_or(SaveError::Numbers);
    let optimal = percent(u64::from(curve.optimal_utilisation))?;
    let most = percent(u64::from(curve.max_utilisation))?;
    let low = percent(u64::from(curve.min_rate))?;
    let corner = percent(u64::from(curve.optimal_rate))?;
    let high = percent(u64::from(curve.max_rate))?;
    if utilisation <= optimal {
        return if optimal == 0 { Ok(low) } else { along(utilisation, 0, optimal, low, corner) };
    }
    if utilisation <= most {
        return along(utilisation, optimal, most, corner, high);
    }
    along(utilisation, most, WAD, high, percent(curve.super_max_rate)?)
}

/// The straight line from (`x0`, `y0`) to (`x1`, `y1`) at `x`; cut twice.
fn along(x: u128, x0: u128, x1: u128, y0: u128, y1: u128) -> Result<u128> {
    let weight = mul_ratio_floor(sub(x, x0)?, WAD, sub(x1, x0)?)?;
    let rise = mul_ratio_floor(weight, sub(y1, y0)?, WAD)?;
    sum([rise, y0])
}

/// The highest nominal rate a year of a curve, wads.
#[must_use]
pub fn max_rate(curve: &Curve) -> u128 {
    let corners = curve.min_rate.max(curve.optimal_rate).max(curve.max_rate);
    u128::from(u64::from(corners).max(curve.super_max_rate)).saturating_mul(PERCENT)
}

/// `(1 + rate / slots a year)^slots` for a rate in wads, Q64. At least 1.0.
///
/// # Errors
/// [`SaveError::Numbers`] when it overflows.
pub fn compound(rate_wads: u128, slots: u64) -> Result<Bracket> {
    let each = rate_wads / SLOTS_PER_YEAR; // as Save cuts it
    if each == 0 || slots == 0 {
        return Ok(Bracket { low: ONE_Q64, high: ONE_Q64 });
    }
    let low = power(sum([ONE_Q64, shift_ratio_floor(each, 64, WAD)?])?, slots, mul_shift_floor)?;
    let high = power(sum([ONE_Q64, shift_ratio_ceil(each, 64, WAD)?])?, slots, mul_shift_ceil)?;
    // a square doubles what was lost and loses once more: in all at most once a slot
    let lost = u128::from(slots).checked_mul(CUT).ok_or(SaveError::Numbers)?;
    let low = low.saturating_sub(mul_shift_ceil(low, lost, 64)?).max(ONE_Q64);
    Ok(Bracket { low, high })
}

/// `base^exponent` by squares, each product through `times`. Q64.
fn power(
    mut base: u128,
    mut exponent: u64,
    times: impl Fn(u128, u128, u32) -> trestle_risk_math::error::Result<u128>,
) -> Result<u128> {
    let mut product = ONE_Q64;
    loop {
        if exponent & 1 == 1 {
            product = times(product, base, 64)?;
        }
        exponent >>= 1;
        if exponent == 0 {
            return Ok(product);
        }
        base = times(base, base, 64)?;
    }
}

fn sum<const N: usize>(terms: [u128; N]) -> Result<u128> {
    let add = |total: u128, term: &u128| total.checked_add(*term);
    terms.iter().try_fold(0, add).ok_or(SaveError::Numbers)
}

fn sub(a: u128, b: u128) -> Result<u128> {
    a.checked_sub(b).ok_or(SaveError::Numbers)
}
