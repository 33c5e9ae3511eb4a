//! What a liquidation must leave behind (P13): healthier at maintenance, equity
//! down by no more than the incentive, liquidation-end health not beyond the target.

use super::plan::Step;
use crate::Result;
use crate::accounts::Context;
use trestle_interface::TrestleError;
use trestle_interface::state::health_bucket;
use trestle_risk_math::portfolio::Health;

/// Checks the outcome and stamps the account. Returns its health.
pub(super) fn settle(
    context: &mut Context<'_, '_>,
    before: &Health,
    step: &Step,
) -> Result<Health> {
    let after = context.health(context.margin.positions())?;
    let healthier = after.maint > before.maint;
    let affordable = after.equity >= before.equity.saturating_sub(step.budget);
    let not_beyond = after.liqend <= step.ceiling || step.closes;
    if !(healthier && affordable && not_beyond) {
        return Err(TrestleError::LiquidationOutcome);
    }
    let fixed = &mut context.margin.fixed;
    // the flag sticks until liquidation-end health is back (hysteresis)
    if after.liqend >= 0 {
        fixed.flagged_slot = 0;
    } else if fixed.flagged_slot == 0 {
        fixed.flagged_slot = context.now.slot;
    }
    fixed.last_check_slot = context.now.slot;
    fixed.health_bucket = health_bucket(after.maint, after.debts);
    Ok(after)
}
