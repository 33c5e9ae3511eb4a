//! From a book to a requirement: `R = ceil((lambda A + (1 - lambda) W + X) )`.
//!
//! `A` is the additive worst case of every factor, `W` the worst systemic
//! scenario, `X` everything else (risk model 2.3). All three are exact in
//! Q16 micro-USD; the blend is exact in Q32; the one rounding is up.

use super::book::{Book, FactorSum};
use super::meter::{Meter, Term};
use super::terms::{FactorTerms, GroupTerms, Shock, Tables};
use crate::error::{MathError, Result};
use crate::num::{ONE, Pair, Split, Sum, Weight, ceil_shift};
use crate::price::Usd;

/// Requirements of the three levels, micro-USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Requirement {
    pub(super) maint: Usd,
    pub(super) liqend: Usd,
    pub(super) init: Usd,
}

/// Charges the book. Runs once per pass.
#[inline(never)]
pub(super) fn requirement<T: Tables, M: Meter>(
    book: &mut Book,
    tables: &T,
    group: &GroupTerms,
    meter: &mut M,
) -> Result<Requirement> {
    let mut additive = Pair::both(Sum::ZERO);
    let mut exposures = Exposures::NONE;
    for id in 0..super::MAX_FACTORS {
        let Some(&sum) = book.factors.get(id) else { break };
        if sum.is_empty() {
            continue;
        }
        let terms = tables.factor(u8::try_from(id).map_err(|_| MathError::UnknownFactor)?)?;
        add_directional(&mut additive, &terms, sum.net());
        exposures.set(id, sum.net());
        let matched = sum.matched();
        if matched != 0 {
            book.charge(meter, Term::Offset, terms.offset, matched);
        }
        if sum.bids | sum.asks != 0 {
            charge_orders(book, meter, &terms, sum);
        }
    }
    charge_sources(book, group, meter);
    charge_issuers(book, meter);
    charge_claims(book, tables, meter)?;
    super::venue::charge(book, tables, group, meter)?;

    let losses = exposures.worst(tables.scenarios());
    book.scenario = Pair::new(losses.maint.scenario, losses.init.scenario);
    let worst = Pair::new(losses.maint.amount(), losses.init.amount());
    let market = Pair::new(
        blend(group.lambda.maint, additive.maint.total(), worst.maint),
        blend(group.lambda.init, additive.init.total(), worst.init),
    );
    report(meter, group, &additive, worst, book.scenario);
    let mut doubled = book.doubled;
    doubled.maint.add_sum(book.concentration);
    doubled.init.add_sum(book.concentration);
    let specific = Pair::new(
        halved(book.charges.maint, doubled.maint),
        halved(book.charges.init, doubled.init),
    );
    let initial_only = book.initial_only.total();
    Ok(Requirement {
        maint: round_up(market.maint, specific.maint, 0)?,
        liqend: round_up(market.init, specific.init, 0)?,
        init: round_up(market.init, specific.init, initial_only)?,
    })
}

/// `A` of one factor: `d * N` for a long, `u * |N|` for a short.
#[inline(always)]
fn add_directional(additive: &mut Pair<Sum>, terms: &FactorTerms, net: i64) {
    let weights = if net >= 0 { terms.down } else { terms.up };
    additive.maint.add(weights.maint, net.unsigned_abs());
    additive.init.add(weights.init, net.unsigned_abs());
}

/// Net exposures by factor, cut for exact products. Zero where none.
struct Exposures {
    factors: [Split; super::MAX_FACTORS],
    /// One past the last factor that is touched.
    end: usize,
}

impl Exposures {
    const NONE: Self = Self { factors: [Split::ZERO; super::MAX_FACTORS], end: 0 };

    #[inline(always)]
    fn set(&mut self, id: usize, net: i64) {
        if let Some(slot) = self.factors.get_mut(id) {
            *slot = Split::new(net);
            self.end = id.wrapping_add(1);
        }
    }

    /// The largest loss of each row over all scenarios.
    #[inline(always)]
    fn worst(&self, scenarios: &[[Shock; super::MAX_FACTORS]]) -> Pair<Loss> {
        let mut losses = Pair::both(Loss::NONE);
        let exposed = self.factors.get(..self.end).unwrap_or(&[]);
        for (number, shocks) in (1_u8..).zip(scenarios) {
            let mut profit = Pair::both(Sum::ZERO);
            for (net, [maint, init]) in exposed.iter().zip(shocks) {
                profit.maint.add_signed(*maint, *net);
                profit.init.add_signed(*init, *net);
            }
            losses.maint.lower(profit.maint, number);
            losses.init.lower(profit.init, number);
        }
        losses
    }
}

/// The lowest profit of a row so far, never above zero.
#[derive(Clone, Copy)]
struct Loss {
    profit: Sum,
    /// The scenario's number plus one, 0 for none.
    scenario: u8,
}

impl Loss {
    const NONE: Self = Self { profit: Sum::ZERO, scenario: 0 };

    #[inline(always)]
    fn lower(&mut self, profit: Sum, scenario: u8) {
        let profit = profit.normalised();
        if profit.is_below(self.profit) {
            *self = Self { profit, scenario };
        }
    }

    /// The loss, Q16 micro-USD, at least zero.
    #[inline(always)]
    fn amount(self) -> i128 {
        self.profit.total().wrapping_neg() // |total| < 2^94
    }
}

/// `lambda A + (1 - lambda) W` in Q32. Both are below 2^82, weights at most 2^17.
#[inline(always)]
fn blend(lambda: Weight, additive: i128, worst: i128) -> i128 {
    let lambda = lambda.min(Weight::ONE);
    times(additive, lambda.q16()).wrapping_add(times(worst, lambda.complement().q16()))
}

#[inline(always)]
fn times(value: i128, q16: u32) -> i128 {
    value.wrapping_mul(i128::from(q16))
}

/// Charges plus half of the doubled ones, in Q17 so that nothing is rounded yet.
#[inline(always)]
fn halved(charges: Sum, doubled: Sum) -> i128 {
    charges.total().wrapping_mul(2).wrapping_add(doubled.total())
}

/// `ceil((market_q32 + specific_q17 * 2^15 + initial_q16 * 2^16) / 2^32)`.
#[inline(always)]
fn round_up(market_q32: i128, specific_q17: i128, initial_q16: i128) -> Result<Usd> {
    let q32 = market_q32
        .wrapping_add(specific_q17.wrapping_shl(15))
        .wrapping_add(initial_q16.wrapping_shl(16));
    i64::try_from(ceil_shift(q32, 32)).map_err(|_| MathError::Overflow)
}

/// Resting orders at the worst of "all bids fill", "all asks fill", "none do".
#[inline(never)]
fn charge_orders<M: Meter>(book: &mut Book, meter: &mut M, terms: &FactorTerms, sum: FactorSum) {
    let net = sum.net();
    let cost = |exposure: i64| {
        let mut cost = Pair::both(Sum::ZERO);
        add_directional(&mut cost, terms, exposure);
        cost
    };
    let (now, up, down) =
        (cost(net), cost(net.wrapping_add(sum.bids)), cost(net.wrapping_sub(sum.asks)));
    let extra = |now: Sum, up: Sum, down: Sum| {
        Sum::from_total(up.total().max(down.total()).wrapping_sub(now.total()).max(0))
    };
    let maint = extra(now.maint, up.maint, down.maint);
    let init = extra(now.init, up.init, down.init);
    book.charges.maint.add_sum(maint);
    book.charges.init.add_sum(init);
    let mut doubled = Pair::new(maint, init);
    doubled.maint.add_sum(maint);
    doubled.init.add_sum(init);
    meter.doubled(Term::Orders, doubled);
}

/// Confidence at both rows and the EMA guard at the initial level, per price source.
#[inline(always)]
fn charge_sources<M: Meter>(book: &mut Book, group: &GroupTerms, meter: &mut M) {
    let plain = group.confidence == Pair::both(Weight::ONE);
    let mut confidence = Pair::both(Sum::ZERO);
    let mut gaps = Sum::ZERO;
    for source in book.touched_sources() {
        let size = source.net.unsigned_abs();
        if size == 0 {
            continue;
        }
        if plain {
            // one product serves both rows
            let mut own = Sum::ZERO;
            own.add(source.confidence, size);
            confidence.maint.add_sum(own);
            confidence.init.add_sum(own);
            meter.charged(Term::Confidence, Pair::both(source.confidence), size);
        } else {
            let row = |multiplier: Weight| source.confidence.times_ceil(multiplier);
            let weights = Pair::new(row(group.confidence.maint), row(group.confidence.init));
            confidence.maint.add(weights.maint, size);
            confidence.init.add(weights.init, size);
            meter.charged(Term::Confidence, weights, size);
        }
        let gap = source.gap.min(group.gap_max);
        if gap != Weight::ZERO {
            gaps.add(gap, size);
            meter.charged(Term::Gap, Pair::new(Weight::ZERO, gap), size);
        }
    }
    book.charges.maint.add_sum(confidence.maint);
    book.charges.init.add_sum(confidence.init);
    book.initial_only.add_sum(gaps);
}

/// The jump of the issuer with the largest charge, per row.
#[inline(always)]
fn charge_issuers<M: Meter>(book: &mut Book, meter: &mut M) {
    if !book.has_issuers {
        return;
    }
    let mut largest = Pair::both(Sum::ZERO);
    for issuer in &book.issuers {
        if issuer.net == 0 {
            continue;
        }
        let mut own = Pair::both(Sum::ZERO);
        own.maint.add(issuer.jump.maint, issuer.net.unsigned_abs());
        own.init.add(issuer.jump.init, issuer.net.unsigned_abs());
        if own.maint.total() > largest.maint.total() {
            largest.maint = own.maint;
        }
        if own.init.total() > largest.init.total() {
            largest.init = own.init;
        }
    }
    book.charges.maint.add_sum(largest.maint);
    book.charges.init.add_sum(largest.init);
    let mut doubled = largest;
    doubled.maint.add_sum(largest.maint);
    doubled.init.add_sum(largest.init);
    meter.doubled(Term::Issuer, doubled);
}

/// Haircut on each class's positive net claim.
#[inline(always)]
fn charge_claims<T: Tables, M: Meter>(book: &mut Book, tables: &T, meter: &mut M) -> Result<()> {
    if !book.has_claims {
        return Ok(());
    }
    for id in 0..super::MAX_CLASSES {
        let Some(&claim) = book.claims.get(id) else { break };
        if claim <= 0 {
            continue;
        }
        let class = tables.class(u8::try_from(id).map_err(|_| MathError::UnknownClass)?)?;
        if class.haircut.init != Weight::ZERO {
            book.charge(meter, Term::Haircut, class.haircut, claim.unsigned_abs());
        }
    }
    Ok(())
}

/// Tells the meter the directional charges in micro-USD.
#[inline(always)]
fn report<M: Meter>(
    meter: &mut M,
    group: &GroupTerms,
    additive: &Pair<Sum>,
    worst: Pair<i128>,
    scenario: Pair<u8>,
) {
    let part = |value: i128, share: u32| {
        u64::try_from(ceil_shift(times(value, share), 32)).unwrap_or(u64::MAX)
    };
    let lambda = Pair::new(group.lambda.maint.q16().min(ONE), group.lambda.init.q16().min(ONE));
    let rest = Pair::new(ONE.saturating_sub(lambda.maint), ONE.saturating_sub(lambda.init));
    meter.market(
        Pair::new(
            part(additive.maint.total(), lambda.maint),
            part(additive.init.total(), lambda.init),
        ),
        Pair::new(part(worst.maint, rest.maint), part(worst.init, rest.init)),
        scenario,
    );
}
