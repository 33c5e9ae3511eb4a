//! The Kamino adapter: real accounts, a recorded run of the real program, exact models.
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
mod freshness;
mod interest;
mod layout;
mod plan;
mod properties;
mod report;
mod room;
mod stress;
mod support;
mod trace;
mod units;
mod verify;
