//! Every case of the test program gives on chain what it gives on the host.

use sbf_link_svm_tests::{Program, build_folder};
use sbf_link_test_program::{CASES, COST, COSTS, TRAP_NAMES, TRAPS, measure, run};

const SEEDS: u64 = 150;
/// Runs of a case in one transaction; small, since nothing frees the heap.
const COUNT: u32 = 4;

fn program(arch: &str) -> Program {
    Program::load(&build_folder().join(format!("test-program-{arch}.so")))
}

/// The digest on chain.
fn digest(program: &Program, case: usize, seed: u64, count: u32) -> Result<u64, String> {
    let outcome = program.call_words(case as u8, &[seed, u64::from(count)])?;
    let bytes = outcome.data.try_into().map_err(|data| format!("return data {data:?}"))?;
    Ok(u64::from_le_bytes(bytes))
}

fn all_cases_agree(arch: &str) {
    let program = program(arch);
    let mut failures = Vec::new();
    for (case, (name, _)) in CASES.iter().enumerate() {
        for seed in 0..SEEDS {
            let expected = run(case, seed, COUNT).expect("the case exists");
            let found = digest(&program, case, seed, COUNT);
            if found != Ok(expected) {
                failures.push(format!("{name} seed {seed}: {found:?}, not {expected}"));
                break;
            }
        }
    }
    assert!(failures.is_empty(), "{arch}:\n{}", failures.join("\n"));
}

#[test]
fn all_cases_agree_on_v0() {
    all_cases_agree("v0");
}

/// The mainnet feature set may not run version 3 yet; the loader then says so.
#[test]
fn all_cases_agree_on_v3() {
    all_cases_agree("v3");
}

#[test]
fn every_way_to_fail_fails() {
    let program = program("v0");
    for (kind, name) in TRAP_NAMES.iter().enumerate() {
        let result = program.call_words(TRAPS + kind as u8, &[0]);
        assert!(result.is_err(), "{name} did not fail: {result:?}");
    }
}

/// Prints what operations cost, less what calling them costs, and keeps them
/// from getting dearer.
#[test]
fn operations_cost_what_is_documented() {
    let program = program("v0");
    let cost = |number: usize, operands: [u64; 4]| {
        let outcome = program.call_words(COST + number as u8, &operands).expect("it runs");
        let expected = measure(number as u8, operands).to_le_bytes();
        assert_eq!(outcome.data, expected, "{} of {operands:?}", COSTS[number].0);
        outcome.units
    };
    let operands = [
        ("words", [u64::MAX / 3, 0, 1_000_003, 0]),
        ("wide / 32 bits", [u64::MAX / 3, 1 << 40, 10_000, 0]),
        ("wide / word", [u64::MAX / 3, 1 << 40, 1_000_000_000_000_000_000, 0]),
        ("wide / wide", [u64::MAX / 3, 1 << 60, u64::MAX / 7, 1 << 20]),
    ];
    for (number, (name, nothing, _)) in COSTS.iter().enumerate() {
        let costs = operands.map(|(kind, words)| {
            let cost = cost(number, words) as i64 - cost(*nothing, words) as i64;
            assert!(cost < 200, "{name} of {kind} costs {cost}");
            format!("{kind}: {cost}")
        });
        println!("{name:20} {}", costs.join(", "));
    }
}
