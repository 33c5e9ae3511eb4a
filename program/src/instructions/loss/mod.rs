//! Accounts that owe more than they have: flagged, marked at the pools they
//! owe, and settled (risk model 3.8, ruling 10).
//!
//! Both instructions are open to everyone, pay nobody, and rest on what a
//! liquidation may rest on: fresh prices published close together. Who sends
//! them cannot choose who bears what.

mod flag;
mod settle;

pub(crate) use flag::flag_unhealthy;
pub(crate) use settle::settle_bad_debt;

use crate::Result;
use crate::accounts::Context;
use crate::slab::Place;
use trestle_interface::TrestleError;
use trestle_interface::state::{MarketRow, PositionKind, VenueAccount};
use trestle_interface::view::{is_insolvent, seizable};
use trestle_risk_math::portfolio::Health;

/// Health on data that a liquidation may rest on.
fn fresh_health(context: &Context<'_, '_>) -> Result<Health> {
    let health = context.health(context.margin.positions())?;
    if context.is_fresh(&health) { Ok(health) } else { Err(TrestleError::LiquidationStale) }
}

/// The account owes a pool and has nothing left to seize, on prices published
/// after its last act that raised risk (ruling 4).
fn expect_bankrupt(context: &Context<'_, '_>, health: &Health) -> Result<()> {
    let acted = context.margin.fixed.last_risk_time;
    if health.oldest <= acted || context.now.unix <= acted {
        return Err(TrestleError::CoolOff);
    }
    // what a venue account holds beyond the board's listing has no known worth
    let unknown = |account: &VenueAccount| account.has(VenueAccount::UNKNOWN);
    if context.margin.fixed.venue_accounts.iter().any(unknown) {
        return Err(TrestleError::VenueUnknown);
    }
    let left = seizable(context.margin.positions(), context.venues(), &context.board())?;
    if is_insolvent(health, left) { Ok(()) } else { Err(TrestleError::NotBankrupt) }
}

/// Where the account's position of a kind at a pool's market stands.
const fn place_at(row: &MarketRow, market: u16, kind: PositionKind) -> Place {
    Place { asset: row.asset, class: row.class, market, kind, bump: 0 }
}
