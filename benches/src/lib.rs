//! Compute units, account locks and transaction bytes of every instruction.
//!
//! The SVM is deterministic: the same binary, accounts and data cost the same
//! units each time. So the committed table is compared for equality upward:
//! any rise fails until the table is rewritten on purpose (`make bench`).

mod control;
mod health;
mod instructions;
mod liquidation;
pub mod primitives;
mod table;
mod venue;

use trestle_interface::TABLE;

pub use table::{Row, Table, VENUE_OWN_UNITS, committed, markdown, paths, readme, readme_path};

/// Measures everything.
///
/// # Panics
/// When an instruction is refused, or none of the cases uses it.
#[must_use]
pub fn measure() -> Table {
    let artifact = trestle_sandbox::artifact();
    let (mut rows, world) = instructions::rows();
    rows.extend(liquidation::rows());
    rows.extend(liquidation::receivership());
    let (at_kamino, kamino) = venue::rows();
    rows.extend(at_kamino);
    instructions::set_up(&world, &mut rows);
    instructions::set_up(&kamino.world, &mut rows);
    rows.sort_by_key(|row| TABLE.iter().position(|info| info.name == row.name));
    // last, since it is the longest list of cases
    rows.retain(|row| row.name != "get_health");
    rows.extend(health::rows());
    // only the mock's farm pays on demand
    let paid = |name: &str| name != "claim_venue" || kamino.venue.is_mock();
    for info in TABLE.iter().filter(|info| paid(info.name)) {
        assert!(rows.iter().any(|row| row.name == info.name), "{} is not measured", info.name);
    }
    let venue = if kamino.venue.is_mock() { "our mock of klend" } else { "the given program" };
    Table { compiler: artifact.compiler, venue: venue.into(), rows }
}
