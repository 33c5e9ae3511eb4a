//! An obligation's values: what a refresh computes, and what must hold after an act.

use super::groups::{self, Terms};
use super::{fresh, value};
use crate::accounts::{is_current, open};
use crate::error::*;
use crate::fraction::Fraction;
use crate::roles;
use crate::state::{Market, OBSOLETE, Obligation, Reserve, price};
use crate::wide::U256;
use solana_program::account_info::AccountInfo;

/// Sums over all debt.
#[derive(Clone, Copy, Debug)]
pub struct Debts {
    /// USD times borrow factors.
    pub adjusted: Fraction,
    /// USD.
    pub plain: Fraction,
    /// Native units of the group's debt; none outside of groups.
    pub in_group: Option<u64>,
    /// Highest borrow factor of debt that counts.
    pub highest_factor: Fraction,
    /// What all prices have passed.
    pub status: u8,
    /// In closed reserves.
    pub obsolete: u8,
}

/// Sums over all collateral.
#[derive(Clone, Copy, Debug)]
pub struct Collateral {
    /// USD.
    pub value: Fraction,
    /// Most adjusted debt that may be taken, USD.
    pub allowed: Fraction,
    /// Adjusted debt at which it is liquidated, USD.
    pub unhealthy: Fraction,
    /// Lowest liquidation threshold that counts, percent; 255 for none.
    pub lowest_threshold: u8,
    /// Lowest loan-to-value, percent; 255 for none.
    pub lowest_ltv: u8,
    /// What all prices have passed.
    pub status: u8,
    /// In closed reserves.
    pub obsolete: u8,
    /// Some of it carries debt only inside a group.
    pub borrowing_disabled: bool,
}

/// Brings every debt up to date and sums.
pub fn debts(
    obligation: &mut Obligation<'_>,
    market: &Market<'_>,
    group: Option<&Terms>,
    reserves: &[AccountInfo<'_>],
    slot: u64,
) -> Result<Debts> {
    let mut sums = Debts {
        adjusted: Fraction::ZERO,
        plain: Fraction::ZERO,
        in_group: group.map(|_| 0),
        highest_factor: Fraction::ONE,
        status: price::ALL,
        obsolete: 0,
    };
    let slots = obligation.borrows();
    ensure(group.is_none() || slots.len() <= 1, INCONSISTENT_ELEVATION_GROUP)?;
    let mut reserves = reserves.iter();
    for i in slots {
        let info = next(&mut reserves)?;
        let mut bytes = open(info)?;
        let mut reserve = Reserve(&mut bytes);
        ensure(obligation.borrow(i).reserve() == *info.key, INVALID_ACCOUNT_INPUT)?;
        fresh::reserve(&reserve, slot, price::NONE)?;
        is_current(&reserve)?;
        accrue(obligation, i, &reserve)?;
        let mut borrow = obligation.borrow(i);
        let units = borrow.amount().ceil();
        if let Some(group) = group {
            ensure(reserve.in_group(group.id), INCONSISTENT_ELEVATION_GROUP)?;
            let lends = *info.key == group.debt_reserve;
            ensure(lends, ELEVATION_GROUP_HAS_ANOTHER_DEBT_RESERVE)?;
            sums.in_group = sums.in_group.map(|sum| sum + units);
        } else {
            let others = reserve.borrowed_outside().saturating_sub(borrow.outside_groups());
            reserve.set_borrowed_outside(others + units);
            borrow.set_outside_groups(units);
        }
        let usd = value::usd(&reserve, borrow.amount());
        let factor = value::borrow_factor(&reserve, group.map_or(0, |group| group.id));
        borrow.set_value(usd);
        borrow.set_adjusted_value(usd * factor);
        sums.plain += usd;
        sums.adjusted += usd * factor;
        if usd >= Fraction::whole(market.min_value_skip_bf()) {
            sums.highest_factor = sums.highest_factor.max(factor);
        }
        sums.status &= reserve.price_status();
        sums.obsolete += u8::from(reserve.status() == OBSOLETE);
        obligation.set_has_debt(1);
    }
    Ok(sums)
}

/// Sums all collateral. `debt` is the group's, in native units.
pub fn collateral(
    obligation: &mut Obligation<'_>,
    market: &Market<'_>,
    group: Option<(&Terms, u64)>,
    reserves: &[AccountInfo<'_>],
    slot: u64,
) -> Result<Collateral> {
    let mut sums = Collateral {
        value: Fraction::ZERO,
        allowed: Fraction::ZERO,
        unhealthy: Fraction::ZERO,
        lowest_threshold: u8::MAX,
        lowest_ltv: u8::MAX,
        status: price::ALL,
        obsolete: 0,
        borrowing_disabled: false,
    };
    let mut reserves = reserves.iter();
    for i in obligation.deposits() {
        let info = next(&mut reserves)?;
        let mut bytes = open(info)?;
        let mut reserve = Reserve(&mut bytes);
        let mut deposit = obligation.deposit(i);
        ensure(deposit.reserve() == *info.key, INVALID_ACCOUNT_INPUT)?;
        fresh::reserve(&reserve, slot, price::NONE)?;
        is_current(&reserve)?;
        if let Some((group, debt)) = group {
            ensure(reserve.in_group(group.id), INCONSISTENT_ELEVATION_GROUP)?;
            let other = *info.key != group.debt_reserve;
            ensure(other, ELEVATION_GROUP_DEBT_RESERVE_AS_COLLATERAL)?;
            groups::leave(&mut reserve, group.id, deposit.group_debt());
            reserve.set_group_debt(group.id, reserve.group_debt(group.id) + debt);
            deposit.set_group_debt(debt);
        }
        let usd = value::usd_of_receipts(&reserve, deposit.amount());
        deposit.set_value(usd);
        let (ltv, threshold) = groups::ltv_and_threshold(&reserve, group.map(|(group, _)| group));
        if usd >= Fraction::whole(market.min_value_skip_ltv()) && threshold > 0 {
            sums.lowest_threshold = sums.lowest_threshold.min(threshold);
        }
        sums.lowest_ltv = sums.lowest_ltv.min(ltv);
        sums.value += usd;
        sums.allowed += usd * Fraction::percent(ltv.into());
        sums.unhealthy += usd * Fraction::percent(threshold.into());
        sums.status &= reserve.price_status();
        sums.obsolete += u8::from(reserve.status() == OBSOLETE);
        sums.borrowing_disabled |= group.is_none() && reserve.no_collateral_outside_groups() > 0;
    }
    Ok(sums)
}

/// The next reserve of the list, as an open account must be.
fn next<'a, 'i>(
    reserves: &mut core::slice::Iter<'a, AccountInfo<'i>>,
) -> Result<&'a AccountInfo<'i>> {
    let info = reserves.next().ok_or(INVALID_ACCOUNT_INPUT)?;
    roles::ours(info, &Reserve::DISCRIMINATOR)?;
    ensure(info.is_writable, INVALID_ACCOUNT_INPUT)?;
    Ok(info)
}

/// Debt grows as the reserve's cumulative rate has since the last time.
fn accrue(obligation: &mut Obligation<'_>, slot: usize, reserve: &Reserve<'_>) -> Result<()> {
    let mut borrow = obligation.borrow(slot);
    let (old, new) = (U256(borrow.rate()), U256(reserve.rate()));
    ensure(new >= old, NEGATIVE_INTEREST_RATE)?;
    if new > old {
        borrow.set_amount(Fraction(new.times(borrow.amount().0).over(old).low()));
        borrow.set_rate(new.0);
    }
    Ok(())
}

/// A rest that is not nothing has some worth.
fn is_worth_keeping(rest: Fraction, market: &Market<'_>) -> Result<()> {
    let dust = rest > Fraction::ZERO && rest < market.min_net_value();
    ensure(!dust, NET_VALUE_REMAINING_TOO_SMALL)
}

/// After `added` (liquidity, native units) joined collateral that was worth `before`.
pub fn after_deposit(
    obligation: &Obligation<'_>,
    reserve: &Reserve<'_>,
    market: &Market<'_>,
    added: Fraction,
    before: Fraction,
) -> Result<()> {
    let usd = value::usd(reserve, added);
    let ltv = obligation.adjusted_debt() / (obligation.deposited_value() + usd);
    is_worth_keeping(before + usd, market)?;
    let worse = obligation.deposited_value() != Fraction::ZERO && ltv > obligation.ltv();
    ensure(!worse, WORSE_LTV_BLOCKED)
}

/// After `taken` (liquidity, native units) left collateral that was worth
/// `before`, zero when all of it left.
pub fn after_withdraw(
    obligation: &Obligation<'_>,
    reserve: &Reserve<'_>,
    market: &Market<'_>,
    taken: Fraction,
    before: Fraction,
    threshold_pct: u8,
) -> Result<()> {
    let usd = value::usd(reserve, taken);
    let rest = obligation.deposited_value() - usd;
    if before != Fraction::ZERO {
        is_worth_keeping(before - usd, market)?;
    }
    if rest == Fraction::ZERO {
        let clean = obligation.adjusted_debt() == Fraction::ZERO;
        return ensure(clean, LIABILITIES_BIGGER_THAN_ASSETS);
    }
    ensure(obligation.debt_value() < rest, LIABILITIES_BIGGER_THAN_ASSETS)?;
    let ltv = obligation.adjusted_debt() / rest;
    let lost = usd * Fraction::percent(threshold_pct.into());
    let unhealthy = obligation.unhealthy().less(lost) / rest;
    ensure(ltv == Fraction::ZERO || ltv < unhealthy, WORSE_LTV_THAN_UNHEALTHY)
}

/// After `owed` more (native units) of a debt that was worth `before`.
pub fn after_borrow(
    obligation: &Obligation<'_>,
    reserve: &Reserve<'_>,
    market: &Market<'_>,
    owed: Fraction,
    before: Fraction,
) -> Result<()> {
    let usd = value::usd(reserve, owed);
    let factor = value::borrow_factor(reserve, obligation.group());
    is_worth_keeping(before + usd, market)?;
    let ltv = (obligation.adjusted_debt() + usd * factor) / obligation.deposited_value();
    ensure(ltv <= obligation.unhealthy_ltv(), WORSE_LTV_THAN_UNHEALTHY)?;
    let covered = obligation.debt_value() + usd < obligation.deposited_value();
    ensure(covered, LIABILITIES_BIGGER_THAN_ASSETS)
}

/// After `settled` (native units) of a debt that was worth `before`, zero when
/// all of it was settled.
pub fn after_repay(
    obligation: &Obligation<'_>,
    reserve: &Reserve<'_>,
    market: &Market<'_>,
    settled: Fraction,
    before: Fraction,
) -> Result<()> {
    let usd = value::usd(reserve, settled);
    let factor = value::borrow_factor(reserve, obligation.group());
    let debt = obligation.adjusted_debt() - usd * factor;
    if before != Fraction::ZERO {
        is_worth_keeping(before - usd, market)?;
    }
    if obligation.deposited_value() == Fraction::ZERO {
        return Ok(());
    }
    ensure(debt / obligation.deposited_value() <= obligation.ltv(), WORSE_LTV_BLOCKED)
}
