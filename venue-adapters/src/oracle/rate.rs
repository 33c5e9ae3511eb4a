//! What a staking pool's account says of its token's worth in SOL.
//!
//! A reader proves that the bytes are the pool of the token that was asked for
//! and that the pool has counted its stake lately. How far the rate may have
//! grown is judged by [`trestle_risk_math::guard::bounded_rate`]; a market
//! price never replaces it.

use trestle_risk_math::index::Index;
use trestle_risk_math::num::shift_ratio_floor;

/// A pool may be this many epochs behind: its crank runs after the epoch turns.
pub const MAX_EPOCHS_BEHIND: u64 = 1;

/// Why an account is not a usable rate of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateError {
    /// Not owned by the pool's program.
    Owner,
    /// Shorter than a pool.
    Length,
    /// Another kind of account.
    Kind,
    /// The pool of another token.
    Mint,
    /// The pool has not counted its stake in this epoch or the last.
    Behind,
    /// The pool claims an epoch that has not come yet.
    Ahead,
    /// No tokens or no stake.
    Empty,
    /// More is owed than is held, or the rate leaves the range of an [`Index`].
    Range,
}

/// Lamports per native unit of the token (both have nine decimals).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Stake over supply, Q64, rounded down.
    pub rate: Index,
    /// Epoch in which the pool counted its stake.
    pub epoch: u64,
}

/// `lamports / supply`, rounded down, once the pool's epoch is recent enough.
pub(super) fn of(lamports: u64, supply: u64, epoch: u64, now: u64) -> Result<Rate, RateError> {
    let behind = now.checked_sub(epoch).ok_or(RateError::Ahead)?;
    if behind > MAX_EPOCHS_BEHIND {
        return Err(RateError::Behind);
    }
    if lamports == 0 || supply == 0 {
        return Err(RateError::Empty);
    }
    let q64 = shift_ratio_floor(u128::from(lamports), 64, u128::from(supply))
        .map_err(|_| RateError::Range)?;
    Ok(Rate { rate: Index::new(q64).map_err(|_| RateError::Range)?, epoch })
}
