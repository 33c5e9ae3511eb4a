//! Guards and bounds: each passes on its edge and fails beyond it.

use crate::pool::{funded, trader};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use trestle_interface::TrestleError;
use trestle_interface::args::{
    AssertDeadlineArgs, AssertHealthArgs, AssertRateArgs, BorrowArgs, LenderRedeemArgs,
    LenderSupplyArgs, RedeemArgs, RepayArgs, SupplyArgs,
};
use trestle_interface::state::{Lender, PositionKind};
use trestle_interface::tag::Tag;
use trestle_sandbox::tokens::{balance_of, fund};
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{Failure, KaminoWorld, User, World, refused};

/// Levels as [`AssertHealthArgs`] numbers them.
const INIT: u8 = 0;
const LIQEND: u8 = 1;
const MAINT: u8 = 2;

/// A trader with 1,000 SOL who owes 50,000 USDC.
fn indebted() -> (World, User) {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.borrow(&mut world, USDC, 50_000_000_000).unwrap();
    (world, user)
}

/// Passes and changes nothing, the guard's or the account's.
fn passes(world: &mut World, user: &User, guard: &Instruction) {
    let before = world.svm.data(&user.account);
    world.send(std::slice::from_ref(guard), &[&user.key]).expect("the guard passes");
    assert_eq!(before, world.svm.data(&user.account), "a guard changed the account");
}

#[test]
fn sequence_must_be_the_expected_one() {
    let (mut world, user) = indebted();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let now = user.margin(&world).0.sequence;
    passes(&mut world, &user, &t.assert_sequence(me, account, now));
    for wrong in [now - 1, now + 1, 0, u64::MAX] {
        let guard = t.assert_sequence(me, account, wrong);
        refused(&mut world.svm, &[guard], &[&user.key], TrestleError::WrongSequence);
    }
    // what was signed for this state does not run after another act
    let signed =
        [t.assert_sequence(me, account, now), t.pool_borrow(me, account, &usdc(&world), 1_000)];
    let mut later = world.clone();
    world.send(&signed, &[&user.key]).unwrap();
    user.repay(&mut later, USDC, Some(1_000)).unwrap();
    refused(&mut later.svm, &signed, &[&user.key], TrestleError::WrongSequence);
    // nor after an act on the account itself
    let mut later = world.clone();
    let resize = later.trestle.propose_owner(me, account, Some([7; 32].into()));
    later.send(&[resize], &[&user.key]).unwrap();
    assert_eq!(user.margin(&later).0.sequence, user.margin(&world).0.sequence + 1);
}

fn usdc(world: &World) -> trestle_client::PoolKeys {
    world.assets[USDC].pool
}

#[test]
fn health_must_reach_the_floor_at_each_level() {
    let (mut world, user) = indebted();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let report = user.health(&mut world).unwrap();
    for (level, found) in [(INIT, report.init), (LIQEND, report.liqend), (MAINT, report.maint)] {
        let guard = |min| t.assert_health(me, account, &AssertHealthArgs { level, min }, &[]);
        passes(&mut world, &user, &guard(found));
        passes(&mut world, &user, &guard(i64::MIN));
        refused(&mut world.svm, &[guard(found + 1)], &[&user.key], TrestleError::HealthBelow);
    }
    let none = t.assert_health(me, account, &AssertHealthArgs { level: 3, min: 0 }, &[]);
    refused(&mut world.svm, &[none], &[&user.key], TrestleError::OutOfRange);
    // initial health is unknown on old data, the others are not
    world.svm.advance_seconds(1_000);
    let args = |level| AssertHealthArgs { level, min: i64::MIN };
    let init = t.assert_health(me, account, &args(INIT), &[]);
    refused(&mut world.svm, &[init], &[&user.key], TrestleError::StaleDebt);
    passes(&mut world, &user, &t.assert_health(me, account, &args(MAINT), &[]));
}

#[test]
fn a_negative_floor_is_a_floor() {
    let (mut world, user) = indebted();
    user.withdraw(&mut world, USDC, 50_000_000_000).unwrap();
    world.set_price(SOL, 5_500);
    world.advance(1);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let maint = user.health(&mut world).unwrap().maint;
    assert!(maint < 0, "{maint}");
    let guard = |min| t.assert_health(me, account, &AssertHealthArgs { level: MAINT, min }, &[]);
    passes(&mut world, &user, &guard(maint));
    refused(&mut world.svm, &[guard(maint + 1)], &[&user.key], TrestleError::HealthBelow);
}

#[test]
fn in_a_batch_each_guard_sees_what_the_operations_before_it_left() {
    let (mut world, user) = indebted();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let sequence = user.margin(&world).0.sequence;
    let before = user.health(&mut world).unwrap().init;
    let wallet = user.wallet(&world, SOL);
    let out = t.withdraw(me, account, &world.assets[SOL].keys, wallet, 1_000_000_000);
    let back = t.deposit(me, account, &world.assets[SOL].keys, wallet, 1_000_000_000);
    let floor = |min| t.assert_health(me, account, &AssertHealthArgs { level: INIT, min }, &[]);
    let number = t.assert_sequence(me, account, sequence);
    let batch = |operations: &[Instruction]| t.batch(operations, &[]).unwrap();
    // in the middle health is lower than it will be at the end
    let high = batch(&[out.clone(), floor(before), back.clone()]);
    match world.send(&[high], &[&user.key]) {
        Err(Failure::Step(1, TrestleError::HealthBelow)) => {}
        other => panic!("{other:?}"),
    }
    let good = [floor(before), out, floor(before - 200_000_000), back, floor(before), number];
    world.send(&[batch(&good)], &[&user.key]).expect("each guard holds where it stands");
    assert_eq!(user.margin(&world).0.sequence, sequence + 2, "guards are not counted");
    // guards alone make a batch that changes nothing
    let number = t.assert_sequence(me, account, sequence + 2);
    passes(&mut world, &user, &batch(&[number, floor(before)]));
}

#[test]
fn rates_must_keep_the_bound_on_a_young_row() {
    let (mut world, user) = indebted();
    world.advance(10);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let market = world.assets[USDC].pool.market;
    let row = world.with_pages(|board| *board.markets.market(market).unwrap());
    assert!(row.borrow_apr > row.supply_apr && row.supply_apr > 0);
    let guard = |debt, bound, max_age| {
        t.assert_rate(me, account, &AssertRateArgs { market, debt, bound, max_age })
    };
    passes(&mut world, &user, &guard(true, row.borrow_apr, 0));
    passes(&mut world, &user, &guard(false, row.supply_apr, 0));
    let beyond = [guard(true, row.borrow_apr - 1, 0), guard(false, row.supply_apr + 1, 0)];
    for ix in beyond {
        refused(&mut world.svm, &[ix], &[&user.key], TrestleError::RateBeyond);
    }
    world.svm.advance_seconds(4);
    passes(&mut world, &user, &guard(true, u32::MAX, 10));
    refused(&mut world.svm, &[guard(true, u32::MAX, 9)], &[&user.key], TrestleError::RateAge);
    let none = AssertRateArgs { market: 99, debt: true, bound: u32::MAX, max_age: u32::MAX };
    let none = t.assert_rate(me, account, &none);
    refused(&mut world.svm, &[none], &[&user.key], TrestleError::UnknownRow);
}

#[test]
fn deadlines_end_with_their_second_and_their_slot() {
    let (mut world, user) = indebted();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let clock = world.svm.clock();
    let (unix, slot) = (clock.unix_timestamp, clock.slot);
    let guard = |unix, slot| t.assert_deadline(me, account, &AssertDeadlineArgs { unix, slot });
    passes(&mut world, &user, &guard(unix, slot));
    passes(&mut world, &user, &guard(i64::MAX, slot));
    passes(&mut world, &user, &guard(unix, u64::MAX));
    for late in [guard(unix - 1, u64::MAX), guard(i64::MAX, slot - 1), guard(i64::MIN, slot)] {
        refused(&mut world.svm, &[late], &[&user.key], TrestleError::DeadlinePassed);
    }
}

#[test]
fn a_stranger_asserts_nothing() {
    let (mut world, user) = indebted();
    let thief = User::new(&mut world, 12, 8);
    let guard = world.trestle.assert_sequence(thief.address(), user.account, 1);
    refused(&mut world.svm, &[guard], &[&thief.key], TrestleError::NotOwner);
}

/// Units that the account has at an asset's market of a kind.
fn units(user: &User, world: &World, asset: usize, kind: PositionKind) -> u128 {
    let (_, positions) = user.margin(world);
    let mut found =
        positions.iter().filter(|p| usize::from(p.asset) == asset && p.kind == kind.byte());
    found.next().map_or(0, |p| p.units.get())
}

/// A bound holds at what an act moves and not one beyond.
fn edge(
    world: &World,
    keys: &[&Keypair],
    front: &[Instruction],
    good: Instruction,
    bad: Instruction,
    error: TrestleError,
) {
    let all = |ix: Instruction| [front, &[ix]].concat();
    let mut copy = world.clone();
    refused(&mut copy.svm, &all(bad), keys, error);
    copy.send(&all(good), keys).expect("the bound is met exactly");
}

#[test]
fn bounds_of_pool_operations_hold_to_the_unit() {
    let (mut world, user) = indebted();
    user.supply(&mut world, SOL, 1_000_000).unwrap();
    // interest moves the indices away from one
    world.advance(86_400);
    let (t, me, account, key) = (world.trestle, user.address(), user.account, [&*user.key]);
    let pool = usdc(&world);
    let market = pool.market;
    let moved = |act: &dyn Fn(&mut World), kind| {
        let mut copy = world.clone();
        act(&mut copy);
        units(&user, &copy, USDC, kind).abs_diff(units(&user, &world, USDC, kind))
    };
    let at = |tag, args: &[u8]| t.pool_operation(tag, me, account, &pool, args);
    let amount = 40_000_000;

    let got = moved(&|w| drop(user.supply(w, USDC, amount).unwrap()), PositionKind::PoolDeposit);
    let got = u64::try_from(got).unwrap();
    assert_ne!(got, amount, "units are not tokens");
    let supply =
        |min_units| at(Tag::PoolSupply, &SupplyArgs { market, amount, min_units }.to_bytes());
    edge(&world, &key, &[], supply(got), supply(got + 1), TrestleError::BelowMinimum);

    let got = moved(&|w| drop(user.borrow(w, USDC, amount).unwrap()), PositionKind::PoolDebt);
    let borrow =
        |max_units| at(Tag::PoolBorrow, &BorrowArgs { market, amount, max_units }.to_bytes());
    edge(&world, &key, &[], borrow(got), borrow(got - 1), TrestleError::AboveMaximum);

    let gone = moved(&|w| drop(user.repay(w, USDC, Some(amount)).unwrap()), PositionKind::PoolDebt);
    let repay = |min_units| {
        at(Tag::PoolRepay, &RepayArgs { market, amount, all: false, min_units }.to_bytes())
    };
    edge(&world, &key, &[], repay(gone), repay(gone + 1), TrestleError::BelowMinimum);

    user.fund_and_deposit(&mut world, USDC, 1_000_000_000);
    let paid = |world: &World| {
        let mut copy = world.clone();
        user.repay(&mut copy, USDC, None).unwrap();
        units(&user, world, USDC, PositionKind::Custody)
            - units(&user, &copy, USDC, PositionKind::Custody)
    };
    let whole = u64::try_from(paid(&world)).unwrap();
    assert!(whole > 50_000_000_000, "interest came on top");
    let all = |amount| {
        at(Tag::PoolRepay, &RepayArgs { market, amount, all: true, min_units: 0 }.to_bytes())
    };
    edge(&world, &key, &[], all(whole), all(whole - 1), TrestleError::AboveMaximum);

    user.supply(&mut world, USDC, amount).unwrap();
    world.advance(86_400);
    let tokens = {
        let mut copy = world.clone();
        user.redeem(&mut copy, USDC, None).unwrap();
        units(&user, &copy, USDC, PositionKind::Custody)
            - units(&user, &world, USDC, PositionKind::Custody)
    };
    let tokens = u64::try_from(tokens).unwrap();
    let redeem = |min_tokens| {
        let args = RedeemArgs { market, amount: 0, all: true, min_tokens };
        at(Tag::PoolRedeem, &args.to_bytes())
    };
    edge(&world, &key, &[], redeem(tokens), redeem(tokens + 1), TrestleError::BelowMinimum);
}

#[test]
fn bounds_of_lenders_hold_to_the_unit() {
    let (mut world, _) = indebted();
    world.advance(86_400);
    let (t, pool) = (world.trestle, usdc(&world));
    let key = Keypair::new_from_array([21; 32]);
    let me = key.pubkey();
    world.svm.airdrop(&me, 10_000_000_000);
    let tokens = fund(&mut world.svm, me, &pool.asset, 10_000_000);
    world.send(&[t.open_lender(me, me, &pool)], &[&key]).unwrap();
    let held = |world: &World| {
        let data = world.svm.data(&t.addresses().lender(&pool.pool, &me));
        *trestle_client::health::Aligned::new(&data).account::<Lender>().unwrap()
    };
    let amount = 4_000_000;
    let supply = |min_units| {
        let args = LenderSupplyArgs { amount, min_units };
        t.lender_operation(Tag::LenderSupply, me, &pool, tokens, &args.to_bytes())
    };
    let mut copy = world.clone();
    copy.send(&[supply(0)], &[&key]).unwrap();
    let got = held(&copy).units;
    edge(&world, &[&key], &[], supply(got), supply(got + 1), TrestleError::BelowMinimum);
    world.send(&[supply(0)], &[&key]).unwrap();
    world.advance(86_400);
    let redeem = |min_tokens| {
        let args = LenderRedeemArgs { amount: 0, all: true, min_tokens };
        t.lender_operation(Tag::LenderRedeem, me, &pool, tokens, &args.to_bytes())
    };
    let before = balance_of(&world.svm, &tokens);
    let mut copy = world.clone();
    copy.send(&[redeem(0)], &[&key]).unwrap();
    let out = balance_of(&copy.svm, &tokens) - before;
    edge(&world, &[&key], &[], redeem(out), redeem(out + 1), TrestleError::BelowMinimum);
}

#[test]
fn bounds_at_a_venue_hold_to_the_unit() {
    let mut k = KaminoWorld::new();
    let user = User::new(&mut k.world, 10, 16);
    let sol = k.world.assets[SOL].tokens(100);
    user.fund_and_deposit(&mut k.world, SOL, sol);
    user.fund(&mut k.world, USDC, 0);
    k.open(&user, SOL);
    k.supply(&user, SOL, &[], sol / 2).unwrap();
    k.borrow(&user, USDC, &[SOL], 1_000_000_000).unwrap();
    k.advance(60);
    // brings the obligation's interest up to this slot
    k.borrow(&user, USDC, &[SOL], 1_000_000).unwrap();
    let (t, me, account, key) = (k.world.trestle, user.address(), user.account, [&*user.key]);
    let (sol_reserve, usdc_reserve) = (k.reserve(SOL), k.reserve(USDC));
    let (with_usdc, with_sol) = ([usdc_reserve], [sol_reserve]);
    let at = |asset: usize| {
        let (reserve, others) =
            if asset == SOL { (&sol_reserve, &with_usdc) } else { (&usdc_reserve, &with_sol) };
        trestle_client::ix::At { reserve, others }
    };
    let front = [k.price_refresh(&[SOL, USDC])];
    // what an act without a bound moves: units of a kind, tokens in custody
    let moved = |ix: Instruction, asset: usize, kind| {
        let mut copy = k.clone();
        copy.world.send(&[front[0].clone(), ix], &key).unwrap();
        let change = |kind| {
            units(&user, &copy.world, asset, kind).abs_diff(units(&user, &k.world, asset, kind))
        };
        (change(kind), change(PositionKind::Custody))
    };
    let amount = 40_000_000;

    let market = sol_reserve.row;
    let supply = |min_units| {
        let args = SupplyArgs { market, amount, min_units };
        t.venue_operation(Tag::VenueSupply, me, account, at(SOL), &args.to_bytes())
    };
    let (got, _) = moved(supply(0), SOL, PositionKind::VenueDeposit);
    let got = u64::try_from(got).unwrap();
    let beyond = supply(got + 1);
    edge(&k.world, &key, &front, supply(got), beyond, TrestleError::BelowMinimum);

    let redeem = |min_tokens| {
        let args = RedeemArgs { market, amount, all: false, min_tokens };
        t.venue_operation(Tag::VenueRedeem, me, account, at(SOL), &args.to_bytes())
    };
    let (_, out) = moved(redeem(0), SOL, PositionKind::VenueDeposit);
    let out = u64::try_from(out).unwrap();
    edge(&k.world, &key, &front, redeem(out), redeem(out + 1), TrestleError::BelowMinimum);

    let market = usdc_reserve.row;
    let borrow = |max_units| {
        let args = BorrowArgs { market, amount, max_units };
        t.venue_operation(Tag::VenueBorrow, me, account, at(USDC), &args.to_bytes())
    };
    let debt = PositionKind::VenueDebt;
    let (got, _) = moved(borrow(u128::MAX), USDC, debt);
    assert!(got > u128::from(amount), "{got}");
    edge(&k.world, &key, &front, borrow(got), borrow(got - 1), TrestleError::AboveMaximum);

    let repay = |amount, all, min_units| {
        let args = RepayArgs { market, amount, all, min_units };
        t.venue_operation(Tag::VenueRepay, me, account, at(USDC), &args.to_bytes())
    };
    let (gone, _) = moved(repay(amount, false, 0), USDC, debt);
    let beyond = repay(amount, false, gone + 1);
    edge(&k.world, &key, &front, repay(amount, false, gone), beyond, TrestleError::BelowMinimum);

    let mut k = k;
    user.fund_and_deposit(&mut k.world, USDC, 1_000_000_000);
    let mut copy = k.clone();
    copy.repay(&user, USDC, &[SOL], None).unwrap();
    let left = |world: &World| units(&user, world, USDC, PositionKind::Custody);
    let whole = u64::try_from(left(&k.world) - left(&copy.world)).unwrap();
    let beyond = repay(whole - 1, true, 0);
    edge(&k.world, &key, &front, repay(whole, true, 0), beyond, TrestleError::AboveMaximum);
}
