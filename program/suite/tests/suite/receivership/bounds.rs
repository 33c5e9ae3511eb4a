//! What the end asks for: each bound broken, and nothing else.

use super::{DOLLAR, Hunt, Plan, USUAL};
use crate::liquidate::against_custody;
use solana_instruction::Instruction;
use trestle_interface::TrestleError as E;
use trestle_sandbox::pyth::{self, Quote};
use trestle_sandbox::world::{SOL, USDC};

#[test]
fn nothing_is_taken_for_nothing() {
    let mut hunt = Hunt::new();
    hunt.end_refuses(&[], E::ReceivershipDebts);
    hunt.end_refuses(&[hunt.withdraw(SOL, 1_000_000)], E::ReceivershipDebts);
}

#[test]
fn equity_falls_by_the_incentive_at_most() {
    let hunt = Hunt::new();
    // the most that is accepted, to a hundredth of a basis point of what is repaid
    let (mut low, mut high) = (100, 100_000_u64);
    let plan = |part: u64| {
        let take = 20_000 * (1_000_000 + part) * 1_000 / super::PRICE;
        Plan { take, ..USUAL }
    };
    assert!(hunt.clone().send(plan(low)).is_ok());
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if hunt.clone().send(plan(middle)).is_ok() { low = middle } else { high = middle }
    }
    let mut over = hunt.clone();
    over.end_refuses(&over.between(plan(high)), E::ReceivershipEquity);
    // one call of `liquidate` costs the account as much
    let mut rival = hunt.clone();
    let bot = rival.bot.clone();
    bot.fund(&mut rival.world, USDC, 21_000 * DOLLAR);
    let before = rival.victim.health(&mut rival.world).unwrap();
    let ix = against_custody(&rival.world, &rival.victim, &bot, 20_000 * DOLLAR);
    rival.world.send(&[ix], &[&bot.key]).unwrap();
    let after = rival.victim.health(&mut rival.world).unwrap();
    let (lost, repaid) = (before.equity - after.equity, before.debts - after.debts);
    let share = lost * 1_000_000 / repaid;
    assert!(low > 0 && i64::try_from(low).unwrap() <= share + 1, "{low} of {share}");
    println!("a receivership costs at most {low} ppm, a liquidation {share} ppm");
}

#[test]
fn not_beyond_the_cap_and_the_target() {
    let mut hunt = Hunt::new();
    // a quarter of the debt at this shortfall
    hunt.end_refuses(&hunt.between(Plan::of(28_000, 15)), E::ReceivershipCap);
    hunt.clone().send(Plan::of(27_000, 15)).expect("within the cap");
    // who repays and takes nothing overshoots as well
    let bot = hunt.bot.clone();
    bot.fund(&mut hunt.world, USDC, 27_000 * DOLLAR);
    let gift = [hunt.deposit(USDC, 27_000 * DOLLAR), hunt.repay(Some(27_000 * DOLLAR))];
    hunt.end_refuses(&gift, E::ReceivershipTarget);
}

#[test]
fn a_receivership_that_leaves_the_account_no_healthier_is_refused() {
    let mut hunt = Hunt::new();
    // a little is repaid, and much more is taken
    let plan = Plan { take: Plan::of(25_000, 0).take, ..Plan::of(10_000, 0) };
    hunt.end_refuses(&hunt.between(plan), E::ReceivershipHealth);
}

#[test]
fn nothing_grows() {
    let mut hunt = Hunt::new();
    let rest = Plan { repay: USUAL.repay - DOLLAR, ..USUAL };
    hunt.end_refuses(&hunt.between(rest), E::ReceivershipGrown);
}

/// A newer sample of SOL, and the instruction that takes it in.
fn price(hunt: &mut Hunt, cents: i64) -> Instruction {
    let clock = hunt.world.svm.clock();
    let asset = &hunt.world.assets[SOL];
    let quote = Quote::cents(cents);
    let data = pyth::encode(&asset.feed, &quote, clock.unix_timestamp, clock.slot);
    let (oracle, id) = (asset.oracle, asset.keys.id);
    hunt.world.svm.set_account(oracle, pyth::account(data));
    hunt.world.trestle.refresh_prices(&[(id, oracle)])
}

#[test]
fn r09_receivership_is_judged_on_the_prices_it_began_on() {
    let mut hunt = Hunt::new();
    for cents in [12_900, 13_100] {
        let (mut hunt, mut list) = (hunt.clone(), hunt.between(USUAL));
        hunt.world.svm.advance_seconds(1);
        list.push(price(&mut hunt, cents));
        let pools = hunt.world.assets.iter().map(|a| a.pool).collect::<Vec<_>>();
        let fresh = hunt.world.trestle.refresh_markets(&pools);
        hunt.world.send(&[fresh], &[]).expect("rows of this slot");
        hunt.end_refuses(&list, E::ReceivershipBoard);
    }
    // rows are of this slot at the begin
    let pools = [hunt.world.assets[USDC].pool];
    hunt.world.svm.advance_seconds(1);
    let list = hunt.around(&hunt.between(USUAL));
    hunt.refuses(&list, 0, E::ReceivershipOldRow);
    let mut list = hunt.between(USUAL);
    list.push(hunt.world.trestle.refresh_markets(&pools));
    let before = hunt.world.trestle.refresh_markets(&pools);
    let (bot, account) = (hunt.bot.address(), hunt.victim.account);
    let mut whole = hunt.world.trestle.receivership(bot, account, 1, &list, &[]).unwrap();
    whole.insert(0, before);
    // a second refresh in one slot changes no index, so nothing is amiss
    hunt.world.send(&whole, &[&hunt.bot.key]).expect("the same board");
}
