//! The board as tables of the risk engine.

use crate::error::TrestleError;
use crate::state::{
    AssetRow, ClassRow, ClassStatus, GroupRow, MarketsPage, Position, PricesPage, Tier,
};
use trestle_risk_math::guard::{AgeLimits, aged_confidence, fading};
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::portfolio::{
    AssetTerms, ClassTerms, Depth, FactorTerms, GroupTerms, Tables,
};
use trestle_risk_math::price::Price;
use trestle_risk_math::{MathError, Result};

/// The chain's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Slot.
    pub slot: u64,
    /// Unix time, seconds.
    pub unix: i64,
}

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
            confidence_max: Weight::clamped(self.confidence_max),
            gap_max: Weight::clamped(self.gap_max),
            illiquid: self.illiquid.pair(),
            unsettled: Weight::clamped(self.unsettled),
            stress_floor: self.stress_floor.pair(),
            target: Weight::clamped(self.target),
            target_min: self.target_min,
        }
    }
}

impl AssetRow {
    /// As terms of the engine at a moment, with the confidence and gap of its
    /// source and the jump of its issuer.
    ///
    /// # Errors
    /// [`MathError::Range`] when the asset has never had a price.
    #[inline(always)]
    pub fn terms(
        &self,
        confidence_max: Weight,
        jump: Pair<Weight>,
        now: Now,
    ) -> Result<AssetTerms> {
        let age = now.unix.saturating_sub(self.published);
        let ages = AgeLimits {
            init: self.age_init,
            maint: self.age_maint,
            hard: self.age_hard,
            decay: self.age_decay,
        };
        let (freshness, keep) = ages.at(age);
        Ok(AssetTerms {
            price: Price::new(self.price_mantissa, self.price_shift)?,
            factor: self.factor,
            source: self.source,
            issuer: self.issuer,
            isolated: self.is_isolated(),
            basis: self.basis.pair(),
            confidence: aged_confidence(
                Weight::clamped(self.confidence),
                Weight::clamped(self.confidence_growth),
                age,
                confidence_max,
            ),
            gap: Weight::clamped(self.gap),
            rate_confidence: Weight::clamped(self.rate_confidence)
                .min(Weight::clamped(self.rate_confidence_max)),
            jump,
            depth: Depth { size_shr16: self.depth_shr16, slope: Weight::clamped(self.slope) },
            credit_scale: Weight::clamped(self.credit_scale),
            debt_scale: Weight::clamped(self.debt_scale),
            freshness,
            keep,
            published: self.published,
        })
    }

    /// Whether the asset is in the isolated tier. An unknown tier counts as isolated.
    #[must_use]
    #[inline(always)]
    pub const fn is_isolated(&self) -> bool {
        self.tier != Tier::Standard.byte()
    }
}

impl ClassRow {
    /// As terms of the engine at a moment.
    #[must_use]
    #[inline(always)]
    pub fn terms(&self, now: Now) -> ClassTerms {
        let mut terms = ClassTerms {
            haircut: self.haircut.pair(),
            penalty: Weight::clamped(self.penalty),
            shock: Weight::clamped(self.shock),
            loop_shock: Weight::clamped(self.loop_shock),
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

impl Tables for Board<'_> {
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
    fn asset(&self, id: u8) -> Result<AssetTerms> {
        let row = self.prices.asset(id).ok_or(MathError::UnknownAsset)?;
        let jump = if row.issuer == 0 {
            Pair::both(Weight::ZERO)
        } else {
            let issuer = self.markets.issuers.get(usize::from(row.issuer));
            issuer.ok_or(MathError::UnknownAsset)?.jump.pair()
        };
        row.terms(Weight::clamped(self.markets.terms.confidence_max), jump, self.now)
    }

    #[inline(always)]
    fn factor(&self, id: u8) -> Result<FactorTerms<'_>> {
        let row = self.markets.factor(id).ok_or(MathError::UnknownFactor)?;
        let count = usize::from(self.markets.scenario_count);
        Ok(FactorTerms {
            down: row.down.pair(),
            up: row.up.pair(),
            offset: row.offset.pair(),
            shocks: Pair::new(
                row.shocks_maint.get(..count).unwrap_or(&row.shocks_maint),
                row.shocks_init.get(..count).unwrap_or(&row.shocks_init),
            ),
        })
    }

    #[inline(always)]
    fn class(&self, id: u8) -> Result<ClassTerms> {
        let row = self.markets.class(id).ok_or(MathError::UnknownClass)?;
        Ok(row.terms(self.now))
    }
}
