//! The one error type of the crate. Every failure is a value; nothing panics.

use core::fmt;

/// Why a computation was refused. The caller's state is unchanged in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MathError {
    /// A result does not fit its type or exceeds a stated bound.
    Overflow = 1,
    /// An input lies outside the range its documentation states.
    Range = 2,
    /// A divisor is zero: an empty pool, a zero index, a zero price.
    DivideByZero = 3,
    /// Legs are not sorted by (asset, class).
    Unsorted = 4,
    /// A leg names an asset that the tables do not hold.
    UnknownAsset = 5,
    /// An asset names a factor that the tables do not hold.
    UnknownFactor = 6,
    /// A leg names a venue class that the tables do not hold.
    UnknownClass = 7,
    /// A leg names a market that the tables do not hold.
    UnknownMarket = 8,
    /// More legs than [`crate::portfolio::MAX_LEGS`].
    TooManyLegs = 9,
    /// An amount rounds to zero, so the operation would move value one way only.
    ZeroAmount = 10,
    /// The pool does not hold enough idle tokens.
    NoLiquidity = 11,
    /// More was asked for than the position holds.
    ExceedsPosition = 12,
    /// A position kind that this build does not know.
    UnknownKind = 13,
}

impl fmt::Display for MathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overflow => "result exceeds its bound",
            Self::Range => "input out of range",
            Self::DivideByZero => "division by zero",
            Self::Unsorted => "legs are not sorted by asset and class",
            Self::UnknownAsset => "unknown asset",
            Self::UnknownFactor => "unknown factor",
            Self::UnknownClass => "unknown venue class",
            Self::UnknownMarket => "unknown market",
            Self::TooManyLegs => "too many legs",
            Self::ZeroAmount => "amount rounds to zero",
            Self::NoLiquidity => "not enough liquidity",
            Self::ExceedsPosition => "more than the position holds",
            Self::UnknownKind => "unknown position kind",
        })
    }
}

impl core::error::Error for MathError {}

/// Shorthand for results of this crate.
pub type Result<T> = core::result::Result<T, MathError>;
