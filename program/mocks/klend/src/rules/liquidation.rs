//! How much a stranger may repay and seize.
//!
//! Only the cause "loan-to-value at or above the threshold" is here. klend also
//! liquidates for deleveraging, maturity, terms and the owner's own orders.

use super::groups::Terms;
use crate::error::*;
use crate::fraction::Fraction;
use crate::state::{Market, Obligation, Reserve};

/// A liquidation's amounts.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Debt that goes away, native units.
    pub settled: Fraction,
    /// What the liquidator pays, native units: the same, rounded up.
    pub repaid: u64,
    /// Receipts that the liquidator seizes.
    pub seized: u64,
    /// Bonus rate.
    pub bonus: Fraction,
}

/// Terms of the two reserves that meet in a liquidation.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    min_bonus_bps: u16,
    max_bonus_bps: u16,
    bad_debt_bonus_bps: u16,
    debt_factor_pct: u64,
}

impl Pair {
    /// Of a collateral reserve and a debt reserve.
    pub fn of(collateral: &Reserve<'_>, debt: (u16, u16, u16, u64), group: Option<&Terms>) -> Self {
        let (min, max, bad, debt_factor_pct) = debt;
        let own = collateral.max_bonus_bps();
        let larger = own.max(max);
        // a group's bound counts when it is tighter than both reserves'
        let bound = group
            .map(|group| group.max_bonus_bps)
            .filter(|bps| *bps != 0 && *bps <= own && *bps <= max);
        Self {
            min_bonus_bps: collateral.min_bonus_bps().max(min),
            max_bonus_bps: bound.map_or(larger, |bound| larger.min(bound)),
            bad_debt_bonus_bps: collateral.bad_debt_bonus_bps().min(bad),
            debt_factor_pct,
        }
    }
}

/// What a debt reserve brings to a [`Pair`].
pub fn debt_terms(debt: &Reserve<'_>) -> (u16, u16, u16, u64) {
    let factor = debt.borrow_factor_pct();
    (debt.min_bonus_bps(), debt.max_bonus_bps(), debt.bad_debt_bonus_bps(), factor)
}

/// Sizes a liquidation of debt `borrow` into collateral `deposit` (slots) by
/// someone who offers `offered` native units.
pub fn plan(
    obligation: &mut Obligation<'_>,
    market: &Market<'_>,
    slots: (usize, usize),
    pair: Pair,
    threshold_pct: u8,
    offered: u64,
) -> Result<Plan> {
    let (ltv, limit) = (obligation.ltv(), obligation.unhealthy_ltv());
    ensure(ltv >= limit, OBLIGATION_HEALTHY)?;
    let highest = pair.debt_factor_pct >= obligation.highest_factor();
    ensure(highest, LIQUIDATION_BORROW_FACTOR_PRIORITY)?;
    let lowest = u64::from(threshold_pct) <= obligation.lowest_threshold();
    ensure(lowest, LIQUIDATION_LOWEST_LTV_PRIORITY)?;

    let bonus = bonus(pair, ltv - limit, obligation.plain_ltv());
    let (debt, debt_value) = {
        let borrow = obligation.borrow(slots.0);
        (borrow.amount(), borrow.value())
    };
    let offered = Fraction::whole(offered).min(debt);
    let whole = debt_value < Fraction::whole(market.min_full_liquidation());
    let settled = if whole {
        ensure(offered == debt, REPAY_TOO_SMALL_FOR_FULL_LIQUIDATION)?;
        debt
    } else {
        most(obligation, market, debt, debt_value).min(offered)
    };
    let value = debt_value * (settled / debt) * (bonus + Fraction::ONE);
    let deposit = obligation.deposit(slots.1);
    let (amount, collateral) = (deposit.amount(), deposit.value());
    let (settled, seized) = if value > collateral {
        // all collateral is gone: it pays for its share of the debt
        let covered = settled * (collateral / value);
        (if whole { settled } else { covered }, amount)
    } else if value == collateral {
        (settled, amount)
    } else {
        let part = (Fraction::whole(amount) * (value / collateral)).floor();
        // dust still costs the obligation a unit
        (settled, if whole { part.max(1) } else { part })
    };
    Ok(Plan { settled, repaid: settled.ceil(), seized, bonus })
}

/// Most debt that one liquidation repays, native units.
fn most(
    obligation: &Obligation<'_>,
    market: &Market<'_>,
    debt: Fraction,
    debt_value: Fraction,
) -> Fraction {
    let insolvent = obligation.ltv() > Fraction::percent(market.insolvency_ltv_pct().into());
    let factor =
        if insolvent { Fraction::ONE } else { Fraction::percent(market.close_factor_pct().into()) };
    let value = (obligation.debt_value() * factor)
        .min(debt_value)
        .min(Fraction::whole(market.max_liquidation()));
    debt * (value / debt_value)
}

/// Bonus by how far the loan-to-value is above its limit, and by how little of
/// the collateral is left above the debt.
fn bonus(pair: Pair, above: Fraction, plain_ltv: Fraction) -> Fraction {
    let rest = Fraction::ONE.less(plain_ltv);
    if plain_ltv >= Fraction::ONE - Fraction(Fraction::ONE.0 / 100) {
        return Fraction::bps(pair.bad_debt_bonus_bps.into()).max(rest);
    }
    let least = Fraction::bps(pair.min_bonus_bps.into());
    let most = Fraction::bps(pair.max_bonus_bps.into());
    above.max(least).min(most).min(rest)
}

/// The protocol's part of seized liquidity: a share of the bonus in it, rounded
/// up, at least a unit.
pub fn protocol_fee(seized: u64, bonus: Fraction, share_pct: u8) -> u64 {
    let seized = Fraction::whole(seized);
    let bonus = seized - seized / (bonus + Fraction::ONE);
    (bonus * Fraction::percent(share_pct.into())).ceil().max(1)
}
