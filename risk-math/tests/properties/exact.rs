//! The requirement in exact rational arithmetic, written from risk model 2.2
//! to 2.5: the reference of P0.
//!
//! It starts from valued amounts (whose rounding `tests/price.rs` checks) and
//! covers what one view sees: live, read data, classes neither frozen nor fading.

use crate::case::Case;
use crate::support::NATIVE;
use num_bigint::BigInt;
use num_rational::BigRational;
use std::collections::BTreeMap;
use trestle_risk_math::num::{ONE, Weight};
use trestle_risk_math::portfolio::*;
use trestle_risk_math::price::Price;

pub type Q = BigRational;

/// How the model departs from pure fractions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As specified: derived weights rounded up to Q16, concentration by its chords.
    Specified,
    /// Derived weights exact, concentration the smooth square.
    Smooth,
}

/// The parts of a requirement at one row, micro-USD.
#[derive(Clone, Debug)]
pub struct Exact {
    pub equity: i128,
    /// `A`.
    pub additive: Q,
    /// `W`.
    pub systemic: Q,
    /// `X` without the initial-only charges.
    pub specific: Q,
    /// The price guard, group totals, unread accounts.
    pub initial_only: Q,
    lambda: Q,
}

impl Exact {
    /// `lambda A + (1 - lambda) W + X`.
    pub fn required(&self, initial: bool) -> Q {
        let market = &self.lambda * &self.additive + (int(1) - &self.lambda) * &self.systemic;
        let own = if initial { self.initial_only.clone() } else { int(0) };
        market + &self.specific + own
    }
}

pub fn int(x: i128) -> Q {
    Q::from_integer(BigInt::from(x))
}

pub fn ratio(n: i128, d: i128) -> Q {
    Q::new(BigInt::from(n), BigInt::from(d))
}

pub fn fraction(weight: Weight) -> Q {
    ratio(weight.q16().into(), ONE.into())
}

fn abs(x: i128) -> Q {
    int(x.abs())
}

/// Up to a multiple of 2^-16, at most 2.0, when so specified.
fn stored(x: Q, style: Style) -> Q {
    if style == Style::Smooth { x } else { (x * int(ONE.into())).ceil() / int(ONE.into()) }
}

fn asset_value(price: Price, amount: u64) -> i128 {
    (i128::from(amount) * i128::from(price.mantissa())) >> price.shift()
}

fn debt_value(price: Price, amount: u64) -> i128 {
    -((-i128::from(amount) * (i128::from(price.mantissa()) + 1)) >> price.shift())
}

/// One row of the parameters.
struct Row<'a> {
    case: &'a Case,
    init: bool,
    style: Style,
}

impl Row<'_> {
    fn of(&self, pair: trestle_risk_math::num::Pair<Weight>) -> Q {
        fraction(if self.init { pair.init } else { pair.maint })
    }

    fn terms(&self, asset: u8) -> &AssetTerms {
        &self.case.world.assets[usize::from(asset)].terms
    }

    fn confidence(&self, of: Weight) -> Q {
        stored(fraction(of) * self.of(self.case.world.group.confidence), self.style)
    }

    fn concentration(&self, n: i128, depth: Depth) -> Q {
        let (d, slope) = (i128::from(depth.size_shr16), i128::from(depth.slope.q16()));
        let inside = n.min(d * slope);
        let mut q16 = int((n - inside) * slope);
        if d != 0 {
            q16 += match self.style {
                Style::Smooth => ratio(inside * inside, 2 * d),
                Style::Specified => {
                    let (k, rest) = (inside / d, inside % d);
                    ratio(k * k * d + (2 * k + 1) * rest, 2)
                }
            };
        }
        q16 / int(ONE.into())
    }

    /// `A` of one factor at a net exposure.
    fn directional(&self, factor: usize, net: i128) -> Q {
        let f = &self.case.world.factors[factor];
        abs(net) * self.of(if net >= 0 { f.down } else { f.up })
    }

    fn maturity(&self, down: Weight, days: u8) -> Q {
        // the smallest Q16 number whose square is at least 1 + T
        let square = (1 + u64::from(days)) << 32;
        let root = (0_u64..).skip(square.isqrt() as usize).find(|r| r * r >= square).unwrap();
        let extra = fraction(down) * ratio(i128::from(root - u64::from(ONE)), ONE.into());
        stored(extra, self.style).min(int(1) - fraction(down))
    }

    /// `pen * close * ramp(hr)` of a venue account.
    fn stress(&self, account: &Account) -> Q {
        let group = &self.case.world.group;
        let class = &self.case.world.classes[usize::from(account.class)];
        let hr = match account.limit {
            0 => int(2),
            limit => stored(ratio(account.adjusted, limit), self.style).min(int(2)),
        };
        let floor = self.of(group.stress_floor);
        let ramp = if hr <= floor {
            int(0)
        } else if hr >= int(1) {
            int(1)
        } else {
            stored((hr - &floor) / (int(1) - floor), self.style)
        };
        stored(fraction(class.penalty) * ramp, self.style)
    }
}

#[derive(Clone, Copy, Default)]
struct Account {
    class: u8,
    limit: i128,
    adjusted: i128,
    debt: i128,
}

#[derive(Clone, Copy, Default)]
struct Exposure {
    long: i128,
    short: i128,
    bids: i128,
    asks: i128,
}

/// The requirement's parts at the initial row or the maintenance row.
pub fn exact(case: &Case, init: bool, style: Style) -> Exact {
    let row = Row { case, init, style };
    let world = &case.world;
    // native units by (asset, class), then micro-USD
    let mut units: BTreeMap<(u8, u8), (u64, u64, u64)> = BTreeMap::new();
    for (leg, _) in &case.legs {
        let sums = units.entry((leg.asset, leg.class)).or_default();
        match leg.side {
            Side::Asset => {
                sums.0 += leg.amount;
                sums.2 += leg.amount.saturating_sub(leg.liquid);
            }
            Side::Debt => sums.1 += leg.amount,
        }
    }
    let (mut equity, mut specific, mut initial_only) = (0_i128, int(0), int(0));
    let mut claims = BTreeMap::<u8, i128>::new();
    let mut assets = BTreeMap::<u8, (i128, i128)>::new();
    for ((asset, class), (long, short, illiquid)) in &units {
        let terms = row.terms(*asset);
        let long = if terms.isolated { 0 } else { asset_value(terms.price, *long) };
        let short = debt_value(terms.price, *short);
        equity += long - short;
        *claims.entry(*class).or_default() += long - short;
        let (net, gross) = assets.entry(*asset).or_default();
        *net += long - short;
        *gross += if *class == NATIVE { long + short } else { (long - short).abs() };
        if !terms.isolated {
            specific += row.of(world.group.illiquid) * int(debt_value(terms.price, *illiquid));
        }
    }
    let mut factors = vec![Exposure::default(); world.factors.len()];
    let mut sources = BTreeMap::<u8, i128>::new();
    let mut issuers = BTreeMap::<u8, i128>::new();
    for (asset, (net, gross)) in &assets {
        let terms = row.terms(*asset);
        let concentration = row.concentration(net.abs(), terms.depth);
        specific += row.of(terms.basis) * abs(*net)
            + row.of(world.group.split) * ratio(gross - net.abs(), 2)
            + row.confidence(terms.rate_confidence) * abs(*net)
            + &concentration;
        if *net > 0 {
            factors[usize::from(terms.factor)].long += net;
            let credit = fraction(terms.depth.slope) * int(*net) - concentration;
            let credit = if style == Style::Specified { credit.ceil() } else { credit };
            initial_only += fraction(terms.credit_scale) * credit.max(int(0));
        } else {
            factors[usize::from(terms.factor)].short -= net;
            initial_only += fraction(terms.debt_scale) * abs(*net);
        }
        *sources.entry(terms.source).or_default() += net;
        *issuers.entry(terms.issuer).or_default() += net;
    }
    for asset in &world.assets {
        let terms = &asset.terms;
        if let Some(net) = sources.remove(&terms.source) {
            specific += row.confidence(terms.confidence) * abs(net);
            initial_only += fraction(terms.gap.min(world.group.gap_max)) * abs(net);
        }
    }
    let jump = |asset: &crate::support::Listed| {
        let net = issuers.get(&asset.terms.issuer).copied().unwrap_or(0);
        row.of(asset.terms.jump) * abs(net)
    };
    specific += world.assets.iter().map(jump).max().unwrap();
    for (class, claim) in &claims {
        let haircut = world.classes[usize::from(*class)].haircut;
        specific += row.of(haircut) * int((*claim).max(0));
    }
    let mut accounts = BTreeMap::<u8, Account>::new();
    for (leg, details) in &case.legs {
        let terms = row.terms(leg.asset);
        if details.bids | details.asks != 0 {
            let (bids, asks) =
                (debt_value(terms.price, details.bids), debt_value(terms.price, details.asks));
            let factor = &mut factors[usize::from(terms.factor)];
            (factor.bids, factor.asks) = (factor.bids + bids, factor.asks + asks);
            specific += row.of(terms.basis) * int(bids.max(asks));
        }
        if details.account != NO_ACCOUNT {
            add_to_account(accounts.entry(details.account).or_default(), leg, details, terms.price);
        }
        if terms.isolated {
            continue;
        }
        let gain = debt_value(terms.price, details.unsettled);
        let settleable = asset_value(terms.price, details.settleable.min(details.unsettled));
        let kept = fraction(world.group.unsettled) * int(settleable);
        let kept = if style == Style::Specified { kept.floor() } else { kept };
        specific += if init { int(gain) } else { (int(gain) - kept).max(int(0)) };
        if details.maturity_days != 0 {
            let f = &world.factors[usize::from(terms.factor)];
            let down = if init { f.down.init } else { f.down.maint };
            specific += row.maturity(down, details.maturity_days)
                * int(debt_value(terms.price, leg.amount));
        }
    }
    for account in accounts.values().filter(|a| a.debt > 0) {
        specific += row.stress(account) * int(account.debt);
    }
    let mut additive = int(0);
    for (id, f) in factors.iter().enumerate() {
        let net = f.long - f.short;
        let now = row.directional(id, net);
        let filled = row.directional(id, net + f.bids).max(row.directional(id, net - f.asks));
        specific += row.of(world.factors[id].offset) * int(f.long.min(f.short));
        specific += (filled - &now).max(int(0));
        additive += now;
    }
    let loss = |scenario: &[Shock; MAX_FACTORS]| {
        let loss: i128 = factors
            .iter()
            .zip(scenario)
            .map(|(f, shock)| -(f.long - f.short) * i128::from(shock[usize::from(init)]))
            .sum();
        ratio(loss, ONE.into())
    };
    let systemic = world.scenarios.iter().map(loss).max().unwrap_or(int(0)).max(int(0));
    let lambda = row.of(world.group.lambda);
    Exact { equity, additive, systemic, specific, initial_only, lambda }
}

fn add_to_account(account: &mut Account, leg: &Leg, details: &Details, price: Price) {
    account.class = leg.class;
    let venue = details.venue_price.unwrap_or(price);
    let weight = i128::from(details.venue_weight.q16());
    match leg.side {
        Side::Asset => {
            let worth = asset_value(price, leg.amount).min(asset_value(venue, leg.amount));
            account.limit += (worth * weight) >> 16;
        }
        Side::Debt => {
            let worth = debt_value(price, leg.amount).max(debt_value(venue, leg.amount));
            account.adjusted += -((-worth * weight) >> 16);
            account.debt += debt_value(price, leg.amount);
        }
    }
}
