//! The recorded run of the real program: our calls, reports, refusals and
//! budgets against what it did.

use crate::support::put;
use trestle_fixtures::{Instruction, Key, Step, Trace, trace};
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::plan::Call;
use trestle_venue_adapters::save::budget::{Kind, of};
use trestle_venue_adapters::save::interest::project;
use trestle_venue_adapters::save::layout::{obligation as o, reserve as r};
use trestle_venue_adapters::save::market::Market;
use trestle_venue_adapters::save::obligation::Obligation;
use trestle_venue_adapters::save::plan::{self, Leg, Parties};
use trestle_venue_adapters::save::reserve::Reserve;
use trestle_venue_adapters::save::verify::{self, Snapshot, Tokens};
use trestle_venue_adapters::save::{Action, SaveError, admit, freshness, ids, report, room, seeds};
use trestle_venue_adapters::token;

/// Save's code for a reserve that is not fresh.
const RESERVE_STALE: u32 = 22;

/// The run and its accounts, named by their places in the recorded supply.
struct Run {
    trace: Trace,
    custody: Key,
    ctokens: Key,
    reserve: Key,
    market: Key,
    market_authority: Key,
    obligation: Key,
    owner: Key,
}

impl Run {
    fn load() -> Option<Self> {
        let trace = trace("save")?;
        let supply = trace.steps.iter().flat_map(|s| &s.instructions).find(|i| i.data[0] == 14);
        let accounts = &supply.expect("a supply is recorded").accounts;
        let key = |at: usize| accounts[at].key;
        Some(Self {
            custody: key(0),
            ctokens: key(1),
            reserve: key(2),
            market: key(5),
            market_authority: key(6),
            obligation: key(8),
            owner: key(9),
            trace,
        })
    }

    fn parties(&self) -> Parties<'_> {
        Parties {
            owner: &self.owner,
            obligation: &self.obligation,
            market: &self.market,
            market_authority: &self.market_authority,
        }
    }

    fn step(&self, label: &str) -> &Step {
        self.trace.steps.iter().find(|s| s.label.starts_with(label)).expect("the step is recorded")
    }

    /// Data of an account of ours, before a step or as it was last seen.
    fn data(&self, step: &Step, key: &Key) -> Vec<u8> {
        let until = self.trace.steps.iter().position(|s| std::ptr::eq(s, step)).unwrap();
        let earlier = self.trace.steps[..until].iter().rev();
        let seen = step.account(key).or_else(|| earlier.filter_map(|s| s.after(key)).next());
        seen.or_else(|| self.trace.steps.iter().find_map(|s| s.account(key)))
            .expect("the account is recorded")
            .data
            .clone()
    }
}

/// The action of an instruction, and what it asks for.
fn action(instruction: &Instruction) -> Option<(Action, u64)> {
    let action = match instruction.data[0] {
        ids::instruction::SUPPLY => Action::Supply,
        ids::instruction::REDEEM => Action::Redeem,
        ids::instruction::BORROW => Action::Borrow,
        ids::instruction::REPAY => Action::Repay,
        _ => return None,
    };
    Some((action, u64::from_le_bytes(*instruction.data.last_chunk()?)))
}

/// Our call for a recorded instruction.
fn ours(run: &Run, step: &Step, instruction: &Instruction) -> Call {
    let mut call = Call::EMPTY;
    let parties = run.parties();
    let reserve = run.data(step, &run.reserve);
    let reserve = Reserve::new(&reserve).unwrap();
    let bytes = run.data(step, &run.obligation);
    let obligation = || Obligation::new(&bytes).unwrap();
    let key = &run.reserve;
    let leg = Leg { key, reserve: &reserve, custody: &run.custody, ctokens: &run.ctokens };
    match (instruction.data[0], action(instruction)) {
        (ids::instruction::INIT_OBLIGATION, _) => plan::init_obligation(&mut call, &parties),
        (ids::instruction::REFRESH_RESERVE, _) => plan::refresh_reserve(&mut call, key, &reserve),
        (ids::instruction::REFRESH_OBLIGATION, _) => {
            plan::refresh_obligation(&mut call, &parties, &obligation())
        }
        (_, Some((Action::Supply, n))) => plan::supply(&mut call, &parties, &leg, n),
        (_, Some((Action::Redeem, n))) => plan::redeem(&mut call, &parties, &leg, &obligation(), n),
        (_, Some((Action::Borrow, n))) => plan::borrow(&mut call, &parties, &leg, &obligation(), n),
        (_, Some((Action::Repay, n))) => plan::repay(&mut call, &parties, &leg, n),
        (tag, None) => panic!("tag {tag} is never sent"),
    }
    .unwrap();
    call
}

/// Every recorded instruction is ours, byte for byte and account for account,
/// and whatever it changed we name as written.
#[test]
fn calls_are_the_recorded_ones() {
    let Some(run) = Run::load() else { return };
    let mut seen = [0_u32; 256];
    for step in &run.trace.steps {
        let mut written = vec![];
        for instruction in &step.instructions {
            let call = ours(&run, step, instruction);
            assert_eq!(*call.program(), instruction.program, "{}", step.label);
            assert_eq!(call.data(), instruction.data, "{}", step.label);
            let planned: Vec<_> = call.metas().iter().map(|m| (m.key, m.signer)).collect();
            let recorded: Vec<_> = instruction.accounts.iter().map(|m| (m.key, m.signer)).collect();
            assert_eq!(planned, recorded, "{}", step.label);
            written.extend(call.metas().iter().filter(|m| m.writable).map(|m| m.key));
            seen[usize::from(instruction.data[0])] += 1;
        }
        for key in step.changed.keys().filter(|key| **key != step.fee_payer) {
            assert!(written.contains(key), "{}", step.label);
        }
    }
    let tags = [3, 6, 7, 10, 11, 14, 15].map(|tag: usize| seen[tag]);
    assert_eq!(tags, [3, 1, 2, 1, 1, 1, 3]);
}

/// Save's answer to every action follows from the freshness rules.
#[test]
fn refusals_are_the_predicted_ones() {
    let Some(run) = Run::load() else { return };
    let mut refused = 0;
    for step in &run.trace.steps {
        let mut reserve = run.data(step, &run.reserve);
        let mut obligation = run.data(step, &run.obligation);
        for instruction in &step.instructions {
            let fresh = |data: &mut Vec<u8>, slot_at, stale_at| {
                put(data, slot_at, step.slot.to_le_bytes());
                data[stale_at] = 0;
            };
            match instruction.data[0] {
                ids::instruction::REFRESH_RESERVE => fresh(&mut reserve, r::SLOT, r::STALE),
                ids::instruction::REFRESH_OBLIGATION => fresh(&mut obligation, o::SLOT, o::STALE),
                _ => {}
            }
            let Some((action, _)) = action(instruction) else { continue };
            let (obligation, reserve) =
                (Obligation::new(&obligation).unwrap(), Reserve::new(&reserve).unwrap());
            let verdict = freshness::check(action, &obligation, &reserve, step.slot);
            let code = match verdict {
                Ok(()) => None,
                Err(SaveError::ReserveStale) => Some(RESERVE_STALE),
                Err(other) => panic!("{other:?}"),
            };
            assert_eq!(code, step.code(), "{}", step.label);
            refused += u32::from(code.is_some());
        }
    }
    assert_eq!(refused, 1);
}

/// What Save wrote lies within what we projected, and close: 100 slots leave
/// less than 10^-15 open.
#[test]
fn projections_are_what_save_wrote() {
    let Some(run) = Run::load() else { return };
    let (mut compared, mut grown) = (0, 0);
    for step in run.trace.steps.iter().filter(|s| s.error.is_none()) {
        let Some(after) = step.changed.get(&run.reserve).and_then(Option::as_ref) else { continue };
        let before = run.data(step, &run.reserve);
        let (before, after) = (Reserve::new(&before).unwrap(), Reserve::new(&after.data).unwrap());
        let found = project(&before, Now { slot: step.slot, unix: 0 }).unwrap();
        let wrote = after.cumulative_wads().unwrap();
        assert!(found.cumulative.low <= wrote && wrote <= found.cumulative.high, "{}", step.label);
        assert!(found.cumulative.high - found.cumulative.low < 1_000, "{}", step.label);
        compared += 1;
        grown += u32::from(before.cumulative_wads() != after.cumulative_wads());
    }
    assert_eq!((compared, grown), (6, 2));
}

/// Steps that succeeded with an action, and that action.
fn successes(run: &Run) -> impl Iterator<Item = (&Step, Action, u64)> {
    run.trace.steps.iter().filter(|s| s.error.is_none()).filter_map(|step| {
        let (action, asked) = step.instructions.iter().find_map(action)?;
        Some((step, action, asked))
    })
}

/// Our report of a position before and after an action differs by what the
/// token accounts show; and a redemption pays no less than we valued it at.
#[test]
fn reports_move_as_the_tokens_did() {
    let Some(run) = Run::load() else { return };
    let mut seen = vec![];
    for (step, action, asked) in successes(&run) {
        let now = Now { slot: step.slot, unix: 0 };
        let (was, is) = (run.data(step, &run.reserve), &step.after(&run.reserve).unwrap().data);
        let (was, is) = (Reserve::new(&was).unwrap(), Reserve::new(is).unwrap());
        let market = run.data(step, &run.market);
        let market = Market::new(&market).unwrap();
        let before = report::reserve(&was, &market, now).unwrap();
        let after = report::reserve(&is, &market, now).unwrap();
        let held = run.data(step, &run.obligation);
        let held = Obligation::new(&held).unwrap();
        let left = Obligation::new(&step.after(&run.obligation).unwrap().data).unwrap();
        admit::obligation(&held, &run.owner, &run.market).unwrap();
        admit::slot(action, &held, &run.reserve).unwrap();

        let mut snapshot = Snapshot::EMPTY;
        snapshot.take(&held).unwrap();
        let balance = |data: &[u8]| token::balance(data).unwrap();
        let tokens = Tokens {
            before: balance(&step.account(&run.custody).unwrap().data),
            after: balance(&step.after(&run.custody).unwrap().data),
        };
        let delta = verify::action(action, &snapshot, &left, &run.reserve, tokens, asked)
            .unwrap_or_else(|e| panic!("{}: {e:?}", step.label));
        assert_eq!(delta.tokens, tokens.before.abs_diff(tokens.after), "{}", step.label);
        let index = match action {
            Action::Supply | Action::Redeem => after.deposit_index,
            Action::Borrow | Action::Repay => after.debt_index,
        };
        verify::expect_rate(&delta, action, index, 0).unwrap();
        let moved = match action {
            Action::Supply | Action::Redeem => {
                let units = u64::try_from(delta.units).unwrap();
                before.deposit_index.tokens_floor(units).unwrap()
            }
            Action::Borrow | Action::Repay => before.debt_index.owed_ceil(delta.units).unwrap(),
        };
        assert!(moved.abs_diff(delta.tokens) <= 1, "{}: {moved} {}", step.label, delta.tokens);
        if matches!(action, Action::Redeem) {
            assert!(moved <= delta.tokens && delta.tokens <= before.redeem_room);
        }
        // cTokens passed through the owner's account and left nothing
        assert_eq!(step.after(&run.ctokens), step.account(&run.ctokens), "{}", step.label);
        // liquidity went the other way
        let free = before.free_liquidity.abs_diff(after.free_liquidity);
        assert_eq!(free, delta.tokens, "{}", step.label);
        seen.push(action);
    }
    use Action::{Borrow, Redeem, Repay, Supply};
    assert_eq!(seen, [Supply, Redeem, Borrow, Repay, Redeem]);
}

/// What we say can be redeemed beside a debt is what Save's rule gives:
/// 92.333333 cTokens at 80 % hold a debt of ten.
#[test]
fn room_beside_the_recorded_debt() {
    let Some(run) = Run::load() else { return };
    let step = run.step("withdraw with borrow");
    let (reserve, market) = (run.data(step, &run.reserve), run.data(step, &run.market));
    let (reserve, market) = (Reserve::new(&reserve).unwrap(), Market::new(&market).unwrap());
    let obligation = run.data(step, &run.obligation);
    let obligation = Obligation::new(&obligation).unwrap();
    let now = Now { slot: step.slot, unix: 0 };
    let row = |key: &Key| (*key == run.reserve).then(|| room::row(&reserve, now)).flatten();
    let found = room::redemption(&obligation, &reserve, &market, now, row).unwrap();
    // 98.93 dollars * 75 % - 10 dollars, over 75 %: 85.6 tokens
    let index = report::indices(&reserve, now).unwrap().deposit;
    let held = index.tokens_floor(obligation.deposit_units(&run.reserve)).unwrap();
    let exact = held - 10_000_000 * 100 / u64::from(reserve.ltv_pct());
    assert!(found.untied <= exact && exact - found.untied < 5_000, "{} {exact}", found.untied);
    assert_eq!(found.free, reserve.available());
}

/// The obligation that Save made, and the recorded reserve, may be used.
#[test]
fn recorded_accounts_are_admitted() {
    let Some(run) = Run::load() else { return };
    let opened = run.step("init_obligation");
    let unmade = &opened.account(&run.obligation).unwrap().data;
    assert_eq!(Obligation::new(unmade).unwrap_err(), SaveError::Version);
    let made = Obligation::new(&opened.after(&run.obligation).unwrap().data).unwrap();
    assert_eq!(verify::opened(&made, &run.owner, &run.market), Ok(()));
    assert_eq!(verify::opened(&made, &[9; 32], &run.market), Err(SaveError::Identity));
    assert_eq!(verify::opened(&made, &run.owner, &[9; 32]), Err(SaveError::WrongMarket));

    let step = run.step("refresh_reserve");
    let (reserve, market) = (run.data(step, &run.reserve), run.data(step, &run.market));
    let (reserve, market) = (Reserve::new(&reserve).unwrap(), Market::new(&market).unwrap());
    let listing = admit::Listing {
        market: &run.market,
        mint: reserve.mint(),
        token_program: &token::TOKEN_PROGRAM,
        decimals: 6,
        borrowable: true,
    };
    assert_eq!(admit::listing(&reserve, &market, &listing), Ok(()));
    assert_eq!(seeds::market_authority(&run.market), [&run.market]);
    assert_eq!(market.bump(), 254);
    // an emptied obligation stays, and is empty
    let last = run.trace.steps.last().unwrap();
    let left = Obligation::new(&last.after(&run.obligation).unwrap().data).unwrap();
    assert!(left.is_empty() && left.position_count() == 0);
}

/// Ruling 15: entries, depth and units of the recorded calls are within the
/// budget; nor is the budget twice too wide.
#[test]
fn r15_budgets_cover_the_recorded_calls() {
    let Some(run) = Run::load() else { return };
    let mut compared = 0;
    for step in run.trace.steps.iter().filter(|s| s.error.is_none()) {
        let held = step.account(&run.obligation).map(|a| a.data[o::DEPOSIT_COUNT]).unwrap_or(0);
        let (mut entries, mut units) = (0, 0);
        for instruction in &step.instructions {
            let kind = match (instruction.data[0], action(instruction)) {
                (ids::instruction::INIT_OBLIGATION, _) => Kind::InitObligation,
                (ids::instruction::REFRESH_RESERVE, _) => Kind::RefreshReserve,
                (ids::instruction::REFRESH_OBLIGATION, _) => {
                    Kind::RefreshObligation { positions: held }
                }
                (_, Some((action, _))) => Kind::Act { action, deposits: held, fee: false },
                (tag, None) => panic!("tag {tag}"),
            };
            let budget = of(kind);
            entries += budget.entries;
            units += budget.compute_units;
            let depth = if matches!(kind, Kind::Act { .. }) { 2 } else { 1 };
            assert_eq!(budget.depth, depth, "{}", step.label);
        }
        let invoked = step.logs.iter().filter(|line| line.contains(" invoke [")).count();
        assert_eq!(usize::try_from(entries).unwrap(), invoked, "{}", step.label);
        let taken = step.compute_units.expect("units are recorded");
        assert!(taken <= u64::from(units) && u64::from(units) < 2 * taken, "{}", step.label);
        compared += 1;
    }
    assert_eq!(compared, 8);
}
