//! Deposits, withdrawals and unrecognised tokens.

use trestle_interface::TrestleError;
use trestle_interface::state::PositionKind;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{BTC, JITOSOL, SOL, USDC};
use trestle_sandbox::{User, World, refused, tokens};

fn units(user: &User, world: &World, asset: usize) -> u64 {
    let key = (world.assets[asset].keys.id, PositionKind::Custody.byte());
    let (_, positions) = user.margin(world);
    let found = positions.iter().find(|p| (p.asset, p.kind) == key);
    found.map_or(0, |p| u64::try_from(p.units.get()).unwrap())
}

#[test]
fn deposits_and_withdraws_under_both_token_programs_and_wrapped_sol() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    for asset in [BTC, SOL, JITOSOL, USDC] {
        user.fund_and_deposit(&mut world, asset, 1_000_000);
        assert_eq!(units(&user, &world, asset), 1_000_000);
        let wallet = user.wallet(&world, asset);
        assert_eq!(balance_of(&world.svm, &wallet), 0);
        user.withdraw(&mut world, asset, 400_000).unwrap();
        assert_eq!(units(&user, &world, asset), 600_000);
        assert_eq!(balance_of(&world.svm, &wallet), 400_000);
        user.withdraw(&mut world, asset, 600_000).unwrap();
        assert_eq!(units(&user, &world, asset), 0);
        assert_eq!(balance_of(&world.svm, &wallet), 1_000_000);
    }
    assert!(user.margin(&world).1.is_empty(), "an empty position goes");
}

#[test]
fn needs_no_price() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    world.svm.advance_seconds(10_000_000);
    user.fund_and_deposit(&mut world, USDC, 1_000_000);
    user.withdraw(&mut world, USDC, 1_000_000).expect("nothing is owed");
}

#[test]
fn refuses_zero_and_more_than_there_is() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    user.fund_and_deposit(&mut world, USDC, 1_000_000);
    let (t, me, keys) = (world.trestle, user.address(), world.assets[USDC].keys);
    let wallet = user.wallet(&world, USDC);
    for (amount, error) in [
        (0, TrestleError::ZeroAmount),
        (1, TrestleError::InsufficientTokens),
        (u64::MAX, TrestleError::InsufficientTokens),
    ] {
        let ix = t.deposit(me, user.account, &keys, wallet, amount);
        refused(&mut world.svm, &[ix], &[&user.key], error);
    }
    for (amount, error) in [
        (0, TrestleError::ZeroAmount),
        (1_000_001, TrestleError::ExceedsPosition),
        (u64::MAX, TrestleError::ExceedsPosition),
    ] {
        let ix = t.withdraw(me, user.account, &keys, wallet, amount);
        refused(&mut world.svm, &[ix], &[&user.key], error);
    }
}

#[test]
fn a_full_slab_takes_no_new_asset() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    // five custody positions and three pool deposits fill eight places
    for asset in 0..5 {
        user.fund_and_deposit(&mut world, asset, 2_000_000);
    }
    for asset in [0, 1, 2] {
        user.supply(&mut world, asset, 1_000_000).unwrap();
    }
    let pool = world.assets[USDC].pool;
    let ix = world.trestle.pool_supply(user.address(), user.account, &pool, 1_000_000);
    refused(&mut world.svm, &[ix], &[&user.key], TrestleError::SlabFull);
    // adding to what exists still works
    user.supply(&mut world, 0, 500_000).unwrap();
}

#[test]
fn tokens_sent_to_custody_count_only_after_the_owners_sync() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    user.fund_and_deposit(&mut world, USDC, 1_000_000);
    let keys = world.assets[USDC].keys;
    let authority = world.trestle.addresses().authority(&user.account);
    tokens::fund(&mut world.svm, authority, &keys, 777);
    assert_eq!(units(&user, &world, USDC), 1_000_000, "a gift is not recognised");
    let take = world.trestle.withdraw(
        user.address(),
        user.account,
        &keys,
        user.wallet(&world, USDC),
        1_000_777,
    );
    refused(&mut world.svm, &[take], &[&user.key], TrestleError::ExceedsPosition);
    let sync = world.trestle.sync_custody(user.address(), user.account, &keys);
    world.send(std::slice::from_ref(&sync), &[&user.key]).unwrap();
    assert_eq!(units(&user, &world, USDC), 1_000_777);
    refused(&mut world.svm, &[sync], &[&user.key], TrestleError::ZeroAmount);
}

#[test]
fn withdraws_to_any_token_account_of_the_mint() {
    let mut world = World::new();
    let user = User::new(&mut world, 10, 8);
    let friend = User::new(&mut world, 11, 8);
    user.fund_and_deposit(&mut world, USDC, 1_000_000);
    friend.fund(&mut world, USDC, 0);
    let keys = world.assets[USDC].keys;
    let to = friend.wallet(&world, USDC);
    let ix = world.trestle.withdraw(user.address(), user.account, &keys, to, 1_000_000);
    world.send(&[ix], &[&user.key]).unwrap();
    assert_eq!(balance_of(&world.svm, &to), 1_000_000);
}
