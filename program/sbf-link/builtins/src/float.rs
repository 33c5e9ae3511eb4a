//! The double-precision arithmetic that rent calculations need, on bit
//! patterns: IEEE 754, round to nearest even, subnormals included. The only
//! liberty is the NaN that comes out: always the quiet one without payload.

use crate::multiply::__sbf_umulh;
use crate::{SIGN, is_negative, leading_zeros, shl, shr};

const FRACTION_BITS: u32 = 52;
const ONE: u64 = 1 << FRACTION_BITS;
const FRACTION: u64 = ONE - 1;
const EXPONENT_MAX: u64 = 0x7ff;
const BIAS: u64 = 1023;
const INFINITY: u64 = EXPONENT_MAX << FRACTION_BITS;
const QUIET_NAN: u64 = 0xfff << 51;

/// Rounds the fraction that `dropped` was cut from: up above half a unit, to
/// even at half. A carry runs into the exponent, as it should.
#[inline(always)]
const fn round(kept: u64, dropped: u64) -> u64 {
    let up = dropped > SIGN || (dropped == SIGN && kept & 1 != 0);
    kept.wrapping_add(up as u64)
}

/// A word to the nearest double.
#[unsafe(no_mangle)]
pub extern "C" fn __sbf_ui2d(x: u64) -> u64 {
    if x == 0 {
        return 0;
    }
    let n = leading_zeros(x);
    // SAFETY: there are at most 63 leading zeros.
    let x = unsafe { shl(x, n) };
    // The leading one adds one to the exponent field.
    let exponent = (BIAS + 62).wrapping_sub(n) << FRACTION_BITS;
    round(exponent.wrapping_add(x >> 11), x << 53)
}

/// The significand with its leading one at bit 52, and the exponent field that
/// goes with it, which is zero or negative for a subnormal. `bits` is finite
/// and not zero, without sign.
#[inline(always)]
const fn unpack(bits: u64) -> (u64, u64) {
    let exponent = bits >> FRACTION_BITS;
    if exponent != 0 {
        return (bits & FRACTION | ONE, exponent);
    }
    let n = leading_zeros(bits).wrapping_sub(11);
    // SAFETY: the pattern has 52 bits, so `n` is from 1 to 52.
    (unsafe { shl(bits, n) }, 1u64.wrapping_sub(n))
}

/// The product of two doubles.
#[unsafe(no_mangle)]
pub extern "C" fn __sbf_fmul64(a: u64, b: u64) -> u64 {
    let sign = (a ^ b) & SIGN;
    let (a, b) = (a & !SIGN, b & !SIGN);
    if a >= INFINITY || b >= INFINITY {
        let invalid = a > INFINITY || b > INFINITY || a == 0 || b == 0;
        return if invalid { QUIET_NAN } else { sign | INFINITY };
    }
    if a == 0 || b == 0 {
        return sign;
    }
    let (ma, ea) = unpack(a);
    let (mb, eb) = unpack(b);
    let mut exponent = ea.wrapping_add(eb).wrapping_sub(BIAS);
    // 2^116 <= product < 2^118: the leading one lands on bit 52 or 53 of `hi`.
    let (ma, mb) = (ma << 11, mb << 1);
    let (mut hi, mut lo) = (__sbf_umulh(ma, mb), ma.wrapping_mul(mb));
    if hi >> 53 != 0 {
        // A set bit that falls off stays visible to the rounding.
        lo = hi << 63 | lo >> 1 | lo & 1;
        hi >>= 1;
        exponent = exponent.wrapping_add(1);
    }
    if is_negative(exponent.wrapping_sub(1)) {
        return sign | subnormal(hi, lo, 1u64.wrapping_sub(exponent));
    }
    if exponent >= EXPONENT_MAX {
        return sign | INFINITY;
    }
    // The leading one adds one to the exponent field.
    sign | round((exponent.wrapping_sub(1) << FRACTION_BITS).wrapping_add(hi), lo)
}

/// `hi:lo` shifted right by `n >= 1` and rounded.
#[inline(always)]
const fn subnormal(hi: u64, lo: u64, n: u64) -> u64 {
    if n > 53 {
        return 0;
    }
    // SAFETY: `n` is from 1 to 53.
    let (kept, dropped) = unsafe { (shr(hi, n), shl(hi, 64u64.wrapping_sub(n))) };
    round(kept, dropped | (lo != 0) as u64)
}

/// A double to a word, rounded towards zero; out of range to the nearest, NaN
/// to zero: Rust's `as`.
#[unsafe(no_mangle)]
pub extern "C" fn __sbf_d2ui_sat(a: u64) -> u64 {
    // Below one, NaN, or negative, whose patterns are the largest.
    if !(BIAS << FRACTION_BITS..=INFINITY).contains(&a) {
        return 0;
    }
    if a >= (BIAS + 64) << FRACTION_BITS {
        return u64::MAX;
    }
    let significand = a << 11 | SIGN;
    // SAFETY: the exponent is from `BIAS` to `BIAS + 63`.
    unsafe { shr(significand, (BIAS + 63).wrapping_sub(a >> FRACTION_BITS)) }
}

/// How `a` relates to `b`, as one bit: 1 equal, 2 greater, 4 less, 8 unordered.
/// A predicate of LLVM's is the set of those bits that make it true.
#[unsafe(no_mangle)]
pub extern "C" fn __sbf_fcmp64(a: u64, b: u64) -> u64 {
    let (x, y) = (a & !SIGN, b & !SIGN);
    if x > INFINITY || y > INFINITY {
        return 8;
    }
    if a == b || x | y == 0 {
        return 1;
    }
    // The patterns of negative numbers run the other way.
    let greater = if is_negative(a & b) { a < b } else { (a as i64) > (b as i64) };
    if greater { 2 } else { 4 }
}
