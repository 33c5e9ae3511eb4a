//! Accounts that owe more than they have: flagged, marked, settled (ruling 10).

use crate::bad_input::matrix;
use crate::lender;
use crate::liquidate::{against_custody, indebted};
use crate::pool::{funded, trader};
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_client::events::of_logs;
use trestle_interface::event::{Body, Event, Flagged, Marked, Settled};
use trestle_interface::state::{INSURANCE_EPOCH, LOCK_LAPSE, PositionKind};
use trestle_interface::{PROGRAM_ID, TrestleError};
use trestle_risk_math::index::Index;
use trestle_sandbox::svm::{Failure, Sent};
use trestle_sandbox::tokens::{self, balance_of};
use trestle_sandbox::world::{BTC, JITOSOL, MEME, SOL, USDC};
use trestle_sandbox::{User, World, refused};

/// A debtor of 110,000 USDC whose 1,000 SOL were all seized at 50 USD. The
/// price is back at 150 USD afterwards, for everyone else.
pub fn sunk(world: &mut World, seed: u8, bot: u8) -> User {
    sunk_by(world, seed, bot, 110_000_000_000)
}

/// [`sunk`], but the debtor owed so much, with collateral in proportion.
fn sunk_by(world: &mut World, seed: u8, bot: u8, debt: u64) -> User {
    let victim = trader(world, seed, debt / 110_000_000);
    victim.borrow(world, USDC, debt).unwrap();
    victim.withdraw(world, USDC, debt).unwrap();
    let bot = User::new(world, bot, 8);
    bot.fund(world, USDC, 500_000_000_000);
    bot.fund(world, SOL, 0);
    world.advance(1);
    world.set_price(SOL, 5_000);
    world.advance(1);
    seize_all(world, &victim, &bot);
    world.set_price(SOL, 15_000);
    world.advance(1);
    victim
}

/// Liquidates a debtor's SOL until what is left is worth no unit of USDC.
fn seize_all(world: &mut World, victim: &User, bot: &User) {
    loop {
        let ix = against_custody(world, victim, bot, u64::MAX);
        match world.send(&[ix], &[&bot.key]) {
            Ok(_) => {}
            Err(end) => {
                let dust = [TrestleError::NothingToLiquidate, TrestleError::LiquidationOutcome];
                assert!(dust.map(Some).contains(&end.trestle()), "{end:?}");
                break;
            }
        }
    }
    assert!(units(victim, world, SOL, PositionKind::Custody) < 1_000_000);
}

/// Marks the debt of a bankrupt account at its pool.
pub fn mark(world: &mut World, victim: &User, asset: usize) -> Result<Sent, Failure> {
    let ix = world.trestle.flag_unhealthy(victim.account, &[world.assets[asset].pool]);
    world.send(&[ix], &[])
}

fn settle(world: &mut World, victim: &User, asset: usize) -> Result<Sent, Failure> {
    let ix = world.trestle.settle_bad_debt(victim.account, &world.assets[asset].pool);
    world.send(&[ix], &[])
}

#[track_caller]
fn settle_refused(world: &mut World, victim: &User, asset: usize, error: TrestleError) {
    let ix = world.trestle.settle_bad_debt(victim.account, &world.assets[asset].pool);
    refused(&mut world.svm, &[ix], &[], error);
}

#[track_caller]
fn mark_refused(world: &mut World, victim: &User, asset: usize, error: TrestleError) {
    let ix = world.trestle.flag_unhealthy(victim.account, &[world.assets[asset].pool]);
    refused(&mut world.svm, &[ix], &[], error);
}

fn units(user: &User, world: &World, asset: usize, kind: PositionKind) -> u64 {
    let (_, positions) = user.margin(world);
    let found = positions.iter().find(|p| p.kind == kind.byte() && usize::from(p.asset) == asset);
    found.map_or(0, |p| u64::try_from(p.units.get()).unwrap())
}

fn told<T>(sent: &Sent, pick: impl Fn(Body<'_>) -> Option<T>) -> Option<T> {
    let events = of_logs(&sent.logs, &PROGRAM_ID);
    events.iter().find_map(|bytes| pick(Event::decode(bytes)?.body))
}

fn settlement(sent: &Sent) -> Settled {
    let pick = |body: Body<'_>| match body {
        Body::Settlement(told) => Some(told),
        _ => None,
    };
    told(sent, pick).expect("the event of the settlement")
}

/// Insurance of a pool with interest up to now, Q64 tokens.
fn insurance(world: &World, asset: usize) -> u128 {
    let pool = world.pool(asset);
    let books = pool.books().unwrap();
    books.accrued(&pool.terms().unwrap(), world.now().unix).unwrap().0.insurance
}

/// Books balance, and the vault holds the cash.
fn check_books(world: &World, asset: usize) {
    let pool = world.pool(asset);
    assert!(pool.books().unwrap().is_balanced().unwrap());
    assert_eq!(pool.cash, balance_of(&world.svm, &world.assets[asset].pool.vault));
}

/// [`check_books`]; the board's row is the pool's, and events tell all of it.
fn check(world: &World, asset: usize) {
    check_books(world, asset);
    let pool = world.pool(asset);
    let market = world.assets[asset].pool.market;
    let row = world.with_pages(|board| *board.markets.market(market).unwrap());
    let indices = (row.deposit_index.get(), row.debt_index.get(), row.free_liquidity);
    assert_eq!(indices, (pool.deposit_index.get(), pool.debt_index.get(), pool.cash));
    crate::events::check(&world.svm);
}

#[test]
fn r10_a_bad_debt_goes_to_insurance_and_lenders_in_one_instruction() {
    let (mut world, lender) = funded();
    let victim = sunk(&mut world, 11, 12);
    let before = world.pool(USDC);
    let owed = units(&victim, &world, USDC, PositionKind::PoolDebt);
    assert_eq!(owed, before.debt_units, "nobody else owes");
    let claims = before.books().unwrap().deposits().unwrap();
    let sent = settle(&mut world, &victim, USDC).unwrap();
    let (after, fact) = (world.pool(USDC), settlement(&sent));
    // the debt is gone, the tokens have not moved
    assert_eq!((after.debt_units, after.cash), (0, before.cash));
    assert_eq!(units(&victim, &world, USDC, PositionKind::PoolDebt), 0);
    let (account, _) = victim.margin(&world);
    assert_eq!((account.has_debt, account.flagged_slot, account.health_bucket), (0, 0, 0));
    // each part of 2^-64 of a token is borne by somebody
    assert_eq!((fact.units, fact.recovered), (owed, 0));
    assert_eq!(fact.loss, fact.insurance + fact.lenders);
    assert!(fact.lenders > 0 && fact.index_after < fact.index_before);
    assert_eq!(fact.index_after, after.deposit_index.get());
    let taken = (fact.index_before - fact.index_after) * u128::from(after.deposit_units);
    assert!(taken >= fact.lenders && taken - fact.lenders < u128::from(after.deposit_units));
    check(&world, USDC);
    // what is left is exactly what can be paid out
    lender.redeem(&mut world, USDC, None).unwrap();
    let got = units(&lender, &world, USDC, PositionKind::Custody);
    assert!(claims - got >= 59_000_000_000, "the loss of 60,000 USD was theirs: {got}");
    assert_eq!(world.pool(USDC).deposit_units, 0);
    world.publish_all();
    check(&world, USDC);
    settle_refused(&mut world, &victim, USDC, TrestleError::NoPosition);
}

#[test]
fn r10_who_has_something_left_is_not_bankrupt() {
    let (mut world, victim, bot) = indebted();
    settle_refused(&mut world, &victim, USDC, TrestleError::NotBankrupt);
    // below water, but not yet liquidated
    world.set_price(SOL, 5_000);
    world.advance(1);
    settle_refused(&mut world, &victim, USDC, TrestleError::NotBankrupt);
    mark_refused(&mut world, &victim, USDC, TrestleError::NotBankrupt);
    // debts of other pools are nobody's to settle here
    settle_refused(&mut world, &victim, SOL, TrestleError::NoPosition);
    // 2 USD of an isolated asset count, though they are no collateral
    let mut isolated = world.clone();
    victim.fund_and_deposit(&mut isolated, MEME, 100_000_000);
    isolated.advance(1);
    seize_all(&mut isolated, &victim, &bot);
    settle_refused(&mut isolated, &victim, USDC, TrestleError::NotBankrupt);
    mark_refused(&mut isolated, &victim, USDC, TrestleError::NotBankrupt);
    // at half a dollar they are dust, and the bad debt is no more hidden
    isolated.set_price(MEME, 1);
    isolated.assets[MEME].quote = trestle_sandbox::pyth::Quote::exact(500_000);
    isolated.advance(1);
    settle(&mut isolated, &victim, USDC).unwrap();
}

#[test]
fn r10_an_asset_whose_price_died_is_not_nothing() {
    let (mut world, victim, _) = indebted();
    for seconds in [100, 500, 3_000, 700] {
        crate::adversary::advance_without(&mut world, SOL, seconds);
    }
    let report = victim.health(&mut world).unwrap();
    assert_eq!(report.equity, -report.debts, "health has let it fade to nothing");
    // else the owner would keep 1,000 SOL, and the lenders their debt
    settle_refused(&mut world, &victim, USDC, TrestleError::NotBankrupt);
    mark_refused(&mut world, &victim, USDC, TrestleError::NotBankrupt);
}

#[test]
fn r10_settlement_rests_on_fresh_prices_after_the_last_act() {
    let (mut world, _) = funded();
    let victim = sunk(&mut world, 11, 12);
    let mut late = world.clone();
    late.svm.advance_seconds(31);
    settle_refused(&mut late, &victim, USDC, TrestleError::LiquidationStale);
    mark_refused(&mut late, &victim, USDC, TrestleError::LiquidationStale);
    // an act that raised risk after the prices were published
    let mut acted = world.clone();
    let mut account = acted.svm.account(&victim.account).unwrap();
    let now = acted.now().unix;
    account.data[144..152].copy_from_slice(&now.to_le_bytes());
    acted.svm.set_account(victim.account, account);
    settle_refused(&mut acted, &victim, USDC, TrestleError::CoolOff);
    acted.advance(1);
    settle(&mut acted, &victim, USDC).unwrap();
}

#[test]
fn r10_what_is_left_in_the_debts_asset_repays_first() {
    let (mut world, _) = funded();
    let victim = sunk(&mut world, 11, 12);
    // 0.40 USD idle and 0.50 USD lent: dust, since together below 1 USD
    victim.fund_and_deposit(&mut world, USDC, 900_000);
    world.advance(1);
    victim.supply(&mut world, USDC, 500_000).expect_err("no longer the owner's to move");
    let mut idle = world.clone();
    let before = idle.pool(USDC);
    let fact = settlement(&settle(&mut idle, &victim, USDC).unwrap());
    assert_eq!(fact.recovered, 900_000);
    assert_eq!(idle.pool(USDC).cash, before.cash + 900_000);
    assert_eq!(units(&victim, &idle, USDC, PositionKind::Custody), 0);
    check(&idle, USDC);
    // a custody that was frozen holds nothing that can be had, and is no shield
    let keys = world.assets[USDC].keys;
    let custody = world.trestle.custody(&victim.account, &keys);
    let mut frozen = world.svm.account(&custody).unwrap();
    frozen.data[108] = 2;
    world.svm.set_account(custody, frozen);
    let fact = settlement(&settle(&mut world, &victim, USDC).unwrap());
    assert_eq!(fact.recovered, 0);
    assert_eq!(units(&victim, &world, USDC, PositionKind::Custody), 900_000);
    check(&world, USDC);
}

#[test]
fn r10_a_deposit_in_the_same_pool_is_set_off_without_cash() {
    let (mut world, _) = funded();
    let victim = User::new(&mut world, 11, 8);
    victim.fund_and_deposit(&mut world, USDC, 600_000);
    victim.supply(&mut world, USDC, 600_000).unwrap();
    victim.fund_and_deposit(&mut world, SOL, 1_000_000_000_000);
    victim.borrow(&mut world, USDC, 100_000_000_000).unwrap();
    victim.withdraw(&mut world, USDC, 100_000_000_000).unwrap();
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 500_000_000_000);
    bot.fund(&mut world, SOL, 0);
    world.advance(1);
    world.set_price(SOL, 5_000);
    world.advance(1);
    seize_all(&mut world, &victim, &bot);
    // everything is lent out
    world.set_price(SOL, 15_000);
    let whale = trader(&mut world, 13, 100_000);
    let cash = world.pool(USDC).cash;
    whale.borrow(&mut world, USDC, cash).unwrap();
    world.advance(1);
    let before = world.pool(USDC);
    let fact = settlement(&settle(&mut world, &victim, USDC).unwrap());
    assert!((599_999..=600_001).contains(&fact.recovered), "{fact:?}");
    assert_eq!((world.pool(USDC).cash, before.cash), (0, 0));
    assert!(units(&victim, &world, USDC, PositionKind::PoolDeposit) <= 1);
    check(&world, USDC);
}

#[test]
fn r10_nobody_leaves_a_pool_with_a_known_loss() {
    let (mut world, lender) = funded();
    let solo = lender::lender(&mut world, 30, USDC, 1_000_000);
    let (pool, wallet) = (world.assets[USDC].pool, lender::wallet(&world, &solo, USDC));
    let t = world.trestle;
    let save = t.lender_supply(solo.pubkey(), &pool, wallet, 1_000_000);
    world.send(&[save], &[&solo]).unwrap();
    let victim = sunk(&mut world, 11, 12);
    let sent = mark(&mut world, &victim, USDC).unwrap();
    let pick = |body: Body<'_>| match body {
        Body::Mark(fact) => Some(fact),
        _ => None,
    };
    let fact: Marked = told(&sent, pick).unwrap();
    // interest up to now is owed as well
    world.publish_in_slot();
    let market = world.with_pages(|board| *board.markets.market(pool.market).unwrap());
    let index = Index::new(market.debt_index.get()).unwrap();
    let owed = index.tokens_ceil(units(&victim, &world, USDC, PositionKind::PoolDebt)).unwrap();
    assert_eq!((fact.pool, fact.owed, fact.unsettled), (pool.pool, owed, owed));
    assert_eq!(fact.since, world.now().slot);
    // neither by redeeming nor by borrowing against the deposit
    let leave = [
        (t.pool_redeem(lender.address(), lender.account, &pool, Some(1)), &*lender.key),
        (t.pool_redeem(lender.address(), lender.account, &pool, None), &*lender.key),
        (t.pool_borrow(lender.address(), lender.account, &pool, 1), &*lender.key),
        (t.lender_redeem(solo.pubkey(), &pool, wallet, Some(1)), &solo),
        (t.lender_redeem(solo.pubkey(), &pool, wallet, None), &solo),
    ];
    for (ix, key) in &leave {
        refused(&mut world.svm, std::slice::from_ref(ix), &[key], TrestleError::PoolUnsettled);
    }
    // other pools go on, and so do supply and repayment
    lender.fund_and_deposit(&mut world, USDC, 5_000_000);
    lender.supply(&mut world, USDC, 5_000_000).unwrap();
    let mut settled = world.clone();
    settle(&mut settled, &victim, USDC).unwrap();
    assert_eq!(settled.pool(USDC).losses.unsettled, 0);
    for (ix, key) in leave {
        let mut copy = settled.clone();
        copy.send(&[ix], &[key]).expect("settled");
    }
    check(&settled, USDC);
}

#[test]
fn r10_a_lock_lapses_and_the_same_debt_does_not_lock_again() {
    let (mut world, lender) = funded();
    let victim = sunk(&mut world, 11, 12);
    mark(&mut world, &victim, USDC).unwrap();
    let clock = world.svm.clock();
    let at = |world: &mut World, slots: u64| {
        world.svm.set_clock(clock.slot + slots, clock.unix_timestamp + 1);
        world.publish_in_slot();
    };
    at(&mut world, LOCK_LAPSE);
    // repeating it neither adds nor prolongs
    mark(&mut world, &victim, USDC).unwrap();
    let ix = world.trestle.pool_redeem(
        lender.address(),
        lender.account,
        &world.assets[USDC].pool,
        Some(1_000),
    );
    refused(&mut world.svm, std::slice::from_ref(&ix), &[&lender.key], TrestleError::PoolUnsettled);
    at(&mut world, LOCK_LAPSE + 1);
    mark(&mut world, &victim, USDC).unwrap();
    world.send(&[ix], &[&lender.key]).expect("lapsed");
    // the settlement of a lapsed mark takes nothing off a newer one
    let second = sunk(&mut world, 13, 14);
    mark(&mut world, &second, USDC).unwrap();
    let newer = world.pool(USDC).losses;
    settle(&mut world, &victim, USDC).unwrap();
    assert_eq!(world.pool(USDC).losses.unsettled, newer.unsettled);
    settle(&mut world, &second, USDC).unwrap();
    assert_eq!(world.pool(USDC).losses.unsettled, 0);
    check(&world, USDC);
}

#[test]
fn r10_a_small_loss_locks_nothing() {
    let (mut world, lender) = funded();
    // 600 USD unpaid of 1,000,000 lent: below a thousandth
    let victim = sunk_by(&mut world, 11, 12, 1_100_000_000);
    mark(&mut world, &victim, USDC).unwrap();
    assert!(world.pool(USDC).losses.unsettled > 500_000_000);
    lender.redeem(&mut world, USDC, Some(1_000_000)).unwrap();
    // a second makes it more than that
    let second = sunk_by(&mut world, 13, 14, 1_100_000_000);
    mark(&mut world, &second, USDC).unwrap();
    let out = lender.redeem(&mut world, USDC, Some(1_000_000));
    assert_eq!(out.unwrap_err().trestle(), Some(TrestleError::PoolUnsettled));
}

#[test]
fn r10_nobody_locks_a_pool_at_will() {
    let (mut world, victim, _) = indebted();
    // no bankruptcy, no mark: healthy, unhealthy, below water
    mark_refused(&mut world, &victim, USDC, TrestleError::Healthy);
    for cents in [13_000, 9_000] {
        world.set_price(SOL, cents);
        world.advance(1);
        mark_refused(&mut world, &victim, USDC, TrestleError::NotBankrupt);
    }
    // a bankrupt account says nothing about pools that it does not owe
    world.set_price(SOL, 15_000);
    world.advance(1);
    let broke = sunk(&mut world, 21, 22);
    mark_refused(&mut world, &broke, SOL, TrestleError::NoPosition);
    // nor about pools of another group, nor through a read-only account
    let t = world.trestle;
    let mut readonly = t.flag_unhealthy(broke.account, &[world.assets[USDC].pool]);
    readonly.accounts[3].is_writable = false;
    refused(&mut world.svm, &[readonly], &[], TrestleError::NotWritable);
    let mut foreign = t.flag_unhealthy(broke.account, &[world.assets[USDC].pool]);
    foreign.accounts[3].pubkey = victim.account;
    refused(&mut world.svm, &[foreign], &[], TrestleError::WrongSize);
}

#[test]
fn r10_insurance_pays_a_bounded_part_in_an_epoch() {
    let (mut world, _) = funded();
    let whale = trader(&mut world, 13, 100_000);
    whale.borrow(&mut world, USDC, 700_000_000_000).unwrap();
    world.advance(INSURANCE_EPOCH.unsigned_abs().try_into().unwrap());
    for _ in 0..30 {
        world.advance(INSURANCE_EPOCH.unsigned_abs().try_into().unwrap());
    }
    let victims = [(21, 22), (23, 24), (25, 26)].map(|(v, b)| sunk(&mut world, v, b));
    // liquidations below water drew on this epoch already
    world.advance(INSURANCE_EPOCH.unsigned_abs().try_into().unwrap());
    let held = insurance(&world, USDC) >> 64;
    assert!(held > 20_000_000, "interest of a month: {held}");
    let paid = |world: &mut World, victim: &User| {
        let fact = settlement(&settle(world, victim, USDC).unwrap());
        check(world, USDC);
        fact.insurance >> 64
    };
    let first = paid(&mut world, &victims[0]);
    assert_eq!(first, held / 2);
    assert_eq!(paid(&mut world, &victims[1]), 0, "the epoch's part is spent");
    // the last second of the epoch, and the first of the next
    let (slot, unix) = (world.now().slot, world.now().unix);
    let next = (unix / INSURANCE_EPOCH + 1) * INSURANCE_EPOCH;
    world.svm.set_clock(slot + 1, next - 1);
    world.publish_all();
    let mut edge = world.clone();
    assert_eq!(paid(&mut edge, &victims[2]), 0);
    world.svm.set_clock(slot + 2, next);
    world.publish_all();
    let left = insurance(&world, USDC) >> 64;
    assert_eq!(paid(&mut world, &victims[2]), left / 2);
    assert!(left > 1);
}

#[test]
fn below_water_insurance_pays_the_incentive() {
    let (mut world, _) = funded();
    let whale = trader(&mut world, 13, 100_000);
    whale.borrow(&mut world, USDC, 700_000_000_000).unwrap();
    for _ in 0..30 {
        world.advance(INSURANCE_EPOCH.unsigned_abs().try_into().unwrap());
    }
    let victim = trader(&mut world, 11, 1_000);
    victim.borrow(&mut world, USDC, 110_000_000_000).unwrap();
    victim.withdraw(&mut world, USDC, 110_000_000_000).unwrap();
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 500_000_000_000);
    bot.fund(&mut world, SOL, 0);
    world.advance(1);
    world.set_price(SOL, 10_000);
    world.advance(1);
    let before = victim.health(&mut world).unwrap();
    assert!(before.equity < 0);
    let (held, wallet) = (insurance(&world, USDC), bot.wallet(&world, USDC));
    let purse = balance_of(&world.svm, &wallet);
    let ix = against_custody(&world, &victim, &bot, 10_000_000_000);
    let sent = world.send(&[ix], &[&bot.key]).unwrap();
    let pick = |body: Body<'_>| match body {
        Body::Liquidation(fact) => Some(fact),
        _ => None,
    };
    let fact = told(&sent, pick).unwrap();
    // 0.25 % of what is repaid, less the fifth that is insurance's own
    let full = fact.repaid / 500;
    assert!(fact.subsidy <= full && fact.subsidy > full * 99 / 100, "{fact:?}");
    assert_eq!(fact.insured, 0);
    assert_eq!(purse - balance_of(&world.svm, &wallet), fact.repaid - fact.subsidy);
    // the account bears none of it, and nobody else does
    assert!(fact.equity_after >= fact.equity_before - 10, "{fact:?}");
    let lost = held - world.pool(USDC).insurance.get();
    assert!(lost >> 64 <= u128::from(fact.subsidy));
    check_books(&world, USDC);
    // no more than the epoch's half, and then nothing: the debt is repaid all the same
    let mut paid = fact.subsidy;
    world.advance(1);
    loop {
        let ix = against_custody(&world, &victim, &bot, 20_000_000_000);
        let Ok(sent) = world.send(&[ix], &[&bot.key]) else { break };
        paid += told(&sent, pick).unwrap().subsidy;
    }
    assert!(units(&victim, &world, SOL, PositionKind::Custody) < 1_000_000);
    assert_eq!(u128::from(paid), (held >> 64) / 2, "all that the epoch allowed");
    world.publish_all();
    check(&world, USDC);
}

#[test]
fn isolated_assets_are_seized_when_nothing_else_is_left() {
    let (mut world, victim, bot) = indebted();
    victim.fund_and_deposit(&mut world, MEME, 500_000_000);
    bot.fund(&mut world, MEME, 0);
    world.set_price(SOL, 5_000);
    world.advance(1);
    let keys = bot.against(&world, &victim, USDC, MEME);
    let meme = world.assets[MEME].keys;
    let ix = world.trestle.liquidate_custody(&keys, &meme, u64::MAX, 1);
    let ix = std::slice::from_ref(&ix);
    refused(&mut world.svm, ix, &[&bot.key], TrestleError::NotSeizable);
    seize_all(&mut world, &victim, &bot);
    settle_refused(&mut world, &victim, USDC, TrestleError::NotBankrupt);
    let owed = victim.health(&mut world).unwrap().debts;
    world.send(ix, &[&bot.key]).unwrap();
    // 500 at 0.02 USD: 10 USD of the debt
    let after = victim.health(&mut world).unwrap();
    assert!((9_900_000..=10_000_000).contains(&(owed - after.debts)), "{after:?}");
    assert!(balance_of(&world.svm, &bot.wallet(&world, MEME)) >= 499_000_000);
    settle(&mut world, &victim, USDC).unwrap();
    check(&world, USDC);
}

#[test]
fn r10_debts_to_several_pools_are_settled_one_by_one() {
    let (mut world, lender) = funded();
    lender.fund_and_deposit(&mut world, BTC, 10_000_000_000);
    lender.supply(&mut world, BTC, 10_000_000_000).unwrap();
    let victim = trader(&mut world, 11, 1_000);
    victim.fund(&mut world, BTC, 0);
    victim.borrow(&mut world, USDC, 50_000_000_000).unwrap();
    victim.withdraw(&mut world, USDC, 50_000_000_000).unwrap();
    victim.borrow(&mut world, BTC, 30_000_000).unwrap();
    victim.withdraw(&mut world, BTC, 30_000_000).unwrap();
    let bot = User::new(&mut world, 12, 8);
    bot.fund(&mut world, USDC, 500_000_000_000);
    bot.fund(&mut world, SOL, 0);
    world.advance(1);
    world.set_price(SOL, 3_000);
    world.advance(1);
    seize_all(&mut world, &victim, &bot);
    settle(&mut world, &victim, BTC).unwrap();
    let (account, positions) = victim.margin(&world);
    assert_eq!((account.has_debt, positions.len()), (1, 2), "the other debt stays, and SOL dust");
    check(&world, BTC);
    settle(&mut world, &victim, USDC).unwrap();
    assert_eq!(victim.margin(&world).0.has_debt, 0);
    check(&world, USDC);
}

#[test]
fn anyone_settles_by_a_call_from_another_program() {
    let (mut world, _) = funded();
    let victim = sunk(&mut world, 11, 12);
    let proxy = Pubkey::new_from_array([42; 32]);
    world.svm.vm().add_program(proxy, &trestle_packs::deployed("proxy")).expect("loads");
    let pool = world.assets[USDC].pool;
    let t = world.trestle;
    let calls =
        [t.flag_unhealthy(victim.account, &[pool]), t.settle_bad_debt(victim.account, &pool)];
    world.send(&[mock_proxy::wrap(&proxy, &calls)], &[]).unwrap();
    assert_eq!(victim.margin(&world).0.has_debt, 0);
    check(&world, USDC);
}

#[test]
fn a_flag_starts_the_clock_and_stops_it() {
    let (mut world, victim, _) = indebted();
    let flag = world.trestle.flag_unhealthy(victim.account, &[]);
    let flag = std::slice::from_ref(&flag);
    refused(&mut world.svm, flag, &[], TrestleError::Healthy);
    world.set_price(SOL, 13_000);
    world.advance(1);
    let mut late = world.clone();
    late.svm.advance_seconds(31);
    refused(&mut late.svm, flag, &[], TrestleError::LiquidationStale);
    let pick = |body: Body<'_>| match body {
        Body::Flag(fact) => Some(fact),
        _ => None,
    };
    let sent = world.send(flag, &[]).unwrap();
    let fact: Flagged = told(&sent, pick).unwrap();
    let slot = world.now().slot;
    assert_eq!((fact.slot, victim.margin(&world).0.flagged_slot), (slot, slot));
    assert!(fact.maint < 0 && fact.equity > 0);
    // again: the clock runs on, and nothing is told
    world.advance(1);
    let sent = world.send(flag, &[]).unwrap();
    assert!(told(&sent, pick).is_none());
    assert_eq!(victim.margin(&world).0.flagged_slot, slot);
    // between liquidation end and maintenance it stays
    let cents = (13_000..20_000).step_by(20).find(|cents| {
        let mut probe = world.clone();
        probe.set_price(SOL, *cents);
        probe.advance(1);
        victim.health(&mut probe).unwrap().maint > 100_000_000
    });
    world.set_price(SOL, cents.unwrap());
    world.advance(1);
    let report = victim.health(&mut world).unwrap();
    assert!(report.maint > 0 && report.liqend < 0);
    world.send(flag, &[]).unwrap();
    assert_eq!(victim.margin(&world).0.flagged_slot, slot);
    world.set_price(SOL, 20_000);
    world.advance(1);
    let sent = world.send(flag, &[]).unwrap();
    assert_eq!(told(&sent, pick).unwrap().slot, 0);
    assert_eq!(victim.margin(&world).0.flagged_slot, 0);
    refused(&mut world.svm, flag, &[], TrestleError::Healthy);
}

#[test]
fn flags_and_settlements_check_roles_counts_and_lengths() {
    let (mut world, _) = funded();
    let victim = sunk(&mut world, 11, 12);
    let other = sunk(&mut world, 21, 22);
    let (t, pool) = (world.trestle, world.assets[USDC].pool);
    let flag = t.flag_unhealthy(victim.account, &[]);
    let good = t.settle_bad_debt(victim.account, &pool);
    let cases = matrix(&world, vec![(flag, vec![]), (good.clone(), vec![])]);
    assert!(cases >= 10, "{cases}");
    let mut swap = |position: usize, key: Pubkey, error: TrestleError| {
        let mut bad = good.clone();
        bad.accounts[position].pubkey = key;
        refused(&mut world.svm, &[bad], &[], error);
    };
    swap(3, world.assets[SOL].pool.pool, TrestleError::WrongAddress);
    swap(4, world.assets[SOL].pool.vault, TrestleError::WrongAddress);
    swap(7, world.assets[SOL].keys.mint, TrestleError::WrongMint);
    swap(8, PROGRAM_ID, TrestleError::WrongProgram);
    // custody is looked at where there is any
    victim.fund_and_deposit(&mut world, USDC, 1_000);
    world.advance(1);
    let (mine, theirs) = (victim.account, other.account);
    let keys = world.assets[USDC].keys;
    let mut bad = good.clone();
    bad.accounts[5].pubkey = t.custody(&theirs, &keys);
    refused(&mut world.svm, &[bad], &[], TrestleError::NotCanonicalCustody);
    let mut bad = good.clone();
    bad.accounts[6].pubkey = t.addresses().authority(&theirs);
    refused(&mut world.svm, &[bad], &[], TrestleError::WrongAddress);
    assert_ne!(mine, theirs);
    world.send(&[good], &[]).unwrap();
}

#[test]
fn others_tokens_do_not_keep_an_account_from_its_settlement() {
    let (mut world, _) = funded();
    let victim = sunk(&mut world, 11, 12);
    // a gift to custody is not the account's before its owner takes it in
    let keys = world.assets[JITOSOL].keys;
    let authority = world.trestle.addresses().authority(&victim.account);
    tokens::fund(&mut world.svm, authority, &keys, 5_000_000_000);
    let usdc = world.assets[USDC].keys;
    tokens::fund(&mut world.svm, authority, &usdc, 5_000_000);
    let fact = settlement(&settle(&mut world, &victim, USDC).unwrap());
    assert_eq!(fact.recovered, 0);
    check(&world, USDC);
}

#[test]
fn r11_a_seizure_passes_the_lock() {
    let (mut world, _) = funded();
    // one whose collateral lies in the pool that is locked
    let lender = User::new(&mut world, 15, 8);
    lender.fund_and_deposit(&mut world, USDC, 50_000_000_000);
    lender.supply(&mut world, USDC, 50_000_000_000).unwrap();
    let rich = trader(&mut world, 16, 1_000);
    rich.supply(&mut world, SOL, 1_000_000_000_000).unwrap();
    lender.fund(&mut world, SOL, 0);
    world.advance(1);
    lender.borrow(&mut world, SOL, 250_000_000_000).unwrap();
    lender.withdraw(&mut world, SOL, 250_000_000_000).unwrap();
    let broke = sunk(&mut world, 11, 12);
    world.set_price(SOL, 19_500);
    world.advance(1);
    mark(&mut world, &broke, USDC).unwrap();
    let leave = lender.redeem(&mut world, USDC, Some(1));
    assert_eq!(leave.unwrap_err().trestle(), Some(TrestleError::PoolUnsettled));
    let bot = User::new(&mut world, 17, 8);
    bot.fund(&mut world, SOL, 500_000_000_000);
    bot.fund(&mut world, USDC, 0);
    let keys = bot.against(&world, &lender, SOL, USDC);
    let seize = world.trestle.liquidate_deposit(&keys, &world.assets[USDC].pool, u64::MAX, 1);
    world.send(&[seize], &[&bot.key]).unwrap();
    assert!(balance_of(&world.svm, &bot.wallet(&world, USDC)) > 0);
    check_books(&world, USDC);
}
