//! Prints the table; with `--write` also rewrites the committed files.

use trestle_benches::{markdown, measure, paths, readme, readme_path};

fn main() {
    let table = measure();
    let text = markdown(&table);
    print!("{text}");
    if std::env::args().any(|a| a == "--write") {
        let (json, md) = paths();
        std::fs::write(json, table.to_json()).expect("benches/compute_units.json is written");
        std::fs::write(md, text).expect("benches/compute_units.md is written");
        let old = std::fs::read_to_string(readme_path()).expect("README.md is read");
        std::fs::write(readme_path(), readme(&old, &table)).expect("README.md is written");
    }
}
