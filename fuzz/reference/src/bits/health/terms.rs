//! The charges of risk model 2.3 to 2.6, one function each.

use super::cells::Layout;
use crate::bits::price::{charged_value, counted_value, debt_value};
use crate::bits::{
    Int, ceil_div, floor_div, int, q16, rest, rows, share_down, two_to, weight_product_up,
};
use crate::world::World;
use num_traits::{Signed, Zero};
use std::collections::BTreeMap;
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::portfolio::{
    AccountSum, AssetTerms, Depth, MAX_ISSUERS, NATIVE_CLASS, Tables, Term,
};
use trestle_risk_math::{MathError, Result};

/// One named charge in Q17 micro-USD, exact: maintenance and initial, and
/// what the initial level adds.
#[derive(Clone, Debug, Default)]
pub struct Charge {
    /// Maintenance; initial and liquidation end.
    pub rows: [Int; 2],
    /// At the initial level only.
    pub init_only: Int,
}

impl Charge {
    /// `weights * value` in both rows.
    fn add(&mut self, weights: &[Int; 2], value: &Int) {
        for (row, weight) in self.rows.iter_mut().zip(weights) {
            *row += weight * value * 2;
        }
    }
}

/// All charges, in the order of [`Term::ALL`].
#[derive(Clone, Debug)]
pub struct Charges(pub Vec<Charge>);

/// `A` and `W` in Q16 micro-USD, by row.
#[derive(Clone, Debug)]
pub struct Blend {
    additive: [Int; 2],
    worst: [Int; 2],
    /// The scenario that sets `W`, 0 for none.
    pub scenario: Pair<u8>,
}

impl Blend {
    /// `lambda * A`, Q32.
    #[must_use]
    pub fn additive_part(&self, row: usize, lambda: Weight) -> Int {
        &self.additive[row] * q16(lambda).min(two_to(16))
    }

    /// `(1 - lambda) * W`, Q32.
    #[must_use]
    pub fn systemic_part(&self, row: usize, lambda: Weight) -> Int {
        &self.worst[row] * rest(&q16(lambda))
    }
}

/// Long and short of one factor, and its resting orders.
#[derive(Default)]
struct Factor {
    long: Int,
    short: Int,
    bids: Int,
    asks: Int,
}

/// Everything charged on a layout.
///
/// # Errors
/// [`MathError`] for an unknown row or a value out of bounds.
pub fn charges(
    world: &World,
    layout: &Layout,
    accounts: &[AccountSum],
) -> Result<(Charges, Blend)> {
    let nets = layout.nets();
    let factors = factors(world, layout, &nets)?;
    let per_term = Term::ALL.map(|term| match term {
        Term::Basis => basis(world, layout, &nets),
        Term::Split => Ok(split(world, layout, &nets)),
        Term::Offset => offset(world, &factors),
        Term::Confidence => Ok(confidence(world, &nets)),
        Term::Concentration => Ok(concentration(world, &nets)),
        Term::Haircut => haircut(world, layout),
        Term::Stress => super::venue::stress(world, accounts),
        Term::Liquidity => Ok(liquidity(world, layout)),
        Term::Maturity => maturity(world, layout),
        Term::Orders => orders(world, &factors),
        Term::Unsettled => Ok(unsettled(world, layout)),
        Term::Issuer => issuer(world, &nets),
        Term::Gap => Ok(gap(world, &nets)),
        Term::Scale => Ok(scale(world, &nets)),
    });
    let charges = per_term.into_iter().collect::<Result<_>>()?;
    Ok((Charges(charges), blend(world, &factors)?))
}

fn terms(world: &World, asset: u8) -> &AssetTerms {
    &world.assets[usize::from(asset)]
}

fn factors(world: &World, layout: &Layout, nets: &[(u8, Int)]) -> Result<BTreeMap<u8, Factor>> {
    let mut factors = BTreeMap::<u8, Factor>::new();
    for (id, net) in nets {
        let factor = factors.entry(terms(world, *id).factor).or_default();
        if net.is_negative() {
            factor.short -= net;
        } else {
            factor.long += net;
        }
    }
    for (leg, details) in &layout.legs {
        let asset = terms(world, leg.asset);
        let factor = factors.entry(asset.factor).or_default();
        factor.bids += debt_value(asset.price, &int(details.bids))?;
        factor.asks += debt_value(asset.price, &int(details.asks))?;
    }
    factors.retain(|_, f| [&f.long, &f.short, &f.bids, &f.asks].iter().any(|x| !x.is_zero()));
    Ok(factors)
}

/// `d * N` of a long, `u * |N|` of a short, Q16.
fn directional(world: &World, factor: u8, net: &Int) -> Result<[Int; 2]> {
    let terms = world.factor(factor)?;
    let weights = rows(if net.is_negative() { terms.up } else { terms.down });
    Ok(weights.map(|w| w * net.abs()))
}

fn blend(world: &World, factors: &BTreeMap<u8, Factor>) -> Result<Blend> {
    let mut additive = [Int::zero(), Int::zero()];
    for (id, factor) in factors {
        let own = directional(world, *id, &(&factor.long - &factor.short))?;
        additive.iter_mut().zip(own).for_each(|(sum, x)| *sum += x);
    }
    let loss = |row: usize, shocks: &[[i64; 2]; 16]| -> Int {
        let of = |(id, f): (&u8, &Factor)| (&f.short - &f.long) * shocks[usize::from(*id)][row];
        factors.iter().map(of).sum()
    };
    let mut worst = [Int::zero(), Int::zero()];
    let mut scenario = [0, 0];
    for row in 0..2 {
        for (number, shocks) in world.scenarios.iter().enumerate() {
            let loss = loss(row, shocks);
            if loss > worst[row] {
                (worst[row], scenario[row]) = (loss, number as u8 + 1);
            }
        }
    }
    Ok(Blend { additive, worst, scenario: Pair::new(scenario[0], scenario[1]) })
}

/// `b |N_a|`, and `b` of the larger side of an asset's resting orders, leg by leg.
fn basis(world: &World, layout: &Layout, nets: &[(u8, Int)]) -> Result<Charge> {
    let mut charge = Charge::default();
    for (id, net) in nets {
        charge.add(&rows(terms(world, *id).basis), &net.abs());
    }
    for (leg, details) in &layout.legs {
        let asset = terms(world, leg.asset);
        let side = debt_value(asset.price, &int(details.bids.max(details.asks)))?;
        charge.add(&rows(asset.basis), &side);
    }
    Ok(charge)
}

/// `hs (G_a - |N_a|) / 2`.
fn split(world: &World, layout: &Layout, nets: &[(u8, Int)]) -> Charge {
    let mut charge = Charge::default();
    for (id, net) in nets {
        let cells = layout.cells.iter().filter(|c| c.asset_id == *id);
        let gross: Int = cells.map(|c| c.gross()).sum();
        let matched_twice = (gross - net.abs()).max(Int::zero());
        for (row, weight) in charge.rows.iter_mut().zip(rows(world.group.split)) {
            *row += weight * &matched_twice;
        }
    }
    charge
}

/// `h_f M_f`.
fn offset(world: &World, factors: &BTreeMap<u8, Factor>) -> Result<Charge> {
    let mut charge = Charge::default();
    for (id, factor) in factors {
        let matched = (&factor.long).min(&factor.short);
        charge.add(&rows(world.factor(*id)?.offset), matched);
    }
    Ok(charge)
}

/// A weight times the group's multiplier of each row, rounded up.
fn multiplied(world: &World, weight: Weight) -> [Int; 2] {
    rows(world.group.confidence).map(|multiple| weight_product_up(&q16(weight), &multiple))
}

/// Net exposure per price source, with its widest confidence and gap (ruling 12).
fn sources(world: &World, nets: &[(u8, Int)]) -> Vec<(Int, Weight, Weight)> {
    let mut sources = BTreeMap::<u8, (Int, Weight, Weight)>::new();
    for (id, net) in nets.iter().filter(|(_, net)| !net.is_zero()) {
        let asset = terms(world, *id);
        let source = sources.entry(asset.source).or_default();
        source.0 += net;
        source.1 = source.1.max(asset.confidence);
        source.2 = source.2.max(asset.gap);
    }
    sources.into_values().collect()
}

/// Confidence per source, and an LST's own on its net.
fn confidence(world: &World, nets: &[(u8, Int)]) -> Charge {
    let mut charge = Charge::default();
    for (net, confidence, _) in sources(world, nets) {
        charge.add(&multiplied(world, confidence), &net.abs());
    }
    for (id, net) in nets {
        charge.add(&multiplied(world, terms(world, *id).rate_confidence), &net.abs());
    }
    charge
}

/// The spot-to-EMA guard per source.
fn gap(world: &World, nets: &[(u8, Int)]) -> Charge {
    let mut charge = Charge::default();
    for (net, _, gap) in sources(world, nets) {
        charge.init_only += q16(gap).min(q16(world.group.gap_max)) * net.abs() * 2;
    }
    charge
}

/// Twice the concentration charge, Q16: the square `n^2 / D` by its chords
/// between multiples of `D = L / 2^16`, then a straight line of slope `cm`.
#[must_use]
pub fn concentration_doubled(n: &Int, depth: Depth) -> Int {
    let (d, cm) = (int(depth.size_shr16), q16(depth.slope));
    let knee = &d * &cm;
    let inside = n.min(&knee).clone();
    let beyond = (n - &knee).max(Int::zero()) * &cm * 2;
    if d.is_zero() {
        return beyond;
    }
    let k = floor_div(&inside, &d);
    // from (k D, k^2 D) toward ((k + 1) D, (k + 1)^2 D)
    &k * &k * &d + (&k * 2 + 1) * (inside - &k * &d) + beyond
}

fn concentration(world: &World, nets: &[(u8, Int)]) -> Charge {
    let mut charge = Charge::default();
    for (id, net) in nets {
        let doubled = concentration_doubled(&net.abs(), terms(world, *id).depth);
        charge.rows.iter_mut().for_each(|row| *row += &doubled);
    }
    charge
}

/// Group totals above the asset's cap: a share of the credit that
/// concentration leaves, rounded up to whole micro-USD, or of the debt.
fn scale(world: &World, nets: &[(u8, Int)]) -> Charge {
    let mut charge = Charge::default();
    for (id, net) in nets {
        let asset = terms(world, *id);
        let size = net.abs();
        if net.is_negative() {
            charge.init_only += q16(asset.debt_scale) * size * 2;
            continue;
        }
        let full: Int = q16(asset.depth.slope) * &size * 2;
        let credit_q17 = full - concentration_doubled(&size, asset.depth);
        let credit_q17 = credit_q17.max(Int::zero());
        charge.init_only += q16(asset.credit_scale) * ceil_div(&credit_q17, &two_to(17)) * 2;
    }
    charge
}

/// `vh` on each foreign class's positive net claim.
fn haircut(world: &World, layout: &Layout) -> Result<Charge> {
    let mut charge = Charge::default();
    for id in 0..16 {
        let claim = layout.claim(id);
        if id != NATIVE_CLASS && claim.is_positive() {
            let class = world.class(id)?;
            if class.haircut.init != Weight::ZERO {
                charge.add(&rows(class.haircut), &claim);
            }
        }
    }
    Ok(charge)
}

/// `tau` on what cannot leave its venue now.
fn liquidity(world: &World, layout: &Layout) -> Charge {
    let mut charge = Charge::default();
    for cell in &layout.cells {
        charge.add(&rows(world.group.illiquid), &cell.illiquid);
    }
    charge
}

/// `d (sqrt(1 + T) - 1)`, rounded up, at most what `d` leaves of 1.0. An
/// isolated asset has no credit to shorten (ruling 18).
fn maturity(world: &World, layout: &Layout) -> Result<Charge> {
    let mut charge = Charge::default();
    for (leg, details) in &layout.legs {
        let asset = terms(world, leg.asset);
        if details.maturity_days == 0 || asset.isolated {
            continue;
        }
        let root = ((int(details.maturity_days) + 1_i32) << 32_u32).sqrt();
        // a root that is not whole is rounded up
        let whole = &root * &root == (int(details.maturity_days) + 1_i32) << 32_u32;
        let extra = root - two_to(16) + i32::from(!whole);
        let weights = rows(world.factor(asset.factor)?.down)
            .map(|d| ceil_div(&(&d * &extra), &two_to(16)).min(two_to(17)).min(rest(&d)));
        charge.add(&weights, &charged_value(asset.price, &int(leg.amount)));
    }
    Ok(charge)
}

/// How much dearer the worst of "all bids fill" and "all asks fill" is than
/// the present exposure of the factor.
fn orders(world: &World, factors: &BTreeMap<u8, Factor>) -> Result<Charge> {
    let mut charge = Charge::default();
    for (id, factor) in factors {
        let net = &factor.long - &factor.short;
        let now = directional(world, *id, &net)?;
        let up = directional(world, *id, &(&net + &factor.bids))?;
        let down = directional(world, *id, &(&net - &factor.asks))?;
        for row in 0..2 {
            let worst = (&up[row]).max(&down[row]) - &now[row];
            charge.rows[row] += worst.max(Int::zero()) * 2;
        }
    }
    Ok(charge)
}

/// Positive unsettled profit: all of it at the initial row, less what counts
/// of its settleable part at maintenance. An isolated asset's has no credit to lose.
fn unsettled(world: &World, layout: &Layout) -> Charge {
    let mut charge = Charge::default();
    for (leg, details) in &layout.legs {
        let asset = terms(world, leg.asset);
        if asset.isolated {
            continue;
        }
        let gain = charged_value(asset.price, &int(details.unsettled));
        let settleable = int(details.settleable.min(details.unsettled));
        let kept =
            share_down(&q16(world.group.unsettled), &counted_value(asset.price, &settleable));
        let lost = (&gain - kept).max(Int::zero());
        charge.rows[0] += lost << 17;
        charge.rows[1] += gain << 17;
    }
    charge
}

/// The jump of the issuer with the largest charge, per row (ruling 12).
fn issuer(world: &World, nets: &[(u8, Int)]) -> Result<Charge> {
    let mut issuers = BTreeMap::<u8, (Int, [Int; 2])>::new();
    for (id, net) in nets.iter().filter(|(_, net)| !net.is_zero()) {
        let asset = terms(world, *id);
        if asset.issuer != 0 {
            if usize::from(asset.issuer) >= MAX_ISSUERS {
                return Err(MathError::UnknownAsset);
            }
            let issuer = issuers.entry(asset.issuer).or_default();
            issuer.0 += net;
            issuer.1 = rows(asset.jump);
        }
    }
    let mut charge = Charge::default();
    for row in 0..2 {
        let dearest = issuers.values().map(|(net, jump)| &jump[row] * net.abs()).max();
        charge.rows[row] = dearest.unwrap_or_default() * 2;
    }
    Ok(charge)
}
