//! `get_health`, and the mirror of it off chain.

use crate::pool::{funded, trader};
use trestle_interface::TrestleError;
use trestle_interface::health::HealthReport;
use trestle_sandbox::world::{BTC, JITOSOL, MEME, SOL, USDC};
use trestle_sandbox::{User, World, refused};

/// The report that the mirror gives.
fn mirrored(user: &User, world: &World) -> HealthReport {
    HealthReport::new(&user.mirror(world).0, world.svm.clock().slot)
}

#[test]
fn the_mirror_equals_the_chain_to_the_unit() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    for (asset, amount) in [(BTC, 12_345_678), (JITOSOL, 987_654_321_012)] {
        user.fund_and_deposit(&mut world, asset, amount);
    }
    user.supply(&mut world, BTC, 5_000_000).unwrap();
    user.borrow(&mut world, USDC, 77_777_777_777).unwrap();
    for seconds in [0, 1, 7, 40, 61, 119, 121, 500, 700, 5_000] {
        world.svm.advance_seconds(seconds);
        let chain = user.health(&mut world).unwrap();
        assert_eq!(chain, mirrored(&user, &world), "after {seconds} s more");
    }
}

#[test]
fn a_netted_book_is_charged_less_than_a_directional_one() {
    let (mut world, _) = funded();
    let sol_lender = User::new(&mut world, 12, 8);
    let amount = world.assets[SOL].tokens(100_000);
    sol_lender.fund_and_deposit(&mut world, SOL, amount);
    sol_lender.supply(&mut world, SOL, amount).unwrap();
    world.publish_all();
    let directional = trader(&mut world, 13, 1_000);
    directional.borrow(&mut world, USDC, 90_000_000_000).unwrap();
    directional.withdraw(&mut world, USDC, 90_000_000_000).unwrap();
    let netted = User::new(&mut world, 14, 8);
    let staked = world.assets[JITOSOL].tokens(1_000);
    netted.fund_and_deposit(&mut world, JITOSOL, staked);
    netted.fund(&mut world, SOL, 0);
    let owed = world.assets[SOL].tokens(1_000);
    netted.borrow(&mut world, SOL, owed).unwrap();
    netted.withdraw(&mut world, SOL, owed).unwrap();
    let directional = directional.health(&mut world).unwrap();
    let netted = netted.health(&mut world).unwrap();
    // per USD of debt, the netted book needs far less
    let need = |r: &HealthReport| (r.equity - r.init) as f64 / r.debts as f64;
    assert!(need(&netted) < need(&directional), "{} {}", need(&netted), need(&directional));
}

#[test]
fn stale_collateral_counts_zero_at_initial_and_a_stale_debt_denies_it() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.fund_and_deposit(&mut world, BTC, 100_000_000);
    user.borrow(&mut world, USDC, 50_000_000_000).unwrap();
    let fresh = user.health(&mut world).unwrap();
    // 70 s: beyond the initial age of 60 s; SOL alone is published again
    world.svm.advance_seconds(70);
    world.publish(USDC);
    world.publish(SOL);
    let rows = [USDC, SOL].map(|a| (world.assets[a].keys.id, world.assets[a].oracle));
    let refresh = world.trestle.refresh_prices(&rows);
    let markets = world.trestle.refresh_markets(&[world.assets[USDC].pool]);
    world.send(&[refresh, markets], &[]).unwrap();
    let aged = user.health(&mut world).unwrap();
    assert_eq!(aged.freshness, 1);
    assert_eq!(aged.init_known, 1);
    assert!(aged.init < fresh.init - 70_000_000_000, "100,000 USD of BTC count nothing");
    assert!((aged.maint - fresh.maint).abs() < 1_000_000_000, "maintenance still counts it");
    // now the debt's price ages instead
    world.svm.advance_seconds(70);
    let denied = user.health(&mut world).unwrap();
    assert_eq!(denied.init_known, 0);
}

#[test]
fn an_isolated_asset_gives_no_credit_and_allows_one_such_debt() {
    let (mut world, _) = funded();
    let user = User::new(&mut world, 11, 8);
    user.fund_and_deposit(&mut world, MEME, 100_000_000_000_000);
    user.fund(&mut world, USDC, 0);
    let report = user.health(&mut world).unwrap();
    assert_eq!(report.equity, 0);
    assert!(report.uncredited > 0);
    let pool = world.assets[USDC].pool;
    let ix = world.trestle.pool_borrow(user.address(), user.account, &pool, 1_000_000);
    refused(&mut world.svm, &[ix], &[&user.key], TrestleError::InitialHealth);
}

#[test]
fn an_empty_account_has_no_health_to_speak_of() {
    let mut world = World::new();
    let user = User::new(&mut world, 11, 8);
    let report = user.health(&mut world).unwrap();
    assert_eq!((report.equity, report.debts, report.init, report.maint), (0, 0, 0, 0));
}

#[test]
fn a_wider_confidence_lowers_health_and_never_the_price() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.borrow(&mut world, USDC, 50_000_000_000).unwrap();
    world.advance(5);
    let narrow = user.health(&mut world).unwrap();
    world.assets[SOL].quote.confidence =
        u64::try_from(world.assets[SOL].quote.price / 200).unwrap();
    world.advance(5);
    let wide = user.health(&mut world).unwrap();
    assert!(wide.maint < narrow.maint && wide.init < narrow.init);
    assert!((wide.equity - narrow.equity).abs() < 1_000_000, "only interest moved equity");
}

#[test]
fn a_gap_to_the_average_is_charged_at_initial_only() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.borrow(&mut world, USDC, 50_000_000_000).unwrap();
    let before = user.health(&mut world).unwrap();
    world.assets[SOL].quote.ema -= world.assets[SOL].quote.price / 50;
    world.advance(1);
    let after = user.health(&mut world).unwrap();
    assert!((after.maint - before.maint).abs() < 20_000_000);
    assert!((after.liqend - before.liqend).abs() < 20_000_000);
    assert!(after.init < before.init - 2_900_000_000, "2 % of 150,000 USD");
}
