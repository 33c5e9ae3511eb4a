//! Bounds of a redemption, known before it is asked.

use trestle_risk_math::MathError;
use trestle_risk_math::index::Index;
use trestle_risk_math::num::{ONE, Weight};

/// Bounds of a redemption, native units, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// What the reserve pays out.
    pub free: u64,
    /// What the obligation's debts let go; all ones where nothing is owed.
    pub untied: u64,
    /// Fewest tokens that may stay in the deposit, unless none does; rounded up.
    pub keep: u64,
}

/// `value / weight`, rounded down, for a weight that was rounded down itself.
pub(crate) fn over(value: u64, weight: Weight) -> u64 {
    let up = u128::from(weight.q16()).wrapping_add(1);
    let wide = u128::from(value).wrapping_mul(u128::from(ONE));
    u64::try_from(wide.checked_div(up).unwrap_or(0)).unwrap_or(u64::MAX)
}

/// cTokens of a deposit of `held` that redeem to no more than `tokens`, and
/// leave no sliver below `keep` tokens. Rounded down; zero where nothing fits.
///
/// # Errors
/// [`MathError::Overflow`] above 64 bits.
pub fn units_at_most(held: u64, tokens: u64, index: Index, keep: u64) -> Result<u64, MathError> {
    let worth = index.tokens_floor(held)?;
    if tokens >= worth {
        return Ok(held);
    }
    index.units_floor(tokens.min(worth.saturating_sub(keep)))
}
