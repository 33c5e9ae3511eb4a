//! How close an obligation is to its venue's liquidation: the sums, and weights.

use trestle_risk_math::MathError;
use trestle_risk_math::num::{ONE, Weight};
use trestle_risk_math::portfolio::AccountSum;

/// A venue's terms for a reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Loan-to-value: what a deposit lets borrow, rounded down.
    pub ltv: Weight,
    /// Liquidation threshold: what a deposit holds, rounded down.
    pub threshold: Weight,
    /// Factor on debts, Q16, at least 1.0, rounded up. Above 2.0 it is no
    /// weight, and the reserve takes no new debt.
    pub borrow_factor: u32,
    /// Largest liquidation bonus, rounded up.
    pub bonus: Weight,
}

/// What a venue sees in an obligation, micro-USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stress {
    /// Deposits, rounded down.
    pub collateral: u64,
    /// Deposits times loan-to-value, rounded down: what may be borrowed.
    pub allowed: u64,
    /// Deposits times threshold, rounded down: where liquidation begins.
    pub limit: u64,
    /// Debts times borrow factor, rounded up.
    pub adjusted: u64,
    /// Debts, rounded up.
    pub debt: u64,
    /// A debt of a reserve that is not known: it has no value here.
    pub unknown_debt: bool,
    /// It can be liquidated whatever its ratio: marked, due, or by an order of its own.
    pub forced: bool,
}

impl Stress {
    /// Adjusted debts over limit, Q16, rounded up, at most 2.0. At least 1.0
    /// where liquidation is possible anyway or a debt is unknown.
    #[must_use]
    pub fn ratio(&self) -> Weight {
        let sum = AccountSum { limit: self.limit, adjusted: self.adjusted, ..AccountSum::EMPTY };
        if self.forced || self.unknown_debt { sum.ratio().max(Weight::ONE) } else { sum.ratio() }
    }
}

/// `value * factor`, rounded up, for a Q16 factor.
pub(crate) fn weighed_ceil(factor: u32, value: u64) -> Result<u64, MathError> {
    let product = u128::from(value).wrapping_mul(u128::from(factor)); // below 2^96
    u64::try_from(product.div_ceil(1 << 16)).map_err(|_| MathError::Overflow)
}

/// The sum of two values.
pub(crate) fn add(a: u64, b: u64) -> Result<u64, MathError> {
    a.checked_add(b).ok_or(MathError::Overflow)
}

/// Per cent as a weight, rounded down; above 100 it is 1.0.
pub(crate) fn percent_floor(pct: u8) -> Weight {
    Weight::clamped((u32::from(pct.min(100)) << 16) / 100)
}

/// Per cent as a weight, rounded up, at most 2.0.
pub(crate) fn percent_ceil(pct: u64) -> Weight {
    Weight::clamped(q16_ceil(pct))
}

/// Per cent in Q16, rounded up.
pub(crate) fn q16_ceil(pct: u64) -> u32 {
    let q16 = pct.checked_mul(u64::from(ONE)).map(|x| x.div_ceil(100));
    q16.and_then(|x| u32::try_from(x).ok()).unwrap_or(u32::MAX)
}

/// Basis points as a weight, rounded up, at most 2.0.
pub(crate) fn bps_ceil(bps: u16) -> Weight {
    Weight::from_bps(bps).unwrap_or(Weight::MAX)
}
