//! The properties P0 to P17 of the risk model (section 2.9) and the rulings
//! that risk-math carries alone, each as a named test.
//!
//! `PROPTEST_CASES` scales all of them (256 is one). Every property has at
//! least one planted mutant of the real code that it must catch:
//! `risk-math/mutants/planted.toml`.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions, clippy::indexing_slicing)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_lossless)]

#[path = "../support/mod.rs"]
mod support;

mod case;
mod exact;
mod tables;

mod charge;
mod convex;
mod liquidation;
mod monotone;
mod pool;
mod robust;
mod rulings;

use proptest::prelude::ProptestConfig;

/// `multiple` times the default number of cases, which `PROPTEST_CASES` sets.
pub fn cases(multiple: u32) -> ProptestConfig {
    let mut config = ProptestConfig::default();
    config.cases = config.cases.saturating_mul(multiple);
    config
}
