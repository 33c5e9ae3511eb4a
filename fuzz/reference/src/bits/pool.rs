//! The pool's books, accrual, operations and losses.
//!
//! Books are five totals in Q64 tokens and two indices, all big integers.
//! Every operation moves tokens between lines of the books, so what they add
//! up to never changes; the rounding residue is what is left for insurance.

use super::{Int, ceil_div, floor_div, int, interest, q16, ratio_up, two_to};
use num_traits::{Signed, Zero};
use trestle_risk_math::num::Weight;
use trestle_risk_math::pool::{Pool, PoolTerms};
use trestle_risk_math::{MathError, Result};

/// The books of a pool. Tokens in whole units, indices and the last two in Q64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Books {
    /// Idle tokens.
    pub cash: Int,
    /// Deposit units.
    pub deposit_units: Int,
    /// Debt units.
    pub debt_units: Int,
    /// Tokens per deposit unit, Q64.
    pub deposit_index: Int,
    /// Tokens per debt unit, Q64.
    pub debt_index: Int,
    /// Fees, Q64.
    pub fees: Int,
    /// Insurance and residues, Q64.
    pub insurance: Int,
    /// Time of the last accrual.
    pub updated: i64,
}

/// Interest of one accrual, Q64: total, fees, insurance.
pub type Interest = [Int; 3];

/// A loss, Q64: whole, borne by insurance, borne by lenders.
pub type Loss = [Int; 3];

impl Books {
    /// From the engine's pool.
    #[must_use]
    pub fn of(pool: &Pool) -> Self {
        Self {
            cash: int(pool.cash),
            deposit_units: int(pool.deposit_units),
            debt_units: int(pool.debt_units),
            deposit_index: int(pool.deposit_index.q64()),
            debt_index: int(pool.debt_index.q64()),
            fees: int(pool.fees),
            insurance: int(pool.insurance),
            updated: pool.updated,
        }
    }

    /// What the pool has less what it owes, Q64. Zero, always.
    #[must_use]
    pub fn imbalance(&self) -> Int {
        (&self.cash << 64_u32) + &self.debt_units * &self.debt_index
            - &self.deposit_units * &self.deposit_index
            - &self.fees
            - &self.insurance
    }

    /// Debts over cash plus debts, rounded up, as the pool takes it: halves of
    /// both, the debts' half up, the sum's halves down.
    ///
    /// # Errors
    /// [`MathError::Overflow`] when debts exceed 64 bits.
    pub fn utilisation(&self) -> Result<Int> {
        let debts = fits(ceil_div(&(&self.debt_units * &self.debt_index), &two_to(64)), 64)?;
        let total = floor_div(&self.cash, &int(2)) + floor_div(&debts, &int(2));
        Ok(ratio_up(&ceil_div(&debts, &int(2)), &total, &two_to(16)))
    }

    /// Interest up to `now`.
    ///
    /// # Errors
    /// [`MathError::Overflow`] when a line of the books exceeds its bound.
    pub fn accrue(&self, terms: &PoolTerms, now: i64) -> Result<(Self, Interest)> {
        let none = [Int::zero(), Int::zero(), Int::zero()];
        let mut next = self.clone();
        let elapsed = i128::from(now) - i128::from(self.updated);
        if elapsed <= 0 {
            return Ok((next, none));
        }
        next.updated = now;
        if self.debt_units.is_zero() {
            return Ok((next, none));
        }
        let apr = interest::borrow_apr(&terms.curve, super::as_weight(&self.utilisation()?));
        let apr = trestle_risk_math::pool::Apr::new(apr).expect("a rate of the curve");
        let seconds = u64::try_from(elapsed).unwrap_or(u64::MAX);
        let growth = interest::growth(apr, seconds);
        next.debt_index += ceil_div(&(&self.debt_index * &growth), &two_to(64));
        fits(next.debt_index.clone(), 96)?;
        fits(&self.debt_units * &next.debt_index, 128)?;
        let total = &self.debt_units * (&next.debt_index - &self.debt_index);
        let share = |share: Weight| ceil_div(&(&total * q16(share).min(two_to(16))), &two_to(16));
        let fees = share(terms.fee_share);
        let rest = (&total - &fees).max(Int::zero());
        let insured = share(terms.insurance_share).min(rest.clone());
        let lenders = &rest - &insured;
        let mut paid = Int::zero();
        if self.deposit_units.is_positive() {
            // no deposit earns more than a debt costs
            let most = ceil_div(&(&self.deposit_index * &growth), &two_to(64));
            let per_unit = floor_div(&lenders, &self.deposit_units).min(most);
            next.deposit_index += &per_unit;
            paid = per_unit * &self.deposit_units;
        }
        fits(next.deposit_index.clone(), 96)?;
        let insurance = rest - paid;
        next.fees = fits(next.fees + &fees, 128)?;
        next.insurance = fits(next.insurance + &insurance, 128)?;
        Ok((next, [total, fees, insurance]))
    }

    /// Supplies tokens; the units credited.
    ///
    /// # Errors
    /// As the pool's.
    pub fn supply(&self, tokens: u64) -> Result<(Self, Int)> {
        let units = floor_div(&(int(tokens) << 64), &nonzero(&self.deposit_index)?);
        let units = some(fits(units, 64)?)?;
        let mut next = self.clone();
        next.cash = fits(next.cash + tokens, 64)?;
        next.deposit_units = fits(next.deposit_units + &units, 64)?;
        next.settled(units)
    }

    /// Redeems units; the tokens paid.
    ///
    /// # Errors
    /// As the pool's.
    pub fn redeem(&self, units: u64) -> Result<(Self, Int)> {
        let tokens = floor_div(&(&self.deposit_index * units), &two_to(64));
        let tokens = some(fits(tokens, 64)?)?;
        let mut next = self.clone();
        next.deposit_units = holds(next.deposit_units - units, MathError::ExceedsPosition)?;
        next.cash = holds(next.cash - &tokens, MathError::NoLiquidity)?;
        next.settled(tokens)
    }

    /// Borrows tokens; the units charged.
    ///
    /// # Errors
    /// As the pool's.
    pub fn borrow(&self, tokens: u64) -> Result<(Self, Int)> {
        some(int(tokens))?;
        let units = fits(ceil_div(&(int(tokens) << 64), &nonzero(&self.debt_index)?), 64)?;
        let mut next = self.clone();
        next.cash = holds(next.cash - tokens, MathError::NoLiquidity)?;
        next.debt_units = fits(next.debt_units + &units, 64)?;
        fits(&units * &self.debt_index, 128)?;
        next.settled(units)
    }

    /// What paying up to `tokens` against `owed` units takes and clears.
    ///
    /// # Errors
    /// As the pool's.
    pub fn repayment(&self, tokens: u64, owed: u64) -> Result<(Int, Int)> {
        some(int(owed))?;
        let all = fits(ceil_div(&(&self.debt_index * owed), &two_to(64)), 64)?;
        if int(tokens) >= all {
            return Ok((all, int(owed)));
        }
        let units = floor_div(&(int(tokens) << 64), &nonzero(&self.debt_index)?);
        Ok((int(tokens), some(units)?))
    }

    /// Books a repayment.
    ///
    /// # Errors
    /// As the pool's.
    pub fn repay(&self, tokens: &Int, units: &Int) -> Result<Self> {
        let mut next = self.clone();
        next.debt_units = holds(next.debt_units - units, MathError::ExceedsPosition)?;
        next.cash = fits(next.cash + tokens, 64)?;
        Ok(next.settled(Int::zero())?.0)
    }

    /// Books tokens for insurance.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn insure(&self, tokens: u64) -> Result<Self> {
        let mut next = self.clone();
        next.cash = fits(next.cash + tokens, 64)?;
        Ok(next.settled(Int::zero())?.0)
    }

    /// Pays tokens out of insurance.
    ///
    /// # Errors
    /// As the engine's.
    pub fn spend_insurance(&self, tokens: u64) -> Result<Self> {
        let mut next = self.clone();
        next.cash = holds(next.cash - tokens, MathError::NoLiquidity)?;
        next.insurance = holds(next.insurance - (int(tokens) << 64), MathError::ExceedsPosition)?;
        Ok(next.settled(Int::zero())?.0)
    }

    /// Cancels a deposit against a debt: what it is worth beyond is insurance's.
    ///
    /// # Errors
    /// As the engine's.
    pub fn offset(&self, deposit_units: u64, debt_units: u64) -> Result<Self> {
        let mut next = self.clone();
        next.deposit_units = holds(next.deposit_units - deposit_units, MathError::ExceedsPosition)?;
        next.debt_units = holds(next.debt_units - debt_units, MathError::ExceedsPosition)?;
        fits(&self.deposit_index * deposit_units, 128)?;
        fits(&self.debt_index * debt_units, 128)?;
        Ok(next.settled(Int::zero())?.0)
    }

    /// Takes the whole tokens of the fees, at most the cash.
    ///
    /// # Errors
    /// [`MathError::ZeroAmount`].
    pub fn collect_fees(&self) -> Result<(Self, Int)> {
        let tokens = some(floor_div(&self.fees, &two_to(64)).min(self.cash.clone()))?;
        let mut next = self.clone();
        next.fees -= &tokens << 64_u32;
        next.cash -= &tokens;
        next.settled(tokens)
    }

    /// Cancels debt units without payment: insurance first, up to `most` Q64
    /// tokens, then the deposit index, rounded down; what lenders cannot bear
    /// comes out of fees, and out of the rest of insurance last.
    ///
    /// # Errors
    /// As the engine's.
    pub fn lose(&self, units: u64, most: u128) -> Result<(Self, Loss)> {
        let loss = fits(&self.debt_index * units, 128)?;
        let mut next = self.clone();
        next.debt_units = holds(next.debt_units - units, MathError::ExceedsPosition)?;
        let mut insurance = loss.clone().min(self.insurance.clone()).min(most.into());
        let beyond_insurance = &loss - &insurance;
        let claims = &self.deposit_units * &self.deposit_index;
        if beyond_insurance.is_positive() {
            fits(claims.clone(), 128)?;
        }
        let lenders = beyond_insurance.clone().min(claims);
        let unborne = &beyond_insurance - &lenders;
        let from_fees = unborne.clone().min(self.fees.clone());
        next.fees -= &from_fees;
        insurance += unborne - from_fees;
        next.insurance = holds(next.insurance - &insurance, MathError::Overflow)?;
        if lenders.is_positive() {
            let fall = ceil_div(&lenders, &self.deposit_units);
            next.deposit_index = (&self.deposit_index - fall).max(Int::zero());
        }
        let (next, lenders) = next.settled(lenders)?;
        Ok((next, [loss, insurance, lenders]))
    }

    /// What the books are out of balance by is the residue, and insurance's.
    fn settled(mut self, result: Int) -> Result<(Self, Int)> {
        let residue = self.imbalance();
        self.insurance = fits(self.insurance + holds(residue, MathError::Overflow)?, 128)?;
        Ok((self, result))
    }
}

fn fits(x: Int, bits: u64) -> Result<Int> {
    if x.is_negative() || x.bits() > bits { Err(MathError::Overflow) } else { Ok(x) }
}

fn holds(x: Int, error: MathError) -> Result<Int> {
    if x.is_negative() { Err(error) } else { Ok(x) }
}

fn some(x: Int) -> Result<Int> {
    if x.is_zero() { Err(MathError::ZeroAmount) } else { Ok(x) }
}

fn nonzero(x: &Int) -> Result<Int> {
    if x.is_zero() { Err(MathError::DivideByZero) } else { Ok(x.clone()) }
}
