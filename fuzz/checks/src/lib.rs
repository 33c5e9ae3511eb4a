//! What the fuzz targets assert. Each is a function of bytes that panics on a
//! finding, so that a fuzzer and a plain test run the same code.
//!
//! Bytes that make no case are accepted silently: there is nothing to check.

mod bytes;
mod health;
mod interest;
mod kamino;
mod liquidation;
mod pool;
mod price;
mod save;

pub use bytes::{bytes_interface, bytes_pyth, bytes_token};
pub use health::health_diff;
pub use interest::interest_diff;
pub use kamino::{bytes_kamino, kamino_accounts, kamino_interest};
pub use liquidation::{liq_plan_diff, slope_diff};
pub use pool::share_seq;
pub use price::price_decode;
pub use save::bytes_save;
