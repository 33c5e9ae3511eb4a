//! The default parameters through the stress events of risk model 6.1 and 6.2.
//!
//! `risk-math/backtest` prints the table. A step is a minute: prices move along
//! a straight line, then at most one liquidation takes place. Or all of the
//! move comes at once. Interest and funding are left out, perp profit is
//! settled at once except where a book says otherwise, and a position at a
//! venue is liquidated at the board's price.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::panic, clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod books;
mod efficiency;
mod events;
mod facts;
mod guards;
mod market;
mod report;
