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
//!
//! The square is taken by its chords: between multiples `k D` and `(k + 1) D`
//! of `D = L / 2^16` the charge is a straight line. So it is convex and rising
//! to the last unit, needs one division, and lies above the square by at most
//! `L / 2^35`: 0.03 USD for a depth of 1 bn USD. (Rounding the quotient
//! `n / L` instead would make steps of `n / 2^17`: a deposit of one unit could
//! cost 0.25 USD of health on a position of 30,000 USD.)

use super::Depth;
use crate::num::Sum;

/// The size `n*` at which an asset's marginal credit is used up, micro-USD.
#[must_use]
#[inline(always)]
pub fn saturation(depth: Depth) -> u64 {
    // 2^43 * 2^16 = 2^59
    depth.size_shr16.wrapping_mul(u64::from(depth.slope.q16()))
}

/// Adds **twice** the concentration charge of `n` micro-USD to `sum`, Q16.
///
/// With `k = n / D`: `k^2 D + (2 k + 1) (n - k D)`, never below `n^2 / D`.
#[inline(always)]
pub fn concentration_doubled(sum: &mut Sum, n: u64, depth: Depth) {
    let knee = saturation(depth);
    let inside = if n < knee { n } else { knee };
    // D = 0 makes the knee 0, so nothing is divided
    if let Some(k) = inside.checked_div(depth.size_shr16) {
        // inside <= knee, so k <= cm <= 2^16
        let corner = k.wrapping_mul(depth.size_shr16);
        sum.add_raw(k, corner);
        sum.add_raw(k.wrapping_mul(2).wrapping_add(1), inside.wrapping_sub(corner));
    }
    if n > knee {
        let beyond = n.wrapping_sub(knee);
        sum.add(depth.slope, beyond);
        sum.add(depth.slope, beyond);
    }
}

/// **Twice** the slope of the charge at `n` in Q16, exact: toward a larger
/// size, or toward a smaller one. They differ at corners only.
#[must_use]
pub(super) fn slope_doubled(n: u64, depth: Depth, growing: bool) -> i64 {
    let knee = saturation(depth);
    let saturated = i64::from(depth.slope.q16()).wrapping_mul(2);
    if n > knee || (n == knee && growing) {
        return saturated;
    }
    let at = if growing { n } else { n.saturating_sub(1) };
    let k = at.checked_div(depth.size_shr16).unwrap_or(0); // below cm
    i64::try_from(k).map_or(saturated, |k| k.wrapping_mul(2).wrapping_add(1))
}
