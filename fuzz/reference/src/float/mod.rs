//! Floats, in dollars and years, from the continuous formulas.
//!
//! Written as a risk desk would in a notebook: a grid of dollar positions by
//! asset and class, sums of its rows and columns, scenario losses as dot
//! products. It shares no scale, no unit and no control flow with the others,
//! so an error of decimals, exponents or years shows.
//!
//! A float's error is relative to gross exposure, never to net: compare with
//! `2^-40` of it.

mod health;

pub use health::{Health, health};

use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::pool::Apr;
use trestle_risk_math::price::Price;

/// A weight as a fraction.
#[must_use]
pub fn share(weight: Weight) -> f64 {
    f64::from(weight.q16()) / 65_536.0
}

/// A row of a pair: maintenance is 0, initial is 1.
#[must_use]
pub fn row_of(pair: Pair<Weight>, row: usize) -> f64 {
    share(if row == 0 { pair.maint } else { pair.init })
}

/// Dollars per native unit at the low end of a price.
#[must_use]
pub fn dollars(price: Price) -> f64 {
    f64::from(price.mantissa()) * (-f64::from(price.shift())).exp2() / 1e6
}

/// Dollars per native unit at the high end.
#[must_use]
pub fn dollars_high(price: Price) -> f64 {
    dollars(price) * (1.0 + 1.0 / f64::from(price.mantissa()))
}

/// A yearly rate as a fraction.
#[must_use]
pub fn yearly(apr: Apr) -> f64 {
    f64::from(apr.q24()) / 16_777_216.0
}

/// What a debt of 1 grows by: continuous compounding at a yearly rate.
#[must_use]
pub fn growth(apr: Apr, years: f64) -> f64 {
    (yearly(apr) * years).exp_m1()
}
