//! Rulings that concern Kamino, each under its number.

use super::position::full;
use super::{Act, Stage};
use solana_account::Account;
use solana_instruction::{AccountMeta, Instruction};
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError as E;
use trestle_interface::state::{Position, PositionKind, VenueAccount};
use trestle_sandbox::kamino::KAMINO;
use trestle_sandbox::pyth::Quote;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{User, refused};

/// The elevation group of SOL against JitoSOL.
const GROUP: u8 = trestle_packs::kamino::mock::GROUP;
const USED: [usize; 3] = [SOL, JITOSOL, USDC];

/// Time passes; everything is refreshed but the rows of these reserves.
fn pass_without(stage: &mut Stage, dead: &[usize], seconds: u32) {
    stage.k.world.svm.advance_seconds(seconds);
    for (asset, name) in [(SOL, "SOL"), (JITOSOL, "JitoSOL"), (USDC, "USDC")] {
        let price = stage.k.world.assets[asset].quote.price.unsigned_abs();
        stage.k.venue.set_price(stage.k.world.svm.vm(), name, price);
    }
    stage.k.world.publish_all();
    let live: Vec<_> = USED.into_iter().filter(|a| !dead.contains(a)).collect();
    let rows = stage.k.world.trestle.refresh_reserves(&stage.k.of(&live));
    stage.k.world.send(&[rows], &[]).unwrap();
}

/// [`full`] with 60,000 USDC more from the pool, and a bot.
fn leveraged() -> (Stage, User) {
    let mut stage = full();
    let loan = stage.tokens(USDC, 60_000);
    let borrow = pool_borrow(&stage, loan, &reads(&stage, &USED));
    stage.send(&[borrow]).expect("the pool lends");
    let (t, me, account) = (stage.k.world.trestle, stage.user.address(), stage.user.account);
    let (keys, wallet) = (stage.k.world.assets[USDC].keys, stage.user.wallet(&stage.k.world, USDC));
    let mut take = t.withdraw(me, account, &keys, wallet, loan);
    take.accounts.extend(reads(&stage, &USED));
    stage.send(&[take]).expect("it leaves");
    let bot = User::new(&mut stage.k.world, 24, 8);
    let cash = stage.tokens(USDC, 200_000);
    bot.fund(&mut stage.k.world, USDC, cash);
    bot.fund(&mut stage.k.world, SOL, 0);
    stage.k.advance(1);
    (stage, bot)
}

fn reads(stage: &Stage, used: &[usize]) -> Vec<AccountMeta> {
    let t = stage.k.world.trestle;
    t.reads(&stage.user.account, &[stage.k.market], &stage.k.of(used))
}

/// The class's totals and nothing else.
fn totals(stage: &Stage) -> Vec<AccountMeta> {
    let t = stage.k.world.trestle;
    vec![AccountMeta::new(t.addresses().exposure(&t.group, KAMINO), false)]
}

fn pool_borrow(stage: &Stage, amount: u64, trailing: &[AccountMeta]) -> Instruction {
    let pool = stage.k.world.assets[USDC].pool;
    let t = stage.k.world.trestle;
    let mut ix = t.pool_borrow(stage.user.address(), stage.user.account, &pool, amount);
    ix.accounts.extend_from_slice(trailing);
    ix
}

fn liquidation(stage: &Stage, bot: &User) -> Instruction {
    let keys = bot.against(&stage.k.world, &stage.user, USDC, SOL);
    let sol = stage.k.world.assets[SOL].keys;
    stage.k.world.trestle.liquidate_custody(&keys, &sol, stage.tokens(USDC, 1_000), 0)
}

#[test]
fn r02_a_reserve_that_cannot_be_read_any_more_shields_nobody() {
    let (mut stage, bot) = leveraged();
    // SOL's reserve is wiped out: its row cannot be refreshed again
    stage.reserve(SOL, |r| r.set_version(u64::MAX));
    let rows = stage.k.world.trestle.refresh_reserves(&stage.k.of(&[SOL]));
    refused(&mut stage.k.world.svm, &[rows], &[], E::KaminoVersion);
    stage.k.world.assets[SOL].quote = trestle_sandbox::pyth::Quote::cents(9_000);
    pass_without(&mut stage, &[SOL], 1);
    // units are read all the same
    let refresh = stage.k.world.trestle.refresh_account(
        stage.user.account,
        &[stage.k.market],
        &stage.k.of(&[JITOSOL, USDC]),
    );
    stage
        .k
        .world
        .send(std::slice::from_ref(&refresh), &[])
        .expect("an obligation is read without its reserves");
    assert!(stage.units(SOL, PositionKind::VenueDeposit) > 0);
    // past the hard age the dead leg fades, and the others are liquidated
    pass_without(&mut stage, &[SOL], 700);
    stage.k.world.send(&[refresh], &[]).unwrap();
    let before = stage.user.health(&mut stage.k.world).unwrap();
    assert!(before.maint < 0, "{before:?}");
    let ix = liquidation(&stage, &bot);
    stage.k.world.send(&[ix], &[&bot.key]).expect("the other legs are liquidated");
}

#[test]
fn r02_an_obligation_that_cannot_be_read_any_more_shields_nobody() {
    let (mut stage, bot) = leveraged();
    stage.books(|o| o.set_owner(Pubkey::new_from_array([66; 32])));
    stage.k.world.assets[SOL].quote = trestle_sandbox::pyth::Quote::cents(9_000);
    pass_without(&mut stage, &[], 1);
    let refresh = stage.k.world.trestle.refresh_account(
        stage.user.account,
        &[stage.k.market],
        &stage.k.of(&USED),
    );
    refused(&mut stage.k.world.svm, &[refresh], &[], E::KaminoIdentity);
    pass_without(&mut stage, &[], 700);
    assert!(stage.user.health(&mut stage.k.world).unwrap().maint < 0);
    let ix = liquidation(&stage, &bot);
    stage.k.world.send(&[ix], &[&bot.key]).expect("what it owes to the pool is repaid");
}

#[test]
fn r02_a_vanished_obligation_is_worth_nothing() {
    let (mut stage, bot) = leveraged();
    let before = stage.user.health(&mut stage.k.world).unwrap();
    let key = stage.obligation();
    stage.k.world.svm.set_account(key, Account::default());
    stage.k.refresh(&stage.user.clone(), &USED).expect("a vanished account is readable");
    for asset in USED {
        assert_eq!(stage.units(asset, PositionKind::VenueDeposit), 0);
        assert_eq!(stage.units(asset, PositionKind::VenueDebt), 0);
    }
    let after = stage.user.health(&mut stage.k.world).unwrap();
    let claim = before.equity - after.equity;
    assert!((63_000_000_000..65_000_000_000).contains(&claim), "the claim is gone: {claim}");
    assert_eq!(after.debts, after.native_debts);
    assert!(after.maint < 0);
    stage.k.advance(1);
    let ix = liquidation(&stage, &bot);
    stage.k.world.send(&[ix], &[&bot.key]).expect("it shields nobody");
}

#[test]
fn r02_what_has_no_room_forces_reduce_only() {
    let mut stage = full();
    // a slab of eight, all in use
    let small = User::new(&mut stage.k.world, 25, 8);
    let mut narrow = Stage { k: stage.k.clone(), user: small };
    for (asset, whole) in [(SOL, 1_000), (JITOSOL, 100), (USDC, 1_000)] {
        let amount = narrow.tokens(asset, whole);
        narrow.user.fund_and_deposit(&mut narrow.k.world, asset, amount);
        narrow.k.open(&narrow.user.clone(), asset);
    }
    narrow.ok(Act::Supply(narrow.tokens(SOL, 500)), SOL, &[]);
    narrow.ok(Act::Supply(narrow.tokens(JITOSOL, 50)), JITOSOL, &[SOL]);
    narrow.ok(Act::Borrow(narrow.tokens(USDC, 5_000)), USDC, &[SOL, JITOSOL]);
    let amount = narrow.tokens(SOL, 10);
    narrow.user.supply(&mut narrow.k.world, SOL, amount).unwrap();
    let loan = narrow.tokens(USDC, 1_000);
    let borrow = pool_borrow(&narrow, loan, &reads(&narrow, &USED));
    narrow.send(&[borrow]).unwrap();
    let (account, positions) = narrow.user.margin(&narrow.k.world);
    assert_eq!((account.count, positions.len()), (8, 8), "full");

    // a ninth position at Kamino, by no act of the account's
    let usdc = narrow.k.reserve(USDC).reserve;
    narrow.books(|o| {
        let mut deposit = o.deposit(2);
        deposit.set_reserve(usdc);
        deposit.set_amount(7_000_000);
    });
    narrow.k.refresh(&narrow.user.clone(), &USED).unwrap();
    let flag = |stage: &Stage| stage.user.margin(&stage.k.world).0.venue_accounts[0].flags;
    assert_ne!(flag(&narrow) & VenueAccount::UNKNOWN, 0);
    let more = pool_borrow(&narrow, 1_000_000, &reads(&narrow, &USED));
    narrow.refuses_steps(std::slice::from_ref(&more), E::VenueUnknown);
    let others = &[SOL, JITOSOL, USDC][..];
    narrow.refuses(Act::Borrow(1_000_000), USDC, &others[..2], E::VenueUnknown);
    narrow.ok(Act::Repay(Some(1_000_000)), USDC, &others[..2]);
    narrow.user.repay(&mut narrow.k.world, USDC, Some(1_000_000)).expect("repaying goes on");
    // with room it is a position like any other
    let (t, me) = (narrow.k.world.trestle, narrow.user.address());
    let resize = t.resize_account(me, me, narrow.user.account, 16);
    narrow.send(&[resize]).unwrap();
    narrow.k.refresh(&narrow.user.clone(), &USED).unwrap();
    assert_eq!(flag(&narrow) & VenueAccount::UNKNOWN, 0);
    assert_eq!(narrow.units(USDC, PositionKind::VenueDeposit), 7_000_000);
    narrow.send(&[more]).expect("known again");
}

/// The largest loan of the pool, whole USDC, with these accounts behind.
fn most(stage: &Stage, trailing: &[AccountMeta]) -> u64 {
    let (mut low, mut high) = (0, 200_000);
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        let mut probe = stage.clone();
        let ix = pool_borrow(&probe, probe.tokens(USDC, middle), trailing);
        let wallet = probe.user.wallet(&probe.k.world, USDC);
        let (t, me) = (probe.k.world.trestle, probe.user.address());
        let keys = probe.k.world.assets[USDC].keys;
        let take = t.withdraw(me, probe.user.account, &keys, wallet, probe.tokens(USDC, middle));
        let batch = t.batch(&[strip(&ix, trailing), take], trailing).unwrap();
        if probe.send(&[batch]).is_ok() { low = middle } else { high = middle }
    }
    low
}

fn strip(ix: &Instruction, trailing: &[AccountMeta]) -> Instruction {
    let mut bare = ix.clone();
    bare.accounts.truncate(ix.accounts.len() - trailing.len());
    bare
}

#[test]
fn r03_debt_at_a_venue_is_read_in_the_same_instruction_or_charged_in_full() {
    let mut stage = full();
    stage.k.advance(1);
    let read = most(&stage, &reads(&stage, &USED));
    let unread = most(&stage, &totals(&stage));
    let penalty = 20_000 * 2 / 100;
    // each dollar of loan asks for a little more than itself
    assert!(read >= unread + penalty * 98 / 100, "read {read}, unread {unread}");
    // a reserve short of complete is not read
    let partly = most(&stage, &reads(&stage, &[SOL, USDC]));
    assert_eq!(partly, unread);
    // nor does an obligation count as read by its reserves
    let mut bare = reads(&stage, &USED);
    bare.retain(|meta| meta.pubkey != stage.obligation());
    assert_eq!(most(&stage, &bare), unread);
    println!("loan with reads {read} USDC, without {unread} USDC");
}

#[test]
fn r03_a_liquidation_in_the_same_slot_is_seen() {
    let mut stage = full();
    stage.k.advance(1);
    stage.k.refresh(&stage.user.clone(), &USED).unwrap();
    let amount = stage.tokens(USDC, most(&stage, &reads(&stage, &USED)) - 1);
    // a stranger takes half of the collateral, after the refresh and in its slot
    let key = stage.k.reserve(SOL).reserve;
    stage.books(|o| {
        let i = o.deposit_of(&key).unwrap();
        let mut deposit = o.deposit(i);
        deposit.set_amount(deposit.amount() / 2);
    });
    let (t, me, account) = (stage.k.world.trestle, stage.user.address(), stage.user.account);
    let keys = stage.k.world.assets[USDC].keys;
    let take = t.withdraw(me, account, &keys, stage.user.wallet(&stage.k.world, USDC), amount);
    let all = reads(&stage, &USED);
    let borrow = strip(&pool_borrow(&stage, amount, &all), &all);
    for trailing in [all, totals(&stage)] {
        let batch = t.batch(&[borrow.clone(), take.clone()], &trailing).unwrap();
        stage.refuses_steps(&[batch], E::InitialHealth);
    }
}

/// The stamped stress of the obligation.
fn stress(stage: &mut Stage) -> f64 {
    let rows = stage.k.rows();
    stage.k.world.send(&[rows], &[]).unwrap();
    stage.k.refresh(&stage.user.clone(), &USED).unwrap();
    f64::from(stage.user.margin(&stage.k.world).0.venue_accounts[0].stress) / 65_536.0
}

#[track_caller]
fn is(found: f64, expected: f64) {
    // a day's interest at most lies between
    assert!((found - expected).abs() < 0.000_2, "found {found}, expected {expected}");
}

#[test]
fn r13_stress_is_recomputed_at_the_worse_of_both_prices() {
    let mut stage = Stage::indebted();
    let ratio = |sol: f64, usdc: f64| 20_000.0 * usdc / (500.0 * sol * 0.75 + 50.0 * 180.0 * 0.65);
    is(stress(&mut stage), ratio(150.0, 1.0));
    // Kamino's stored sums may say what they like
    let mut lies = stage.clone();
    lies.books(|o| {
        let most = mock_klend::fraction::Fraction::whole(1_000_000_000);
        o.set_deposited_value(most);
        o.set_unhealthy(most);
        o.set_allowed(most);
        o.set_adjusted_debt(mock_klend::fraction::Fraction::ZERO);
    });
    is(stress(&mut lies), ratio(150.0, 1.0));
    // Kamino sees less collateral than the board does
    let mut venue = stage.clone();
    venue.k.venue.set_price(venue.k.world.svm.vm(), "SOL", 14_000_000_000);
    let front = venue.k.price_refresh(&USED);
    venue.k.world.send(&[front], &[]).unwrap();
    is(stress(&mut venue), ratio(140.0, 1.0));
    // and more debt
    let mut venue = stage.clone();
    venue.k.venue.set_price(venue.k.world.svm.vm(), "USDC", 102_000_000);
    let front = venue.k.price_refresh(&USED);
    venue.k.world.send(&[front], &[]).unwrap();
    is(stress(&mut venue), ratio(150.0, 1.02));
    // the board sees less than Kamino does
    stage.k.world.svm.advance_seconds(1);
    stage.k.world.set_price(SOL, 13_000);
    is(stress(&mut stage), ratio(130.0, 1.0));
    // and with Kamino's higher, the board's stands
    stage.k.venue.set_price(stage.k.world.svm.vm(), "SOL", 16_000_000_000);
    let front = stage.k.price_refresh(&USED);
    stage.k.world.send(&[front], &[]).unwrap();
    is(stress(&mut stage), ratio(130.0, 1.0));
}

/// 50 JitoSOL of collateral, 20 SOL owed.
fn staked() -> Stage {
    let mut stage = Stage::open();
    stage.ok(Act::Supply(stage.tokens(JITOSOL, 50)), JITOSOL, &[]);
    stage.ok(Act::Borrow(stage.tokens(SOL, 20)), SOL, &[JITOSOL]);
    stage
}

fn request(stage: &Stage, used: &[usize], group: u8) -> [Instruction; 2] {
    let (t, me) = (stage.k.world.trestle, stage.user.address());
    let (at, used) = (stage.k.reserve(JITOSOL), used);
    let front = stage.k.price_refresh(used);
    [front, t.venue_group(me, stage.user.account, &at, &stage.k.of(used), group)]
}

#[test]
fn r13_an_elevation_group_s_terms_are_the_ones_that_count() {
    let mut stage = staked();
    // outside: JitoSOL at 65 %, SOL's debt at 1.25 of itself
    is(stress(&mut stage), 3_000.0 * 1.25 / (9_000.0 * 0.65));
    let steps = request(&stage, &[JITOSOL, SOL], GROUP);
    stage.send(&steps).expect("the group fits");
    is(stress(&mut stage), 3_000.0 / (9_000.0 * 0.90));
    let steps = request(&stage, &[JITOSOL, SOL], 0);
    stage.send(&steps).expect("and can be left");
    is(stress(&mut stage), 3_000.0 * 1.25 / (9_000.0 * 0.65));
}

#[test]
fn r20_elevation_groups_take_their_own_and_nothing_else() {
    let mut stage = staked();
    let steps = request(&stage, &[JITOSOL, SOL], GROUP);
    stage.send(&steps).unwrap();
    let held = stage.user.margin(&stage.k.world).0.venue_accounts[0];
    assert_eq!((held.group, held.group_threshold), (GROUP, 90 * 65_536 / 100));
    // more of the group's debt than its reserves would carry outside
    stage.ok(Act::Borrow(stage.tokens(SOL, 20)), SOL, &[JITOSOL]);
    // the debt's reserve is no collateral, and what is outside stays there
    let some = 1_000_000;
    stage.refuses(Act::Supply(some), SOL, &[JITOSOL], E::KaminoGroup);
    stage.refuses(Act::Supply(some), USDC, &[JITOSOL, SOL], E::KaminoGroup);
    stage.refuses(Act::Borrow(some), USDC, &[JITOSOL, SOL], E::KaminoGroup);
    stage.refuses(Act::Borrow(some), JITOSOL, &[SOL], E::KaminoGroup);
    // too much is owed to leave
    let steps = request(&stage, &[JITOSOL, SOL], 0);
    let failure = stage.send(&steps).expect_err("Kamino refuses");
    assert!(format!("{failure:?}").contains("0x17b7"), "6071: {failure:?}");
    stage.ok(Act::Repay(Some(stage.tokens(SOL, 21))), SOL, &[JITOSOL]);
    let steps = request(&stage, &[JITOSOL, SOL], 0);
    stage.send(&steps).expect("out again");
    // loans that the group does not make any more
    let steps = request(&stage, &[JITOSOL, SOL], GROUP);
    stage.send(&steps).unwrap();
    stage.market(|m| m.group(GROUP).unwrap().set_new_loans(0));
    stage.refuses(Act::Borrow(some), SOL, &[JITOSOL], E::KaminoGroup);
}

#[test]
fn r20_permissioned_reserves_are_refused() {
    let whole = Stage::indebted();
    for (bit, supplies, borrows) in [(1_u8, false, true), (2, true, false), (4, true, true)] {
        let mut stage = whole.clone();
        for asset in [SOL, USDC] {
            stage.reserve(asset, |r| r.0[5800] = bit);
        }
        let mut probe = stage.clone();
        let supply = probe.act(Act::Supply(1_000_000), SOL, &[JITOSOL, USDC]);
        if supplies {
            probe.send(&[supply]).expect("not permissioned");
        } else {
            probe.refuses_steps(&[supply], E::KaminoPermissioned);
        }
        let mut probe = stage.clone();
        let borrow = probe.act(Act::Borrow(1_000_000), USDC, &[SOL, JITOSOL]);
        if borrows {
            probe.send(&[borrow]).expect("not permissioned");
        } else {
            probe.refuses_steps(&[borrow], E::KaminoPermissioned);
        }
        stage.ok(Act::Repay(Some(1_000_000)), USDC, &[SOL, JITOSOL]);
        stage.ok(Act::Redeem(Some(1_000_000)), SOL, &[JITOSOL, USDC]);
    }
}

/// SOL and JitoSOL fall to a price in 10^-8 USD, here and at Kamino.
fn fall(stage: &mut Stage, price: i64) {
    for asset in [SOL, JITOSOL] {
        stage.k.world.assets[asset].quote = Quote::exact(price);
    }
    stage.k.advance(1);
}

#[test]
fn r10_what_a_venue_holds_beyond_its_own_debts_is_something_left() {
    let (mut stage, _) = leveraged();
    let pool = stage.k.world.assets[USDC].pool;
    let ix = stage.k.world.trestle.settle_bad_debt(stage.user.account, &pool);
    let ix = std::slice::from_ref(&ix);
    refused(&mut stage.k.world.svm, ix, &[], E::NotBankrupt);
    // Kamino's collateral is worth less than what is owed there, and so nothing to the pool
    fall(&mut stage, 1_000);
    let held = stage.user.margin(&stage.k.world).1;
    stage.k.world.send(ix, &[]).expect("only the pool's debt is settled here");
    let kept = stage.user.margin(&stage.k.world).1;
    let venue = |p: &&Position| p.class == KAMINO;
    assert!(held.iter().filter(venue).eq(kept.iter().filter(venue)), "the venue's stay");
    assert!(!kept.iter().any(|p| p.kind == PositionKind::PoolDebt.byte()));
    assert!(kept.iter().any(|p| p.kind == PositionKind::VenueDebt.byte()));
    assert!(stage.k.world.pool(USDC).books().unwrap().is_balanced().unwrap());
    crate::events::check(&stage.k.world.svm);
}
