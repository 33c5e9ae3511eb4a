//! What LLVM's BPF back end cannot do, written with what it can: 64-bit
//! integers, pointers and branches.
//!
//! `sbf-link` replaces wide multiplications, divisions and shifts and the few
//! floating-point operations it supports by calls of these functions. Its build
//! script compiles this file by itself for the host and keeps the bitcode: the
//! functions touch only `u64`s and pointers to them, which both machines lay
//! out alike. The host's tests run the same source for the same target.
//!
//! Wide values travel as words, low word first. A function has at most five
//! register arguments and one register result, so further result words go
//! through `out`. Every function wraps; none reads a table or calls the core
//! library at run time. Division by zero is the caller's to exclude, as Rust's
//! operators do; the virtual machine traps on it.
//!
//! Compute units are executed instructions. That is why there are fast paths,
//! and why masks are written as shifts where the back end would spend more.

#![no_std]

mod divide;
mod float;
mod multiply;
mod shift;

pub use divide::{
    __sbf_sdiv64, __sbf_sdiv128, __sbf_srem64, __sbf_srem128, __sbf_udiv128, __sbf_urem128,
};
pub use float::{__sbf_d2ui_sat, __sbf_fcmp64, __sbf_fmul64, __sbf_ui2d};
pub use multiply::{__sbf_mul256, __sbf_smulo64, __sbf_smulo128, __sbf_umulh, __sbf_umulo128};
pub use shift::{__sbf_ashr128, __sbf_lshr128, __sbf_shl128};

/// The low half of a word.
const LOW: u64 = 0xffff_ffff;
const SIGN: u64 = 1 << 63;

/// Shift left.
///
/// # Safety
/// `n` is below 64. Saying so spares the instruction that would make sure.
#[inline(always)]
const unsafe fn shl(x: u64, n: u64) -> u64 {
    // SAFETY: the caller's contract.
    unsafe { core::hint::assert_unchecked(n < 64) };
    x.wrapping_shl(n as u32)
}

/// Shift right.
///
/// # Safety
/// `n` is below 64.
#[inline(always)]
const unsafe fn shr(x: u64, n: u64) -> u64 {
    // SAFETY: the caller's contract.
    unsafe { core::hint::assert_unchecked(n < 64) };
    x.wrapping_shr(n as u32)
}

/// `n / d` as the bare instruction.
///
/// # Safety
/// `d` is not zero.
#[inline(always)]
const unsafe fn quotient(n: u64, d: u64) -> u64 {
    // SAFETY: the caller's contract; it takes away the branch to a panic.
    unsafe { core::hint::assert_unchecked(d != 0) };
    n / d
}

#[inline(always)]
const fn is_negative(x: u64) -> bool {
    (x as i64) < 0
}

/// The magnitude of a word seen as signed.
#[inline(always)]
const fn magnitude(x: u64) -> u64 {
    if is_negative(x) { x.wrapping_neg() } else { x }
}

/// `-(hi:lo)` in two's complement.
#[inline(always)]
const fn negate(lo: u64, hi: u64) -> (u64, u64) {
    (lo.wrapping_neg(), (!hi).wrapping_add((lo == 0) as u64))
}

/// Number of leading zeros of a non-zero word.
#[inline(always)]
const fn leading_zeros(x: u64) -> u64 {
    let mut x = x;
    let mut n = 0;
    if x >> 32 == 0 {
        n |= 32;
        x <<= 32;
    }
    if x >> 48 == 0 {
        n |= 16;
        x <<= 16;
    }
    if x >> 56 == 0 {
        n |= 8;
        x <<= 8;
    }
    if x >> 60 == 0 {
        n |= 4;
        x <<= 4;
    }
    if x >> 62 == 0 {
        n |= 2;
        x <<= 2;
    }
    // The top bit decides; no branch is needed.
    n | (x >> 63 ^ 1)
}
