//! Budgets cover what the recorded calls took.

use super::run::{Run, action};
use trestle_fixtures::{Instruction, key};
use trestle_venue_adapters::kamino::budget::{Kind, of};
use trestle_venue_adapters::kamino::ids;

const KLEND: &str = "KLend2g3cP87fffoy8q1mQqGKjrxjC8boSyAYavgmjD";

/// Entries, deepest level below the caller, and units of each call of klend in a log.
fn taken(logs: &[String]) -> Vec<(u32, u32, u32)> {
    let mut calls = Vec::new();
    let mut open: Option<(u32, u32, u32)> = None; // level of klend, entries, deepest
    for line in logs {
        let mut words = line.split(' ').skip(1);
        let (Some(program), Some(verb)) = (words.next(), words.next()) else { continue };
        if verb == "invoke" {
            let level = words.next().unwrap().trim_matches(['[', ']']).parse::<u32>().unwrap();
            open = match open {
                Some((klend, entries, deepest)) => Some((klend, entries + 1, deepest.max(level))),
                None if program == KLEND => Some((level, 1, level)),
                None => None,
            };
        } else if verb == "consumed" && program == KLEND {
            let (klend, entries, deepest) = open.take().unwrap();
            let units = words.next().unwrap().parse().unwrap();
            calls.push((entries, deepest - klend + 1, units));
        }
    }
    calls
}

/// The kind of a recorded call; the recorded reserves have neither farms nor fees.
fn kind(instruction: &Instruction) -> Option<Kind> {
    if let Some((action, _)) = action(instruction) {
        return Some(Kind::Act { action, farm: false, fee: false });
    }
    let count = |n: usize| u8::try_from(n).unwrap();
    let accounts = instruction.accounts.len();
    Some(match *instruction.data.first_chunk::<8>()? {
        ids::instruction::INIT_USER_METADATA => Kind::InitUserMetadata,
        ids::instruction::INIT_OBLIGATION => Kind::InitObligation,
        ids::instruction::REFRESH_OBLIGATION => {
            Kind::RefreshObligation { positions: count(accounts - 2) }
        }
        ids::instruction::REFRESH_RESERVES_BATCH => {
            let prices = instruction.data[8] == 0;
            let reserves = count(accounts / if prices { 6 } else { 2 });
            Kind::RefreshReserves { reserves, prices }
        }
        _ => return None,
    })
}

/// Ruling 15: entries and depth are never above the budget, and units not
/// above it by the compiler's factor; nor is the budget twice too wide.
#[test]
fn r15_budgets_cover_the_recorded_calls() {
    let Some(run) = Run::load() else { return };
    let (mut compared, mut tight) = (0, 0);
    for step in run.trace.steps.iter().filter(|s| s.error.is_none()) {
        let klend = |i: &&Instruction| i.program == key(KLEND);
        let calls = taken(&step.logs);
        let sent: Vec<_> = step.instructions.iter().filter(klend).collect();
        assert_eq!(calls.len(), sent.len(), "{}", step.label);
        for ((entries, depth, units), instruction) in calls.into_iter().zip(sent) {
            let Some(kind) = kind(instruction) else { continue };
            let budget = of(kind);
            assert!(entries <= budget.entries && depth <= budget.depth, "{kind:?}: {entries}");
            let stock = budget.compute_units / 17 * 10;
            assert!(units <= stock, "{kind:?} took {units} of {stock}");
            compared += 1;
            tight += u32::from(units * 2 > stock);
        }
    }
    assert!(compared >= 50 && tight * 10 > compared * 7, "{tight} of {compared}");
}

/// What a farm or a fee adds.
#[test]
fn farms_and_fees_add_entries() {
    use trestle_venue_adapters::kamino::Action::{Borrow, Supply};
    let act = |action, farm, fee| of(Kind::Act { action, farm, fee });
    assert_eq!(act(Supply, true, false).entries, act(Supply, false, false).entries + 1);
    assert_eq!(act(Borrow, false, true).entries, act(Borrow, false, false).entries + 1);
    assert!(act(Supply, true, false).compute_units > act(Supply, false, false).compute_units);
    // a full obligation, refreshed in one batch: 13 reserves and the obligation
    let full = of(Kind::RefreshReserves { reserves: 13, prices: false }).compute_units
        + of(Kind::RefreshObligation { positions: 13 }).compute_units;
    assert!(full < 400_000, "{full}");
}
