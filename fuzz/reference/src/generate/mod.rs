//! Worlds and portfolios out of arbitrary bytes.
//!
//! [`world`] keeps to the constraints C1 to C8, so every property of the risk
//! model holds on it; [`wild_world`] breaks them on purpose, for what must
//! hold on any terms. Ranges are cut so that the charges of one unit never
//! exceed it (C3): the largest shares below add up to 1.0.

mod legs;
mod market;
mod terms;

pub use legs::{leg_amount, portfolio};
pub use market::{apr, curve, index, pool, pool_terms};
pub use terms::{wild_world, world};

use arbitrary::{Result, Unstructured};
use trestle_risk_math::num::{ONE, Pair, Weight};

/// A number up to `max`, often a corner.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn number(u: &mut Unstructured<'_>, max: u64) -> Result<u64> {
    Ok(match u.int_in_range(0..=7_u8)? {
        0 => 0,
        1 => max.min(1),
        2 => max,
        3 => {
            let bits = u.int_in_range(0..=63_u32)?;
            (u.arbitrary::<u64>()? >> bits).min(max)
        }
        _ => u.int_in_range(0..=max)?,
    })
}

/// A number up to `max` of any binary order, often a corner.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn sized(u: &mut Unstructured<'_>, max: u64) -> Result<u64> {
    let order = u.int_in_range(0..=63_u32)?;
    number(u, max >> order)
}

/// A weight up to `max`, Q16.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn weight(u: &mut Unstructured<'_>, max: u32) -> Result<Weight> {
    let q16 = number(u, u64::from(max))?;
    Ok(Weight::stored(u32::try_from(q16).unwrap_or(max)))
}

/// Both rows, the initial one at least as dear (C1).
pub(crate) fn ordered(u: &mut Unstructured<'_>, max: u32) -> Result<Pair<Weight>> {
    let init = weight(u, max)?;
    Ok(Pair::new(weight(u, init.q16())?, init))
}

/// Whether a thing of `one_in` happens.
pub(crate) fn rarely(u: &mut Unstructured<'_>, one_in: u8) -> Result<bool> {
    u.ratio(1, one_in)
}

/// A share of 1.0 in thousandths, Q16, rounded down.
pub(crate) const fn thousandths(x: u32) -> u32 {
    x * ONE / 1_000
}
