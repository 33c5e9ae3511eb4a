//! How a receivership begins, and what it lets its liquidator do.

use super::{DOLLAR, Hunt, USUAL};
use crate::liquidate::{against_custody, indebted};
use crate::region::{by_call, refused_at, refused_inside};
use trestle_interface::TrestleError as E;
use trestle_sandbox::User;
use trestle_sandbox::world::{SOL, USDC};

#[test]
fn only_an_unhealthy_account_on_fresh_prices_after_the_cool_off() {
    let mut hunt = Hunt::new();
    hunt.world.set_price(SOL, 15_000);
    hunt.world.advance(1);
    let list = hunt.around(&[]);
    hunt.refuses(&list, 0, E::Healthy);
    hunt.world.set_price(SOL, 13_000);
    hunt.world.advance(1);
    hunt.world.svm.advance_seconds(600);
    hunt.refuses(&list, 0, E::LiquidationStale);
}

#[test]
fn not_on_the_price_of_the_last_act() {
    let (mut world, victim, bot) = indebted();
    let me = victim.margin(&world).0.last_risk_time;
    assert_ne!(me, 0);
    world.set_price(SOL, 13_000);
    world.advance(1);
    // the clock has not moved on from the act
    let clock = world.svm.clock();
    let mut account = world.svm.account(&victim.account).unwrap();
    let at = core::mem::offset_of!(trestle_interface::state::MarginAccount, last_risk_time);
    account.data[at..at + 8].copy_from_slice(&clock.unix_timestamp.to_le_bytes());
    world.svm.set_account(victim.account, account);
    let list = world.trestle.receivership(bot.address(), victim.account, 0, &[], &[]).unwrap();
    refused_at(&mut world, &list, &[&bot.key], 0, E::CoolOff);
}

#[test]
fn never_by_the_owner() {
    let mut hunt = Hunt::new();
    let (me, account) = (hunt.victim.address(), hunt.victim.account);
    let list = hunt.world.trestle.receivership(me, account, 0, &[], &[]).unwrap();
    refused_at(&mut hunt.world, &list, &[&hunt.victim.key], 0, E::SelfLiquidation);
}

#[test]
fn names_its_own_end_behind_it() {
    let mut hunt = Hunt::new();
    let t = hunt.world.trestle;
    let (bot, account) = (hunt.bot.address(), hunt.victim.account);
    let begin = |end| t.begin_liquidation(bot, account, end, &[]);
    let end = t.end_liquidation(bot, account, &[]);
    for named in [0, 2, u16::MAX] {
        hunt.refuses(&[begin(named), end.clone()], 0, E::RegionUnmatched);
    }
    // none, another account's, a region's, or inside a call
    hunt.refuses(&[begin(1)], 0, E::RegionUnmatched);
    let other = t.end_liquidation(bot, hunt.bot.account, &[]);
    hunt.refuses(&[begin(1), other], 0, E::RegionUnmatched);
    hunt.refuses(&[begin(1), t.end_region(bot, account, &[])], 0, E::RegionUnmatched);
    hunt.refuses(&[begin(1), by_call(&end)], 0, E::RegionUnmatched);
    // another liquidator's
    let second = User::new(&mut hunt.world, 14, 8);
    let theirs = t.end_liquidation(second.address(), account, &[]);
    let both = [&*hunt.bot.key, &*second.key];
    refused_at(&mut hunt.world, &[begin(1), theirs], &both, 0, E::RegionUnmatched);
    // nested, with itself or with a region
    hunt.refuses(&[begin(2), begin(2), end.clone()], 0, E::RegionNested);
    let region = t.begin_region(bot, account, 2);
    hunt.refuses(&[begin(2), region, end.clone()], 0, E::RegionNested);
    hunt.refuses(&[begin(2), end.clone(), end.clone()], 0, E::RegionNested);
    // an end without a begin
    hunt.refuses(std::slice::from_ref(&end), 0, E::ReceivershipNotOpen);
    // neither by a call
    let list = [by_call(&begin(1)), end.clone()];
    refused_inside(&mut hunt.world, &list, &[&hunt.bot.key], 0, E::RegionByCpi);
    let list = [begin(2), by_call(&end), end];
    refused_inside(&mut hunt.world, &list, &[&hunt.bot.key], 1, E::RegionByCpi);
}

#[test]
fn allows_no_borrowing_no_supply_and_nobody_else() {
    let mut hunt = Hunt::new();
    let t = hunt.world.trestle;
    let (bot, account) = (hunt.bot.address(), hunt.victim.account);
    let [sol, usdc] = [SOL, USDC].map(|asset| hunt.world.assets[asset].clone());
    let acts = [
        t.pool_borrow(bot, account, &usdc.pool, 1_000),
        t.pool_supply(bot, account, &sol.pool, 1_000),
        t.lock_down(bot, account),
        against_custody(&hunt.world, &hunt.victim, &hunt.bot, DOLLAR),
    ];
    for act in acts {
        let failure = {
            let list = hunt.around(&[act]);
            hunt.world.send(&list, &[&hunt.bot.key]).unwrap_err()
        };
        assert!(matches!(failure.trestle(), Some(E::InSession | E::NotOwner)), "{failure:?}");
    }
    // the owner neither
    let me = hunt.victim.address();
    let wallet = hunt.victim.wallet(&hunt.world, SOL);
    let act = t.withdraw(me, account, &sol.keys, wallet, 1_000);
    let list = hunt.around(&[act]);
    let both = [&*hunt.bot.key, &*hunt.victim.key];
    refused_at(&mut hunt.world, &list, &both, 1, E::InSession);
    // and outside the liquidator does nothing
    let alone = hunt.withdraw(SOL, USUAL.take);
    hunt.refuses(&[alone], 0, E::NotOwner);
}
