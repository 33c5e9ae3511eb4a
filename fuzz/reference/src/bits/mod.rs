//! Big integers with exactly the floors and ceilings that the specification names.
//!
//! Trusts nothing of the engine but its input types: every product, quotient
//! and comparison is made here again, on numbers that cannot overflow. Bounds
//! are checked where the specification states one, and only there.

pub mod health;
pub mod index;
pub mod interest;
pub mod liquidation;
pub mod pool;
pub mod price;

use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use trestle_risk_math::num::{Pair, Weight};

/// An integer of any size.
pub type Int = BigInt;

/// An integer.
pub fn int(x: impl Into<Int>) -> Int {
    x.into()
}

/// `2^bits`.
#[must_use]
pub fn two_to(bits: u32) -> Int {
    int(1) << bits
}

/// `n / d` toward minus infinity, for a positive divisor.
#[must_use]
pub fn floor_div(n: &Int, d: &Int) -> Int {
    let (q, r) = (n / d, n % d);
    if r.is_negative() { q - 1 } else { q }
}

/// `n / d` toward plus infinity, for a positive divisor.
#[must_use]
pub fn ceil_div(n: &Int, d: &Int) -> Int {
    -floor_div(&-n, d)
}

/// A weight's Q16 number.
#[must_use]
pub fn q16(weight: Weight) -> Int {
    int(weight.q16())
}

/// `1.0 - weight`, at least zero, Q16.
#[must_use]
pub fn rest(weight: &Int) -> Int {
    (two_to(16) - weight).max(Int::zero())
}

/// `a * b` of two Q16 weights, rounded up, at most 2.0.
#[must_use]
pub fn weight_product_up(a: &Int, b: &Int) -> Int {
    ceil_div(&(a * b), &two_to(16)).min(two_to(17))
}

/// `amount * share`, rounded down; a share above 1.0 counts as 1.0.
#[must_use]
pub fn share_down(share: &Int, amount: &Int) -> Int {
    floor_div(&(amount * share.clone().min(two_to(16))), &two_to(16))
}

/// `n / d` in Q16, rounded up, at most `cap`: where `n` has more than 47 bits
/// both lose the excess first, `n` up and `d` down.
#[must_use]
pub fn ratio_up(n: &Int, d: &Int, cap: &Int) -> Int {
    if n.is_zero() {
        return Int::zero();
    }
    let excess = two_to(u32::try_from(n.bits().saturating_sub(47)).expect("64-bit numbers"));
    let (n, d) = (ceil_div(n, &excess), floor_div(d, &excess));
    if d.is_zero() { cap.clone() } else { ceil_div(&(n << 16), &d).min(cap.clone()) }
}

/// `n / d` in Q16, rounded down, within 0 .. 2.0: where `n` has more than 47
/// bits both lose the excess first, `n` down and `d` up.
#[must_use]
pub fn ratio_down(n: &Int, d: &Int) -> Int {
    if !n.is_positive() || !d.is_positive() {
        return Int::zero();
    }
    let excess = two_to(u32::try_from(n.bits().saturating_sub(47)).expect("64-bit numbers"));
    floor_div(&(floor_div(n, &excess) << 16), &ceil_div(d, &excess)).min(two_to(17))
}

/// Both rows of a pair as integers: maintenance, initial.
#[must_use]
pub fn rows(pair: Pair<Weight>) -> [Int; 2] {
    [q16(pair.maint), q16(pair.init)]
}

/// The number as a weight: it is at most 2.0 by construction.
#[must_use]
pub fn as_weight(q16: &Int) -> Weight {
    Weight::new(u32::try_from(q16).expect("a weight is not negative")).expect("at most 2.0")
}
