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
///
/// On half words, for the loops: a 128-bit multiply is a call on SBF. No sum
/// overflows: each adds at most two half words to a product of half words.
#[must_use]
#[inline(always)]
pub const fn mul_high_floor(a: u64, b: u64) -> u64 {
    let (a0, a1) = (a & 0xffff_ffff, a >> 32);
    let (b0, b1) = (b & 0xffff_ffff, b >> 32);
    let mid = a1.wrapping_mul(b0).wrapping_add(a0.wrapping_mul(b0) >> 32);
    let cross = a0.wrapping_mul(b1).wrapping_add(mid & 0xffff_ffff);
    a1.wrapping_mul(b1).wrapping_add(mid >> 32).wrapping_add(cross >> 32)
}

/// `a * b / 2^64`, rounded up. Never overflows: the high half is at most 2^64 - 2.
#[must_use]
#[inline(always)]
pub fn mul_high_ceil(a: u64, b: u64) -> u64 {
    mul_high_floor(a, b).wrapping_add(u64::from(a.wrapping_mul(b) != 0))
}

/// `a * q / 2^64` for a Q64 factor, rounded down.
///
/// # Errors
/// [`MathError::Overflow`] when the result exceeds 64 bits.
#[inline(always)]
pub fn mul_shift64_floor(a: u64, q: u128) -> Result<u64> {
    add(whole_part(a, q)?, mul_high_floor(a, low64(q)))
}

/// `a * q / 2^64` for a Q64 factor, rounded up.
///
/// # Errors
/// [`MathError::Overflow`] when the result exceeds 64 bits.
#[inline(always)]
pub fn mul_shift64_ceil(a: u64, q: u128) -> Result<u64> {
    add(whole_part(a, q)?, mul_high_ceil(a, low64(q)))
}

/// `a * int(q)`; the integer part must be below 2^32.
#[inline(always)]
fn whole_part(a: u64, q: u128) -> Result<u64> {
    let int = high64(q);
    if int == 1 {
        return Ok(a); // an index between 1 and 2: most of them
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
    add(hi << 32, lo)
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
