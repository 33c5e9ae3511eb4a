//! What a bankrupt account still has that is worth taking (ruling 10).

use super::{Board, Slab, Venues};
use crate::error::TrestleError;
use crate::state::{ClassStatus, MAX_VENUE_ACCOUNTS, Position};
use trestle_risk_math::liquidation::{DUST_VALUE, is_bankrupt};
use trestle_risk_math::portfolio::{Health, Legs, NATIVE_CLASS, Side};
use trestle_risk_math::price::MAX_LEG_VALUE;

/// Value that a creditor of the native pools could still seize, micro-USD,
/// rounded down.
///
/// Unlike health it counts everything at its full price: isolated assets,
/// assets whose price is old, claims on frozen classes. An age that fades an
/// asset does not make it worthless, and its owner could take it once the debt
/// were gone. A venue account counts what its deposits exceed its debts by,
/// nothing below zero: the venue holds the deposits against them. Claims on a
/// defaulted class count nothing.
///
/// # Errors
/// [`TrestleError`]: an unknown row, a missing price, a value out of bounds.
pub fn seizable(
    positions: &[Position],
    venues: Venues<'_>,
    board: &Board<'_>,
) -> Result<u64, TrestleError> {
    let legs = Slab::new(positions, venues, board.markets, board.now);
    let mut native = 0_u64;
    let mut accounts = [0_i64; MAX_VENUE_ACCOUNTS];
    for (index, position) in positions.iter().enumerate() {
        let leg = legs.leg(index)?;
        if leg.class == NATIVE_CLASS && leg.side == Side::Debt {
            continue;
        }
        let row = board.prices.asset(leg.asset).ok_or(TrestleError::UnknownRow)?;
        let price = row.price().map_err(|_| TrestleError::NoPrice)?;
        // 64 values of 2^53 at most: no sum below overflows
        let value = match leg.side {
            Side::Asset => price.asset_value(leg.amount).unwrap_or(MAX_LEG_VALUE),
            Side::Debt => price.debt_value(leg.amount).unwrap_or(MAX_LEG_VALUE),
        };
        if leg.class == NATIVE_CLASS {
            native = native.saturating_add(value);
            continue;
        }
        let class = board.markets.class(leg.class).ok_or(TrestleError::UnknownRow)?;
        let value = match leg.side {
            Side::Debt => value.cast_signed().saturating_neg(),
            Side::Asset if class.status == ClassStatus::Defaulted.byte() => 0,
            Side::Asset => value.cast_signed(),
        };
        let account = accounts.get_mut(usize::from(position.venue_account));
        let account = account.ok_or(TrestleError::Corrupt)?;
        *account = account.saturating_add(value);
    }
    let claims = accounts.iter().map(|net| net.max(&0).unsigned_abs());
    Ok(claims.fold(native, u64::saturating_add))
}

/// Whether the account's native debts can no longer be repaid: what could be
/// seized is worth less than [`DUST_VALUE`], and no more than they are.
#[must_use]
pub fn is_insolvent(health: &Health, seizable: u64) -> bool {
    let seizable = i64::try_from(seizable).unwrap_or(i64::MAX);
    let debts = health.native_debts;
    let owed = Health { debts, equity: seizable.saturating_sub(debts), ..Health::default() };
    is_bankrupt(&owed, DUST_VALUE)
}
