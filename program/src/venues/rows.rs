//! A venue's report as a market row.
//!
//! A row believes an index that moves as its terms allow. One that falls, or
//! rises faster than the highest rate, makes the row suspect for an hour: no
//! new risk, and deposits count at the lower of what was and what is.

use super::kamino;
use crate::Result;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::state::{MarketRow, MarketStatus, VenueKind, Wide};
use trestle_interface::view::Now;
use trestle_risk_math::num::{Weight, mul_shift_ceil};

use trestle_risk_math::index::Index;

/// How long a row stays suspect after the last odd move, seconds.
const SUSPICION_SECONDS: i64 = 3_600;
/// Moves below this are never odd: 2^-20 of the index.
const SLACK_BITS: u32 = 20;

/// Writes the row of a lending market from the venue's accounts.
pub(crate) fn write_row(
    venue: VenueKind,
    row: &mut MarketRow,
    reserve: &AccountInfo,
    parent: &AccountInfo,
    liquid_share: Weight,
    now: Now,
) -> Result<()> {
    match venue {
        VenueKind::Kamino => kamino::write_row(row, reserve, parent, liquid_share, now),
        VenueKind::Native => Err(TrestleError::WrongMarketKind),
    }
}

/// Stores new indices and the status that follows. `reduce_only` is what the
/// venue's own switches say; the bound of growth and the slack of the
/// projection are the report's.
pub(super) fn store_indices(
    row: &mut MarketRow,
    deposit: Index,
    debt: Index,
    (growth_bound, projection_slack): (u64, u64),
    reduce_only: bool,
    now: Now,
) {
    let first = row.slot == 0;
    if !first && is_odd(row, deposit, debt, growth_bound, now) {
        let trusted = if row.suspect_until > now.unix { row.safe_index } else { row.deposit_index };
        row.safe_index = Wide::new(trusted.get().min(deposit.q64()));
        row.suspect_until = now.unix.saturating_add(SUSPICION_SECONDS);
    } else if row.suspect_until > now.unix {
        row.safe_index = Wide::new(row.safe_index.get().min(deposit.q64()));
    }
    let status = if row.suspect_until > now.unix {
        MarketStatus::Suspect
    } else if reduce_only {
        MarketStatus::ReduceOnly
    } else {
        MarketStatus::Active
    };
    row.status = status.byte();
    row.deposit_index = Wide::new(deposit.q64());
    row.debt_index = Wide::new(debt.q64());
    row.growth_bound = growth_bound;
    row.projection_slack = projection_slack;
    row.slot = now.slot;
    row.time = now.unix;
}

fn is_odd(row: &MarketRow, deposit: Index, debt: Index, growth_bound: u64, now: Now) -> bool {
    let slots = now.slot.saturating_sub(row.slot).saturating_add(1);
    let bound = row.growth_bound.max(growth_bound);
    let simple = u128::from(bound).saturating_mul(u128::from(slots));
    // compounded: exp(x) - 1 <= x + x^2 up to x = 1.7
    let compound = mul_shift_ceil(simple, simple, 64).unwrap_or(u128::MAX);
    let growth = simple.saturating_add(compound);
    let projection = u128::from(row.projection_slack);
    moves_oddly(row.deposit_index.get(), deposit.q64(), growth, projection)
        || moves_oddly(row.debt_index.get(), debt.q64(), growth, projection)
}

/// Whether an index fell, or rose by more than `growth` (Q64) of itself, beyond
/// what its last `projection` (Q64) left open.
fn moves_oddly(old: u128, new: u128, growth: u128, projection: u128) -> bool {
    let open = mul_shift_ceil(old, projection, 64).unwrap_or(0);
    let slack = (old >> SLACK_BITS).saturating_add(open);
    let most = mul_shift_ceil(old, growth, 64).unwrap_or(u128::MAX);
    new < old.saturating_sub(slack) || new > old.saturating_add(most).saturating_add(slack)
}
