//! Positions as legs: units times the row's index, aged.

use super::Now;
use crate::state::{MarketRow, MarketsPage, Position, PositionKind};
use trestle_risk_math::guard::AgeLimits;
use trestle_risk_math::index::{Index, grown_debt};
use trestle_risk_math::num::{Weight, high64, low64};
use trestle_risk_math::portfolio::{Leg, Side};
use trestle_risk_math::{MathError, Result};

/// The legs of an account, in the order of its slab.
#[derive(Clone)]
pub struct Legs<'a> {
    positions: core::slice::Iter<'a, Position>,
    markets: &'a MarketsPage,
    now: Now,
}

impl<'a> Legs<'a> {
    /// Legs of `positions` on a board.
    #[must_use]
    pub fn new(positions: &'a [Position], markets: &'a MarketsPage, now: Now) -> Self {
        Self { positions: positions.iter(), markets, now }
    }
}

impl Iterator for Legs<'_> {
    type Item = Result<Leg>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        self.positions.next().map(|position| leg(position, self.markets, self.now))
    }
}

/// One position as a leg.
#[inline(always)]
fn leg(position: &Position, markets: &MarketsPage, now: Now) -> Result<Leg> {
    let units = whole_units(position)?;
    let kind = PositionKind::from_byte(position.kind).ok_or(MathError::UnknownKind)?;
    if kind == PositionKind::Custody {
        return Ok(Leg::native(position.asset, Side::Asset, units, u64::MAX));
    }
    let row = markets.market(position.market).ok_or(MathError::UnknownMarket)?;
    if row.asset != position.asset || row.class != position.class {
        return Err(MathError::UnknownMarket);
    }
    match kind {
        PositionKind::PoolDeposit => deposit(position, row, units, now),
        PositionKind::PoolDebt => debt(position, row, units, now),
        _ => Err(MathError::UnknownKind),
    }
}

/// Units of pools and custody fill the low word only.
#[inline(always)]
fn whole_units(position: &Position) -> Result<u64> {
    let units = position.units.get();
    if high64(units) != 0 {
        return Err(MathError::Range);
    }
    Ok(low64(units))
}

/// Tokens rounded down; a dead row's deposit fades.
#[inline(always)]
fn deposit(position: &Position, row: &MarketRow, units: u64, now: Now) -> Result<Leg> {
    let index = Index::new(row.deposit_index.get())?;
    let mut leg = Leg::native(position.asset, Side::Asset, index.tokens_floor(units)?, row.liquid);
    leg.class = row.class;
    let slots = now.slot.saturating_sub(row.slot);
    if slots > u64::from(row.age_init) {
        age(&mut leg, row, slots);
    }
    Ok(leg)
}

/// Tokens rounded up, grown at the row's bound for every slot since its refresh.
#[inline(always)]
fn debt(position: &Position, row: &MarketRow, units: u64, now: Now) -> Result<Leg> {
    let index = Index::new(row.debt_index.get())?;
    let slots = now.slot.saturating_sub(row.slot);
    let owed = grown_debt(index.tokens_ceil(units)?, row.growth_bound, slots)?;
    let mut leg = Leg::native(position.asset, Side::Debt, owed, u64::MAX);
    leg.class = row.class;
    if slots > u64::from(row.age_init) {
        age(&mut leg, row, slots);
        leg.keep = Weight::ONE;
    }
    Ok(leg)
}

#[inline(never)]
fn age(leg: &mut Leg, row: &MarketRow, slots: u64) {
    let limits = AgeLimits {
        init: row.age_init,
        maint: row.age_maint,
        hard: row.age_hard,
        decay: row.age_decay,
    };
    let (freshness, keep) = limits.at(i64::try_from(slots).unwrap_or(i64::MAX));
    leg.freshness = freshness;
    leg.keep = keep;
}
