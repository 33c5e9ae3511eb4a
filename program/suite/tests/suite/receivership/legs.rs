//! Which legs a receivership may touch, and how: debts it leaves, assets it may
//! not take, accounts that are locked down, batches.

use super::{Hunt, USUAL};
use crate::delegates::{name, terms};
use crate::liquidate::indebted;
use crate::region::{market_maker, refused_at};
use trestle_interface::TrestleError as E;
use trestle_interface::permission::{ALL, PROTECT};
use trestle_sandbox::world::{MEME, SOL, USDC};
use trestle_sandbox::{Failure, User};

/// A hunt whose victim owes one SOL as well, worth 130 USD.
fn with_a_small_debt() -> Hunt {
    let (mut world, victim, _) = indebted();
    let lender = User::new(&mut world, 15, 8);
    lender.fund_and_deposit(&mut world, SOL, 1_000_000_000_000);
    lender.supply(&mut world, SOL, 1_000_000_000_000).expect("supply");
    world.advance(1);
    victim.borrow(&mut world, SOL, 1_000_000_000).expect("borrow");
    market_maker(&mut world);
    let bot = User::new(&mut world, 13, 8);
    for asset in [SOL, USDC] {
        bot.fund(&mut world, asset, 0);
    }
    world.advance(1);
    world.set_price(SOL, 13_000);
    world.advance(1);
    Hunt { world, victim, bot }
}

#[test]
fn no_debt_is_left_too_small_for_a_liquidation() {
    let mut hunt = with_a_small_debt();
    let (bot, account) = (hunt.bot.address(), hunt.victim.account);
    let pool = hunt.world.assets[SOL].pool;
    let with = |hunt: &Hunt, amount| {
        let mut list = hunt.between(USUAL);
        list.push(hunt.world.trestle.pool_repay(bot, account, &pool, amount));
        list
    };
    // 39 USD stay, of 50 at least
    let most = with(&hunt, Some(700_000_000));
    hunt.end_refuses(&most, E::ReceivershipDust);
    // whole, or untouched, it is fine
    hunt.clone().send(USUAL).expect("untouched");
    let list = hunt.around(&with(&hunt, None));
    let bot = hunt.bot.clone();
    hunt.world.send(&list, &[&bot.key]).expect("whole");
}

#[test]
fn isolated_tokens_are_not_taken() {
    let mut hunt = Hunt::new();
    hunt.victim.clone().fund_and_deposit(&mut hunt.world, MEME, 1_000_000);
    hunt.bot.clone().fund(&mut hunt.world, MEME, 0);
    hunt.world.advance(1);
    let mut list = hunt.between(USUAL);
    list.insert(0, hunt.withdraw(MEME, 1));
    let list = hunt.around(&list);
    hunt.refuses(&list, 1, E::ReceivershipAsset);
    // the rest may be
    hunt.send(USUAL).expect("without them");
}

#[test]
fn a_lock_down_does_not_hold_a_liquidator_up() {
    let mut hunt = Hunt::new();
    let lock = hunt.world.trestle.lock_down(hunt.victim.address(), hunt.victim.account);
    let key = hunt.victim.key.clone();
    hunt.world.send(&[lock], &[&key]).expect("locked down");
    hunt.world.advance(1);
    hunt.send(USUAL).expect("liquidated all the same");
}

#[test]
fn a_delegate_liquidates_with_a_liquidators_rights_and_no_others() {
    for bits in [PROTECT, ALL] {
        let mut hunt = Hunt::new();
        let (victim, bot) = (hunt.victim.clone(), hunt.bot.clone());
        name(&mut hunt.world, &victim, &terms(&bot.key, bits));
        hunt.world.advance(1);
        let borrow = {
            let pool = hunt.world.assets[USDC].pool;
            hunt.world.trestle.pool_borrow(bot.address(), victim.account, &pool, 1_000)
        };
        let list = hunt.around(&[borrow]);
        refused_at(&mut hunt.world, &list, &[&bot.key], 1, E::InSession);
        hunt.send(USUAL).expect("liquidated");
    }
}

#[test]
fn a_batch_inside_may_do_what_its_operations_may() {
    let mut hunt = Hunt::new();
    let t = hunt.world.trestle;
    let (bot, account) = (hunt.bot.address(), hunt.victim.account);
    let pool = hunt.world.assets[USDC].pool;
    let mut list = hunt.between(USUAL);
    let back = list.split_off(2);
    list.push(t.batch(&back, &[]).expect("a batch"));
    let whole = hunt.around(&list);
    let mut other = hunt.clone();
    other.world.send(&whole, &[&other.bot.key]).expect("deposit and repay in a batch");
    let borrow = t.pool_borrow(bot, account, &pool, 1_000);
    let batch = t.batch(&[borrow], &[]).expect("a batch");
    let list = hunt.around(&[batch]);
    let before = hunt.victim.margin(&hunt.world).0.sequence;
    let failure = hunt.world.send(&list, &[&hunt.bot.key]).unwrap_err();
    assert!(matches!(failure, Failure::Step(0, E::InSession)), "{failure:?}");
    assert_eq!(hunt.victim.margin(&hunt.world).0.sequence, before);
}
