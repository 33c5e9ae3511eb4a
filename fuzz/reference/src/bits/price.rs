//! Prices: values of amounts, amounts of values, scales, gaps.

use super::{Int, ceil_div, floor_div, int, ratio_up, two_to};
use num_traits::Zero;
use trestle_risk_math::index::Index;
use trestle_risk_math::price::{MAX_LEG_VALUE, MAX_SHIFT, Price};
use trestle_risk_math::{MathError, Result};

/// Worth of an asset at the low end, rounded down, micro-USD.
///
/// # Errors
/// [`MathError::Overflow`] above the bound of a leg.
pub fn asset_value(price: Price, amount: &Int) -> Result<Int> {
    bounded(floor_div(&(amount * price.mantissa()), &two_to(price.shift().into())))
}

/// Worth of an asset as health counts it: beyond the bound of a leg, the bound.
/// So an asset shields no account by its size.
#[must_use]
pub fn counted_value(price: Price, amount: &Int) -> Int {
    asset_value(price, amount).unwrap_or_else(|_| int(MAX_LEG_VALUE))
}

/// Worth at the high end, rounded up, of what is charged but not owed: beyond
/// the bound of a leg, the bound.
#[must_use]
pub fn charged_value(price: Price, amount: &Int) -> Int {
    debt_value(price, amount).unwrap_or_else(|_| int(MAX_LEG_VALUE))
}

/// Worth of a debt at the high end, rounded up, micro-USD. The bound applies
/// before the rounding.
///
/// # Errors
/// [`MathError::Overflow`] above the bound of a leg.
pub fn debt_value(price: Price, amount: &Int) -> Result<Int> {
    let product = amount * (int(price.mantissa()) + 1);
    let unit = two_to(price.shift().into());
    bounded(floor_div(&product, &unit))?;
    Ok(ceil_div(&product, &unit))
}

fn bounded(value: Int) -> Result<Int> {
    if value > int(MAX_LEG_VALUE) { Err(MathError::Overflow) } else { Ok(value) }
}

/// Native units that `value` buys at the high end, rounded down.
///
/// # Errors
/// [`MathError::Overflow`] above 64 bits.
pub fn amount_floor(price: Price, value: u64) -> Result<u64> {
    let scaled = int(value) << price.shift();
    word(&floor_div(&scaled, &(int(price.mantissa()) + 1)))
}

/// Native units that are worth `value` at the low end, rounded up.
///
/// # Errors
/// [`MathError::Overflow`] above 64 bits.
pub fn amount_ceil(price: Price, value: u64) -> Result<u64> {
    let scaled = int(value) << price.shift();
    word(&ceil_div(&scaled, &int(price.mantissa())))
}

fn word(x: &Int) -> Result<u64> {
    u64::try_from(x).map_err(|_| MathError::Overflow)
}

/// Mantissa and shift of `n * 2^-shift`, cut to 32 bits of mantissa.
///
/// # Errors
/// [`MathError::Range`] for zero, for fewer than 32 bits, or a shift outside 0 ..= 95.
fn cut(n: &Int, shift: i64) -> Result<Price> {
    let drop = n.bits().checked_sub(32).ok_or(MathError::Range)?;
    let mantissa = u32::try_from(&(n >> drop)).expect("32 bits are left");
    let shift = shift - i64::try_from(drop).expect("fewer than 2^63 bits");
    if !(0..=i64::from(MAX_SHIFT)).contains(&shift) {
        return Err(MathError::Range);
    }
    Price::new(mantissa, u8::try_from(shift).expect("at most 95"))
}

/// The 64 leading bits of `10^power`, rounded down, and the shift behind them.
#[must_use]
pub fn scale(power: i32) -> (u64, i16) {
    let ten = int(10).pow(power.unsigned_abs());
    // enough leading bits either way, then cut to 64
    let (n, shift) =
        if power >= 0 { (ten << 64, 64) } else { (floor_div(&two_to(300), &ten), 300) };
    let drop = i64::try_from(n.bits()).expect("a few hundred bits") - 64;
    let mantissa = u64::try_from(&(n >> drop)).expect("64 bits are left");
    (mantissa, i16::try_from(shift - drop).expect("a few hundred"))
}

/// The price of a raw oracle number under a scale's parts.
///
/// # Errors
/// [`MathError::Range`] for zero or a price outside its range.
pub fn price_of(raw: u64, (mantissa, shift): (u64, i16)) -> Result<Price> {
    cut(&(int(raw) * mantissa), shift.into())
}

/// A price times a rate, cut to 32 bits of mantissa. The product must fit 128 bits.
///
/// # Errors
/// [`MathError::Range`] for a zero rate or a price outside its range.
pub fn times(price: Price, rate: Index) -> Result<Price> {
    cut(&(int(price.mantissa()) * rate.q64()), i64::from(price.shift()) + 64)
}

/// `|a - b| / a` in Q16, rounded up, at most `cap`; more than 16 binary orders apart it is `cap`.
#[must_use]
pub fn gap(a: Price, b: Price, cap: u32) -> u32 {
    let apart = a.shift().abs_diff(b.shift());
    if apart > 16 {
        return cap;
    }
    let finest = a.shift().max(b.shift());
    let at = |p: Price| int(p.mantissa()) << (finest - p.shift());
    let difference = at(a).max(at(b)) - at(a).min(at(b));
    if difference.is_zero() {
        return 0;
    }
    u32::try_from(ratio_up(&difference, &at(a), &int(cap))).expect("at most the cap")
}
