//! Keeps Trestle's accounts solvent.
//!
//! Every tick reads the board and the accounts, judges them with the program's
//! own code, and sends what is due: refreshes of stale rows, flags,
//! liquidations, settlements of bad debt. Data flows one way: [`chain::Chain`]
//! -> [`snapshot::Snapshot`] -> [`judge`] -> [`plan`] -> [`queue::Queue`] -> chain.
//!
//! Trusts the chain for freshness only. What it sends is checked again by the
//! program, so that a keeper that is wrong loses a fee and nothing else.

pub mod chain;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod judge;
pub mod keeper;
pub mod metrics;
pub mod plan;
pub mod queue;
pub mod refresh;
pub mod rpc;
pub mod snapshot;

pub use chain::{Chain, ChainError, Outcome};
pub use keeper::{Keeper, Report, Settings};
