//! What a liquidation must leave behind (P13): healthier at maintenance, equity
//! down by no more than the incentive, liquidation-end health not beyond the target.

use super::plan::Plan;
use crate::Result;
use crate::accounts::Context;
use crate::effect::stamp_stress;
use crate::exposure::{self, Caps};
use crate::venues::read_indebted;
use bytemuck::cast_slice;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::state::health_bucket;
use trestle_risk_math::portfolio::{Book, Health};

/// Checks the outcome and stamps the account. Returns its health. `accounts`
/// are those to read venue accounts and running totals from.
pub(super) fn settle<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    before: &Health,
    plan: &Plan,
) -> Result<Health> {
    let after = if context.margin.uses_venues() {
        health_with_venues(context, accounts)?
    } else if cast_slice::<_, u8>(context.margin.positions()) == cast_slice(&plan.positions) {
        plan.after // of these very positions, on this board
    } else {
        context.health(context.margin.positions())?
    };
    if !plan.step.limits.allow(before, &after) {
        return Err(TrestleError::LiquidationOutcome);
    }
    stamp(context, &after);
    Ok(after)
}

/// Stamps the account with the health that a liquidation left.
pub(super) fn stamp(context: &mut Context<'_, '_>, after: &Health) {
    let fixed = &mut context.margin.fixed;
    // the flag sticks until liquidation-end health is back (hysteresis)
    if after.liqend >= 0 {
        fixed.flagged_slot = 0;
    } else if fixed.flagged_slot == 0 {
        fixed.flagged_slot = context.now.slot;
    }
    fixed.last_check_slot = context.now.slot;
    fixed.health_bucket = health_bucket(after.maint, after.debts);
}

/// Health after a liquidation, totals and stress brought up to it.
pub(super) fn health<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
) -> Result<Health> {
    if context.margin.uses_venues() {
        health_with_venues(context, accounts)
    } else {
        context.health(context.margin.positions())
    }
}

/// Health, with the venue accounts read that were read before the step, and
/// the classes' running totals brought down to what is left.
#[inline(never)]
fn health_with_venues<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
) -> Result<Health> {
    read_indebted(context, accounts)?;
    let mut book = Box::new(Book::new());
    let health = context.health_in(context.margin.positions(), &mut book)?;
    exposure::update(context, accounts, &book, Caps::Noted)?;
    stamp_stress(context, &book);
    Ok(health)
}
