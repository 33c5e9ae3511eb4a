//! Reference models of the risk engine, written from its specification.
//!
//! Three of them, each in a shape of its own:
//!
//! - [`bits`]: big integers with exactly the roundings that the specification
//!   names. Must equal the engine bit for bit.
//! - [`exact`]: rationals without any rounding. Bounds the engine from one
//!   side: assets are never over-counted, debts never under-counted.
//! - [`float`]: dollars and years in `f64`, from continuous formulas. Catches
//!   an error of unit or exponent that the other two would share.
//!
//! [`world`] holds what all of them read, [`generate`] makes it out of bytes.
//! [`kamino`] reads klend's accounts a second time and accrues as klend does.

pub mod bits;
pub mod exact;
pub mod float;
pub mod generate;
pub mod kamino;
pub mod world;
