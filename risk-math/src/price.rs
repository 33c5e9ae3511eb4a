//! Prices as a 32-bit mantissa and a shift, and the value of an amount.
//!
//! A price is an interval: `mantissa * 2^-shift <= true <= (mantissa + 1) * 2^-shift`,
//! in micro-USD per native unit, of relative width at most 2^-31. Assets are
//! valued at the low end and rounded down, debts at the high end and rounded
//! up, so no rounding ever favours the account. The one exception is a price
//! derived by [`Price::times`], whose interval may lie low by two units.

use crate::error::{MathError, Result};
use crate::index::Index;
use crate::num::{mul_u64, ratio_q16_ceil};

/// Micro-USD (1e-6 USD), signed.
pub type Usd = i64;

/// The largest value of one leg: 2^53 micro-USD, about 9.0 billion USD.
pub const MAX_LEG_VALUE: u64 = 1 << 53;

/// The largest shift of a [`Price`].
pub const MAX_SHIFT: u8 = 95;

/// Micro-USD per native unit: `mantissa * 2^-shift`, mantissa in [2^31, 2^32).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    // as wide as registers: a pass reads them for every asset
    mantissa: u64,
    shift: u32,
}

impl Price {
    /// A price from its parts.
    ///
    /// # Errors
    /// [`MathError::Range`] when the mantissa is below 2^31 or the shift above 95.
    #[inline(always)]
    pub fn new(mantissa: u32, shift: u8) -> Result<Self> {
        if mantissa >> 31 == 0 || shift > MAX_SHIFT {
            return Err(MathError::Range);
        }
        Ok(Self { mantissa: u64::from(mantissa), shift: u32::from(shift) })
    }

    /// The mantissa, in [2^31, 2^32).
    #[must_use]
    pub fn mantissa(self) -> u32 {
        u32::try_from(self.mantissa).unwrap_or(u32::MAX) // fits by construction
    }

    /// The shift, 0 to 95.
    #[must_use]
    pub fn shift(self) -> u8 {
        u8::try_from(self.shift).unwrap_or(MAX_SHIFT) // fits by construction
    }

    /// Value of an asset: `amount` native units at the low end, rounded down. Micro-USD.
    ///
    /// # Errors
    /// [`MathError::Overflow`] above [`MAX_LEG_VALUE`].
    #[inline(always)]
    pub fn asset_value(self, amount: u64) -> Result<u64> {
        Ok(scale(amount, self.mantissa, self.shift)?.0)
    }

    /// Value of a debt: `amount` native units at the high end, rounded up. Micro-USD.
    ///
    /// # Errors
    /// [`MathError::Overflow`] above [`MAX_LEG_VALUE`].
    #[inline(always)]
    pub fn debt_value(self, amount: u64) -> Result<u64> {
        let (v, exact) = scale(amount, self.mantissa.wrapping_add(1), self.shift)?;
        Ok(v.wrapping_add(u64::from(!exact))) // v <= 2^53
    }

    /// Native units worth at most `value` micro-USD at the high end, rounded
    /// down: what a debt of that value holds. One division, not for loops.
    ///
    /// # Errors
    /// [`MathError::Overflow`] when the amount exceeds 64 bits.
    pub fn amount_floor(self, value: u64) -> Result<u64> {
        let n = shifted(value, self.shift)?;
        let d = u128::from(self.mantissa).wrapping_add(1);
        u64::try_from(n.checked_div(d).ok_or(MathError::DivideByZero)?)
            .map_err(|_| MathError::Overflow)
    }

    /// Native units worth at least `value` micro-USD at the low end, rounded
    /// up. One division, not for loops.
    ///
    /// # Errors
    /// [`MathError::Overflow`] when the amount exceeds 64 bits.
    pub fn amount_ceil(self, value: u64) -> Result<u64> {
        let n = shifted(value, self.shift)?;
        let d = u128::from(self.mantissa);
        let up = n.checked_add(d.wrapping_sub(1)).ok_or(MathError::Overflow)?;
        u64::try_from(up.checked_div(d).ok_or(MathError::DivideByZero)?)
            .map_err(|_| MathError::Overflow)
    }

    /// The price of a token that is worth `rate` of this one (same decimals):
    /// `self * rate`, rounded down to 32 bits of mantissa.
    ///
    /// Both the price and the product are rounded down, so the true price is
    /// below `(mantissa + 3) * 2^-shift`: a debt in the token may be valued low
    /// by one part in 2^30.
    ///
    /// # Errors
    /// [`MathError::Range`] for a zero rate or a price outside its range.
    pub fn times(self, rate: Index) -> Result<Self> {
        // 2^32 * 2^96 = 2^128: split the rate to stay exact
        let high =
            u128::from(self.mantissa).wrapping_mul(u128::from(crate::num::high64(rate.q64())));
        let low = u128::from(self.mantissa).wrapping_mul(u128::from(crate::num::low64(rate.q64())));
        let product = high.checked_shl(64).filter(|_| high >> 64 == 0).ok_or(MathError::Range)?;
        let product = product.checked_add(low).ok_or(MathError::Range)?; // scaled by 2^64
        let bits = 128_u32.wrapping_sub(product.leading_zeros());
        let drop = bits.checked_sub(32).ok_or(MathError::Range)?;
        let mantissa = u32::try_from(product.wrapping_shr(drop)).map_err(|_| MathError::Range)?;
        let shift = i64::from(self.shift).wrapping_add(64).wrapping_sub(i64::from(drop));
        Self::new(mantissa, u8::try_from(shift).map_err(|_| MathError::Range)?)
    }

    /// The lower of two prices.
    #[must_use]
    pub fn low(self, other: Self) -> Self {
        if self.is_below(other) { self } else { other }
    }

    /// The higher of two prices.
    #[must_use]
    pub fn high(self, other: Self) -> Self {
        if self.is_below(other) { other } else { self }
    }

    /// Whether `self < other`. Mantissas are normalised, so a larger shift is a lower price.
    #[must_use]
    pub fn is_below(self, other: Self) -> bool {
        self.shift > other.shift || (self.shift == other.shift && self.mantissa < other.mantissa)
    }

    /// `|self - other| / self` in Q16, rounded up, at most `cap`.
    #[must_use]
    pub fn gap_q16(self, other: Self, cap: u32) -> u32 {
        let (low, high) = (self.low(other), self.high(other));
        let apart = low.shift.wrapping_sub(high.shift); // a lower price has the larger shift
        if apart > 16 {
            return cap;
        }
        // in units of 2^-low.shift: at most 2^48
        let high_scaled = high.mantissa.wrapping_shl(apart);
        let difference = high_scaled.saturating_sub(low.mantissa);
        let own = if self == low { low.mantissa } else { high_scaled };
        ratio_q16_ceil(difference, own, cap)
    }
}

/// `amount * mantissa >> shift` and whether that was exact; `mantissa <= 2^32`.
#[inline(always)]
fn scale(amount: u64, mantissa: u64, shift: u32) -> Result<(u64, bool)> {
    // Halves: each product is at most (2^32 - 1) * 2^32 < 2^64.
    let p1 = (amount >> 32).wrapping_mul(mantissa);
    let p0 = (amount & 0xffff_ffff).wrapping_mul(mantissa);
    if shift >= 32 {
        let t = p1.wrapping_add(p0 >> 32); // <= 2^64 - 1 (risk model 2.1)
        let s = shift.wrapping_sub(32); // 0..=63
        let value = t.wrapping_shr(s);
        if value > MAX_LEG_VALUE {
            return Err(MathError::Overflow);
        }
        return Ok((value, value.wrapping_shl(s) == t && p0 & 0xffff_ffff == 0));
    }
    let up = 32_u32.wrapping_sub(shift); // 1..=32
    let low = p0.wrapping_shr(shift);
    if p1 > MAX_LEG_VALUE.wrapping_shr(up) || low > MAX_LEG_VALUE {
        return Err(MathError::Overflow);
    }
    let value = p1.wrapping_shl(up).wrapping_add(low); // <= 2^54
    if value > MAX_LEG_VALUE {
        return Err(MathError::Overflow);
    }
    Ok((value, low.wrapping_shl(shift) == p0))
}

fn shifted(value: u64, shift: u32) -> Result<u128> {
    let wide = u128::from(value);
    if value != 0 && shift > wide.leading_zeros() {
        return Err(MathError::Overflow);
    }
    Ok(wide.wrapping_shl(shift))
}

/// What turns a raw oracle number into a [`Price`], fixed at listing.
///
/// `10^(6 - decimals + exponent)` as a 64-bit mantissa (rounded down) and a
/// power of two, so that a refresh needs one multiply and no division.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceScale {
    mantissa: u64,
    shift: i16,
}

impl PriceScale {
    /// The scale for a mint's decimals and an oracle's decimal exponent.
    ///
    /// # Errors
    /// [`MathError::Range`] when `6 - decimals + exponent` lies outside -38..=19.
    pub fn new(decimals: u8, exponent: i32) -> Result<Self> {
        let power = exponent
            .checked_add(6)
            .and_then(|p| p.checked_sub(i32::from(decimals)))
            .ok_or(MathError::Range)?;
        if !(-38..=19).contains(&power) {
            return Err(MathError::Range);
        }
        let ten = 10_u128.checked_pow(power.unsigned_abs()).ok_or(MathError::Range)?;
        let (value, shift) = if power >= 0 {
            let up = ten.leading_zeros();
            (ten.wrapping_shl(up), i16::try_from(up).map_err(|_| MathError::Range)?)
        } else {
            divide_power_of_two(ten)?
        };
        Ok(Self { mantissa: crate::num::high64(value), shift: shift.wrapping_sub(64) })
    }

    /// A scale from its stored parts.
    ///
    /// # Errors
    /// [`MathError::Range`] when the mantissa is not normalised.
    pub const fn from_parts(mantissa: u64, shift: i16) -> Result<Self> {
        if mantissa >> 63 == 0 {
            return Err(MathError::Range);
        }
        Ok(Self { mantissa, shift })
    }

    /// Mantissa (top bit set) and shift: the scale is `mantissa * 2^-shift`.
    #[must_use]
    pub const fn parts(self) -> (u64, i16) {
        (self.mantissa, self.shift)
    }

    /// The price of a raw oracle number, rounded down to 32 bits of mantissa.
    ///
    /// The scale itself is low by less than 2^-63 relative, so the true price
    /// is at most `(mantissa + 1) * 2^-shift * (1 + 2^-62)`.
    ///
    /// # Errors
    /// [`MathError::Range`] for zero, or a price outside 2^-64 .. 2^32
    /// micro-USD per native unit.
    pub fn price(self, raw: u64) -> Result<Price> {
        if raw == 0 {
            return Err(MathError::Range);
        }
        let product = mul_u64(raw, self.mantissa); // >= 2^63
        let drop = 96_u32.wrapping_sub(product.leading_zeros()); // bits below the top 32: 32..=96
        let mantissa = u32::try_from(product.wrapping_shr(drop)).map_err(|_| MathError::Range)?;
        let shift = i32::from(self.shift)
            .checked_sub(i32::try_from(drop).map_err(|_| MathError::Range)?)
            .ok_or(MathError::Range)?;
        Price::new(mantissa, u8::try_from(shift).map_err(|_| MathError::Range)?)
    }
}

/// `floor(2^(127 + k) / divisor)` with 128 significant bits, and `127 + k`, by long division.
fn divide_power_of_two(divisor: u128) -> Result<(u128, i16)> {
    // remainder < divisor < 2^127, so doubling it never overflows
    let (mut quotient, mut remainder, mut shift) = (0_u128, 1_u128, 0_i16);
    while quotient >> 127 == 0 {
        remainder = remainder.wrapping_shl(1);
        quotient = quotient.wrapping_shl(1);
        if remainder >= divisor {
            remainder = remainder.wrapping_sub(divisor);
            quotient |= 1;
        }
        shift = shift.checked_add(1).ok_or(MathError::Range)?;
    }
    Ok((quotient, shift))
}
