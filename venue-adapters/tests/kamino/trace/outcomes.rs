//! Our reports and projections move as the tokens and klend's books did.

use super::run::{Run, SIDES, State, action, side_of};
use std::collections::BTreeMap;
use trestle_fixtures::{Instruction, Key, Step};
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::kamino::interest::{ONE, project};
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::verify::{self, After, Snapshot, Tokens};
use trestle_venue_adapters::kamino::{Action, KaminoError, admit, report, stress};
use trestle_venue_adapters::token;

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
        let factor = u64::from(sol.terms.borrow_factor);
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
        verify::expect_rate(&delta, action, after.deposit_or_debt(action), 1).unwrap();

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
