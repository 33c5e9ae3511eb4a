//! Writes the generated files.

use std::path::Path;

fn main() -> std::io::Result<()> {
    for (path, text) in trestle_idl::files() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(path), text)?;
    }
    Ok(())
}
