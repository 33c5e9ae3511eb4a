//! Shifts of 128-bit values by a variable amount below 128.
//!
//! Each returns the low word and writes the high word to `out`. A bit that
//! crosses the words moves by `64 - n`; shifting by one and then by `63 - n`
//! keeps both amounts below 64 for every `n`.

use crate::{shl, shr};

/// `(hi:lo) << n`.
///
/// # Safety
/// `out` is valid for writing one word and `n` is below 128.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_shl128(out: *mut u64, lo: u64, hi: u64, n: u64) -> u64 {
    let (new_lo, new_hi) = if n >= 64 {
        // SAFETY: `n` is below 128.
        (0, unsafe { shl(lo, n.wrapping_sub(64)) })
    } else {
        // SAFETY: `n` is below 64.
        unsafe { (shl(lo, n), shl(hi, n) | shr(lo >> 1, n ^ 63)) }
    };
    // SAFETY: the caller vouches for one writable word.
    unsafe { *out = new_hi };
    new_lo
}

/// `(hi:lo) >> n`, filling with zeros.
///
/// # Safety
/// `out` is valid for writing one word and `n` is below 128.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_lshr128(out: *mut u64, lo: u64, hi: u64, n: u64) -> u64 {
    let (new_lo, new_hi) = if n >= 64 {
        // SAFETY: `n` is below 128.
        (unsafe { shr(hi, n.wrapping_sub(64)) }, 0)
    } else {
        // SAFETY: `n` is below 64.
        unsafe { (shr(lo, n) | shl(hi << 1, n ^ 63), shr(hi, n)) }
    };
    // SAFETY: the caller vouches for one writable word.
    unsafe { *out = new_hi };
    new_lo
}

/// `(hi:lo) >> n`, filling with the sign.
///
/// # Safety
/// `out` is valid for writing one word and `n` is below 128.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_ashr128(out: *mut u64, lo: u64, hi: u64, n: u64) -> u64 {
    let signed = hi as i64;
    let (new_lo, new_hi) = if n >= 64 {
        (signed.wrapping_shr(n.wrapping_sub(64) as u32) as u64, (signed >> 63) as u64)
    } else {
        // SAFETY: `n` is below 64.
        let low = unsafe { shr(lo, n) | shl(hi << 1, n ^ 63) };
        (low, signed.wrapping_shr(n as u32) as u64)
    };
    // SAFETY: the caller vouches for one writable word.
    unsafe { *out = new_hi };
    new_lo
}
