//! The shape of a report: what a reserve is worth and on which terms, now.

use super::stress::Terms;
use trestle_risk_math::index::Index;
use trestle_risk_math::num::Weight;
use trestle_risk_math::pool::Apr;
use trestle_risk_math::price::Price;

/// Most that a projection leaves open: 2^-7, as after a year at 9 %.
pub const MAX_SLACK: u64 = 1 << 57;

/// A reserve, projected to now. `F` is what the venue can switch off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveReport<F> {
    /// Tokens a cToken, rounded down.
    pub deposit_index: Index,
    /// Tokens a Q64 unit of debt, rounded up ([`Index::owed_ceil`]).
    pub debt_index: Index,
    /// Tokens in the vault that nobody has a claim on, rounded down.
    pub free_liquidity: u64,
    /// Tokens that can be supplied up to the deposit limit, rounded down.
    pub supply_room: u64,
    /// Tokens that can be redeemed: free, and within the limiter.
    pub redeem_room: u64,
    /// Tokens that can be borrowed: free, and within every limit of the
    /// reserve, rounded down.
    pub borrow_room: u64,
    /// Debts over supply, rounded up.
    pub utilisation: Weight,
    /// Real supply rate, rounded down; rewards come on top.
    pub supply_apr: Apr,
    /// Real borrow rate, rounded up; the origination fee comes on top.
    pub borrow_apr: Apr,
    /// Most that debts grow in a slot at the highest rate of the curve, Q64.
    pub growth_bound: u64,
    /// By how much of themselves, Q64, the indices may differ from what the venue
    /// comes to write for this slot, rounded up.
    pub projection_slack: u64,
    /// Terms of the reserve as it stands alone.
    pub terms: Terms,
    /// Share of the debts that one liquidation may close, rounded up.
    pub close_factor: Weight,
    /// The venue's own price, micro-USD a native unit; `None` when it is older
    /// than the venue allows or out of range.
    pub price: Option<Price>,
    /// What is switched off.
    pub flags: F,
}

/// What units of a reserve are worth now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indices {
    /// Tokens a cToken, rounded down.
    pub deposit: Index,
    /// Tokens a Q64 unit of debt, rounded up ([`Index::owed_ceil`]).
    pub debt: Index,
}

/// Micro-USD a native unit from USD a whole token scaled by 2^60: times
/// `10^(6 - decimals)`, one division.
pub(crate) fn price_from_sf(sf: u128, decimals: u64) -> Option<Price> {
    let decimals = u32::try_from(decimals).ok().filter(|d| *d <= 18)?;
    if sf == 0 {
        return None;
    }
    // with the top bit set, a divisor of 2^40 leaves 87 bits; multiply where it fits
    let (value, scale) = match decimals.checked_sub(6) {
        Some(less) => {
            let up = sf.leading_zeros();
            let ten = 10_u128.checked_pow(less)?;
            (sf.wrapping_shl(up).checked_div(ten)?, up.checked_add(60)?)
        }
        None => {
            let ten = 10_u128.checked_pow(6_u32.checked_sub(decimals)?)?;
            (sf.checked_mul(ten)?, 60)
        }
    };
    // value * 2^-scale, to a mantissa of exactly 32 bits
    let bits = 128_u32.checked_sub(value.leading_zeros())?;
    let (mantissa, shift) = match bits.checked_sub(32) {
        Some(drop) => (value.wrapping_shr(drop), scale.checked_sub(drop)?),
        None => {
            let up = 32_u32.checked_sub(bits)?;
            (value.wrapping_shl(up), scale.checked_add(up)?)
        }
    };
    Price::new(u32::try_from(mantissa).ok()?, u8::try_from(shift).ok()?).ok()
}

/// A Q24 rate a year, at most [`Apr::MAX`].
pub(crate) fn apr(q24: u128) -> Apr {
    Apr::new(to_u32(q24)).unwrap_or(Apr::MAX)
}

/// The number, or the largest that fits.
pub(crate) fn to_u32(x: u128) -> u32 {
    u32::try_from(x).unwrap_or(u32::MAX)
}
