//! A book on its way through an event: prices moved, legs read, one liquidation a minute.

use crate::books::Shape;
use crate::events::{Event, Incident, Moves};
use crate::support::*;
use trestle_risk_math::liquidation::*;
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::*;
use trestle_risk_math::price::PriceScale;

/// Slots of a minute.
const SLOTS: u64 = 150;
/// Prices of [`World`] by asset, cents.
const START: [u64; 7] = [10_000_000, 15_000, 18_000, 100, 15_000, 10_000_000, 5];
/// Most that one call repays: 500,000 USD.
const CALL_CAP: u64 = 500_000_000_000;

/// How prices go from before to after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// A straight line, one liquidation a minute.
    Line,
    /// All at once to the worst corner, then one liquidation a minute.
    Gap,
    /// A straight line, and nobody liquidates.
    Nobody,
}

/// What an event did to a book. Micro-USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Equity before.
    pub before: i64,
    /// Equity after.
    pub after: i64,
    /// Lowest maintenance health on the way.
    pub lowest: i64,
    /// First minute at which it can be liquidated.
    pub liquidatable: Option<u32>,
    /// Liquidations.
    pub steps: u32,
    /// Minutes at which it could be liquidated and no step raised its health.
    pub refused: u32,
    /// Debt repaid.
    pub repaid: i64,
    /// Equity that liquidators and insurance took.
    pub taken: i64,
    /// Incentives that insurance paid because the account could not.
    pub subsidy: i64,
    /// Debt that nothing covers.
    pub bad_debt: i64,
}

/// A book in a moving market.
pub struct Market {
    world: World,
    legs: Vec<Leg>,
    shape: Shape,
    flagged: Option<u64>,
    outcome: Outcome,
}

impl Market {
    pub fn new(world: &World, shape: Shape, legs: Vec<Leg>) -> Self {
        let mut market =
            Self { world: world.clone(), legs, shape, flagged: None, outcome: Outcome::default() };
        market.outcome.before = market.assess().0.equity;
        market.outcome.lowest = i64::MAX;
        market
    }

    /// Runs the event.
    pub fn run(mut self, event: &Event, course: Course) -> Outcome {
        match event.incident {
            Incident::None => {}
            Incident::PerpVenueDefaults => self.legs.retain(|leg| leg.class != PERPS),
            Incident::KaminoIlliquid => {
                self.legs.iter_mut().filter(|l| l.class == KAMINO).for_each(|l| l.liquid = 0);
            }
        }
        // after a gap, as long as the largest book needs at a step a minute
        let minutes = if course == Course::Gap { event.minutes.min(60) } else { event.minutes };
        for minute in 0..=minutes {
            self.price(if course == Course::Gap { event.worst() } else { event.at(minute) });
            let (health, book) = self.assess();
            self.outcome.lowest = self.outcome.lowest.min(health.maint);
            let flagged = self.flagged.is_some() && health.liqend < 0;
            if !(is_liquidatable(&health) || flagged) {
                self.flagged = None;
                continue;
            }
            self.outcome.liquidatable.get_or_insert(minute);
            if course == Course::Nobody {
                continue;
            }
            let since = *self.flagged.get_or_insert(u64::from(minute));
            if !self.step(&health, &book, (u64::from(minute) - since) * SLOTS) {
                self.outcome.refused += 1;
            }
        }
        let equity = self.assess().0.equity;
        self.outcome.after = equity;
        self.outcome.bad_debt = (-equity).max(0);
        self.outcome
    }

    fn price(&mut self, moves: Moves) {
        for (id, (listed, cents)) in (0_u8..).zip(self.world.assets.iter_mut().zip(START)) {
            let own = match id {
                BTC | BTC_PERP => moves.btc,
                SOL | SOL_PERP | JITOSOL => moves.sol,
                USDC => moves.usdc,
                _ => 0,
            };
            let oracle = if id == JITOSOL { moves.jitosol_oracle } else { 0 };
            let raw = cents * (10_000 + own).unsigned_abs() * (10_000 + oracle).unsigned_abs();
            listed.terms.price = PriceScale::new(6, -10).unwrap().price(raw).unwrap();
        }
    }

    /// Legs as a pass reads them: the perp's profit, where it stays unsettled, told apart.
    fn read(&self) -> Plain {
        let mut plain = sorted(&self.legs);
        for (leg, details) in &mut plain.0 {
            if leg.asset == USDC && leg.class == PERPS {
                details.unsettled = self.unsettled();
                details.settleable = details.unsettled;
                leg.special = details.unsettled != 0;
            }
        }
        plain
    }

    /// Profit of the short since its start that the venue has not settled, native units of USDC.
    fn unsettled(&self) -> u64 {
        let short = self.legs.iter().find(|l| l.asset == SOL_PERP);
        let Some(short) = short.filter(|_| self.shape == Shape::BasisUnsettled) else { return 0 };
        let entry = usd(START[usize::from(SOL_PERP)]).asset_value(short.amount).unwrap();
        let price = self.world.assets[usize::from(SOL_PERP)].terms.price;
        entry.saturating_sub(price.debt_value(short.amount).unwrap())
    }

    /// What a liquidator can take of a leg: not a profit that is unsettled.
    fn seizable(&self, leg: &Leg) -> u64 {
        let kept = if leg.asset == USDC && leg.class == PERPS { self.unsettled() } else { 0 };
        leg.amount.saturating_sub(kept)
    }

    fn assess(&self) -> (Health, Book) {
        let mut book = Book::new();
        let health = assess(&self.world, &self.read(), &mut book, &mut ()).unwrap();
        (health, book)
    }

    /// One liquidation of the pair that helps most. Whether there was one.
    fn step(&mut self, health: &Health, book: &Book, slots: u64) -> bool {
        let legs = self.read();
        let mut pairs = vec![];
        for (d, owed) in self.legs.iter().enumerate().filter(|(_, l)| l.side == Side::Debt) {
            for (c, held) in self.legs.iter().enumerate().filter(|(_, l)| l.side == Side::Asset) {
                let terms = terms(self.world.assets[usize::from(held.asset)].incentive_max);
                let paid = deficit(health, incentive(health, slots, &terms), &terms);
                let seized = UNIT_RATE + paid.rate.q16().cast_signed();
                let pulls =
                    [pull(owed, UNIT_RATE, false), pull(held, -seized, held.liquid < held.amount)];
                let slope = slope(&self.world, &legs, book, &pulls).unwrap();
                pairs.push((slope, d, c, paid));
            }
        }
        pairs.sort_by_key(|(slope, ..)| core::cmp::Reverse(*slope));
        pairs.into_iter().any(|(slope, d, c, paid)| self.take(health, slope, d, c, paid))
    }

    /// Repays and seizes as the program does, when that leaves the account healthier.
    fn take(
        &mut self,
        health: &Health,
        slope: i64,
        d: usize,
        c: usize,
        paid: DeficitIncentive,
    ) -> bool {
        let prices: Vec<_> = self.world.assets.iter().map(|a| a.terms.price).collect();
        let price = |leg: &Leg| prices[usize::from(leg.asset)];
        let (owed, held) = (self.legs[d], self.legs[c]);
        let max = self.world.assets[usize::from(held.asset)].incentive_max;
        let bounds = Bounds {
            debt: price(&owed).debt_value(owed.amount).unwrap(),
            collateral: price(&held).asset_value(self.seizable(&held)).unwrap(),
            offered: u64::MAX,
            call_cap: CALL_CAP,
            close_cap: close_cap(health, max),
        };
        let goal = target(health, &self.world.group);
        let Some(value) = step_value(health.liqend, goal, slope, paid.rate, &bounds) else {
            return false;
        };
        let repay = if value >= bounds.debt {
            owed.amount
        } else {
            price(&owed).amount_floor(value).unwrap().min(owed.amount)
        };
        let repaid = price(&owed).asset_value(repay).unwrap();
        let bonus = paid.from_account.of_floor(repaid);
        let seize = price(&held).amount_floor(repaid + bonus).unwrap().min(self.seizable(&held));
        if repay == 0 || seize == 0 {
            return false;
        }
        let before = self.legs.clone();
        self.legs[d].amount -= repay;
        self.legs[c].amount -= seize;
        self.legs.retain(|leg| leg.amount > 0);
        let after = self.assess().0;
        // in deficit the account cannot become healthier: it only becomes smaller
        if after.maint <= health.maint && health.equity > 0 {
            self.legs = before;
            return false;
        }
        // P13: a closed form never overshoots, but for units of both assets. The slope does not
        // know that closing a perp settles its profit and ends the charge on it.
        let settles = self.shape == Shape::BasisUnsettled && owed.asset == SOL_PERP;
        let rounding = [owed, held].map(|leg| price(&leg).debt_value(2).unwrap() + 2);
        let ceiling = goal + rounding.iter().sum::<u64>().cast_signed();
        assert!(
            settles || after.liqend <= ceiling || repay == owed.amount,
            "{} > {ceiling}",
            after.liqend
        );
        self.outcome.steps += 1;
        self.outcome.repaid += repaid.cast_signed();
        self.outcome.taken += health.equity - after.equity;
        let subsidy = Weight::new(paid.rate.q16() - paid.from_account.q16()).unwrap();
        self.outcome.subsidy += subsidy.of_floor(repaid).cast_signed();
        true
    }
}

/// Insurance pays what equity cannot, once equity no longer covers the starting incentive.
fn deficit(health: &Health, rate: Weight, terms: &IncentiveTerms) -> DeficitIncentive {
    if rate < terms.start {
        deficit_incentive(health, terms)
    } else {
        DeficitIncentive { rate, from_account: rate }
    }
}

/// Risk model 3.5, with the maximum of the collateral.
fn terms(max: Weight) -> IncentiveTerms {
    IncentiveTerms {
        start: bps(25),
        max,
        per_shortfall: bps(2_500),
        ramp_slots: 150,
        insurance_share: bps(2_000),
    }
}

fn pull(leg: &Leg, rate: i32, illiquid: bool) -> Pull {
    Pull { asset: leg.asset, class: leg.class, rate, illiquid }
}
