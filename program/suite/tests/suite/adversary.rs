//! Attacks that were tried against the program, and what stops each.

use crate::liquidate::{against_custody, indebted};
use crate::pool::{funded, trader};
use solana_instruction::Instruction;
use trestle_client::{AssetKeys, PoolKeys};
use trestle_interface::TrestleError;
use trestle_interface::state::PositionKind;
use trestle_sandbox::board::{self, AssetTerms};
use trestle_sandbox::pyth::{self, Quote};
use trestle_sandbox::tokens::{self, LEGACY, balance_of};
use trestle_sandbox::world::{JITOSOL, MEME, SOL, USDC};
use trestle_sandbox::{User, World, refused};

/// Lets time pass in steps, with every row refreshed except the price of one asset.
pub fn advance_without(world: &mut World, dead: usize, seconds: u32) {
    world.svm.advance_seconds(seconds);
    let live: Vec<usize> = (0..world.assets.len()).filter(|a| *a != dead).collect();
    for asset in &live {
        world.publish(*asset);
    }
    let rows: Vec<_> =
        live.iter().map(|a| (world.assets[*a].keys.id, world.assets[*a].oracle)).collect();
    let pools: Vec<PoolKeys> = world.assets.iter().map(|a| a.pool).collect();
    let prices = world.trestle.refresh_prices(&rows);
    let markets = world.trestle.refresh_markets(&pools);
    world.send(&[prices, markets], &[]).unwrap();
}

/// A second later, a new price of one asset, and all others as they were.
fn reprice(world: &mut World, asset: usize, cents: i64) {
    world.svm.advance_seconds(1);
    world.set_price(asset, cents);
}

/// The debtor of [`indebted`], liquidated a little and so flagged.
fn flagged() -> (World, User, User) {
    let (mut world, victim, bot) = indebted();
    reprice(&mut world, SOL, 13_000);
    let ix = against_custody(&world, &victim, &bot, 5_000_000_000);
    world.send(&[ix], &[&bot.key]).unwrap();
    assert_ne!(victim.margin(&world).0.flagged_slot, 0);
    (world, victim, bot)
}

/// Long after its recovery, the account lies between liquidation end and maintenance.
fn falls_between_levels(world: &mut World, victim: &User, bot: &User) {
    world.advance(86_400);
    let cents = (6_000..16_000).step_by(20).find(|cents| {
        let mut probe = world.clone();
        reprice(&mut probe, SOL, *cents);
        victim.health(&mut probe).unwrap().maint > 500_000_000
    });
    reprice(world, SOL, cents.unwrap());
    let report = victim.health(world).unwrap();
    assert!(report.maint > 0 && report.liqend < 0, "{report:?}");
    let ix = against_custody(world, victim, bot, u64::MAX);
    refused(&mut world.svm, &[ix], &[&bot.key], TrestleError::Healthy);
}

#[test]
fn a_flag_goes_when_a_deposit_brings_the_account_back() {
    let (mut world, victim, bot) = flagged();
    // too little to be back: the flag stays
    victim.fund_and_deposit(&mut world, USDC, 1_000_000);
    assert_ne!(victim.margin(&world).0.flagged_slot, 0);
    victim.fund_and_deposit(&mut world, USDC, 40_000_000_000);
    assert_eq!(victim.margin(&world).0.flagged_slot, 0);
    falls_between_levels(&mut world, &victim, &bot);
}

#[test]
fn a_flag_goes_with_a_checked_act_after_the_price_came_back() {
    let (mut world, victim, bot) = flagged();
    reprice(&mut world, SOL, 20_000);
    victim.withdraw(&mut world, SOL, 1).unwrap();
    assert_eq!(victim.margin(&world).0.flagged_slot, 0);
    falls_between_levels(&mut world, &victim, &bot);
}

#[test]
fn a_flag_does_not_go_on_old_prices() {
    let (mut world, victim, _) = flagged();
    reprice(&mut world, SOL, 20_000);
    world.svm.advance_seconds(45);
    // good enough for a check, too old for a liquidation
    victim.fund_and_deposit(&mut world, USDC, 1_000_000);
    assert_ne!(victim.margin(&world).0.flagged_slot, 0);
}

#[test]
fn collateral_whose_price_died_does_not_walk_away_from_its_debt() {
    let (mut world, victim, _) = indebted();
    for seconds in [100, 500, 3_000, 700] {
        advance_without(&mut world, SOL, seconds);
    }
    let report = victim.health(&mut world).unwrap();
    assert_eq!(report.equity, -report.debts, "the collateral has faded to nothing");
    let keys = world.assets[SOL].keys;
    let to = victim.wallet(&world, SOL);
    // it counts nothing, so taking it lowers no health; it is still all there is
    let ix = world.trestle.withdraw(victim.address(), victim.account, &keys, to, 1_000_000_000_000);
    refused(&mut world.svm, &[ix], &[&victim.key], TrestleError::InitialHealth);
}

#[test]
fn isolated_tokens_stay_while_initial_health_is_negative() {
    let (mut world, victim, _) = indebted();
    victim.fund_and_deposit(&mut world, MEME, 1_000_000_000_000);
    victim.withdraw(&mut world, MEME, 1).expect("healthy");
    reprice(&mut world, SOL, 13_000);
    let keys = world.assets[MEME].keys;
    let to = victim.wallet(&world, MEME);
    let ix = world.trestle.withdraw(victim.address(), victim.account, &keys, to, 1_000_000);
    refused(&mut world.svm, &[ix], &[&victim.key], TrestleError::InitialHealth);
}

#[test]
fn nothing_is_seized_at_a_dead_price() {
    let (mut world, victim, bot) = indebted();
    for seconds in [100, 500, 1_500] {
        advance_without(&mut world, SOL, seconds);
    }
    let report = victim.health(&mut world).unwrap();
    assert!(report.maint < 0 && report.freshness == 3, "faded, not merely stale: {report:?}");
    let ix = against_custody(&world, &victim, &bot, 1_000_000_000);
    refused(&mut world.svm, &[ix], &[&bot.key], TrestleError::LiquidationStale);
    // its other collateral is not shielded by it
    victim.fund_and_deposit(&mut world, JITOSOL, 10_000_000_000);
    bot.fund(&mut world, JITOSOL, 0);
    advance_without(&mut world, SOL, 1);
    let keys = bot.against(&world, &victim, USDC, JITOSOL);
    let jito = world.assets[JITOSOL].keys;
    let ix = world.trestle.liquidate_custody(&keys, &jito, 1_000_000_000, 1);
    world.send(&[ix], &[&bot.key]).unwrap();
}

#[test]
fn an_asset_that_never_had_a_price_is_no_shield() {
    let (mut world, victim, bot) = indebted();
    let mint = tokens::create_mint(&mut world.svm, LEGACY, 6, 77);
    let id = u8::try_from(world.assets.len()).unwrap();
    let keys = AssetKeys { id, mint, token_program: LEGACY };
    let terms = AssetTerms {
        factor: 1,
        basis: trestle_risk_math::defaults::BASIS_PLAIN,
        depth_usd: 1_000_000,
        incentive_bps: 300,
        isolated: false,
    };
    let admin = solana_signer::Signer::pubkey(&*world.admin);
    let list = world.trestle.list_asset(admin, (mint, &board::asset(id, 6, [77; 32], &terms)));
    world.admin_do(list);
    let authority = world.trestle.addresses().authority(&victim.account);
    let wallet = tokens::fund(&mut world.svm, victim.address(), &keys, 5);
    tokens::fund(&mut world.svm, authority, &keys, 5);
    let (t, me, account) = (world.trestle, victim.address(), victim.account);
    let deposit = t.deposit(me, account, &keys, wallet, 1);
    refused(&mut world.svm, &[deposit], &[&victim.key], TrestleError::NoPrice);
    let sync = t.sync_custody(me, account, &keys);
    refused(&mut world.svm, &[sync], &[&victim.key], TrestleError::NoPrice);
    reprice(&mut world, SOL, 13_000);
    let ix = against_custody(&world, &victim, &bot, 1_000_000_000);
    world.send(&[ix], &[&bot.key]).unwrap();
}

#[test]
fn an_asset_worth_more_than_a_leg_may_be_is_no_shield() {
    let (mut world, victim, bot) = indebted();
    // 0.02 USD each: 20 bn USD by the oracle, more than the 9 bn that a leg can hold
    victim.fund_and_deposit(&mut world, MEME, 1_000_000_000_000_000_000);
    let report = victim.health(&mut world).unwrap();
    assert_eq!(report.uncredited, 1 << 53, "counted up to the bound");
    reprice(&mut world, SOL, 13_000);
    let ix = against_custody(&world, &victim, &bot, 1_000_000_000);
    world.send(&[ix], &[&bot.key]).unwrap();
}

/// The bot's liquidation of a deposit in the very pool that the debt is owed to.
fn against_own_pool(
    world: &World,
    victim: &User,
    bot: &User,
    to: solana_program::pubkey::Pubkey,
) -> Instruction {
    let mut keys = bot.against(world, victim, USDC, USDC);
    keys.collateral_destination = to;
    world.trestle.liquidate_deposit(&keys, &world.assets[USDC].pool, u64::MAX, 0)
}

#[test]
fn a_deposit_and_a_debt_in_one_pool_can_be_liquidated_against_each_other() {
    let (mut world, lender) = funded();
    // 100 USD of equity, looped through the pool
    let looper = User::new(&mut world, 11, 8);
    looper.fund_and_deposit(&mut world, USDC, 100_000_000);
    world.publish_all();
    looper.borrow(&mut world, USDC, 36_000_000_000).unwrap();
    looper.supply(&mut world, USDC, 36_100_000_000).unwrap();
    // the pool is lent out, and the spread eats the equity
    let whale = trader(&mut world, 13, 100_000);
    let cash = world.pool(USDC).cash;
    whale.borrow(&mut world, USDC, cash).unwrap();
    for _ in 0..2 {
        world.advance(86_400);
    }
    let before = looper.health(&mut world).unwrap();
    assert!(before.maint < 0 && before.equity > 0, "{before:?}");
    assert_eq!(looper.margin(&world).1.len(), 2, "one deposit, one debt, nothing else to seize");

    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 40_000_000_000);
    let second = User::new(&mut world, 14, 8);
    let to = second.fund(&mut world, USDC, 0);
    world.advance(1);
    // nothing is lent out beyond what the repayment brings, but the incentive on it
    let owed = before.debts;
    for _ in 0..12 {
        let ix = against_own_pool(&world, &looper, &bot, to);
        let was = looper.health(&mut world).unwrap();
        if was.maint >= 0 {
            break;
        }
        world.send(&[ix], &[&bot.key]).unwrap();
        assert!(looper.health(&mut world).unwrap().maint > was.maint);
        assert!(world.pool(USDC).books().unwrap().is_balanced().unwrap());
        assert_eq!(world.pool(USDC).cash, balance_of(&world.svm, &world.assets[USDC].pool.vault));
    }
    let after = looper.health(&mut world).unwrap();
    assert!(after.maint >= 0 && after.debts < owed, "{after:?}");
    let (_, positions) = looper.margin(&world);
    let pool = world.pool(USDC).books().unwrap();
    let units = |user: &User, kind: PositionKind| {
        let (_, positions) = user.margin(&world);
        positions.iter().find(|p| p.kind == kind.byte()).map_or(0, |p| p.units.get())
    };
    assert!(positions.len() <= 2);
    assert_eq!(
        units(&looper, PositionKind::PoolDeposit) + units(&lender, PositionKind::PoolDeposit),
        u128::from(pool.deposit_units)
    );
    assert_eq!(
        units(&looper, PositionKind::PoolDebt) + units(&whale, PositionKind::PoolDebt),
        u128::from(pool.debt_units)
    );
}

#[test]
fn a_small_debt_is_not_shielded_by_collateral_in_small_pieces() {
    let (mut world, _) = funded();
    let victim = User::new(&mut world, 11, 8);
    victim.fund_and_deposit(&mut world, SOL, 250_000_000);
    victim.fund_and_deposit(&mut world, JITOSOL, 250_000_000);
    victim.fund(&mut world, USDC, 0);
    victim.borrow(&mut world, USDC, 49_000_000).unwrap();
    victim.withdraw(&mut world, USDC, 49_000_000).unwrap();
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 1_000_000_000);
    bot.fund(&mut world, SOL, 0);
    bot.fund(&mut world, JITOSOL, 0);
    world.assets[JITOSOL].quote = Quote::cents(12_000);
    reprice(&mut world, SOL, 10_000);
    // 25 and 30 USD of collateral against 49 USD of debt
    let before = victim.health(&mut world).unwrap();
    assert!(before.maint < 0 && before.equity > 0, "{before:?}");
    let ix = against_custody(&world, &victim, &bot, u64::MAX);
    world.send(&[ix], &[&bot.key]).unwrap();
    let after = victim.health(&mut world).unwrap();
    assert!(after.maint > before.maint && after.debts < 30_000_000, "{after:?}");
    let keys = bot.against(&world, &victim, USDC, JITOSOL);
    let jito = world.assets[JITOSOL].keys;
    let ix = world.trestle.liquidate_custody(&keys, &jito, u64::MAX, 1);
    world.send(&[ix], &[&bot.key]).unwrap();
    assert_eq!(victim.health(&mut world).unwrap().debts, 0);
}

#[test]
fn tiny_acts_do_not_put_off_a_liquidation_once_the_price_is_on_the_board() {
    let (mut world, victim, bot) = indebted();
    reprice(&mut world, SOL, 13_000);
    // below initial health nothing counts as an act that raised risk any more
    let (t, keys) = (world.trestle, world.assets[SOL].keys);
    let to = victim.wallet(&world, SOL);
    for _ in 0..3 {
        let act = t.withdraw(victim.address(), victim.account, &keys, to, 1);
        refused(&mut world.svm, &[act], &[&victim.key], TrestleError::InitialHealth);
        victim.fund_and_deposit(&mut world, USDC, 1_000);
        victim.repay(&mut world, USDC, Some(1_000)).unwrap();
        world.svm.advance_seconds(1);
    }
    let acted = victim.margin(&world).0.last_risk_time;
    world.advance(1);
    assert!(acted < world.now().unix - 3);
    let ix = against_custody(&world, &victim, &bot, 1_000_000_000);
    world.send(&[ix], &[&bot.key]).unwrap();
}

#[test]
fn nobody_opens_and_liquidates_in_one_slot_by_a_sample_from_ahead_of_the_clock() {
    let (mut world, _) = funded();
    let victim = trader(&mut world, 11, 1_000);
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 500_000_000_000);
    bot.fund(&mut world, SOL, 0);
    world.advance(10);
    victim.borrow(&mut world, USDC, 110_000_000_000).unwrap();
    victim.withdraw(&mut world, USDC, 110_000_000_000).unwrap();
    // a known sample, published 3 s later by its own clock
    let clock = world.svm.clock();
    for (asset, cents) in [(SOL, 13_000), (USDC, 100)] {
        let a = &world.assets[asset];
        let quote = Quote::cents(cents);
        let data = pyth::encode(&a.feed, &quote, clock.unix_timestamp + 3, clock.slot);
        let (oracle, id) = (a.oracle, a.keys.id);
        world.svm.set_account(oracle, pyth::account(data));
        let refresh = world.trestle.refresh_prices(&[(id, oracle)]);
        world.send(&[refresh], &[]).unwrap();
    }
    assert!(victim.health(&mut world).unwrap().maint < 0);
    let ix = against_custody(&world, &victim, &bot, 1_000_000_000);
    refused(&mut world.svm, std::slice::from_ref(&ix), &[&bot.key], TrestleError::CoolOff);
    world.svm.advance_seconds(1);
    world.send(&[ix], &[&bot.key]).unwrap();
}
