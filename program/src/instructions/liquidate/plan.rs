//! Whether an account can be liquidated, and by how much.

use super::sides::{CollateralSide, DebtSide};
use crate::Result;
use crate::accounts::Context;
use trestle_interface::TrestleError;
use trestle_interface::args::LiquidateArgs;
use trestle_interface::view::Slab;
use trestle_risk_math::liquidation::{
    Bounds, IncentiveTerms, close_cap, incentive, is_liquidatable, step_value, subsidy, target,
};
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::{Book, Health, Pull, UNIT_RATE, slope};
use trestle_risk_math::price::{MAX_LEG_VALUE, Price, Usd};

/// The account must be below maintenance health, or flagged and not yet back
/// at liquidation-end health; on fresh prices published close together.
pub(super) fn expect_liquidatable(context: &Context<'_, '_>, health: &Health) -> Result<()> {
    if !context.is_fresh(health) {
        return Err(TrestleError::LiquidationStale);
    }
    let flagged = context.margin.fixed.flagged_slot != 0 && health.liqend < 0;
    if is_liquidatable(health) || flagged { Ok(()) } else { Err(TrestleError::Healthy) }
}

/// Both prices must be fresh themselves: a dead one does not shield the
/// account's other legs, but nothing is bought at it. And both must have been
/// published after the account's last act that raised risk: nobody opens a
/// position on one price and liquidates it on another that was already known
/// (ruling 4).
pub(super) fn expect_tradable(context: &Context<'_, '_>, debt: u8, collateral: u8) -> Result<()> {
    let oldest = i64::from(context.markets.terms.liquidation_age);
    let acted = context.margin.fixed.last_risk_time;
    for asset in [debt, collateral] {
        let published = context.asset(asset)?.published;
        if context.now.unix.saturating_sub(published) > oldest {
            return Err(TrestleError::LiquidationStale);
        }
        // the clock has moved as well: a sample may be ahead of it
        if published <= acted || context.now.unix <= acted {
            return Err(TrestleError::CoolOff);
        }
    }
    Ok(())
}

/// What one liquidation does.
pub(super) struct Step {
    /// Native units of the debt that are repaid.
    pub(super) repay: u64,
    /// Native units of the debt's mint that the liquidator pays to insurance.
    pub(super) insurance: u64,
    /// Native units of the debt's mint that insurance pays the liquidator.
    pub(super) subsidy: u64,
    /// Native units of the collateral that are seized.
    pub(super) seize: u64,
    /// Most equity that the account may lose, micro-USD.
    pub(super) budget: Usd,
    /// Liquidation-end health that the step must not exceed, micro-USD.
    pub(super) ceiling: Usd,
    /// The debt is closed whole.
    pub(super) closes: bool,
}

impl Step {
    /// The closed form of risk model 3.3, then amounts in native units: repaid
    /// and seized both rounded down, so neither side gains by rounding.
    pub(super) fn plan<'i>(
        context: &Context<'_, 'i>,
        health: &Health,
        book: &Book,
        debt: &mut DebtSide<'_, 'i>,
        collateral: &CollateralSide<'_, 'i>,
        args: &LiquidateArgs,
    ) -> Result<Self> {
        collateral.expect_free()?;
        let terms = &context.markets.terms;
        let row = context.asset(collateral.asset())?;
        let prices = (price(context, debt.asset())?, price(context, collateral.asset())?);
        let max = Weight::clamped(row.incentive_max);
        let incentives = incentive_terms(context, max);
        let share = incentives.insurance_share;
        let whole = incentive(health, flagged_for(context), &incentives);
        let rate = if debt.insures() { whole } else { kept_back(whole, share) };
        let goal = target(health, &terms.terms());
        let bounds = Bounds {
            debt: prices.0.debt_value(debt.owed())?,
            // more than a leg can be worth covers any step
            collateral: prices
                .1
                .asset_value(collateral.available(u64::MAX)?)
                .unwrap_or(MAX_LEG_VALUE),
            offered: prices.0.debt_value(args.max_repay.min(debt.owed()))?,
            call_cap: terms.call_cap,
            close_cap: close_cap(health, max),
        };
        let slope = direction_slope(context, book, debt, collateral, rate)?
            .saturating_add(debt.relief(context, book, bounds.debt)?);
        let value = step_value(health.liqend, goal, slope, rate, &bounds)
            .ok_or(TrestleError::NoImprovement)?;
        let closes = value >= bounds.debt && args.max_repay >= debt.owed();
        let repay = if closes {
            debt.owed()
        } else {
            prices.0.amount_floor(value)?.min(args.max_repay).min(debt.owed())
        };
        let repaid_value = prices.0.asset_value(repay)?;
        let bonus = rate.of_floor(repaid_value);
        let seize_value = repaid_value.saturating_add(bonus);
        let insured = if debt.insures() { share.of_floor(rate.of_floor(repay)) } else { 0 };
        let subsidy = match subsidy(health, rate, &incentives) {
            Weight::ZERO => 0,
            share => share.of_floor(repay).min(debt.allowance(context.now)),
        };
        let brought = repay.saturating_add(insured).saturating_sub(subsidy);
        let seize = prices.1.amount_floor(seize_value)?.min(collateral.available(brought)?);
        if repay == 0 || seize == 0 {
            return Err(TrestleError::NothingToLiquidate);
        }
        if seize < args.min_seize {
            return Err(TrestleError::SeizeBelowMinimum);
        }
        let rounding = rounding(prices.0)?
            .saturating_add(rounding(prices.1)?)
            .saturating_add(price_width(seize_value));
        Ok(Self {
            repay,
            insurance: insured,
            subsidy,
            seize,
            budget: bonus.saturating_add(rounding).cast_signed(),
            ceiling: goal.saturating_add(rounding.cast_signed()),
            closes,
        })
    }
}

/// Micro-USD by which amounts in native units may miss a value: two units, and two for the value's own rounding.
fn rounding(price: Price) -> Result<u64> {
    Ok(price.debt_value(2)?.saturating_add(2))
}

/// Micro-USD by which one end of the two price intervals misses the other over
/// a step, 2^-31 of it each, and the roundings of slope and requirement.
const fn price_width(step: u64) -> u64 {
    (step >> 30).saturating_add(9)
}

/// An incentive without the share that nobody is paid, rounded down.
fn kept_back(incentive: Weight, share: Weight) -> Weight {
    Weight::clamped(incentive.q16().saturating_sub(incentive.times_ceil(share).q16()))
}

fn price(context: &Context<'_, '_>, asset: u8) -> Result<Price> {
    let row = context.asset(asset)?;
    Price::new(row.price_mantissa, row.price_shift).map_err(|_| TrestleError::NoPrice)
}

/// Slots since the account was flagged, zero when this is the first sign.
fn flagged_for(context: &Context<'_, '_>) -> u64 {
    match context.margin.fixed.flagged_slot {
        0 => 0,
        slot => context.now.slot.saturating_sub(slot),
    }
}

fn incentive_terms(context: &Context<'_, '_>, max: Weight) -> IncentiveTerms {
    let terms = &context.markets.terms;
    IncentiveTerms {
        start: Weight::clamped(terms.incentive_start),
        max,
        per_shortfall: Weight::clamped(terms.incentive_slope),
        ramp_slots: terms.incentive_slots,
        insurance_share: Weight::clamped(terms.insurance_share),
    }
}

/// How fast liquidation-end health rises per micro-USD repaid.
fn direction_slope(
    context: &Context<'_, '_>,
    book: &Book,
    debt: &DebtSide<'_, '_>,
    collateral: &CollateralSide<'_, '_>,
    rate: Weight,
) -> Result<i64> {
    let seized = UNIT_RATE.saturating_add(rate.q16().cast_signed()).saturating_neg();
    let pulls = [
        Pull { asset: debt.asset(), class: debt.class(), rate: UNIT_RATE, illiquid: false },
        Pull {
            asset: collateral.asset(),
            class: collateral.class(),
            rate: seized,
            illiquid: collateral.is_illiquid(context),
        },
    ];
    let legs =
        Slab::new(context.margin.positions(), context.venues(), &context.markets, context.now);
    // an isolated asset has no credit: taking it moves no health
    let isolated = context.asset(collateral.asset())?.is_isolated();
    let pulls = if isolated { pulls.get(..1).unwrap_or(&[]) } else { &pulls };
    Ok(slope(&context.board(), &legs, book, pulls)?)
}
