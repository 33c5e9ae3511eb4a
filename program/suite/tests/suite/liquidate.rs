//! Liquidation in one instruction.

use crate::adversary::advance_without;
use crate::pool::{funded, trader};
use solana_instruction::Instruction;
use trestle_interface::TrestleError;
use trestle_interface::state::PositionKind;
use trestle_sandbox::pyth::Quote;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{BTC, JITOSOL, SOL, USDC};
use trestle_sandbox::{User, World, refused};

/// A trader who borrowed 110,000 USDC against 1,000 SOL at 150 USD, a while ago,
/// and a bot with USDC in its wallet.
pub fn indebted() -> (World, User, User) {
    let (mut world, _) = funded();
    let victim = trader(&mut world, 11, 1_000);
    victim.borrow(&mut world, USDC, 110_000_000_000).unwrap();
    victim.withdraw(&mut world, USDC, 110_000_000_000).unwrap();
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 500_000_000_000);
    bot.fund(&mut world, SOL, 0);
    world.advance(1);
    (world, victim, bot)
}

/// A victim who lends 1,000 SOL and owes 60,000 USDC, at a price at which it
/// is unhealthy; a bot with dollars in its wallet, and a margin account.
pub fn lending() -> (World, User, User) {
    let (mut world, _) = funded();
    let victim = trader(&mut world, 11, 1_000);
    victim.supply(&mut world, SOL, 1_000_000_000_000).unwrap();
    world.publish_all();
    victim.borrow(&mut world, USDC, 60_000_000_000).unwrap();
    victim.withdraw(&mut world, USDC, 60_000_000_000).unwrap();
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 500_000_000_000);
    bot.fund(&mut world, SOL, 0);
    world.advance(1);
    world.set_price(SOL, 7_200);
    world.advance(1);
    (world, victim, bot)
}

/// The bot's liquidation of the victim's custody SOL for its USDC debt.
pub fn against_custody(world: &World, victim: &User, bot: &User, max: u64) -> Instruction {
    let keys = bot.against(world, victim, USDC, SOL);
    world.trestle.liquidate_custody(&keys, &world.assets[SOL].keys, max, 0)
}

#[test]
fn a_healthy_account_cannot_be_liquidated() {
    let (mut world, victim, bot) = indebted();
    let ix = against_custody(&world, &victim, &bot, u64::MAX);
    refused(&mut world.svm, &[ix], &[&bot.key], TrestleError::Healthy);
}

#[test]
fn an_unhealthy_account_is_brought_to_the_target_and_no_further() {
    let (mut world, victim, bot) = indebted();
    world.set_price(SOL, 13_000);
    world.advance(1);
    let before = victim.health(&mut world).unwrap();
    assert!(before.maint < 0 && before.equity > 0, "{before:?}");
    let mut calls = 0;
    while victim.health(&mut world).unwrap().maint < 0 {
        let ix = against_custody(&world, &victim, &bot, u64::MAX);
        let was = victim.health(&mut world).unwrap();
        world.send(&[ix], &[&bot.key]).unwrap();
        let now = victim.health(&mut world).unwrap();
        assert!(now.maint > was.maint && now.liqend > was.liqend);
        calls += 1;
        assert!(calls < 20);
    }
    let after = victim.health(&mut world).unwrap();
    let target = (after.debts / 50).max(10_000_000);
    assert!(after.liqend <= target + 1_000_000, "{after:?}");
    // what the account lost is the incentive on what was repaid, at most 3 %
    let repaid = before.debts - after.debts;
    let lost = before.equity - after.equity;
    assert!(lost >= 0 && lost * 100 <= repaid * 3 + 100, "lost {lost} of {repaid}");
}

#[test]
fn the_flag_lets_it_go_on_to_the_target_once_maintenance_is_back() {
    let (mut world, victim, bot) = indebted();
    world.set_price(SOL, 13_000);
    world.advance(1);
    for _ in 0..20 {
        let report = victim.health(&mut world).unwrap();
        if report.liqend >= 0 {
            break;
        }
        let ix = against_custody(&world, &victim, &bot, u64::MAX);
        world.send(&[ix], &[&bot.key]).unwrap();
    }
    let report = victim.health(&mut world).unwrap();
    assert!(report.maint > 0 && report.liqend >= 0);
    assert_eq!(victim.margin(&world).0.flagged_slot, 0, "the flag went with the shortfall");
    let ix = against_custody(&world, &victim, &bot, u64::MAX);
    refused(&mut world.svm, &[ix], &[&bot.key], TrestleError::Healthy);
}

#[test]
fn insurance_gets_its_share_and_the_books_balance() {
    let (mut world, victim, bot) = indebted();
    world.set_price(SOL, 13_000);
    world.advance(1);
    let (pool_before, vault) = (world.pool(USDC), world.assets[USDC].pool.vault);
    let wallet = bot.wallet(&world, USDC);
    let (tokens, cash) = (balance_of(&world.svm, &wallet), balance_of(&world.svm, &vault));
    let ix = against_custody(&world, &victim, &bot, u64::MAX);
    world.send(&[ix], &[&bot.key]).unwrap();
    let pool = world.pool(USDC);
    assert!(pool.books().unwrap().is_balanced().unwrap());
    let paid = tokens - balance_of(&world.svm, &wallet);
    assert_eq!(balance_of(&world.svm, &vault) - cash, paid, "all that was paid reached the vault");
    assert_eq!(pool.cash, balance_of(&world.svm, &vault));
    assert!(pool.insurance.get() > pool_before.insurance.get());
}

#[test]
fn a_pool_deposit_is_seized_by_redeeming_it() {
    let (mut world, victim, bot) = lending();
    let before = victim.health(&mut world).unwrap();
    assert!(before.maint < 0, "{before:?}");
    let keys = bot.against(&world, &victim, USDC, SOL);
    let collateral = world.assets[SOL].pool;
    let ix = world.trestle.liquidate_deposit(&keys, &collateral, u64::MAX, 1);
    world.send(&[ix], &[&bot.key]).unwrap();
    assert!(victim.health(&mut world).unwrap().maint > before.maint);
    assert!(balance_of(&world.svm, &bot.wallet(&world, SOL)) > 0);
    for asset in [SOL, USDC] {
        assert!(world.pool(asset).books().unwrap().is_balanced().unwrap());
    }
    // the pool must follow, and must be writable
    let mut missing = world.trestle.liquidate_deposit(&keys, &collateral, u64::MAX, 1);
    missing.accounts.pop();
    refused(&mut world.svm, &[missing], &[&bot.key], TrestleError::AccountCount);
    let mut readonly = world.trestle.liquidate_deposit(&keys, &collateral, u64::MAX, 1);
    readonly.accounts.last_mut().unwrap().is_writable = false;
    // the same account is writable nowhere else in the transaction
    refused(&mut world.svm, &[readonly], &[&bot.key], TrestleError::NotWritable);
}

#[test]
fn nobody_liquidates_themselves_directly() {
    let (mut world, victim, _) = indebted();
    victim.fund(&mut world, USDC, 1_000_000_000);
    world.set_price(SOL, 13_000);
    world.advance(1);
    let ix = against_custody(&world, &victim, &victim, u64::MAX);
    refused(&mut world.svm, &[ix], &[&victim.key], TrestleError::SelfLiquidation);
}

#[test]
fn limits_of_the_caller_are_kept() {
    let (mut world, victim, bot) = indebted();
    world.set_price(SOL, 13_000);
    world.advance(1);
    let zero = against_custody(&world, &victim, &bot, 0);
    refused(&mut world.svm, &[zero], &[&bot.key], TrestleError::NothingToLiquidate);
    let keys = bot.against(&world, &victim, USDC, SOL);
    let sol = world.assets[SOL].keys;
    let greedy = world.trestle.liquidate_custody(&keys, &sol, 1_000_000, 1_000_000_000_000);
    refused(&mut world.svm, &[greedy], &[&bot.key], TrestleError::SeizeBelowMinimum);
    let wallet = bot.wallet(&world, USDC);
    let before = balance_of(&world.svm, &wallet);
    let small = world.trestle.liquidate_custody(&keys, &sol, 5_000_000_000, 1);
    world.send(&[small], &[&bot.key]).unwrap();
    let paid = before - balance_of(&world.svm, &wallet);
    // the debt repaid, and the insurance share of the incentive on top
    assert!((4_999_000_000..=5_100_000_000).contains(&paid), "{paid}");
}

#[test]
fn a_position_that_is_not_there_is_named() {
    let (mut world, victim, bot) = indebted();
    bot.fund(&mut world, JITOSOL, 0);
    victim.fund(&mut world, JITOSOL, 0);
    world.set_price(SOL, 13_000);
    world.advance(1);
    let keys = bot.against(&world, &victim, USDC, JITOSOL);
    let none = world.trestle.liquidate_custody(&keys, &world.assets[JITOSOL].keys, 1_000, 0);
    refused(&mut world.svm, &[none], &[&bot.key], TrestleError::NoPosition);
    let mut kind = against_custody(&world, &victim, &bot, 1_000);
    kind.data[5] = PositionKind::PoolDebt.byte();
    refused(&mut world.svm, &[kind], &[&bot.key], TrestleError::NotSeizable);
}

#[test]
fn no_dust_of_debt_is_left() {
    let (mut world, _) = funded();
    let victim = trader(&mut world, 11, 2);
    // 300 USD of SOL, 180 USD of debt: above the close-all bound of 100 USD
    victim.borrow(&mut world, USDC, 180_000_000).unwrap();
    victim.withdraw(&mut world, USDC, 180_000_000).unwrap();
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 1_000_000_000);
    bot.fund(&mut world, SOL, 0);
    world.advance(1);
    world.set_price(SOL, 10_500);
    world.advance(1);
    for _ in 0..20 {
        let report = victim.health(&mut world).unwrap();
        assert!(report.debts == 0 || report.debts >= 49_000_000, "{report:?}");
        if report.maint >= 0 {
            break;
        }
        let ix = against_custody(&world, &victim, &bot, u64::MAX);
        world.send(&[ix], &[&bot.key]).unwrap();
    }
    assert!(victim.health(&mut world).unwrap().maint >= 0);
}

#[test]
fn splitting_a_liquidation_takes_no_more_than_one_whole() {
    let (mut world, victim, bot) = indebted();
    world.set_price(SOL, 13_000);
    world.advance(1);
    let seized = |pieces: &[u64]| {
        let mut copy = world.clone();
        let wallet = bot.wallet(&copy, SOL);
        for max in pieces {
            let ix = against_custody(&copy, &victim, &bot, *max);
            if copy.send(&[ix], &[&bot.key]).is_err() {
                break;
            }
        }
        let debts = victim.health(&mut copy).unwrap().debts;
        (balance_of(&copy.svm, &wallet), debts)
    };
    let (whole, debts_whole) = seized(&[20_000_000_000]);
    let (split, debts_split) = seized(&[5_000_000_000; 4]);
    // the same debt is gone, and never for more collateral
    assert!(debts_split >= debts_whole - 10);
    assert!(split <= whole + 10, "{split} against {whole}");
}

#[test]
fn waiting_between_pieces_takes_no_more_than_one_whole_at_the_end() {
    let (mut world, victim, bot) = indebted();
    world.set_price(SOL, 13_000);
    world.advance(1);
    let flag = world.trestle.flag_unhealthy(victim.account, &[]);
    world.send(&[flag], &[]).unwrap();
    // the incentive rises for 60 s from the flag
    let seized = |pieces: [u64; 4]| {
        let mut copy = world.clone();
        let wallet = bot.wallet(&copy, SOL);
        for max in pieces {
            copy.advance(15);
            if max > 0 {
                let ix = against_custody(&copy, &victim, &bot, max);
                copy.send(&[ix], &[&bot.key]).unwrap_or_else(|e| panic!("{e:?}"));
            }
        }
        (balance_of(&copy.svm, &wallet), victim.health(&mut copy).unwrap().debts)
    };
    let (early, _) = seized([20_000_000_000, 0, 0, 0]);
    let (whole, debts_whole) = seized([0, 0, 0, 20_000_000_000]);
    let (split, debts_split) = seized([5_000_000_000; 4]);
    assert!(early < whole, "the incentive grew: {early} {whole}");
    // but for a minute's interest on what was repaid earlier
    assert!((debts_split - debts_whole).abs() < 100_000, "{debts_split} {debts_whole}");
    assert!(split > early && split <= whole, "{early} {split} {whole}");
}

#[test]
fn r02_a_debt_whose_price_died_grows_and_shields_no_other_leg() {
    let (mut world, _) = funded();
    let lender = User::new(&mut world, 13, 8);
    let staked = world.assets[JITOSOL].tokens(1_000);
    lender.fund_and_deposit(&mut world, JITOSOL, staked);
    lender.supply(&mut world, JITOSOL, staked).unwrap();
    let victim = trader(&mut world, 11, 1_000);
    victim.fund(&mut world, JITOSOL, 0);
    world.publish_all();
    let short = world.assets[JITOSOL].tokens(100);
    for (asset, amount) in [(JITOSOL, short), (USDC, 95_000_000_000)] {
        victim.borrow(&mut world, asset, amount).unwrap();
        victim.withdraw(&mut world, asset, amount).unwrap();
    }
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 500_000_000_000);
    bot.fund(&mut world, JITOSOL, short);
    bot.fund(&mut world, SOL, 0);
    world.advance(1);
    let live = victim.health(&mut world).unwrap();
    // past the hard age, and then until nothing more is added
    let mut grown = Vec::new();
    for seconds in [100, 500, 1_000, 1_500, 2_000] {
        advance_without(&mut world, JITOSOL, seconds);
        grown.push(victim.health(&mut world).unwrap().debts - live.debts);
    }
    assert!(grown.is_sorted() && grown[0] < 10_000_000, "{grown:?}");
    // 18,000 USD of JitoSOL and its bound, the upward shock; interest is little beside it
    let bound = *grown.last().unwrap();
    assert!((1_800_000_000..5_400_000_000).contains(&bound), "{grown:?}");
    world.assets[SOL].quote = Quote::cents(12_700);
    advance_without(&mut world, JITOSOL, 1);
    let before = victim.health(&mut world).unwrap();
    assert!(before.maint < 0 && before.equity > 0, "{before:?}");
    // nothing is bought at the dead price, everything else can be
    let keys = bot.against(&world, &victim, JITOSOL, SOL);
    let dead = world.trestle.liquidate_custody(&keys, &world.assets[SOL].keys, short, 1);
    refused(&mut world.svm, &[dead], &[&bot.key], TrestleError::LiquidationStale);
    let ix = against_custody(&world, &victim, &bot, u64::MAX);
    world.send(&[ix], &[&bot.key]).unwrap_or_else(|e| panic!("{e:?}"));
    assert!(victim.health(&mut world).unwrap().maint > before.maint);
}

/// A victim who is long SOL against a debt of JitoSOL, and owes dollars that
/// the BTC it also holds no longer covers. Selling SOL for dollars helps until
/// the JitoSOL stands bare.
fn hedged() -> (World, User, User) {
    let (mut world, _) = funded();
    let lender = User::new(&mut world, 13, 8);
    let staked = world.assets[JITOSOL].tokens(10_000);
    lender.fund_and_deposit(&mut world, JITOSOL, staked);
    lender.supply(&mut world, JITOSOL, staked).unwrap();
    let victim = trader(&mut world, 11, 1_000);
    let btc = world.assets[BTC].tokens(1);
    victim.fund_and_deposit(&mut world, BTC, btc);
    victim.fund(&mut world, JITOSOL, 0);
    world.publish_all();
    let short = world.assets[JITOSOL].tokens(750);
    victim.borrow(&mut world, JITOSOL, short).unwrap();
    victim.withdraw(&mut world, JITOSOL, short).unwrap();
    victim.borrow(&mut world, USDC, 45_000_000_000).unwrap();
    victim.withdraw(&mut world, USDC, 45_000_000_000).unwrap();
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 500_000_000_000);
    bot.fund(&mut world, SOL, 0);
    world.advance(1);
    world.set_price(BTC, 3_900_000);
    world.advance(1);
    (world, victim, bot)
}

#[test]
fn r09_a_step_that_would_unhedge_the_account_is_made_smaller() {
    let (mut world, victim, bot) = hedged();
    let before = victim.health(&mut world).unwrap();
    assert!(before.maint < 0 && before.equity > 0, "{before:?}");
    let ix = against_custody(&world, &victim, &bot, u64::MAX);
    let sent = world.send(&[ix], &[&bot.key]).unwrap_or_else(|e| panic!("{e:?}"));
    let after = victim.health(&mut world).unwrap();
    assert!(after.maint > before.maint && after.liqend > before.liqend, "{after:?}");
    // the closed form asks for all 45,000 USDC, after which the JitoSOL would stand bare
    let repaid = before.debts - after.debts;
    assert!((22_499_000_000..=22_500_100_000).contains(&repaid), "half of it: {repaid}");
    println!("judged twice: {} CU", sent.units);
    assert!(sent.units < 45_000, "{} CU", sent.units);
    crate::events::check(&world.svm);
}
