//! Prices and markets reach the board.

use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::tag::ROW_REFRESHED;
use trestle_sandbox::pyth::{self, Quote};
use trestle_sandbox::world::{BTC, SOL, USDC};
use trestle_sandbox::{World, refused};

fn rows(world: &World, assets: &[usize]) -> Vec<(u8, Pubkey)> {
    assets.iter().map(|a| (world.assets[*a].keys.id, world.assets[*a].oracle)).collect()
}

/// Micro-USD of one whole token on the board.
fn board_price(world: &World, asset: usize) -> f64 {
    world.with_pages(|board| {
        let row = &board.prices.assets[asset];
        let per_unit = f64::from(row.price_mantissa) / 2_f64.powi(i32::from(row.price_shift));
        per_unit * 10_f64.powi(i32::from(row.decimals)) / 1e6
    })
}

fn write_oracle(world: &mut World, asset: usize, data: Vec<u8>) {
    let key = world.assets[asset].oracle;
    world.svm.set_account(key, pyth::account(data));
}

fn fresh(world: &World, asset: usize, quote: &Quote) -> Vec<u8> {
    let clock = world.svm.clock();
    pyth::encode(&world.assets[asset].feed, quote, clock.unix_timestamp, clock.slot)
}

#[test]
fn prices_arrive_exactly() {
    let mut world = World::new();
    for (asset, cents) in [(BTC, 12_345_678), (SOL, 20_001), (USDC, 99)] {
        world.svm.advance_seconds(1);
        world.set_price(asset, cents);
        let found = board_price(&world, asset);
        let expected = cents as f64 / 100.0;
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} against {expected}");
        assert!(found <= expected, "never above the sample");
    }
}

#[test]
fn one_bad_feed_does_not_stop_the_others() {
    let mut world = World::new();
    world.svm.advance_seconds(10);
    world.assets[SOL].quote = Quote::cents(16_000);
    world.publish(SOL);
    // BTC's account stays as it was: not newer. USDC's is cut short.
    let data = fresh(&world, USDC, &Quote::cents(100));
    write_oracle(&mut world, USDC, data[..100].to_vec());
    let before = world.with_pages(|b| (b.prices.assets[BTC], b.prices.assets[USDC]));
    let ix = world.trestle.refresh_prices(&rows(&world, &[BTC, SOL, USDC]));
    let sent = world.send(&[ix], &[]).unwrap();
    let codes: Vec<u32> = sent
        .return_data
        .chunks(4)
        .map(|c| c.iter().rev().fold(0, |code, b| code << 8 | u32::from(*b)))
        .collect();
    assert_eq!(
        codes,
        [TrestleError::OracleNotNewer.code(), ROW_REFRESHED, TrestleError::OracleLayout.code()]
    );
    let after = world.with_pages(|b| (b.prices.assets[BTC], b.prices.assets[USDC]));
    assert_eq!(bytemuck::bytes_of(&before.0), bytemuck::bytes_of(&after.0));
    assert_eq!(bytemuck::bytes_of(&before.1), bytemuck::bytes_of(&after.1));
    assert!((board_price(&world, SOL) - 160.0).abs() < 1e-6);
}

#[test]
fn every_bad_sample_has_an_error_and_touches_nothing() {
    let mut world = World::new();
    world.svm.advance_seconds(300);
    let clock = world.svm.clock();
    let (now, slot, feed) = (clock.unix_timestamp, clock.slot, world.assets[SOL].feed);
    let quote = Quote::cents(15_000);
    let good = pyth::encode(&feed, &quote, now, slot);
    let with = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut data = good.clone();
        edit(&mut data);
        data
    };
    let encode = |quote: Quote, published| pyth::encode(&feed, &quote, published, slot);
    let cases = [
        (encode(quote, now - 121), TrestleError::OracleStale),
        (encode(quote, now + 6), TrestleError::OracleFuture),
        (encode(Quote::exact(0), now), TrestleError::OracleNotPositive),
        (encode(Quote::exact(-1), now), TrestleError::OracleNotPositive),
        (encode(Quote::exact(i64::MIN), now), TrestleError::OracleNotPositive),
        (encode(Quote { ema: 0, ..quote }, now), TrestleError::OracleNotPositive),
        (encode(Quote { confidence: 150_000_000, ..quote }, now), TrestleError::OracleWide),
        (encode(Quote { confidence: u64::MAX, ..quote }, now), TrestleError::OracleWide),
        (with(&|d| d[40] = 0), TrestleError::OraclePartial),
        (with(&|d| d[41] ^= 1), TrestleError::OracleFeed),
        (with(&|d| d[0] ^= 1), TrestleError::OracleLayout),
        (with(&|d| d.truncate(133)), TrestleError::OracleLayout),
        (with(&|d| d.truncate(7)), TrestleError::OracleLayout),
        (with(&|d| d.clear()), TrestleError::OracleLayout),
        (with(&|d| d[89] = 0xf7), TrestleError::OracleExponent),
        (
            with(&|d| d[125..133].copy_from_slice(&(slot + 1).to_le_bytes())),
            TrestleError::OracleFuture,
        ),
    ];
    for (data, error) in cases {
        write_oracle(&mut world, SOL, data);
        let ix = world.trestle.refresh_prices(&rows(&world, &[SOL]));
        refused(&mut world.svm, &[ix], &[], error);
    }
    // the same bytes under another owner
    let mut account = pyth::account(good);
    account.owner = Pubkey::new_from_array([9; 32]);
    let key = world.assets[SOL].oracle;
    world.svm.set_account(key, account);
    let ix = world.trestle.refresh_prices(&rows(&world, &[SOL]));
    refused(&mut world.svm, &[ix], &[], TrestleError::OracleOwner);
    // another asset's oracle
    world.publish(BTC);
    let ix = world.trestle.refresh_prices(&[(world.assets[SOL].keys.id, world.assets[BTC].oracle)]);
    refused(&mut world.svm, &[ix], &[], TrestleError::OracleFeed);
}

#[test]
fn lists_of_rows_are_exact() {
    let mut world = World::new();
    world.svm.advance_seconds(5);
    world.publish(SOL);
    let good = world.trestle.refresh_prices(&rows(&world, &[SOL]));
    let mut none = good.clone();
    none.accounts.truncate(1);
    none.data.truncate(1);
    refused(&mut world.svm, &[none], &[], TrestleError::ArgumentLength);
    let mut long = good.clone();
    long.data.push(0);
    refused(&mut world.svm, &[long], &[], TrestleError::ArgumentLength);
    let mut unknown = good.clone();
    unknown.data[1] = 60;
    refused(&mut world.svm, &[unknown], &[], TrestleError::UnknownRow);
    let mut secondary = good.clone();
    secondary.data[1] |= 0x80;
    refused(&mut world.svm, &[secondary], &[], TrestleError::NoOracle);
    let mut readonly = good;
    readonly.accounts[0].is_writable = false;
    refused(&mut world.svm, &[readonly], &[], TrestleError::NotWritable);
}

#[test]
fn a_market_row_equals_what_its_pool_would_say() {
    let (mut world, _) = crate::pool::funded();
    let user = crate::pool::trader(&mut world, 11, 10_000);
    user.borrow(&mut world, USDC, 850_000_000_000).unwrap();
    world.advance(12_345);
    let pool = world.pool(USDC);
    let (books, _) =
        pool.books().unwrap().accrued(&pool.terms().unwrap(), world.now().unix).unwrap();
    let row = world.with_pages(|b| b.markets.markets[USDC]);
    assert_eq!(row.deposit_index.get(), books.deposit_index.q64());
    assert_eq!(row.debt_index.get(), books.debt_index.q64());
    assert_eq!(row.free_liquidity, books.cash);
    assert_eq!(row.slot, world.now().slot);
    assert!(row.borrow_apr > row.supply_apr && row.supply_apr > 0);
    assert!(books.is_balanced().unwrap());
}

#[test]
fn a_market_row_takes_only_its_own_pool() {
    let mut world = World::new();
    let mut ix = world.trestle.refresh_markets(&[world.assets[USDC].pool]);
    ix.accounts[1].pubkey = world.assets[SOL].pool.pool;
    refused(&mut world.svm, &[ix], &[], TrestleError::WrongAddress);
    let mut unknown = world.trestle.refresh_markets(&[world.assets[USDC].pool]);
    unknown.data[1] = 99;
    refused(&mut world.svm, &[unknown], &[], TrestleError::UnknownRow);
    let mut odd = world.trestle.refresh_markets(&[world.assets[USDC].pool]);
    odd.data.push(0);
    refused(&mut world.svm, &[odd], &[], TrestleError::ArgumentLength);
}
