//! Every account of an act is checked: another one in its place, or one that is
//! not writable, fails.

use crate::bench::{Bench, SOL, USDC};
use solana_instruction::Instruction;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_packs::kamino::{associated, token_account};

/// An act on an obligation with debt, and the places that may hold anything.
fn acts(bench: &Bench) -> Vec<(&'static str, Instruction, &'static [usize])> {
    let (kamino, party) = (&bench.kamino, &bench.party);
    let (usdc, sol) = (bench.reserve(USDC), bench.reserve(SOL));
    let from = bench.user.pubkey();
    vec![
        ("supply", kamino.deposit(party, &usdc, 1_000_000), &[10]),
        ("withdraw", kamino.withdraw(party, &usdc, 1_000_000), &[10]),
        ("borrow", kamino.borrow(party, &sol, 1_000_000, &[]), &[]),
        ("repay", kamino.repay(from, party, &sol, 1_000_000, &[]), &[]),
    ]
}

#[test]
fn another_account_in_any_place_fails() {
    let mut bench = Bench::indebted();
    let usdc = bench.reserve(USDC);
    // an account of the right program and kind for most places: a stranger's tokens
    let stranger = bench.stranger.pubkey();
    let other = Pubkey::new_from_array([99; 32]);
    let account = token_account(&usdc.mint, &stranger, &usdc.token_program, 5);
    bench.vm.set_account(other, account).expect("account is set");
    let instructions: Vec<_> = acts(&bench);
    for (label, act, free) in instructions {
        for at in 0..act.accounts.len() {
            let mut changed = act.clone();
            changed.accounts[at].pubkey = other;
            changed.accounts[at].is_signer = false;
            let outcome = bench.act(&[USDC, SOL], changed);
            assert_eq!(outcome.is_ok(), free.contains(&at), "{label}, account {at}: {outcome:?}");
        }
        assert_eq!(bench.act(&[USDC, SOL], act), Ok(()), "{label}");
    }
}

#[test]
fn a_vault_of_the_right_mint_is_not_the_reserve_s() {
    let mut bench = Bench::indebted();
    let (usdc, sol) = (bench.reserve(USDC), bench.reserve(SOL));
    let stranger = bench.stranger.pubkey();
    let other = Pubkey::new_from_array([98; 32]);
    let instructions: Vec<_> = acts(&bench);
    let vaults = [usdc.vault, usdc.ctoken_vault, sol.vault, sol.fee_vault];
    let mut tried = 0;
    for (label, act, _) in instructions {
        for at in 0..act.accounts.len() {
            let key = act.accounts[at].pubkey;
            if !vaults.contains(&key) {
                continue;
            }
            // the same tokens under a stranger's authority
            let mint = bench.vm.get_account(&key).expect("a vault").data;
            let mint = Pubkey::try_from(&mint[..32]).expect("a mint");
            let theirs = token_account(&mint, &stranger, &usdc.token_program, 1 << 40);
            bench.vm.set_account(other, theirs).expect("account is set");
            let mut changed = act.clone();
            changed.accounts[at].pubkey = other;
            assert_eq!(bench.act(&[USDC, SOL], changed), Err(2012), "{label}, account {at}");
            tried += 1;
        }
    }
    assert_eq!(tried, 7, "two each of supply, withdraw and borrow, one of repay");
}

#[test]
fn any_two_neighbours_exchanged_fail() {
    let mut bench = Bench::indebted();
    let instructions: Vec<_> = acts(&bench);
    for (label, act, free) in instructions {
        for at in 1..act.accounts.len() {
            let (a, b) = (&act.accounts[at - 1], &act.accounts[at]);
            if a.pubkey == b.pubkey {
                continue;
            }
            let mut changed = act.clone();
            changed.accounts.swap(at - 1, at);
            let outcome = bench.act(&[USDC, SOL], changed);
            assert!(outcome.is_err(), "{label}, accounts {} and {at}, free {free:?}", at - 1);
        }
    }
}

#[test]
fn what_is_written_must_be_writable() {
    let mut bench = Bench::indebted();
    let refreshes = bench.refreshes(&[USDC, SOL]);
    let instructions: Vec<_> = acts(&bench);
    for (label, act, _) in instructions {
        for at in 0..act.accounts.len() {
            // the fee payer is always writable
            if !act.accounts[at].is_writable || act.accounts[at].pubkey == bench.user.pubkey() {
                continue;
            }
            // the refreshes would lend their flag to the whole transaction
            bench.ok(&refreshes);
            let mut changed = act.clone();
            changed.accounts[at].is_writable = false;
            assert_eq!(bench.send(&[changed]), Err(2000), "{label}, account {at}");
        }
    }
}

#[test]
fn the_owner_signs() {
    let mut bench = Bench::indebted();
    let stranger = bench.stranger.pubkey();
    let instructions: Vec<_> = acts(&bench);
    for (label, act, _) in &instructions[..3] {
        let mut changed = act.clone();
        changed.accounts[0].pubkey = stranger;
        let expected = if *label == "borrow" { 6019 } else { 2001 };
        assert_eq!(bench.act(&[USDC, SOL], changed), Err(expected), "{label}");
    }
    // anyone repays, with tokens of its own
    let sol = bench.reserve(SOL);
    let before = (bench.debt(SOL), bench.tokens_of(&stranger, SOL));
    let repay = bench.kamino.repay(stranger, &bench.party, &sol, 1_000_000_000, &[]);
    assert_eq!(bench.act(&[SOL], repay), Ok(()));
    assert_eq!(before.0 - bench.debt(SOL), 1_000_000_000);
    assert_eq!(before.1 - bench.tokens_of(&stranger, SOL), 1_000_000_000);
}

#[test]
fn tokens_come_from_and_go_to_the_owner_alone() {
    let mut bench = Bench::indebted();
    let stranger = bench.stranger.pubkey();
    for (label, act, _) in acts(&bench).into_iter().take(3) {
        let reserve = if label == "borrow" { bench.reserve(SOL) } else { bench.reserve(USDC) };
        let theirs = associated(&stranger, &reserve.token_program, &reserve.mint);
        let place = if label == "borrow" { 8 } else { 9 };
        let mut changed = act.clone();
        changed.accounts[place].pubkey = theirs;
        assert_eq!(bench.act(&[USDC, SOL], changed), Err(2015), "{label}");
        let mut changed = act;
        changed.accounts[place].pubkey = reserve.vault;
        let refused = bench.act(&[USDC, SOL], changed);
        assert_eq!(refused, Err(2015), "{label}: the venue's own vault");
    }
}
