//! klend a second time: its accounts by offsets, and what a refresh writes.
//!
//! Offsets are those of the documented layout, as plain numbers, and nothing
//! of the adapter is used: what it reads and projects is compared with this.

mod accounts;
mod interest;

pub use accounts::{
    Borrow, Deposit, MARKET_LEN, Market, OBLIGATION_LEN, Obligation, RESERVE_LEN, Reserve, flag,
    key, number,
};
pub use interest::{
    Refresh, Release, UNIT, compound, curve_line, curve_rate, exact_compound, periods, refresh,
    supply,
};
