//! Exact health: legs valued without rounding, through every view that applies.

use super::{
    Account, Holding, Order, Rational, Shape, Valued, dyadic, fraction, high, low, positive,
    requirement, row_of, whole,
};
use crate::bits::health::View;
use crate::world::{Portfolio, World};
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::{
    Details, FactorTerms, Freshness, Leg, NATIVE_CLASS, NO_ACCOUNT, Side,
};
use trestle_risk_math::price::MAX_LEG_VALUE;

/// Exact health, micro-USD.
#[derive(Clone, Debug)]
pub struct Health {
    /// Maintenance.
    pub maint: Rational,
    /// Liquidation end.
    pub liqend: Rational,
    /// Initial; `None` while a debt's data is aged.
    pub init: Option<Rational>,
    /// Equity of the full view.
    pub equity: Rational,
    /// Debts of the full view.
    pub debts: Rational,
}

/// Health at every level: the lowest over the views.
#[must_use]
pub fn health(world: &World, legs: &Portfolio) -> Health {
    let level = |view: View, row: usize, initial: bool| {
        let account = value(world, legs, view);
        account.equity() - requirement(world, &account, row, initial, Shape::Smooth)
    };
    let mut asked = [false; 4]; // aged asset, aged debt, frozen or decaying class, unread account
    let mut decaying = false;
    for (index, (leg, _)) in legs.0.iter().enumerate() {
        let details = legs.details_of(index);
        let aged = !is_live(world, leg, &details);
        asked[usize::from(leg.side == Side::Debt)] |= aged;
        asked[2] |= keep_of(world, leg.class) != Weight::ONE || is_frozen(world, leg.class);
        decaying |= keep_of(world, leg.class) != Weight::ONE;
        asked[3] |= details.unread;
    }
    let (mut maint, mut liqend) = (level(View::Full, 0, false), level(View::Full, 1, false));
    if decaying {
        maint = maint.min(level(View::FullUnhedged, 0, false));
        liqend = liqend.min(level(View::FullUnhedged, 1, false));
    }
    let init = (!asked[1]).then(|| {
        let mut init = level(View::Full, 1, true).min(liqend.clone());
        if asked[0] || asked[2] {
            init = init.min(level(View::Initial, 1, true));
        }
        if asked[2] || asked[3] {
            init = init.min(level(View::InitialUnhedged, 1, true));
        }
        init
    });
    let full = value(world, legs, View::Full);
    let debts = full.holdings.iter().map(|h| &h.owed).sum();
    Health { maint, liqend, init, equity: full.equity(), debts }
}

fn is_live(world: &World, leg: &Leg, details: &Details) -> bool {
    let terms = &world.assets[usize::from(leg.asset)];
    details.freshness == Freshness::Live && terms.freshness == Freshness::Live
}

/// The decay of a class's claims; the native class has none.
fn keep_of(world: &World, class: u8) -> Weight {
    if class == NATIVE_CLASS { Weight::ONE } else { world.classes[usize::from(class)].keep }
}

fn is_frozen(world: &World, class: u8) -> bool {
    class != NATIVE_CLASS && world.classes[usize::from(class)].frozen
}

/// Native units of one asset at one class.
#[derive(Default)]
struct Units {
    owned: Rational,
    owed: Rational,
    /// Without exposure.
    hidden_owned: Rational,
    hidden_owed: Rational,
    illiquid: Rational,
}

impl Units {
    /// What is owned counts up to 64 bits of units and the bound of a leg; what
    /// is owed grows while its price is dead.
    fn valued(&self, world: &World, asset: u8, class: u8, exposed: Rational) -> Holding {
        let terms = &world.assets[usize::from(asset)];
        let counted = |units: &Rational, price: Rational| {
            if terms.isolated {
                return Rational::zero();
            }
            bounded(units.clone().min(whole(u64::MAX)) * price)
        };
        let up = fraction(world.factors[usize::from(terms.factor)].up.maint);
        let grown = Rational::one() + up * (Rational::one() - fraction(terms.keep));
        Holding {
            asset,
            class,
            owned: counted(&self.owned, low(terms.price)),
            owed: &self.owed * high(terms.price) * grown,
            exposed,
            // in hiding a debt is at its face: then initial health is not asked for
            hidden: counted(&self.hidden_owned, low(terms.price))
                - &self.hidden_owed * high(terms.price),
            illiquid: counted(&self.illiquid, high(terms.price)),
        }
    }
}

/// At most the bound of a leg.
fn bounded(value: Rational) -> Rational {
    value.min(whole(MAX_LEG_VALUE))
}

/// Values an account as a view sees it.
#[must_use]
pub fn value(world: &World, legs: &Portfolio, view: View) -> Valued {
    let mut cells = BTreeMap::<(u8, u8), Units>::new();
    let mut accounts = BTreeMap::<u8, Account>::new();
    let mut account = Valued::default();
    for (index, (leg, _)) in legs.0.iter().enumerate() {
        let details = legs.details_of(index);
        let terms = &world.assets[usize::from(leg.asset)];
        let frozen = is_frozen(world, leg.class);
        let keep = keep_of(world, leg.class);
        let mut amount = whole(leg.amount);
        if leg.side == Side::Asset {
            amount *= fraction(keep) * fraction(terms.keep) * fraction(details.keep);
            let initial = matches!(view, View::Initial | View::InitialUnhedged);
            if initial && (frozen || !is_live(world, leg, &details)) {
                amount = Rational::zero();
            }
        }
        let cell = cells.entry((leg.asset, leg.class)).or_default();
        let hides = view == View::InitialUnhedged && (details.unread || frozen);
        let (owned, owed) = if hides {
            (&mut cell.hidden_owned, &mut cell.hidden_owed)
        } else {
            (&mut cell.owned, &mut cell.owed)
        };
        match leg.side {
            Side::Asset => *owned += &amount,
            Side::Debt => *owed += &amount,
        }
        if leg.side == Side::Asset && !hides {
            cell.illiquid += positive(&amount - whole(leg.liquid));
        }
        if details.account != NO_ACCOUNT {
            let venue = accounts.entry(details.account).or_default();
            venue.class = leg.class;
            venue.unread |= details.unread;
            add_to_venue(venue, world, leg, &details, &amount);
        }
        add_details(&mut account, world, leg, &details, &amount);
    }
    account.holdings = cells
        .into_iter()
        .map(|((asset, class), units)| {
            let exposed = if view == View::FullUnhedged {
                fraction(keep_of(world, class))
            } else {
                Rational::one()
            };
            units.valued(world, asset, class, exposed)
        })
        .collect();
    account.accounts = accounts.into_values().collect();
    account
}

fn add_to_venue(
    venue: &mut Account,
    world: &World,
    leg: &Leg,
    details: &Details,
    amount: &Rational,
) {
    let board = world.assets[usize::from(leg.asset)].price;
    let weight = fraction(details.venue_weight);
    let other = details.venue_price.unwrap_or(board);
    match leg.side {
        Side::Asset => venue.limit += weight * bounded(amount * low(board).min(low(other))),
        Side::Debt => {
            venue.adjusted += weight * amount * high(board).max(high(other));
            venue.debt += amount * high(board);
        }
    }
}

fn add_details(
    account: &mut Valued,
    world: &World,
    leg: &Leg,
    details: &Details,
    amount: &Rational,
) {
    let terms = &world.assets[usize::from(leg.asset)];
    if details.bids != 0 || details.asks != 0 {
        account.orders.push(Order {
            asset: leg.asset,
            bids: whole(details.bids) * high(terms.price),
            asks: whole(details.asks) * high(terms.price),
        });
    }
    if terms.isolated {
        return; // no credit, so there is nothing to charge (ruling 18)
    }
    let gain = bounded(whole(details.unsettled) * high(terms.price));
    let settleable = whole(details.settleable.min(details.unsettled));
    let counts = fraction(world.group.unsettled) * bounded(settleable * low(terms.price));
    account.flat[0] += positive(&gain - counts);
    account.flat[1] += gain;
    if details.maturity_days != 0 {
        let factor = &world.factors[usize::from(terms.factor)];
        for row in 0..2 {
            let extra = maturity(factor, row, details.maturity_days);
            account.flat[row] += extra * bounded(amount * high(terms.price));
        }
    }
}

/// `min(d (sqrt(1 + T) - 1), 1 - d)`, the root cut at 2^-64.
fn maturity(factor: &FactorTerms, row: usize, days: u8) -> Rational {
    let down = row_of(factor.down, row);
    let root = (num_bigint::BigInt::from(u32::from(days) + 1) << 128_u32).sqrt();
    let extra = &down * (dyadic(root, 64) - Rational::one());
    extra.min(Rational::one() - down).abs()
}
