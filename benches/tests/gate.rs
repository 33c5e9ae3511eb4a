//! The gate: nothing may cost more than the committed table says.

use trestle_benches::{committed, markdown, measure, paths, readme, readme_path};

#[test]
fn nothing_costs_more_than_committed() {
    let (now, was) = (measure(), committed());
    if now.compiler != was.compiler {
        println!(
            "skipped: the binary is by {}, the committed table by {}",
            now.compiler, was.compiler
        );
        return;
    }
    if now.venue != was.venue {
        println!("skipped: the venue is {}, the committed table's {}", now.venue, was.venue);
        return;
    }
    let found = now.regressions(&was);
    assert!(found.is_empty(), "{}\nif this is meant: make bench", found.join("\n"));
}

#[test]
fn the_markdown_is_the_json() {
    let text = std::fs::read_to_string(paths().1).expect("benches/compute_units.md");
    assert_eq!(text, markdown(&committed()), "make bench writes both");
}

#[test]
fn the_readme_lists_every_instruction_with_its_cost() {
    let text = std::fs::read_to_string(readme_path()).expect("README.md");
    assert_eq!(text, readme(&text, &committed()), "make bench writes it");
}

#[test]
fn a_check_of_64_positions_keeps_its_promise() {
    let table = committed();
    let row = table
        .rows
        .iter()
        .find(|r| r.name == "get_health" && r.case.starts_with("64 positions"))
        .expect("the row is there");
    assert!(row.units <= 25_000, "{} CU", row.units);
    // the fee payer and the program itself come on top of the three accounts of a check
    assert_eq!(row.locks, 5);
}
