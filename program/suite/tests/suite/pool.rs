//! Supply, redeem, borrow, repay.

use trestle_interface::TrestleError;
use trestle_interface::state::PositionKind;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{BTC, SOL, USDC};
use trestle_sandbox::{User, World, refused};

/// A world in which a lender has supplied 1,000,000 USDC.
pub fn funded() -> (World, User) {
    let mut world = World::new();
    let lender = User::new(&mut world, 10, 8);
    lender.fund_and_deposit(&mut world, USDC, 1_000_000_000_000);
    lender.supply(&mut world, USDC, 1_000_000_000_000).unwrap();
    world.publish_all();
    (world, lender)
}

/// A trader with `sol` whole SOL in custody and a custody account for USDC.
pub fn trader(world: &mut World, seed: u8, sol: u64) -> User {
    let user = User::new(world, seed, 16);
    let amount = world.assets[SOL].tokens(sol);
    user.fund_and_deposit(world, SOL, amount);
    user.fund(world, USDC, 0);
    user
}

fn units(user: &User, world: &World, asset: usize, kind: PositionKind) -> u64 {
    let key = (world.assets[asset].keys.id, kind.byte());
    let (_, positions) = user.margin(world);
    let found = positions.iter().find(|p| (p.asset, p.kind) == key);
    found.map_or(0, |p| u64::try_from(p.units.get()).unwrap())
}

#[test]
fn borrowing_power_ends_exactly_at_initial_health() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    // what is borrowed and stays in custody is netted against its debt, at a small charge
    user.borrow(&mut world, USDC, 400_000_000_000).unwrap();
    let kept = user.health(&mut world).unwrap();
    assert!(kept.init > 100_000_000_000 && kept.init < 111_200_000_000, "{kept:?}");
    // what leaves is not: find the largest withdrawal by bisection, the edge is exact
    let (mut low, mut high) = (0_u64, 400_000_000_000_u64);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let mut probe = world.clone();
        if user.withdraw(&mut probe, USDC, middle).is_ok() { low = middle } else { high = middle }
    }
    let keys = world.assets[USDC].keys;
    let to = user.wallet(&world, USDC);
    let over = world.trestle.withdraw(user.address(), user.account, &keys, to, high);
    refused(&mut world.svm, &[over], &[&user.key], TrestleError::InitialHealth);
    user.withdraw(&mut world, USDC, low).unwrap();
    let report = user.health(&mut world).unwrap();
    assert!((0..10).contains(&report.init), "the edge is within rounding: {}", report.init);
    assert!(report.maint > 0);
    // 150,000 USD of SOL at 25 % and its basis carry between 105,000 and 115,000 USD
    assert!((105_000_000_000..115_000_000_000).contains(&low), "{low}");
    let pool = world.assets[USDC].pool;
    let more = world.trestle.pool_borrow(user.address(), user.account, &pool, 1_000_000_000);
    refused(&mut world.svm, &[more], &[&user.key], TrestleError::InitialHealth);
}

#[test]
fn a_pool_cannot_be_drained_or_looped_without_equity() {
    let (mut world, _) = funded();
    let user = User::new(&mut world, 11, 8);
    // 100 USD of equity: the split charge of 0.25 % allows 40,000 USD of idle debt
    user.fund_and_deposit(&mut world, USDC, 100_000_000);
    world.publish_all();
    user.borrow(&mut world, USDC, 36_000_000_000).unwrap();
    let pool = world.assets[USDC].pool;
    let more = world.trestle.pool_borrow(user.address(), user.account, &pool, 5_000_000_000);
    refused(&mut world.svm, &[more], &[&user.key], TrestleError::InitialHealth);
    // nor does supplying what was borrowed make room for another round
    user.supply(&mut world, USDC, 36_000_000_000).unwrap();
    let more = world.trestle.pool_borrow(user.address(), user.account, &pool, 5_000_000_000);
    refused(&mut world.svm, &[more], &[&user.key], TrestleError::InitialHealth);
}

#[test]
fn debts_grow_and_lenders_earn() {
    let (mut world, lender) = funded();
    let user = trader(&mut world, 11, 10_000);
    user.borrow(&mut world, USDC, 800_000_000_000).unwrap();
    let owed = units(&user, &world, USDC, PositionKind::PoolDebt);
    world.advance(31_536_000 / 2);
    let report = user.health(&mut world).unwrap();
    // 80 % used: 5 % a year, half a year: 2.53 % continuously compounded
    let expected = 800_000_000_000_f64 * 0.05_f64.mul_add(0.5, 0.0).exp();
    let found = report.debts as f64;
    assert!((found / expected - 1.0).abs() < 1e-4, "{found} against {expected}");
    assert_eq!(units(&user, &world, USDC, PositionKind::PoolDebt), owed, "units do not move");
    let (_, lender_positions) = lender.margin(&world);
    assert_eq!(lender_positions.len(), 1);
    let pool = world.pool(USDC).books().unwrap();
    assert_eq!(pool.debt_units, owed);
}

#[test]
fn repays_part_and_all_from_custody() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.borrow(&mut world, USDC, 50_000_000_000).unwrap();
    world.advance(86_400);
    user.repay(&mut world, USDC, Some(20_000_000_000)).unwrap();
    assert!(units(&user, &world, USDC, PositionKind::PoolDebt) < 30_100_000_000);
    // interest made the debt larger than what is left: all of it needs more tokens
    let pool = world.assets[USDC].pool;
    let all = world.trestle.pool_repay(user.address(), user.account, &pool, None);
    refused(
        &mut world.svm,
        std::slice::from_ref(&all),
        &[&user.key],
        TrestleError::ExceedsPosition,
    );
    user.fund_and_deposit(&mut world, USDC, 1_000_000_000);
    world.send(&[all], &[&user.key]).unwrap();
    assert_eq!(units(&user, &world, USDC, PositionKind::PoolDebt), 0);
    assert_eq!(user.margin(&world).0.has_debt, 0);
    assert_eq!(user.margin(&world).0.health_bucket, 0);
}

#[test]
fn repaying_more_than_is_owed_takes_only_what_is_owed() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.borrow(&mut world, USDC, 1_000_000).unwrap();
    user.fund_and_deposit(&mut world, USDC, 5_000_000);
    user.repay(&mut world, USDC, Some(5_999_999)).unwrap();
    assert_eq!(units(&user, &world, USDC, PositionKind::Custody), 5_000_000);
    assert_eq!(units(&user, &world, USDC, PositionKind::PoolDebt), 0);
}

#[test]
fn repayment_and_redemption_need_no_price() {
    let (mut world, lender) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.borrow(&mut world, USDC, 50_000_000_000).unwrap();
    world.svm.advance_seconds(1_000_000);
    user.repay(&mut world, USDC, Some(1_000_000)).expect("repay needs no price");
    lender.redeem(&mut world, USDC, Some(1_000_000)).expect("redeem needs no price");
    lender.withdraw(&mut world, USDC, 1_000_000).expect("nothing is owed");
    // but a debtor's withdrawal does
    let keys = world.assets[SOL].keys;
    let wallet = user.wallet(&world, SOL);
    let ix = world.trestle.withdraw(user.address(), user.account, &keys, wallet, 1);
    refused(&mut world.svm, &[ix], &[&user.key], TrestleError::StaleDebt);
}

#[test]
fn an_empty_pool_lends_and_pays_nothing() {
    let (mut world, lender) = funded();
    let user = trader(&mut world, 11, 100_000);
    user.borrow(&mut world, USDC, 1_000_000_000_000).unwrap();
    let (t, pool) = (world.trestle, world.assets[USDC].pool);
    let more = t.pool_borrow(user.address(), user.account, &pool, 1);
    refused(&mut world.svm, &[more], &[&user.key], TrestleError::NoLiquidity);
    let out = t.pool_redeem(lender.address(), lender.account, &pool, Some(1));
    refused(&mut world.svm, &[out], &[&lender.key], TrestleError::NoLiquidity);
}

#[test]
fn extreme_amounts_have_errors_of_their_own() {
    let (mut world, lender) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.borrow(&mut world, USDC, 1_000_000).unwrap();
    let (t, pool) = (world.trestle, world.assets[USDC].pool);
    let (me, account) = (user.address(), user.account);
    let cases = [
        (t.pool_supply(me, account, &pool, 0), TrestleError::ZeroAmount),
        (t.pool_supply(me, account, &pool, u64::MAX), TrestleError::ExceedsPosition),
        (t.pool_borrow(me, account, &pool, 0), TrestleError::ZeroAmount),
        (t.pool_borrow(me, account, &pool, u64::MAX), TrestleError::NoLiquidity),
        (t.pool_repay(me, account, &pool, Some(0)), TrestleError::ZeroAmount),
        (t.pool_redeem(me, account, &pool, Some(1)), TrestleError::NoPosition),
    ];
    for (ix, error) in cases {
        refused(&mut world.svm, &[ix], &[&user.key], error);
    }
    let (me, account) = (lender.address(), lender.account);
    let cases = [
        (t.pool_redeem(me, account, &pool, Some(0)), TrestleError::ZeroAmount),
        (t.pool_redeem(me, account, &pool, Some(u64::MAX)), TrestleError::ExceedsPosition),
        (t.pool_repay(me, account, &pool, Some(1)), TrestleError::NoPosition),
    ];
    for (ix, error) in cases {
        refused(&mut world.svm, &[ix], &[&lender.key], error);
    }
}

#[test]
fn a_donation_to_the_vault_changes_nothing() {
    let (mut world, _) = funded();
    let before = world.pool(USDC);
    let (pool, keys) = (world.assets[USDC].pool, world.assets[USDC].keys);
    trestle_sandbox::tokens::fund(&mut world.svm, pool.pool, &keys, 999_999_999);
    world.publish_all();
    let after = world.pool(USDC);
    assert_eq!(bytemuck::bytes_of(&before), bytemuck::bytes_of(&after));
    let row = world.with_pages(|board| board.markets.markets[USDC]);
    assert_eq!(row.free_liquidity, before.cash);
    assert_eq!(balance_of(&world.svm, &pool.vault), before.cash + 999_999_999);
}

#[test]
fn the_first_depositor_cannot_take_from_the_second() {
    let mut world = World::new();
    let attacker = User::new(&mut world, 10, 8);
    attacker.fund_and_deposit(&mut world, BTC, 1);
    attacker.supply(&mut world, BTC, 1).unwrap();
    let (pool, keys) = (world.assets[BTC].pool, world.assets[BTC].keys);
    trestle_sandbox::tokens::fund(&mut world.svm, pool.pool, &keys, 1_000_000_000);
    let victim = User::new(&mut world, 11, 8);
    victim.fund_and_deposit(&mut world, BTC, 999_999_999);
    victim.supply(&mut world, BTC, 999_999_999).unwrap();
    victim.redeem(&mut world, BTC, None).unwrap();
    assert_eq!(units(&victim, &world, BTC, PositionKind::Custody), 999_999_999);
    attacker.redeem(&mut world, BTC, None).unwrap();
    assert_eq!(units(&attacker, &world, BTC, PositionKind::Custody), 1);
}

#[test]
fn caps_stop_new_deposits_and_debts_only() {
    let (mut world, lender) = funded();
    // lower the caps behind the program's back: the pool is over both
    let key = world.assets[USDC].pool.pool;
    let mut account = world.svm.account(&key).unwrap();
    let pool: &mut trestle_interface::state::Pool = bytemuck::from_bytes_mut(&mut account.data);
    pool.deposit_cap = 1;
    pool.debt_cap = 1;
    world.svm.set_account(key, account);
    let user = trader(&mut world, 11, 1_000);
    lender.fund_and_deposit(&mut world, USDC, 10);
    let (t, pool) = (world.trestle, world.assets[USDC].pool);
    let supply = t.pool_supply(lender.address(), lender.account, &pool, 10);
    refused(&mut world.svm, &[supply], &[&lender.key], TrestleError::DepositCap);
    let borrow = t.pool_borrow(user.address(), user.account, &pool, 2);
    refused(&mut world.svm, &[borrow], &[&user.key], TrestleError::DebtCap);
    lender.redeem(&mut world, USDC, Some(1_000)).expect("an exit is not capped");
}
