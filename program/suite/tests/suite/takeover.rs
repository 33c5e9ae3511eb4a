//! A pool deposit taken as it is into the liquidator's own margin account.

use crate::events;
use crate::liquidate::lending;
use crate::pool::{funded, trader};
use solana_instruction::Instruction;
use trestle_interface::TrestleError as E;
use trestle_interface::state::{Position, PositionKind, offsets};
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{BTC, SOL, USDC};
use trestle_sandbox::{User, World, refused};

/// Somebody borrows every SOL that the pool has.
fn drain(world: &mut World, seed: u8) -> User {
    let whale = User::new(world, seed, 8);
    whale.fund_and_deposit(world, USDC, 1_000_000_000_000);
    whale.fund(world, SOL, 0);
    let cash = world.pool(SOL).cash;
    whale.borrow(world, SOL, cash).unwrap();
    world.advance(1);
    whale
}

/// The bot's liquidation of pooled SOL into the margin account of `receiver`.
fn into(world: &World, victim: &User, bot: &User, receiver: &User, max: u64) -> Instruction {
    let mut keys = bot.against(world, victim, USDC, SOL);
    keys.collateral_destination = receiver.account;
    world.trestle.liquidate_deposit(&keys, &world.assets[SOL].pool, max, 1)
}

fn deposit_of(user: &User, world: &World, asset: usize) -> u128 {
    let (_, positions) = user.margin(world);
    let key = (world.assets[asset].keys.id, PositionKind::PoolDeposit.byte());
    positions.iter().find(|p| (p.asset, p.kind) == key).map_or(0, |p| p.units.get())
}

#[test]
fn r14_a_deposit_moves_between_slabs_and_the_pool_stays() {
    for drained in [false, true] {
        let (mut world, victim, bot) = lending();
        if drained {
            drain(&mut world, 13);
            assert_eq!(world.pool(SOL).cash, 0);
        }
        let before = victim.health(&mut world).unwrap();
        assert!(before.maint < 0 && before.equity > 0, "{before:?}");
        let had = deposit_of(&victim, &world, SOL);
        let pool = world.svm.data(&world.assets[SOL].pool.pool);
        let purse = balance_of(&world.svm, &bot.wallet(&world, USDC));
        let (fixed, _) = bot.margin(&world);
        let ix = into(&world, &victim, &bot, &bot, u64::MAX);
        let sent = world.send(&[ix], &[&bot.key]).unwrap_or_else(|e| panic!("{drained}: {e:?}"));
        println!("drained {drained}: {} CU, {} locks", sent.units, sent.locks);
        let after = victim.health(&mut world).unwrap();
        let target = (before.debts / 50).max(10_000_000);
        assert!(after.maint > before.maint && after.liqend <= target + 1_000, "{after:?}");
        // what one slab lost the other has, and the pool did not see it
        let taken = deposit_of(&bot, &world, SOL);
        assert!(taken > 0 && deposit_of(&victim, &world, SOL) + taken == had);
        assert_eq!(world.svm.data(&world.assets[SOL].pool.pool), pool);
        assert_eq!(u128::from(world.pool(SOL).deposit_units), had);
        // the liquidator paid what the debt fell by, with insurance's share on top
        let paid = purse - balance_of(&world.svm, &bot.wallet(&world, USDC));
        let repaid = u64::try_from(before.debts - after.debts).unwrap();
        assert!(paid >= repaid && paid <= repaid + repaid / 100, "{paid} for {repaid}");
        // and got what it is worth and the incentive, never more
        let lost = before.equity - after.equity;
        assert!(lost >= 0 && lost <= i64::try_from(repaid).unwrap() * 3 / 100 + 1_000, "{lost}");
        let worth = bot.health(&mut world).unwrap().equity;
        let most = i64::try_from(repaid).unwrap() + lost + 1_000;
        assert!(worth <= most, "{worth} for {repaid}, {lost} lost");
        // one act of each account
        let (moved, _) = bot.margin(&world);
        assert_eq!(moved.sequence, fixed.sequence + 1);
        assert_eq!(moved.last_risk_time, fixed.last_risk_time, "who owes nothing risks nothing");
        events::check(&world.svm);
    }
}

#[test]
fn a_pool_without_cash_pays_nobody_in_tokens() {
    let (mut world, victim, bot) = lending();
    drain(&mut world, 13);
    let keys = bot.against(&world, &victim, USDC, SOL);
    let ix = world.trestle.liquidate_deposit(&keys, &world.assets[SOL].pool, u64::MAX, 1);
    refused(&mut world.svm, &[ix], &[&bot.key], E::NothingToLiquidate);
}

#[test]
fn splitting_takes_no_more_than_one_whole() {
    let (world, victim, bot) = lending();
    let taken = |pieces: &[u64]| {
        let mut copy = world.clone();
        for max in pieces {
            let ix = into(&copy, &victim, &bot, &bot, *max);
            if copy.send(&[ix], &[&bot.key]).is_err() {
                break;
            }
        }
        (deposit_of(&bot, &copy, SOL), victim.health(&mut copy).unwrap().debts)
    };
    let (whole, debts_whole) = taken(&[8_000_000_000]);
    let (split, debts_split) = taken(&[2_000_000_000; 4]);
    assert!(debts_split >= debts_whole - 10, "{debts_split} {debts_whole}");
    assert!(split > 0 && split <= whole + 10, "{split} against {whole}");
}

#[test]
fn who_owes_must_bear_their_own_debts_afterwards() {
    let (mut world, victim, bot) = lending();
    // the bot owes dollars against BTC
    let btc = world.assets[BTC].tokens(1);
    bot.fund_and_deposit(&mut world, BTC, btc);
    world.publish_all();
    bot.borrow(&mut world, USDC, 30_000_000_000).unwrap();
    bot.withdraw(&mut world, USDC, 30_000_000_000).unwrap();
    world.advance(5);
    let (before, _) = bot.margin(&world);
    let mut sound = world.clone();
    let ix = into(&sound, &victim, &bot, &bot, u64::MAX);
    let health = bot.health(&mut sound).unwrap();
    sound.send(std::slice::from_ref(&ix), &[&bot.key]).expect("it can bear its debts");
    assert!(bot.health(&mut sound).unwrap().init > health.init);
    let (after, _) = bot.margin(&sound);
    assert!(after.last_risk_time > before.last_risk_time, "its own cool-off starts");
    events::check(&sound.svm);
    // at a price at which it could not open what it has, it takes over nothing
    world.set_price(BTC, 3_350_000);
    world.advance(1);
    let health = bot.health(&mut world).unwrap();
    assert!(health.init < -2_000_000_000, "{health:?}");
    let small = into(&world, &victim, &bot, &bot, 1_000_000_000);
    refused(&mut world.svm, &[small], &[&bot.key], E::InitialHealth);
}

#[test]
fn a_deposit_in_the_debts_own_pool_is_taken_as_well() {
    let (mut world, _) = funded();
    // 100 USD of equity, looped through a pool that is lent out: the spread eats it
    let victim = User::new(&mut world, 11, 8);
    victim.fund_and_deposit(&mut world, USDC, 100_000_000);
    world.publish_all();
    victim.borrow(&mut world, USDC, 36_000_000_000).unwrap();
    victim.supply(&mut world, USDC, 36_100_000_000).unwrap();
    let whale = trader(&mut world, 13, 100_000);
    let cash = world.pool(USDC).cash;
    whale.borrow(&mut world, USDC, cash).unwrap();
    world.advance(86_400);
    world.advance(86_400);
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 500_000_000_000);
    world.advance(1);
    let before = victim.health(&mut world).unwrap();
    assert!(before.maint < 0, "{before:?}");
    let units = world.pool(USDC).deposit_units;
    let mut keys = bot.against(&world, &victim, USDC, USDC);
    keys.collateral_destination = bot.account;
    let ix = world.trestle.liquidate_deposit(&keys, &world.assets[USDC].pool, 1_000_000_000, 1);
    world.send(&[ix], &[&bot.key]).unwrap_or_else(|e| panic!("{e:?}"));
    assert!(victim.health(&mut world).unwrap().maint > before.maint);
    assert!(deposit_of(&bot, &world, USDC) > 0);
    let pool = world.pool(USDC);
    assert!(pool.books().unwrap().is_balanced().unwrap());
    assert_eq!(pool.deposit_units, units, "only its owner changed");
    events::check(&world.svm);
}

#[test]
fn only_an_account_of_the_liquidators_own_receives() {
    let (mut world, victim, bot) = lending();
    // a stranger's
    let other = User::new(&mut world, 14, 8);
    let ix = into(&world, &victim, &bot, &other, u64::MAX);
    refused(&mut world.svm, &[ix], &[&bot.key], E::NotOwner);
    // the victim's own
    let ix = into(&world, &victim, &bot, &victim, u64::MAX);
    refused(&mut world.svm, &[ix], &[&bot.key], E::DuplicateAccount);
    // no margin account at all
    let mut ix = into(&world, &victim, &bot, &bot, u64::MAX);
    let at = ix.accounts.iter().position(|meta| meta.pubkey == bot.account).unwrap();
    ix.accounts[at].pubkey = world.assets[BTC].pool.pool;
    refused(&mut world.svm, &[ix], &[&bot.key], E::WrongSize);
    // tokens need a token account
    let mut keys = bot.against(&world, &victim, USDC, SOL);
    keys.collateral_destination = bot.account;
    victim.fund_and_deposit(&mut world, SOL, 1_000_000_000);
    let tokens = world.trestle.liquidate_custody(&keys, &world.assets[SOL].keys, 1_000_000, 0);
    refused(&mut world.svm, &[tokens], &[&bot.key], E::WrongOwner);
}

#[test]
fn an_account_without_room_or_locked_down_receives_nothing() {
    let (mut world, victim, bot) = lending();
    let ix = into(&world, &victim, &bot, &bot, u64::MAX);
    let mut full = world.clone();
    let (fixed, _) = bot.margin(&full);
    let mut account = full.svm.account(&bot.account).unwrap();
    account.data.truncate(offsets::POSITIONS + usize::from(fixed.count) * size_of::<Position>());
    full.svm.set_account(bot.account, account);
    refused(&mut full.svm, std::slice::from_ref(&ix), &[&bot.key], E::SlabFull);
    let lock = world.trestle.lock_down(bot.address(), bot.account);
    world.send(&[lock], &[&bot.key]).unwrap();
    refused(&mut world.svm, &[ix], &[&bot.key], E::LockedDown);
}

#[test]
fn a_region_is_no_place_to_receive_in() {
    let (mut world, victim, bot) = lending();
    let ix = into(&world, &victim, &bot, &bot, u64::MAX);
    let steps = world.trestle.region(bot.address(), bot.account, 0, &[ix], &[]).unwrap();
    refused(&mut world.svm, &steps, &[&bot.key], E::InSession);
}
