//! Writes the mock's pack into a folder: a template for packs of real programs.

use std::path::Path;
use trestle_packs::{folder, kamino::mock};

fn main() {
    let Some(dir) = std::env::args().nth(1) else {
        eprintln!("usage: write_mock FOLDER");
        std::process::exit(2);
    };
    folder::write(&mock::pack(), Path::new(&dir)).unwrap_or_else(|e| {
        eprintln!("{dir}: {e}");
        std::process::exit(1);
    });
}
