//! Which lines of a log are the program's own, and what a missing one does.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use trestle_client::events::{Gap, Ledger, of_logs};
use trestle_interface::event::{EventKind, Head, LenderState, MAGIC, VERSION};
use trestle_interface::{Address, PROGRAM_ID};

const OTHER: Address = Address::new_from_array([7; 32]);
const SUBJECT: Address = Address::new_from_array([9; 32]);

fn lender(previous: u64, sequence: u64, units: u64) -> String {
    let head = Head {
        magic: MAGIC,
        version: VERSION,
        kind: EventKind::Lender.byte(),
        count: 1,
        previous,
        sequence,
        subject: SUBJECT,
    };
    let state = LenderState { pool: OTHER, owner: OTHER, units, open: true };
    let bytes: Vec<u8> = head.to_bytes().into_iter().chain(state.to_bytes()).collect();
    format!("Program data: {}", BASE64_STANDARD.encode(bytes))
}

fn frame(program: Address, depth: u8, inner: Vec<String>) -> Vec<String> {
    let mut lines = vec![format!("Program {program} invoke [{depth}]")];
    lines.extend(inner);
    lines.push(format!("Program {program} consumed 10 of 20 compute units"));
    lines.push(format!("Program {program} success"));
    lines
}

#[test]
fn only_lines_of_the_programs_own_frame_count() {
    let own = frame(PROGRAM_ID, 2, vec![lender(0, 1, 5)]);
    // the other program logs a forgery before, behind and inside a log message
    let mut outer = vec![lender(0, 9, 99)];
    outer.extend(own);
    outer.push(format!("Program log: Program {PROGRAM_ID} invoke [1]"));
    outer.push(lender(1, 9, 99));
    let logs = frame(OTHER, 1, outer);
    assert_eq!(of_logs(&logs, &PROGRAM_ID).len(), 1);
    let mut ledger = Ledger::default();
    assert_eq!(ledger.follow(&logs, &PROGRAM_ID), []);
    assert_eq!(ledger.lenders[&SUBJECT].units, 5);
}

#[test]
fn a_callees_lines_are_not_the_callers() {
    let mut inner = frame(OTHER, 2, vec![lender(0, 1, 99)]);
    inner.push(lender(0, 1, 5));
    let logs = frame(PROGRAM_ID, 1, inner);
    let mut ledger = Ledger::default();
    assert_eq!(ledger.follow(&logs, &PROGRAM_ID), []);
    assert_eq!(ledger.lenders[&SUBJECT].units, 5);
}

#[test]
fn a_missing_event_is_a_gap_and_the_next_one_still_holds() {
    let mut ledger = Ledger::default();
    let first = frame(PROGRAM_ID, 1, vec![lender(0, 1, 5)]);
    let third = frame(PROGRAM_ID, 1, vec![lender(2, 3, 8)]);
    assert_eq!(ledger.follow(&first, &PROGRAM_ID), []);
    let gaps = ledger.follow(&third, &PROGRAM_ID);
    assert_eq!(gaps, [Gap { subject: SUBJECT, known: 1, next: 2 }]);
    assert_eq!(ledger.lenders[&SUBJECT].units, 8);
}
