//! Venues as packs: a program's binary, its accounts, and what they are.
//!
//! A pack is a folder (`program/docs/conformance-packs.md`). `VENUE_PROGRAMS_DIR/<venue>`
//! holds packs of real programs; without it a pack is made around our mock, written
//! by [`folder::write`] and read back by the loader that reads the real ones. The
//! first use says which it is. Tests written against a pack run on both.
//!
//! Only `litesvm` is needed, so a pack goes into any machine, Trestle's sandbox
//! included. What it does behind a program's back (prices, other people's
//! supply, tokens) it does by writing accounts.

mod account;
pub mod folder;
pub mod kamino;
mod pack;
pub mod time;

pub use account::{decode as decode_account, encode as encode_account};
pub use kamino::Kamino;
pub use pack::{Origin, Pack, PriceInput, Reserve};

use std::path::PathBuf;

/// Root of the workspace.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A mock's binary, which `program/mocks/build` leaves in `target/deploy`.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn deployed(mock: &str) -> Vec<u8> {
    let path = root().join(format!("target/deploy/mock_{mock}.so"));
    std::fs::read(&path).unwrap_or_else(|e| {
        panic!("{}: {e}\nbuild the mocks first: program/mocks/build", path.display())
    })
}
