//! What a reserve holds, and what a receipt (cToken) of it is worth.

use crate::error::*;
use crate::fraction::Fraction;
use crate::state::Reserve;
use crate::wide::U256;

/// Everything that belongs to suppliers, native units.
pub fn total_supply(reserve: &Reserve<'_>) -> Fraction {
    Fraction::whole(reserve.available()) + reserve.borrowed()
        - reserve.protocol_fees()
        - reserve.referrer_fees()
        - reserve.pending_referrer_fees()
}

/// Receipts and liquidity of the rate; one to one when either is zero.
fn rate(reserve: &Reserve<'_>) -> (u128, Fraction) {
    match (reserve.supply(), total_supply(reserve)) {
        (0, _) | (_, Fraction::ZERO) => (1, Fraction::ONE),
        (supply, liquidity) => (supply.into(), liquidity),
    }
}

/// Liquidity of receipts, rounded down to 2^-60 units.
pub fn worth(reserve: &Reserve<'_>, receipts: u64) -> Fraction {
    let (supply, liquidity) = rate(reserve);
    liquidity.ratio(receipts.into(), supply)
}

/// Liquidity that receipts cost, whole units, rounded up.
pub fn cost(reserve: &Reserve<'_>, receipts: u64) -> u64 {
    let (supply, liquidity) = rate(reserve);
    let exact = U256::product(liquidity.0, receipts.into()).plus(supply - 1).over(supply.into());
    Fraction(exact.low()).ceil()
}

/// Receipts for liquidity, rounded down.
pub fn receipts(reserve: &Reserve<'_>, liquidity: u64) -> u64 {
    let (supply, total) = rate(reserve);
    let product = U256::product(supply * u128::from(liquidity), Fraction::ONE.0);
    product.over(total.0.into()).low() as u64
}

/// Liquidity that nobody waits for.
pub fn free(reserve: &Reserve<'_>) -> u64 {
    reserve.available().saturating_sub(worth(reserve, reserve.queued()).floor())
}

/// Takes liquidity that nobody waits for.
pub fn take(reserve: &mut Reserve<'_>, amount: u64) -> Result<()> {
    ensure(amount <= free(reserve), INSUFFICIENT_LIQUIDITY)?;
    reserve.set_available(reserve.available() - amount);
    Ok(())
}

/// Takes any liquidity, as a liquidation may.
pub fn take_queued_too(reserve: &mut Reserve<'_>, amount: u64) -> Result<()> {
    ensure(amount <= reserve.available(), INSUFFICIENT_LIQUIDITY)?;
    reserve.set_available(reserve.available() - amount);
    Ok(())
}

/// Most receipts that all liquidity redeems.
pub fn redeemable(reserve: &Reserve<'_>) -> u64 {
    let (supply, total) = rate(reserve);
    let available = reserve.available();
    let product = U256::product(supply * u128::from(available), Fraction::ONE.0);
    let up = product.plus(total.0 - 1).over(total.0.into()).low() as u64;
    if worth(reserve, up).floor() <= available { up } else { receipts(reserve, available) }
}
