//! Charges by name, for those who want to see them.
//!
//! On chain the meter is `()`, which compiles to nothing; clients pass a
//! [`Breakdown`]. Both run the same code.

use crate::num::{Pair, Sum, Weight, ceil_shift};

/// The named charges of risk model 2.3 to 2.6, the directional ones aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Term {
    /// `b`: an asset against its factor.
    Basis,
    /// `hs`: long at one class, short at another.
    Split,
    /// `h`: longs and shorts matched inside a factor.
    Offset,
    /// Oracle confidence, and an LST below its rate.
    Confidence,
    /// Size against depth.
    Concentration,
    /// `vh`: net claim on a venue class.
    Haircut,
    /// `VL`: a venue account close to the venue's own liquidation.
    Stress,
    /// `tau`: claims that cannot leave their venue now.
    Liquidity,
    /// Claims that mature later.
    Maturity,
    /// Resting orders at their worst.
    Orders,
    /// Positive unsettled perp profit.
    Unsettled,
    /// Jump of the largest issuer.
    Issuer,
    /// Spot-to-EMA guard (initial only).
    Gap,
    /// Group totals above an asset's cap (initial only).
    Scale,
}

impl Term {
    /// All terms, in order.
    pub const ALL: [Self; 14] = [
        Self::Basis,
        Self::Split,
        Self::Offset,
        Self::Confidence,
        Self::Concentration,
        Self::Haircut,
        Self::Stress,
        Self::Liquidity,
        Self::Maturity,
        Self::Orders,
        Self::Unsettled,
        Self::Issuer,
        Self::Gap,
        Self::Scale,
    ];

    /// A short name for tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basis => "basis",
            Self::Split => "split",
            Self::Offset => "offset",
            Self::Confidence => "confidence",
            Self::Concentration => "concentration",
            Self::Haircut => "venue haircut",
            Self::Stress => "venue stress",
            Self::Liquidity => "liquidity",
            Self::Maturity => "maturity",
            Self::Orders => "open orders",
            Self::Unsettled => "unsettled profit",
            Self::Issuer => "issuer",
            Self::Gap => "price gap",
            Self::Scale => "group total",
        }
    }
}

/// Watches charges as they are added.
pub trait Meter {
    /// Twice the charge `weights * value` in each row was added under `term`.
    fn doubled(&mut self, term: Term, added: Pair<Sum>);

    /// The charge was added in each row under `term`.
    fn charged(&mut self, term: Term, weights: Pair<Weight>, value: u64);

    /// The directional charges, micro-USD, and the scenario that sets the second.
    fn market(&mut self, additive: Pair<u64>, systemic: Pair<u64>, scenario: Pair<u8>);
}

impl Meter for () {
    #[inline(always)]
    fn doubled(&mut self, _: Term, _: Pair<Sum>) {}
    #[inline(always)]
    fn charged(&mut self, _: Term, _: Pair<Weight>, _: u64) {}
    #[inline(always)]
    fn market(&mut self, _: Pair<u64>, _: Pair<u64>, _: Pair<u8>) {}
}

/// Charges by name in both rows.
#[derive(Clone, Debug, Default)]
pub struct Breakdown {
    doubled: [Pair<Sum>; Term::ALL.len()],
    single: [Pair<Sum>; Term::ALL.len()],
    /// `lambda * A`, micro-USD, rounded up: the directional charge.
    pub additive: Pair<u64>,
    /// `(1 - lambda) * W`, micro-USD, rounded up: the scenario charge.
    pub systemic: Pair<u64>,
    /// The scenario that sets `W`, 0 for none.
    pub scenario: Pair<u8>,
}

impl Breakdown {
    /// The charge under a name, micro-USD, each rounded up on its own.
    ///
    /// Gap and Scale are charged at the initial level only; their maintenance
    /// value is zero.
    #[must_use]
    pub fn charge(&self, term: Term) -> Pair<u64> {
        let index = Term::ALL.iter().position(|t| *t == term).unwrap_or(0);
        let doubled = self.doubled.get(index).copied().unwrap_or_default();
        let single = self.single.get(index).copied().unwrap_or_default();
        let usd = |d: Sum, s: Sum| {
            let q17 = d.total().saturating_add(s.total()).saturating_add(s.total());
            u64::try_from(ceil_shift(q17, 17)).unwrap_or(0)
        };
        Pair::new(usd(doubled.maint, single.maint), usd(doubled.init, single.init))
    }
}

impl Meter for Breakdown {
    fn doubled(&mut self, term: Term, added: Pair<Sum>) {
        if let Some(slot) =
            Term::ALL.iter().position(|t| *t == term).and_then(|i| self.doubled.get_mut(i))
        {
            slot.maint.add_sum(added.maint);
            slot.init.add_sum(added.init);
        }
    }

    fn charged(&mut self, term: Term, weights: Pair<Weight>, value: u64) {
        if let Some(slot) =
            Term::ALL.iter().position(|t| *t == term).and_then(|i| self.single.get_mut(i))
        {
            slot.maint.add(weights.maint, value);
            slot.init.add(weights.init, value);
        }
    }

    fn market(&mut self, additive: Pair<u64>, systemic: Pair<u64>, scenario: Pair<u8>) {
        self.additive = additive;
        self.systemic = systemic;
        self.scenario = scenario;
    }
}
