//! The tables of one pass: what legs add up to before charges are taken.

use super::fold::AssetFold;
use super::meter::{Meter, Term};
use super::terms::{
    Asset, GroupTerms, MAX_ACCOUNTS, MAX_CLASSES, MAX_FACTORS, MAX_ISSUERS, MAX_SOURCES,
};
use super::venue::AccountSum;
use crate::error::{MathError, Result};
use crate::num::{Pair, Sum, Weight};

/// Exposures inside one factor, micro-USD.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FactorSum {
    /// `P_f`: sum of net long assets.
    pub(super) long: i64,
    /// `Q_f`: sum of net short assets, positive.
    pub(super) short: i64,
    /// If all resting bids fill.
    pub(super) bids: i64,
    /// If all resting asks fill.
    pub(super) asks: i64,
}

impl FactorSum {
    /// `N_f`.
    #[inline(always)]
    pub(super) const fn net(self) -> i64 {
        self.long.wrapping_sub(self.short)
    }

    /// `M_f`, never negative.
    #[inline(always)]
    pub(super) fn matched(self) -> u64 {
        self.long.min(self.short).unsigned_abs()
    }

    #[inline(always)]
    pub(super) const fn is_empty(self) -> bool {
        self.long | self.short | self.bids | self.asks == 0
    }
}

/// Net exposure on one price source.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SourceSum {
    pub(super) net: i64,
    pub(super) confidence: Weight,
    pub(super) gap: Weight,
}

/// Net exposure on one issuer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct IssuerSum {
    pub(super) net: i64,
    pub(super) jump: Pair<Weight>,
}

/// Everything one pass adds up. Sums are micro-USD; each is at most 64 legs
/// of 2^55, so below 2^61.
#[derive(Clone, Debug)]
pub struct Book {
    /// `E`: assets less debts at mid prices, low end and high end.
    pub equity: i64,
    /// Worth of isolated assets: no credit, but seizable.
    pub uncredited: i64,
    /// Sum of debts, positive.
    pub debts: i64,
    /// Of it, owed to native pools.
    pub native_debts: i64,
    /// Isolated assets that are owed.
    pub isolated_debts: u8,
    /// `C_v` of the native class. It carries no haircut.
    pub native_claim: i64,
    /// `C_v` per foreign class; entry 0 stays zero.
    pub claims: [i64; MAX_CLASSES],
    /// Venue accounts.
    pub accounts: [AccountSum; MAX_ACCOUNTS],
    pub(super) factors: [FactorSum; MAX_FACTORS],
    pub(super) sources: [SourceSum; MAX_SOURCES],
    pub(super) issuers: [IssuerSum; MAX_ISSUERS],
    /// Any entry of `claims` was written.
    pub(super) has_claims: bool,
    /// Any entry of `accounts` was written.
    pub(super) has_accounts: bool,
    /// Any entry of `issuers` was written.
    pub(super) has_issuers: bool,
    /// One past the last source that is touched.
    sources_end: usize,
    pub(super) charges: Pair<Sum>,
    /// Twice the split charges.
    pub(super) doubled: Pair<Sum>,
    /// Twice the concentration charges, the same at every level (C5).
    pub(super) concentration: Sum,
    /// Charged at the initial level only.
    pub(super) initial_only: Sum,
    /// The scenario that sets `W` per row: its number plus one, 0 for none.
    pub scenario: Pair<u8>,
}

impl Default for Book {
    fn default() -> Self {
        Self::new()
    }
}

impl Book {
    /// An empty book.
    #[must_use]
    #[inline(always)]
    pub fn new() -> Self {
        Self {
            equity: 0,
            uncredited: 0,
            debts: 0,
            native_debts: 0,
            isolated_debts: 0,
            native_claim: 0,
            claims: [0; MAX_CLASSES],
            accounts: [AccountSum::EMPTY; MAX_ACCOUNTS],
            factors: [FactorSum::default(); MAX_FACTORS],
            sources: [SourceSum::default(); MAX_SOURCES],
            issuers: [IssuerSum::default(); MAX_ISSUERS],
            has_claims: false,
            has_accounts: false,
            has_issuers: false,
            sources_end: 0,
            charges: Pair::both(Sum::ZERO),
            doubled: Pair::both(Sum::ZERO),
            concentration: Sum::ZERO,
            initial_only: Sum::ZERO,
            scenario: Pair::both(0),
        }
    }

    /// Adds a charge to both rows.
    #[inline(always)]
    pub(super) fn charge<M: Meter>(
        &mut self,
        meter: &mut M,
        term: Term,
        weights: Pair<Weight>,
        value: u64,
    ) {
        self.charges.maint.add(weights.maint, value);
        self.charges.init.add(weights.init, value);
        meter.charged(term, weights, value);
    }

    /// Adds a charge to the initial level only.
    #[inline(always)]
    pub(super) fn charge_initial<M: Meter>(
        &mut self,
        meter: &mut M,
        term: Term,
        weight: Weight,
        value: u64,
    ) {
        self.initial_only.add(weight, value);
        meter.charged(term, Pair::new(Weight::ZERO, weight), value);
    }

    /// Adds one asset's exposures and the charges that depend on it alone.
    #[inline(never)]
    pub(super) fn add_asset<A: Asset, M: Meter>(
        &mut self,
        meter: &mut M,
        group: &GroupTerms,
        terms: &A,
        fold: AssetFold,
    ) -> Result<()> {
        let size = fold.net.unsigned_abs();
        if terms.isolated() && fold.net < 0 {
            self.isolated_debts = self.isolated_debts.saturating_add(1);
        }
        if size != 0 {
            self.charge(meter, Term::Basis, terms.basis(), size);
            let mut doubled = Sum::ZERO;
            super::depth::concentration_doubled(&mut doubled, size, terms.depth());
            self.concentration.add_sum(doubled);
            meter.doubled(Term::Concentration, Pair::both(doubled));
            self.scale_initial(meter, terms, fold.net, doubled);
            let own = terms.rate_confidence();
            if own != Weight::ZERO {
                let weights = Pair::new(
                    own.times_ceil(group.confidence.maint),
                    own.times_ceil(group.confidence.init),
                );
                self.charge(meter, Term::Confidence, weights, size);
            }
            self.add_factor(terms.factor(), fold.net)?;
            self.add_source(terms, fold.net)?;
            if terms.issuer() != 0 {
                let issuer = self
                    .issuers
                    .get_mut(usize::from(terms.issuer()))
                    .ok_or(MathError::UnknownAsset)?;
                self.has_issuers = true;
                issuer.net = issuer.net.wrapping_add(fold.net);
                issuer.jump = terms.jump();
            }
        }
        let matched = fold.matched_doubled();
        if matched != 0 {
            let mut doubled = Pair::both(Sum::ZERO);
            doubled.maint.add(group.split.maint, matched);
            doubled.init.add(group.split.init, matched);
            self.doubled.maint.add_sum(doubled.maint);
            self.doubled.init.add_sum(doubled.init);
            meter.doubled(Term::Split, doubled);
        }
        Ok(())
    }

    /// Group totals above the asset's cap: a share of the remaining credit,
    /// or an extra charge on the debt. Initial level only.
    #[inline(always)]
    fn scale_initial<A: Asset, M: Meter>(
        &mut self,
        meter: &mut M,
        terms: &A,
        net: i64,
        concentration_doubled: Sum,
    ) {
        let size = net.unsigned_abs();
        if net > 0 && terms.credit_scale() != Weight::ZERO {
            // credit left after concentration: cm * n - Conc(n) >= 0, convex side kept
            let mut full = Sum::ZERO;
            full.add(terms.depth().slope, size);
            let credit_q17 =
                full.total().wrapping_mul(2).wrapping_sub(concentration_doubled.total()).max(0);
            // Q17 micro-USD to micro-USD, rounded up: at most 2^60
            let credit = u64::try_from(crate::num::ceil_shift(credit_q17, 17)).unwrap_or(u64::MAX);
            self.charge_initial(meter, Term::Scale, terms.credit_scale(), credit);
        }
        if net < 0 && terms.debt_scale() != Weight::ZERO {
            self.charge_initial(meter, Term::Scale, terms.debt_scale(), size);
        }
    }

    #[inline(always)]
    fn add_factor(&mut self, id: u8, net: i64) -> Result<()> {
        let factor = self.factors.get_mut(usize::from(id)).ok_or(MathError::UnknownFactor)?;
        if net >= 0 {
            factor.long = factor.long.wrapping_add(net);
        } else {
            factor.short = factor.short.wrapping_sub(net);
        }
        Ok(())
    }

    #[inline(always)]
    fn add_source<A: Asset>(&mut self, terms: &A, net: i64) -> Result<()> {
        let source =
            self.sources.get_mut(usize::from(terms.source())).ok_or(MathError::UnknownAsset)?;
        source.net = source.net.wrapping_add(net);
        source.confidence = source.confidence.max(terms.confidence());
        source.gap = source.gap.max(terms.gap());
        self.sources_end = self.sources_end.max(usize::from(terms.source()).wrapping_add(1));
        Ok(())
    }

    /// The sources up to the last one touched.
    #[inline(always)]
    pub(super) fn touched_sources(&self) -> &[SourceSum] {
        self.sources.get(..self.sources_end).unwrap_or(&[])
    }
}
