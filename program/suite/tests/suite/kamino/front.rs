//! Kamino's own refreshes in front of an act: what is fresh is not refreshed
//! again, and what is not is, so that a user who forgets one only pays for it.

use super::{Act, Stage};
use solana_instruction::Instruction;
use trestle_sandbox::Sent;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};

/// What the obligation of [`Stage::indebted`] uses.
const USED: [usize; 3] = [SOL, JITOSOL, USDC];

/// Kamino called by our program, in a transaction.
fn calls(sent: &Sent) -> usize {
    let line = format!("Program {} invoke [2]", trestle_client::kamino::PROGRAM);
    sent.logs.iter().filter(|log| **log == line).count()
}

/// One minute after the debt was made, with each act on the debt's reserve or
/// the collateral's.
fn acts(stage: &mut Stage) -> [(Act, usize, [usize; 2]); 4] {
    stage.k.advance(60);
    let (sol, usdc) = (stage.tokens(SOL, 10), stage.tokens(USDC, 100));
    [
        (Act::Supply(sol), SOL, [JITOSOL, USDC]),
        (Act::Redeem(Some(sol)), SOL, [JITOSOL, USDC]),
        (Act::Borrow(usdc), USDC, [SOL, JITOSOL]),
        (Act::Repay(Some(usdc)), USDC, [SOL, JITOSOL]),
    ]
}

/// The refresh of `assets` that an act needs.
fn reserves(stage: &Stage, act: Act, assets: &[usize]) -> Instruction {
    match act {
        Act::Redeem(_) | Act::Borrow(_) => stage.k.price_refresh(assets),
        Act::Supply(_) | Act::Repay(_) => stage.k.interest_refresh(assets),
    }
}

#[test]
fn what_is_fresh_is_not_refreshed_again() {
    let mut stage = Stage::indebted();
    for (act, asset, others) in acts(&mut stage) {
        let ix = stage.act(act, asset, &others);
        let front = reserves(&stage, act, &USED);
        let (mut all, mut some) = (stage.clone(), stage.clone());
        let obligation = all.k.obligation_refresh(&all.user);
        let fresh = all.send(&[front.clone(), obligation, ix.clone()]).unwrap();
        assert_eq!(calls(&fresh), 1, "{act:?}: the act alone");
        let half = some.send(&[front, ix]).unwrap();
        assert_eq!(calls(&half), 2, "{act:?}: the obligation and the act");
        assert!(fresh.units < half.units, "{act:?}: {} and {}", fresh.units, half.units);
        // the way there makes no difference
        let [a, b] = [&all, &some].map(|stage| stage.user.margin(&stage.k.world).1);
        assert_eq!(a, b, "{act:?}");
    }
}

#[test]
fn one_stale_reserve_is_reason_enough() {
    let mut stage = Stage::indebted();
    for (act, asset, others) in acts(&mut stage) {
        if matches!(act, Act::Redeem(_) | Act::Borrow(_)) {
            continue; // prices must be fresh all round, or Kamino refuses
        }
        for missing in USED {
            let mut stage = stage.clone();
            let fresh: Vec<usize> = USED.into_iter().filter(|asset| *asset != missing).collect();
            let ix = stage.act(act, asset, &others);
            let sent = stage.send(&[reserves(&stage, act, &fresh), ix]).unwrap();
            assert_eq!(calls(&sent), 3, "{act:?} without {missing}: reserves, obligation, act");
        }
    }
}

#[test]
fn a_refresh_serves_one_act() {
    let mut stage = Stage::indebted();
    let [(act, asset, others), ..] = acts(&mut stage);
    let ix = stage.act(act, asset, &others);
    let front = reserves(&stage, act, &USED);
    let obligation = stage.k.obligation_refresh(&stage.user);
    let sent = stage.send(&[front, obligation, ix.clone(), ix]).unwrap();
    assert_eq!(calls(&sent), 1 + 3, "the second act finds everything touched");
}
