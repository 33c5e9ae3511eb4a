//! klend's accounts, byte for byte: offsets count from the discriminator.

mod field;
mod market;
mod metadata;
mod obligation;
mod reserve;

pub use field::Field;
pub(crate) use field::layout;
pub use market::{Group, Market};
pub use metadata::Metadata;
pub use obligation::{BORROWS, Borrow, DEPOSITS, Deposit, Obligation};
pub use reserve::{Cap, Reserve};

/// Version of every reserve that is not written off.
pub const VERSION: u64 = 1;
/// A reserve that takes no new business.
pub const OBSOLETE: u8 = 1;

/// Price statuses: what a price has passed.
pub mod price {
    /// It could be read.
    pub const LOADED: u8 = 1;
    /// It is young enough.
    pub const AGE: u8 = 2;
    /// It is close to its average.
    pub const TWAP: u8 = 4;
    /// Its average is young enough.
    pub const TWAP_AGE: u8 = 8;
    /// It lies within configured bounds.
    pub const HEURISTIC: u8 = 16;
    /// Its use is not blocked.
    pub const ALLOWED: u8 = 32;
    /// No demand.
    pub const NONE: u8 = 0;
    /// Everything, for what raises risk.
    pub const ALL: u8 = 63;
    /// What a liquidation needs.
    pub const LIQUIDATION: u8 = LOADED | AGE | ALLOWED;
}
