//! Compute units, account locks and transaction bytes of every instruction.
//!
//! The SVM is deterministic: the same binary, accounts and data cost the same
//! units each time. So the committed table is compared for equality upward:
//! any rise fails until the table is rewritten on purpose (`make bench`).

mod health;
mod instructions;
pub mod primitives;
mod table;

pub use table::{Row, Table, committed, markdown, paths, readme, readme_path};

/// Measures everything.
#[must_use]
pub fn measure() -> Table {
    let artifact = trestle_sandbox::artifact();
    let mut rows = instructions::rows();
    rows.extend(health::rows());
    Table { compiler: artifact.compiler, rows }
}
