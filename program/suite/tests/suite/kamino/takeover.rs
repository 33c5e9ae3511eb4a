//! A liquidator who owes at Kamino takes a pool deposit into its own account.

use super::Stage;
use crate::events;
use trestle_interface::TrestleError as E;
use trestle_interface::state::PositionKind;
use trestle_sandbox::User;
use trestle_sandbox::pyth::Quote;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};

const USED: [usize; 3] = [SOL, JITOSOL, USDC];

/// Borrows until initial health, with nothing of Kamino read, is about 200
/// dollars below zero; the charge for what is not read is 400.
fn borrow_up(stage: &mut Stage) {
    let (t, me, account) = (stage.k.world.trestle, stage.user.address(), stage.user.account);
    let reads = t.reads(&account, &[stage.k.market], &stage.k.of(&USED));
    let pool = stage.k.world.assets[USDC].pool;
    let wallet = stage.user.wallet(&stage.k.world, USDC);
    for _ in 0..6 {
        stage.k.refresh(&stage.user.clone(), &USED).unwrap();
        let init = stage.user.health(&mut stage.k.world).unwrap().init;
        if init < -150_000_000 {
            break;
        }
        let loan = (init + 200_000_000).unsigned_abs();
        let mut borrow = t.pool_borrow(me, account, &pool, loan);
        borrow.accounts.extend(reads.clone());
        let mut take = t.withdraw(me, account, &pool.asset, wallet, loan * 99 / 100);
        take.accounts.extend(reads.clone());
        stage.send(&[borrow, take]).unwrap_or_else(|e| panic!("{loan}: {e:?}"));
    }
}

#[test]
fn r03_a_receiver_is_judged_on_its_venues_as_they_are_or_charged_in_full() {
    let mut stage = Stage::indebted();
    let victim = User::new(&mut stage.k.world, 41, 8);
    let lent = stage.tokens(SOL, 1_000);
    victim.fund_and_deposit(&mut stage.k.world, SOL, lent);
    victim.fund(&mut stage.k.world, USDC, 0);
    victim.supply(&mut stage.k.world, SOL, lent).unwrap();
    stage.k.advance(1);
    victim.borrow(&mut stage.k.world, USDC, 60_000_000_000).unwrap();
    victim.withdraw(&mut stage.k.world, USDC, 60_000_000_000).unwrap();
    stage.k.world.assets[SOL].quote = Quote::cents(7_200);
    stage.k.advance(1);
    borrow_up(&mut stage);
    stage.k.advance(1);
    stage.k.refresh(&stage.user.clone(), &USED).unwrap();
    let init = stage.user.health(&mut stage.k.world).unwrap().init;
    assert!((-300_000_000..-100_000_000).contains(&init), "{init}");
    let before = victim.health(&mut stage.k.world).unwrap();
    assert!(before.maint < 0, "{before:?}");
    let world = &stage.k.world;
    let mut keys = stage.user.against(world, &victim, USDC, SOL);
    keys.collateral_destination = stage.user.account;
    let bare = world.trestle.liquidate_deposit(&keys, &world.assets[SOL].pool, 10_000_000, 1);
    let mut read = bare.clone();
    let account = stage.user.account;
    read.accounts.extend(world.trestle.reads(&account, &[stage.k.market], &stage.k.of(&USED)));
    stage.refuses_steps(&[bare], E::InitialHealth);
    let sent = stage.send(&[read]).unwrap_or_else(|e| panic!("{e:?}"));
    println!("{} CU, {} locks", sent.units, sent.locks);
    assert!(stage.units(SOL, PositionKind::PoolDeposit) > 0);
    assert!(victim.health(&mut stage.k.world).unwrap().maint > before.maint);
    events::check(&stage.k.world.svm);
}
