//! A liquidation step on exact values, and how fast health moves along it.

use super::{Rational, Shape, Valued, dyadic, requirement, whole};
use crate::bits::health::{Layout, View, lay_out};
use crate::world::{Portfolio, World};
use num_traits::{One, Signed, Zero};
use trestle_risk_math::Result;
use trestle_risk_math::portfolio::Pull;

/// An account as the engine values it in the full view, without venue accounts:
/// their charge is no part of a slope.
///
/// # Errors
/// Where the engine refuses the account.
pub fn rounded(world: &World, legs: &Portfolio) -> Result<Valued> {
    let layout: Layout = lay_out(world, legs, View::Full)?;
    let mut account = super::health::value(world, legs, View::Full);
    account.accounts.clear();
    for (holding, cell) in account.holdings.iter_mut().zip(&layout.cells) {
        holding.owned = whole(cell.asset.clone());
        holding.owed = whole(cell.debt.clone());
        holding.illiquid = whole(cell.illiquid.clone());
    }
    Ok(account)
}

/// Liquidation-end health of a valued account, with concentration by chords.
#[must_use]
pub fn liqend(world: &World, account: &Valued) -> Rational {
    account.equity() - requirement(world, account, 1, false, Shape::Chords)
}

/// The account after `x` micro-USD along the pulls: what is owed shrinks by a
/// positive rate, what is owned by a negative one.
#[must_use]
pub fn moved(account: &Valued, pulls: &[Pull], x: &Rational) -> Valued {
    let mut account = account.clone();
    for pull in pulls {
        let by = dyadic(pull.rate, 16) * x;
        let holding = account
            .holdings
            .iter_mut()
            .find(|h| h.asset == pull.asset && h.class == pull.class)
            .expect("a pull names a holding");
        if pull.rate >= 0 {
            holding.owed -= by;
        } else {
            if pull.illiquid {
                holding.illiquid += &by;
            }
            holding.owned += by;
        }
    }
    account
}

/// `dH/dx` of liquidation-end health toward a larger step and from a smaller
/// one. Requirements are piecewise linear and kinks of whole micro-USD lie
/// further than 2^-40 apart, so two differences are exact.
#[must_use]
pub fn slopes(world: &World, account: &Valued, pulls: &[Pull]) -> (Rational, Rational) {
    let step = dyadic(1, 40);
    let at = |x: &Rational| liqend(world, &moved(account, pulls, x));
    let here = at(&Rational::zero());
    let right = (at(&step) - &here) / &step;
    let left = (here - at(&-&step)) / &step;
    (right, left)
}

/// Whether a C7 step must raise maintenance health by more than `noise`:
/// `x (1 - (1 + beta) (1 - d - b))` exceeds it.
#[must_use]
pub fn must_rise(x: &Rational, beta: &Rational, charged: &Rational, noise: &Rational) -> bool {
    let credit = Rational::one() - charged;
    let gain = Rational::one() - (Rational::one() + beta) * credit;
    gain.is_positive() && x * gain > *noise
}
