//! Kamino Lend (klend): lending markets of reserves, one obligation an owner and market.
//!
//! Written against release 1.16 and checked against the fields of 1.25. What
//! the two compute differently is bracketed, and the side that is worse for
//! the account counts.
//!
//! | module | question |
//! |---|---|
//! | [`reserve`], [`market`], [`obligation`] | what do the bytes say? |
//! | [`interest`], [`report`] | what is that worth now? |
//! | [`admit`], [`freshness`] | may it be listed, may it be acted on, would klend refuse? |
//! | [`plan`], [`seeds`], [`budget`] | what is to be sent, and what does it cost? |
//! | [`verify`] | what has happened? |
//! | [`stress`] | how close is the obligation to klend's liquidation? |
//! | [`room`] | how much of a deposit would klend let out? |
//!
//! Trusts: that the caller checked the accounts' owner ([`ids::PROGRAM`]) and
//! pinned addresses. Guarantees: total on any bytes; deposits rounded down,
//! debts up; klend's stored sums and market values are never read, since they
//! are as of the last refresh and not of the last action.

pub mod admit;
pub mod budget;
mod error;
pub mod freshness;
pub mod ids;
pub mod interest;
pub mod layout;
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
pub use error::{KaminoError, Result};
