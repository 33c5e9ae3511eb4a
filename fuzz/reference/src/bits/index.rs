//! Indices: units to tokens and back, and a debt's growth between refreshes.

use super::{Int, ceil_div, floor_div, int, two_to};
use trestle_risk_math::index::Index;
use trestle_risk_math::{MathError, Result};

/// `units * index`, rounded down.
///
/// # Errors
/// [`MathError::Overflow`] above 64 bits.
pub fn tokens_floor(index: Index, units: u64) -> Result<u64> {
    word(&floor_div(&exact(index, units), &two_to(64)))
}

/// `units * index`, rounded up.
///
/// # Errors
/// [`MathError::Overflow`] above 64 bits.
pub fn tokens_ceil(index: Index, units: u64) -> Result<u64> {
    word(&ceil_div(&exact(index, units), &two_to(64)))
}

/// Tokens that fractional units owe, Q64 units, rounded up.
///
/// # Errors
/// [`MathError::Overflow`] above 64 bits.
pub fn owed_ceil(index: Index, units_q64: u128) -> Result<u64> {
    word(&ceil_div(&(int(index.q64()) * units_q64), &two_to(128)))
}

/// `tokens / index`, rounded down.
///
/// # Errors
/// [`MathError::DivideByZero`], [`MathError::Overflow`].
pub fn units_floor(index: Index, tokens: u64) -> Result<u64> {
    word(&floor_div(&(int(tokens) << 64), &divisor(index)?))
}

/// `tokens / index`, rounded up.
///
/// # Errors
/// [`MathError::DivideByZero`], [`MathError::Overflow`].
pub fn units_ceil(index: Index, tokens: u64) -> Result<u64> {
    word(&ceil_div(&(int(tokens) << 64), &divisor(index)?))
}

/// `units * index` in Q64 tokens.
#[must_use]
pub fn exact(index: Index, units: u64) -> Int {
    int(index.q64()) * units
}

fn divisor(index: Index) -> Result<Int> {
    if index.q64() == 0 { Err(MathError::DivideByZero) } else { Ok(int(index.q64())) }
}

fn word(x: &Int) -> Result<u64> {
    u64::try_from(x).map_err(|_| MathError::Overflow)
}

/// A debt after `slots` slots at a Q64 bound: `tokens * min(bound * slots, 1.0)`
/// more, rounded down, plus one. The cap is the largest Q64 fraction below 1.0.
///
/// # Errors
/// [`MathError::Overflow`] above 64 bits.
pub fn grown_debt(tokens: u64, bound: u64, slots: u64) -> Result<u64> {
    if bound == 0 || slots == 0 {
        return Ok(tokens);
    }
    let growth = (int(bound) * slots).min(two_to(64) - 1);
    word(&(int(tokens) + floor_div(&(growth * tokens), &two_to(64)) + 1))
}
