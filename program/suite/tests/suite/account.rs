//! Opening, growing, closing and upgrading margin accounts.

use solana_signer::Signer;
use trestle_interface::TrestleError;
use trestle_interface::state::{MAX_POSITIONS, MarginAccount, Position, account_size};
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{User, World, refused};

#[test]
fn opens_at_the_derived_address_with_the_asked_capacity() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 12);
    let (account, positions) = user.margin(&world);
    assert_eq!(account.owner, user.address());
    assert_eq!(account.creator, user.address());
    assert_eq!(account.header.group, world.trestle.group);
    assert_eq!(world.svm.data(&user.account).len(), account_size(12));
    assert!(positions.is_empty());
}

#[test]
fn opens_at_an_address_that_was_sent_lamports_before() {
    let mut world = World::new();
    let key = solana_keypair::Keypair::new_from_array([9; 32]);
    world.svm.airdrop(&key.pubkey(), 10_000_000_000);
    let account = world.trestle.margin(&key.pubkey(), 3);
    world.svm.airdrop(&account, 1_000_000);
    let create = world.trestle.create_account(key.pubkey(), key.pubkey(), 3, 8);
    world.send(&[create], &[&key]).expect("donated lamports do not block an account");
    assert_eq!(world.svm.data(&account).len(), account_size(8));
}

#[test]
fn refuses_a_second_opening_and_capacities_out_of_range() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    let (t, owner) = (world.trestle, user.address());
    let again = t.create_account(owner, owner, 0, 8);
    refused(&mut world.svm, &[again], &[&user.key], TrestleError::AlreadyInitialised);
    for capacity in [0, 7, 65, 255] {
        let create = t.create_account(owner, owner, 1, capacity);
        refused(&mut world.svm, &[create], &[&user.key], TrestleError::BadCapacity);
    }
}

#[test]
fn grows_and_keeps_every_position() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    user.fund_and_deposit(&mut world, SOL, 5_000_000_000);
    let before = user.margin(&world);
    let grow = world.trestle.resize_account(user.address(), user.address(), user.account, 64);
    world.send(&[grow], &[&user.key]).unwrap();
    let after = user.margin(&world);
    assert_eq!(world.svm.data(&user.account).len(), account_size(64));
    assert_eq!(before.1, after.1);
    let counted = MarginAccount { sequence: before.0.sequence + 1, ..before.0 };
    assert_eq!(bytemuck::bytes_of(&counted), bytemuck::bytes_of(&after.0));
    let shrink = world.trestle.resize_account(user.address(), user.address(), user.account, 16);
    refused(&mut world.svm, &[shrink], &[&user.key], TrestleError::BadCapacity);
    let past = world.trestle.resize_account(user.address(), user.address(), user.account, 65);
    refused(&mut world.svm, &[past], &[&user.key], TrestleError::BadCapacity);
}

#[test]
fn only_the_owner_grows_and_closes() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    let thief = User::new(&mut world, 11, 8);
    let t = world.trestle;
    let grow = t.resize_account(thief.address(), thief.address(), user.account, 64);
    refused(&mut world.svm, &[grow], &[&thief.key], TrestleError::NotOwner);
    let close = t.close_account(thief.address(), user.account, &[]);
    refused(&mut world.svm, &[close], &[&thief.key], TrestleError::NotOwner);
}

#[test]
fn closes_only_when_empty_and_can_be_opened_again() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    user.fund_and_deposit(&mut world, USDC, 1_000_000);
    let close = world.trestle.close_account(user.address(), user.account, &[]);
    refused(&mut world.svm, std::slice::from_ref(&close), &[&user.key], TrestleError::NotEmpty);
    user.withdraw(&mut world, USDC, 1_000_000).unwrap();
    world.send(&[close], &[&user.key]).unwrap();
    assert!(world.svm.account(&user.account).is_none_or(|a| a.lamports == 0));
    let again = world.trestle.create_account(user.address(), user.address(), 0, 8);
    world.send(&[again], &[&user.key]).expect("the address is free again");
    let (account, positions) = user.margin(&world);
    assert_eq!(account.sequence, 0);
    assert!(positions.is_empty());
}

#[test]
fn cannot_be_used_again_in_the_transaction_that_closes_it() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    user.fund(&mut world, USDC, 1_000_000);
    let keys = world.assets[USDC].keys;
    let close = world.trestle.close_account(user.address(), user.account, &[]);
    let deposit = world.trestle.deposit(
        user.address(),
        user.account,
        &keys,
        user.wallet(&world, USDC),
        1_000_000,
    );
    // a closed account is no longer the program's
    refused(&mut world.svm, &[close, deposit], &[&user.key], TrestleError::WrongOwner);
}

#[test]
fn sequence_counts_operations() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    user.fund_and_deposit(&mut world, USDC, 1_000_000);
    user.withdraw(&mut world, USDC, 1).unwrap();
    user.withdraw(&mut world, USDC, 1).unwrap();
    assert_eq!(user.margin(&world).0.sequence, 3);
}

#[test]
fn positions_stay_sorted_whatever_the_order_of_acts() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 16);
    for asset in [3, 0, 2, 1] {
        user.fund_and_deposit(&mut world, asset, 1_000_000);
    }
    for asset in [1, 3, 0] {
        user.supply(&mut world, asset, 500_000).unwrap();
    }
    user.withdraw(&mut world, 2, 1_000_000).unwrap();
    let (account, positions) = user.margin(&world);
    assert_eq!(usize::from(account.count), 6);
    assert!(positions.is_sorted_by_key(Position::key));
    let bytes = world.svm.data(&user.account);
    let tail = &bytes[account_size(6)..account_size(16)];
    assert!(tail.iter().all(|b| *b == 0), "free places stay zero");
    assert!(positions.len() <= MAX_POSITIONS);
}
