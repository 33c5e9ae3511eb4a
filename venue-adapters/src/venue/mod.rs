//! What venues have in common: words, views over bytes, and the shape of a report.
//!
//! A venue is one folder beside this one. It reads its own bytes and says what
//! they mean in these types; nothing here knows of any venue.

pub mod budget;
pub(crate) mod fields;
pub mod movement;
pub mod report;
pub mod room;
pub mod stress;

/// What is done to a position at a venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Tokens in, collateral up.
    Supply,
    /// Collateral down, tokens out.
    Redeem,
    /// Debt up, tokens out.
    Borrow,
    /// Tokens in, debt down.
    Repay,
}

/// Amount that the lending venues read as "all".
pub const ALL: u64 = u64::MAX;

/// What an adapter's error asks of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The account cannot be valued: its row stays as it was and ages.
    Unreadable,
    /// Never to be listed; a listed market cannot turn into this.
    Listing,
    /// Not to be listed; where it arises later the market takes no new risk.
    ReduceOnly,
    /// This call fails, nothing follows for the market.
    Call,
}
