//! What callers of Trestle depend on.
//!
//! Tags, account lists, argument codecs, account layouts, errors, events, derived
//! addresses, and health from account bytes. `no_std`, no runtime, no
//! allocation: a CPI caller, a bot and the program itself share this crate.
#![no_std]
#![forbid(unsafe_code)]

pub mod accounts;
pub mod args;
pub mod batch;
pub mod cohort;
pub mod error;
pub mod event;
pub mod exits;
pub mod health;
pub mod pda;
pub mod permission;
pub mod region;
pub mod state;
pub mod tag;
pub mod view;
pub mod wire;

pub use error::TrestleError;
pub use solana_address::Address;
pub use tag::{InstructionInfo, TABLE, Tag};

/// Program id of the reference deployment,
/// `Trest1e111111111111111111111111111111111111`. The program itself works at any id.
pub const PROGRAM_ID: Address = Address::new_from_array([
    6, 225, 62, 113, 223, 105, 156, 244, 253, 65, 177, 234, 155, 178, 163, 2, 165, 38, 193, 207, 6,
    160, 210, 121, 27, 171, 94, 16, 0, 0, 0, 0,
]);
