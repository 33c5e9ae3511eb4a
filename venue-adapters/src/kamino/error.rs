//! The adapter's errors and what each of them means for a listed market.

use crate::plan::PlanError;
use crate::venue::Severity;
use crate::venue::movement::Mismatch;
use trestle_risk_math::MathError;

/// Why klend's bytes, a plan or an outcome are not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KaminoError {
    /// Shorter than the account it should be.
    Length,
    /// Another kind of account.
    Discriminator,
    /// A layout version that is not 1; a reserve that was wiped out has another.
    Version,
    /// Time is counted in a way that this build does not know, or from no stamp.
    RateBasis,
    /// Numbers that overflow or contradict each other.
    Numbers,

    /// Not exactly the size that this build knows.
    Size,
    /// Of another market.
    WrongMarket,
    /// Of another mint.
    WrongMint,
    /// A token program that is neither SPL Token nor Token-2022.
    TokenProgram,
    /// An obligation with another tag, owner or a referrer.
    Identity,

    /// The market or the reserve is stopped.
    Emergency,
    /// The reserve is obsolete or hidden.
    Status,
    /// Deposits or borrows need the signature of a permissioning authority.
    Permissioned,
    /// Debts fall due at a date or after a term, or early repayment costs extra.
    DebtTerm,
    /// The market may deleverage positions on this reserve.
    Deleverage,
    /// cTokens cannot leave an obligation, so a liquidator could not take them.
    CtokensBlocked,
    /// A borrow factor above 2.0.
    BorrowFactor,
    /// Borrowing is switched off.
    BorrowDisabled,
    /// No collateral for debts outside elevation groups.
    GroupOnly,
    /// The elevation group is unknown, takes no loans, or does not fit the reserve.
    Group,
    /// The obligation is marked for deleveraging, or its borrowing is disabled.
    Marked,
    /// The obligation has standing orders or a change of owner under way.
    Encumbered,

    /// More accounts or data than a call holds.
    Plan,
    /// The obligation has no free slot, or none of this reserve.
    Slot,
    /// Zero, or more than fits.
    Amount,
    /// klend would refuse: the reserve, or its price, is not fresh (its error 6009).
    ReserveStale,
    /// klend would refuse: the obligation is not fresh (its error 6017).
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
    /// Owner, market, tag, referrer or elevation group has changed.
    IdentityChanged,
    /// The obligation was closed by something else than its last redemption.
    Closed,
}

/// Shorthand for results of the adapter.
pub type Result<T> = core::result::Result<T, KaminoError>;

impl KaminoError {
    /// What the error means for a listed market.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Length
            | Self::Discriminator
            | Self::Version
            | Self::RateBasis
            | Self::Numbers => Severity::Unreadable,
            Self::Size
            | Self::WrongMarket
            | Self::WrongMint
            | Self::TokenProgram
            | Self::Identity => Severity::Listing,
            Self::Emergency
            | Self::Status
            | Self::Permissioned
            | Self::DebtTerm
            | Self::Deleverage
            | Self::CtokensBlocked
            | Self::BorrowFactor
            | Self::BorrowDisabled
            | Self::GroupOnly
            | Self::Group
            | Self::Marked
            | Self::Encumbered => Severity::ReduceOnly,
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
            | Self::IdentityChanged
            | Self::Closed => Severity::Call,
        }
    }
}

impl From<MathError> for KaminoError {
    fn from(_: MathError) -> Self {
        Self::Numbers
    }
}

impl From<PlanError> for KaminoError {
    fn from(_: PlanError) -> Self {
        Self::Plan
    }
}

impl From<Mismatch> for KaminoError {
    fn from(mismatch: Mismatch) -> Self {
        match mismatch {
            Mismatch::NoEffect => Self::NoEffect,
            Mismatch::WrongDirection => Self::WrongDirection,
            Mismatch::Exceeded => Self::Exceeded,
            Mismatch::Numbers => Self::Numbers,
        }
    }
}
