//! Lend-only positions.

use solana_signer::Signer;
use trestle_interface::TrestleError;
use trestle_sandbox::tokens::{self, balance_of};
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{User, World, refused};

/// A wallet without a margin account that has opened a lend-only position.
pub fn lender(world: &mut World, seed: u8, asset: usize, amount: u64) -> solana_keypair::Keypair {
    let key = solana_keypair::Keypair::new_from_array([seed; 32]);
    world.svm.airdrop(&key.pubkey(), 10_000_000_000);
    tokens::fund(&mut world.svm, key.pubkey(), &world.assets[asset].keys.clone(), amount);
    let open = world.trestle.open_lender(key.pubkey(), key.pubkey(), &world.assets[asset].pool);
    world.send(&[open], &[&key]).unwrap();
    key
}

/// Its wallet of an asset.
pub fn wallet(
    world: &World,
    key: &solana_keypair::Keypair,
    asset: usize,
) -> solana_program::pubkey::Pubkey {
    let keys = world.assets[asset].keys;
    trestle_client::address::associated_token(&key.pubkey(), &keys.token_program, &keys.mint)
}

#[test]
fn supplies_earns_and_redeems_without_a_margin_account() {
    let mut world = World::new();
    let me = lender(&mut world, 30, USDC, 1_000_000_000);
    let (pool, from) = (world.assets[USDC].pool, wallet(&world, &me, USDC));
    let supply = world.trestle.lender_supply(me.pubkey(), &pool, from, 1_000_000_000);
    world.send(&[supply], &[&me]).unwrap();
    let borrower = User::new(&mut world, 31, 8);
    borrower.fund_and_deposit(&mut world, SOL, 100_000_000_000);
    borrower.fund(&mut world, USDC, 100_000_000);
    borrower.borrow(&mut world, USDC, 900_000_000).unwrap();
    world.advance(86_400);
    borrower.deposit(&mut world, USDC, 100_000_000).unwrap();
    borrower.repay(&mut world, USDC, None).unwrap();
    let redeem = world.trestle.lender_redeem(me.pubkey(), &pool, from, None);
    world.send(&[redeem], &[&me]).unwrap();
    let got = balance_of(&world.svm, &from);
    assert!(got > 1_000_000_000, "a day of interest was earned: {got}");
    let close = world.trestle.close_lender(me.pubkey(), &pool);
    world.send(&[close], &[&me]).unwrap();
}

#[test]
fn is_only_its_owners() {
    let mut world = World::new();
    let me = lender(&mut world, 30, USDC, 1_000_000);
    let thief = lender(&mut world, 31, USDC, 1_000_000);
    let (pool, from) = (world.assets[USDC].pool, wallet(&world, &me, USDC));
    let supply = world.trestle.lender_supply(me.pubkey(), &pool, from, 1_000_000);
    world.send(&[supply], &[&me]).unwrap();
    let mut steal =
        world.trestle.lender_redeem(thief.pubkey(), &pool, wallet(&world, &thief, USDC), None);
    steal.accounts[1].pubkey = world.trestle.addresses().lender(&pool.pool, &me.pubkey());
    refused(&mut world.svm, &[steal], &[&thief], TrestleError::NotOwner);
    let close = world.trestle.close_lender(me.pubkey(), &pool);
    refused(&mut world.svm, &[close], &[&me], TrestleError::NotEmpty);
    let over = world.trestle.lender_redeem(me.pubkey(), &pool, from, Some(1_000_001));
    refused(&mut world.svm, &[over], &[&me], TrestleError::ExceedsPosition);
}

#[test]
fn a_position_of_one_pool_is_none_of_another() {
    let mut world = World::new();
    let me = lender(&mut world, 30, USDC, 1_000_000);
    let (pool, from) = (world.assets[USDC].pool, wallet(&world, &me, USDC));
    let mut wrong = world.trestle.lender_supply(me.pubkey(), &pool, from, 1_000_000);
    wrong.accounts[2].pubkey = world.assets[SOL].pool.pool;
    refused(&mut world.svm, &[wrong], &[&me], TrestleError::WrongAddress);
}
