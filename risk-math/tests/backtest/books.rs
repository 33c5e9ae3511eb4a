//! The book shapes of risk model 2.10, one million USD a leg, at a chosen leverage.

use crate::support::*;
use trestle_risk_math::portfolio::*;

/// A million USD.
const M: u64 = 1_000_000;

/// A book: its legs and the debt that its leverage is set by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Long SOL on a USDC debt.
    Long,
    /// Long JitoSOL on Kamino, on a USDC debt.
    Jitosol,
    /// JitoSOL against a SOL debt of the same factor, both at Kamino.
    Loop,
    /// SOL at Kamino against a SOL perp, on a USDC debt.
    Basis,
    /// The same, with the perp's profit never settled.
    BasisUnsettled,
    /// SOL against a BTC perp, on a USDC debt.
    Pair,
}

/// How much of the equity is required at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leverage {
    /// Twice the initial requirement.
    Half,
    /// Exactly the initial requirement: initial health 0.
    Full,
}

pub const SHAPES: [Shape; 6] =
    [Shape::Long, Shape::Jitosol, Shape::Loop, Shape::Basis, Shape::BasisUnsettled, Shape::Pair];

impl Shape {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Long => "long SOL",
            Self::Jitosol => "long JitoSOL",
            Self::Loop => "JitoSOL loop",
            Self::Basis => "basis",
            Self::BasisUnsettled => "basis, unsettled",
            Self::Pair => "SOL / BTC pair",
        }
    }

    /// Everything but the debt.
    pub fn legs(self) -> Vec<Leg> {
        let sol = worth(M, 15_000);
        match self {
            Self::Long => vec![asset(SOL, NATIVE, sol)],
            Self::Jitosol => vec![asset(JITOSOL, KAMINO, worth(M, 18_000))],
            Self::Loop => vec![asset(JITOSOL, KAMINO, worth(5 * M, 18_000))],
            Self::Basis | Self::BasisUnsettled => vec![
                asset(SOL, KAMINO, sol),
                debt(SOL_PERP, PERPS, sol),
                asset(USDC, PERPS, worth(M, 100)),
            ],
            Self::Pair => vec![
                asset(SOL, NATIVE, sol),
                debt(BTC_PERP, PERPS, worth(M, 10_000_000)),
                asset(USDC, PERPS, worth(M, 100)),
            ],
        }
    }

    /// The debt leg, of an amount.
    pub fn owing(self, amount: u64) -> Leg {
        match self {
            Self::Loop => debt(SOL, KAMINO, amount),
            _ => debt(USDC, NATIVE, amount),
        }
    }

    /// The book with the largest debt that the leverage allows.
    pub fn at(self, world: &World, leverage: Leverage) -> Vec<Leg> {
        let fits = |amount: u64| {
            let mut legs = self.legs();
            legs.push(self.owing(amount));
            let health = world.health(&legs);
            let init = health.init.unwrap();
            match leverage {
                Leverage::Full => init >= 0,
                Leverage::Half => 2 * init >= health.equity,
            }
        };
        let (mut low, mut high) = (0_u64, 1 << 44);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if fits(middle) { low = middle } else { high = middle }
        }
        assert!(low > 0, "a debt fits");
        let mut legs = self.legs();
        legs.push(self.owing(low));
        legs
    }
}

/// What a plain weight model asks for: every leg at its own shock, basis and
/// haircut, nothing netted, the numeraire's legs free. Micro-USD, at a row.
pub fn weight_model(world: &World, legs: &[Leg], init: bool) -> i64 {
    let row = |pair: trestle_risk_math::num::Pair<trestle_risk_math::num::Weight>| {
        i128::from(if init { pair.init } else { pair.maint }.q16())
    };
    let total: i128 = legs
        .iter()
        .filter(|leg| leg.asset != USDC)
        .map(|leg| {
            let terms = &world.assets[usize::from(leg.asset)].terms;
            let factor = world.factors[usize::from(terms.factor)];
            let (value, shock, haircut) = match leg.side {
                Side::Asset => (
                    terms.price.asset_value(leg.amount).unwrap(),
                    factor.down,
                    row(world.classes[usize::from(leg.class)].haircut),
                ),
                Side::Debt => (terms.price.debt_value(leg.amount).unwrap(), factor.up, 0),
            };
            // a perp venue's claim is its quote, which is left out with the numeraire
            i128::from(value) * (row(shock) + row(terms.basis) + haircut)
        })
        .sum();
    i64::try_from(total >> 16).unwrap()
}
