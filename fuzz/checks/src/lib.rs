//! What the fuzz targets assert. Each is a function of bytes that panics on a
//! finding, so that a fuzzer and a plain test run the same code.
//!
//! Bytes that make no case are accepted silently: there is nothing to check.

mod health;

pub use health::health_diff;
