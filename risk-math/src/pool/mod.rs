//! The native credit pool: rate curve, accrual, and the four operations.
//!
//! The books balance exactly, in 2^-64 native tokens, after every step:
//!
//! ```text
//! cash * 2^64 + debt_units * debt_index
//!     = deposit_units * deposit_index + fees + insurance
//! ```
//!
//! What a rounding leaves over is never lost and never a user's: it goes to
//! `insurance`. `cash` is what the pool has recognised, not what its vault
//! holds, so a donation changes nothing.

mod accrue;
mod operate;
mod rate;

pub use accrue::{Interest, SECONDS_PER_YEAR, growth_bound_per_slot, growth_q64};
pub use operate::Repayment;
pub use rate::{Apr, MAX_POINTS, RateCurve, RatePoint};

use crate::error::{MathError, Result};
use crate::index::Index;
use crate::num::{Weight, ratio_q16_ceil};

/// The books of one pool. All tokens are native units of the pool's mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Recognised idle tokens in the vault.
    pub cash: u64,
    /// Units of all deposits.
    pub deposit_units: u64,
    /// Units of all debts.
    pub debt_units: u64,
    /// Tokens per deposit unit.
    pub deposit_index: Index,
    /// Tokens per debt unit.
    pub debt_index: Index,
    /// Fees not yet collected, Q64 tokens.
    pub fees: u128,
    /// Insurance inside the pool and rounding residues, Q64 tokens.
    pub insurance: u128,
    /// Unix time of the last accrual.
    pub updated: i64,
}

/// What a pool charges. Set by the risk authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolTerms {
    /// Borrow rate against utilisation.
    pub curve: RateCurve,
    /// Share of interest that goes to fees.
    pub fee_share: Weight,
    /// Share of interest that goes to insurance.
    pub insurance_share: Weight,
}

impl Pool {
    /// An empty pool at index 1.0.
    #[must_use]
    pub const fn new(now: i64) -> Self {
        Self {
            cash: 0,
            deposit_units: 0,
            debt_units: 0,
            deposit_index: Index::ONE,
            debt_index: Index::ONE,
            fees: 0,
            insurance: 0,
            updated: now,
        }
    }

    /// Tokens owed to depositors, rounded down.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn deposits(&self) -> Result<u64> {
        self.deposit_index.tokens_floor(self.deposit_units)
    }

    /// Tokens owed by borrowers, rounded up.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn debts(&self) -> Result<u64> {
        self.debt_index.tokens_ceil(self.debt_units)
    }

    /// Debts over cash plus debts, Q16, rounded up; 0 for an empty pool.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn utilisation(&self) -> Result<Weight> {
        let debts = self.debts()?;
        // Halves keep the sum in 64 bits: the ratio is never below the exact one.
        let total = (self.cash >> 1).wrapping_add(debts >> 1);
        let half_debts = (debts >> 1).wrapping_add(debts & 1);
        if debts == 0 {
            return Ok(Weight::ZERO);
        }
        Weight::new(ratio_q16_ceil(half_debts, total, crate::num::ONE))
    }

    /// Whether the books balance to the last of 2^64 parts of a token.
    ///
    /// Sums are taken modulo 2^128. The sides are below 2 and 3 times that, so
    /// only a difference of exactly 2^64 or 2^65 tokens could hide in the wrap.
    ///
    /// # Errors
    /// [`MathError::Overflow`] when one total exceeds 2^64 tokens.
    pub fn is_balanced(&self) -> Result<bool> {
        let have =
            (u128::from(self.cash) << 64).wrapping_add(self.debt_index.exact(self.debt_units)?);
        let owe = self
            .deposit_index
            .exact(self.deposit_units)?
            .wrapping_add(self.fees)
            .wrapping_add(self.insurance);
        Ok(have == owe)
    }

    fn keep(&mut self, residue: u128) -> Result<()> {
        self.insurance = self.insurance.checked_add(residue).ok_or(MathError::Overflow)?;
        Ok(())
    }
}
