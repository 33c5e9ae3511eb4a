//! Back-off, ranking, metrics.

use proptest::prelude::*;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use trestle_keeper::judge::Due;
use trestle_keeper::keeper::Act;
use trestle_keeper::metrics::Metrics;
use trestle_keeper::queue::{BackOff, FIRST_WAIT, LONGEST_WAIT, best};
use trestle_keeper::{Outcome, Report};

use solana_address::Address;

fn key(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

#[test]
fn a_wait_doubles_up_to_its_longest_and_ends_with_success() {
    let mut back_off = BackOff::new(8);
    let account = key(4); // nothing is added to a wait for this key
    let mut slot = 1_000;
    let mut waited = vec![];
    for _ in 0..8 {
        back_off.failed(account, slot);
        let until = (slot..).find(|slot| back_off.is_due(&account, *slot)).unwrap();
        waited.push(until - slot);
        slot = until;
    }
    assert_eq!(waited, [4, 8, 16, 32, 64, 128, LONGEST_WAIT, LONGEST_WAIT]);
    back_off.succeeded(&account);
    assert!(back_off.is_due(&account, slot) && back_off.is_empty());
    back_off.failed(account, slot);
    assert!(back_off.is_due(&account, slot + FIRST_WAIT));
}

proptest! {
    #[test]
    fn the_memory_is_bounded_and_nobody_waits_for_ever(
        capacity in 0_usize..20,
        failures in prop::collection::vec((any::<u8>(), 0_u64..1_000), 0..200),
    ) {
        let mut back_off = BackOff::new(capacity);
        for (account, slot) in failures {
            back_off.failed(key(account), slot);
            prop_assert!(back_off.len() <= capacity);
            prop_assert!(back_off.is_due(&key(account), slot + LONGEST_WAIT + 3));
        }
    }

    #[test]
    fn the_best_are_kept_in_order(profits in prop::collection::vec(any::<i64>(), 0..40), most in 0_usize..10) {
        let kept = best(profits.clone(), most, |profit| *profit);
        let mut sorted = profits;
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        sorted.truncate(most);
        prop_assert_eq!(kept, sorted);
    }
}

fn report() -> Report {
    let act =
        |outcome| Act { account: key(1), due: Due::Liquidate, profit: 7, repaid: 1_000, outcome };
    let refused = |reason: &str| Outcome::Refused { reason: reason.to_owned() };
    Report {
        slot: 5,
        read: 3,
        due: 2,
        acts: vec![
            act(Outcome::Landed { units: 9, logs: vec![] }),
            act(refused("Healthy")),
            act(refused("two words: 17")),
        ],
        ..Report::default()
    }
}

#[test]
fn metrics_tell_what_was_done() {
    let metrics = Metrics::new().unwrap();
    metrics.count(&report());
    let text = metrics.text();
    for line in [
        "trestle_keeper_slot 5",
        "trestle_keeper_accounts 3",
        "trestle_keeper_due 2",
        r#"trestle_keeper_acts_total{due="liquidate",outcome="landed"} 1"#,
        r#"trestle_keeper_acts_total{due="liquidate",outcome="refused"} 2"#,
        r#"trestle_keeper_refusals_total{reason="Healthy"} 1"#,
        r#"trestle_keeper_refusals_total{reason="runtime"} 1"#,
        "trestle_keeper_repaid_micro_usd_total 1000",
        "trestle_keeper_profit_micro_usd 7",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}

#[test]
fn metrics_are_served() {
    let metrics = Arc::new(Metrics::new().unwrap());
    metrics.count_failure();
    let address = metrics.serve("127.0.0.1:0").unwrap();
    let ask = |path: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let answer = ask("/metrics");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("trestle_keeper_failed_ticks_total 1"), "{answer}");
    assert!(ask("/").starts_with("HTTP/1.1 404"));
}
