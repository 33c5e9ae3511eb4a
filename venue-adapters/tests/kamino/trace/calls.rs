//! Our calls are the recorded ones, and refusals are those that we predict.

use super::run::{Run, State, WRONG_ACCOUNTS, action, side_of};
use std::collections::BTreeMap;
use trestle_fixtures::{Instruction, Step};
use trestle_venue_adapters::kamino::plan::{self, Leg};
use trestle_venue_adapters::kamino::{Action, ids};
use trestle_venue_adapters::plan::Call;

/// Our call for a recorded instruction; `None` for one that we never send.
fn ours(run: &Run, step: &Step, state: &State, instruction: &Instruction) -> Option<Call> {
    if instruction.program != ids::PROGRAM {
        return None;
    }
    let mut call = Call::EMPTY;
    let parties = run.parties();
    let market = run.key("market");
    let reserves = || instruction.accounts.iter().filter(|m| state.reserves.contains_key(&m.key));
    match *instruction.data.first_chunk::<8>()? {
        ids::instruction::INIT_USER_METADATA => {
            let metadata = run.key("owner_user_metadata");
            plan::init_user_metadata(&mut call, parties.owner, &step.fee_payer, metadata).unwrap();
        }
        ids::instruction::INIT_OBLIGATION => {
            let metadata = run.key("owner_user_metadata");
            plan::init_obligation(&mut call, &parties, &step.fee_payer, metadata, 0).unwrap();
        }
        ids::instruction::REFRESH_RESERVES_BATCH if instruction.data[8] == 1 => {
            plan::refresh_reserves(&mut call, market, reserves().map(|m| &m.key)).unwrap();
        }
        ids::instruction::REFRESH_RESERVES_BATCH => {
            let views: Vec<_> = reserves().map(|m| (&m.key, state.reserve(&m.key))).collect();
            let list = views.iter().map(|(key, view)| (*key, view));
            plan::refresh_reserves_with_prices(&mut call, market, list).unwrap();
        }
        ids::instruction::REFRESH_OBLIGATION => {
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
                let recorded: Vec<_> = instruction
                    .accounts
                    .iter()
                    .map(|m| (m.key, m.signer, m.writable.expect("a flag")))
                    .collect();
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
