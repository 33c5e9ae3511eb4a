//! How fast liquidation-end health moves when value is moved between legs.
//!
//! The directional derivative of `H = E - R` along a set of pulls, for the
//! initial row without its initial-only terms. `R` is convex, so along a
//! straight line `H` is concave and the tangent lies above it: a step sized by
//! this slope never overshoots its target (risk model 3.3).
//!
//! The venue-stress charge is not convex and not part of the slope: where it
//! is charged the caller searches instead (ruling 9).
//!
//! Legs are read at face, and one view only. Where a price, a market row or a
//! class decays, the account counts less than the slope does and health is the
//! lower of two views, so a step may go beyond its target: the caller checks
//! what the step leaves behind.

use super::book::Book;
use super::depth::slope_doubled;
use super::fold::{Amounts, AssetFold, Value};
use super::terms::{
    Asset, GroupTerms, Legs, MAX_CLASSES, MAX_FACTORS, MAX_ISSUERS, MAX_SOURCES, NATIVE_CLASS,
    Tables,
};
use crate::error::{MathError, Result};
use crate::num::{ONE, Weight};

/// A change of one leg's signed value per unit of the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pull {
    /// Asset of the leg.
    pub asset: u8,
    /// Class of the leg.
    pub class: u8,
    /// Change of signed value per unit, Q16, magnitude at most 2.0: positive
    /// for a debt repaid, negative for an asset seized.
    pub rate: i32,
    /// The seized claim is partly illiquid, so taking it saves that charge.
    pub illiquid: bool,
}

/// The pulls of one step. Two for a liquidation, four when a perp leg is closed with it.
pub type Direction<'a> = &'a [Pull];

/// Most pulls of one step; the overflow bounds here rest on it.
pub const MAX_PULLS: usize = 8;

/// Change per unit of the step of everything that is netted. Q16.
struct Deltas {
    factors: [FactorDelta; MAX_FACTORS],
    sources: [i64; MAX_SOURCES],
    issuers: [i64; MAX_ISSUERS],
    classes: [i64; MAX_CLASSES],
}

#[derive(Clone, Copy, Default)]
struct FactorDelta {
    net: i64,
    long: i64,
    short: i64,
}

/// `dH/dx` at liquidation-end level in Q16, rounded up.
///
/// # Errors
/// Those of [`super::assess`]; [`MathError::Range`] for a pull of more than
/// 2.0 or more pulls than [`MAX_PULLS`].
#[inline(never)]
pub fn slope<T: Tables, L: Legs>(
    tables: &T,
    legs: &L,
    at: &Book,
    direction: Direction<'_>,
) -> Result<i64> {
    if direction.len() > MAX_PULLS {
        return Err(MathError::Range);
    }
    let group = tables.group();
    let mut deltas = Deltas {
        factors: [FactorDelta::default(); MAX_FACTORS],
        sources: [0; MAX_SOURCES],
        issuers: [0; MAX_ISSUERS],
        classes: [0; MAX_CLASSES],
    };
    let (mut equity_q16, mut specific_q32) = (0_i64, 0_i64);
    for (position, pull) in direction.iter().enumerate() {
        if pull.rate.unsigned_abs() > Weight::MAX.q16() {
            return Err(MathError::Range);
        }
        equity_q16 = equity_q16.wrapping_add(i64::from(pull.rate));
        let class =
            deltas.classes.get_mut(usize::from(pull.class)).ok_or(MathError::UnknownClass)?;
        *class = class.wrapping_add(i64::from(pull.rate));
        if pull.illiquid {
            let saved = times(group.illiquid.init, i64::from(pull.rate));
            specific_q32 = specific_q32.wrapping_add(saved);
        }
        let seen = direction.get(..position).unwrap_or(&[]);
        if !seen.iter().any(|p| p.asset == pull.asset) {
            let own = add_asset(tables, legs, &group, &mut deltas, direction, pull.asset)?;
            specific_q32 = specific_q32.wrapping_add(own);
        }
    }
    let (market_q48, offset_q32) = market(tables, at, &group, &deltas)?;
    specific_q32 = specific_q32
        .wrapping_add(offset_q32)
        .wrapping_add(sources(at, &group, &deltas))
        .wrapping_add(issuers(at, &deltas))
        .wrapping_add(claims(tables, at, &deltas)?);
    // rates add up to 2^20 over the pulls, weights are at most 2^17 and each rate is charged
    // under at most 12 names: specific below 2^41, so Q48 below 2^58
    let required_q48 = market_q48.wrapping_add(specific_q32.wrapping_shl(16));
    let health_q48 = equity_q16.wrapping_shl(32).wrapping_sub(required_q48);
    Ok((health_q48 >> 32).wrapping_add(i64::from(health_q48 & 0xffff_ffff != 0)))
}

/// Charges of one asset: basis, split, concentration, rate confidence. Q32.
fn add_asset<T: Tables, L: Legs>(
    tables: &T,
    legs: &L,
    group: &GroupTerms,
    deltas: &mut Deltas,
    direction: Direction<'_>,
    asset: u8,
) -> Result<i64> {
    let terms = tables.asset(asset)?;
    let mut fold = AssetFold::default();
    let mut gross_rate = 0_i64;
    let mut net_rate = 0_i64;
    let present = classes_of(legs, direction, asset)?;
    for class in 0..MAX_CLASSES {
        let class = u8::try_from(class).map_err(|_| MathError::UnknownClass)?;
        if present.wrapping_shr(u32::from(class)) & 1 == 0 {
            continue;
        }
        let rate: i64 = direction
            .iter()
            .filter(|p| p.asset == asset && p.class == class)
            .fold(0, |sum, p| sum.wrapping_add(i64::from(p.rate)));
        let value = class_value(legs, &terms, asset, class)?;
        net_rate = net_rate.wrapping_add(rate);
        if class == NATIVE_CLASS {
            // both sides count: a pull shrinks the side that it takes from
            fold.add_native(value);
            let shrinks = direction
                .iter()
                .filter(|p| p.asset == asset && p.class == class)
                .fold(0_i64, |sum, p| sum.wrapping_add(i64::from(p.rate).saturating_abs()));
            gross_rate = gross_rate.wrapping_sub(shrinks);
        } else {
            fold.add(value.net());
            gross_rate = gross_rate.wrapping_add(abs_rate(value.net(), rate));
        }
    }
    let size_rate = abs_rate(fold.net, net_rate);
    let mut q32 = times(terms.basis().init, size_rate);
    let split = times(group.split.init, gross_rate.wrapping_sub(size_rate));
    q32 = q32.wrapping_add(split >> 1); // toward minus infinity: a larger slope
    let size = fold.net.unsigned_abs();
    let doubled = slope_doubled(size, terms.depth(), size_rate > 0).wrapping_mul(size_rate);
    q32 = q32.wrapping_add(doubled >> 1);
    let own = terms.rate_confidence().times_ceil(group.confidence.init);
    q32 = q32.wrapping_add(times(own, size_rate));
    let factor =
        deltas.factors.get_mut(usize::from(terms.factor())).ok_or(MathError::UnknownFactor)?;
    factor.net = factor.net.wrapping_add(net_rate);
    if fold.net > 0 || (fold.net == 0 && net_rate > 0) {
        factor.long = factor.long.wrapping_add(net_rate);
    } else {
        factor.short = factor.short.wrapping_sub(net_rate);
    }
    let source =
        deltas.sources.get_mut(usize::from(terms.source())).ok_or(MathError::UnknownAsset)?;
    *source = source.wrapping_add(net_rate);
    if terms.issuer() != 0 {
        let issuer =
            deltas.issuers.get_mut(usize::from(terms.issuer())).ok_or(MathError::UnknownAsset)?;
        *issuer = issuer.wrapping_add(net_rate);
    }
    Ok(q32)
}

/// A bit for every class in which an asset is held, owed or pulled.
fn classes_of<L: Legs>(legs: &L, direction: Direction<'_>, asset: u8) -> Result<u16> {
    let bit = |class: u8| 1_u16.wrapping_shl(u32::from(class)); // classes are below 16
    let pulled = direction.iter().filter(|p| p.asset == asset).map(|p| bit(p.class));
    let mut present = pulled.fold(0, |all, one| all | one);
    for index in 0..legs.count() {
        let leg = legs.leg(index)?;
        if leg.asset == asset {
            present |= bit(leg.class);
        }
    }
    Ok(present)
}

/// Both sides of one asset in one class, micro-USD.
fn class_value<L: Legs, A: Asset>(legs: &L, terms: &A, asset: u8, class: u8) -> Result<Value> {
    let mut amounts = Amounts::NONE;
    for index in 0..legs.count() {
        let leg = legs.leg(index)?;
        if leg.asset == asset && leg.class == class {
            amounts.add(leg.side, leg.amount)?;
        }
    }
    amounts.value(terms)
}

/// `lambda A + (1 - lambda) W` in Q48 and the offset charge in Q32.
fn market<T: Tables>(
    tables: &T,
    at: &Book,
    group: &GroupTerms,
    deltas: &Deltas,
) -> Result<(i64, i64)> {
    let lambda = group.lambda.init.min(Weight::ONE);
    let (mut additive, mut worst, mut offset) = (0_i64, 0_i64, 0_i64);
    let active = usize::from(at.scenario.init).checked_sub(1);
    let active = active.and_then(|number| tables.scenarios().get(number));
    for (id, (delta, sum)) in (0_u8..).zip(deltas.factors.iter().zip(&at.factors)) {
        if delta.long | delta.short == 0 {
            continue; // nor does net, their difference, move
        }
        let terms = tables.factor(id)?;
        let net = sum.net();
        let long = net > 0 || (net == 0 && delta.net > 0);
        additive = additive.wrapping_add(if long {
            times(terms.down.init, delta.net)
        } else {
            times(terms.up.init, delta.net).wrapping_neg()
        });
        let shock = active.and_then(|row| row.get(usize::from(id))).map_or(0, |[_, init]| *init);
        worst = worst.wrapping_sub(shock.wrapping_mul(delta.net));
        let matched = match sum.long.cmp(&sum.short) {
            core::cmp::Ordering::Less => delta.long,
            core::cmp::Ordering::Greater => delta.short,
            core::cmp::Ordering::Equal => delta.long.min(delta.short),
        };
        offset = offset.wrapping_add(times(terms.offset.init, matched));
    }
    let q48 = i64::from(lambda.q16())
        .wrapping_mul(additive)
        .wrapping_add(i64::from(lambda.complement().q16()).wrapping_mul(worst));
    Ok((q48, offset))
}

/// Confidence per price source. Q32.
fn sources(at: &Book, group: &GroupTerms, deltas: &Deltas) -> i64 {
    deltas.sources.iter().zip(&at.sources).fold(0_i64, |q32, (rate, sum)| {
        let weight = sum.confidence.times_ceil(group.confidence.init);
        q32.wrapping_add(times(weight, abs_rate(sum.net, *rate)))
    })
}

/// The issuer that sets the charge. Q32.
fn issuers(at: &Book, deltas: &Deltas) -> i64 {
    let charge = |net: i64, jump: Weight| {
        u128::from(net.unsigned_abs()).wrapping_mul(u128::from(jump.q16()))
    };
    let mut largest = (0_u128, 0_i64);
    for (rate, sum) in deltas.issuers.iter().zip(&at.issuers) {
        let own = charge(sum.net, sum.jump.init);
        if own > largest.0 {
            largest = (own, times(sum.jump.init, abs_rate(sum.net, *rate)));
        }
    }
    largest.1
}

/// Haircut on net claims. Q32.
fn claims<T: Tables>(tables: &T, at: &Book, deltas: &Deltas) -> Result<i64> {
    let mut q32 = 0_i64;
    for (id, (rate, claim)) in (0_u8..).zip(deltas.classes.iter().zip(&at.claims)).skip(1) {
        if *rate == 0 || *claim < 0 || (*claim == 0 && *rate < 0) {
            continue;
        }
        q32 = q32.wrapping_add(times(tables.class(id)?.haircut.init, *rate));
    }
    Ok(q32)
}

/// Change of `|n|` when `n` changes at `rate`.
const fn abs_rate(n: i64, rate: i64) -> i64 {
    match n {
        1.. => rate,
        0 => rate.saturating_abs(),
        _ => rate.wrapping_neg(),
    }
}

/// A weight times a rate of at most 2^20: at most 2^37.
fn times(weight: Weight, rate: i64) -> i64 {
    i64::from(weight.q16()).wrapping_mul(rate)
}

/// 1.0 as a rate.
pub const UNIT_RATE: i32 = ONE.cast_signed();
