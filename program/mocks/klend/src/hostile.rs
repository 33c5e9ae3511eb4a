//! A venue that misbehaves, for tests of what its callers notice.
//!
//! One byte in the market's padding, which klend never reads, switches it: a
//! test writes it into the account, and no instruction can. 0 is klend.

use crate::accounts::open;
use crate::error::Result;
use crate::state::Market;
use solana_program::account_info::AccountInfo;

/// How an act (supply, withdraw, borrow, repay) goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Hostile {
    /// It does not.
    Honest = 0,
    /// It succeeds and does nothing.
    Idle = 1,
    /// It does half of what was asked; the books are right.
    Less = 2,
    /// It does twice what was asked; the books are right.
    More = 3,
    /// It keeps half: what comes in is credited by half, what goes out is
    /// charged in full and paid by half.
    Skim = 4,
    /// It does what was asked and closes the obligation, empty or not.
    Close = 5,
}

impl Hostile {
    /// What the market's byte says; unknown values are honest.
    pub fn of(market: &AccountInfo<'_>) -> Result<Self> {
        Ok(match Market(&mut open(market)?).hostile() {
            1 => Self::Idle,
            2 => Self::Less,
            3 => Self::More,
            4 => Self::Skim,
            5 => Self::Close,
            _ => Self::Honest,
        })
    }

    /// The amount that is acted on instead of the one that was asked for.
    #[must_use]
    pub const fn asked(self, amount: u64) -> u64 {
        match self {
            Self::Less => amount / 2,
            Self::More => amount.saturating_mul(2),
            _ => amount,
        }
    }

    /// What is credited or paid of an amount.
    #[must_use]
    pub const fn kept(self, amount: u64) -> u64 {
        match self {
            Self::Skim => amount / 2,
            _ => amount,
        }
    }
}
