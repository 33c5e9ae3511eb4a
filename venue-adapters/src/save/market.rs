//! A view over `LendingMarket`.

use super::layout::{VERSION, VERSION_AT, limiter, market as at};
use super::{Result, SaveError, limiter as outflow};
use crate::plan::Key;
use crate::venue::fields::{Fields, getters};

/// A market's bytes.
#[derive(Clone, Copy, Debug)]
pub struct Market<'a> {
    bytes: Fields<'a, { at::LEN }>,
}

impl<'a> Market<'a> {
    getters! {
        /// Bump of its authority.
        bump: u8 at BUMP,
        /// Owner.
        owner: key at OWNER,
        /// Token program of all its mints.
        token_program: key at TOKEN_PROGRAM,
        /// Authority that may change limits of reserves.
        risk_authority: key at RISK_AUTHORITY,
    }

    /// A market from account data of exactly the known length.
    ///
    /// # Errors
    /// [`SaveError::Length`], [`SaveError::Version`].
    pub fn new(data: &'a [u8]) -> Result<Self> {
        let exact = data.len() == at::LEN;
        let bytes = Fields::new(data).filter(|_| exact).ok_or(SaveError::Length)?;
        if bytes.u8::<VERSION_AT>() != VERSION {
            return Err(SaveError::Version);
        }
        Ok(Self { bytes })
    }

    /// What the limiter lets out at `slot`, USD in wads, rounded down; `None` for no limit.
    #[must_use]
    pub fn outflow_left_wads(&self, slot: u64) -> Option<u128> {
        outflow::left_wads(self.bytes.array::<{ at::LIMITER }, { limiter::LEN }>(), slot)
    }
}
