//! Prints what primitives cost; with `--write` also rewrites the committed files.

use trestle_benches::primitives::{measure, paths};

fn main() {
    let costs = measure();
    let text = costs.markdown();
    print!("{text}");
    if std::env::args().any(|a| a == "--write") {
        let (json, md) = paths();
        std::fs::write(json, costs.to_json()).expect("benches/primitives.json is written");
        std::fs::write(md, text).expect("benches/primitives.md is written");
    }
}
