//! Events out of a transaction's logs, and the state that they add up to.
//!
//! Trusts the order and the completeness of the logs it is given: those of
//! transactions that succeeded, in the order of the chain. What it cannot
//! follow it reports as a [`Gap`], and goes on from there. Events at the end
//! of a log that was cut ([`is_cut`]) are missing, and no gap shows before the
//! next event of the same subject: read the transaction's accounts instead.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::collections::BTreeMap;
use trestle_interface::Address;
use trestle_interface::event::{AccountState, Body, Event, Head, Leg, LenderState, PoolState};

/// The event bytes that `program` logged in one transaction, in order. Lines
/// of other programs, in deeper or outer frames, are not its events, whatever
/// those programs write into their own messages.
#[must_use]
pub fn of_logs<S: AsRef<str>>(logs: &[S], program: &Address) -> Vec<Vec<u8>> {
    let name = program.to_string();
    let mut frames: Vec<&str> = Vec::new();
    let mut events = Vec::new();
    for line in logs {
        let line = line.as_ref();
        if let Some(fields) = line.strip_prefix("Program data: ") {
            if frames.last() == Some(&name.as_str()) {
                events.extend(
                    fields.split(' ').filter_map(|field| BASE64_STANDARD.decode(field).ok()),
                );
            }
            continue;
        }
        let mut words = line.strip_prefix("Program ").unwrap_or("").split(' ');
        let (whose, what) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        // what a program says itself stands behind "log:" or "return:", which name nobody
        if whose.ends_with(':') {
            continue;
        }
        match what {
            "invoke" if words.next().is_some_and(|depth| depth.starts_with('[')) => {
                frames.push(whose);
            }
            "success" | "failed:" if frames.last() == Some(&whose) => {
                frames.pop();
            }
            _ => {}
        }
    }
    events
}

/// Whether the runtime cut the log: it keeps 10,000 bytes of a transaction. A
/// program cannot say so, since its own words never begin a line.
#[must_use]
pub fn is_cut<S: AsRef<str>>(logs: &[S]) -> bool {
    logs.iter().any(|line| line.as_ref() == "Log truncated")
}

/// Events that are missing, or that a reader has not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Margin account, pool or lend-only position.
    pub subject: Address,
    /// Its sequence as far as it was known.
    pub known: u64,
    /// The sequence from which the next event goes on.
    pub next: u64,
}

/// Where a leg stands: asset, class, market, kind.
pub type Place = (u8, u8, u16, u8);

/// A margin account as its events tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Owner, group, room.
    pub state: AccountState,
    /// Positions, sorted as in the slab.
    pub legs: BTreeMap<Place, Leg>,
}

/// Everything that events tell.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Open margin accounts.
    pub accounts: BTreeMap<Address, Account>,
    /// Pools that have moved.
    pub pools: BTreeMap<Address, PoolState>,
    /// Open lend-only positions.
    pub lenders: BTreeMap<Address, LenderState>,
    /// Sequence of each subject that is known.
    pub sequences: BTreeMap<Address, u64>,
}

impl Ledger {
    /// Applies the events of one transaction's logs.
    pub fn follow<S: AsRef<str>>(&mut self, logs: &[S], program: &Address) -> Vec<Gap> {
        let events = of_logs(logs, program);
        events
            .iter()
            .filter_map(|bytes| Event::decode(bytes))
            .filter_map(|event| self.apply(&event))
            .collect()
    }

    /// Applies one event. What it states holds even after a gap.
    pub fn apply(&mut self, event: &Event<'_>) -> Option<Gap> {
        let Head { subject, .. } = event.head;
        match event.body {
            Body::Legs(legs) => match self.accounts.get_mut(&subject) {
                Some(account) => legs.for_each(|leg| account.set(leg)),
                // its opening is missing: without it nobody knows whose the legs are
                None => {
                    self.step(&event.head, event.body);
                    return Some(Gap { subject, known: 0, next: event.head.previous });
                }
            },
            Body::Pool(state) => {
                self.pools.insert(subject, state);
            }
            Body::Lender(state) if state.open => {
                self.lenders.insert(subject, state);
            }
            Body::Lender(_) => {
                self.lenders.remove(&subject);
            }
            Body::Account(state) if state.open => {
                let fresh = || Account { state, legs: BTreeMap::new() };
                let account = self.accounts.entry(subject).or_insert_with(fresh);
                account.state = state;
                // only an opening stands at zero: whatever was there before is gone
                if event.head.sequence == 0 {
                    account.legs.clear();
                }
            }
            Body::Account(_) => {
                self.accounts.remove(&subject);
            }
            // tells no state of its own, and shares its sequence with the legs
            Body::Liquidation(_)
            | Body::Receivership(_)
            | Body::Flag(_)
            | Body::Mark(_)
            | Body::Settlement(_)
            | Body::Rescue(_) => return None,
        }
        self.step(&event.head, event.body)
    }

    fn step(&mut self, head: &Head, body: Body<'_>) -> Option<Gap> {
        let closed = matches!(
            body,
            Body::Account(AccountState { open: false, .. })
                | Body::Lender(LenderState { open: false, .. })
        );
        let known = if closed {
            self.sequences.remove(&head.subject)
        } else {
            self.sequences.insert(head.subject, head.sequence)
        };
        // whoever was never seen begins at zero
        let known = known.unwrap_or(0);
        (known != head.previous).then_some(Gap {
            subject: head.subject,
            known,
            next: head.previous,
        })
    }
}

impl Account {
    fn set(&mut self, leg: Leg) {
        let place = (leg.asset, leg.class, leg.market, leg.kind);
        if leg.units == 0 {
            self.legs.remove(&place);
        } else {
            self.legs.insert(place, leg);
        }
    }
}
