//! Save (formerly Solend): lending markets of reserves, obligations that their owner makes.
//!
//! Packed accounts without discriminators: they are told apart by address,
//! owner and exact length. Numbers are wads, scaled by 10^18.
//!
//! | module | question |
//! |---|---|
//! | [`reserve`], [`market`], [`obligation`] | what do the bytes say? |
//! | [`interest`], [`report`] | what is that worth now? |
//! | [`admit`], [`freshness`] | may it be listed, may it be acted on, would Save refuse? |
//! | [`plan`], [`seeds`], [`budget`] | what is to be sent, and what does it cost? |
//! | [`verify`] | what has happened? |
//! | [`stress`] | how close is the obligation to Save's liquidation? |
//! | [`room`] | how much of a deposit would Save let out? |
//!
//! Trusts: that the caller checked the accounts' owner ([`ids::PROGRAM`]) and
//! pinned addresses; without that, another account of the same length passes.
//! Guarantees: total on any bytes; deposits rounded down, debts up; Save's
//! stored sums and market values are never read, since they are as of the last
//! refresh and not of the last action.
//!
//! An obligation is never closed: Save has no instruction for it. An emptied
//! one stays, and may be used again.

pub mod admit;
pub mod budget;
mod error;
pub mod freshness;
pub mod ids;
pub mod interest;
pub mod layout;
mod limiter;
pub mod market;
pub mod obligation;
pub mod plan;
pub mod report;
pub mod reserve;
pub mod room;
pub mod seeds;
pub mod stress;
pub mod verify;

pub use crate::venue::{ALL, Action, Severity};
pub use error::{Result, SaveError};

/// 1.0 in Save's scale.
pub const WAD: u128 = 1_000_000_000_000_000_000;
