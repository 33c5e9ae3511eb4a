//! The gate of the primitives: none may cost more than the committed table says.

use trestle_benches::primitives::{committed, measure, paths};

#[test]
fn no_primitive_costs_more_than_committed() {
    // compares every result with the host's, whatever the compiler
    let (now, was) = (measure(), committed());
    if now.compiler != was.compiler {
        println!(
            "skipped: the primitives are by {}, the committed table by {}",
            now.compiler, was.compiler
        );
        return;
    }
    let found = now.regressions(&was);
    assert!(
        found.is_empty(),
        "{}\nif this is meant: cargo run -p trestle-benches --bin primitives -- --write",
        found.join("\n")
    );
}

#[test]
fn the_markdown_is_the_json() {
    let text = std::fs::read_to_string(paths().1).expect("benches/primitives.md");
    assert_eq!(text, committed().markdown(), "the binary writes both");
}

#[test]
fn a_rise_is_found() {
    let was = committed();
    let mut now = was.clone();
    assert!(now.regressions(&was).is_empty());
    now.rows[0].most += 1;
    let gone = now.rows.pop().expect("a row");
    let found = now.regressions(&was);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[1].contains(&gone.name));
}
