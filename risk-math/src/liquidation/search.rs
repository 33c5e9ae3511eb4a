//! What a step may leave behind, and the search for one that does (ruling 9).
//!
//! The closed form is of the tangent at the start. Where legs hedge each other
//! health can fall again further on, and a venue's stress is no part of the
//! slope at all. So a step is judged on the account as it would be, before
//! anything moves, and halved a few times where it does not pass.

use super::size::{Bounds, clamp_step};
use crate::num::Weight;
use crate::portfolio::Health;
use crate::price::Usd;

/// Most steps that one search judges: the first, and four halvings.
pub const MOST_TRIES: u32 = 5;

/// What one step may cost and reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most equity that the account may lose, micro-USD.
    pub budget: Usd,
    /// Liquidation-end health that the step must not exceed, micro-USD.
    pub ceiling: Usd,
    /// The debt is closed whole, which may exceed it.
    pub closes: bool,
}

impl Limits {
    /// P13: healthier at maintenance, equity down by no more than the budget,
    /// liquidation-end health not beyond the target.
    #[must_use]
    pub const fn allow(&self, before: &Health, after: &Health) -> bool {
        let healthier = after.maint > before.maint;
        let affordable = after.equity >= before.equity.saturating_sub(self.budget);
        let not_beyond = after.liqend <= self.ceiling || self.closes;
        healthier && affordable && not_beyond
    }
}

/// The first step that `passes`, micro-USD: `wanted` within its bounds, or a
/// half of it, a quarter and so on. `None` where none does within
/// [`MOST_TRIES`]. A smaller step never takes more than the first would.
///
/// # Errors
/// Those of `passes`.
pub fn search<E>(
    wanted: u64,
    incentive: Weight,
    bounds: &Bounds,
    mut passes: impl FnMut(u64) -> Result<bool, E>,
) -> Result<Option<u64>, E> {
    let mut last = None;
    for halvings in 0..MOST_TRIES {
        let step = clamp_step(wanted >> halvings, incentive, bounds);
        if last == Some(step) {
            continue;
        }
        last = Some(step);
        if passes(step)? {
            return Ok(Some(step));
        }
    }
    Ok(None)
}
