//! Limits of a reserve: supply, debt, utilization.

use super::{exchange, fees, value};
use crate::error::*;
use crate::fraction::Fraction;
use crate::state::Reserve;

/// A loan: what is owed, what is paid out, what is charged.
#[derive(Clone, Copy, Debug)]
pub struct Loan {
    /// Added to the debt.
    pub owed: Fraction,
    /// Paid to the borrower.
    pub received: u64,
    /// Paid to the fee vault.
    pub fee: u64,
}

/// Room for more supply.
pub fn supply(reserve: &Reserve<'_>, amount: u64) -> Result<()> {
    let after = exchange::total_supply(reserve) + Fraction::whole(amount);
    ensure(after <= Fraction::whole(reserve.deposit_limit()), DEPOSIT_LIMIT_EXCEEDED)
}

/// Notes since when the supply or the debt has been above its limit.
pub fn note_crossings(reserve: &mut Reserve<'_>, now: u64) {
    let since = |crossed: bool, since: u64| match (crossed, since) {
        (false, _) => 0,
        (true, 0) => now,
        (true, since) => since,
    };
    let over = exchange::total_supply(reserve) > Fraction::whole(reserve.deposit_limit());
    reserve.set_deposit_limit_crossed(since(over, reserve.deposit_limit_crossed()));
    let over = reserve.borrowed() > Fraction::whole(reserve.borrow_limit());
    reserve.set_borrow_limit_crossed(since(over, reserve.borrow_limit_crossed()));
}

/// Debt that the reserve's limit leaves room for.
pub fn debt_room(reserve: &Reserve<'_>) -> Fraction {
    Fraction::whole(reserve.borrow_limit()).less(reserve.borrowed())
}

/// A loan of exactly `amount`, or of all that may be had (`u64::MAX`), where the
/// obligation carries `allowed` USD more of adjusted debt.
pub fn loan(reserve: &Reserve<'_>, amount: u64, allowed: Fraction, group: u8) -> Result<Loan> {
    let factor = value::borrow_factor(reserve, group);
    if amount == u64::MAX {
        return all_available(reserve, value::native(reserve, allowed) / factor);
    }
    let fee = fees::on_top(reserve, Fraction::whole(amount))?;
    let owed = Fraction::whole(amount) + Fraction::whole(fee);
    ensure(value::usd(reserve, owed) * factor <= allowed, BORROW_TOO_LARGE)?;
    ensure(owed <= debt_room(reserve), BORROW_LIMIT_EXCEEDED)?;
    ensure(owed <= Fraction::whole(exchange::free(reserve)), INSUFFICIENT_LIQUIDITY)?;
    Ok(Loan { owed, received: amount, fee })
}

fn all_available(reserve: &Reserve<'_>, carried: Fraction) -> Result<Loan> {
    let free = Fraction::whole(exchange::free(reserve));
    let owed = carried.min(debt_room(reserve)).min(free);
    let fee = fees::inside(reserve, owed)?;
    Ok(Loan { owed, received: owed.floor() - fee, fee })
}

/// Utilization after a loan stays below where lending stops.
pub fn utilization(reserve: &Reserve<'_>, owed: Fraction) -> Result<()> {
    let limit = reserve.max_utilization_pct();
    let after = (reserve.borrowed() + owed) / exchange::total_supply(reserve);
    let below = after < Fraction::percent(limit.into());
    ensure(limit == 0 || below, BORROWING_ABOVE_UTILIZATION_DISABLED)
}
