//! Tests of the SBF binary live in `tests/suite`; this crate has no code of its own.
