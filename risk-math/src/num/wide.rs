//! Exact wide products with directed rounding.

use crate::error::{MathError, Result};

/// The exact 128-bit product.
#[must_use]
#[inline(always)]
pub fn mul_u64(a: u64, b: u64) -> u128 {
    u128::from(a).wrapping_mul(u128::from(b)) // (2^64-1)^2 < 2^128
}

/// Bits 64 to 127.
#[must_use]
#[inline(always)]
pub fn high64(x: u128) -> u64 {
    let [_, _, _, _, _, _, _, _, b @ ..] = x.to_le_bytes();
    u64::from_le_bytes(b)
}

/// Bits 0 to 63.
#[must_use]
#[inline(always)]
pub fn low64(x: u128) -> u64 {
    let [b0, b1, b2, b3, b4, b5, b6, b7, ..] = x.to_le_bytes();
    u64::from_le_bytes([b0, b1, b2, b3, b4, b5, b6, b7])
}

/// `a * b / 2^64`, rounded down. Exact otherwise; never overflows.
#[must_use]
#[inline(always)]
pub fn mul_high_floor(a: u64, b: u64) -> u64 {
    high64(mul_u64(a, b))
}

/// `a * b / 2^64`, rounded up. Never overflows: the product is below 2^128 - 2^64.
#[must_use]
#[inline(always)]
pub fn mul_high_ceil(a: u64, b: u64) -> u64 {
    let p = mul_u64(a, b);
    high64(p).wrapping_add(u64::from(low64(p) != 0))
}

/// `a * q / 2^64` for a Q64 factor, rounded down.
///
/// # Errors
/// [`MathError::Overflow`] when the result exceeds 64 bits.
#[inline(always)]
pub fn mul_shift64_floor(a: u64, q: u128) -> Result<u64> {
    let (whole, fraction) = parts(a, q)?;
    add(whole, high64(fraction))
}

/// `a * q / 2^64` for a Q64 factor, rounded up.
///
/// # Errors
/// [`MathError::Overflow`] when the result exceeds 64 bits.
#[inline(always)]
pub fn mul_shift64_ceil(a: u64, q: u128) -> Result<u64> {
    let (whole, fraction) = parts(a, q)?;
    // the high half of a product of two u64 is at most 2^64 - 2
    let up = high64(fraction).wrapping_add(u64::from(low64(fraction) != 0));
    add(whole, up)
}

/// `a * int(q)` and `a * frac(q)`; the integer part must be below 2^32.
#[inline(always)]
fn parts(a: u64, q: u128) -> Result<(u64, u128)> {
    let int = high64(q);
    let fraction = mul_u64(a, low64(q));
    if int == 1 {
        return Ok((a, fraction)); // an index between 1 and 2: most of them
    }
    if int >> 32 != 0 {
        return Err(MathError::Overflow);
    }
    // two 32-bit halves: a checked 64-bit multiply costs a 128-bit one on SBF
    let hi = (a >> 32).wrapping_mul(int); // < 2^64
    let lo = (a & 0xffff_ffff).wrapping_mul(int); // < 2^64
    if hi >> 32 != 0 {
        return Err(MathError::Overflow);
    }
    Ok((add(hi << 32, lo)?, fraction))
}

/// `a + b`.
///
/// # Errors
/// [`MathError::Overflow`].
#[inline(always)]
pub fn add(a: u64, b: u64) -> Result<u64> {
    let sum = a.wrapping_add(b);
    if sum < a {
        return Err(MathError::Overflow);
    }
    Ok(sum)
}

/// `a * b / d`, rounded down. One 128-bit division: not for loops.
///
/// # Errors
/// [`MathError::DivideByZero`], [`MathError::Overflow`].
pub fn mul_div_floor(a: u64, b: u64, d: u64) -> Result<u64> {
    let q = mul_u64(a, b).checked_div(u128::from(d)).ok_or(MathError::DivideByZero)?;
    u64::try_from(q).map_err(|_| MathError::Overflow)
}

/// `a * b / d`, rounded up. One 128-bit division: not for loops.
///
/// # Errors
/// [`MathError::DivideByZero`], [`MathError::Overflow`].
pub fn mul_div_ceil(a: u64, b: u64, d: u64) -> Result<u64> {
    if d == 0 {
        return Err(MathError::DivideByZero);
    }
    // a * b <= 2^128 - 2^65 + 1, so adding d - 1 cannot overflow
    let n = mul_u64(a, b).wrapping_add(u128::from(d.wrapping_sub(1)));
    let q = n.checked_div(u128::from(d)).ok_or(MathError::DivideByZero)?;
    u64::try_from(q).map_err(|_| MathError::Overflow)
}

/// `n / d` in Q16, rounded up, at most `cap`. A zero divisor reads as `cap`
/// unless `n` is zero too. 64-bit divisions only: safe in loops.
///
/// Where `n` has more than 47 bits both are shifted right, `n` up and `d`
/// down, so the result is never below the exact ratio.
#[must_use]
pub fn ratio_q16_ceil(n: u64, d: u64, cap: u32) -> u32 {
    if n == 0 {
        return 0;
    }
    let bits = 64_u32.wrapping_sub(n.leading_zeros()); // 1..=64
    let s = bits.saturating_sub(47); // n >> s fits 47 bits, and 47 + 16 < 64
    let n_up = (n >> s).wrapping_add(u64::from((n >> s) << s != n)); // <= 2^47
    let d_down = d >> s;
    match (n_up << 16).checked_div(d_down) {
        None => cap,
        Some(q) => {
            let exact = q.wrapping_mul(d_down) == n_up << 16; // q * d <= n << 16
            let up = q.saturating_add(u64::from(!exact));
            u32::try_from(up).map_or(cap, |r| r.min(cap))
        }
    }
}
