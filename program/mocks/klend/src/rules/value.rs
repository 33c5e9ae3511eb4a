//! Native units to USD and back, at a reserve's saved price.

use super::exchange;
use crate::fraction::Fraction;
use crate::state::Reserve;

/// USD of native units, rounded down.
pub fn usd(reserve: &Reserve<'_>, amount: Fraction) -> Fraction {
    amount.ratio(reserve.price().0, unit(reserve))
}

/// USD of receipts, rounded down.
pub fn usd_of_receipts(reserve: &Reserve<'_>, receipts: u64) -> Fraction {
    usd(reserve, exchange::worth(reserve, receipts))
}

/// Native units of USD, rounded down.
pub fn native(reserve: &Reserve<'_>, value: Fraction) -> Fraction {
    value.ratio(unit(reserve), reserve.price().0)
}

/// Weight of the reserve's debt: its own outside of groups, one inside.
pub fn borrow_factor(reserve: &Reserve<'_>, group: u8) -> Fraction {
    match group {
        0 => Fraction::percent(reserve.borrow_factor_pct()).max(Fraction::ONE),
        _ => Fraction::ONE,
    }
}

/// One whole token in native units, as a fraction.
fn unit(reserve: &Reserve<'_>) -> u128 {
    10_u128.pow(reserve.decimals() as u32) * Fraction::ONE.0
}
