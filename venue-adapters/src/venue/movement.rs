//! What an action moved: units of the position against tokens of the authority.

use super::Action;
use trestle_risk_math::MathError;
use trestle_risk_math::index::Index;

/// A token balance before and after, native units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Before.
    pub before: u64,
    /// After.
    pub after: u64,
}

/// What moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delta {
    /// Tokens that left or reached the authority, native units.
    pub tokens: u64,
    /// Units that the position gained or lost: cTokens, or Q64 debt units.
    pub units: u128,
    /// Units that the position has now.
    pub units_after: u128,
    /// The obligation no longer exists.
    pub closed: bool,
}

/// Why a movement is not the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// Success was reported and nothing moved.
    NoEffect,
    /// Tokens or units moved the wrong way.
    WrongDirection,
    /// More was moved than was asked for.
    Exceeded,
    /// A number that does not fit.
    Numbers,
}

/// Measures an action for which `asked` was asked: cTokens for a redemption,
/// tokens else. Units rise with supply and borrow, tokens with redeem and
/// borrow; both must move.
///
/// # Errors
/// [`Mismatch`].
pub fn measure(
    action: Action,
    (units_before, units_after): (u128, u128),
    tokens: Tokens,
    asked: u64,
) -> Result<Delta, Mismatch> {
    let units = match action {
        Action::Supply | Action::Borrow => moved(units_before, units_after)?,
        Action::Redeem | Action::Repay => moved(units_after, units_before)?,
    };
    let (from, to) = (u128::from(tokens.before), u128::from(tokens.after));
    let amount = match action {
        Action::Redeem | Action::Borrow => moved(from, to)?,
        Action::Supply | Action::Repay => moved(to, from)?,
    };
    let bounded = if matches!(action, Action::Redeem) { units } else { amount };
    if bounded > u128::from(asked) {
        return Err(Mismatch::Exceeded);
    }
    let tokens = u64::try_from(amount).map_err(|_| Mismatch::Numbers)?;
    Ok(Delta { tokens, units, units_after, closed: false })
}

impl Delta {
    /// Native units that the account lost against the reserve's rate, `index`,
    /// read in the same slot after a refresh; the worth of one unit, which
    /// venues round, is no loss.
    ///
    /// Only a movement against the account counts: fewer units for a supply,
    /// fewer tokens for a redemption, more debt for a borrow (the fee of the
    /// venue included), less of it gone for a repayment.
    ///
    /// # Errors
    /// [`MathError::Overflow`] above 64 bits.
    pub fn loss(&self, action: Action, index: Index) -> Result<u64, MathError> {
        let worth = match action {
            Action::Supply | Action::Redeem => {
                let units = u64::try_from(self.units).map_err(|_| MathError::Overflow)?;
                index.tokens_floor(units)?
            }
            Action::Borrow | Action::Repay => index.owed_ceil(self.units)?,
        };
        let unit = match action {
            Action::Supply | Action::Redeem => index.tokens_ceil(1)?,
            Action::Borrow | Action::Repay => 1,
        };
        let loss = match action {
            Action::Supply | Action::Repay => self.tokens.saturating_sub(worth),
            Action::Redeem | Action::Borrow => worth.saturating_sub(self.tokens),
        };
        Ok(loss.saturating_sub(unit))
    }
}

/// `to - from`, which must be above zero.
fn moved(from: u128, to: u128) -> Result<u128, Mismatch> {
    match to.checked_sub(from) {
        None => Err(Mismatch::WrongDirection),
        Some(0) => Err(Mismatch::NoEffect),
        Some(by) => Ok(by),
    }
}
