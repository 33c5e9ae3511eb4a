//! Interest: growth of the debt index, split between lenders, fees and insurance.

use super::{Apr, Pool, PoolTerms};
use crate::error::{MathError, Result};
use crate::index::Index;
use crate::num::{ONE, Weight, high64, low64, mul_u64};

/// Seconds in a year of 365 days.
pub const SECONDS_PER_YEAR: u64 = 31_536_000;

const YEAR: u128 = 31_536_000;

/// Slots in a year if every slot took 600 ms. A bound per slot that holds
/// for slow slots holds for fast ones.
const SLOW_YEAR: u128 = YEAR * 1_000 / 600;

/// What one accrual did. Q64 tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// Added to all debts.
    pub total: u128,
    /// Of it, to fees.
    pub fees: u128,
    /// Of it, to insurance, rounding residue included.
    pub insurance: u128,
}

/// Growth of a debt over a time: `e^(apr * t) - 1` by three terms of its
/// series, `x + x^2/2 + x^3/6`, in Q64, rounded up.
///
/// `x` is capped at 1.0: a pool that nobody touched for the time that doubles
/// its debts grows by 5/3 and no more, rather than ever refusing to accrue.
/// The three terms lie below the exponential by less than 6 % at the cap and
/// by less than 1e-10 for a day at 100 % a year.
#[must_use]
pub fn growth_q64(apr: Apr, seconds: u64) -> u128 {
    if apr == Apr::ZERO || seconds == 0 {
        return 0;
    }
    // apr * 2^40 (Q64) * seconds / year; at 2^32 seconds the cap is long reached or apr is tiny
    let seconds = u128::from(seconds.min(u64::from(u32::MAX)));
    let n = (u128::from(apr.q24()) << 40).wrapping_mul(seconds); // < 2^72 * 2^32
    let x = n.div_ceil(YEAR).min(1 << 64);
    let square = square_ceil(x);
    let cube = times_ceil(square, x);
    // every term is at most 2^64
    x.wrapping_add(square.wrapping_add(1) >> 1).wrapping_add(cube.wrapping_add(5) / 6)
}

/// The most a debt can grow in one slot at the given rate, Q64, rounded up.
///
/// Linear in slots (see [`crate::index::grown_debt`]); one part in 1,024 is
/// added for compounding within the ages that a check accepts.
#[must_use]
pub fn growth_bound_per_slot(max_apr: Apr) -> u64 {
    let x = (u128::from(max_apr.q24()) << 40).div_ceil(SLOW_YEAR); // < 2^47
    let with_margin = x.wrapping_add(x >> 10).wrapping_add(1);
    u64::try_from(with_margin).unwrap_or(u64::MAX)
}

fn square_ceil(x: u128) -> u128 {
    times_ceil(x, x)
}

/// `a * b / 2^64`, rounded up, for `a <= b <= 2^64`.
fn times_ceil(a: u128, b: u128) -> u128 {
    if b >> 64 != 0 {
        return a;
    }
    let p = mul_u64(low64(a), low64(b));
    u128::from(high64(p)).wrapping_add(u128::from(low64(p) != 0))
}

impl Pool {
    /// The pool with interest up to `now`. A clock that stands still or runs
    /// backwards accrues nothing.
    ///
    /// Debt index up (against debtors), deposit index down (against lenders),
    /// the rest to insurance: the books stay balanced.
    ///
    /// # Errors
    /// [`MathError::Overflow`] when an index or a total would exceed its bound.
    pub fn accrued(&self, terms: &PoolTerms, now: i64) -> Result<(Self, Interest)> {
        let elapsed = now.saturating_sub(self.updated);
        let Ok(seconds @ 1..) = u64::try_from(elapsed) else {
            return Ok((*self, Interest::default()));
        };
        let mut next = *self;
        next.updated = now;
        if self.debt_units == 0 {
            return Ok((next, Interest::default()));
        }
        let apr = terms.curve.borrow_apr(self.utilisation()?);
        let growth = growth_q64(apr, seconds);
        next.debt_index = self.debt_index.plus(grow_ceil(self.debt_index, growth)?)?;
        let total = next
            .debt_index
            .exact(self.debt_units)?
            .checked_sub(self.debt_index.exact(self.debt_units)?)
            .ok_or(MathError::Overflow)?;
        let fees = share_ceil(total, terms.fee_share)?;
        let after_fees = total.saturating_sub(fees);
        let insured = share_ceil(total, terms.insurance_share)?.min(after_fees);
        let lenders = after_fees.saturating_sub(insured);
        // no lenders: all of it is insurance. No deposit earns more than a debt
        // costs: what fees and insurance lent earns for insurance, or the last
        // unit of deposit could be blown up until the next depositor rounds to nothing
        let most = grow_ceil(self.deposit_index, growth)?;
        let per_unit = lenders.checked_div(u128::from(self.deposit_units)).unwrap_or(0).min(most);
        next.deposit_index = self.deposit_index.plus(per_unit)?;
        let paid =
            per_unit.checked_mul(u128::from(self.deposit_units)).ok_or(MathError::Overflow)?;
        let insurance = after_fees.checked_sub(paid).ok_or(MathError::Overflow)?;
        next.fees = self.fees.checked_add(fees).ok_or(MathError::Overflow)?;
        next.keep(insurance)?;
        Ok((next, Interest { total, fees, insurance }))
    }

    /// Borrow and supply rates at the present utilisation. Borrow rounded up, supply down.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn rates(&self, terms: &PoolTerms) -> Result<(Apr, Apr)> {
        let utilisation = self.utilisation()?;
        let borrow = terms.curve.borrow_apr(utilisation);
        let kept = terms.fee_share.plus(terms.insurance_share).complement();
        Ok((borrow, borrow.times_floor(utilisation).times_floor(kept)))
    }
}

/// `index * growth / 2^64`, rounded up, for a growth below 2^66.
fn grow_ceil(index: Index, growth: u128) -> Result<u128> {
    let whole = index.q64().checked_mul(growth >> 64).ok_or(MathError::Overflow)?;
    let fraction = low64(growth);
    // index = hi * 2^64 + lo, hi < 2^32
    let hi = mul_u64(high64(index.q64()), fraction); // < 2^96
    let lo = mul_u64(low64(index.q64()), fraction);
    let up = u128::from(high64(lo)).wrapping_add(u128::from(low64(lo) != 0));
    whole.checked_add(hi).and_then(|x| x.checked_add(up)).ok_or(MathError::Overflow)
}

/// `total * share`, rounded up, for a share of at most 1.0.
fn share_ceil(total: u128, share: Weight) -> Result<u128> {
    if share.q16() >= ONE {
        return Ok(total);
    }
    let w = u128::from(share.q16());
    // two halves: (total >> 16) * w + ceil((total & 0xffff) * w / 2^16)
    let high = (total >> 16).checked_mul(w).ok_or(MathError::Overflow)?;
    let low = (total & 0xffff).wrapping_mul(w).wrapping_add(0xffff) >> 16;
    high.checked_add(low).ok_or(MathError::Overflow)
}
