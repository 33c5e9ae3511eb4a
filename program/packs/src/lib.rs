//! Venue packs.

/// A mock's binary.
#[must_use]
pub fn deployed(mock: &str) -> Vec<u8> {
    let path = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join(format!("../../target/deploy/mock_{mock}.so"));
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
