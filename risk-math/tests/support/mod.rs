//! Plain tables for tests: the default parameters, with prices set by hand.
#![allow(dead_code, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use trestle_risk_math::constraints::{AssetConfig, credit_room};
use trestle_risk_math::defaults::{self, FACTORS, GROUP};
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::portfolio::*;
use trestle_risk_math::price::{Price, PriceScale};
use trestle_risk_math::{MathError, Result};

/// One asset of [`World`].
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    pub name: &'static str,
    pub terms: AssetTerms,
    pub incentive_max: Weight,
}

/// Tables in plain memory.
#[derive(Clone, Debug)]
pub struct World {
    pub group: GroupTerms,
    pub assets: Vec<Listed>,
    pub factors: Vec<Factor>,
    pub classes: Vec<ClassTerms>,
    pub scenarios: Vec<[Shock; MAX_FACTORS]>,
}

#[derive(Clone, Copy, Debug)]
pub struct Factor {
    pub down: Pair<Weight>,
    pub up: Pair<Weight>,
    pub offset: Pair<Weight>,
}

pub const BTC: u8 = 0;
pub const SOL: u8 = 1;
pub const JITOSOL: u8 = 2;
pub const USDC: u8 = 3;
pub const SOL_PERP: u8 = 4;
pub const BTC_PERP: u8 = 5;
pub const MEME: u8 = 6;

pub const NATIVE: u8 = 0;
pub const KAMINO: u8 = 1;
pub const PERPS: u8 = 2;

/// A price for native units of six decimals: one unit is a millionth of a token.
pub fn usd(cents: u64) -> Price {
    PriceScale::new(6, -2).unwrap().price(cents).unwrap()
}

pub fn bps(x: u16) -> Weight {
    Weight::from_bps(x).unwrap()
}

impl World {
    /// Default parameters. Every asset has six decimals and is priced in whole cents.
    pub fn new() -> Self {
        let factors = (0..FACTORS.len())
            .map(|i| Factor { down: FACTORS[i].down, up: FACTORS[i].up, offset: FACTORS[i].offset })
            .collect();
        let classes = vec![defaults::NATIVE, defaults::KAMINO, defaults::PERP_VENUE];
        let scenarios = (0..defaults::SCENARIOS.len())
            .map(|s| core::array::from_fn(|column| defaults::shock(s, column)))
            .collect();
        let mut world = Self { group: GROUP, assets: vec![], factors, classes, scenarios };
        // name, cents, factor, source, issuer, basis, incentive bps, depth in million USD
        world.add("BTC", 10_000_000, 0, 0, 0, defaults::BASIS_PLAIN, 300, 2_000);
        world.add("SOL", 15_000, 2, 1, 0, defaults::BASIS_PLAIN, 300, 1_000);
        world.add("JitoSOL", 18_000, 2, 1, 1, defaults::BASIS_LST, 300, 400);
        world.add("USDC", 100, 4, 3, 0, defaults::BASIS_STABLE, 50, 5_000);
        world.add("SOL-PERP", 15_000, 2, 4, 0, defaults::BASIS_PERP, 300, 1_000);
        world.add("BTC-PERP", 10_000_000, 0, 5, 0, defaults::BASIS_PERP, 300, 2_000);
        world.add("MEME", 5, 7, 6, 0, Pair::both(Weight::ZERO), 500, 1);
        world.assets[usize::from(MEME)].terms.isolated = true;
        world.assets[usize::from(MEME)].terms.depth.slope = Weight::ZERO;
        world
    }

    #[allow(clippy::too_many_arguments)]
    fn add(
        &mut self,
        name: &'static str,
        cents: u64,
        factor: u8,
        source: u8,
        issuer: u8,
        basis: Pair<Weight>,
        incentive: u16,
        depth_musd: u64,
    ) {
        let mut terms = AssetTerms {
            price: usd(cents),
            factor,
            source,
            issuer,
            isolated: false,
            basis,
            confidence: Weight::ZERO,
            gap: Weight::ZERO,
            rate_confidence: Weight::ZERO,
            jump: Pair::both(Weight::ZERO),
            depth: Depth::default(),
            credit_scale: Weight::ZERO,
            debt_scale: Weight::ZERO,
            freshness: Freshness::Live,
            keep: Weight::ONE,
            published: 1_000,
        };
        if factor != 7 {
            let config = config(&terms, bps(incentive));
            let f = self.factors[usize::from(factor)];
            let slope = credit_room(&self.group, &f.terms(), &config, self.worst_haircut())
                .expect("default parameters leave room");
            terms.depth = defaults::depth(depth_musd * 1_000_000, slope);
        }
        self.assets.push(Listed { name, terms, incentive_max: bps(incentive) });
    }

    pub fn worst_haircut(&self) -> Weight {
        self.classes.iter().map(|c| c.haircut.init).max().unwrap()
    }

    pub fn set_price(&mut self, asset: u8, cents: u64) {
        self.assets[usize::from(asset)].terms.price = usd(cents);
    }

    pub fn assess(&self, legs: &[Leg], book: &mut Book) -> Result<Health> {
        assess(self, &sorted(legs), book, &mut ())
    }

    pub fn health(&self, legs: &[Leg]) -> Health {
        self.assess(legs, &mut Book::new()).unwrap()
    }
}

pub fn config(terms: &AssetTerms, incentive_max: Weight) -> AssetConfig {
    AssetConfig {
        isolated: terms.isolated,
        basis: terms.basis,
        rate_confidence_max: Weight::ZERO,
        jump: terms.jump,
        depth: terms.depth,
        incentive_max,
    }
}

impl Factor {
    pub fn terms(&self) -> FactorTerms {
        FactorTerms { down: self.down, up: self.up, offset: self.offset }
    }
}

impl Tables for World {
    type Asset<'a> = AssetTerms;

    fn group(&self) -> GroupTerms {
        self.group
    }
    fn asset(&self, id: u8) -> Result<AssetTerms> {
        self.assets.get(usize::from(id)).map(|a| a.terms).ok_or(MathError::UnknownAsset)
    }
    fn factor(&self, id: u8) -> Result<FactorTerms> {
        self.factors.get(usize::from(id)).map(Factor::terms).ok_or(MathError::UnknownFactor)
    }
    fn scenarios(&self) -> &[[Shock; MAX_FACTORS]] {
        &self.scenarios
    }
    fn class(&self, id: u8) -> Result<ClassTerms> {
        self.classes.get(usize::from(id)).copied().ok_or(MathError::UnknownClass)
    }
}

/// Native units of an asset worth a whole number of USD at its price in cents.
pub fn worth(usd: u64, cents: u64) -> u64 {
    usd * 100 * 1_000_000 / cents
}

/// Legs in plain memory, with details where they have some.
#[derive(Clone, Debug, Default)]
pub struct Plain(pub Vec<(Leg, Details)>);

impl Legs for Plain {
    fn count(&self) -> usize {
        self.0.len()
    }
    fn leg(&self, index: usize) -> Result<Leg> {
        Ok(self.0[index].0)
    }
    fn details(&self, index: usize) -> Result<Details> {
        Ok(self.0[index].1)
    }
}

/// Plain legs in the order that a pass wants.
pub fn sorted(legs: &[Leg]) -> Plain {
    let mut all: Vec<_> = legs.iter().map(|l| (*l, Details::NONE)).collect();
    all.sort_by_key(|(l, _)| (l.asset, l.class));
    Plain(all)
}

pub fn asset(asset: u8, class: u8, amount: u64) -> Leg {
    Leg { asset, class, side: Side::Asset, special: false, amount, liquid: u64::MAX }
}

pub fn debt(asset: u8, class: u8, amount: u64) -> Leg {
    Leg { asset, class, side: Side::Debt, special: false, amount, liquid: u64::MAX }
}
