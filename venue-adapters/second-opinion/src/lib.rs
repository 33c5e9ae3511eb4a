//! Nothing but tests: Trestle's own layouts, bytes and addresses against the
//! crates that the venues publish. Run with
//! `cargo test --manifest-path venue-adapters/second-opinion/Cargo.toml`.
