//! Which lines of a log are the program's own, and what a missing one does.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use trestle_client::events::{Gap, Ledger, is_cut, of_logs};
use trestle_interface::event::{AccountState, EventKind, Head, Leg, LenderState, MAGIC, VERSION};
use trestle_interface::{Address, PROGRAM_ID};

const OTHER: Address = Address::new_from_array([7; 32]);
const SUBJECT: Address = Address::new_from_array([9; 32]);

fn line(kind: EventKind, [previous, sequence]: [u64; 2], body: &[u8]) -> String {
    let head = Head {
        magic: MAGIC,
        version: VERSION,
        kind: kind.byte(),
        count: 1,
        previous,
        sequence,
        subject: SUBJECT,
    };
    let bytes = [&head.to_bytes()[..], body].concat();
    format!("Program data: {}", BASE64_STANDARD.encode(bytes))
}

fn lender(previous: u64, sequence: u64, units: u64) -> String {
    let state = LenderState { pool: OTHER, owner: OTHER, units, open: true };
    line(EventKind::Lender, [previous, sequence], &state.to_bytes())
}

/// One position's units.
fn leg(previous: u64, sequence: u64, units: u128) -> String {
    let leg = Leg { market: 1, kind: 1, class: 0, asset: 1, venue_account: 255, units };
    line(EventKind::Legs, [previous, sequence], &leg.to_bytes())
}

/// A margin account as it was opened.
fn opening() -> String {
    let state = AccountState {
        group: OTHER,
        owner: OTHER,
        creator: OTHER,
        index: 0,
        capacity: 8,
        status: 0,
        open: true,
    };
    line(EventKind::Account, [0, 0], &state.to_bytes())
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

#[test]
fn a_callees_messages_neither_end_nor_begin_a_frame() {
    let says = |text: &str| format!("Program log: {text}");
    // a callee that pretends to be back at its caller, and one that pretends to call
    for words in ["success", "failed: nothing", "invoke [3]", "x invoke [3]"] {
        let mut inner = frame(OTHER, 2, vec![says(words), lender(0, 1, 99)]);
        inner.push(lender(0, 1, 5));
        let logs = frame(PROGRAM_ID, 1, inner);
        let mut ledger = Ledger::default();
        assert_eq!(of_logs(&logs, &PROGRAM_ID).len(), 1, "{words}");
        assert_eq!(ledger.follow(&logs, &PROGRAM_ID), []);
        assert_eq!(ledger.lenders[&SUBJECT].units, 5, "{words}");
    }
}

#[test]
fn legs_of_an_account_whose_opening_is_missing_are_a_gap() {
    let mut ledger = Ledger::default();
    let first = frame(PROGRAM_ID, 1, vec![leg(0, 1, 5)]);
    let gaps = ledger.follow(&first, &PROGRAM_ID);
    assert_eq!(gaps, [Gap { subject: SUBJECT, known: 0, next: 0 }]);
    assert!(ledger.accounts.is_empty());
}

#[test]
fn an_account_that_is_opened_again_holds_nothing_of_the_one_before() {
    let mut ledger = Ledger::default();
    let seen = frame(PROGRAM_ID, 1, vec![opening(), leg(0, 1, 5)]);
    assert_eq!(ledger.follow(&seen, &PROGRAM_ID), []);
    assert_eq!(ledger.accounts[&SUBJECT].legs.len(), 1);
    // the end of the first account was not seen
    let gaps = ledger.follow(&frame(PROGRAM_ID, 1, vec![opening()]), &PROGRAM_ID);
    assert_eq!(gaps, [Gap { subject: SUBJECT, known: 1, next: 0 }]);
    assert!(ledger.accounts[&SUBJECT].legs.is_empty());
}

#[test]
fn only_the_runtime_says_that_a_log_was_cut() {
    let mut logs = frame(OTHER, 1, vec!["Program log: Log truncated".into()]);
    assert!(!is_cut(&logs));
    logs.push("Log truncated".into());
    assert!(is_cut(&logs));
}
