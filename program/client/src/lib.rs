//! A client of Trestle.
//!
//! Builds instructions with the accounts in order, decodes accounts, follows
//! events, and computes health off chain with the same code as the program.

pub mod address;
pub mod cohort;
pub mod events;
pub mod health;
pub mod ix;
pub mod kamino;
pub mod keys;
pub mod rates;

pub use address::Addresses;
pub use cohort::{Cohort, Invitation};
pub use ix::Trestle;
pub use keys::{AssetKeys, PoolKeys};
