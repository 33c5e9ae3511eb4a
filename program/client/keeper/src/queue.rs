//! Who is waited for: a bounded memory of accounts whose plans failed.

use solana_address::Address;
use std::collections::BTreeMap;

/// Slots to wait after the first failure; doubles with each further one.
pub const FIRST_WAIT: u64 = 4;
/// Longest wait, slots: about a minute.
pub const LONGEST_WAIT: u64 = 150;

#[derive(Clone, Copy, Debug)]
struct Wait {
    failures: u32,
    until: u64,
}

/// Accounts that wait for another try. Holds `capacity` of them at most; the
/// one whose wait ends first makes room.
#[derive(Clone, Debug)]
pub struct BackOff {
    waits: BTreeMap<Address, Wait>,
    capacity: usize,
}

impl BackOff {
    /// Nobody waits.
    #[must_use]
    pub const fn new(capacity: usize) -> Self {
        Self { waits: BTreeMap::new(), capacity }
    }

    /// Whether an account may be tried in a slot.
    #[must_use]
    pub fn is_due(&self, account: &Address, slot: u64) -> bool {
        self.waits.get(account).is_none_or(|wait| slot >= wait.until)
    }

    /// Notes a failure: the account waits, twice as long as last time, and a
    /// few slots more by its key, so that accounts do not come back together.
    pub fn failed(&mut self, account: Address, slot: u64) {
        let failures = self.waits.get(&account).map_or(0, |wait| wait.failures);
        let doubled = FIRST_WAIT.checked_shl(failures.min(16)).unwrap_or(LONGEST_WAIT);
        let spread = account.as_array().first().map_or(0, |byte| u64::from(byte & 3));
        let until = slot.saturating_add(doubled.min(LONGEST_WAIT)).saturating_add(spread);
        if self.capacity == 0 {
            return;
        }
        if !self.waits.contains_key(&account) && self.waits.len() >= self.capacity {
            let soonest = self.waits.iter().min_by_key(|(_, wait)| wait.until);
            if let Some(key) = soonest.map(|(key, _)| *key) {
                self.waits.remove(&key);
            }
        }
        self.waits.insert(account, Wait { failures: failures.saturating_add(1), until });
    }

    /// Forgets an account's failures.
    pub fn succeeded(&mut self, account: &Address) {
        self.waits.remove(account);
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waits.len()
    }

    /// Whether nobody waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waits.is_empty()
    }
}

/// The `most` best of `all`, best first. `profit` ranks; equal ones keep their order.
#[must_use]
pub fn best<T>(mut all: Vec<T>, most: usize, profit: impl Fn(&T) -> i64) -> Vec<T> {
    all.sort_by_key(|item| core::cmp::Reverse(profit(item)));
    all.truncate(most);
    all
}
