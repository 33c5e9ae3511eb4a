//! Marks the units left around one call.

use core::hint::black_box;

/// Calls `f` between two marks. The optimiser sees neither its input nor its
/// result, so no part of it moves past either mark.
#[inline(always)]
pub(crate) fn time<I, O>(input: &I, f: impl FnOnce(&I) -> O) -> O {
    mark();
    let output = f(black_box(input));
    black_box(&output);
    mark();
    output
}

#[cfg(target_os = "solana")]
use crate::runtime::mark;

/// The host has no meter.
#[cfg(not(target_os = "solana"))]
const fn mark() {}
