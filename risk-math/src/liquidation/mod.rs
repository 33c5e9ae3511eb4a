//! Liquidation: how much, at which incentive, and who bears what is missing.
//!
//! The amount is a closed form from the slope of liquidation-end health. Since
//! health is concave along the step, it never overshoots the target; repeated
//! calls approach it from below (risk model 3.3). The incentive never exceeds
//! equity over debts, so no step makes an insolvent account of a solvent one
//! (3.4).

mod incentive;
mod loss;
mod rescue;
mod search;
mod size;

pub use incentive::{
    DeficitIncentive, IncentiveTerms, deficit_incentive, equity_cap, incentive, subsidy,
};
pub use loss::{LossSplit, split_loss, split_loss_within};
pub use rescue::{
    RESCUE_FROM, TIP_PARTS, largest_tip, movable, needs_rescue, rescue_by_repaying,
    rescue_by_supplying,
};
pub use search::{Limits, MOST_TRIES, search};
pub use size::{
    Bounds, CLOSE_ALL_BELOW, DUST_VALUE, SMALLEST_LEFT, clamp_step, close_cap, step_value, target,
};

use crate::portfolio::Health;

/// Whether the account can be liquidated: maintenance health strictly below zero.
#[must_use]
pub const fn is_liquidatable(health: &Health) -> bool {
    health.maint < 0
}

/// Whether nothing worth seizing is left: equity, isolated assets included,
/// is at most zero and what could be seized is worth less than `dust`.
#[must_use]
pub const fn is_bankrupt(health: &Health, dust: u64) -> bool {
    let seizable = health.equity.saturating_add(health.uncredited).saturating_add(health.debts);
    health.debts > 0
        && health.equity.saturating_add(health.uncredited) <= 0
        && seizable.unsigned_abs() < dust
}
