//! Primitives of a pass: plain tables under the default parameters.

use crate::primitives::{bounds, incentive_terms, word};
use crate::source::Source;
use crate::timer::time;
use trestle_risk_math::defaults::{self, FACTORS, GROUP};
use trestle_risk_math::liquidation::{incentive, step_value, target};
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::portfolio::*;
use trestle_risk_math::price::Price;
use trestle_risk_math::{MathError, Result};

/// Assets and factors of the largest pass.
const ASSETS: usize = 8;

/// Tables in plain memory. Scenarios apart: one variable must fit a stack frame.
struct Plain<'a> {
    assets: [AssetTerms; ASSETS],
    scenarios: &'a [[Shock; MAX_FACTORS]],
}

impl Tables for Plain<'_> {
    type Asset<'b>
        = AssetTerms
    where
        Self: 'b;

    fn group(&self) -> GroupTerms {
        GROUP
    }
    fn asset(&self, id: u8) -> Result<AssetTerms> {
        self.assets.get(usize::from(id)).copied().ok_or(MathError::UnknownAsset)
    }
    fn factor(&self, id: u8) -> Result<FactorTerms> {
        let factor = FACTORS.get(usize::from(id)).ok_or(MathError::UnknownFactor)?;
        Ok(FactorTerms { down: factor.down, up: factor.up, offset: factor.offset })
    }
    fn scenarios(&self) -> &[[Shock; MAX_FACTORS]] {
        self.scenarios
    }
    fn class(&self, id: u8) -> Result<ClassTerms> {
        [defaults::NATIVE, defaults::KAMINO, defaults::PERP_VENUE]
            .get(usize::from(id))
            .copied()
            .ok_or(MathError::UnknownClass)
    }
}

/// One leg an asset.
struct Row {
    legs: [Leg; ASSETS],
    count: usize,
}

impl Legs for Row {
    fn count(&self) -> usize {
        self.count
    }
    fn leg(&self, index: usize) -> Result<Leg> {
        self.legs.get(index).copied().ok_or(MathError::Range)
    }
    fn details(&self, _: usize) -> Result<Details> {
        Ok(Details::NONE)
    }
}

fn terms(source: &mut Source, id: usize) -> AssetTerms {
    let id = u8::try_from(id).unwrap_or(0);
    AssetTerms {
        price: Price::new((1 << 31) | u32::try_from(source.word(31)).unwrap_or(0), 40)
            .expect("a normalised price"),
        factor: id,
        source: id,
        issuer: if source.below(3) == 0 { 1 } else { 0 },
        isolated: false,
        basis: Pair::both(source.weight(2_000)),
        confidence: source.weight(2_000),
        gap: source.weight(3_000),
        rate_confidence: source.weight(1_000),
        jump: Pair::both(source.weight(1_000)),
        depth: Depth { size_shr16: source.word(40), slope: source.weight(30_000) },
        credit_scale: source.weight(20_000),
        debt_scale: source.weight(20_000),
        freshness: Freshness::Live,
        keep: Weight::ONE,
        published: 1_000,
    }
}

fn leg(source: &mut Source, id: usize) -> Leg {
    Leg {
        asset: u8::try_from(id).unwrap_or(0),
        class: u8::try_from(source.below(3)).unwrap_or(0),
        side: if source.below(2) == 0 { Side::Asset } else { Side::Debt },
        special: false,
        amount: source.word(56),
        liquid: if source.below(3) == 0 { source.word(56) } else { u64::MAX },
    }
}

/// Draws the largest book, so that a case of every pass starts alike.
#[inline(never)]
fn draw(source: &mut Source) -> ([AssetTerms; ASSETS], [Leg; ASSETS]) {
    let assets = core::array::from_fn(|id| terms(source, id));
    let legs = core::array::from_fn(|id| leg(source, id));
    (assets, legs)
}

#[inline(never)]
fn shocks() -> [[Shock; MAX_FACTORS]; MAX_SCENARIOS] {
    core::array::from_fn(|scenario| {
        core::array::from_fn(|column| defaults::shock(scenario % defaults::SCENARIOS.len(), column))
    })
}

fn health_word(health: &Health) -> u64 {
    health.maint.cast_unsigned() ^ health.init.unwrap_or(0).cast_unsigned().rotate_left(21)
}

#[inline(never)]
fn pass(source: &mut Source, count: usize, scenarios: usize) -> u64 {
    let (assets, legs) = draw(source);
    let table = shocks();
    let plain = Plain { assets, scenarios: &table[..scenarios] };
    let input = (plain, Row { legs, count });
    let found = time(&input, |(plain, row)| assess(plain, row, &mut Book::new(), &mut ()));
    word(found.map(|health| health_word(&health)))
}

/// A pass over one asset.
pub(crate) fn pass_1(source: &mut Source) -> u64 {
    pass(source, 1, 0)
}

/// A pass over two assets.
pub(crate) fn pass_2(source: &mut Source) -> u64 {
    pass(source, 2, 0)
}

/// A pass over eight assets of eight factors.
pub(crate) fn pass_8(source: &mut Source) -> u64 {
    pass(source, 8, 0)
}

/// The same with twelve scenarios.
pub(crate) fn pass_8_12(source: &mut Source) -> u64 {
    pass(source, 8, MAX_SCENARIOS)
}

fn direction(rate: Weight) -> [Pull; 2] {
    let seized = UNIT_RATE + i32::try_from(rate.q16()).unwrap_or(0);
    [
        Pull { asset: 0, class: 0, rate: UNIT_RATE, illiquid: false },
        Pull { asset: 1, class: 1, rate: -seized, illiquid: true },
    ]
}

/// A book of four legs: a native debt, a deposit at a venue, and two more.
#[inline(never)]
fn stepped(
    source: &mut Source,
    f: impl FnOnce(&mut Source, &Plain<'_>, &Row, &Book, &Health) -> u64,
) -> u64 {
    let (assets, mut legs) = draw(source);
    (legs[0].side, legs[0].class) = (Side::Debt, 0);
    (legs[1].side, legs[1].class) = (Side::Asset, 1);
    let table = shocks();
    let plain = Plain { assets, scenarios: &table };
    let row = Row { legs, count: 4 };
    let mut book = Book::new();
    match assess(&plain, &row, &mut book, &mut ()) {
        Ok(health) => f(source, &plain, &row, &book, &health),
        Err(error) => word(Err(error)),
    }
}

/// The slope of a step.
pub(crate) fn step_slope(source: &mut Source) -> u64 {
    stepped(source, |source, plain, row, book, _| {
        let input = (plain, row, book, direction(source.weight(3_000)));
        let found = time(&input, |(plain, row, book, pulls)| slope(*plain, *row, book, pulls));
        word(found.map(i64::cast_unsigned))
    })
}

/// Incentive, slope and amount, as a liquidation computes them.
pub(crate) fn amount(source: &mut Source) -> u64 {
    stepped(source, |source, plain, row, book, health| {
        let account = (plain, row, book, health);
        let input = (account, source.word(20), incentive_terms(source), bounds(source));
        let found = time(&input, |((plain, row, book, health), slots, terms, bounds)| {
            let rate = incentive(health, *slots, terms);
            let slope = slope(*plain, *row, book, &direction(rate))?;
            Ok(step_value(health.liqend, target(health, &GROUP), slope, rate, bounds)
                .unwrap_or(u64::MAX))
        });
        word(found)
    })
}
