//! The recorded run of klend 1.16: our calls are the recorded ones, our
//! reports move as the tokens did, and refusals are those that we predict.

use crate::support::{put, set_borrow, set_deposit};
use std::collections::BTreeMap;
use trestle_fixtures::{Instruction, Key, Step, Trace, trace};
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::kamino::interest::{ONE, project};
use trestle_venue_adapters::kamino::layout::{obligation as o, reserve as r};
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::plan::{self, Leg, Parties};
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::verify::{self, After, Snapshot, Tokens};
use trestle_venue_adapters::kamino::{Action, KaminoError, admit, freshness, ids, report, stress};
use trestle_venue_adapters::plan::Call;
use trestle_venue_adapters::token;

const SIDES: [&str; 2] = ["usdc", "sol"];
/// klend's code for a wrong list of accounts.
const WRONG_ACCOUNTS: u32 = 6006;

/// The run, and its accounts by name.
struct Run {
    trace: Trace,
    names: BTreeMap<String, Key>,
}

impl Run {
    fn load() -> Option<Self> {
        let trace = trace("kamino")?;
        let metas = trace.steps.iter().flat_map(|s| &s.instructions).flat_map(|i| &i.accounts);
        let names = metas.filter_map(|m| Some((m.name.clone()?, m.key))).collect();
        Some(Self { trace, names })
    }

    fn key(&self, name: &str) -> &Key {
        &self.names[name]
    }

    fn side(&self, side: &str, what: &str) -> &Key {
        self.key(&format!("{side}_{what}"))
    }

    fn parties(&self) -> Parties<'_> {
        Parties {
            owner: self.key("owner_pda"),
            obligation: self.key("obligation"),
            market: self.key("market"),
            market_authority: self.key("market_authority"),
        }
    }

    fn custody(&self, side: &str) -> &Key {
        self.key(&format!("owner_{side}"))
    }
}

/// The action of an instruction, and what it asks for.
fn action(instruction: &Instruction) -> Option<(Action, u64)> {
    let action = match instruction.data.first_chunk::<8>()? {
        &ids::instruction::SUPPLY => Action::Supply,
        &ids::instruction::REDEEM => Action::Redeem,
        &ids::instruction::BORROW => Action::Borrow,
        &ids::instruction::REPAY => Action::Repay,
        _ => return None,
    };
    Some((action, u64::from_le_bytes(*instruction.data.last_chunk()?)))
}

/// The side whose reserve an instruction names.
fn side_of(run: &Run, instruction: &Instruction) -> &'static str {
    let named = |side: &str| {
        let reserve = run.side(side, "reserve");
        instruction.accounts.iter().any(|m| m.key == *reserve)
    };
    SIDES.into_iter().find(|side| named(side)).expect("a reserve is named")
}

/// A transaction as it unfolds: the accounts that klend's rules look at.
struct State {
    obligation: Option<Vec<u8>>,
    reserves: BTreeMap<Key, Vec<u8>>,
    now: Now,
}

impl State {
    fn new(run: &Run, step: &Step) -> Self {
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

    fn obligation(&self) -> Obligation<'_> {
        Obligation::new(self.obligation.as_ref().expect("there is an obligation")).unwrap()
    }

    fn reserve(&self, key: &Key) -> Reserve<'_> {
        Reserve::new(&self.reserves[key]).unwrap()
    }

    /// Applies what the rules need to know of an instruction, and says with
    /// which code klend refuses it.
    fn apply(&mut self, run: &Run, instruction: &Instruction) -> Option<u32> {
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
    fn occupy(&mut self, action: Action, reserve: Key, amount: u64) {
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
fn stamp(data: &mut [u8], slot: u64, stale: bool, checks: u8) {
    put(data, r::SLOT, slot.to_le_bytes());
    data[r::STALE] = u8::from(stale);
    data[r::PRICE_STATUS] = checks;
}

/// Our call for a recorded instruction; `None` for one that we never send.
fn ours(run: &Run, step: &Step, state: &State, instruction: &Instruction) -> Option<Call> {
    if instruction.program != ids::PROGRAM {
        return None;
    }
    let mut call = Call::EMPTY;
    let parties = run.parties();
    let market = run.key("market");
    let reserves = || instruction.accounts.iter().filter(|m| state.reserves.contains_key(&m.key));
    match instruction.data.first_chunk::<8>()? {
        &ids::instruction::INIT_USER_METADATA => {
            let metadata = run.key("owner_user_metadata");
            plan::init_user_metadata(&mut call, parties.owner, &step.fee_payer, metadata).unwrap();
        }
        &ids::instruction::INIT_OBLIGATION => {
            let metadata = run.key("owner_user_metadata");
            plan::init_obligation(&mut call, &parties, &step.fee_payer, metadata, 0).unwrap();
        }
        &ids::instruction::REFRESH_RESERVES_BATCH if instruction.data[8] == 1 => {
            plan::refresh_reserves(&mut call, market, reserves().map(|m| &m.key)).unwrap();
        }
        &ids::instruction::REFRESH_RESERVES_BATCH => {
            let views: Vec<_> = reserves().map(|m| (&m.key, state.reserve(&m.key))).collect();
            let list = views.iter().map(|(key, view)| (*key, view));
            plan::refresh_reserves_with_prices(&mut call, market, list).unwrap();
        }
        &ids::instruction::REFRESH_OBLIGATION => {
            plan::refresh_obligation(&mut call, &parties, &state.obligation()).unwrap();
        }
        _ => {
            let (action, amount) = action(instruction)?;
            let side = side_of(run, instruction);
            let key = run.side(side, "reserve");
            let (reserve, obligation) = (state.reserve(key), state.obligation());
            let custody = run.custody(side);
            let leg = Leg { key, reserve: &reserve, custody, farm_user: &[0; 32] };
            match action {
                Action::Supply => plan::supply(&mut call, &parties, &leg, amount),
                Action::Redeem => plan::redeem(&mut call, &parties, &leg, amount),
                Action::Borrow => plan::borrow(&mut call, &parties, &leg, &obligation, amount),
                Action::Repay => plan::repay(&mut call, &parties, &leg, &obligation, amount),
            }
            .unwrap();
        }
    }
    Some(call)
}

/// Every instruction that we would send equals the recorded one, byte for
/// byte and account for account. Where our list differs, klend refused theirs.
#[test]
fn calls_are_the_recorded_ones() {
    let Some(run) = Run::load() else { return };
    let (mut same, mut refused) = (BTreeMap::<[u8; 8], u32>::new(), 0);
    for step in &run.trace.steps {
        let mut state = State::new(&run, step);
        for instruction in &step.instructions {
            if let Some(call) = ours(&run, step, &state, instruction) {
                assert_eq!(*call.program(), instruction.program, "{}", step.label);
                assert_eq!(call.data(), instruction.data, "{}", step.label);
                let planned: Vec<_> =
                    call.metas().iter().map(|m| (m.key, m.signer, m.writable)).collect();
                let recorded: Vec<_> =
                    instruction.accounts.iter().map(|m| (m.key, m.signer, m.writable)).collect();
                if planned == recorded {
                    *same.entry(*instruction.data.first_chunk().unwrap()).or_default() += 1;
                } else {
                    assert_eq!(step.code(), Some(WRONG_ACCOUNTS), "{}", step.label);
                    refused += 1;
                }
            }
            if state.apply(&run, instruction).is_some() {
                break;
            }
        }
    }
    // a refresh without its reserve, and one in the wrong order
    assert_eq!(refused, 2);
    let count = |kind| same.get(kind).copied().unwrap_or(0);
    assert_eq!(count(&ids::instruction::INIT_USER_METADATA), 1);
    assert_eq!(count(&ids::instruction::INIT_OBLIGATION), 2);
    assert_eq!(count(&ids::instruction::SUPPLY), 7);
    assert_eq!(count(&ids::instruction::REDEEM), 6);
    assert_eq!(count(&ids::instruction::BORROW), 12);
    assert_eq!(count(&ids::instruction::REPAY), 7);
    assert!(count(&ids::instruction::REFRESH_RESERVES_BATCH) >= 18);
    assert!(count(&ids::instruction::REFRESH_OBLIGATION) >= 24);
}

/// klend's answer to every step follows from the freshness rules, but for the
/// three refusals that are of another kind.
#[test]
fn refusals_are_the_predicted_ones() {
    let Some(run) = Run::load() else { return };
    let (mut predicted, mut other) = (0, Vec::new());
    for step in &run.trace.steps {
        let mut state = State::new(&run, step);
        let expected = step.instructions.iter().find_map(|i| state.apply(&run, i));
        if expected.is_none() && step.error.is_some() {
            other.push(step.code().unwrap());
            continue;
        }
        assert_eq!(expected, step.code(), "{}", step.label);
        predicted += u32::from(expected.is_some());
    }
    // version 1 by a program, over the limit, beside Jupiter Lend vaults
    assert_eq!((predicted, other), (14, vec![6080, 6013, 6134]));
}

/// The borrow over the limit (6013) is one that klend's own terms forbid, as
/// we recompute them; the one that follows is allowed.
#[test]
fn the_borrow_limit_is_recomputed() {
    let Some(run) = Run::load() else { return };
    let at = run.trace.steps.iter().position(|s| s.code() == Some(6013)).unwrap();
    for (step, allowed) in [(&run.trace.steps[at], false), (&run.trace.steps[at + 1], true)] {
        let state = State::new(&run, step);
        let market = &step.account(run.key("market")).unwrap().data;
        let market = Market::new(market).unwrap();
        let row = |key: &Key| {
            let reserve = state.reserve(key);
            let found = report::reserve(&reserve, &market, state.now).unwrap();
            Some(stress::Row {
                terms: found.terms,
                deposit_index: found.deposit_index,
                debt_index: found.debt_index,
                board_price: found.price.unwrap(),
                venue_price: found.price,
                maturity: 0,
                term: 0,
                deleveraging: false,
            })
        };
        let found = stress::obligation(&state.obligation(), &market, state.now, row).unwrap();
        let (_, amount) = step.instructions.iter().find_map(action).unwrap();
        let sol = row(run.side("sol", "reserve")).unwrap();
        let value = sol.board_price.debt_value(amount).unwrap();
        let factor = u64::from(sol.terms.borrow_factor.q16());
        let adjusted = found.adjusted + (value * factor).div_ceil(1 << 16);
        assert_eq!(adjusted <= found.allowed, allowed, "{adjusted} of {}", found.allowed);
        assert_eq!(found.ratio().q16(), 0, "nothing is owed yet");
    }
}

/// Steps that succeeded with one action, and that action.
fn successes(run: &Run) -> impl Iterator<Item = (&Step, &Instruction, Action, u64)> {
    run.trace.steps.iter().filter(|s| s.error.is_none()).filter_map(|step| {
        let mut actions =
            step.instructions.iter().filter_map(|i| action(i).map(|(a, n)| (step, i, a, n)));
        let only = actions.next()?;
        actions.next().is_none().then_some(only)
    })
}

/// A balance before and after.
fn balance(step: &Step, key: &Key) -> Tokens {
    let read = |data: &[u8]| token::balance(data).unwrap();
    Tokens {
        before: read(&step.account(key).unwrap().data),
        after: read(&step.after(key).unwrap().data),
    }
}

/// What we project is what klend wrote: the cumulative rate to the last bit,
/// since the recorded release is the bracket's low end.
#[test]
fn projections_are_what_klend_wrote() {
    let Some(run) = Run::load() else { return };
    let (mut compared, mut grown) = (0, 0);
    for step in run.trace.steps.iter().filter(|s| s.error.is_none()) {
        for side in SIDES {
            let key = run.side(side, "reserve");
            let (Some(before), Some(after)) = (step.account(key), step.changed.get(key)) else {
                continue;
            };
            let Ok(before) = Reserve::new(&before.data) else { continue }; // being created
            let after = after.as_ref().unwrap();
            let after = Reserve::new(&after.data).unwrap();
            if before.ctoken_supply() == 0 || before.slot() == 0 || after.slot() != step.slot {
                continue;
            }
            let now = Now { slot: step.slot, unix: step.unix };
            let Ok(found) = project(&before, now) else { continue }; // not configured yet
            assert_eq!(found.cumulative.low, after.cumulative_sf().unwrap(), "{}", step.label);
            let wide = found.cumulative.high - found.cumulative.low;
            assert!(wide < ONE / 1_000_000_000, "{}: {wide}", step.label);
            compared += 1;
            grown += u32::from(after.cumulative_sf() != before.cumulative_sf());
        }
    }
    assert!(compared >= 20 && grown >= 3, "{compared} compared, {grown} grown");
}

/// Our report of an action's position before and after differs by what the
/// token accounts show.
#[test]
fn reports_move_as_the_tokens_did() {
    let Some(run) = Run::load() else { return };
    let mut seen = BTreeMap::<&str, u32>::new();
    for (step, instruction, action, asked) in successes(&run) {
        let side = side_of(&run, instruction);
        let key = run.side(side, "reserve");
        let now = Now { slot: step.slot, unix: step.unix };
        let market = &step.account(run.key("market")).unwrap().data;
        let market = Market::new(market).unwrap();
        let reserve_before = Reserve::new(&step.account(key).unwrap().data).unwrap();
        let reserve_after = Reserve::new(&step.after(key).unwrap().data).unwrap();
        let before = report::reserve(&reserve_before, &market, now).unwrap();
        let after = report::reserve(&reserve_after, &market, now).unwrap();
        let obligation_before = step.account(run.key("obligation")).unwrap();
        let obligation_before = Obligation::new(&obligation_before.data).unwrap();
        let obligation_after = step
            .after(run.key("obligation"))
            .map_or(After::Closed, |a| After::Open(Obligation::new(&a.data).unwrap()));

        let parties = run.parties();
        admit::obligation(&obligation_before, parties.owner, parties.market).unwrap();
        admit::slot(action, &obligation_before, key).unwrap();
        let mut snapshot = Snapshot::EMPTY;
        snapshot.take(&obligation_before).unwrap();
        let tokens = balance(step, run.custody(side));
        let delta = verify::action(action, &snapshot, &obligation_after, key, tokens, asked)
            .unwrap_or_else(|e| panic!("{}: {e:?}", step.label));
        assert_eq!(delta.tokens, tokens.before.abs_diff(tokens.after), "{}", step.label);
        delta.expect_rate(action, after.deposit_or_debt(action), 1).unwrap();

        // value of the position by our own report, before and after
        let (was, is) = match action {
            Action::Supply | Action::Redeem => (
                before.deposit_index.tokens_floor(snapshot.deposit_units(key)).unwrap(),
                after
                    .deposit_index
                    .tokens_floor(u64::try_from(delta.units_after).unwrap())
                    .unwrap(),
            ),
            Action::Borrow | Action::Repay => (
                before.debt_index.owed_ceil(snapshot.debt_units(key)).unwrap(),
                after.debt_index.owed_ceil(delta.units_after).unwrap(),
            ),
        };
        // beyond the rounding, the bracket: 1e-7 of a debt after two days
        let slack = 2 + was / 1_000_000;
        assert!(was.abs_diff(is).abs_diff(delta.tokens) <= slack, "{}: {was} {is}", step.label);
        assert_eq!(delta.closed, matches!(obligation_after, After::Closed));
        // liquidity went the other way
        let (free_was, free_is) = (before.free_liquidity, after.free_liquidity);
        assert_eq!(free_was.abs_diff(free_is), delta.tokens, "{}", step.label);
        *seen
            .entry(match action {
                Action::Supply => "supply",
                Action::Redeem => "redeem",
                Action::Borrow => "borrow",
                Action::Repay => "repay",
            })
            .or_default() += 1;
    }
    let expected = [("borrow", 4), ("redeem", 4), ("repay", 3), ("supply", 4)];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected);
}

/// The obligation that klend created and the one that it closed.
#[test]
fn openings_and_closings_are_recognised() {
    let Some(run) = Run::load() else { return };
    let parties = run.parties();
    let opened = run.trace.steps.iter().find(|s| s.label == "init_obligation").unwrap();
    let account = opened.after(parties.obligation).unwrap();
    let obligation = Obligation::new(&account.data).unwrap();
    assert_eq!(verify::opened(&obligation, parties.owner, parties.market), Ok(()));
    let stranger = verify::opened(&obligation, &[9; 32], parties.market);
    assert_eq!(stranger, Err(KaminoError::Identity));

    let closed = run.trace.steps.iter().find(|s| s.label.contains("closes")).unwrap();
    assert!(closed.changed[parties.obligation].is_none());
    // its rent went to the owner
    let lamports = |account: Option<&trestle_fixtures::Account>| account.unwrap().lamports;
    let rent = lamports(closed.account(parties.obligation));
    let owner = (lamports(closed.account(parties.owner)), lamports(closed.after(parties.owner)));
    assert_eq!((rent, owner.1 - owner.0), (24_165_120, 24_165_120));
}

/// The recorded reserves may be listed and take new risk.
#[test]
fn recorded_reserves_are_admitted() {
    let Some(run) = Run::load() else { return };
    let step = run.trace.steps.iter().find(|s| s.label.contains("usdc+sol")).unwrap();
    let market = &step.account(run.key("market")).unwrap().data;
    let market = Market::new(market).unwrap();
    for (side, decimals) in [("usdc", 6), ("sol", 9)] {
        let key = run.side(side, "reserve");
        let reserve = Reserve::new(&step.account(key).unwrap().data).unwrap();
        let listing = admit::Listing {
            reserve: key,
            market: run.key("market"),
            mint: run.side(side, "mint"),
            token_program: &token::TOKEN_PROGRAM,
            decimals,
            borrowable: true,
        };
        assert_eq!(admit::listing(&reserve, &market, &listing), Ok(()));
        assert_eq!(*reserve.vault(), *run.side(side, "liquidity_vault"));
        assert_eq!(*reserve.ctoken_vault(), *run.side(side, "ctoken_vault"));
        assert_eq!(*reserve.ctoken_mint(), *run.side(side, "ctoken_mint"));
        assert_eq!(*reserve.fee_vault(), *run.side(side, "fee_vault"));
        assert_eq!(reserve.oracles().pyth, Some(run.side(side, "pyth")));
    }
}

/// The index of an action's side.
trait Side {
    fn deposit_or_debt(&self, action: Action) -> trestle_risk_math::index::Index;
}

impl Side for report::ReserveReport {
    fn deposit_or_debt(&self, action: Action) -> trestle_risk_math::index::Index {
        match action {
            Action::Supply | Action::Redeem => self.deposit_index,
            Action::Borrow | Action::Repay => self.debt_index,
        }
    }
}
