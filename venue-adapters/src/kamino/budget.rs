//! What a call costs the transaction (ruling 15).
//!
//! Entries and depth are counted in the recorded run of release 1.16. Compute
//! units were measured there on a build by a stock compiler; klend's own
//! mainnet builds took 1.7 times as many where both could be measured, and
//! that is what stands here. A price that fails its checks and logs costs more.

use super::Action;
pub use crate::venue::budget::Budget;
use crate::venue::budget::count;

/// Calls with a measured budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// [`super::plan::init_user_metadata`].
    InitUserMetadata,
    /// [`super::plan::init_obligation`].
    InitObligation,
    /// [`super::plan::refresh_reserves`] or [`super::plan::refresh_reserves_with_prices`].
    RefreshReserves {
        /// Reserves of the batch.
        reserves: u8,
        /// With prices.
        prices: bool,
    },
    /// [`super::plan::refresh_obligation`].
    RefreshObligation {
        /// Deposits and debts of the obligation.
        positions: u8,
    },
    /// One of the four actions.
    Act {
        /// Which.
        action: Action,
        /// The reserve has a farm on the action's side.
        farm: bool,
        /// The reserve takes an origination fee.
        fee: bool,
    },
}

/// The budget of a call.
#[must_use]
pub const fn of(kind: Kind) -> Budget {
    match kind {
        // an account with lamports is created by three calls instead of one
        Kind::InitUserMetadata => budget(4, 2, 6_700),
        Kind::InitObligation => budget(4, 2, 12_700),
        Kind::RefreshReserves { reserves, prices } => {
            let each: u32 = if prices { 14_000 } else { 7_100 };
            budget(1, 1, each.saturating_mul(count(reserves)))
        }
        Kind::RefreshObligation { positions } => {
            budget(1, 1, 9_500_u32.saturating_mul(count(positions)).saturating_add(2_900))
        }
        Kind::Act { action, farm, fee } => {
            let (entries, units): (u32, u32) = match action {
                Action::Supply => (3, 39_000),
                Action::Redeem => (3, 28_000),
                Action::Borrow => (if fee { 3 } else { 2 }, 29_000),
                Action::Repay => (2, 20_500),
            };
            if farm {
                budget(entries.saturating_add(1), 2, units.saturating_add(10_500))
            } else {
                budget(entries, 2, units)
            }
        }
    }
}

/// Stock compute units as klend's own compiler would need them.
const fn budget(entries: u32, depth: u32, stock_units: u32) -> Budget {
    Budget { entries, depth, compute_units: stock_units.saturating_mul(17) / 10 }
}
