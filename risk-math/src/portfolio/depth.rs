//! Concentration: the charge that grows with the square of a position's size.
//!
//! ```text
//! n <= n* : Conc = n^2 / (2 L)          n* = L * cm
//! n >  n* : Conc = Conc(n*) + (n - n*) * cm
//! ```
//!
//! The marginal credit falls linearly from `w` to zero as the position grows
//! to `n*` and stays zero: more collateral never lowers health (P1). `cm` is
//! the same at every level, or large positions would break the order of
//! levels (C5).

use super::Depth;
use crate::num::{Sum, Weight};

/// The size `n*` at which an asset's marginal credit is used up, micro-USD.
#[must_use]
#[inline(always)]
pub const fn saturation(depth: Depth) -> u64 {
    // 2^43 * 2^16 = 2^59
    depth.size_shr16.wrapping_mul(slope_of(depth))
}

/// Adds **twice** the concentration charge of `n` micro-USD to `sum`.
///
/// Rounded up: the marginal weight is `n / L` plus one unit of Q16.
#[inline(always)]
pub fn concentration_doubled(sum: &mut Sum, n: u64, depth: Depth) {
    let knee = saturation(depth);
    let inside = if n < knee { n } else { knee };
    // L = 0 makes the knee 0, so nothing is divided
    if let Some(r) = inside.checked_div(depth.size_shr16) {
        // inside <= knee, so r <= cm <= 2^16
        sum.add_raw(r.wrapping_add(1), inside);
    }
    if n > knee {
        let beyond = n.wrapping_sub(knee);
        sum.add(depth.slope, beyond);
        sum.add(depth.slope, beyond);
    }
}

/// The slope of the charge at `n` in Q16: rounded up toward a smaller size,
/// down toward a larger one, so that a tangent never lies below the charge's
/// relief nor above its growth.
#[must_use]
pub(super) fn slope_at(n: u64, depth: Depth, growing: bool) -> Weight {
    let knee = saturation(depth);
    if n > knee || (n == knee && growing) {
        return depth.slope;
    }
    let r = n.checked_div(depth.size_shr16).unwrap_or(0);
    let r = r.saturating_add(u64::from(!growing));
    u32::try_from(r).map_or(depth.slope, Weight::clamped).min(depth.slope)
}

#[allow(clippy::as_conversions, clippy::cast_lossless)] // widening in a const fn
const fn slope_of(depth: Depth) -> u64 {
    depth.slope.q16() as u64
}
