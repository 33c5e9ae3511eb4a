//! Where a loan costs least.
//!
//! The board's rows tell what each market of an asset asks now. A loan raises
//! the rate that it pays itself, more in a small market: [`Offer::in_pool`] and
//! [`Offer::at_kamino`] work out the rate behind the loan from the market's own
//! account. Rates move on with other people's loans; nothing here is a promise.

use trestle_interface::state::{
    ClassStatus, MarketKind, MarketRow, MarketStatus, MarketsPage, Pool,
};
use trestle_interface::view::Now;
use trestle_risk_math::num::mul_shift_ceil;
use trestle_risk_math::pool::{Apr, growth_q64};
use trestle_risk_math::{MathError, Result};
use trestle_venue_adapters::kamino::KaminoError;
use trestle_venue_adapters::kamino::report::{borrow_apr_after, origination_fee};
use trestle_venue_adapters::kamino::reserve::Reserve;

/// What a market asks for a loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Row on the markets page.
    pub market: u16,
    /// Class of the row; 0 is native.
    pub class: u8,
    /// The loan, native units.
    pub amount: u64,
    /// Rate a year that it pays, rounded up.
    pub apr: Apr,
    /// What is added to the debt at once, native units, rounded up.
    pub fee: u64,
}

/// Offers of all markets that lend `amount` native units of an asset, as the
/// board's rows stand: rates before the loan, fees unknown and taken for none.
/// Left out is what refuses new loans, or has less free than the loan takes.
#[must_use]
pub fn offers(markets: &MarketsPage, asset: u8, amount: u64) -> Vec<Offer> {
    let rows = (0..markets.market_count).filter_map(|id| Some((id, markets.market(id)?)));
    rows.filter(|(_, row)| row.asset == asset && row.free_liquidity >= amount)
        .filter(|(_, row)| lends(markets, row))
        .filter_map(|(market, row)| {
            let apr = Apr::new(row.borrow_apr).ok()?;
            Some(Offer { market, class: row.class, amount, apr, fee: 0 })
        })
        .collect()
}

fn lends(markets: &MarketsPage, row: &MarketRow) -> bool {
    let listed = match MarketKind::from_byte(row.kind) {
        Some(MarketKind::Pool) => true,
        Some(MarketKind::Lending) => row.debt_cap != 0,
        Some(MarketKind::Perp) | None => false,
    };
    let trusted = markets.class(row.class).is_some_and(|c| c.status == ClassStatus::Active.byte());
    listed && trusted && row.status == MarketStatus::Active.byte()
}

impl Offer {
    /// The offer of a native pool with its rate behind the loan.
    ///
    /// # Errors
    /// [`MathError::Range`] when the pool's account breaks its rules or its
    /// debts would exceed its cap, [`MathError::NoLiquidity`].
    pub fn in_pool(self, pool: &Pool, now: Now) -> Result<Self> {
        let terms = pool.terms()?;
        let (mut books, _) = pool.books()?.accrued(&terms, now.unix)?;
        books.borrow(self.amount)?;
        if books.debts()? > pool.debt_cap {
            return Err(MathError::Range);
        }
        Ok(Self { apr: books.rates(&terms)?.0, fee: 0, ..self })
    }

    /// The offer of a reserve at Kamino with its rate behind the loan and the
    /// origination fee, from the reserve's bytes.
    ///
    /// # Errors
    /// [`KaminoError`] when the bytes are no reserve or out of range.
    pub fn at_kamino(self, reserve: &[u8], now: Now) -> core::result::Result<Self, KaminoError> {
        let reserve = Reserve::new(reserve)?;
        let fee = origination_fee(&reserve, self.amount)?;
        Ok(Self { apr: borrow_apr_after(&reserve, now, self.amount)?, fee, ..self })
    }

    /// Interest and fee of holding the loan for `seconds` at this rate, native
    /// units, rounded up; saturates at 2^64 - 1.
    #[must_use]
    pub fn cost(&self, seconds: u64) -> u64 {
        let owed = u128::from(self.amount).saturating_add(u128::from(self.fee));
        let interest = mul_shift_ceil(owed, growth_q64(self.apr, seconds), 64);
        let total = interest.unwrap_or(u128::MAX).saturating_add(u128::from(self.fee));
        u64::try_from(total).unwrap_or(u64::MAX)
    }
}

/// The offer that costs least over `seconds`; the lower row of equal ones.
#[must_use]
pub fn cheapest(offers: &[Offer], seconds: u64) -> Option<Offer> {
    offers.iter().copied().min_by_key(|offer| (offer.cost(seconds), offer.market))
}

#[cfg(test)]
mod tests {
    use super::{Offer, cheapest};
    use trestle_risk_math::pool::{Apr, SECONDS_PER_YEAR};

    fn offer(market: u16, bps: u32, fee: u64) -> Offer {
        let apr = Apr::from_bps(bps).unwrap_or(Apr::MAX);
        Offer { market, class: 0, amount: 1_000_000, apr, fee }
    }

    #[test]
    fn interest_compounds_and_a_fee_pays_it_too() {
        // e^0.05 - 1 = 5.1271 %, of a rate that its 24 bits round down by 6e-8
        assert_eq!(offer(0, 500, 0).cost(SECONDS_PER_YEAR), 51_271);
        assert_eq!(offer(0, 500, 1_000).cost(SECONDS_PER_YEAR), 51_271 + 1_000 + 52);
        assert_eq!(offer(0, 500, 7).cost(0), 7);
        assert_eq!(offer(0, 0, 0).cost(SECONDS_PER_YEAR), 0);
        assert_eq!(offer(0, 1, 0).cost(1), 1, "rounded up");
        let most = Offer { amount: u64::MAX, fee: u64::MAX, apr: Apr::MAX, ..offer(0, 0, 0) };
        assert_eq!(most.cost(u64::MAX), u64::MAX);
    }

    #[test]
    fn a_fee_matters_for_a_short_loan_and_a_rate_for_a_long_one() {
        let offers = [offer(3, 500, 0), offer(7, 400, 1_000)];
        let market = |seconds| cheapest(&offers, seconds).map(|offer| offer.market);
        assert_eq!(market(86_400), Some(3));
        assert_eq!(market(SECONDS_PER_YEAR), Some(7));
        assert_eq!(cheapest(&[], 1), None);
        let same = [offer(9, 500, 0), offer(2, 500, 0)];
        assert_eq!(cheapest(&same, 86_400).map(|offer| offer.market), Some(2));
    }
}
