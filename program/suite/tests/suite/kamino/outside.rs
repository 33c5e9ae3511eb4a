//! What others do at the venue between two acts, and rewards: a guard that
//! reads the venue tells what it found, and no delegate hides a loss behind
//! what it did not earn.

use super::{Act, Stage};
use crate::delegates::{key, name, row, terms};
use crate::events;
use solana_instruction::{AccountMeta, Instruction};
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_client::ix::At;
use trestle_interface::TrestleError as E;
use trestle_interface::args::{AssertHealthArgs, SetDelegateArgs};
use trestle_interface::permission::{ALL, MOVE};
use trestle_interface::state::PositionKind;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};
use trestle_sandbox::{User, refused};

fn reads(stage: &Stage) -> Vec<AccountMeta> {
    let used = stage.k.of(&[SOL, JITOSOL, USDC]);
    stage.k.world.trestle.reads(&stage.user.account, &[stage.k.market], &used)
}

/// A floor that any health reaches, with everything that is owed read.
fn any_health(stage: &Stage) -> Instruction {
    let args = AssertHealthArgs { level: 2, min: i64::MIN };
    let (me, account) = (stage.user.address(), stage.user.account);
    stage.k.world.trestle.assert_health(me, account, &args, &reads(stage))
}

/// The SOL in the obligation becomes what `f` makes of it, by no act of the account's.
fn change(stage: &mut Stage, f: impl FnOnce(u64) -> u64) {
    let reserve = stage.k.reserve(SOL).reserve;
    stage.books(|o| {
        let at = o.deposit_of(&reserve).unwrap();
        let mut deposit = o.deposit(at);
        deposit.set_amount(f(deposit.amount()));
    });
}

#[test]
fn a_guard_that_finds_other_units_tells_them() {
    let stage = Stage::indebted();
    let guard = any_health(&stage);
    let batch = stage.k.world.trestle.batch(std::slice::from_ref(&guard), &[]).unwrap();
    for guard in [guard, batch] {
        let mut stage = stage.clone();
        let sequence = |stage: &Stage| stage.user.margin(&stage.k.world).0.sequence;
        let before = sequence(&stage);
        stage.send(std::slice::from_ref(&guard)).unwrap();
        assert_eq!(sequence(&stage), before, "nothing was found");
        let held = stage.units(SOL, PositionKind::VenueDeposit);
        change(&mut stage, |amount| amount / 2);
        stage.send(&[guard]).unwrap();
        assert_eq!(stage.units(SOL, PositionKind::VenueDeposit), held / 2);
        assert_eq!(sequence(&stage), before + 1, "what was signed before is void");
        events::check(&stage.k.world.svm);
    }
}

#[test]
fn no_floor_of_health_holds_over_a_debt_that_is_unknown() {
    let mut stage = Stage::indebted();
    let guard = any_health(&stage);
    stage.books(|o| {
        let mut deposit = o.deposit(2);
        deposit.set_reserve(Pubkey::new_from_array([66; 32]));
        deposit.set_amount(7_000_000);
    });
    stage.refuses_steps(&[guard], E::VenueUnknown);
}

#[test]
fn r06_a_reward_hides_no_loss() {
    let mut stage = Stage::open();
    let user = User::new(&mut stage.k.world, 35, 16);
    user.fund_and_deposit(&mut stage.k.world, USDC, 20_000_000_000);
    user.fund_and_deposit(&mut stage.k.world, SOL, 1_000_000_000);
    stage.k.open(&user, USDC);
    stage.k.supply(&user, USDC, &[], 5_000_000_000).unwrap();
    let Some(reward) = stage.k.reward(USDC, SOL) else { return };
    // borrowing costs 1 % at once
    stage.reserve(SOL, |r| r.set_origination_fee((1 << 60) / 100));
    stage.k.advance(3_600);
    let delegate = key(&mut stage.k.world, 40);
    let (t, me, account) = (stage.k.world.trestle, delegate.pubkey(), user.account);
    let (sol, usdc) = (stage.k.reserve(SOL), stage.k.reserve(USDC));
    let claim = t.claim_venue(me, account, &usdc, false, &reward);
    let at = At { reserve: &sol, others: &[usdc] };
    let borrow = t.venue_borrow(me, account, at, 1_000_000_000);
    let batch = |operations: &[Instruction]| {
        vec![stage.k.price_refresh(&[SOL, USDC]), t.batch(operations, &[]).unwrap()]
    };
    let (alone, hidden) = (batch(std::slice::from_ref(&borrow)), batch(&[claim.clone(), borrow]));
    let args = |budget| SetDelegateArgs {
        loss_per_act: budget,
        loss_per_day: u64::MAX,
        ..terms(&delegate, ALL)
    };
    let mut world = stage.k.world.clone();
    name(&mut world, &user, &args(u64::MAX));
    let mut copy = world.clone();
    copy.send(&alone, &[&delegate]).expect("the loan");
    let cost = row(&copy, &user, &delegate).spent;
    assert!(cost > 1_000_000, "{cost}");
    let held = |world: &trestle_sandbox::World| user.mirror(world).0.equity;
    let mut copy = world.clone();
    copy.send(std::slice::from_ref(&claim), &[&delegate]).expect("the reward");
    let earned = held(&copy) - held(&world);
    assert!(earned > 1_000, "{earned}");
    let mut copy = world.clone();
    copy.send(&hidden, &[&delegate]).expect("the loan and the reward");
    assert!(row(&copy, &user, &delegate).spent.abs_diff(cost) <= 2);
    name(&mut world, &user, &args(cost - 3));
    refused(&mut world.svm, &hidden, &[&delegate], E::LossPerAct);
    // a reward alone is no loss
    name(&mut world, &user, &SetDelegateArgs { permissions: MOVE, ..args(0) });
    world.send(&[claim], &[&delegate]).expect("a claim costs nothing");
}

#[test]
fn r06_what_happened_at_the_venue_before_an_act_is_no_part_of_it() {
    let mut stage = Stage::indebted();
    // borrowing costs 1 % at once
    stage.reserve(USDC, |r| r.set_origination_fee((1 << 60) / 100));
    let delegate = key(&mut stage.k.world, 40);
    let args = SetDelegateArgs {
        loss_per_act: 20_000_000,
        loss_per_day: u64::MAX,
        ..terms(&delegate, ALL)
    };
    name(&mut stage.k.world, &stage.user.clone(), &args);
    let by_delegate = |stage: &Stage, act: Act| {
        let mut steps = stage.steps(act, USDC, &[SOL, JITOSOL]);
        steps.last_mut().unwrap().accounts[0].pubkey = delegate.pubkey();
        steps
    };
    // the venue has taken a fifth of the collateral: a protector goes on
    let mut taken = stage.clone();
    change(&mut taken, |amount| amount / 5 * 4);
    let repay = by_delegate(&taken, Act::Repay(Some(1_000_000_000)));
    taken.k.world.send(&repay, &[&delegate]).expect("the loss is not the delegate's");
    assert!(row(&taken.k.world, &taken.user, &delegate).spent < 10);
    // and what was found there pays for nobody's fee
    let mut given = stage.clone();
    change(&mut given, |amount| amount / 5 * 6);
    let dear = by_delegate(&given, Act::Borrow(2_100_000_000));
    refused(&mut given.k.world.svm, &dear, &[&delegate], E::LossPerAct);
    let fair = by_delegate(&given, Act::Borrow(1_900_000_000));
    given.k.world.send(&fair, &[&delegate]).expect("19 of 20 dollars");
    let spent = row(&given.k.world, &given.user, &delegate).spent;
    assert!((18_990_000..19_010_000).contains(&spent), "{spent}");
    events::check(&given.k.world.svm);
}
