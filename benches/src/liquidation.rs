//! `liquidate` by number of positions, over up to 24 assets and 12 factors:
//! alone, and with every price of the account refreshed in front of it in one
//! transaction.
//!
//! Collateral and debt are real. The other positions are written into the
//! slab: they cost what they cost to judge, however they came about.

use crate::health::{ASSETS, world, write_slab};
use crate::table::Row;
use trestle_interface::state::{Position, PositionKind, Wide};
use trestle_sandbox::{Sent, User, World};

/// What is owed, and what is seized.
const DEBT: usize = 0;
const COLLATERAL: usize = 1;

/// Rows of the table.
pub fn rows() -> Vec<Row> {
    let (world, victim, bot) = indebted();
    [2, 8, 16, 32, 64]
        .into_iter()
        .flat_map(|count| {
            let mut world = world.clone();
            fill(&mut world, &victim, count);
            let keys = bot.against(&world, &victim, DEBT, COLLATERAL);
            let seized = world.assets[COLLATERAL].keys;
            let ix = world.trestle.liquidate_custody(&keys, &seized, 1_000_000_000, 1);
            let assets = count.min(usize::from(ASSETS));
            let case = format!("{count} positions, {assets} assets");
            let alone = world.clone().send(std::slice::from_ref(&ix), &[&bot.key]);
            let priced = prices_and(&mut world, assets, ix, &bot);
            [
                Row::new("liquidate", &case, &alone.expect("the account is liquidated")),
                Row::new(
                    "liquidate",
                    &format!("{case}, behind a refresh of their prices"),
                    &priced,
                ),
            ]
        })
        .collect()
}

/// Rows of a receivership: units of each of its ends, locks and bytes of the
/// whole transaction.
pub fn receivership() -> Vec<Row> {
    let (mut world, victim, bot) = indebted();
    let (t, me, account) = (world.trestle, bot.address(), victim.account);
    let (owed, seized) = (world.assets[DEBT].pool, world.assets[COLLATERAL].keys);
    let (from, to) = (bot.wallet(&world, DEBT), bot.wallet(&world, COLLATERAL));
    let between = [
        t.withdraw(me, account, &seized, to, 1_000),
        t.deposit(me, account, &owed.asset, from, 1_000_000),
        t.pool_repay(me, account, &owed, Some(1_000_000)),
    ];
    let list = t.receivership(me, account, 0, &between, &[]).expect("it is short");
    let sent = world.send(&list, &[&bot.key]).unwrap_or_else(|e| panic!("{e:?}"));
    let begin = frames(&sent.logs).next().expect("it begins");
    let end = frames(&sent.logs).last().expect("it ends");
    let case = "around a withdrawal, a deposit and a repayment; all in one transaction";
    [("begin_liquidation", begin), ("end_liquidation", end)]
        .map(|(name, logs)| Row::new(name, case, &Sent { logs: logs.to_vec(), ..sent.clone() }))
        .to_vec()
}

/// Logs of each of a transaction's own instructions.
fn frames(logs: &[String]) -> impl Iterator<Item = &[String]> {
    let mut depth = 0;
    logs.split_inclusive(move |line| {
        if line.starts_with("Program ") && line.contains(" invoke [") {
            depth += 1;
        } else if line.starts_with("Program ") && line.ends_with(" success") {
            depth -= 1;
            return depth == 0;
        }
        false
    })
}

/// Refreshes the first prices and liquidates in the same transaction.
fn prices_and(
    world: &mut World,
    assets: usize,
    liquidate: solana_instruction::Instruction,
    bot: &User,
) -> Sent {
    world.svm.advance_seconds(1);
    for asset in 0..assets {
        world.publish(asset);
    }
    let rows: Vec<_> = world.assets[..assets].iter().map(|a| (a.keys.id, a.oracle)).collect();
    let refresh = world.trestle.refresh_prices(&rows);
    world.svm.send_with_table(&[refresh, liquidate], &[&bot.key]).expect("it fits one transaction")
}

/// An account that owes one asset against another, below maintenance health.
fn indebted() -> (World, User, User) {
    let mut world = world();
    let victim = User::new(&mut world, 14, 64);
    victim.fund_and_deposit(&mut world, COLLATERAL, 10_000_000_000);
    victim.fund(&mut world, DEBT, 0);
    world.publish_all();
    victim.borrow(&mut world, DEBT, 4_000_000_000).expect("borrow");
    victim.withdraw(&mut world, DEBT, 4_000_000_000).expect("withdraw");
    let bot = User::new(&mut world, 15, 8);
    bot.fund(&mut world, DEBT, 5_000_000_000);
    bot.fund(&mut world, COLLATERAL, 0);
    world.advance(2);
    world.set_price(DEBT, 2_200);
    world.advance(2);
    (world, victim, bot)
}

/// Small positions of other assets besides the two, until there are `count`.
fn fill(world: &mut World, victim: &User, count: usize) {
    let (_, mut positions) = victim.margin(world);
    let kinds = [PositionKind::Custody, PositionKind::PoolDeposit, PositionKind::PoolDebt];
    let others = (2..ASSETS).flat_map(|asset| kinds.map(|kind| (asset, kind)));
    positions.extend(others.take(count - positions.len()).map(|(asset, kind)| Position {
        market: u16::from(asset),
        kind: kind.byte(),
        venue_account: u8::MAX,
        asset,
        units: Wide::new(if kind == PositionKind::PoolDebt { 3_333_333 } else { 1_000_007 }),
        ..Position::default()
    }));
    write_slab(world, victim, positions);
}
