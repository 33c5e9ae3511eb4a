//! What the end asks for: each bound broken, and nothing else.

use super::{DOLLAR, Hunt, Plan, USUAL};
use crate::liquidate::against_custody;
use solana_instruction::Instruction;
use trestle_client::events::of_logs;
use trestle_interface::event::{Body, Event, Received};
use trestle_interface::{PROGRAM_ID, TrestleError as E};
use trestle_sandbox::board::group_terms;
use trestle_sandbox::pyth::{self, Quote};
use trestle_sandbox::world::{SOL, USDC};

#[test]
fn nothing_is_taken_for_nothing() {
    let mut hunt = Hunt::new();
    hunt.end_refuses(&[], E::ReceivershipDebts);
    hunt.end_refuses(&[hunt.withdraw(SOL, 1_000_000)], E::ReceivershipDebts);
}

/// The largest loss in micro-USD: the incentive by health without insurance's
/// share, on what was repaid. Written out anew, in Q16.
fn largest_loss(fact: &Received) -> i128 {
    let terms = group_terms();
    let [start, slope, share] =
        [terms.incentive_start, terms.incentive_slope, terms.insurance_share].map(i128::from);
    let (maint, debts) = (i128::from(fact.maint_before), i128::from(fact.debts_before));
    let shortfall = (-maint << 16) / debts;
    let whole = start.max((shortfall * slope) >> 16);
    let insured = (whole * share + 0xffff) >> 16;
    let repaid = debts - i128::from(fact.debts_after);
    ((whole - insured) * repaid) >> 16
}

#[test]
fn equity_falls_by_the_incentive_at_most() {
    let hunt = Hunt::new();
    let plan = |take: u64| Plan { take, ..USUAL };
    let try_it = |take| hunt.clone().send(plan(take));
    // to a lamport, which is less than a micro-USD
    let (mut low, mut high) = (Plan::of(20_000, 1).take, Plan::of(20_000, 1_000).take);
    assert!(try_it(low).is_ok() && try_it(high).is_err());
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if try_it(middle).is_ok() { low = middle } else { high = middle }
    }
    let events = of_logs(&try_it(low).unwrap().logs, &PROGRAM_ID);
    let fact = events.iter().find_map(|bytes| match Event::decode(bytes)?.body {
        Body::Receivership(fact) => Some(fact),
        _ => None,
    });
    let fact = fact.expect("it tells");
    let lost = i128::from(fact.equity_before) - i128::from(fact.equity_after);
    assert_eq!(lost, largest_loss(&fact), "of {fact:?}");
    let mut over = hunt.clone();
    over.end_refuses(&over.between(plan(high)), E::ReceivershipEquity);
}

#[test]
fn it_costs_the_account_no_more_than_one_liquidation() {
    let hunt = Hunt::new();
    let mut rival = hunt.clone();
    let bot = rival.bot.clone();
    bot.fund(&mut rival.world, USDC, 21_000 * DOLLAR);
    let before = rival.victim.health(&mut rival.world).unwrap();
    let ix = against_custody(&rival.world, &rival.victim, &bot, 20_000 * DOLLAR);
    rival.world.send(&[ix], &[&bot.key]).unwrap();
    let after = rival.victim.health(&mut rival.world).unwrap();
    let (lost, repaid) = (before.equity - after.equity, before.debts - after.debts);
    // a receivership that takes a hundredth of a percent more than that is refused
    let share = u64::try_from(lost * 1_000_000 / repaid).unwrap() + 100;
    let take = 20_000 * (1_000_000 + share) * 1_000 / super::PRICE;
    let mut over = hunt.clone();
    over.end_refuses(&over.between(Plan { take, ..USUAL }), E::ReceivershipEquity);
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
