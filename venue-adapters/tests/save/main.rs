//! The Save adapter: a recorded run of the real program, exact models, hostile bytes.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)] // helpers of tests may panic, as tests do

mod admit;
mod interest;
mod layout;
mod limiter;
mod plan;
mod properties;
mod report;
mod stress;
mod support;
mod trace;
mod verify;
