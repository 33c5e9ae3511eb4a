//! One primitive of `risk-math` at a time, on inputs made from a seed, or from
//! bytes and a seed.
//!
//! The same functions run on the host and on chain. On chain the units left
//! are logged right before and right after the primitive; making the inputs is
//! not counted. The host runs them for their results alone, so a test can
//! compare both: what is measured is also right.

mod portfolio;
mod primitives;
#[cfg(target_os = "solana")]
mod runtime;
mod source;
mod timer;

pub use primitives::{Case, NOTHING, PRIMITIVES};
pub use source::Source;

/// Inputs of each primitive.
pub const CASES: u32 = 320;

/// Most cases of one instruction, such that none asks for more than 200,000 units.
pub const BATCH: u32 = 8;

/// Runs one case of a primitive. An error is a word that [`is_refused`] knows.
#[must_use]
pub fn run_one(primitive: u8, case: u32, bytes: &[u8]) -> Option<u64> {
    let run = PRIMITIVES.get(usize::from(primitive))?.case;
    Some(run(&mut Source::new(case, bytes)))
}

/// Runs `count` cases of a primitive from `first` on, each drawn from the same
/// bytes first: a digest of the results.
#[must_use]
pub fn run(primitive: u8, first: u32, count: u32, bytes: &[u8]) -> Option<u64> {
    (first..first.checked_add(count.min(BATCH))?).try_fold(0_u64, |digest, case| {
        let result = run_one(primitive, case, bytes)?;
        Some((digest ^ result).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29))
    })
}

/// Whether a result is an error of `risk-math`, or none at all.
#[must_use]
pub const fn is_refused(result: u64) -> bool {
    result >= u64::MAX - 13
}
