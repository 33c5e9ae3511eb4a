//! Foreign bytes, read and described.
//!
//! Everything that Trestle knows of another program's accounts stands here:
//! oracles, token accounts, and (one folder each) venues. An adapter turns
//! bytes into a report, an intent into a plan, and two snapshots into a delta.
//! It never holds a signature and never calls anything; the program does, for
//! exactly what a plan says.
//!
//! Trusts: nothing. Every reader checks length, discriminator and version, and
//! returns a distinct error. The caller checks owner and address.
#![no_std]
#![forbid(unsafe_code)]

pub mod bytes;
pub mod clock;
pub mod kamino;
pub mod oracle;
pub mod plan;
pub mod save;
pub mod token;
pub mod transaction;
pub mod venue;
