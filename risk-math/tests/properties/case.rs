//! Strategies for accounts, and a case: tables with the legs of one account.

use crate::support::{NATIVE, Plain, World};
use crate::tables::{prices, worlds};
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt;
use trestle_risk_math::num::{ONE, Weight};
use trestle_risk_math::portfolio::*;
use trestle_risk_math::price::{MAX_LEG_VALUE, Price};

/// What legs may have beyond an amount.
#[derive(Clone, Copy, Debug, Default)]
pub struct Features {
    /// Venue accounts, so that stress is charged.
    pub accounts: bool,
    /// Resting orders.
    pub orders: bool,
    /// Claims that mature later.
    pub maturity: bool,
    /// Positive unsettled perp profit.
    pub unsettled: bool,
    /// Claims that cannot leave their venue now.
    pub illiquid: bool,
    /// Aged, stale and dead data; frozen and fading classes; unread accounts.
    pub ages: bool,
}

impl Features {
    /// Nothing: legs are amounts.
    pub const PLAIN: Self = Self {
        accounts: false,
        orders: false,
        maturity: false,
        unsettled: false,
        illiquid: false,
        ages: false,
    };
    /// What one view sees: everything but ages.
    pub const CURRENT: Self = Self {
        accounts: true,
        orders: true,
        maturity: true,
        unsettled: true,
        illiquid: true,
        ages: false,
    };
    /// All but resting orders and maturity, whose charges are not bounded by C3.
    pub const BOUNDED: Self = Self { orders: false, maturity: false, ages: true, ..Self::CURRENT };
}

/// Tables and one account.
#[derive(Clone)]
pub struct Case {
    pub world: World,
    pub legs: Vec<(Leg, Details)>,
}

/// A row each, and only what the legs touch: a counterexample one can read.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let world = &self.world;
        writeln!(f, "\n{:?}", world.group)?;
        let touched =
            |asset: usize| self.legs.iter().any(|(leg, _)| usize::from(leg.asset) == asset);
        for (id, asset) in world.assets.iter().enumerate().filter(|(id, _)| touched(*id)) {
            writeln!(f, "asset {id} {:?}", asset.terms)?;
        }
        for (id, factor) in world.factors.iter().enumerate() {
            let moves: Vec<_> = world.scenarios.iter().map(|row| row[id]).collect();
            writeln!(f, "factor {id} {factor:?} moves {moves:?}")?;
        }
        for (id, class) in world.classes.iter().enumerate() {
            writeln!(f, "class {id} {class:?}")?;
        }
        for (leg, details) in &self.legs {
            writeln!(f, "{leg:?}")?;
            if leg.special {
                writeln!(f, "    {details:?}")?;
            }
        }
        Ok(())
    }
}

impl Case {
    /// Legs in the order that a pass wants.
    pub fn plain(&self) -> Plain {
        let mut legs = self.legs.clone();
        legs.sort_by_key(|(leg, _)| (leg.asset, leg.class));
        Plain(legs)
    }

    pub fn book(&self) -> (Health, Book) {
        let mut book = Book::new();
        let health = assess(&self.world, &self.plain(), &mut book, &mut ());
        (health.expect("values are within bounds"), book)
    }

    pub fn health(&self) -> Health {
        self.book().0
    }

    pub fn meter(&self) -> Breakdown {
        let mut meter = Breakdown::default();
        assess(&self.world, &self.plain(), &mut Book::new(), &mut meter).unwrap();
        meter
    }

    pub fn with(&self, legs: Vec<(Leg, Details)>) -> Self {
        Self { world: self.world.clone(), legs }
    }

    /// The case without concentration, in every asset.
    #[must_use]
    pub fn without_concentration(mut self) -> Self {
        for asset in &mut self.world.assets {
            asset.terms.depth = Depth::default();
        }
        self
    }
}

/// Requirements of the three levels: init, liquidation end, maintenance.
/// For cases whose data is live and read.
pub fn required(health: &Health) -> [i64; 3] {
    let init = health.init.expect("live");
    [health.equity - init, health.equity - health.liqend, health.equity - health.maint]
}

/// Healths of the three levels that there are.
pub fn levels(health: &Health) -> Vec<i64> {
    health.init.into_iter().chain([health.liqend, health.maint]).collect()
}

/// A leg before it meets its tables.
#[derive(Clone, Copy, Debug)]
pub struct Seed {
    pub asset: u8,
    pub class: u8,
    pub debt: bool,
    /// Micro-USD.
    pub value: u64,
    liquid: Option<u32>,
    extra: Option<Extra>,
}

#[derive(Clone, Copy, Debug)]
struct Extra {
    at_account: bool,
    venue_weight: u32,
    venue_price: Option<Price>,
    /// Native units as shares of the amount.
    bids: u32,
    asks: u32,
    unsettled: u32,
    settleable: u32,
    maturity_days: u8,
    age: u8,
    keep: u32,
}

/// From dust to a billion USD.
pub fn values() -> impl Strategy<Value = u64> {
    prop_oneof![
        1 => 0_u64..1 << 20,
        6 => 1_u64 << 20..1 << 40,
        3 => 1_u64 << 40..1 << 50,
    ]
}

fn share() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), 0..=ONE]
}

fn extra() -> impl Strategy<Value = Extra> {
    let orders = (share(), share());
    let gains = (share(), share());
    let age = (prop_oneof![4 => Just(0_u8), 1 => 1_u8..=3], 0..=ONE);
    let venue = (any::<bool>(), ONE / 2..=ONE, proptest::option::of(prices()));
    (venue, orders, gains, 0_u8..=14, age).prop_map(
        |(venue, orders, gains, maturity_days, (age, keep))| Extra {
            at_account: venue.0,
            venue_weight: venue.1,
            venue_price: venue.2,
            bids: orders.0,
            asks: orders.1,
            unsettled: gains.0,
            settleable: gains.1,
            maturity_days,
            age,
            keep,
        },
    )
}

pub fn seed() -> impl Strategy<Value = Seed> {
    let liquid = prop_oneof![2 => Just(None), 1 => (0..=ONE).prop_map(Some)];
    let extra = prop_oneof![1 => Just(None), 1 => extra().prop_map(Some)];
    (any::<u8>(), any::<u8>(), any::<bool>(), values(), liquid, extra).prop_map(
        |(asset, class, debt, value, liquid, extra)| Seed {
            asset,
            class,
            debt,
            value,
            liquid,
            extra,
        },
    )
}

fn part(amount: u64, share: u32) -> u64 {
    Weight::clamped(share).of_floor(amount)
}

impl Seed {
    /// The leg in its world. Amounts are worth at most `value`.
    pub fn leg(&self, world: &World, features: Features) -> (Leg, Details) {
        let asset = self.asset % world.assets.len() as u8;
        let class = self.class % world.classes.len() as u8;
        let price = world.assets[usize::from(asset)].terms.price;
        // ratios of venue accounts are exact to 2^-16 below 2^47
        let most = if features.accounts { 1 << 42 } else { MAX_LEG_VALUE / 32 };
        let amount = price.amount_floor(self.value.min(most)).map_or(1 << 58, |a| a.min(1 << 58));
        let side = if self.debt { Side::Debt } else { Side::Asset };
        let mut details = Details::NONE;
        if let Some(extra) = self.extra {
            let is_asset = side == Side::Asset;
            if features.accounts && class != NATIVE && extra.at_account {
                details.account = class;
                let weight =
                    if is_asset { extra.venue_weight } else { 2 * ONE - extra.venue_weight };
                details.venue_weight = Weight::clamped(weight);
                // of the board's shift: at most twice or half its price
                details.venue_price =
                    extra.venue_price.map(|p| Price::new(p.mantissa(), price.shift()).unwrap());
                // one account is read or not as a whole
                details.unread = features.ages && class % 2 == 1;
            }
            if features.orders {
                (details.bids, details.asks) = (part(amount, extra.bids), part(amount, extra.asks));
            }
            if features.unsettled && is_asset {
                details.unsettled = part(amount, extra.unsettled);
                details.settleable = part(amount, extra.settleable);
            }
            if features.maturity && is_asset {
                details.maturity_days = extra.maturity_days;
            }
            if features.ages {
                details.freshness =
                    [Freshness::Live, Freshness::Aged, Freshness::Stale, Freshness::Dead]
                        [usize::from(extra.age)];
                if details.freshness == Freshness::Dead {
                    details.keep = Weight::clamped(extra.keep);
                }
            }
        }
        let liquid = match self.liquid {
            Some(share) if features.illiquid && side == Side::Asset => part(amount, share),
            _ => u64::MAX,
        };
        let special = details != Details::NONE;
        (Leg { asset, class, side, special, amount, liquid }, details)
    }
}

/// Ages of prices and states of classes, with the share that is kept.
type Weather = (Vec<(u8, u32)>, Vec<(u8, u32)>);

fn weather() -> impl Strategy<Value = Weather> {
    let age = || (prop_oneof![6 => Just(0_u8), 1 => 1_u8..=3], 0..=ONE);
    (vec(age(), 10), vec(age(), 8))
}

fn age_tables(world: &mut World, weather: &Weather) {
    for (asset, (age, keep)) in world.assets.iter_mut().zip(&weather.0) {
        let ages = [Freshness::Live, Freshness::Aged, Freshness::Stale, Freshness::Dead];
        asset.terms.freshness = ages[usize::from(*age)];
        if *age == 3 {
            asset.terms.keep = Weight::clamped(*keep);
        }
    }
    for (class, (state, keep)) in world.classes.iter_mut().skip(1).zip(&weather.1) {
        class.frozen = *state > 0;
        if *state > 1 {
            class.keep = Weight::clamped(*keep);
        }
    }
}

/// Tables and up to twelve legs.
pub fn accounts(features: Features) -> impl Strategy<Value = Case> {
    accounts_in(worlds(), features)
}

/// Up to twelve legs in the tables of a strategy.
pub fn accounts_in(
    tables: impl Strategy<Value = World>,
    features: Features,
) -> impl Strategy<Value = Case> {
    (tables, vec(seed(), 1..=12), weather()).prop_map(move |(mut world, seeds, weather)| {
        let legs = seeds.iter().map(|s| s.leg(&world, features)).collect();
        if features.ages {
            age_tables(&mut world, &weather);
        }
        Case { world, legs }
    })
}

/// Tables whose prices are whole micro-USD per 2^shift native units, and up
/// to twelve legs in multiples of that: no value is rounded. No details.
pub fn exact_accounts() -> impl Strategy<Value = Case> {
    let shifts = vec(0_u8..=31, 10);
    (worlds(), vec((seed(), 1_u64..1 << 12), 1..=12), shifts).prop_map(
        |(mut world, seeds, shifts)| {
            for (asset, shift) in world.assets.iter_mut().zip(shifts) {
                asset.terms.price = Price::new(asset.terms.price.mantissa(), shift).unwrap();
            }
            let legs = seeds
                .iter()
                .map(|(seed, count)| {
                    let (mut leg, details) = seed.leg(&world, Features::PLAIN);
                    leg.amount = count << world.assets[usize::from(leg.asset)].terms.price.shift();
                    (leg, details)
                })
                .collect();
            Case { world, legs }
        },
    )
}
