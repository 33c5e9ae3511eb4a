//! The adapter's errors and what each of them means for a listed market.

use crate::plan::PlanError;
use crate::venue::Severity;
use crate::venue::movement::Mismatch;
use trestle_risk_math::MathError;

/// Why Save's bytes, a plan or an outcome are not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveError {
    /// Not exactly the length of the account it should be.
    Length,
    /// A layout version that is not 1.
    Version,
    /// Numbers that overflow or contradict each other.
    Numbers,

    /// Of another market.
    WrongMarket,
    /// Of another mint.
    WrongMint,
    /// A token program that is not SPL Token, or not the market's.
    TokenProgram,
    /// An obligation of another owner.
    Identity,

    /// The reserve is of the isolated tier: it can only be borrowed alone.
    IsolatedTier,
    /// Debts weigh more than 2.0.
    BorrowWeight,
    /// The reserve takes no deposits: its limit is zero.
    DepositDisabled,
    /// The reserve lends nothing: its limit is zero.
    BorrowDisabled,
    /// The debts that collateral here stands for have reached their limit.
    Attributed,
    /// The obligation is marked: anyone may close it.
    Marked,

    /// More accounts or data than a call holds.
    Plan,
    /// The obligation has no free place, or no position of this reserve.
    Slot,
    /// Zero, or more than fits.
    Amount,
    /// Save would refuse: the reserve is not fresh (its error 22).
    ReserveStale,
    /// Save would refuse: the obligation is not fresh.
    ObligationStale,
    /// Success was reported and nothing moved.
    NoEffect,
    /// Tokens or units moved the wrong way.
    WrongDirection,
    /// More was moved than was asked for.
    Exceeded,
    /// Units and tokens moved at another rate than the reserve's.
    Rate,
    /// A position that was not named has changed.
    OtherPosition,
    /// Owner or market has changed.
    IdentityChanged,
}

/// Shorthand for results of the adapter.
pub type Result<T> = core::result::Result<T, SaveError>;

impl SaveError {
    /// What the error means for a listed market.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Length | Self::Version | Self::Numbers => Severity::Unreadable,
            Self::WrongMarket | Self::WrongMint | Self::TokenProgram | Self::Identity => {
                Severity::Listing
            }
            Self::IsolatedTier
            | Self::BorrowWeight
            | Self::DepositDisabled
            | Self::BorrowDisabled
            | Self::Attributed
            | Self::Marked => Severity::ReduceOnly,
            Self::Plan
            | Self::Slot
            | Self::Amount
            | Self::ReserveStale
            | Self::ObligationStale
            | Self::NoEffect
            | Self::WrongDirection
            | Self::Exceeded
            | Self::Rate
            | Self::OtherPosition
            | Self::IdentityChanged => Severity::Call,
        }
    }
}

impl From<MathError> for SaveError {
    fn from(_: MathError) -> Self {
        Self::Numbers
    }
}

impl From<PlanError> for SaveError {
    fn from(_: PlanError) -> Self {
        Self::Plan
    }
}

impl From<Mismatch> for SaveError {
    fn from(mismatch: Mismatch) -> Self {
        match mismatch {
            Mismatch::NoEffect => Self::NoEffect,
            Mismatch::WrongDirection => Self::WrongDirection,
            Mismatch::Exceeded => Self::Exceeded,
            Mismatch::Numbers => Self::Numbers,
        }
    }
}
