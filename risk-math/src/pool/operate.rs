//! The four operations. Each rounds against the caller; the residue stays in the pool.
//!
//! Every operation works on a pool already accrued to now.

use super::Pool;
use crate::error::{MathError, Result};

/// What a repayment takes and clears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repayment {
    /// Tokens to take from the payer.
    pub tokens: u64,
    /// Debt units to cancel.
    pub units: u64,
}

impl Pool {
    /// Takes `tokens`, returns the deposit units credited (rounded down).
    ///
    /// # Errors
    /// [`MathError::ZeroAmount`] when no unit is credited, [`MathError::Overflow`].
    pub fn supply(&mut self, tokens: u64) -> Result<u64> {
        let mut next = *self;
        let units = self.deposit_index.units_floor(tokens)?;
        if units == 0 {
            return Err(MathError::ZeroAmount);
        }
        next.cash = self.cash.checked_add(tokens).ok_or(MathError::Overflow)?;
        next.deposit_units = self.deposit_units.checked_add(units).ok_or(MathError::Overflow)?;
        next.keep(residue(tokens, self.deposit_index.exact(units)?)?)?;
        *self = next;
        Ok(units)
    }

    /// Cancels `units` of deposit, returns the tokens to pay out (rounded down).
    ///
    /// # Errors
    /// [`MathError::ZeroAmount`] when no token is paid, [`MathError::NoLiquidity`],
    /// [`MathError::ExceedsPosition`].
    pub fn redeem(&mut self, units: u64) -> Result<u64> {
        let mut next = *self;
        let tokens = self.deposit_index.tokens_floor(units)?;
        if tokens == 0 {
            return Err(MathError::ZeroAmount);
        }
        next.deposit_units =
            self.deposit_units.checked_sub(units).ok_or(MathError::ExceedsPosition)?;
        next.cash = self.cash.checked_sub(tokens).ok_or(MathError::NoLiquidity)?;
        let exact = self.deposit_index.exact(units)?;
        next.keep(exact.checked_sub(q64(tokens)).ok_or(MathError::Overflow)?)?;
        *self = next;
        Ok(tokens)
    }

    /// Deposit units that pay out at least `tokens`, rounded up: what they pay
    /// beyond is worth less than one unit.
    ///
    /// # Errors
    /// [`MathError::ZeroAmount`], [`MathError::Overflow`].
    pub fn units_for(&self, tokens: u64) -> Result<u64> {
        if tokens == 0 {
            return Err(MathError::ZeroAmount);
        }
        self.deposit_index.units_ceil(tokens)
    }

    /// Pays out `tokens`, returns the debt units charged (rounded up).
    ///
    /// # Errors
    /// [`MathError::ZeroAmount`], [`MathError::NoLiquidity`], [`MathError::Overflow`].
    pub fn borrow(&mut self, tokens: u64) -> Result<u64> {
        if tokens == 0 {
            return Err(MathError::ZeroAmount);
        }
        let mut next = *self;
        let units = self.debt_index.units_ceil(tokens)?;
        next.cash = self.cash.checked_sub(tokens).ok_or(MathError::NoLiquidity)?;
        next.debt_units = self.debt_units.checked_add(units).ok_or(MathError::Overflow)?;
        let exact = self.debt_index.exact(units)?;
        next.keep(exact.checked_sub(q64(tokens)).ok_or(MathError::Overflow)?)?;
        *self = next;
        Ok(units)
    }

    /// What paying up to `tokens` against `owed` units takes and clears.
    ///
    /// At or above the whole debt it takes the debt rounded up and clears it;
    /// below, it takes `tokens` and clears units rounded down.
    ///
    /// # Errors
    /// [`MathError::ZeroAmount`] when nothing would be cleared, [`MathError::Overflow`].
    pub fn repayment(&self, tokens: u64, owed: u64) -> Result<Repayment> {
        if owed == 0 {
            return Err(MathError::ZeroAmount);
        }
        let all = self.debt_index.tokens_ceil(owed)?;
        if tokens >= all {
            return Ok(Repayment { tokens: all, units: owed });
        }
        // below `all`, so the floor is below `owed`
        let units = self.debt_index.units_floor(tokens)?;
        if units == 0 {
            return Err(MathError::ZeroAmount);
        }
        Ok(Repayment { tokens, units })
    }

    /// Books a repayment whose tokens have arrived.
    ///
    /// # Errors
    /// [`MathError::ExceedsPosition`], [`MathError::Overflow`].
    pub fn repay(&mut self, paid: Repayment) -> Result<()> {
        let mut next = *self;
        next.debt_units =
            self.debt_units.checked_sub(paid.units).ok_or(MathError::ExceedsPosition)?;
        next.cash = self.cash.checked_add(paid.tokens).ok_or(MathError::Overflow)?;
        next.keep(residue(paid.tokens, self.debt_index.exact(paid.units)?)?)?;
        *self = next;
        Ok(())
    }

    /// Cancels a deposit against a debt of the same owner: no token moves. What
    /// the deposit is worth beyond the debt goes to insurance.
    ///
    /// # Errors
    /// [`MathError::ExceedsPosition`], [`MathError::Overflow`] when the debt is
    /// worth more than the deposit.
    pub fn offset(&mut self, deposit_units: u64, debt_units: u64) -> Result<()> {
        let mut next = *self;
        next.deposit_units =
            self.deposit_units.checked_sub(deposit_units).ok_or(MathError::ExceedsPosition)?;
        next.debt_units =
            self.debt_units.checked_sub(debt_units).ok_or(MathError::ExceedsPosition)?;
        let (given, cleared) =
            (self.deposit_index.exact(deposit_units)?, self.debt_index.exact(debt_units)?);
        next.keep(given.checked_sub(cleared).ok_or(MathError::Overflow)?)?;
        *self = next;
        Ok(())
    }

    /// Books tokens that arrived for the pool's insurance.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn insure(&mut self, tokens: u64) -> Result<()> {
        let mut next = *self;
        next.cash = self.cash.checked_add(tokens).ok_or(MathError::Overflow)?;
        next.keep(q64(tokens))?;
        *self = next;
        Ok(())
    }

    /// Takes tokens out of insurance for someone who is paid by it.
    ///
    /// # Errors
    /// [`MathError::NoLiquidity`], [`MathError::ExceedsPosition`] when
    /// insurance holds less.
    pub fn spend_insurance(&mut self, tokens: u64) -> Result<()> {
        let cash = self.cash.checked_sub(tokens).ok_or(MathError::NoLiquidity)?;
        self.insurance =
            self.insurance.checked_sub(q64(tokens)).ok_or(MathError::ExceedsPosition)?;
        self.cash = cash;
        Ok(())
    }

    /// Takes the whole tokens of the fee account out of the pool, at most its cash.
    ///
    /// # Errors
    /// [`MathError::ZeroAmount`] when there is less than one token to take.
    pub fn collect_fees(&mut self) -> Result<u64> {
        let tokens = crate::num::high64(self.fees).min(self.cash);
        if tokens == 0 {
            return Err(MathError::ZeroAmount);
        }
        self.fees = self.fees.saturating_sub(q64(tokens));
        self.cash = self.cash.saturating_sub(tokens);
        Ok(tokens)
    }
}

fn q64(tokens: u64) -> u128 {
    u128::from(tokens) << 64
}

/// What `tokens` exceed an exact worth by.
fn residue(tokens: u64, exact: u128) -> Result<u128> {
    q64(tokens).checked_sub(exact).ok_or(MathError::Overflow)
}
