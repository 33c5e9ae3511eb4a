//! Indices: what one unit of a scaled position is worth now.
//!
//! A deposit of `units` holds `units * index` native tokens, rounded down; a
//! debt owes `units * index`, rounded up. Indices are Q64 (2^64 = 1.0).
//! Turning tokens into units rounds the other way round: a deposit receives
//! fewer units, a debt receives more. So no sequence of operations gains from
//! rounding.

use crate::error::{MathError, Result};
use crate::num::{add, mul_high_floor, mul_shift64_ceil, mul_shift64_floor, mul_u64, mul_wide};

/// A Q64 exchange rate from position units to native tokens, below 2^32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Index(u128);

impl Index {
    /// 1.0.
    pub const ONE: Self = Self(1 << 64);
    /// The largest index, just below 2^32.
    pub const MAX: Self = Self((1 << 96) - 1);

    /// An index from its Q64 form.
    ///
    /// # Errors
    /// [`MathError::Range`] at 2^32 and above.
    #[inline(always)]
    pub const fn new(q64: u128) -> Result<Self> {
        if q64 >> 96 != 0 { Err(MathError::Range) } else { Ok(Self(q64)) }
    }

    /// The Q64 form.
    #[must_use]
    #[inline(always)]
    pub const fn q64(self) -> u128 {
        self.0
    }

    /// Native tokens that `units` redeem for, rounded down (against the holder).
    ///
    /// # Errors
    /// [`MathError::Overflow`] above 64 bits.
    #[inline(always)]
    pub fn tokens_floor(self, units: u64) -> Result<u64> {
        mul_shift64_floor(units, self.0)
    }

    /// Native tokens that `units` of debt owe, rounded up (against the debtor).
    ///
    /// # Errors
    /// [`MathError::Overflow`] above 64 bits.
    #[inline(always)]
    pub fn tokens_ceil(self, units: u64) -> Result<u64> {
        mul_shift64_ceil(units, self.0)
    }

    /// Native tokens that fractional units of debt owe, rounded up. The units
    /// are Q64: venues whose debts are fractions keep theirs so.
    ///
    /// # Errors
    /// [`MathError::Overflow`] above 64 bits.
    pub fn owed_ceil(self, units_q64: u128) -> Result<u64> {
        let (whole, rest) = mul_wide(units_q64, self.0); // Q128
        let whole = u64::try_from(whole).map_err(|_| MathError::Overflow)?;
        add(whole, u64::from(rest != 0))
    }

    /// Units for `tokens`, rounded down: a deposit's credit, a repayment's effect.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`] on a zero index, [`MathError::Overflow`] above 64 bits.
    pub fn units_floor(self, tokens: u64) -> Result<u64> {
        let q = (u128::from(tokens) << 64).checked_div(self.0).ok_or(MathError::DivideByZero)?;
        u64::try_from(q).map_err(|_| MathError::Overflow)
    }

    /// Units for `tokens`, rounded up: a withdrawal's cost, a borrow's debt.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`] on a zero index, [`MathError::Overflow`] above 64 bits.
    pub fn units_ceil(self, tokens: u64) -> Result<u64> {
        let n = u128::from(tokens) << 64;
        let q = n.checked_div(self.0).ok_or(MathError::DivideByZero)?;
        let up = q.wrapping_add(u128::from(q.wrapping_mul(self.0) != n)); // q * index <= n
        u64::try_from(up).map_err(|_| MathError::Overflow)
    }

    /// The exact worth of `units` in Q64 tokens.
    ///
    /// # Errors
    /// [`MathError::Overflow`] when it reaches 2^64 tokens.
    pub fn exact(self, units: u64) -> Result<u128> {
        let int = crate::num::high64(self.0); // < 2^32
        let whole = mul_u64(units, int);
        if whole >> 64 != 0 {
            return Err(MathError::Overflow);
        }
        (whole << 64)
            .checked_add(mul_u64(units, crate::num::low64(self.0)))
            .ok_or(MathError::Overflow)
    }

    /// `self + delta`.
    ///
    /// # Errors
    /// [`MathError::Overflow`] above [`Index::MAX`].
    pub fn plus(self, delta: u128) -> Result<Self> {
        Self::new(self.0.checked_add(delta).ok_or(MathError::Overflow)?)
            .map_err(|_| MathError::Overflow)
    }
}

/// A debt of `tokens` after `slots` slots of growth at most `bound` a slot
/// (Q64): `tokens * (1 + bound * slots)`, rounded up by at most one unit.
///
/// Linear, since a bound is a maximum and ages are short; the product
/// `bound * slots` is capped at 1.0, so a long-dead debt is counted twice and
/// no more.
///
/// # Errors
/// [`MathError::Overflow`] above 64 bits.
#[inline(always)]
pub fn grown_debt(tokens: u64, bound: u64, slots: u64) -> Result<u64> {
    if slots == 0 || bound == 0 {
        return Ok(tokens);
    }
    // the usual case fits 64 bits without a wide multiply
    let growth = if bound >> 48 == 0 && slots >> 16 == 0 {
        bound.wrapping_mul(slots)
    } else {
        u64::try_from(mul_u64(bound, slots)).unwrap_or(u64::MAX)
    };
    add(tokens, mul_high_floor(tokens, growth).wrapping_add(1))
}
