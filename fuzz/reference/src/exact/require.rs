//! The requirement of risk model 2.3 on rational exposures.

use super::{Rational, dyadic, fraction, positive, row_of, whole};
use crate::world::World;
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::{Depth, NATIVE_CLASS};

/// What an account has of one asset at one class. Micro-USD.
#[derive(Clone, Debug, Default)]
pub struct Holding {
    /// Asset.
    pub asset: u8,
    /// Class.
    pub class: u8,
    /// Owned, with exposure.
    pub owned: Rational,
    /// Owed, with exposure.
    pub owed: Rational,
    /// Share of the net that counts as exposure; 1 unless a view lets it fade.
    pub exposed: Rational,
    /// Net value without exposure.
    pub hidden: Rational,
    /// Of what is owned, what cannot leave now.
    pub illiquid: Rational,
}

impl Holding {
    /// Exposure of the asset: everything at the native class, what counts elsewhere.
    fn net(&self) -> Rational {
        (&self.owned - &self.owed) * &self.exposed
    }

    fn gross(&self) -> Rational {
        if self.class == NATIVE_CLASS { &self.owned + &self.owed } else { self.net().abs() }
    }

    /// What the holding adds to equity and to its class's claim.
    #[must_use]
    pub fn claim(&self) -> Rational {
        &self.owned - &self.owed + &self.hidden
    }
}

/// Resting orders of one leg.
#[derive(Clone, Debug)]
pub struct Order {
    /// Asset.
    pub asset: u8,
    /// Worth of the bids.
    pub bids: Rational,
    /// Worth of the asks.
    pub asks: Rational,
}

/// A venue account as the venue sees it.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Class.
    pub class: u8,
    /// Collateral times threshold.
    pub limit: Rational,
    /// Debt times borrow factor.
    pub adjusted: Rational,
    /// Debt at board price.
    pub debt: Rational,
    /// Not read in this instruction.
    pub unread: bool,
}

/// An account, valued.
#[derive(Clone, Debug, Default)]
pub struct Valued {
    /// By (asset, class).
    pub holdings: Vec<Holding>,
    /// Resting orders.
    pub orders: Vec<Order>,
    /// Charges that depend on one leg alone: maintenance, initial.
    pub flat: [Rational; 2],
    /// Venue accounts.
    pub accounts: Vec<Account>,
}

impl Valued {
    /// `E`.
    #[must_use]
    pub fn equity(&self) -> Rational {
        self.holdings.iter().map(Holding::claim).sum()
    }
}

/// Which of two forms a charge takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The specification's own: a square.
    Smooth,
    /// As the engine has it: the square's chords, products of weights rounded up.
    Chords,
}

/// `R` of a row, with or without what the initial level adds. Micro-USD.
#[must_use]
pub fn requirement(
    world: &World,
    account: &Valued,
    row: usize,
    initial: bool,
    shape: Shape,
) -> Rational {
    let group = &world.group;
    let mut charge = account.flat[row].clone();
    let mut nets = BTreeMap::<u8, (Rational, Rational)>::new();
    for holding in &account.holdings {
        let (net, gross) = nets.entry(holding.asset).or_default();
        *net += holding.net();
        *gross += holding.gross();
        charge += row_of(group.illiquid, row) * &holding.illiquid;
    }
    let mut factors = BTreeMap::<u8, (Rational, Rational)>::new();
    let mut sources = BTreeMap::<u8, (Rational, Weight, Weight)>::new();
    let mut issuers = BTreeMap::<u8, (Rational, Rational)>::new();
    for (id, (net, gross)) in &nets {
        let terms = &world.assets[usize::from(*id)];
        let size = net.abs();
        charge += row_of(terms.basis, row) * &size;
        charge += row_of(group.split, row) * (gross - &size) / whole(2);
        charge += multiplied(world, terms.rate_confidence, row, shape) * &size;
        let concentration = concentration(&size, terms.depth, shape);
        if initial && net.is_negative() {
            charge += fraction(terms.debt_scale) * &size;
        } else if initial {
            let credit = fraction(terms.depth.slope) * &size - &concentration;
            charge += fraction(terms.credit_scale) * positive(credit);
        }
        charge += concentration;
        let factor = factors.entry(terms.factor).or_default();
        factor.0 += positive(net.clone());
        factor.1 += positive(-net);
        let source = sources.entry(terms.source).or_default();
        source.0 += net;
        source.1 = source.1.max(terms.confidence);
        source.2 = source.2.max(terms.gap);
        if terms.issuer != 0 {
            let issuer = issuers.entry(terms.issuer).or_default();
            issuer.0 += net;
            issuer.1 = row_of(terms.jump, row);
        }
    }
    for (net, confidence, gap) in sources.values() {
        charge += multiplied(world, *confidence, row, shape) * net.abs();
        if initial {
            charge += fraction((*gap).min(group.gap_max)) * net.abs();
        }
    }
    let jumps = issuers.values().map(|(net, jump)| jump * net.abs());
    charge += jumps.max().unwrap_or_else(Rational::zero);
    charge += claims(world, account, row) + stress(world, account, row, initial);
    charge += orders(world, account, &factors, row);
    for (id, (long, short)) in &factors {
        let offset = world.factors[usize::from(*id)].offset;
        charge += row_of(offset, row) * long.min(short);
    }
    charge + market(world, &factors, row)
}

/// A confidence times the group's multiplier.
fn multiplied(world: &World, confidence: Weight, row: usize, shape: Shape) -> Rational {
    let product = fraction(confidence) * row_of(world.group.confidence, row);
    match shape {
        Shape::Smooth => product,
        Shape::Chords => (product * whole(1_u32 << 16)).ceil() / whole(1_u32 << 16),
    }
}

/// `lambda A + (1 - lambda) W`.
fn market(world: &World, factors: &BTreeMap<u8, (Rational, Rational)>, row: usize) -> Rational {
    let lambda = row_of(world.group.lambda, row);
    let additive: Rational =
        factors.iter().map(|(id, (long, short))| additive(world, *id, &(long - short), row)).sum();
    let mut worst = Rational::zero();
    for shocks in &world.scenarios {
        let loss: Rational = factors
            .iter()
            .map(|(id, (long, short))| (short - long) * dyadic(shocks[usize::from(*id)][row], 16))
            .sum();
        worst = worst.max(loss);
    }
    &lambda * additive + (Rational::one() - lambda) * worst
}

fn additive(world: &World, factor: u8, net: &Rational, row: usize) -> Rational {
    let terms = &world.factors[usize::from(factor)];
    row_of(if net.is_negative() { terms.up } else { terms.down }, row) * net.abs()
}

/// `n^2 / (2 L)` up to `n* = cm L`, a line of slope `cm` beyond.
fn concentration(n: &Rational, depth: Depth, shape: Shape) -> Rational {
    let (slope, size) = (fraction(depth.slope), whole(u128::from(depth.size_shr16) << 16));
    let knee = &slope * &size;
    let inside = n.min(&knee).clone();
    let beyond = (n - &inside) * &slope;
    if inside.is_zero() {
        return beyond;
    }
    let below = match shape {
        Shape::Smooth => &inside * &inside / (whole(2) * size),
        Shape::Chords => {
            // chord over [k D, (k + 1) D] of n^2 / (2 L), D = L / 2^16
            let step = whole(depth.size_shr16);
            let at = |k: &Rational| (k * &step) * (k * &step) / (whole(2) * &size);
            let k = (&inside / &step).floor();
            let next = &k + Rational::one();
            at(&k) + (at(&next) - at(&k)) * (inside / step - k)
        }
    };
    below + beyond
}

fn claims(world: &World, account: &Valued, row: usize) -> Rational {
    let mut claims = BTreeMap::<u8, Rational>::new();
    for holding in account.holdings.iter().filter(|h| h.class != NATIVE_CLASS) {
        *claims.entry(holding.class).or_default() += holding.claim();
    }
    let haircut = |id: u8| row_of(world.classes[usize::from(id)].haircut, row);
    claims.into_iter().map(|(id, claim)| haircut(id) * positive(claim)).sum()
}

fn stress(world: &World, account: &Valued, row: usize, initial: bool) -> Rational {
    let mut charge = Rational::zero();
    for venue in account.accounts.iter().filter(|a| a.debt.is_positive()) {
        let penalty = fraction(world.classes[usize::from(venue.class)].penalty);
        let floor = row_of(world.group.stress_floor, row);
        let ramp = if venue.adjusted >= venue.limit {
            Rational::one()
        } else {
            positive((&venue.adjusted / &venue.limit - &floor) / (Rational::one() - floor))
        };
        let share = if initial && venue.unread { Rational::one() } else { ramp };
        charge += penalty * share * &venue.debt;
    }
    charge
}

fn orders(
    world: &World,
    account: &Valued,
    factors: &BTreeMap<u8, (Rational, Rational)>,
    row: usize,
) -> Rational {
    let mut charge = Rational::zero();
    let mut resting = BTreeMap::<u8, (Rational, Rational)>::new();
    for order in &account.orders {
        let terms = &world.assets[usize::from(order.asset)];
        charge += row_of(terms.basis, row) * (&order.bids).max(&order.asks);
        let sum = resting.entry(terms.factor).or_default();
        sum.0 += &order.bids;
        sum.1 += &order.asks;
    }
    for (id, (bids, asks)) in &resting {
        let net = factors.get(id).map_or_else(Rational::zero, |(long, short)| long - short);
        let cost = |net: &Rational| additive(world, *id, net, row);
        let worst = cost(&(&net + bids)).max(cost(&(&net - asks)));
        charge += positive(worst - cost(&net));
    }
    charge
}
