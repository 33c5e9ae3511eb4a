//! What the end of a region asks for.

use super::{CASH, COINS, by_call, leverage, refused_at, refused_inside, region, session, stage};
use crate::pool::trader;
use solana_instruction::Instruction;
use solana_signer::Signer;
use trestle_interface::TrestleError;
use trestle_interface::state::{PositionKind, Session};
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{KaminoWorld, User, World, refused};

fn units(user: &User, world: &World, asset: usize, kind: PositionKind) -> u128 {
    let (_, positions) = user.margin(world);
    let found = positions.iter().find(|p| usize::from(p.asset) == asset && p.kind == kind.byte());
    found.map_or(0, |p| p.units.get())
}

#[test]
fn a_leveraged_position_is_opened_through_a_swap() {
    let (mut world, user) = stage();
    let steps = leverage(&world, &user);
    // one after the other: what is borrowed may not leave
    refused_at(&mut world, &steps, &[&user.key], 1, TrestleError::InitialHealth);
    let sequence = user.margin(&world).0.sequence;
    let list = region(&world, &user, &steps);
    let sent = world.send(&list, &[&user.key]).unwrap();
    println!(
        "leverage through a swap: {} CU, {} bytes, {} with a table, {} locks",
        sent.units, sent.bytes, sent.table_bytes, sent.locks
    );
    assert_eq!(session(&world, &user), Some(Session::Idle));
    assert_eq!(user.margin(&world).0.sequence, sequence + 4, "three acts and the end");
    let coins = units(&user, &world, SOL, PositionKind::Custody);
    assert_eq!(coins, u128::from(COINS) * 3 / 2, "10 SOL before, 20 from the swap");
    assert!(units(&user, &world, USDC, PositionKind::PoolDebt) >= u128::from(CASH));
    assert_eq!(balance_of(&world.svm, &user.wallet(&world, USDC)), 0);
    let health = user.health(&mut world).unwrap();
    assert!(health.init >= 0 && health.debts >= 3_000_000_000, "{health:?}");
    assert!(world.svm.gaps.is_empty(), "events tell all of it: {:?}", world.svm.gaps);
    let account = user.margin(&world).0;
    assert_eq!(account.last_check_slot, world.svm.clock().slot);
    assert_eq!(account.last_risk_time, world.svm.clock().unix_timestamp, "the cool-off begins");
    // and back: the same through a batch inside a region
    let (t, me, at) = (world.trestle, user.address(), user.account);
    let out = t.withdraw(me, at, &world.assets[SOL].keys, user.wallet(&world, SOL), COINS);
    let back =
        [super::pay(&world, &user, SOL, COINS, true), super::pay(&world, &user, USDC, CASH, false)];
    let swap = mock_proxy::wrap(&super::OTHER, &back);
    let give = t.deposit(me, at, &world.assets[USDC].keys, user.wallet(&world, USDC), CASH);
    let repay = t.pool_repay(me, at, &world.assets[USDC].pool, Some(CASH - 1));
    let batch = t.batch(&[give, repay], &[]).unwrap();
    world.send(&region(&world, &user, &[out, swap, batch]), &[&user.key]).unwrap();
    assert!(units(&user, &world, USDC, PositionKind::PoolDebt) < 10);
    assert!(world.svm.gaps.is_empty(), "{:?}", world.svm.gaps);
}

#[test]
fn a_region_that_ends_below_initial_health_is_undone_whole() {
    let (mut world, user) = stage();
    let steps = leverage(&world, &user);
    // the swap did not come back; the swap came back short; nothing came back
    for keep in [3, 2] {
        let list = region(&world, &user, &steps[..keep]);
        let end = u8::try_from(keep).unwrap() + 1;
        refused_at(&mut world, &list, &[&user.key], end, TrestleError::InitialHealth);
        assert_eq!(session(&world, &user), Some(Session::Idle), "no session outlives it");
    }
    // a step that fails leaves no session either, and the account works on
    let mut broken = steps.clone();
    broken[3] = world.trestle.deposit(
        user.address(),
        user.account,
        &world.assets[SOL].keys,
        user.wallet(&world, SOL),
        COINS + 1,
    );
    let list = region(&world, &user, &broken);
    refused_at(&mut world, &list, &[&user.key], 4, TrestleError::InsufficientTokens);
    user.withdraw(&mut world, SOL, 1).unwrap();
}

#[test]
fn an_end_needs_a_region_of_its_own() {
    let (mut world, user) = stage();
    let other = trader(&mut world, 12, 1);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let end = t.end_region(me, account, &[]);
    refused(&mut world.svm, std::slice::from_ref(&end), &[&user.key], TrestleError::RegionNotOpen);
    // another account's region is not this one's
    let stray = t.end_region(other.address(), other.account, &[]);
    let list = region(&world, &user, &[stray]);
    refused_at(&mut world, &list, &[&user.key, &other.key], 1, TrestleError::RegionNotOpen);
    // the top level only, although the transaction holds the real end as well
    let list = region(&world, &user, &[by_call(&end)]);
    refused_inside(&mut world, &list, &[&user.key], 1, TrestleError::RegionByCpi);
}

#[test]
fn two_accounts_may_interleave_and_each_answers_for_itself() {
    let (mut world, user) = stage();
    let (t, me, first) = (world.trestle, user.address(), user.account);
    let open = t.create_account(me, me, 1, 8);
    world.send(&[open], &[&user.key]).unwrap();
    let second = t.margin(&me, 1);
    let keys = world.assets[SOL].keys;
    let wallet = user.wallet(&world, SOL);
    let custody = trestle_sandbox::tokens::create_associated(
        world.svm.payer.pubkey(),
        t.addresses().authority(&second),
        &keys,
    );
    world.send(&[custody], &[]).unwrap();
    let borrow = t.pool_borrow(me, first, &world.assets[USDC].pool, 500_000_000);
    let out = t.withdraw(me, first, &keys, wallet, 10_000_000_000);
    let over = t.deposit(me, second, &keys, wallet, 10_000_000_000);
    let back = t.withdraw(me, second, &keys, wallet, 10_000_000_000);
    let home = t.deposit(me, first, &keys, wallet, 10_000_000_000);
    let ends = [t.end_region(me, first, &[]), t.end_region(me, second, &[])];
    let [end_first, end_second] = ends;
    let begin = |account, end| t.begin_region(me, account, end);
    // the collateral visits the second account and comes home
    let visit = [
        begin(first, 7),
        begin(second, 8),
        borrow.clone(),
        out.clone(),
        over.clone(),
        back,
        home,
        end_first.clone(),
        end_second.clone(),
    ];
    world.clone().send(&visit, &[&user.key]).expect("both are whole at their ends");
    // it stays: the first account does not pass its end, however rich the second is
    let theft = [begin(first, 5), begin(second, 6), borrow, out, over, end_first, end_second];
    refused_at(&mut world, &theft, &[&user.key], 5, TrestleError::InitialHealth);
}

#[test]
fn the_end_is_checked_on_a_fresh_board_of_the_accounts_group() {
    let (world, user) = stage();
    let steps = leverage(&world, &user);
    let rival = world.rival();
    let mut list = region(&world, &user, &steps);
    let mut foreign = world.clone();
    foreign.svm = rival.svm.clone();
    for (place, key) in [(2, rival.trestle.prices), (3, rival.trestle.markets)] {
        let end = list.last_mut().unwrap();
        let own = core::mem::replace(&mut end.accounts[place].pubkey, key);
        refused_at(&mut foreign, &list, &[&user.key], 5, TrestleError::WrongGroup);
        list.last_mut().unwrap().accounts[place].pubkey = own;
    }
    let mut old = world.clone();
    old.svm.advance_seconds(3_600);
    let before = trestle_sandbox::refuse::snapshot(&old.svm, &list);
    let failure = old.send(&list, &[&user.key]).unwrap_err();
    assert_eq!(failure.trestle(), Some(TrestleError::StaleDebt), "{failure:?}");
    assert_eq!(before, trestle_sandbox::refuse::snapshot(&old.svm, &list));
    // refreshed in between, it passes: what counts is the board at the end
    let mut between = steps;
    for asset in 0..old.assets.len() {
        old.publish(asset);
    }
    between.extend(old.refreshes());
    let list = region(&old, &user, &between);
    old.svm.send_with_table(&list, &[&user.key]).expect("fresh at the end");
}

#[test]
fn an_account_below_initial_health_must_come_back_above_it() {
    let (mut world, user) = stage();
    world.send(&region(&world, &user, &leverage(&world, &user)), &[&user.key]).unwrap();
    world.set_price(SOL, 13_000);
    world.advance(1);
    let health = user.health(&mut world).unwrap();
    assert!(health.init < 0 && health.equity > 0, "{health:?}");
    let (t, me, at) = (world.trestle, user.address(), user.account);
    user.fund(&mut world, USDC, CASH);
    let usdc = world.assets[USDC].clone();
    let give = |amount| t.deposit(me, at, &usdc.keys, user.wallet(&world, USDC), amount);
    let repay = |amount| t.pool_repay(me, at, &usdc.pool, Some(amount));
    let little: Vec<Instruction> = vec![give(10_000_000), repay(10_000_000)];
    let much = vec![give(2_000_000_000), repay(2_000_000_000)];
    // the simple rule of regions: lowering risk is not enough, a batch is for that
    let list = region(&world, &user, &little);
    refused_at(&mut world, &list, &[&user.key], 3, TrestleError::InitialHealth);
    let batch = t.batch(&little, &[]).unwrap();
    world.clone().send(&[batch], &[&user.key]).expect("a batch may lower risk");
    world.send(&region(&world, &user, &much), &[&user.key]).expect("above again");
    assert!(user.health(&mut world).unwrap().init >= 0);
}

#[test]
fn caps_of_venue_classes_are_asked_at_the_end() {
    let mut k = KaminoWorld::new();
    let lender = User::new(&mut k.world, 20, 8);
    let cash = k.world.assets[USDC].tokens(100_000);
    lender.fund_and_deposit(&mut k.world, USDC, cash);
    lender.supply(&mut k.world, USDC, cash).unwrap();
    k.advance(1);
    let user = User::new(&mut k.world, 10, 16);
    let sol = k.world.assets[SOL].tokens(1_000);
    user.fund_and_deposit(&mut k.world, SOL, sol);
    user.fund(&mut k.world, USDC, 0);
    k.open(&user, USDC);
    let (t, me, account) = (k.world.trestle, user.address(), user.account);
    let (usdc, pool) = (k.reserve(USDC), k.world.assets[USDC].pool);
    let amount = k.world.assets[USDC].tokens(10_000);
    let at = trestle_client::ix::At { reserve: &usdc, others: &[] };
    let between =
        [t.pool_borrow(me, account, &pool, amount), t.venue_supply(me, account, at, amount)];
    let bare = t.region(me, account, 0, &between, &[]).unwrap();
    refused_at(&mut k.world, &bare, &[&user.key], 3, TrestleError::ExposureMissing);
    let reads = t.reads(&account, &[k.market], &[]);
    let whole = t.region(me, account, 0, &between, &reads).unwrap();
    let sent = k.world.svm.send_with_table(&whole, &[&user.key]).unwrap();
    println!("borrow and supply at Kamino in a region: {} CU", sent.units);
    assert!(units(&user, &k.world, USDC, PositionKind::VenueDeposit) > 0);
    let claims: u64 = user.margin(&k.world).0.contributions.iter().map(|c| c.claim).sum();
    assert!(claims > 9_000_000_000, "the class counts what lies there: {claims}");
}
