//! Products wider than a word.

use crate::{LOW, SIGN, is_negative, magnitude, negate, quotient};

/// The high word of `a * b`.
#[unsafe(no_mangle)]
pub extern "C" fn __sbf_umulh(a: u64, b: u64) -> u64 {
    high(a, b)
}

/// Schoolbook on half words. No sum overflows: each adds at most two half
/// words' worth to a product of half words.
#[inline(always)]
pub(crate) const fn high(a: u64, b: u64) -> u64 {
    let (a0, a1) = (a & LOW, a >> 32);
    let (b0, b1) = (b & LOW, b >> 32);
    let low = a0.wrapping_mul(b0);
    let mid = a1.wrapping_mul(b0).wrapping_add(low >> 32);
    let cross = a0.wrapping_mul(b1).wrapping_add(mid & LOW);
    a1.wrapping_mul(b1).wrapping_add(mid >> 32).wrapping_add(cross >> 32)
}

/// `a * b` for 128-bit operands: returns the low word, writes the high word to
/// `out[0]` and to `out[1]` whether the product needs more than 128 bits.
///
/// # Safety
/// `out` is valid for writing two words.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_umulo128(out: *mut u64, al: u64, ah: u64, bl: u64, bh: u64) -> u64 {
    let mut hi = __sbf_umulh(al, bl);
    let mut overflow = false;
    if ah | bh != 0 {
        if ah != 0 && bh != 0 {
            hi = hi.wrapping_add(al.wrapping_mul(bh)).wrapping_add(ah.wrapping_mul(bl));
            overflow = true;
        } else {
            // One high word is zero, so one cross product is too.
            let (high, low) = if ah != 0 { (ah, bl) } else { (bh, al) };
            let cross = high.wrapping_mul(low);
            hi = hi.wrapping_add(cross);
            // SAFETY: the one that was chosen is not zero.
            overflow = hi < cross || unsafe { quotient(cross, high) } != low;
        }
    }
    // SAFETY: the caller vouches for two writable words.
    unsafe {
        *out = hi;
        *out.add(1) = overflow as u64;
    }
    al.wrapping_mul(bl)
}

/// As [`__sbf_umulo128`] for signed operands.
///
/// # Safety
/// `out` is valid for reading and writing two words.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_smulo128(out: *mut u64, al: u64, ah: u64, bl: u64, bh: u64) -> u64 {
    let negative = is_negative(ah ^ bh);
    let (al, ah) = if is_negative(ah) { negate(al, ah) } else { (al, ah) };
    let (bl, bh) = if is_negative(bh) { negate(bl, bh) } else { (bl, bh) };
    // SAFETY: the same contract for `out`.
    let mut lo = unsafe { __sbf_umulo128(out, al, ah, bl, bh) };
    // SAFETY: the caller vouches for the word; it has just been written.
    let mut hi = unsafe { *out };
    if negative {
        (lo, hi) = negate(lo, hi);
    }
    // The magnitude fits when the sign came out as it must; zero has none.
    let wrong_sign = lo | hi != 0 && is_negative(hi) != negative;
    // SAFETY: the caller vouches for two writable words.
    unsafe {
        *out = hi;
        if wrong_sign {
            *out.add(1) = 1;
        }
    }
    lo
}

/// `a * b` for signed words: returns the product, writes to `out[0]` whether it
/// overflowed.
///
/// # Safety
/// `out` is valid for writing one word.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_smulo64(out: *mut u64, a: u64, b: u64) -> u64 {
    let (x, y) = (magnitude(a), magnitude(b));
    let largest = (SIGN - 1).wrapping_add((a ^ b) >> 63);
    // SAFETY: `x` is not zero where it divides.
    let overflow = x != 0 && y > unsafe { quotient(largest, x) };
    // SAFETY: the caller vouches for one writable word.
    unsafe { *out = overflow as u64 };
    a.wrapping_mul(b)
}

/// `words[0..4] = words[4..8] * words[8..12]` modulo 2^256.
///
/// # Safety
/// `words` is valid for reading and writing twelve words.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sbf_mul256(words: *mut u64) {
    let mut i = 0;
    while i < 4 {
        // SAFETY: `i < 4`, so the index is below twelve.
        unsafe { *words.add(i) = 0 };
        i = i.wrapping_add(1);
    }
    i = 0;
    while i < 4 {
        // SAFETY: `i < 4`, so the index is below twelve.
        let a = unsafe { *words.add(i.wrapping_add(4)) };
        let mut carry = 0;
        let mut j = 0;
        while i.wrapping_add(j) < 4 {
            // SAFETY: `j < 4`, so the index is below twelve.
            let b = unsafe { *words.add(j.wrapping_add(8)) };
            // SAFETY: `i + j < 4`, so the index is below twelve.
            let word = unsafe { &mut *words.add(i.wrapping_add(j)) };
            let low = a.wrapping_mul(b);
            // a * b + word + carry never exceeds two words.
            let mut high = __sbf_umulh(a, b);
            let sum = word.wrapping_add(low);
            high = high.wrapping_add((sum < low) as u64);
            *word = sum.wrapping_add(carry);
            carry = high.wrapping_add((*word < carry) as u64);
            j = j.wrapping_add(1);
        }
        i = i.wrapping_add(1);
    }
}
