//! Several operations in one instruction: all or nothing, one check at the end.

use crate::pool::{funded, trader};
use solana_instruction::{AccountMeta, Instruction};
use trestle_client::ix::{At, BatchError};
use trestle_interface::TrestleError;
use trestle_interface::batch::{next, split_code};
use trestle_interface::state::PositionKind;
use trestle_interface::tag::Tag;
use trestle_sandbox::refuse::snapshot;
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{BTC, JITOSOL, SOL, USDC};
use trestle_sandbox::{Failure, KaminoWorld, User, World, refused};

fn units(user: &User, world: &World, asset: usize, kind: PositionKind) -> u128 {
    let (_, positions) = user.margin(world);
    let found = |p: &&trestle_interface::state::Position| {
        usize::from(p.asset) == asset && p.kind == kind.byte()
    };
    positions.iter().find(found).map_or(0, |p| p.units.get())
}

/// A batch that must fail at an operation, and change nothing.
fn fails(world: &mut World, user: &User, ix: &Instruction, step: u8, error: TrestleError) {
    let before = snapshot(&world.svm, std::slice::from_ref(ix));
    match world.send(std::slice::from_ref(ix), &[&user.key]) {
        Err(Failure::Step(at, found)) if (at, found) == (step, error) => {}
        other => panic!("expected {error:?} at {step}, found {other:?}"),
    }
    assert_eq!(before, snapshot(&world.svm, std::slice::from_ref(ix)), "a batch left traces");
}

#[test]
fn runs_what_no_single_operation_may() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 1_000);
    user.fund(&mut world, USDC, 0);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let (usdc, pool) = (world.assets[USDC].keys, world.assets[USDC].pool);
    let wallet = user.wallet(&world, USDC);
    // more is withdrawn than initial health would allow in between
    let all = world.assets[SOL].tokens(1_000);
    let out = t.withdraw(me, account, &world.assets[SOL].keys, user.wallet(&world, SOL), all);
    let back = t.deposit(me, account, &world.assets[SOL].keys, user.wallet(&world, SOL), all);
    let borrow = t.pool_borrow(me, account, &pool, 1_000_000_000);
    let take = t.withdraw(me, account, &usdc, wallet, 1_000_000_000);
    let batch = t.batch(&[borrow, take, out, back], &[]).unwrap();
    let sent = world.send(&[batch], &[&user.key]).unwrap();
    assert_eq!(balance_of(&world.svm, &wallet), 1_000_000_000);
    assert_eq!(user.margin(&world).0.sequence, 5, "a deposit before, four operations here");
    println!("four operations: {} CU, {} locks, {} bytes", sent.units, sent.locks, sent.bytes);
}

#[test]
fn is_checked_at_its_end_and_undone_whole() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 10);
    user.fund(&mut world, USDC, 0);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let (usdc, pool) = (world.assets[USDC].keys, world.assets[USDC].pool);
    let wallet = user.wallet(&world, USDC);
    let borrow = t.pool_borrow(me, account, &pool, 1_400_000_000);
    let take = t.withdraw(me, account, &usdc, wallet, 1_400_000_000);
    let batch = t.batch(&[borrow, take], &[]).unwrap();
    // no operation failed: the whole did
    refused(&mut world.svm, &[batch], &[&user.key], TrestleError::InitialHealth);
}

#[test]
fn names_the_operation_that_failed() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 10);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let sol = &world.assets[SOL];
    let good = t.pool_supply(me, account, &sol.pool, 1_000);
    let bad = t.pool_redeem(me, account, &sol.pool, Some(5_000));
    let batch = t.batch(&[good.clone(), good.clone(), bad], &[]).unwrap();
    fails(&mut world, &user, &batch, 2, TrestleError::ExceedsPosition);
    let thief = User::new(&mut world, 12, 8);
    let mut foreign = t.batch(std::slice::from_ref(&good), &[]).unwrap();
    foreign.accounts[0].pubkey = thief.address();
    refused(&mut world.svm, &[foreign], &[&thief.key], TrestleError::NotOwner);
    assert_eq!(split_code(103 | (3 << 16)), (103, Some(2)));
    assert_eq!(split_code(103), (103, None));
}

#[test]
fn takes_twelve_operations_over_forty_accounts() {
    let (mut world, _) = funded();
    let user = User::new(&mut world, 11, 32);
    for asset in [BTC, SOL, JITOSOL, USDC] {
        let amount = world.assets[asset].tokens(100);
        user.fund_and_deposit(&mut world, asset, amount);
    }
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let mut operations = vec![];
    for round in 1..=3 {
        for asset in [BTC, SOL, JITOSOL, USDC] {
            let pool = world.assets[asset].pool;
            operations.push(match round {
                1 => t.pool_supply(me, account, &pool, 1_000_000),
                2 => t.pool_redeem(me, account, &pool, Some(400_000)),
                _ => t.pool_supply(me, account, &pool, 50_000),
            });
        }
    }
    let filler: Vec<AccountMeta> =
        (0..20_u8).map(|i| AccountMeta::new_readonly([i + 100; 32].into(), false)).collect();
    let batch = t.batch(&operations, &filler).unwrap();
    assert!(operations.len() >= 12 && batch.accounts.len() >= 40, "{}", batch.accounts.len());
    let sent = world.send(std::slice::from_ref(&batch), &[&user.key]);
    // a legacy transaction does not hold so many keys: what is tested is the program
    let units = match sent {
        Ok(sent) => sent.units,
        Err(failure) => panic!("{failure:?}"),
    };
    println!("{} operations, {} accounts: {units} CU", operations.len(), batch.accounts.len());
    for asset in [BTC, SOL, JITOSOL, USDC] {
        let held = self::units(&user, &world, asset, PositionKind::PoolDeposit);
        assert!((649_000..=650_000).contains(&held), "{held}");
    }
}

#[test]
fn refuses_frames_and_operations_that_are_none() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 10);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let good = t.pool_supply(me, account, &world.assets[SOL].pool, 1_000);
    let batch = t.batch(std::slice::from_ref(&good), &[]).unwrap();
    let with = |data: Vec<u8>| Instruction { data, ..batch.clone() };
    let empty = with(vec![Tag::Batch.byte()]);
    refused(&mut world.svm, &[empty], &[&user.key], TrestleError::BatchFrame);
    for cut in 2..batch.data.len() {
        let ix = with(batch.data[..cut].to_vec());
        fails(&mut world, &user, &ix, 0, TrestleError::BatchFrame);
    }
    for tag in 0..=255_u8 {
        let mut data = batch.data.clone();
        data[1] = tag;
        let alone = Tag::from_byte(tag).is_some_and(|tag| tag.permission().is_none());
        let (ix, unknown) = (with(data), Tag::from_byte(tag).is_none());
        if unknown {
            fails(&mut world, &user, &ix, 0, TrestleError::UnknownTag);
        } else if alone {
            fails(&mut world, &user, &ix, 0, TrestleError::NotBatchable);
        }
    }
    let mut beyond = batch.clone();
    beyond.data[3] = 200;
    fails(&mut world, &user, &beyond, 0, TrestleError::AccountCount);
    let mut twice = batch.clone();
    twice.data[4] = twice.data[3];
    fails(&mut world, &user, &twice, 0, TrestleError::DuplicateAccount);
    assert_eq!(t.batch(&[], &[]), Err(BatchError::Empty));
    let mut other = good.clone();
    other.accounts[1].pubkey = me;
    assert_eq!(t.batch(&[good, other], &[]), Err(BatchError::Foreign(1)));
    let (step, rest) = next(&batch.data[1..]).unwrap();
    assert_eq!((step.tag, step.accounts.len(), rest.len()), (Tag::PoolSupply.byte(), 6, 0));
}

#[test]
fn r15_refuses_more_inner_instructions_than_a_transaction_runs() {
    let (mut world, _) = funded();
    let user = trader(&mut world, 11, 10);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let one = t.pool_supply(me, account, &world.assets[SOL].pool, 1_000);
    // the batch itself counts, and so does the compute budget's instruction in front
    let most = t.batch(&vec![one.clone(); 62], &[]).unwrap();
    let over = t.batch(&vec![one; 64], &[]).unwrap();
    fails(&mut world, &user, &over, 63, TrestleError::BatchTrace);
    let limit = solana_compute_budget_limit(1_400_000);
    world.send(&[limit, most], &[&user.key]).expect("62 transfers, the batch, the limit");
}

/// `SetComputeUnitLimit`.
fn solana_compute_budget_limit(units: u32) -> Instruction {
    let program_id = solana_program::pubkey::Pubkey::from_str_const(
        "ComputeBudget111111111111111111111111111111",
    );
    let data = [vec![2], units.to_le_bytes().to_vec()].concat();
    Instruction { program_id, accounts: vec![], data }
}

/// Borrow USDC from the pool and supply it at Kamino, move SOL from the pool to
/// Kamino, withdraw the surplus: all of it or nothing.
#[test]
fn moves_between_pool_and_kamino_in_one_step() {
    let mut k = KaminoWorld::new();
    let lender = User::new(&mut k.world, 20, 8);
    let cash = k.world.assets[USDC].tokens(100_000);
    lender.fund_and_deposit(&mut k.world, USDC, cash);
    lender.supply(&mut k.world, USDC, cash).unwrap();
    k.advance(1);
    let user = User::new(&mut k.world, 10, 16);
    let sol = k.world.assets[SOL].tokens(1_000);
    user.fund_and_deposit(&mut k.world, SOL, sol);
    user.supply(&mut k.world, SOL, sol).unwrap();
    user.fund(&mut k.world, USDC, 0);
    k.open(&user, SOL);
    k.open(&user, USDC);
    let (t, me, account) = (k.world.trestle, user.address(), user.account);
    let (usdc, sols) = (k.reserve(USDC), k.reserve(SOL));
    let (pool, sol_pool) = (k.world.assets[USDC].pool, k.world.assets[SOL].pool);
    let borrowed = k.world.assets[USDC].tokens(10_000);
    let surplus = k.world.assets[USDC].tokens(1_000);
    let wallet = user.wallet(&k.world, USDC);
    let steps = |withdrawn: u64| {
        let at = At { reserve: &usdc, others: &[] };
        let beside = At { reserve: &sols, others: std::slice::from_ref(&usdc) };
        let list = [
            t.pool_borrow(me, account, &pool, borrowed),
            t.venue_supply(me, account, at, borrowed - surplus),
            t.pool_redeem(me, account, &sol_pool, Some(sol / 2)),
            t.venue_supply(me, account, beside, sol / 2),
            t.withdraw(me, account, &pool.asset, wallet, withdrawn),
        ];
        let batch = t.batch(&list, &t.reads(&account, &[k.market], &[])).unwrap();
        [solana_compute_budget_limit(600_000), batch]
    };
    let (batch, too_much) = (steps(surplus), steps(surplus + 1));

    let before = snapshot(&k.world.svm, &too_much);
    let failure = k.world.svm.send_with_table(&too_much, &[&user.key]).unwrap_err();
    assert_eq!(failure, Failure::Step(4, TrestleError::ExceedsPosition));
    assert_eq!(before, snapshot(&k.world.svm, &too_much), "all or nothing");

    k.world.svm.send_with_table(&batch, &[&user.key]).unwrap();
    assert_eq!(balance_of(&k.world.svm, &wallet), surplus);
    for asset in [SOL, USDC] {
        assert!(units(&user, &k.world, asset, PositionKind::VenueDeposit) > 0);
    }
    assert!(units(&user, &k.world, USDC, PositionKind::PoolDebt) > 0);
    assert!(units(&user, &k.world, SOL, PositionKind::PoolDeposit) > 0);
    let report = user.health(&mut k.world).unwrap();
    assert!(report.init >= 0, "{report:?}");
    crate::events::check(&k.world.svm);
}
