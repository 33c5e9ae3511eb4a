//! Whether an account can be liquidated, and by how much.

use super::sides::{CollateralSide, DebtSide};
use crate::Result;
use crate::accounts::Context;
use crate::slab::debit_copy;
use trestle_interface::TrestleError;
use trestle_interface::args::LiquidateArgs;
use trestle_interface::state::Position;
use trestle_interface::view::Slab;
use trestle_risk_math::liquidation::{
    Bounds, Limits, close_cap, incentive, is_liquidatable, search, step_value, subsidy, target,
};
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::{Book, Health, Pull, UNIT_RATE, slope};
use trestle_risk_math::price::{MAX_LEG_VALUE, Price, Usd};

/// Nobody liquidates themselves.
pub(super) fn expect_another(context: &Context<'_, '_>) -> Result<()> {
    let own = context.margin.fixed.owner == *context.authority.key;
    if own { Err(TrestleError::SelfLiquidation) } else { Ok(()) }
}

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
    expect_price(context, debt)?;
    expect_price(context, collateral)
}

/// [`expect_tradable`] of one asset.
pub(super) fn expect_price(context: &Context<'_, '_>, asset: u8) -> Result<()> {
    let oldest = i64::from(context.markets.terms.liquidation_age);
    let acted = context.margin.fixed.last_risk_time;
    let published = context.asset(asset)?.published;
    if context.now.unix.saturating_sub(published) > oldest {
        return Err(TrestleError::LiquidationStale);
    }
    // the clock has moved as well: a sample may be ahead of it
    if published <= acted || context.now.unix <= acted {
        return Err(TrestleError::CoolOff);
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
    /// What it may cost and reach.
    pub(super) limits: Limits,
}

/// A step that was judged before anything moved.
pub(super) struct Plan {
    pub(super) step: Step,
    /// The account's positions after it, as far as is known before venues act.
    pub(super) positions: Vec<Position>,
    /// Health of those.
    pub(super) after: Health,
}

/// What a step of any size follows from.
struct Sizing {
    prices: (Price, Price),
    /// Incentive that the account pays.
    rate: Weight,
    /// Of it, the share of the debt's insurance.
    insured: Weight,
    /// Share of what is repaid that insurance pays, and most of it.
    subsidy: (Weight, u64),
    /// The target.
    goal: Usd,
    /// Worth of the debt, micro-USD, rounded up.
    debt_value: u64,
    owed: u64,
    max_repay: u64,
}

impl Plan {
    /// The closed form of risk model 3.3, then amounts in native units: repaid
    /// and seized both rounded down, so neither side gains by rounding. The
    /// step is judged on the account as it would be; where it does not pass,
    /// or there is no closed form, a smaller one is searched for (ruling 9).
    pub(super) fn make<'i>(
        context: &Context<'_, 'i>,
        before: &Health,
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
        let incentives = terms.incentives(max);
        let share = incentives.insurance_share;
        let whole =
            incentive(before, context.margin.fixed.flagged_for(context.now.slot), &incentives);
        let rate = if debt.insures() { whole } else { kept_back(whole, share) };
        let goal = target(before, &terms.terms());
        let bounds = Bounds {
            debt: prices.0.debt_value(debt.owed())?,
            // more than a leg can be worth covers any step
            collateral: prices
                .1
                .asset_value(collateral.available(u64::MAX)?)
                .unwrap_or(MAX_LEG_VALUE),
            offered: prices.0.debt_value(args.max_repay.min(debt.owed()))?,
            call_cap: terms.call_cap,
            close_cap: close_cap(before, max),
        };
        let slope = direction_slope(context, book, debt, collateral, rate)?
            .saturating_add(debt.relief(context, book, bounds.debt)?);
        let closed_form = step_value(before.liqend, goal, slope, rate, &bounds);
        let sizing = Sizing {
            prices,
            rate,
            insured: if debt.insures() { share } else { Weight::ZERO },
            subsidy: match subsidy(before, rate, &incentives) {
                Weight::ZERO => (Weight::ZERO, 0),
                share => (share, debt.allowance(context.now)),
            },
            goal,
            debt_value: bounds.debt,
            owed: debt.owed(),
            max_repay: args.max_repay,
        };
        let mut positions = Vec::with_capacity(context.margin.positions().len());
        let mut found = None;
        search(closed_form.unwrap_or(u64::MAX), rate, &bounds, |value| {
            let step = sizing.step(value, collateral)?;
            positions.clear();
            positions.extend_from_slice(context.margin.positions());
            debit_copy(&mut positions, debt.key(), debt.units_of(step.repay)?)?;
            debit_copy(&mut positions, collateral.key(), collateral.units_of(step.seize)?)?;
            let after = context.health(&positions)?;
            // where the slope promises nothing, the target must come nearer
            let nearer = closed_form.is_some() || after.liqend > before.liqend;
            let passes = nearer && step.limits.allow(before, &after);
            found = passes.then_some((step, after));
            Ok::<_, TrestleError>(passes)
        })?;
        let (step, after) = found.ok_or(TrestleError::NoImprovement)?;
        if step.seize < args.min_seize {
            return Err(TrestleError::SeizeBelowMinimum);
        }
        Ok(Self { step, positions, after })
    }
}

impl Sizing {
    /// A step that repays so many micro-USD.
    fn step(&self, value: u64, collateral: &CollateralSide<'_, '_>) -> Result<Step> {
        let (owed, prices) = (self.owed, &self.prices);
        let closes = value >= self.debt_value && self.max_repay >= owed;
        let repay =
            if closes { owed } else { prices.0.amount_floor(value)?.min(self.max_repay).min(owed) };
        let repaid_value = prices.0.asset_value(repay)?;
        let bonus = self.rate.of_floor(repaid_value);
        let seize_value = repaid_value.saturating_add(bonus);
        let insurance = self.insured.of_floor(self.rate.of_floor(repay));
        let subsidy = self.subsidy.0.of_floor(repay).min(self.subsidy.1);
        let brought = repay.saturating_add(insurance).saturating_sub(subsidy);
        let seize = prices.1.amount_floor(seize_value)?.min(collateral.available(brought)?);
        if repay == 0 || seize == 0 {
            return Err(TrestleError::NothingToLiquidate);
        }
        let rounding = rounding(prices.0)?
            .saturating_add(rounding(prices.1)?)
            .saturating_add(price_width(seize_value));
        let limits = Limits {
            budget: bonus.saturating_add(rounding).cast_signed(),
            ceiling: self.goal.saturating_add(rounding.cast_signed()),
            closes,
        };
        Ok(Step { repay, insurance, subsidy, seize, limits })
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
pub(super) fn kept_back(incentive: Weight, share: Weight) -> Weight {
    Weight::clamped(incentive.q16().saturating_sub(incentive.times_ceil(share).q16()))
}

fn price(context: &Context<'_, '_>, asset: u8) -> Result<Price> {
    let row = context.asset(asset)?;
    row.price().map_err(|_| TrestleError::NoPrice)
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
