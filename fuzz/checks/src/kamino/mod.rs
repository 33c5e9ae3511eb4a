//! klend's accounts: what is read from any bytes, and what is projected.

mod accounts;
mod bytes;
mod interest;
mod outcome;
mod stress;
mod wide;

pub use bytes::{bytes_kamino, kamino_accounts};
pub use interest::kamino_interest;
