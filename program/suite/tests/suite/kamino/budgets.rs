//! What acts at Kamino take out of a transaction's limits (ruling 15), and
//! that `program/docs/budgets.md` says so.

use super::{Act, Stage};
use solana_instruction::Instruction;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::batch::{MAX_TRACE, MAX_VENUE_OPERATIONS};
use trestle_packs::deployed;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{Failure, Sent, User};

const DOC: &str = include_str!("../../../../docs/budgets.md");
/// Deepest level that the runtime runs today, the transaction's own being 1.
pub(crate) const DEPTH_TODAY: usize = 5;

/// The number after `name` in a table of the document, by its column.
pub(crate) fn stated(name: &str, column: usize) -> u64 {
    let row = DOC.lines().find(|line| line.starts_with(&format!("| {name} |")));
    let row = row.unwrap_or_else(|| panic!("budgets.md has no row {name}"));
    let cell = row.split('|').nth(column + 1).unwrap().trim().replace(',', "");
    cell.parse().unwrap_or_else(|_| panic!("{name}, column {column}: {cell}"))
}

/// Levels of the calls of a transaction, in order: its instruction trace.
pub(crate) fn trace(sent: &Sent) -> Vec<usize> {
    let level = |line: &String| {
        let (_, level) = line.strip_suffix(']')?.split_once(" invoke [")?;
        level.parse().ok()
    };
    sent.logs.iter().filter_map(level).collect()
}

/// `SetComputeUnitLimit` of the most that there is.
pub(crate) fn limit() -> Instruction {
    let program_id = Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");
    let data = [vec![2], 1_400_000_u32.to_le_bytes().to_vec()].concat();
    Instruction { program_id, accounts: vec![], data }
}

#[test]
fn r15_every_operation_stays_within_what_is_stated() {
    let mut stage = Stage::open();
    let newcomer = User::new(&mut stage.k.world, 26, 8);
    let (t, me) = (stage.k.world.trestle, newcomer.address());
    let open = t.open_venue(me, me, newcomer.account, &stage.k.reserve(SOL));
    let farm = t.open_farm(me, me, newcomer.account, &stage.k.reserve(USDC), false);
    let mut measured = vec![];
    for (name, ix) in [("open", open), ("open_farm", farm)] {
        let sent = stage.k.world.send(&[ix], &[&newcomer.key]).unwrap();
        measured.push((name, sent));
    }
    let (sol, usdc) = (stage.tokens(SOL, 100), stage.tokens(USDC, 1_000));
    stage.ok(Act::Supply(sol), JITOSOL, &[]);
    // a farm, two deposits and a debt: what costs most here
    let acts: [(&str, Act, usize, &[usize]); 5] = [
        ("supply", Act::Supply(sol), SOL, &[JITOSOL]),
        ("supply, with farm", Act::Supply(usdc), USDC, &[SOL, JITOSOL]),
        ("borrow", Act::Borrow(sol / 100), SOL, &[USDC, JITOSOL]),
        ("repay", Act::Repay(Some(sol / 1_000)), SOL, &[USDC, JITOSOL]),
        ("redeem, with farm", Act::Redeem(Some(usdc / 2)), USDC, &[SOL, JITOSOL]),
    ];
    for (name, act, asset, others) in acts {
        stage.k.advance(1); // so that the act refreshes for itself
        let ix = stage.act(act, asset, others);
        let sent = stage.send(&[ix]).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        measured.push((name, sent));
    }
    let used = stage.k.of(&[SOL, JITOSOL, USDC]);
    let refresh = t.refresh_account(stage.user.account, &[stage.k.market], &used);
    measured.push(("refresh_account", stage.k.world.send(&[refresh], &[]).unwrap()));
    measured.push(("liquidate, deposit there", super::liquidation::alone()));
    measured.push(("liquidate, debt there", super::debt_liquidation::alone()));
    measured.extend(super::rescue::alone());
    for (name, sent) in measured {
        let levels = trace(&sent);
        let inner = levels.len() - 1;
        let depth = levels.iter().max().unwrap();
        println!("{name}: {inner} inner, depth {depth}, {} CU, {} locks", sent.units, sent.locks);
        for (column, found) in [(1, inner), (2, *depth), (4, sent.locks)] {
            let most = usize::try_from(stated(name, column)).unwrap();
            assert!(found <= most, "{name}, column {column}: {found} above {most}");
        }
        assert!(sent.units <= stated(name, 3), "{name}: {} CU", sent.units);
    }
}

/// A batch of `count` supplies of a little SOL.
fn supplies(stage: &Stage, count: usize) -> Instruction {
    let one = stage.act(Act::Supply(1_000_000), SOL, &[JITOSOL, USDC]);
    stage.k.world.trestle.batch(&vec![one; count], &[]).unwrap()
}

#[test]
fn r15_the_most_acts_at_venues_in_a_batch_are_stated() {
    let most = usize::try_from(stated("acts at venues in a batch", 1)).unwrap();
    assert_eq!(most, usize::try_from(MAX_VENUE_OPERATIONS).unwrap());
    // each refreshes three reserves, and the check at the end reads a debt
    let mut stage = Stage::indebted();
    let before = stage.user.margin(&stage.k.world).0.sequence;
    let batch = supplies(&stage, most);
    let sent = stage.send(&[limit(), batch]).unwrap_or_else(|e| panic!("{e:?}"));
    let levels = trace(&sent);
    println!("{most} supplies: {} CU, {} in the trace", sent.units, levels.len());
    assert!(levels.len() <= usize::try_from(MAX_TRACE).unwrap());
    assert_eq!(stage.user.margin(&stage.k.world).0.sequence, before + most as u64);
    // one more is refused before anything runs, by a name of its own
    let over = supplies(&stage, most + 1);
    let found = stage.send(&[limit(), over]).unwrap_err();
    let at = u8::try_from(most).unwrap();
    assert_eq!(found, Failure::Step(at, TrestleError::BatchVenues));
    assert_eq!(stage.user.margin(&stage.k.world).0.sequence, before + most as u64);
}

/// An instruction behind `count` proxies.
fn behind(stage: &mut Stage, ix: &Instruction, count: u8) -> Instruction {
    let mut ix = ix.clone();
    for i in 0..count {
        let proxy = Pubkey::new_from_array([43 + i; 32]);
        let vm = stage.k.world.svm.vm();
        vm.add_program(proxy, &deployed("proxy")).expect("the proxy loads");
        ix = mock_proxy::wrap(&proxy, &[ix]);
    }
    ix
}

#[test]
fn r15_it_composes_to_the_depth_of_today_and_of_tomorrow() {
    // us, Kamino, the token program: two callers fit in front of us today
    let mut stage = Stage::open();
    let supply = stage.act(Act::Supply(1_000_000), SOL, &[]);
    let alone = trace(&stage.clone().send(std::slice::from_ref(&supply)).unwrap());
    assert_eq!(alone.iter().max(), Some(&3));
    let two = behind(&mut stage, &supply, 2);
    let sent = stage.clone().send(&[limit(), two]).unwrap_or_else(|e| panic!("{e:?}"));
    assert_eq!(trace(&sent).iter().max(), Some(&DEPTH_TODAY));
    // one deeper runs where the announced limit is in force, and else fails whole
    let three = behind(&mut stage, &supply, 3);
    let before =
        trestle_sandbox::refuse::snapshot(&stage.k.world.svm, std::slice::from_ref(&three));
    match stage.send(&[limit(), three.clone()]) {
        Ok(sent) => {
            println!("depth {} runs", DEPTH_TODAY + 1);
            assert_eq!(trace(&sent).iter().max(), Some(&(DEPTH_TODAY + 1)));
        }
        Err(Failure::Other(text)) => {
            println!("depth {} is refused", DEPTH_TODAY + 1);
            assert!(text.contains("CallDepth"), "{text}");
            assert_eq!(before, trestle_sandbox::refuse::snapshot(&stage.k.world.svm, &[three]));
        }
        Err(other) => panic!("{other:?}"),
    }
}
