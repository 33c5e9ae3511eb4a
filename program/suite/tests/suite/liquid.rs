//! What a pool counts as liquid is nothing that one transaction can set.

use crate::lender::{lender, wallet};
use crate::pool::{funded, trader};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use trestle_interface::TrestleError;
use trestle_sandbox::pyth::Quote;
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{User, World, refused};

/// SOL that the attacker lends, and could take out: 2,000.
const LENT: u64 = 2_000_000_000_000;

/// A victim whose 1,000 SOL lie in the pool, all of them lent on: what is left
/// there is an attacker's. It owes USDC, and is healthy by less than the
/// charge on an illiquid claim of 1,000 SOL.
struct Scene {
    world: World,
    victim: User,
    bot: User,
    attacker: Keypair,
}

impl Scene {
    fn new() -> Self {
        let (mut world, _) = funded();
        let victim = trader(&mut world, 11, 1_000);
        victim.supply(&mut world, SOL, 1_000_000_000_000).unwrap();
        let attacker = lender(&mut world, 30, SOL, LENT);
        let from = wallet(&world, &attacker, SOL);
        let pool = world.assets[SOL].pool;
        let supply = world.trestle.lender_supply(attacker.pubkey(), &pool, from, LENT);
        world.send(&[supply], &[&attacker]).unwrap();
        let borrower = User::new(&mut world, 13, 8);
        borrower.fund_and_deposit(&mut world, USDC, 900_000_000_000);
        borrower.fund(&mut world, SOL, 0);
        world.publish_all();
        borrower.borrow(&mut world, SOL, 1_000_000_000_000).unwrap();
        borrower.withdraw(&mut world, SOL, 1_000_000_000_000).unwrap();
        victim.borrow(&mut world, USDC, 100_000_000_000).unwrap();
        victim.withdraw(&mut world, USDC, 100_000_000_000).unwrap();
        let bot = User::new(&mut world, 12, 8);
        bot.fund(&mut world, USDC, 500_000_000_000);
        bot.fund(&mut world, SOL, 0);
        world.advance(1);
        // down until maintenance health is below 1,500 USD, half the charge
        let mut cents = 12_500;
        let fall = |world: &mut World, cents| {
            world.assets[SOL].quote = Quote::cents(cents);
            world.advance(1);
        };
        fall(&mut world, cents);
        while victim.health(&mut world).unwrap().maint > 1_500_000_000 {
            cents -= 100;
            fall(&mut world, cents);
        }
        world.advance(1);
        let maint = victim.health(&mut world).unwrap().maint;
        assert!((1..1_500_000_000).contains(&maint), "{maint}");
        Self { world, victim, bot, attacker }
    }

    fn liquid(&self) -> u64 {
        let row = usize::from(self.world.assets[SOL].pool.market);
        self.world.with_pages(|board| board.markets.markets[row].liquid)
    }

    fn take(&self) -> Instruction {
        let (world, key) = (&self.world, &self.attacker);
        let to = wallet(world, key, SOL);
        world.trestle.lender_redeem(key.pubkey(), &world.assets[SOL].pool, to, Some(LENT - 1))
    }

    fn give_back(&self) -> Instruction {
        let (world, key) = (&self.world, &self.attacker);
        let from = wallet(world, key, SOL);
        world.trestle.lender_supply(key.pubkey(), &world.assets[SOL].pool, from, LENT - 1)
    }

    fn refresh(&self) -> Instruction {
        self.world.trestle.refresh_markets(&[self.world.assets[SOL].pool])
    }

    fn liquidate(&self) -> Instruction {
        let keys = self.bot.against(&self.world, &self.victim, USDC, SOL);
        let pool = self.world.assets[SOL].pool;
        // few tokens: what the pool still has
        self.world.trestle.liquidate_deposit(&keys, &pool, 1, 0)
    }
}

#[test]
fn a_pool_emptied_for_one_transaction_gets_nobody_liquidated() {
    let mut scene = Scene::new();
    let before = scene.liquid();
    assert_eq!(before, LENT / 2, "half of what is there");
    let attack = [scene.take(), scene.refresh(), scene.liquidate(), scene.give_back()];
    let signers: [&Keypair; 2] = [&scene.bot.key, &scene.attacker];
    refused(&mut scene.world.svm, &attack, &signers, TrestleError::Healthy);
    // spread over the slot's transactions it does no better
    let take = scene.take();
    scene.world.send(&[take], &[&scene.attacker]).unwrap();
    let (refresh, liquidate) = (scene.refresh(), scene.liquidate());
    let signers: [&Keypair; 1] = [&scene.bot.key];
    refused(&mut scene.world.svm, &[refresh, liquidate], &signers, TrestleError::Healthy);
    let refresh = scene.refresh();
    scene.world.send(&[refresh], &[]).unwrap();
    assert_eq!(scene.liquid(), before);
}

#[test]
fn a_pool_that_stays_empty_counts_from_the_next_slot() {
    let mut scene = Scene::new();
    let take = scene.take();
    scene.world.send(&[take], &[&scene.attacker]).unwrap();
    scene.world.publish_all();
    assert_eq!(scene.liquid(), 0);
    let maint = scene.victim.health(&mut scene.world).unwrap().maint;
    assert!(maint < 0, "the charge is due: {maint}");
    // nor does filling it for one transaction take the charge away
    let fill = [scene.give_back(), scene.refresh()];
    scene.world.send(&fill, &[&scene.attacker]).unwrap();
    assert_eq!(scene.liquid(), 0);
    assert_eq!(scene.victim.health(&mut scene.world).unwrap().maint, maint);
    scene.world.publish_all();
    assert!(scene.liquid() > LENT / 2 - 2);
}

#[test]
fn the_first_change_of_a_slot_keeps_what_the_slot_began_with() {
    let mut scene = Scene::new();
    let began = scene.world.pool(SOL).cash;
    for _ in 0..2 {
        for step in [scene.take(), scene.give_back()] {
            scene.world.send(&[step], &[&scene.attacker]).unwrap();
            scene.world.svm.vm().expire_blockhash();
            let (pool, slot) = (scene.world.pool(SOL), scene.world.now().slot);
            assert_eq!((pool.cash_slot, pool.cash_before), (slot, began));
            assert_eq!(pool.opening_cash(slot), began);
            assert_eq!(pool.opening_cash(slot + 1), pool.cash);
        }
    }
}
