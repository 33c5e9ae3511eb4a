//! What the vault refuses, and what Trestle refuses through it.

use super::{ALL, FLOOR, Stage, init, vault_of};
use sample_vault::error::VaultError;
use sample_vault::state::UnwindArgs;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_interface::TrestleError;
use trestle_interface::batch::code_in_step;
use trestle_packs::deployed;
use trestle_sandbox::refuse::snapshot;
use trestle_sandbox::world::USDC;
use trestle_sandbox::{Failure, refused};

const USD: u64 = 1_000_000;
/// The system program's code for an account that exists.
const IN_USE: u32 = 0;

/// An instruction of the vault that must end with a code, and change nothing.
#[track_caller]
fn ends(stage: &mut Stage, ix: &Instruction, signer: &Keypair, code: u32) {
    let before = snapshot(&stage.k.world.svm, std::slice::from_ref(ix));
    let Err(Failure::Other(text)) = stage.send(ix, signer) else { panic!("not refused") };
    assert!(text.starts_with(&format!("InstructionError(1, Custom({code}))")), "{code}: {text}");
    assert_eq!(before, snapshot(&stage.k.world.svm, std::slice::from_ref(ix)));
}

/// A vault with 4,000 USDC of the first user, idle.
fn funded() -> Stage {
    let mut stage = Stage::open();
    let user = stage.users[0].clone();
    let deposit = stage.deposit(&user, 4_000 * USD, 0);
    stage.send(&deposit, &user).expect("a deposit");
    stage
}

#[test]
fn trestles_code_reaches_the_vaults_user() {
    let mut stage = funded();
    let (manager, user) = (stage.manager.clone(), stage.users[0].clone());
    // the second operation: more than custody holds
    let over = stage.enter(&manager, 4_001 * USD, USD);
    ends(&mut stage, &over, &manager, code_in_step(TrestleError::ExceedsPosition.code(), 1));
    // the whole batch: more than native debt may finance at Kamino
    let far = stage.enter(&manager, 4_000 * USD, 400_000 * USD);
    ends(&mut stage, &far, &manager, TrestleError::FinancingCap.code());
    // a guard of the vault's own: rows of another slot
    stage.k.world.svm.advance_seconds(1);
    let late = stage.deposit(&user, USD, 0);
    ends(&mut stage, &late, &user, code_in_step(TrestleError::RateAge.code(), 0));
    stage.k.publish();
    stage.send(&late, &user).expect("the same on fresh rows");
}

#[test]
fn the_floor_is_stricter_than_trestle() {
    let mut stage = funded();
    let manager = stage.manager.clone();
    // the largest loop that the vault allows, by bisection
    let (mut low, mut high) = (USD, 400_000 * USD);
    while high - low > USD {
        let middle = low + (high - low) / 2;
        let enter = stage.enter(&manager, 4_000 * USD, middle);
        if stage.clone().send(&enter, &manager).is_ok() { low = middle } else { high = middle }
    }
    let over = stage.enter(&manager, 4_000 * USD, high);
    ends(&mut stage, &over, &manager, VaultError::BelowFloor.code());
    let enter = stage.enter(&manager, 4_000 * USD, low);
    stage.send(&enter, &manager).expect("at the floor");
    let report = stage.health();
    let floor = report.debts * i64::from(FLOOR) / 10_000;
    assert!((floor..floor + 2_000_000).contains(&report.init), "{report:?}");
}

#[test]
fn no_withdrawal_leaves_the_rest_below_the_floor() {
    let mut stage = funded();
    let (manager, user) = (stage.manager.clone(), stage.users[0].clone());
    let enter = stage.enter(&manager, 1_000 * USD, 12_000 * USD);
    stage.send(&enter, &manager).expect("three times the equity");
    let (mut low, mut high) = (USD, stage.idle());
    let over = stage.withdraw(&user, high, u64::MAX);
    ends(&mut stage, &over, &user, VaultError::BelowFloor.code());
    while high - low > USD {
        let middle = low + (high - low) / 2;
        let out = stage.withdraw(&user, middle, u64::MAX);
        if stage.clone().send(&out, &user).is_ok() { low = middle } else { high = middle }
    }
    let out = stage.withdraw(&user, low, u64::MAX);
    stage.send(&out, &user).expect("at the floor");
    let report = stage.health();
    let floor = report.debts * i64::from(FLOOR) / 10_000;
    assert!((floor..floor + 2_000_000).contains(&report.init), "{report:?}");
    // with half of the debt gone more may leave, and with all of it everything
    let more = stage.withdraw(&user, 500 * USD, u64::MAX);
    ends(&mut stage, &more, &user, VaultError::BelowFloor.code());
    let some = UnwindArgs { redeem: 6_000 * USD, repay: 6_000 * USD, all: false };
    let unwind = stage.unwind(&manager, some);
    stage.send(&unwind, &manager).expect("half of the debt");
    stage.send(&more, &user).expect("the same again");
    let unwind = stage.unwind(&manager, ALL);
    stage.send(&unwind, &manager).expect("the rest of the debt");
    let (worth, held) = (stage.worth(&user), stage.shares(&user));
    let rest = stage.withdraw(&user, worth, held);
    stage.send(&rest, &user).expect("everything");
    assert!(stage.idle() <= 4, "{} left", stage.idle());
}

#[test]
fn old_prices_value_no_shares() {
    let mut stage = funded();
    let user = stage.users[0].clone();
    stage.k.world.svm.advance_seconds(61);
    for ix in [stage.deposit(&user, USD, 0), stage.withdraw(&user, USD, u64::MAX)] {
        ends(&mut stage, &ix, &user, VaultError::StaleReport.code());
    }
}

#[test]
fn a_report_that_trestle_did_not_return_is_refused() {
    let mut stage = funded();
    let user = stage.users[0].clone();
    let [forger, behind] = [64, 65].map(|seed| Pubkey::new_from_array([seed; 32]));
    for program in [forger, behind] {
        let vm = stage.k.world.svm.vm();
        vm.add_program(program, &deployed("forger")).expect("the forger loads");
    }
    // in Trestle's place
    let mut ix = stage.deposit(&user, USD, 0);
    ix.accounts[2].pubkey = forger;
    ends(&mut stage, &ix, &user, VaultError::NotOurs.code());
    // a vault that was made for the forger believes it: that is what was asked for
    let (manager, t) = (stage.users[1].clone(), stage.k.world.trestle);
    stage.vault = vault_of(&t, &manager.pubkey());
    stage.margin = t.margin(&stage.vault, 0);
    let made = init(&t, &manager, forger, &stage.terms(), &[], &[]);
    stage.send(&made, &manager).expect("a vault of the forger's");
    let mut enter = stage.enter(&manager, USD, USD);
    enter.accounts[2].pubkey = forger;
    stage.clone().send(&enter, &manager).expect("its report counts as its own");
    // but it believes nobody whom the forger calls, though the report is the same
    let mut relayed = enter.clone();
    relayed.accounts[4].pubkey = behind;
    relayed.accounts[4].is_writable = false;
    ends(&mut stage, &relayed, &manager, VaultError::ForgedReport.code());
}

#[test]
fn a_stranger_acts_neither_through_the_vault_nor_past_it() {
    let mut stage = funded();
    let [owner, stranger] = stage.users.clone();
    for ix in [stage.enter(&stranger, USD, USD), stage.unwind(&stranger, ALL)] {
        ends(&mut stage, &ix, &stranger, VaultError::NotManager.code());
    }
    // the manager's name without its signature
    let mut unsigned = stage.enter(&stage.manager, USD, USD);
    unsigned.accounts[0].is_signer = false;
    ends(&mut stage, &unsigned, &stranger, VaultError::BadRole.code());
    // another's shares, no shares, another's place under one's own name
    let mut steal = stage.withdraw(&stranger, USD, u64::MAX);
    ends(&mut stage, &steal, &stranger, VaultError::TooFewShares.code());
    steal.accounts[6].pubkey = stage.place(&owner);
    ends(&mut stage, &steal, &stranger, VaultError::WrongAccount.code());
    // a margin account of one's own, and one's own vault, in the vault's place
    let mut foreign = stage.deposit(&stranger, USD, 0);
    foreign.accounts[3].pubkey = stage.k.world.trestle.margin(&stranger.pubkey(), 0);
    ends(&mut stage, &foreign, &stranger, VaultError::NotOurs.code());
    let mut place = stage.deposit(&stranger, USD, 0);
    place.accounts[1].pubkey = stage.place(&stranger);
    ends(&mut stage, &place, &stranger, VaultError::WrongAccount.code());
    // past the vault: Trestle asks for the owner, who has no key
    let (t, usdc) = (stage.k.world.trestle, stage.k.world.assets[USDC].keys);
    let purse = stage.purse(&stranger);
    let theirs = t.withdraw(stranger.pubkey(), stage.margin, &usdc, purse, USD);
    refused(&mut stage.k.world.svm, &[theirs], &[&stranger], TrestleError::NotOwner);
    let mut named = t.withdraw(stage.vault, stage.margin, &usdc, purse, USD);
    named.accounts[0].is_signer = false;
    refused(&mut stage.k.world.svm, &[named], &[&stranger], TrestleError::MissingSigner);
}

#[test]
fn bounds_hold_and_frames_of_accounts_are_complete() {
    let mut stage = funded();
    let user = stage.users[0].clone();
    let minted = {
        let mut copy = stage.clone();
        let ix = copy.deposit(&user, USD, 0);
        copy.send(&ix, &user).unwrap();
        copy.shares(&user) - stage.shares(&user)
    };
    let dear = stage.deposit(&user, USD, minted + 1);
    ends(&mut stage, &dear, &user, VaultError::Bound.code());
    let exact = stage.deposit(&user, USD, minted);
    stage.send(&exact, &user).expect("exactly the bound");
    let out = stage.withdraw(&user, USD, 1);
    ends(&mut stage, &out, &user, VaultError::Bound.code());
    let dust = stage.deposit(&user, 1, 0);
    ends(&mut stage, &dust, &user, VaultError::Bound.code());
    for count in 0..12 {
        let mut short = stage.deposit(&user, USD, 0);
        short.accounts.truncate(count);
        ends(&mut stage, &short, &user, VaultError::AccountCount.code());
    }
    for data in [vec![], vec![7], vec![255], dear.data[..dear.data.len() - 1].to_vec()] {
        let ix = Instruction { data, ..stage.deposit(&user, USD, 0) };
        ends(&mut stage, &ix, &user, VaultError::BadData.code());
    }
    // a second vault of one manager, a second place of one user
    let manager = stage.manager.clone();
    let again = stage.init();
    ends(&mut stage, &again, &manager, IN_USE);
    let join = stage.join(&user);
    ends(&mut stage, &join, &user, IN_USE);
}
