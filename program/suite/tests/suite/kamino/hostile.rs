//! A venue that misbehaves: what it does is measured, and refused.

use super::{Act, Stage};
use mock_klend::hostile::Hostile;
use trestle_interface::TrestleError as E;
use trestle_interface::state::PositionKind;
use trestle_sandbox::User;
use trestle_sandbox::refused;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};

const SOME: u64 = 1_000_000;
const SUPPLY: (Act, usize, &[usize]) = (Act::Supply(SOME), SOL, &[JITOSOL, USDC]);
const REDEEM: (Act, usize, &[usize]) = (Act::Redeem(Some(SOME)), SOL, &[JITOSOL, USDC]);
const BORROW: (Act, usize, &[usize]) = (Act::Borrow(SOME), USDC, &[SOL, JITOSOL]);
const REPAY: (Act, usize, &[usize]) = (Act::Repay(Some(SOME)), USDC, &[SOL, JITOSOL]);

/// Every way to go wrong, and what a supply, a redemption, a loan and a
/// repayment meet.
const WAYS: [(Hostile, [Option<E>; 4]); 11] = [
    (Hostile::Idle, [Some(E::KaminoNoEffect); 4]),
    (Hostile::More, [Some(E::KaminoExceeded); 4]),
    (Hostile::Skim, [Some(E::KaminoRate); 4]),
    (Hostile::Close, [Some(E::KaminoClosed), Some(E::KaminoClosed), None, None]),
    (Hostile::Delegate, [Some(E::VenueTouchedAuthority); 4]),
    (Hostile::CloseAuthority, [Some(E::VenueTouchedAuthority); 4]),
    (
        Hostile::Steal,
        [
            Some(E::KaminoExceeded),
            Some(E::KaminoWrongDirection),
            Some(E::KaminoWrongDirection),
            Some(E::KaminoExceeded),
        ],
    ),
    (Hostile::Shrink, [Some(E::KaminoLayout); 4]),
    (Hostile::Replay, [Some(E::KaminoNoEffect); 4]),
    (Hostile::Meddle, [Some(E::KaminoOtherPosition); 4]),
    (Hostile::Rename, [Some(E::KaminoIdentityChanged); 4]),
];

#[test]
fn every_way_to_misbehave_is_refused_with_its_own_error() {
    let whole = Stage::indebted();
    if !whole.is_mock() {
        return;
    }
    for (how, errors) in WAYS {
        for ((act, asset, others), error) in [SUPPLY, REDEEM, BORROW, REPAY].into_iter().zip(errors)
        {
            let Some(error) = error else { continue };
            let mut stage = whole.clone();
            stage.misbehave(how);
            println!("{how:?} {act:?}");
            stage.refuses(act, asset, others, error);
        }
    }
}

#[test]
fn what_is_refused_would_have_been_taken_of_an_honest_venue() {
    let mut stage = Stage::indebted();
    for (act, asset, others) in [SUPPLY, REDEEM, BORROW, REPAY] {
        stage.ok(act, asset, others);
    }
}

#[test]
fn a_partial_fill_counts_as_what_it_was() {
    let whole = Stage::indebted();
    if !whole.is_mock() {
        return;
    }
    for (act, asset, others) in [SUPPLY, REDEEM, BORROW, REPAY] {
        let mut stage = whole.clone();
        stage.misbehave(Hostile::Less);
        let before = stage.custody(asset);
        stage.ok(act, asset, others);
        let moved = stage.custody(asset).abs_diff(before);
        assert!((SOME / 2 - 2..=SOME / 2).contains(&moved), "{act:?} moved {moved}");
        for asset in [SOL, USDC] {
            stage.custody_is_recognised(asset);
        }
        let units = stage.units(SOL, PositionKind::VenueDeposit);
        assert_eq!(units, u128::from(stage.ctokens(SOL)));
    }
    // Kamino charges less than was asked where less is owed
    let mut stage = whole;
    let more = stage.tokens(USDC, 1_000);
    stage.user.fund_and_deposit(&mut stage.k.world, USDC, more);
    let before = stage.custody(USDC);
    let asked = stage.tokens(USDC, 20_500);
    stage.ok(Act::Repay(Some(asked)), USDC, &[SOL, JITOSOL]);
    let paid = before - stage.custody(USDC);
    assert!(paid >= stage.tokens(USDC, 20_000) && paid < stage.tokens(USDC, 20_001), "{paid}");
    assert_eq!(stage.units(USDC, PositionKind::VenueDebt), 0);
    stage.custody_is_recognised(USDC);
}

#[test]
fn an_obligation_that_the_venue_makes_longer_takes_nothing_new_afterwards() {
    let mut stage = Stage::indebted();
    if !stage.is_mock() {
        return;
    }
    let key = stage.obligation();
    stage.k.world.svm.airdrop(&key, 1_000_000);
    stage.misbehave(Hostile::Grow);
    let (act, asset, others) = REPAY;
    stage.ok(act, asset, others);
    stage.misbehave(Hostile::Honest);
    for (act, asset, others) in [SUPPLY, BORROW] {
        stage.refuses(act, asset, others, E::KaminoSize);
    }
    let (act, asset, others) = REDEEM;
    stage.ok(act, asset, others);
}

#[test]
fn refreshes_that_do_nothing_are_noticed_before_anything_is_signed() {
    let mut stage = Stage::indebted();
    if !stage.is_mock() {
        return;
    }
    stage.k.advance(5);
    stage.misbehave(Hostile::Asleep);
    for (act, asset, others) in [SUPPLY, REDEEM, BORROW, REPAY] {
        stage.refuses(act, asset, others, E::KaminoReserveStale);
    }
}

#[test]
fn a_venue_cannot_turn_on_who_opens_an_account_there() {
    let whole = Stage::open();
    if !whole.is_mock() {
        return;
    }
    for (how, error) in [
        (Hostile::Idle, E::WrongOwner),
        (Hostile::Drain, E::VenueTouchedAuthority),
        (Hostile::Assign, E::VenueTouchedAuthority),
        (Hostile::Rename, E::KaminoIdentity),
    ] {
        let mut stage = whole.clone();
        let newcomer = User::new(&mut stage.k.world, 23, 8);
        let t = stage.k.world.trestle;
        // lamports that the account has earned, and that are not the call's
        let authority = t.addresses().authority(&newcomer.account);
        stage.k.world.svm.airdrop(&authority, 3_000_000_000);
        let me = newcomer.address();
        let open = t.open_venue(me, me, newcomer.account, &stage.k.reserve(SOL));
        stage.misbehave(how);
        println!("{how:?}");
        refused(&mut stage.k.world.svm, std::slice::from_ref(&open), &[&newcomer.key], error);
        stage.misbehave(Hostile::Honest);
        stage.k.world.send(&[open], &[&newcomer.key]).expect("an honest venue opens it");
        let left = stage.k.world.svm.account(&authority).unwrap().lamports;
        assert_eq!(left, 3_000_000_000, "rent came from who paid it");
    }
}

#[test]
fn a_group_that_was_not_entered_is_not_believed() {
    let mut stage = Stage::open();
    if !stage.is_mock() {
        return;
    }
    let amount = stage.tokens(JITOSOL, 50);
    stage.ok(Act::Supply(amount), JITOSOL, &[]);
    stage.misbehave(Hostile::Idle);
    let (t, me, used) = (stage.k.world.trestle, stage.user.address(), stage.k.of(&[JITOSOL]));
    let ix = t.venue_group(me, stage.user.account, &stage.k.reserve(JITOSOL), &used, 1);
    let front = stage.k.price_refresh(&[JITOSOL]);
    stage.refuses_steps(&[front, ix], E::KaminoNoEffect);
}
