//! The board as tables of the risk engine.

use super::Now;
use crate::error::TrestleError;
use crate::state::{
    AssetRow, ClassRow, ClassStatus, GroupRow, MarketsPage, Position, PricesPage, Tier,
};
use trestle_risk_math::guard::{AgeLimits, aged_confidence, fading};
use trestle_risk_math::liquidation::IncentiveTerms;
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::portfolio::{
    Asset, ClassTerms, Depth, FactorTerms, Freshness, GroupTerms, MAX_FACTORS, Shock, Tables,
};
use trestle_risk_math::price::Price;
use trestle_risk_math::{MathError, Result};

/// Time over which a frozen class's claims decay at maintenance, seconds.
pub const FREEZE_DECAY_SECONDS: u64 = 86_400;

/// Both pages at a moment.
#[derive(Clone, Copy)]
pub struct Board<'a> {
    /// Prices page.
    pub prices: &'a PricesPage,
    /// Markets page.
    pub markets: &'a MarketsPage,
    /// Now.
    pub now: Now,
}

impl Board<'_> {
    /// A math error in the program's words: an asset without a price is told
    /// apart from an asset that does not exist.
    #[must_use]
    #[cold]
    pub fn explain(&self, error: MathError, positions: &[Position]) -> TrestleError {
        let unpriced =
            |p: &Position| self.prices.asset(p.asset).is_some_and(|a| a.price_mantissa == 0);
        if error == MathError::Range && positions.iter().any(unpriced) {
            return TrestleError::NoPrice;
        }
        error.into()
    }
}

impl GroupRow {
    /// As terms of the engine.
    #[must_use]
    #[inline(always)]
    pub fn terms(&self) -> GroupTerms {
        GroupTerms {
            lambda: self.lambda.pair(),
            split: self.split.pair(),
            confidence: self.confidence.pair(),
            confidence_max: Weight::stored(self.confidence_max),
            gap_max: Weight::stored(self.gap_max),
            illiquid: self.illiquid.pair(),
            unsettled: Weight::stored(self.unsettled),
            stress_floor: self.stress_floor.pair(),
            target: Weight::stored(self.target),
            target_min: self.target_min,
        }
    }

    /// Terms of the incentive on a collateral whose own largest is `max`.
    #[must_use]
    #[inline(always)]
    pub fn incentives(&self, max: Weight) -> IncentiveTerms {
        IncentiveTerms {
            start: Weight::clamped(self.incentive_start),
            max,
            per_shortfall: Weight::clamped(self.incentive_slope),
            ramp_slots: self.incentive_slots,
            insurance_share: Weight::clamped(self.insurance_share),
        }
    }
}

impl AssetRow {
    /// The price.
    ///
    /// # Errors
    /// [`MathError::Range`] before the first one.
    #[inline(always)]
    pub fn price(&self) -> Result<Price> {
        Price::new(self.price_mantissa, self.price_shift)
    }

    /// Whether the asset is in the isolated tier. An unknown tier counts as isolated.
    #[must_use]
    #[inline(always)]
    pub const fn is_isolated(&self) -> bool {
        self.tier != Tier::Standard.byte()
    }
}

/// An asset row at a moment. What a check needs once is computed when it is
/// opened; the rest is read from the row.
#[derive(Clone, Copy)]
pub struct AssetView<'a> {
    row: &'a AssetRow,
    markets: &'a MarketsPage,
    price: Price,
    confidence: Weight,
    freshness: Freshness,
    keep: Weight,
}

impl<'a> AssetView<'a> {
    #[inline(always)]
    fn new(row: &'a AssetRow, markets: &'a MarketsPage, now: Now) -> Result<Self> {
        let age = now.unix.wrapping_sub(row.published); // both are Unix times
        let ages = AgeLimits {
            init: row.age_init,
            maint: row.age_maint,
            hard: row.age_hard,
            decay: row.age_decay,
        };
        let (freshness, keep) = ages.at(age);
        let confidence = aged_confidence(
            Weight::stored(row.confidence),
            Weight::stored(row.confidence_growth),
            age,
            Weight::stored(markets.terms.confidence_max),
        );
        let price = row.price()?;
        Ok(Self { row, markets, price, confidence, freshness, keep })
    }
}

impl Asset for AssetView<'_> {
    #[inline(always)]
    fn price(&self) -> Price {
        self.price
    }
    #[inline(always)]
    fn factor(&self) -> u8 {
        self.row.factor
    }
    #[inline(always)]
    fn source(&self) -> u8 {
        self.row.source
    }
    #[inline(always)]
    fn issuer(&self) -> u8 {
        self.row.issuer
    }
    #[inline(always)]
    fn isolated(&self) -> bool {
        self.row.is_isolated()
    }
    #[inline(always)]
    fn basis(&self) -> Pair<Weight> {
        self.row.basis.pair()
    }
    #[inline(always)]
    fn confidence(&self) -> Weight {
        self.confidence
    }
    #[inline(always)]
    fn gap(&self) -> Weight {
        Weight::stored(self.row.gap)
    }
    #[inline(always)]
    fn rate_confidence(&self) -> Weight {
        Weight::stored(self.row.rate_confidence).min(Weight::stored(self.row.rate_confidence_max))
    }
    #[inline(always)]
    fn jump(&self) -> Pair<Weight> {
        let issuer = self.markets.issuers.get(usize::from(self.row.issuer));
        issuer.map_or(Pair::both(Weight::ZERO), |issuer| issuer.jump.pair())
    }
    #[inline(always)]
    fn depth(&self) -> Depth {
        Depth { size_shr16: self.row.depth_shr16, slope: Weight::stored(self.row.slope) }
    }
    #[inline(always)]
    fn credit_scale(&self) -> Weight {
        Weight::stored(self.row.credit_scale)
    }
    #[inline(always)]
    fn debt_scale(&self) -> Weight {
        Weight::stored(self.row.debt_scale)
    }
    #[inline(always)]
    fn freshness(&self) -> Freshness {
        self.freshness
    }
    #[inline(always)]
    fn keep(&self) -> Weight {
        self.keep
    }
    #[inline(always)]
    fn published(&self) -> i64 {
        self.row.published
    }
}

impl ClassRow {
    /// As terms of the engine at a moment.
    #[must_use]
    #[inline(always)]
    pub fn terms(&self, now: Now) -> ClassTerms {
        let mut terms = ClassTerms {
            haircut: self.haircut.pair(),
            penalty: Weight::stored(self.penalty),
            shock: Weight::stored(self.shock),
            loop_shock: Weight::stored(self.loop_shock),
            keep: Weight::ONE,
            frozen: false,
        };
        if self.status >= ClassStatus::Frozen.byte() {
            self.freeze(&mut terms, now);
        }
        terms
    }

    /// Frozen: nothing for initial health, and a linear decay once confirmed.
    /// Defaulted: nothing at all.
    #[inline(never)]
    fn freeze(&self, terms: &mut ClassTerms, now: Now) {
        // an unknown status is the most careful one
        if ClassStatus::from_byte(self.status) != Some(ClassStatus::Frozen) {
            terms.frozen = true;
            terms.keep = Weight::ZERO;
            return;
        }
        let lapsed = self.freeze_lapse != 0 && now.unix >= self.freeze_lapse;
        if lapsed {
            return;
        }
        terms.frozen = true;
        if self.decay_start != 0 && now.unix > self.decay_start {
            let elapsed = now.unix.saturating_sub(self.decay_start).unsigned_abs();
            terms.keep = fading(elapsed, FREEZE_DECAY_SECONDS);
        }
    }
}

impl<'p> Tables for Board<'p> {
    type Asset<'a>
        = AssetView<'a>
    where
        Self: 'a;

    #[inline(always)]
    fn group(&self) -> GroupTerms {
        let mut terms = self.markets.terms.terms();
        if self.markets.scenario_count == 0 {
            // no scenarios to trust: the additive worst case alone
            terms.lambda = Pair::both(Weight::ONE);
        }
        terms
    }

    #[inline(always)]
    fn asset(&self, id: u8) -> Result<AssetView<'p>> {
        let row = self.prices.asset(id).ok_or(MathError::UnknownAsset)?;
        AssetView::new(row, self.markets, self.now)
    }

    #[inline(always)]
    fn factor(&self, id: u8) -> Result<FactorTerms> {
        let row = self.markets.factor(id).ok_or(MathError::UnknownFactor)?;
        Ok(FactorTerms { down: row.down.pair(), up: row.up.pair(), offset: row.offset.pair() })
    }

    #[inline(always)]
    fn scenarios(&self) -> &[[Shock; MAX_FACTORS]] {
        let count = usize::from(self.markets.scenario_count);
        self.markets.scenarios.get(..count).unwrap_or(&[])
    }

    #[inline(always)]
    fn class(&self, id: u8) -> Result<ClassTerms> {
        let row = self.markets.class(id).ok_or(MathError::UnknownClass)?;
        Ok(row.terms(self.now))
    }
}
