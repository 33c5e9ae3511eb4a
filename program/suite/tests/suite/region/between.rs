//! What may happen between the begin and the end of a region.

use super::{by_call, leverage, refused_at, region, session, stage};
use crate::delegates::{key, terms};
use crate::liquidate::{against_custody, indebted};
use solana_instruction::{AccountMeta, Instruction};
use solana_program::pubkey::Pubkey;
use trestle_interface::permission::ALL;
use trestle_interface::region::allows;
use trestle_interface::state::Session;
use trestle_interface::state::offsets;
use trestle_interface::tag::{TABLE, Tag};
use trestle_interface::{PROGRAM_ID, TrestleError};
use trestle_sandbox::tokens::balance_of;
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{Failure, User, World, refused};

/// An instruction of a row: the margin account, its owner and its board where
/// their names stand, accounts that are nobody's elsewhere, arguments of zeros.
fn filled(world: &World, user: &User, row: &trestle_interface::InstructionInfo) -> Instruction {
    let mut unknown = 100_u8;
    let roles = row.prefix.iter().chain(row.accounts);
    let accounts = roles.map(|role| {
        let pubkey = match role.name {
            "account" => user.account,
            "prices" => world.trestle.prices,
            "markets" => world.trestle.markets,
            "group" => world.trestle.group,
            "system_program" => Pubkey::default(),
            _ if role.signer => user.address(),
            _ => {
                unknown += 1;
                Pubkey::new_from_array([unknown; 32])
            }
        };
        AccountMeta { pubkey, is_signer: role.signer, is_writable: role.writable }
    });
    let accounts = accounts.collect();
    let data = [&[row.tag.byte()][..], &vec![0; row.args_len]].concat();
    Instruction { program_id: PROGRAM_ID, accounts, data }
}

/// Every instruction of the table that writes a margin account, so that one
/// that joins it is tried as well.
#[test]
fn every_instruction_knows_whether_it_may_stand_in_a_region() {
    let (world, user) = stage();
    let mut counts = (0, 0, 0);
    for row in TABLE {
        let roles = || row.prefix.iter().chain(row.accounts);
        if !roles().any(|role| role.name == "account" && role.writable) {
            assert!(!allows(row.tag), "{} touches no margin account", row.name);
            counts.2 += 1;
            continue;
        }
        // the brackets themselves have tests of their own; an account of the
        // present layout is none to upgrade, and nothing happens to it
        let skipped = [
            Tag::BeginRegion,
            Tag::EndRegion,
            Tag::BeginLiquidation,
            Tag::EndLiquidation,
            Tag::UpgradeLayout,
            Tag::CreateAccount,
        ];
        if skipped.contains(&row.tag) {
            continue;
        }
        let mut world = world.clone();
        if row.tag == Tag::AcceptOwner {
            // named before: the account is its new owner's to take
            let next = User::new(&mut world, 13, 8);
            let (t, me) = (world.trestle, user.address());
            let give = t.propose_owner(me, user.account, Some(next.address()));
            world.send(&[give], &[&user.key]).unwrap();
            let take = t.accept_owner(next.address(), next.address(), user.account);
            let list = region(&world, &user, &[take]);
            refused_at(&mut world, &list, &[&user.key, &next.key], 1, TrestleError::InSession);
            counts.1 += 1;
            continue;
        }
        let list = region(&world, &user, &[filled(&world, &user, row)]);
        let outcome = world.send(&list, &[&user.key]);
        let in_session = matches!(outcome, Err(Failure::Trestle(1, TrestleError::InSession)));
        assert_eq!(in_session, !allows(row.tag), "{}: {outcome:?}", row.name);
        assert_eq!(session(&world, &user), Some(Session::Idle), "{}", row.name);
        if allows(row.tag) { counts.0 += 1 } else { counts.1 += 1 }
    }
    assert_eq!((counts.0, counts.1), (16, 17), "{} touch no margin account", counts.2);
}

#[test]
fn nobody_liquidates_between() {
    let (mut world, victim, bot) = indebted();
    world.set_price(SOL, 13_000);
    world.advance(1);
    let seize = against_custody(&world, &victim, &bot, 1_000_000_000);
    world.clone().send(std::slice::from_ref(&seize), &[&bot.key]).expect("outside it may");
    let list = region(&world, &victim, &[seize]);
    refused_at(&mut world, &list, &[&victim.key, &bot.key], 1, TrestleError::InSession);
}

#[test]
fn the_account_itself_stays_as_it_is() {
    let (mut world, user) = stage();
    let delegate = key(&mut world, 40);
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let acts = [
        t.resize_account(me, me, account, 32),
        t.set_delegate(me, account, &terms(&delegate, ALL)),
        t.lock_down(me, account),
        t.propose_owner(me, account, Some(solana_signer::Signer::pubkey(&delegate))),
        t.refresh_account(account, &[], &[]),
    ];
    for act in acts {
        let one = std::slice::from_ref(&act);
        world.clone().send(one, &[&user.key]).expect("outside it may");
        let list = region(&world, &user, one);
        refused_at(&mut world, &list, &[&user.key], 1, TrestleError::InSession);
        // nor from inside another program
        let list = region(&world, &user, &[by_call(&act)]);
        assert!(world.send(&list, &[&user.key]).is_err());
    }
    // emptied in a region, it is not closed in it
    let fresh = User::new(&mut world, 14, 8);
    let close = t.close_account(fresh.address(), fresh.account, &[]);
    world.clone().send(std::slice::from_ref(&close), &[&fresh.key]).expect("outside it may");
    let list = region(&world, &fresh, &[close]);
    refused_at(&mut world, &list, &[&fresh.key], 1, TrestleError::InSession);
}

#[test]
fn operations_may_come_from_another_program() {
    let (mut world, user) = stage();
    let mut steps = leverage(&world, &user);
    steps[1] = by_call(&steps[1]);
    world.send(&region(&world, &user, &steps), &[&user.key]).expect("a call between");
    assert!(user.health(&mut world).unwrap().init >= 0);
}

#[test]
fn pools_stay_whole_while_their_cash_is_out() {
    let (mut world, user) = stage();
    let (t, me, account) = (world.trestle, user.address(), user.account);
    let usdc = world.assets[USDC].clone();
    let cash = world.pool(USDC).cash;
    // all there is, and back: no equity stands behind it, and none is needed
    let all = [
        t.pool_borrow(me, account, &usdc.pool, cash),
        t.withdraw(me, account, &usdc.keys, user.wallet(&world, USDC), cash),
        t.deposit(me, account, &usdc.keys, user.wallet(&world, USDC), cash),
        t.pool_repay(me, account, &usdc.pool, Some(cash)),
    ];
    let before = world.pool(USDC);
    world.send(&region(&world, &user, &all), &[&user.key]).unwrap();
    let after = world.pool(USDC);
    assert_eq!(balance_of(&world.svm, &usdc.pool.vault), cash);
    assert_eq!((after.cash, after.deposit_units), (before.cash, before.deposit_units));
    assert!(after.debt_units <= 1, "rounding is the borrower's: {}", after.debt_units);
    assert!(after.deposit_index.get() >= before.deposit_index.get());
    // one more than there is
    let more = [t.pool_borrow(me, account, &usdc.pool, cash + 1)];
    let list = region(&world, &user, &more);
    refused_at(&mut world, &list, &[&user.key], 1, TrestleError::NoLiquidity);
}

#[test]
fn health_says_that_a_session_is_open() {
    let (mut world, user) = stage();
    assert_eq!(user.health(&mut world).unwrap().session, Session::Idle.byte());
    // as an instruction between would see it
    let mut account = world.svm.account(&user.account).unwrap();
    account.data[offsets::SESSION] = Session::Region.byte();
    world.svm.set_account(user.account, account.clone());
    assert_eq!(user.health(&mut world).unwrap().session, Session::Region.byte());
    // the session of a liquidation is nobody's to act in, and no region to end
    account.data[offsets::SESSION] = Session::Liquidation.byte();
    world.svm.set_account(user.account, account);
    let (t, me, at) = (world.trestle, user.address(), user.account);
    let supply = t.pool_supply(me, at, &world.assets[SOL].pool, 1_000);
    refused(&mut world.svm, &[supply], &[&user.key], TrestleError::InSession);
    let end = t.end_region(me, at, &[]);
    refused(&mut world.svm, &[end], &[&user.key], TrestleError::RegionNotOpen);
    let list = region(&world, &user, &[]);
    refused_at(&mut world, &list, &[&user.key], 0, TrestleError::InSession);
}
