//! Who bears a bad debt: insurance first, then the lenders of that asset.

use crate::error::{MathError, Result};
use crate::index::Index;
use crate::num::high64;
use crate::pool::Pool;

/// How one pool absorbs a debt that will never be repaid. Q64 tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LossSplit {
    /// The whole loss.
    pub loss: u128,
    /// Borne by the pool's insurance.
    pub insurance: u128,
    /// Borne by depositors, through the index.
    pub lenders: u128,
}

/// Cancels `units` of debt without payment. The books stay balanced: the
/// deposit index falls by the lenders' part, rounded against them by less
/// than one unit of the index, and the residue returns to insurance.
///
/// # Errors
/// [`MathError::ExceedsPosition`], [`MathError::Overflow`].
pub fn split_loss(pool: &mut Pool, units: u64) -> Result<LossSplit> {
    split_loss_within(pool, units, u128::MAX)
}

/// [`split_loss`] with at most `most` from insurance, Q64 tokens. Only what
/// neither lenders nor fees can bear is taken from insurance beyond that.
///
/// # Errors
/// As [`split_loss`].
pub fn split_loss_within(pool: &mut Pool, units: u64, most: u128) -> Result<LossSplit> {
    let mut next = *pool;
    let loss = pool.debt_index.exact(units)?;
    next.debt_units = pool.debt_units.checked_sub(units).ok_or(MathError::ExceedsPosition)?;
    let mut insurance = loss.min(pool.insurance).min(most);
    next.insurance = pool.insurance.saturating_sub(insurance);
    let mut lenders = loss.saturating_sub(insurance);
    if lenders > 0 {
        let claims = pool.deposit_index.exact(pool.deposit_units)?;
        let units = u128::from(pool.deposit_units);
        // what even the lenders cannot bear is taken from uncollected fees
        let beyond = lenders.saturating_sub(claims);
        let from_fees = beyond.min(pool.fees);
        let rest = beyond.saturating_sub(from_fees);
        // more than there is: the books did not balance before
        next.insurance = next.insurance.checked_sub(rest).ok_or(MathError::Overflow)?;
        next.fees = pool.fees.saturating_sub(from_fees);
        insurance = insurance.saturating_add(rest);
        lenders = lenders.saturating_sub(beyond);
        let per_unit = if units == 0 { 0 } else { lenders.div_ceil(units) };
        let index = pool.deposit_index.q64().saturating_sub(per_unit);
        next.deposit_index = Index::new(index).map_err(|_| MathError::Overflow)?;
        let taken = claims.saturating_sub(next.deposit_index.exact(pool.deposit_units)?);
        let residue = taken.checked_sub(lenders).ok_or(MathError::Overflow)?;
        next.insurance = next.insurance.checked_add(residue).ok_or(MathError::Overflow)?;
    }
    *pool = next;
    Ok(LossSplit { loss, insurance, lenders })
}

impl LossSplit {
    /// The lenders' part in whole tokens, rounded down.
    #[must_use]
    pub fn lenders_tokens(&self) -> u64 {
        high64(self.lenders)
    }
}
