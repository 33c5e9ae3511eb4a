//! Positions as legs: units times the row's index, aged.

use super::Now;
use crate::state::{MarketRow, MarketsPage, Position, PositionKind};
use trestle_risk_math::guard::AgeLimits;
use trestle_risk_math::index::{Index, grown_debt};
use trestle_risk_math::num::{Weight, high64, low64};
use trestle_risk_math::portfolio::{Details, Leg, Legs, Side};
use trestle_risk_math::{MathError, Result};

/// The legs of an account, in the order of its slab.
#[derive(Clone, Copy)]
pub struct Slab<'a> {
    positions: &'a [Position],
    markets: &'a MarketsPage,
    now: Now,
}

impl<'a> Slab<'a> {
    /// Legs of `positions` on a board.
    #[must_use]
    #[inline(always)]
    pub const fn new(positions: &'a [Position], markets: &'a MarketsPage, now: Now) -> Self {
        Self { positions, markets, now }
    }

    #[inline(always)]
    fn row(&self, position: &Position) -> Result<&'a MarketRow> {
        let row = self.markets.market(position.market).ok_or(MathError::UnknownMarket)?;
        // the copies that the slab sorts by must be the row's own
        if row.asset != position.asset || row.class != position.class {
            return Err(MathError::UnknownMarket);
        }
        Ok(row)
    }

    #[inline(always)]
    fn slots_since(&self, row: &MarketRow) -> u64 {
        // a row from the future, which cannot be, would count as ages old
        self.now.slot.wrapping_sub(row.slot)
    }
}

impl Legs for Slab<'_> {
    #[inline(always)]
    fn count(&self) -> usize {
        self.positions.len()
    }

    #[inline(always)]
    fn leg(&self, index: usize) -> Result<Leg> {
        let position = self.positions.get(index).ok_or(MathError::Range)?;
        let units = whole_units(position)?;
        let (asset, class) = (position.asset, position.class);
        let mut leg = Leg {
            asset,
            class,
            side: Side::Asset,
            special: false,
            amount: units,
            liquid: u64::MAX,
        };
        match PositionKind::from_byte(position.kind) {
            Some(PositionKind::Custody) => {}
            Some(PositionKind::PoolDeposit) => {
                // rounded down
                let row = self.row(position)?;
                leg.amount = Index::new(row.deposit_index.get())?.tokens_floor(units)?;
                leg.liquid = row.liquid;
                leg.special = self.slots_since(row) > u64::from(row.age_init);
            }
            Some(PositionKind::PoolDebt) => {
                // rounded up, and grown at the row's bound for every slot since its refresh
                let row = self.row(position)?;
                let slots = self.slots_since(row);
                let owed = Index::new(row.debt_index.get())?.tokens_ceil(units)?;
                leg.amount = grown_debt(owed, row.growth_bound, slots)?;
                leg.side = Side::Debt;
                leg.special = slots > u64::from(row.age_init);
            }
            _ => return Err(MathError::UnknownKind),
        }
        Ok(leg)
    }

    fn details(&self, index: usize) -> Result<Details> {
        let position = self.positions.get(index).ok_or(MathError::Range)?;
        if position.kind == PositionKind::Custody.byte() {
            return Ok(Details::NONE);
        }
        let row = self.row(position)?;
        let limits = AgeLimits {
            init: row.age_init,
            maint: row.age_maint,
            hard: row.age_hard,
            decay: row.age_decay,
        };
        let age = i64::try_from(self.slots_since(row)).unwrap_or(i64::MAX);
        let (freshness, keep) = limits.at(age);
        let owed = position.kind == PositionKind::PoolDebt.byte();
        // a debt does not fade: it has grown at its bound
        let keep = if owed { Weight::ONE } else { keep };
        Ok(Details { freshness, keep, ..Details::NONE })
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
