//! What a loan costs at once.

use crate::error::*;
use crate::fraction::Fraction;
use crate::state::Reserve;

/// Fee on top of an amount that is received.
pub fn on_top(reserve: &Reserve<'_>, received: Fraction) -> Result<u64> {
    fee(received, rate(reserve))
}

/// Fee inside of an amount that is owed.
pub fn inside(reserve: &Reserve<'_>, owed: Fraction) -> Result<u64> {
    let rate = rate(reserve);
    fee(owed, rate / (rate + Fraction::ONE))
}

fn rate(reserve: &Reserve<'_>) -> Fraction {
    Fraction(reserve.origination_fee().into())
}

/// At least one unit where there is a fee at all, rounded to the nearest.
fn fee(amount: Fraction, rate: Fraction) -> Result<u64> {
    if rate == Fraction::ZERO || amount == Fraction::ZERO {
        return Ok(0);
    }
    let fee = (amount * rate).max(Fraction::ONE);
    ensure(fee < amount, BORROW_TOO_SMALL)?;
    Ok(fee.round())
}
