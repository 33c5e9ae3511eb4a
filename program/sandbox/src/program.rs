//! Where the SBF binary is, and which compiler made it.

use std::path::PathBuf;

/// The program's binary and its origin.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// The shared object.
    pub elf: Vec<u8>,
    /// Compiler that made it, as its build wrote down.
    pub compiler: String,
    /// SHA-256 of the shared object, hex.
    pub sha256: String,
}

/// Root of the workspace.
#[must_use]
pub fn workspace_root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads the binary that `make sbf` leaves in `target/deploy`, or the one that
/// `TRESTLE_SO` names.
///
/// # Panics
/// When there is none: run `make sbf` first.
#[must_use]
pub fn artifact() -> Artifact {
    let path = std::env::var_os("TRESTLE_SO")
        .map_or_else(|| workspace_root().join("target/deploy/trestle.so"), PathBuf::from);
    let elf = std::fs::read(&path)
        .unwrap_or_else(|e| panic!("{}: {e}\nbuild the program first: make sbf", path.display()));
    let json = std::fs::read_to_string(path.with_extension("so.json")).unwrap_or_default();
    let field = |name: &str| {
        let key = format!("\"{name}\":");
        let rest = json.split(&key).nth(1)?.trim_start().strip_prefix('"')?;
        rest.split('"').next().map(str::to_owned)
    };
    Artifact {
        elf,
        compiler: field("compiler").unwrap_or_else(|| "unknown compiler".into()),
        sha256: field("sha256").unwrap_or_default(),
    }
}
