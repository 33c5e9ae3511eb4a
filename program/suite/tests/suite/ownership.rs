//! Lock-down, and an account that changes hands.

use crate::delegates::{key, name, terms};
use crate::liquidate::{against_custody, indebted};
use crate::pool::{funded, trader};
use solana_keypair::Keypair;
use solana_signer::Signer;
use trestle_interface::TrestleError;
use trestle_interface::permission::{ALL, LOCK_DELAY, MOVE, PROTECT, TRADE, WITHDRAW};
use trestle_interface::state::{AccountStatus, Session, offsets};
use trestle_sandbox::tokens::{balance_of, fund};
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{Failure, User, World, refused};

/// A trader with SOL, a SOL deposit and a USDC debt.
fn debtor() -> (World, User) {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.supply(&mut world, SOL, 100_000_000_000).unwrap();
    user.borrow(&mut world, USDC, 10_000_000_000).unwrap();
    user.fund(&mut world, USDC, 1_000_000);
    (world, user)
}

/// Writes the session byte behind the program's back.
fn in_session(world: &mut World, user: &User, session: Session) {
    let mut account = world.svm.account(&user.account).unwrap();
    account.data[offsets::SESSION] = session.byte();
    world.svm.set_account(user.account, account);
}

#[test]
fn a_lock_down_leaves_the_ways_out() {
    let (mut world, user) = debtor();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    world.send(&[t.lock_down(me, account)], &[&user.key]).unwrap();
    assert_eq!(user.margin(&world).0.status, AccountStatus::LockedDown.byte());
    let (sol, usdc) = (world.assets[SOL].pool, world.assets[USDC].pool);
    let authority = t.addresses().authority(&account);
    fund(&mut world.svm, authority, &world.assets[USDC].keys, 5);
    let keys = world.assets[SOL].keys;
    let delegate = Keypair::new_from_array([40; 32]);
    let shut = [
        t.pool_supply(me, account, &sol, 1_000),
        t.pool_borrow(me, account, &usdc, 1_000),
        t.sync_custody(me, account, &usdc.asset),
        t.set_delegate(me, account, &terms(&delegate, MOVE)),
        t.propose_owner(me, account, Some(delegate.pubkey())),
    ];
    for ix in shut {
        refused(&mut world.svm, &[ix], &[&user.key], TrestleError::LockedDown);
    }
    // tokens leave to the owner's accounts only, even by the owner's signature
    let stranger = fund(&mut world.svm, [77; 32].into(), &keys, 0);
    let out = t.withdraw(me, account, &keys, stranger, 1_000);
    refused(&mut world.svm, &[out], &[&user.key], TrestleError::WrongTokenOwner);
    user.deposit(&mut world, USDC, 1_000_000).expect("deposit");
    user.repay(&mut world, USDC, None).expect("repay");
    user.redeem(&mut world, SOL, None).expect("redeem");
    let held = user.margin(&world).1;
    for position in held {
        let asset = usize::from(position.asset);
        let units = u64::try_from(position.units.get()).unwrap();
        user.withdraw(&mut world, asset, units).expect("withdraw");
    }
    let cancel = t.propose_owner(me, account, None);
    world.send(&[cancel], &[&user.key]).expect("a proposal is taken back");
    let close = t.close_account(me, account, &[]);
    world.send(&[close], &[&user.key]).expect("close");
    assert!(balance_of(&world.svm, &user.wallet(&world, SOL)) >= 999_999_999_999);
}

#[test]
fn a_lock_down_does_not_shield_from_liquidation() {
    let (mut world, victim, bot) = indebted();
    let lock = world.trestle.lock_down(victim.address(), victim.account);
    world.send(&[lock], &[&victim.key]).unwrap();
    world.set_price(SOL, 13_000);
    world.advance(1);
    let ix = against_custody(&world, &victim, &bot, 1_000_000_000);
    world.send(&[ix], &[&bot.key]).expect("liquidation goes on");
}

#[test]
fn a_protector_locks_and_nobody_else() {
    let (mut world, user) = debtor();
    let delegate = key(&mut world, 40);
    let (t, account) = (world.trestle, user.account);
    let lock = [t.lock_down(delegate.pubkey(), account)];
    refused(&mut world.svm, &lock, &[&delegate], TrestleError::NotOwner);
    name(&mut world, &user, &terms(&delegate, TRADE | MOVE | WITHDRAW));
    refused(&mut world.svm, &lock, &[&delegate], TrestleError::NotPermitted);
    name(&mut world, &user, &terms(&delegate, PROTECT));
    world.send(&lock, &[&delegate]).expect("a protector locks");
    // its other bits obey the lock
    let repay = t.pool_repay(delegate.pubkey(), account, &world.assets[USDC].pool, Some(1_000));
    world.send(&[repay], &[&delegate]).expect("repayment stays");
    // the owner can still get rid of it
    let remove = t.remove_delegate(user.address(), account, delegate.pubkey());
    world.send(&[remove], &[&user.key]).expect("removal stays");
    refused(&mut world.svm, &lock, &[&delegate], TrestleError::NotOwner);
}

#[test]
fn lifting_a_lock_down_takes_the_owner_a_day() {
    let (mut world, user) = debtor();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let lift = [t.lift_lock_down(me, account)];
    refused(&mut world.svm, &lift, &[&user.key], TrestleError::NotLockedDown);
    let lock = [t.lock_down(me, account)];
    world.send(&lock, &[&user.key]).unwrap();
    world.send(&lift, &[&user.key]).expect("asked");
    let clock = world.svm.clock();
    let end = clock.unix_timestamp + LOCK_DELAY;
    assert_eq!(user.margin(&world).0.unlock_time, end);
    refused(&mut world.svm, &lift, &[&user.key], TrestleError::LockDelay);
    world.svm.set_clock(clock.slot + 1, end - 1);
    refused(&mut world.svm, &lift, &[&user.key], TrestleError::LockDelay);
    // locking again takes the wish back
    let mut again = world.clone();
    again.send(&lock, &[&user.key]).unwrap();
    again.svm.set_clock(clock.slot + 2, end);
    again.send(&lift, &[&user.key]).expect("asked anew");
    refused(&mut again.svm, &lift, &[&user.key], TrestleError::LockDelay);
    world.svm.set_clock(clock.slot + 2, end);
    world.send(&lift, &[&user.key]).expect("lifted");
    let (account, _) = user.margin(&world);
    assert_eq!((account.status, account.unlock_time), (AccountStatus::Active.byte(), 0));
    user.supply(&mut world, SOL, 1_000).expect_err("prices are old, but the lock is gone");
    world.publish_all();
    user.supply(&mut world, SOL, 1_000).expect("everything is allowed again");
}

#[test]
fn an_account_changes_hands_in_two_steps() {
    let (mut world, old) = debtor();
    let new = User::new(&mut world, 12, 8);
    let delegate = key(&mut world, 40);
    name(&mut world, &old, &terms(&delegate, ALL));
    let (t, account) = (world.trestle, old.account);
    let accept = [t.accept_owner(new.address(), new.address(), account)];
    refused(&mut world.svm, &accept, &[&new.key], TrestleError::NotPendingOwner);
    let propose = |to| [t.propose_owner(old.address(), account, to)];
    world.send(&propose(Some(new.address())), &[&old.key]).unwrap();
    // only whom the owner named last, and nobody once it was taken back
    let other = User::new(&mut world, 13, 8);
    let stranger = [t.accept_owner(other.address(), other.address(), account)];
    refused(&mut world.svm, &stranger, &[&other.key], TrestleError::NotPendingOwner);
    world.send(&propose(None), &[&old.key]).unwrap();
    refused(&mut world.svm, &accept, &[&new.key], TrestleError::NotPendingOwner);
    world.send(&propose(Some(other.address())), &[&old.key]).unwrap();
    world.send(&propose(Some(new.address())), &[&old.key]).unwrap();
    refused(&mut world.svm, &stranger, &[&other.key], TrestleError::NotPendingOwner);
    let nobody = propose(Some(old.address()));
    refused(&mut world.svm, &nobody, &[&old.key], TrestleError::OutOfRange);
    let (before, positions) = old.margin(&world);
    world.send(&accept, &[&new.key]).expect("accepted");
    let taken = User { key: new.key.clone(), account };
    let (after, same) = taken.margin(&world);
    assert_eq!((after.owner, after.creator), (new.address(), old.address()));
    assert_eq!(account, t.margin(&old.address(), 0), "the address stays the creator's");
    assert_eq!((positions, before.sequence + 1), (same, after.sequence));
    let rows = bytemuck::bytes_of(&after.delegates);
    assert!(rows.iter().all(|byte| *byte == 0), "delegates are gone");
    // what the old side signed is worth nothing
    let sol = world.assets[SOL].keys;
    let to = old.wallet(&world, SOL);
    let take = t.withdraw(old.address(), account, &sol, to, 1_000);
    refused(&mut world.svm, &[take], &[&old.key], TrestleError::NotOwner);
    let act = t.pool_supply(delegate.pubkey(), account, &world.assets[SOL].pool, 1_000);
    refused(&mut world.svm, &[act], &[&delegate], TrestleError::NotOwner);
    let again = propose(Some(old.address()));
    refused(&mut world.svm, &again, &[&old.key], TrestleError::NotOwner);
    refused(&mut world.svm, &accept, &[&new.key], TrestleError::NotPendingOwner);
    // and the new owner's own delegate withdraws to the new owner
    name(&mut world, &taken, &terms(&delegate, WITHDRAW));
    let own = fund(&mut world.svm, new.address(), &sol, 0);
    let gone = t.withdraw(delegate.pubkey(), account, &sol, to, 1_000);
    refused(&mut world.svm, &[gone], &[&delegate], TrestleError::WrongTokenOwner);
    let good = t.withdraw(delegate.pubkey(), account, &sol, own, 1_000);
    world.send(&[good], &[&delegate]).expect("to the new owner");
    assert_eq!(balance_of(&world.svm, &own), 1_000);
    // the old owner can open another account, at another index only
    let reopen = t.create_account(old.address(), old.address(), 0, 8);
    refused(&mut world.svm, &[reopen], &[&old.key], TrestleError::AlreadyInitialised);
}

#[test]
fn the_account_itself_does_not_change_in_a_session_or_a_lock_down() {
    let (mut world, user) = debtor();
    let new = User::new(&mut world, 12, 8);
    let delegate = key(&mut world, 40);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    name(&mut world, &user, &terms(&delegate, PROTECT));
    let propose = t.propose_owner(me, account, Some(new.address()));
    world.send(std::slice::from_ref(&propose), &[&user.key]).unwrap();
    let accept = t.accept_owner(new.address(), new.address(), account);
    for session in [Session::Region, Session::Liquidation] {
        let mut copy = world.clone();
        in_session(&mut copy, &user, session);
        let owners = [
            propose.clone(),
            t.propose_owner(me, account, None),
            t.set_delegate(me, account, &terms(&delegate, MOVE)),
            t.remove_delegate(me, account, delegate.pubkey()),
            t.lock_down(me, account),
            t.lift_lock_down(me, account),
        ];
        for ix in owners {
            refused(&mut copy.svm, &[ix], &[&user.key], TrestleError::InSession);
        }
        refused(&mut copy.svm, std::slice::from_ref(&accept), &[&new.key], TrestleError::InSession);
        // a guard may stand in the owner's region, and in no liquidation
        let guard = t.assert_sequence(me, account, 0);
        let error = match session {
            Session::Region => TrestleError::WrongSequence,
            _ => TrestleError::InSession,
        };
        refused(&mut copy.svm, &[guard], &[&user.key], error);
        let lock = t.lock_down(delegate.pubkey(), account);
        refused(&mut copy.svm, &[lock], &[&delegate], TrestleError::InSession);
    }
    world.send(&[t.lock_down(me, account)], &[&user.key]).unwrap();
    refused(&mut world.svm, &[accept], &[&new.key], TrestleError::LockedDown);
}

#[test]
fn a_transfer_does_not_free_the_self_liquidator() {
    let (mut world, victim, bot) = indebted();
    let t = world.trestle;
    let propose = t.propose_owner(victim.address(), victim.account, Some(bot.address()));
    world.send(&[propose], &[&victim.key]).unwrap();
    world
        .send(&[t.accept_owner(bot.address(), bot.address(), victim.account)], &[&bot.key])
        .unwrap();
    world.set_price(SOL, 13_000);
    world.advance(1);
    let ix = against_custody(&world, &victim, &bot, 1_000_000_000);
    match world.send(&[ix], &[&bot.key]) {
        Err(Failure::Trestle(_, TrestleError::SelfLiquidation)) => {}
        other => panic!("{other:?}"),
    }
}
