//! The mock's ways to misbehave do what they say, and nothing else refuses them.

use crate::bench::{Bench, SOL, USDC};
use mock_klend::hostile::Hostile;

/// Change of the borrower's tokens and of its position, per act of 10 USDC or 1 SOL.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    tokens: i64,
    position: i64,
}

fn change(how: Hostile, act: impl Fn(&mut Bench) -> Result<(), u32>, name: &str) -> Change {
    let mut bench = Bench::indebted();
    let state = |bench: &mut Bench| {
        let position = if name == USDC { bench.collateral(USDC) } else { bench.debt(SOL) };
        [bench.tokens(name).cast_signed(), position.cast_signed()]
    };
    let before = state(&mut bench);
    bench.kamino.misbehave(&mut bench.vm, how);
    act(&mut bench).expect("it succeeds");
    let after = state(&mut bench);
    Change { tokens: after[0] - before[0], position: after[1] - before[1] }
}

/// `found` is `times` what honesty does, within a unit.
fn is(found: i64, honest: i64, times: f64) -> bool {
    (found as f64 - honest as f64 * times).abs() <= 2.0
}

#[test]
fn every_act_can_go_wrong_in_every_way() {
    type Act = fn(&mut Bench) -> Result<(), u32>;
    let acts: [(&str, &str, Act); 4] = [
        ("supply", USDC, |bench| bench.deposit(USDC, 10)),
        ("withdraw", USDC, |bench| bench.withdraw(USDC, 10_000_000)),
        ("borrow", SOL, |bench| bench.borrow(SOL, 1)),
        ("repay", SOL, |bench| bench.repay(SOL, 1_000_000_000)),
    ];
    for (label, name, act) in acts {
        let honest = change(Hostile::Honest, act, name);
        assert!(honest.tokens != 0 && honest.position != 0, "{label}: {honest:?}");
        let ways =
            [(Hostile::Idle, 0.0, 0.0), (Hostile::Less, 0.5, 0.5), (Hostile::More, 2.0, 2.0)];
        for (how, tokens, position) in ways {
            let found = change(how, act, name);
            let right = is(found.tokens, honest.tokens, tokens)
                && is(found.position, honest.position, position);
            assert!(right, "{label} {how:?}: {found:?}, honest {honest:?}");
        }
        // comes in full and is credited by half, or is charged in full and paid by half
        let found = change(Hostile::Skim, act, name);
        let comes_in = matches!(label, "supply" | "repay");
        let (tokens, position) = if comes_in { (1.0, 0.5) } else { (0.5, 1.0) };
        let right = is(found.tokens, honest.tokens, tokens)
            && is(found.position, honest.position, position);
        assert!(right, "{label} skimmed: {found:?}, honest {honest:?}");
    }
}

#[test]
fn it_can_close_an_obligation_that_is_not_empty() {
    for act in [|b: &mut Bench| b.deposit(USDC, 10), |b: &mut Bench| b.withdraw(USDC, 10)] {
        let mut bench = Bench::indebted();
        bench.kamino.misbehave(&mut bench.vm, Hostile::Close);
        act(&mut bench).expect("it succeeds");
        let left = bench.vm.get_account(&bench.party.obligation);
        assert!(left.is_none_or(|account| account.lamports == 0));
    }
}
