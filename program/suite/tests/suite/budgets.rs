//! What the acts of delegates may cost (ruling 6).

use crate::delegates::{key, name, rewrite, row, terms};
use crate::pool::{funded, trader};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use trestle_interface::TrestleError;
use trestle_interface::args::SetDelegateArgs;
use trestle_interface::permission::{ALL, BUDGET_DAY, MOVE, PROTECT};
use trestle_sandbox::tokens::fund;
use trestle_sandbox::world::USDC;
use trestle_sandbox::{User, World, refused};

/// A user with 1,000,000 USDC idle, a pool whose board row is a day old, and
/// what supplying `amount` costs there: the interest that the row lacks.
fn costly(amount: u64) -> (World, User, Keypair, Instruction, u64) {
    let (mut world, _) = funded();
    let debtor = trader(&mut world, 11, 20_000);
    debtor.borrow(&mut world, USDC, 800_000_000_000).unwrap();
    let user = User::new(&mut world, 12, 8);
    user.fund_and_deposit(&mut world, USDC, 1_000_000_000_000);
    world.advance(1);
    world.svm.advance_seconds(86_400);
    world.publish(USDC);
    let rows = [(world.assets[USDC].keys.id, world.assets[USDC].oracle)];
    let prices = world.trestle.refresh_prices(&rows);
    world.send(&[prices], &[]).unwrap();
    let delegate = key(&mut world, 40);
    let pool = world.assets[USDC].pool;
    let supply = world.trestle.pool_supply(delegate.pubkey(), user.account, &pool, amount);
    // measured on the owner's own act, by health off chain
    let mut copy = world.clone();
    let before = user.mirror(&copy).0.equity;
    user.supply(&mut copy, USDC, amount).unwrap();
    let cost = before - user.mirror(&copy).0.equity;
    assert!(cost > 1_000_000, "{cost}");
    (world, user, delegate, supply, u64::try_from(cost).unwrap())
}

#[test]
fn r06_one_act_costs_no_more_than_its_budget() {
    let (mut world, user, delegate, supply, cost) = costly(100_000_000_000);
    let args = |loss_per_act| SetDelegateArgs {
        loss_per_act,
        loss_per_day: u64::MAX,
        ..terms(&delegate, MOVE)
    };
    name(&mut world, &user, &args(cost - 1));
    let act = std::slice::from_ref(&supply);
    refused(&mut world.svm, act, &[&delegate], TrestleError::LossPerAct);
    name(&mut world, &user, &args(cost));
    let mut exact = world.clone();
    exact.send(act, &[&delegate]).expect("exactly the budget");
    let spent = row(&exact, &user, &delegate);
    assert_eq!((spent.spent, spent.day_start), (cost, exact.svm.clock().unix_timestamp));
    // on a fresh board the same act costs next to nothing
    world.publish_all();
    world.send(act, &[&delegate]).unwrap();
    assert!(row(&world, &user, &delegate).spent <= 2);
}

#[test]
fn r06_a_day_costs_no_more_than_its_budget() {
    let (mut world, user, delegate, supply, cost) = costly(100_000_000_000);
    let args = |loss_per_day| SetDelegateArgs {
        loss_per_act: u64::MAX,
        loss_per_day,
        ..terms(&delegate, MOVE | PROTECT)
    };
    let act = std::slice::from_ref(&supply);
    name(&mut world, &user, &args(cost - 1));
    refused(&mut world.svm, act, &[&delegate], TrestleError::LossPerDay);
    name(&mut world, &user, &args(cost + cost / 2));
    world.send(act, &[&delegate]).unwrap();
    let first = row(&world, &user, &delegate);
    refused(&mut world.svm, act, &[&delegate], TrestleError::LossPerDay);
    // a gain gives nothing back
    let pool = world.assets[USDC].pool;
    let back = world.trestle.pool_redeem(delegate.pubkey(), user.account, &pool, None);
    world.send(&[back], &[&delegate]).expect("redeeming on an old row is a gain");
    assert_eq!(row(&world, &user, &delegate).spent, first.spent);
    // the day ends with its last second, and not one before
    let now = world.svm.clock().unix_timestamp;
    let started = |world: &mut World, ago: i64| {
        rewrite(world, &user, &delegate, |row| row.day_start = now - ago);
    };
    started(&mut world, BUDGET_DAY - 1);
    refused(&mut world.svm, act, &[&delegate], TrestleError::LossPerDay);
    started(&mut world, BUDGET_DAY);
    world.send(act, &[&delegate]).expect("another day");
    let next = row(&world, &user, &delegate);
    assert_eq!((next.spent, next.day_start), (cost, now));
}

#[test]
fn r06_tokens_from_and_to_wallets_neither_hide_nor_make_a_loss() {
    let (mut world, user, delegate, supply, cost) = costly(100_000_000_000);
    user.fund(&mut world, USDC, 0);
    let usdc = world.assets[USDC].keys;
    let from = fund(&mut world.svm, delegate.pubkey(), &usdc, 500_000_000_000);
    let (t, me, account) = (world.trestle, delegate.pubkey(), user.account);
    let deposit = t.deposit(me, account, &usdc, from, 500_000_000_000);
    let withdraw = t.withdraw(me, account, &usdc, user.wallet(&world, USDC), 300_000_000_000);
    let batches = [
        vec![deposit.clone(), supply.clone()],
        vec![supply.clone(), withdraw.clone()],
        vec![withdraw, supply, deposit],
    ];
    for operations in batches {
        let batch = [t.batch(&operations, &[]).unwrap()];
        // other balances round otherwise, by a micro-dollar or two
        for (budget, fits) in [(cost - 2, false), (cost + 2, true)] {
            let mut copy = world.clone();
            let args = SetDelegateArgs {
                loss_per_act: budget,
                loss_per_day: u64::MAX,
                ..terms(&delegate, ALL)
            };
            name(&mut copy, &user, &args);
            if fits {
                copy.send(&batch, &[&delegate]).expect("within the budget");
                let spent = row(&copy, &user, &delegate).spent;
                assert!(spent.abs_diff(cost) <= 2, "{spent} for {cost}");
            } else {
                refused(&mut copy.svm, &batch, &[&delegate], TrestleError::LossPerAct);
            }
        }
    }
}
