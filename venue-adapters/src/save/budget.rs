//! What a call costs the transaction (ruling 15).
//!
//! Entries and depth are counted, and compute units measured, in the recorded
//! run of Save's own build, with one deposit of one reserve. A fifth is added,
//! and for each further position what unpacking and packing a reserve takes.

use super::Action;
pub use crate::venue::budget::Budget;
use crate::venue::budget::count;

/// Calls with a measured budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// [`super::plan::init_obligation`].
    InitObligation,
    /// [`super::plan::refresh_reserve`].
    RefreshReserve,
    /// [`super::plan::refresh_obligation`].
    RefreshObligation {
        /// Deposits and debts of the obligation.
        positions: u8,
    },
    /// One of the four actions.
    Act {
        /// Which.
        action: Action,
        /// Deposits of the obligation before it.
        deposits: u8,
        /// The reserve takes a borrow fee.
        fee: bool,
    },
}

/// Units for a position beyond the first.
const EACH: u32 = 33_000;

/// The budget of a call.
#[must_use]
pub const fn of(kind: Kind) -> Budget {
    match kind {
        Kind::InitObligation => budget(1, 1, 4_800),
        Kind::RefreshReserve => budget(1, 1, 17_100),
        Kind::RefreshObligation { positions } => budget(1, 1, beyond(32_500, positions)),
        Kind::Act { action: Action::Supply, .. } => budget(4, 2, 37_200),
        Kind::Act { action: Action::Redeem, deposits, .. } => {
            budget(4, 2, beyond(89_500, deposits))
        }
        Kind::Act { action: Action::Borrow, deposits, fee } => {
            budget(if fee { 3 } else { 2 }, 2, beyond(57_800, deposits))
        }
        Kind::Act { action: Action::Repay, .. } => budget(2, 2, 38_400),
    }
}

/// Measured units with a fifth on top.
const fn budget(entries: u32, depth: u32, units: u32) -> Budget {
    Budget { entries, depth, compute_units: units.saturating_mul(6) / 5 }
}

const fn beyond(first: u32, positions: u8) -> u32 {
    first.saturating_add(EACH.saturating_mul(count(positions).saturating_sub(1)))
}
