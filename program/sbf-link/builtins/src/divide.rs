//! Division of 128-bit values and signed division of words.
//!
//! Word division is one instruction of the machine, so operands that fit one
//! word, and divisors of 32 bits, cost little. The rest is Knuth's algorithm D
//! with 32-bit digits.

use crate::multiply::high;
use crate::{LOW, is_negative, leading_zeros, magnitude, negate, quotient, shl, shr};

/// Quotient and remainder, low words first.
struct Division {
    q: (u64, u64),
    r: (u64, u64),
}

/// `(nh:nl) / (dh:dl)`.
///
/// # Safety
/// The divisor is not zero.
#[inline(always)]
unsafe fn divide(nl: u64, nh: u64, dl: u64, dh: u64) -> Division {
    if dh != 0 {
        return divide_by_wide(nl, nh, dl, dh);
    }
    if nh == 0 {
        // SAFETY: `dh` is zero, so `dl` is not.
        let q = unsafe { quotient(nl, dl) };
        return Division { q: (q, 0), r: (nl.wrapping_sub(q.wrapping_mul(dl)), 0) };
    }
    // SAFETY: `dh` is zero, so `dl` is not.
    let qh = unsafe { quotient(nh, dl) };
    let rest = nh.wrapping_sub(qh.wrapping_mul(dl));
    if dl >> 32 == 0 {
        // Every partial remainder is below 2^32: two plain steps.
        let n = rest << 32 | nl >> 32;
        // SAFETY: as above.
        let q1 = unsafe { quotient(n, dl) };
        let n = n.wrapping_sub(q1.wrapping_mul(dl)) << 32 | nl & LOW;
        // SAFETY: as above.
        let q0 = unsafe { quotient(n, dl) };
        let r = n.wrapping_sub(q0.wrapping_mul(dl));
        return Division { q: (q1 << 32 | q0, qh), r: (r, 0) };
    }
    let s = leading_zeros(dl);
    // SAFETY: there are at most 63 leading zeros.
    unsafe {
        let high = shl(rest, s) | shr(nl >> 1, s ^ 63);
        let (q, r) = divide_normalised(high, shl(nl, s), shl(dl, s));
        Division { q: (q, qh), r: (shr(r, s), 0) }
    }
}

/// The divisor has two words, so the quotient has one. It is estimated from the
/// divisor's top 64 bits, at most one too low, and corrected.
#[inline(always)]
fn divide_by_wide(nl: u64, nh: u64, dl: u64, dh: u64) -> Division {
    if nh < dh || (nh == dh && nl < dl) {
        return Division { q: (0, 0), r: (nl, nh) };
    }
    let s = leading_zeros(dh);
    let mut q = 1;
    if s != 0 {
        // Halving the dividend keeps it below the divisor in the top word.
        // SAFETY: `s` is from 1 to 63.
        let top = unsafe { shl(dh, s) | shr(dl, 64u64.wrapping_sub(s)) };
        let (estimate, _) = divide_normalised(nh >> 1, nh << 63 | nl >> 1, top);
        // SAFETY: as above.
        q = unsafe { shr(estimate, s ^ 63) };
        q = q.wrapping_sub((q != 0) as u64);
    }
    let mut pl = q.wrapping_mul(dl);
    let mut ph = high(q, dl).wrapping_add(q.wrapping_mul(dh));
    ph = nh.wrapping_sub(ph).wrapping_sub((nl < pl) as u64);
    pl = nl.wrapping_sub(pl);
    if ph > dh || (ph == dh && pl >= dl) {
        q = q.wrapping_add(1);
        ph = ph.wrapping_sub(dh).wrapping_sub((pl < dl) as u64);
        pl = pl.wrapping_sub(dl);
    }
    Division { q: (q, 0), r: (pl, ph) }
}

/// `(nh:nl) / d` where `nh < d` and the top bit of `d` is set.
#[inline(always)]
fn divide_normalised(nh: u64, nl: u64, d: u64) -> (u64, u64) {
    let (d1, d0) = (d >> 32, d & LOW);
    let (q1, r) = digit(nh, nl >> 32, d, d1, d0);
    let (q0, r) = digit(r, nl & LOW, d, d1, d0);
    ((q1 << 32).wrapping_add(q0), r)
}

/// One digit: `(n * 2^32 + next) / d` where `n < d`. The estimate from the
/// divisor's top half is at most two too high.
#[inline(always)]
fn digit(n: u64, next: u64, d: u64, d1: u64, d0: u64) -> (u64, u64) {
    // SAFETY: `d1` is the top half of a normalised divisor.
    let mut q = unsafe { quotient(n, d1) };
    let product = q.wrapping_mul(d0);
    let mut r = n.wrapping_sub(q.wrapping_mul(d1)) << 32 | next;
    if r < product {
        q = q.wrapping_sub(1);
        r = r.wrapping_add(d);
        // A sum that wrapped is larger than the product.
        if r >= d && r < product {
            q = q.wrapping_sub(1);
            r = r.wrapping_add(d);
        }
    }
    (q, r.wrapping_sub(product))
}

/// The quotient of unsigned 128-bit values: returns the low word, writes the
/// high word to `out`.
///
/// # Safety
/// `out` is valid for writing one word and the divisor is not zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_udiv128(out: *mut u64, nl: u64, nh: u64, dl: u64, dh: u64) -> u64 {
    // SAFETY: the caller vouches for the divisor.
    let (lo, hi) = unsafe { divide(nl, nh, dl, dh) }.q;
    // SAFETY: the caller vouches for one writable word.
    unsafe { *out = hi };
    lo
}

/// The remainder of unsigned 128-bit values: returns the low word, writes the
/// high word to `out`.
///
/// # Safety
/// `out` is valid for writing one word and the divisor is not zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_urem128(out: *mut u64, nl: u64, nh: u64, dl: u64, dh: u64) -> u64 {
    // SAFETY: the caller vouches for the divisor.
    let (lo, hi) = unsafe { divide(nl, nh, dl, dh) }.r;
    // SAFETY: the caller vouches for one writable word.
    unsafe { *out = hi };
    lo
}

/// The quotient of signed 128-bit values, rounded towards zero.
///
/// # Safety
/// `out` is valid for reading and writing one word and the divisor is not zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_sdiv128(out: *mut u64, nl: u64, nh: u64, dl: u64, dh: u64) -> u64 {
    let negative = is_negative(nh ^ dh);
    let (nl, nh) = if is_negative(nh) { negate(nl, nh) } else { (nl, nh) };
    let (dl, dh) = if is_negative(dh) { negate(dl, dh) } else { (dl, dh) };
    // SAFETY: the same contract.
    let mut lo = unsafe { __sbf_udiv128(out, nl, nh, dl, dh) };
    if negative {
        // SAFETY: the caller vouches for the word.
        unsafe { (lo, *out) = negate(lo, *out) };
    }
    lo
}

/// The remainder of signed 128-bit values, with the dividend's sign.
///
/// # Safety
/// `out` is valid for reading and writing one word and the divisor is not zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_srem128(out: *mut u64, nl: u64, nh: u64, dl: u64, dh: u64) -> u64 {
    let negative = is_negative(nh);
    let (nl, nh) = if negative { negate(nl, nh) } else { (nl, nh) };
    let (dl, dh) = if is_negative(dh) { negate(dl, dh) } else { (dl, dh) };
    // SAFETY: the same contract.
    let mut lo = unsafe { __sbf_urem128(out, nl, nh, dl, dh) };
    if negative {
        // SAFETY: the caller vouches for the word.
        unsafe { (lo, *out) = negate(lo, *out) };
    }
    lo
}

/// The quotient of signed words, rounded towards zero.
///
/// # Safety
/// `b` is not zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_sdiv64(a: u64, b: u64) -> u64 {
    // SAFETY: the caller's contract.
    let q = unsafe { quotient(magnitude(a), magnitude(b)) };
    if is_negative(a ^ b) { q.wrapping_neg() } else { q }
}

/// The remainder of signed words, with the dividend's sign.
///
/// # Safety
/// `b` is not zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_srem64(a: u64, b: u64) -> u64 {
    let (a_abs, b_abs) = (magnitude(a), magnitude(b));
    // SAFETY: the caller's contract; it takes away the branch to a panic.
    unsafe { core::hint::assert_unchecked(b_abs != 0) };
    let r = a_abs % b_abs;
    if is_negative(a) { r.wrapping_neg() } else { r }
}
