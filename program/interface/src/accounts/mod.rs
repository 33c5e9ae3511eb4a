//! Account lists, one struct per instruction.
//!
//! `signer`, `writable`, `payer` and `new` (both), and `readonly` say what the runtime
//! must grant; the text says what the program checks. An owner's operation is
//! called with [`OwnerAccounts`] before its own list.

mod admin;
mod owner;
mod public;
mod roles;
mod venue;

pub use admin::*;
pub use owner::*;
pub use public::*;
pub use roles::Role;
pub use venue::*;
