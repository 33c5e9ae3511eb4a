//! Rationals, without any rounding: what the engine approaches from one side.
//!
//! Values are micro-USD, weights plain fractions. A price is an interval; the
//! model takes the end that the specification names, assets at the low one
//! and debts at the high one, so that only roundings remain to be compared.

pub mod health;
pub mod interest;
pub mod liquidation;
mod require;
pub mod slack;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};
use trestle_risk_math::index::Index;
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::price::Price;

pub use require::{Account, Holding, Order, Shape, Valued, requirement};

/// A rational of any size.
pub type Rational = BigRational;

/// A whole number.
pub fn whole(x: impl Into<BigInt>) -> Rational {
    Rational::from_integer(x.into())
}

/// `n / 2^bits`.
pub fn dyadic(n: impl Into<BigInt>, bits: u32) -> Rational {
    Rational::new(n.into(), BigInt::one() << bits)
}

/// A weight as a fraction.
#[must_use]
pub fn fraction(weight: Weight) -> Rational {
    dyadic(weight.q16(), 16)
}

/// A row of a pair: maintenance is 0, initial is 1.
#[must_use]
pub fn row_of(pair: Pair<Weight>, row: usize) -> Rational {
    fraction(if row == 0 { pair.maint } else { pair.init })
}

/// The low end of a price, micro-USD a native unit.
#[must_use]
pub fn low(price: Price) -> Rational {
    dyadic(price.mantissa(), price.shift().into())
}

/// The high end of a price.
#[must_use]
pub fn high(price: Price) -> Rational {
    dyadic(u64::from(price.mantissa()) + 1, price.shift().into())
}

/// Tokens per unit.
#[must_use]
pub fn index(index: Index) -> Rational {
    dyadic(index.q64(), 64)
}

/// `x` where it is positive, zero elsewhere.
#[must_use]
pub fn positive(x: Rational) -> Rational {
    x.max(Rational::zero())
}
