//! The interface as data, for clients in other languages and for readers.
//!
//! Everything comes from `trestle-interface`: instructions, arguments, errors
//! and events from its tables, account layouts from the source of its
//! structs. Nothing is written down twice, and a test fails when the committed
//! files are not what this crate makes.

pub mod document;
pub mod instruction;
pub mod layout;
pub mod node;
pub mod page;
pub mod refusals;

/// Files that are generated, by their path from this crate's folder.
#[must_use]
pub fn files() -> [(&'static str, String); 3] {
    let mut document = serde_json::to_string_pretty(&document::document()).unwrap_or_default();
    document.push('\n');
    let refusals: Vec<&str> = refusals::SEEN.lines().collect();
    [
        ("refusals.txt", refusals::sorted(&refusals)),
        ("trestle.json", document),
        ("../docs/instructions.md", page::page()),
    ]
}
