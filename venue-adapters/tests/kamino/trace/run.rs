//! The recorded run by name, and klend's freshness rules as it unfolds.

use crate::support::{put, set_borrow, set_deposit};
use std::collections::BTreeMap;
use trestle_fixtures::{Instruction, Key, Step, Trace, trace};
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::kamino::interest::ONE;
use trestle_venue_adapters::kamino::layout::{obligation as o, reserve as r};
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::plan::Parties;
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::{Action, KaminoError, freshness, ids};

pub(super) const SIDES: [&str; 2] = ["usdc", "sol"];
/// klend's code for a wrong list of accounts.
pub(super) const WRONG_ACCOUNTS: u32 = 6006;

/// The run, and its accounts by name.
pub(super) struct Run {
    pub(super) trace: Trace,
    pub(super) names: BTreeMap<String, Key>,
}

impl Run {
    pub(super) fn load() -> Option<Self> {
        let trace = trace("kamino")?;
        let metas = trace.steps.iter().flat_map(|s| &s.instructions).flat_map(|i| &i.accounts);
        let names = metas.filter_map(|m| Some((m.name.clone()?, m.key))).collect();
        Some(Self { trace, names })
    }

    pub(super) fn key(&self, name: &str) -> &Key {
        &self.names[name]
    }

    pub(super) fn side(&self, side: &str, what: &str) -> &Key {
        self.key(&format!("{side}_{what}"))
    }

    pub(super) fn parties(&self) -> Parties<'_> {
        Parties {
            owner: self.key("owner_pda"),
            obligation: self.key("obligation"),
            market: self.key("market"),
            market_authority: self.key("market_authority"),
        }
    }

    pub(super) fn custody(&self, side: &str) -> &Key {
        self.key(&format!("owner_{side}"))
    }
}

/// The action of an instruction, and what it asks for.
pub(super) fn action(instruction: &Instruction) -> Option<(Action, u64)> {
    let action = match *instruction.data.first_chunk::<8>()? {
        ids::instruction::SUPPLY => Action::Supply,
        ids::instruction::REDEEM => Action::Redeem,
        ids::instruction::BORROW => Action::Borrow,
        ids::instruction::REPAY => Action::Repay,
        _ => return None,
    };
    Some((action, u64::from_le_bytes(*instruction.data.last_chunk()?)))
}

/// The side whose reserve an instruction names.
pub(super) fn side_of(run: &Run, instruction: &Instruction) -> &'static str {
    let named = |side: &str| {
        let reserve = run.side(side, "reserve");
        instruction.accounts.iter().any(|m| m.key == *reserve)
    };
    SIDES.into_iter().find(|side| named(side)).expect("a reserve is named")
}

/// A transaction as it unfolds: the accounts that klend's rules look at.
pub(super) struct State {
    pub(super) obligation: Option<Vec<u8>>,
    pub(super) reserves: BTreeMap<Key, Vec<u8>>,
    pub(super) now: Now,
}

impl State {
    pub(super) fn new(run: &Run, step: &Step) -> Self {
        let reserves = SIDES.map(|side| *run.side(side, "reserve"));
        Self {
            obligation: step.account(run.key("obligation")).map(|a| a.data.clone()),
            reserves: reserves
                .into_iter()
                .filter_map(|key| Some((key, step.account(&key)?.data.clone())))
                .collect(),
            now: Now { slot: step.slot, unix: step.unix },
        }
    }

    pub(super) fn obligation(&self) -> Obligation<'_> {
        Obligation::new(self.obligation.as_ref().expect("there is an obligation")).unwrap()
    }

    pub(super) fn reserve(&self, key: &Key) -> Reserve<'_> {
        Reserve::new(&self.reserves[key]).unwrap()
    }

    /// Applies what the rules need to know of an instruction, and says with
    /// which code klend refuses it.
    pub(super) fn apply(&mut self, run: &Run, instruction: &Instruction) -> Option<u32> {
        let metas = &instruction.accounts;
        let batch = &ids::instruction::REFRESH_RESERVES_BATCH;
        let single = [2_u8, 218, 138, 235, 79, 201, 25, 102]; // refresh_reserve
        let kind = instruction.data.first_chunk::<8>()?;
        if kind == batch || *kind == single {
            let skip = kind == batch && instruction.data[8] == 1;
            for key in metas.iter().map(|m| m.key) {
                let Some(data) = self.reserves.get_mut(&key) else { continue };
                // oracles are young wherever this run reads them
                let checks = if skip {
                    freshness::checks_after_unpriced_refresh(&Reserve::new(data).unwrap(), self.now)
                } else {
                    freshness::ALL_CHECKS
                };
                stamp(data, self.now.slot, false, checks);
            }
            return None;
        }
        if kind == &ids::instruction::REFRESH_OBLIGATION {
            let obligation = self.obligation();
            let mut listed = obligation.deposits().map(|d| *d.reserve).collect::<Vec<_>>();
            listed.extend(obligation.borrows().map(|b| *b.reserve));
            if metas[2..].iter().map(|m| m.key).ne(listed.iter().copied()) {
                return Some(WRONG_ACCOUNTS);
            }
            let slot = self.now.slot;
            if !listed.iter().all(|k| freshness::is_reserve_fresh(&self.reserve(k), slot, 0)) {
                return Some(6009);
            }
            let checks = listed.iter().map(|k| self.reserve(k).price_status());
            let checks = checks.fold(freshness::ALL_CHECKS, |all, bits| all & bits);
            stamp(self.obligation.as_mut().unwrap(), slot, false, checks);
            return None;
        }
        if kind == &ids::instruction::INIT_OBLIGATION {
            let mut data = vec![0; o::LEN];
            put(&mut data, 0, ids::account::OBLIGATION);
            self.obligation = Some(data);
            return None;
        }
        let (action, amount) = action(instruction)?;
        let reserve = *run.side(side_of(run, instruction), "reserve");
        let verdict =
            freshness::check(action, &self.obligation(), &self.reserve(&reserve), self.now.slot);
        match verdict {
            Err(KaminoError::ReserveStale) => return Some(6009),
            Err(KaminoError::ObligationStale) => return Some(6017),
            other => other.unwrap(),
        }
        self.occupy(action, reserve, amount);
        let checks = self.reserve(&reserve).price_status();
        stamp(self.reserves.get_mut(&reserve).unwrap(), self.now.slot, true, checks);
        stamp(self.obligation.as_mut().unwrap(), self.now.slot, true, checks);
        None
    }

    /// Slots as they are after an action, for the lists of later calls.
    pub(super) fn occupy(&mut self, action: Action, reserve: Key, amount: u64) {
        let obligation = self.obligation();
        let held = match action {
            Action::Supply => obligation.deposit_units(&reserve) != 0,
            Action::Borrow => obligation.debt_units(&reserve) != Ok(0),
            Action::Repay => amount != u64::MAX,
            Action::Redeem => true,
        };
        let data = self.obligation.as_mut().unwrap();
        match action {
            Action::Supply if !held => set_deposit(data, 0, reserve, 1),
            Action::Borrow if !held => set_borrow(data, 0, reserve, ONE, ONE),
            Action::Repay if !held => set_borrow(data, 0, [0; 32], 0, 0),
            _ => {}
        }
    }
}

/// Both kinds of account begin with the same stamp.
pub(super) fn stamp(data: &mut [u8], slot: u64, stale: bool, checks: u8) {
    put(data, r::SLOT, slot.to_le_bytes());
    data[r::STALE] = u8::from(stale);
    data[r::PRICE_STATUS] = checks;
}
