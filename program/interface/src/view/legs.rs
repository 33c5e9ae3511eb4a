//! Positions as legs: units times the row's index, aged.

use super::{Now, Venues};
use crate::state::{MarketRow, MarketStatus, MarketsPage, Position, PositionKind, VenueAccount};
use trestle_risk_math::guard::AgeLimits;
use trestle_risk_math::index::{Index, grown_debt};
use trestle_risk_math::num::{Weight, high64, low64};
use trestle_risk_math::portfolio::{Details, Leg, Legs, Side};
use trestle_risk_math::price::Price;
use trestle_risk_math::{MathError, Result};

/// The legs of an account, in the order of its slab.
#[derive(Clone, Copy)]
pub struct Slab<'a> {
    positions: &'a [Position],
    venues: Venues<'a>,
    markets: &'a MarketsPage,
    now: Now,
}

impl<'a> Slab<'a> {
    /// Legs of `positions` on a board.
    #[must_use]
    #[inline(always)]
    pub const fn new(
        positions: &'a [Position],
        venues: Venues<'a>,
        markets: &'a MarketsPage,
        now: Now,
    ) -> Self {
        Self { positions, venues, markets, now }
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

    /// A leg at a lending venue; of any other kind an error. It is special where the venue account owes
    /// something, since the venue may then liquidate it, or where data is old.
    ///
    /// Returned, not written through a reference, and off the path of other
    /// kinds: their legs then stay in registers, which saves 12 CU a leg.
    #[cold]
    #[inline(never)]
    fn venue_leg(&self, position: &Position) -> Result<Leg> {
        let owed = position.kind == PositionKind::VenueDebt.byte();
        if !owed && position.kind != PositionKind::VenueDeposit.byte() {
            return Err(MathError::UnknownKind);
        }
        let row = self.row(position)?;
        let mut leg = plain(position);
        let account =
            self.venues.account(position.venue_account).ok_or(MathError::UnknownMarket)?;
        let read = self.venues.row(position.market);
        let slots = if read.is_some() { 0 } else { self.slots_since(row) };
        if owed {
            let index = match read {
                Some(read) => read.debt_index,
                None => Index::new(row.debt_index.get())?,
            };
            let owed = index.owed_ceil(position.units.get())?;
            leg.amount = grown_debt(owed, row.growth_bound, slots)?;
            leg.side = Side::Debt;
        } else {
            let mut index = match read {
                Some(read) => read.deposit_index,
                None => Index::new(row.deposit_index.get())?,
            };
            if row.status == MarketStatus::Suspect.byte() {
                index = index.min(Index::new(row.safe_index.get())?);
            }
            leg.amount = index.tokens_floor(whole_units(position)?)?;
            leg.liquid = row.liquid;
        }
        leg.special = account.flags != 0 || slots > u64::from(row.age_init);
        Ok(leg)
    }

    /// What the venue would do to a leg, and how old what is known of it is.
    fn venue_details(&self, position: &Position, row: &MarketRow) -> Result<Details> {
        let place = position.venue_account;
        let account = self.venues.account(place).ok_or(MathError::UnknownMarket)?;
        let owed = position.kind == PositionKind::VenueDebt.byte();
        let (owes, read) = (account.has(VenueAccount::OWES), self.venues.is_read(place));
        let row_age =
            if self.venues.row(position.market).is_some() { 0 } else { self.slots_since(row) };
        // without a debt nobody but the account itself can change the units
        let units_age = if owes && !read { self.now.slot.wrapping_sub(account.slot) } else { 0 };
        let mut details = aged(row, row_age.max(units_age), owed);
        if !owes {
            return Ok(details);
        }
        details.account = place;
        details.unread = !read;
        details.venue_weight = venue_weight(account, row, owed);
        if row.venue_price_mantissa != 0 {
            details.venue_price =
                Some(Price::new(row.venue_price_mantissa, row.venue_price_shift)?);
        }
        Ok(details)
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
        let mut leg = plain(position);
        match PositionKind::from_byte(position.kind) {
            Some(PositionKind::Custody) => leg.amount = whole_units(position)?,
            Some(PositionKind::PoolDeposit) => {
                // rounded down
                let row = self.row(position)?;
                let units = whole_units(position)?;
                leg.amount = Index::new(row.deposit_index.get())?.tokens_floor(units)?;
                leg.liquid = row.liquid;
                leg.special = self.slots_since(row) > u64::from(row.age_init);
            }
            Some(PositionKind::PoolDebt) => {
                // rounded up, and grown at the row's bound for every slot since its refresh
                let row = self.row(position)?;
                let slots = self.slots_since(row);
                let units = whole_units(position)?;
                let owed = Index::new(row.debt_index.get())?.tokens_ceil(units)?;
                leg.amount = grown_debt(owed, row.growth_bound, slots)?;
                leg.side = Side::Debt;
                leg.special = slots > u64::from(row.age_init);
            }
            // others are refused there
            _ => return self.venue_leg(position),
        }
        Ok(leg)
    }

    fn details(&self, index: usize) -> Result<Details> {
        let position = self.positions.get(index).ok_or(MathError::Range)?;
        if position.kind == PositionKind::Custody.byte() {
            return Ok(Details::NONE);
        }
        let row = self.row(position)?;
        match PositionKind::from_byte(position.kind) {
            Some(PositionKind::VenueDeposit | PositionKind::VenueDebt) => {
                self.venue_details(position, row)
            }
            kind => Ok(aged(row, self.slots_since(row), kind == Some(PositionKind::PoolDebt))),
        }
    }
}

/// The venue's weight of a leg of an account: its borrow factor of a debt, its
/// liquidation threshold of collateral. Q16.
#[must_use]
pub const fn venue_weight(account: &VenueAccount, row: &MarketRow, owed: bool) -> Weight {
    if account.has(VenueAccount::FORCED) && !owed {
        Weight::ZERO // as good as liquidated: no limit at all
    } else if account.group != 0 {
        if owed { Weight::ONE } else { Weight::stored(account.group_threshold) }
    } else {
        Weight::stored(if owed { row.venue_borrow_factor } else { row.venue_threshold })
    }
}

/// An asset's leg, as long as nothing more is known of it.
#[inline(always)]
const fn plain(position: &Position) -> Leg {
    Leg {
        asset: position.asset,
        class: position.class,
        side: Side::Asset,
        special: false,
        amount: 0,
        liquid: u64::MAX,
    }
}

/// Details of a leg whose data is `slots` old. A debt does not fade: it has
/// grown at its bound.
fn aged(row: &MarketRow, slots: u64, owed: bool) -> Details {
    let limits = AgeLimits {
        init: row.age_init,
        maint: row.age_maint,
        hard: row.age_hard,
        decay: row.age_decay,
    };
    let (freshness, keep) = limits.at(i64::try_from(slots).unwrap_or(i64::MAX));
    let keep = if owed { Weight::ONE } else { keep };
    Details { freshness, keep, ..Details::NONE }
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
