//! Elevation groups: their terms, and the debt that counts against their limits.

use crate::accounts::open;
use crate::error::*;
use crate::roles;
use crate::state::{Market, Obligation, Reserve};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;

/// A group's terms.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Id, from 1.
    pub id: u8,
    /// Loan-to-value, percent.
    pub ltv_pct: u8,
    /// Liquidation threshold, percent.
    pub threshold_pct: u8,
    /// New debt is allowed.
    pub new_loans: bool,
    /// Most kinds of collateral.
    pub max_collateral: usize,
    /// Most liquidation bonus, bps; 0 for none of its own.
    pub max_bonus_bps: u16,
    /// The one reserve that lends.
    pub debt_reserve: Pubkey,
}

/// The terms of a group; none for id 0.
pub fn terms(market: &mut Market<'_>, id: u8) -> Result<Option<Terms>> {
    if id == 0 {
        return Ok(None);
    }
    let group = market.group(id).ok_or(INVALID_ELEVATION_GROUP)?;
    let usable = group.threshold_pct() != 0 && group.ltv_pct() != 0;
    ensure(usable, INVALID_ELEVATION_GROUP)?;
    Ok(Some(Terms {
        id,
        ltv_pct: group.ltv_pct(),
        threshold_pct: group.threshold_pct(),
        new_loans: group.new_loans() != 0,
        max_collateral: group.max_collateral().into(),
        max_bonus_bps: group.max_bonus_bps(),
        debt_reserve: group.debt_reserve(),
    }))
}

/// Loan-to-value and liquidation threshold of collateral, percent.
pub fn ltv_and_threshold(reserve: &Reserve<'_>, group: Option<&Terms>) -> (u8, u8) {
    group.map_or_else(
        || (reserve.ltv_pct(), reserve.threshold_pct()),
        |group| (group.ltv_pct, group.threshold_pct),
    )
}

/// The group still lends.
pub fn lends(group: Option<&Terms>) -> Result<()> {
    ensure(group.is_none_or(|group| group.new_loans), ELEVATION_GROUP_NEW_LOANS_DISABLED)
}

/// The reserve is in the obligation's group.
pub fn same(obligation: &Obligation<'_>, reserve: &Reserve<'_>) -> Result<()> {
    let group = obligation.group();
    ensure(group == 0 || reserve.in_group(group), INCONSISTENT_ELEVATION_GROUP)
}

/// New collateral joins: all of the group's debt counts against it too.
pub fn join(
    obligation: &mut Obligation<'_>,
    slot: usize,
    others: usize,
    group: Option<&Terms>,
    reserve: (&Pubkey, &mut Reserve<'_>),
) -> Result<()> {
    let Some(group) = group else { return Ok(()) };
    let (key, reserve) = reserve;
    ensure(group.debt_reserve != *key, ELEVATION_GROUP_DEBT_RESERVE_AS_COLLATERAL)?;
    ensure(others < group.max_collateral, OBLIGATION_COLLATERAL_EXCEEDS_GROUP_LIMIT)?;
    let borrows = obligation.borrows();
    ensure(borrows.len() <= 1, OBLIGATION_GROUP_MULTIPLE_DEBT)?;
    let debt = borrows.first().map_or(0, |i| obligation.borrow(*i).amount().ceil());
    reserve.set_group_debt(group.id, reserve.group_debt(group.id) + debt);
    obligation.deposit(slot).set_group_debt(debt);
    Ok(())
}

/// Collateral leaves with the debt that counted against it.
pub fn leave(reserve: &mut Reserve<'_>, group: u8, counted: u64) {
    if group != 0 {
        reserve.set_group_debt(group, reserve.group_debt(group).saturating_sub(counted));
    }
}

/// A loan counts against each collateral of the group, or against the debt
/// outside of groups. `deposits` are the collateral's reserves, in slot order.
pub fn borrowed(
    obligation: &mut Obligation<'_>,
    slot: usize,
    amount: u64,
    group: Option<&Terms>,
    lender: (&Pubkey, &mut Reserve<'_>),
    deposits: &[AccountInfo<'_>],
) -> Result<()> {
    let (key, reserve) = lender;
    let Some(group) = group else {
        let total = reserve.borrowed_outside().checked_add(amount).ok_or(MATH_OVERFLOW)?;
        ensure(total <= reserve.borrow_limit_outside(), BORROW_LIMIT_EXCEEDED)?;
        reserve.set_borrowed_outside(total);
        let mut borrow = obligation.borrow(slot);
        borrow.set_outside_groups(borrow.outside_groups() + amount);
        return Ok(());
    };
    ensure(group.debt_reserve == *key, ELEVATION_GROUP_HAS_ANOTHER_DEBT_RESERVE)?;
    each_deposit(obligation, deposits, |deposit, collateral| {
        let total = collateral.group_debt(group.id).checked_add(amount);
        let within = total.is_some_and(|total| total <= collateral.group_limit(group.id));
        ensure(within, ELEVATION_GROUP_BORROW_LIMIT_EXCEEDED)?;
        collateral.set_group_debt(group.id, collateral.group_debt(group.id) + amount);
        deposit.set_group_debt(deposit.group_debt() + amount);
        Ok(())
    })
}

/// A repayment takes back what a loan counted.
pub fn repaid(
    obligation: &mut Obligation<'_>,
    slot: usize,
    amount: u64,
    reserve: &mut Reserve<'_>,
    deposits: &[AccountInfo<'_>],
) -> Result<()> {
    let group = obligation.group();
    if group == 0 {
        reserve.set_borrowed_outside(reserve.borrowed_outside().saturating_sub(amount));
        let mut borrow = obligation.borrow(slot);
        borrow.set_outside_groups(borrow.outside_groups().saturating_sub(amount));
        return Ok(());
    }
    each_deposit(obligation, deposits, |deposit, collateral| {
        leave(collateral, group, amount);
        deposit.set_group_debt(deposit.group_debt().saturating_sub(amount));
        Ok(())
    })
}

/// Runs `f` on each collateral with its reserve.
fn each_deposit(
    obligation: &mut Obligation<'_>,
    reserves: &[AccountInfo<'_>],
    mut f: impl FnMut(&mut crate::state::Deposit<'_>, &mut Reserve<'_>) -> Result<()>,
) -> Result<()> {
    let mut reserves = reserves.iter();
    for i in obligation.deposits() {
        let info = reserves.next().ok_or(INVALID_ACCOUNT_INPUT)?;
        roles::ours(info, &Reserve::DISCRIMINATOR)?;
        let mut deposit = obligation.deposit(i);
        ensure(deposit.reserve() == *info.key, INVALID_ACCOUNT_INPUT)?;
        ensure(info.is_writable, ACCOUNT_NOT_MUTABLE)?;
        f(&mut deposit, &mut Reserve(&mut open(info)?))?;
    }
    Ok(())
}

/// Takes back everything that counts, before a change of group.
pub fn forget(
    obligation: &mut Obligation<'_>,
    deposits: &[AccountInfo<'_>],
    borrows: &[AccountInfo<'_>],
) -> Result<()> {
    let group = obligation.group();
    if group != 0 {
        return each_deposit(obligation, deposits, |deposit, collateral| {
            leave(collateral, group, deposit.group_debt());
            deposit.set_group_debt(0);
            Ok(())
        });
    }
    for (i, info) in obligation.borrows().into_iter().zip(borrows) {
        let mut bytes = open(info)?;
        let mut reserve = Reserve(&mut bytes);
        let mut borrow = obligation.borrow(i);
        let rest = reserve.borrowed_outside().saturating_sub(borrow.outside_groups());
        reserve.set_borrowed_outside(rest);
        borrow.set_outside_groups(0);
    }
    Ok(())
}

/// Debt in the new group is within the limits against each collateral; debt
/// outside of groups within each reserve's.
pub fn within_limits(
    obligation: &mut Obligation<'_>,
    group: Option<&Terms>,
    deposits: &[AccountInfo<'_>],
    borrows: &[AccountInfo<'_>],
) -> Result<()> {
    let Some(group) = group else {
        for info in borrows {
            let mut bytes = open(info)?;
            let reserve = Reserve(&mut bytes);
            let within = reserve.borrowed_outside() <= reserve.borrow_limit_outside();
            ensure(within, ELEVATION_GROUP_BORROW_LIMIT_EXCEEDED)?;
        }
        let allowed = borrows.is_empty() || obligation.borrowing_disabled() == 0;
        return ensure(allowed, BORROWING_DISABLED_OUTSIDE_GROUP);
    };
    each_deposit(obligation, deposits, |_, collateral| {
        let within = collateral.group_debt(group.id) <= collateral.group_limit(group.id);
        ensure(within, ELEVATION_GROUP_BORROW_LIMIT_EXCEEDED)
    })
}
