//! Health in dollars.

use super::{dollars, dollars_high, row_of, share};
use crate::world::{Portfolio, World};
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::{
    Details, Freshness, Leg, MAX_CLASSES, MAX_FACTORS, MAX_ISSUERS, MAX_SOURCES, Side,
};
use trestle_risk_math::price::MAX_LEG_VALUE;

/// Health in dollars.
#[derive(Clone, Copy, Debug)]
pub struct Health {
    /// Maintenance.
    pub maint: f64,
    /// Liquidation end.
    pub liqend: f64,
    /// Initial; of no meaning while a debt's data is aged.
    pub init: f64,
}

/// What a view changes, as switches.
#[derive(Clone, Copy, Default)]
struct Eyes {
    /// Aged and frozen assets count nothing.
    strict: bool,
    /// Exposures of decaying classes fade.
    faded: bool,
    /// Frozen classes and unread accounts hedge nothing.
    blind: bool,
}

/// The grid: dollars owned and owed of each asset at each class.
struct Grid {
    owned: Vec<[f64; MAX_CLASSES]>,
    owed: Vec<[f64; MAX_CLASSES]>,
    hidden: Vec<[f64; MAX_CLASSES]>,
    /// Of what is owned, what cannot leave now.
    stuck: Vec<[f64; MAX_CLASSES]>,
}

/// An amount counts up to 64 bits of units.
const MOST_UNITS: f64 = u64::MAX as f64;

/// What is owned counts up to the bound of a leg, dollars.
fn leg_at_most(dollars: f64) -> f64 {
    dollars.min(MAX_LEG_VALUE as f64 / 1e6)
}

/// Health at every level.
#[must_use]
pub fn health(world: &World, legs: &Portfolio) -> Health {
    let all: Vec<_> =
        legs.0.iter().enumerate().map(|(i, (l, _))| (*l, legs.details_of(i))).collect();
    let at = |eyes: Eyes, row: usize, initial: bool| level(world, &all, eyes, row, initial);
    let full = Eyes::default();
    let faded = Eyes { faded: true, ..full };
    let strict = Eyes { strict: true, ..full };
    let blind = Eyes { strict: true, blind: true, ..full };
    // a view that an account does not need says the same as one that it has
    let maint = at(full, 0, false).min(at(faded, 0, false));
    let liqend = at(full, 1, false).min(at(faded, 1, false));
    let mut init = at(full, 1, true).min(liqend);
    if all.iter().any(|(l, d)| !live(world, l, d) || frozen(world, l.class)) {
        init = init.min(at(strict, 1, true));
    }
    if all.iter().any(|(l, d)| d.unread || frozen(world, l.class)) {
        init = init.min(at(blind, 1, true));
    }
    Health { maint, liqend, init }
}

fn live(world: &World, leg: &Leg, details: &Details) -> bool {
    let price = world.assets[usize::from(leg.asset)].freshness;
    price.max(details.freshness) == Freshness::Live
}

fn frozen(world: &World, class: u8) -> bool {
    class != 0 && world.classes[usize::from(class)].frozen
}

/// Equity less requirement, dollars.
fn level(world: &World, legs: &[(Leg, Details)], eyes: Eyes, row: usize, initial: bool) -> f64 {
    let grid = grid(world, legs, eyes);
    let keep: [f64; MAX_CLASSES] = core::array::from_fn(|c| match world.classes.get(c) {
        Some(class) if eyes.faded && c != 0 => share(class.keep),
        _ => 1.0,
    });
    let net: Vec<f64> = (0..world.assets.len())
        .map(|a| (0..MAX_CLASSES).map(|c| (grid.owned[a][c] - grid.owed[a][c]) * keep[c]).sum())
        .collect();
    let equity: f64 = (0..world.assets.len()).map(|a| claim_of(&grid, a, 0..MAX_CLASSES)).sum();
    let mut lost = singles(world, legs, eyes, row, initial);
    lost += by_asset(world, &grid, &net, &keep, row, initial);
    lost += by_group(world, &net, row, initial);
    lost += by_factor(world, legs, &net, row);
    for class in 1..world.classes.len() {
        let claim: f64 = (0..net.len()).map(|a| claim_of(&grid, a, class..class + 1)).sum();
        lost += row_of(world.classes[class].haircut, row) * claim.max(0.0);
    }
    equity - lost
}

fn claim_of(grid: &Grid, asset: usize, classes: core::ops::Range<usize>) -> f64 {
    classes.map(|c| grid.owned[asset][c] - grid.owed[asset][c] + grid.hidden[asset][c]).sum()
}

/// Native units that a view counts.
fn units(world: &World, leg: &Leg, details: &Details, eyes: Eyes) -> f64 {
    if leg.side == Side::Debt {
        return leg.amount as f64;
    }
    if eyes.strict && (!live(world, leg, details) || frozen(world, leg.class)) {
        return 0.0;
    }
    let class =
        if leg.class == 0 { Weight::ONE } else { world.classes[usize::from(leg.class)].keep };
    let asset = world.assets[usize::from(leg.asset)].keep;
    [class, asset, details.keep].iter().fold(leg.amount as f64, |left, keep| left * share(*keep))
}

fn grid(world: &World, legs: &[(Leg, Details)], eyes: Eyes) -> Grid {
    let empty = || vec![[0.0; MAX_CLASSES]; world.assets.len()];
    let (mut held, mut dim) = (empty(), empty());
    let mut grid = Grid { owned: empty(), owed: empty(), hidden: empty(), stuck: empty() };
    for (leg, details) in legs {
        let (a, c) = (usize::from(leg.asset), usize::from(leg.class));
        let terms = &world.assets[a];
        let amount = units(world, leg, details, eyes);
        let blind = eyes.blind && (details.unread || frozen(world, leg.class));
        let debt = amount * dollars_high(terms.price);
        let up = share(world.factors[usize::from(terms.factor)].up.maint);
        match (leg.side, blind) {
            (Side::Asset, true) => dim[a][c] += amount,
            (Side::Asset, false) => {
                held[a][c] += amount;
                grid.stuck[a][c] += (amount - leg.liquid as f64).max(0.0);
            }
            (Side::Debt, true) => grid.hidden[a][c] -= debt,
            (Side::Debt, false) => grid.owed[a][c] += debt * (1.0 + up * (1.0 - share(terms.keep))),
        }
    }
    for (a, terms) in world.assets.iter().enumerate() {
        for c in 0..MAX_CLASSES {
            let credit = if terms.isolated { 0.0 } else { 1.0 };
            let worth =
                |units: f64, price: f64| credit * leg_at_most(units.min(MOST_UNITS) * price);
            grid.owned[a][c] = worth(held[a][c], dollars(terms.price));
            grid.hidden[a][c] += worth(dim[a][c], dollars(terms.price));
            grid.stuck[a][c] = worth(grid.stuck[a][c], dollars_high(terms.price));
        }
    }
    grid
}

/// Charges that one leg, or one venue account, bears alone.
fn singles(world: &World, legs: &[(Leg, Details)], eyes: Eyes, row: usize, initial: bool) -> f64 {
    let mut lost = 0.0;
    let mut venues = [(0.0_f64, 0.0_f64, 0.0_f64, false, 0_u8); 16];
    for (leg, details) in legs {
        let terms = &world.assets[usize::from(leg.asset)];
        let held = units(world, leg, details, eyes);
        let (price, high) = (dollars(terms.price), dollars_high(terms.price));
        if !terms.isolated {
            let gain = details.unsettled as f64;
            let settled = leg_at_most(gain.min(details.settleable as f64) * price);
            let counted = if row == 0 { share(world.group.unsettled) * settled } else { 0.0 };
            lost += leg_at_most(gain * high) - counted;
            let down = row_of(world.factors[usize::from(terms.factor)].down, row);
            let longer = f64::from(1 + u32::from(details.maturity_days)).sqrt() - 1.0;
            lost += (down * longer).min(1.0 - down).max(0.0) * leg_at_most(held * high);
        }
        let Some(venue) = venues.get_mut(usize::from(details.account)) else { continue };
        if leg.side == Side::Asset {
            let lower = details.venue_price.map_or(price, |p| price.min(dollars(p)));
            venue.0 += share(details.venue_weight) * leg_at_most(held * lower);
        } else {
            let weight = share(details.venue_weight) * held;
            venue.1 += weight * details.venue_price.map_or(high, |p| high.max(dollars_high(p)));
            venue.2 += held * high;
        }
        (venue.3, venue.4) = (venue.3 | details.unread, leg.class);
    }
    for (limit, adjusted, debt, unread, class) in venues.iter().filter(|v| v.2 > 0.0) {
        let floor = row_of(world.group.stress_floor, row);
        let ratio = if adjusted < limit { adjusted / limit } else { 1.0 };
        let ramp = ((ratio - floor) / (1.0 - floor)).clamp(0.0, 1.0);
        let ramp = if initial && *unread { 1.0 } else { ramp };
        lost += share(world.classes[usize::from(*class)].penalty) * ramp * debt;
    }
    lost
}

/// Basis, split, what is stuck, own confidence, size, and group totals.
fn by_asset(
    world: &World,
    grid: &Grid,
    net: &[f64],
    keep: &[f64; MAX_CLASSES],
    row: usize,
    initial: bool,
) -> f64 {
    let mut lost = 0.0;
    for (a, terms) in world.assets.iter().enumerate() {
        let size = net[a].abs();
        let native = grid.owned[a][0] + grid.owed[a][0];
        let foreign =
            (1..MAX_CLASSES).map(|c| ((grid.owned[a][c] - grid.owed[a][c]) * keep[c]).abs());
        let matched = (native + foreign.sum::<f64>() - size) / 2.0;
        lost += row_of(terms.basis, row) * size + row_of(world.group.split, row) * matched;
        lost += row_of(world.group.illiquid, row) * grid.stuck[a].iter().sum::<f64>();
        lost += share(terms.rate_confidence) * row_of(world.group.confidence, row) * size;
        // the marginal charge is n / L up to cm: integrate it
        let (cm, depth) =
            (share(terms.depth.slope), terms.depth.size_shr16 as f64 * 65_536.0 / 1e6);
        let knee = size.min(cm * depth);
        let size_charge = if depth > 0.0 { knee * knee / depth / 2.0 } else { 0.0 };
        let size_charge = size_charge + cm * (size - knee);
        lost += size_charge;
        if initial && net[a] > 0.0 {
            lost += share(terms.credit_scale) * (cm * size - size_charge);
        } else if initial {
            lost += share(terms.debt_scale) * size;
        }
    }
    lost
}

/// Price sources and issuers.
fn by_group(world: &World, net: &[f64], row: usize, initial: bool) -> f64 {
    let mut sources = [(0.0_f64, 0.0_f64, 0.0_f64); MAX_SOURCES];
    let mut issuers = [(0.0_f64, 0.0_f64); MAX_ISSUERS];
    for (terms, net) in world.assets.iter().zip(net).filter(|(_, net)| **net != 0.0) {
        let source = &mut sources[usize::from(terms.source)];
        source.0 += net;
        source.1 = source.1.max(share(terms.confidence));
        source.2 = source.2.max(share(terms.gap.min(world.group.gap_max)));
        if terms.issuer != 0 {
            let issuer = &mut issuers[usize::from(terms.issuer)];
            (issuer.0, issuer.1) = (issuer.0 + net, row_of(terms.jump, row));
        }
    }
    let multiple = row_of(world.group.confidence, row);
    let on_source = |(net, confidence, gap): &(f64, f64, f64)| {
        net.abs() * (confidence * multiple + if initial { *gap } else { 0.0 })
    };
    let jumps = issuers.iter().map(|(net, jump)| net.abs() * jump);
    sources.iter().map(on_source).sum::<f64>() + jumps.fold(0.0, f64::max)
}

/// Directional risk, offsets, resting orders.
fn by_factor(world: &World, legs: &[(Leg, Details)], net: &[f64], row: usize) -> f64 {
    let mut long = [0.0; MAX_FACTORS];
    let mut short = [0.0; MAX_FACTORS];
    for (terms, net) in world.assets.iter().zip(net) {
        long[usize::from(terms.factor)] += net.max(0.0);
        short[usize::from(terms.factor)] += (-net).max(0.0);
    }
    let (mut bids, mut asks) = ([0.0; MAX_FACTORS], [0.0; MAX_FACTORS]);
    let mut lost = 0.0;
    for (leg, details) in legs {
        let terms = &world.assets[usize::from(leg.asset)];
        let side = |amount: u64| amount as f64 * dollars_high(terms.price);
        bids[usize::from(terms.factor)] += side(details.bids);
        asks[usize::from(terms.factor)] += side(details.asks);
        lost += row_of(terms.basis, row) * side(details.bids.max(details.asks));
    }
    let mut additive = 0.0;
    for (f, terms) in world.factors.iter().enumerate() {
        let (down, up) = (row_of(terms.down, row), row_of(terms.up, row));
        let cost = |n: f64| (down * n).max(-up * n);
        let n = long[f] - short[f];
        additive += cost(n);
        lost += row_of(terms.offset, row) * long[f].min(short[f]);
        lost += (cost(n + bids[f]).max(cost(n - asks[f])) - cost(n)).max(0.0);
    }
    let loss = |shocks: &[[i64; 2]; MAX_FACTORS]| -> f64 {
        (0..MAX_FACTORS).map(|f| (short[f] - long[f]) * shocks[f][row] as f64 / 65_536.0).sum()
    };
    let worst = world.scenarios.iter().map(loss).fold(0.0, f64::max);
    let lambda = row_of(world.group.lambda, row);
    lost + lambda * additive + (1.0 - lambda) * worst
}
