//! What fails closed: the exact error, and not a byte changed.

use super::{Act, Stage, another};
use solana_account::Account;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::state::{ClassStatus, PositionKind};
use trestle_sandbox::kamino::KAMINO;
use trestle_sandbox::world::{JITOSOL, SOL, USDC};

/// Accounts of [`trestle_interface::accounts::VenueAccounts`] behind the owner's four.
const VENUE_ACCOUNT: usize = 4 + 6;
const PARENT: usize = 4 + 7;
const RESERVE: usize = 4 + 8;

/// No amount is too small to be refused.
const SOME: u64 = 1_000_000;

/// The four acts of [`Stage::indebted`], each of which would succeed.
const ACTS: [(Act, usize, &[usize]); 4] = [
    (Act::Supply(SOME), SOL, &[JITOSOL, USDC]),
    (Act::Redeem(Some(SOME)), SOL, &[JITOSOL, USDC]),
    (Act::Borrow(SOME), USDC, &[SOL, JITOSOL]),
    (Act::Repay(Some(SOME)), USDC, &[SOL, JITOSOL]),
];

#[test]
fn a_reserve_that_the_row_does_not_pin_is_refused() {
    let stage = Stage::indebted();
    for (act, asset, others) in ACTS {
        let mut stage = stage.clone();
        let mut steps = stage.steps(act, asset, others);
        let other = stage.k.reserve(if asset == SOL { USDC } else { SOL }).reserve;
        steps.last_mut().unwrap().accounts[RESERVE].pubkey = other;
        stage.refuses_steps(&steps, TrestleError::WrongAddress);
    }
}

/// A market and a reserve of SOL that an attacker made: true to the byte but
/// for their address, and each other's.
fn foreign(stage: &mut Stage) -> (Pubkey, Pubkey) {
    let [market, reserve] = [[61; 32], [62; 32]].map(Pubkey::new_from_array);
    let svm = &mut stage.k.world.svm;
    let copy = svm.account(&stage.k.market.market).unwrap();
    svm.set_account(market, copy);
    let own = stage.k.reserves.iter().find(|(asset, _)| *asset == SOL).unwrap().1;
    let mut copy = svm.account(&own.reserve).unwrap();
    copy.data[32..64].copy_from_slice(market.as_ref());
    svm.set_account(reserve, copy);
    (market, reserve)
}

#[test]
fn a_reserve_of_another_market_is_refused() {
    let mut stage = Stage::indebted();
    let (market, reserve) = foreign(&mut stage);
    for (act, asset, others) in ACTS {
        for (at, key) in [(PARENT, market), (RESERVE, reserve)] {
            let mut steps = stage.steps(act, asset, others);
            steps.last_mut().unwrap().accounts[at].pubkey = key;
            stage.refuses_steps(&steps, TrestleError::WrongAddress);
        }
    }
    // nor is it listed under our market
    let admin = stage.k.world.admin.clone();
    let args = trestle_sandbox::kamino::reserve_args(SOL);
    let key = solana_signer::Signer::pubkey(&*admin);
    let pair = (stage.k.market.market, reserve);
    let list = stage.k.world.trestle.list_reserve(key, pair, &args);
    let svm = &mut stage.k.world.svm;
    trestle_sandbox::refused(svm, &[list], &[&admin], TrestleError::KaminoWrongMarket);
}

#[test]
fn an_obligation_of_another_owner_is_refused() {
    let mut stage = Stage::indebted();
    let other = another(&mut stage, 22);
    let theirs = stage.k.world.trestle.obligation(&other.account, &stage.k.market);
    for (act, asset, others) in ACTS {
        let mut steps = stage.steps(act, asset, others);
        steps.last_mut().unwrap().accounts[VENUE_ACCOUNT].pubkey = theirs;
        stage.refuses_steps(&steps, TrestleError::NoVenueAccount);
    }
    // the right address, but it has been made over to somebody else
    stage.books(|o| o.set_owner(Pubkey::new_from_array([63; 32])));
    for (act, asset, others) in ACTS {
        stage.refuses(act, asset, others, TrestleError::KaminoIdentity);
    }
    let used = stage.k.of(&[SOL, JITOSOL, USDC]);
    let refresh =
        stage.k.world.trestle.refresh_account(stage.user.account, &[stage.k.market], &used);
    stage.refuses_steps(&[refresh], TrestleError::KaminoIdentity);
}

#[test]
fn positions_of_others_are_not_adopted() {
    let mut stage = Stage::open();
    let other = another(&mut stage, 22);
    let (t, me) = (stage.k.world.trestle, stage.user.address());
    let mut adopt = t.open_venue(me, me, stage.user.account, &stage.k.reserve(SOL));
    adopt.accounts[4 + 3].pubkey = t.obligation(&other.account, &stage.k.market);
    stage.refuses_steps(&[adopt], TrestleError::AdoptRefused);
    // the own one is open already
    let again = t.open_venue(me, me, stage.user.account, &stage.k.reserve(SOL));
    stage.refuses_steps(&[again], TrestleError::AlreadyInitialised);
}

#[test]
fn an_obligation_closes_with_the_last_redemption_and_opens_again() {
    let mut stage = Stage::open();
    let amount = stage.tokens(SOL, 100);
    for round in 0..2 {
        stage.ok(Act::Supply(amount), SOL, &[]);
        stage.ok(Act::Redeem(None), SOL, &[]);
        let gone = stage.k.world.svm.account(&stage.obligation());
        assert!(gone.is_none_or(|a| a.lamports == 0), "Kamino closes it, round {round}");
        assert_eq!(stage.units(SOL, PositionKind::VenueDeposit), 0);
        stage.custody_is_recognised(SOL);
        // nothing to act on until it is open again
        for (act, asset, others) in
            [(Act::Supply(amount), SOL, &[][..]), (Act::Redeem(None), SOL, &[])]
        {
            stage.refuses(act, asset, others, TrestleError::NoVenueAccount);
        }
        stage.k.refresh(&stage.user, &[SOL]).expect("a vanished obligation is readable");
        stage.k.open(&stage.user.clone(), SOL);
    }
    let (account, _) = stage.user.margin(&stage.k.world);
    let used = account.venue_accounts.iter().filter(|a| !a.is_free()).count();
    assert_eq!(used, 1, "the place is used again");
}

#[test]
fn an_obligation_given_up_while_empty_is_taken_back() {
    let mut stage = Stage::open();
    let (t, me, account) = (stage.k.world.trestle, stage.user.address(), stage.user.account);
    let close = t.close_venue(me, account, &stage.k.market);
    stage.send(&[close]).expect("it is empty");
    let amount = stage.tokens(SOL, 1);
    stage.refuses(Act::Supply(amount), SOL, &[], TrestleError::NoVenueAccount);
    let open = t.open_venue(me, me, account, &stage.k.reserve(SOL));
    stage.send(&[open]).expect("Kamino has it still");
    stage.ok(Act::Supply(amount), SOL, &[]);
    assert_eq!(stage.units(SOL, PositionKind::VenueDeposit), u128::from(stage.ctokens(SOL)));
    // while something is in it, its place is not given up
    let close = t.close_venue(me, account, &stage.k.market);
    stage.refuses_steps(&[close], TrestleError::VenueAccountInUse);
}

#[test]
fn a_vanished_obligation_leaves_nothing_behind_when_it_opens_again() {
    let mut stage = Stage::indebted();
    let key = stage.obligation();
    stage.k.world.svm.set_account(key, Account::default());
    let before = stage.user.health(&mut stage.k.world).unwrap();
    assert!(before.debts > 0, "nobody has looked yet");
    let (t, me) = (stage.k.world.trestle, stage.user.address());
    let open = t.open_venue(me, me, stage.user.account, &stage.k.reserve(SOL));
    stage.send(&[open]).expect("it opens");
    for asset in [SOL, JITOSOL, USDC] {
        assert_eq!(stage.units(asset, PositionKind::VenueDeposit), 0, "no phantom deposit");
        assert_eq!(stage.units(asset, PositionKind::VenueDebt), 0);
    }
    let after = stage.user.health(&mut stage.k.world).unwrap();
    assert!(after.equity < before.equity, "{after:?}");
}

#[test]
fn kamino_without_liquidity_refuses_and_loses_nothing() {
    let mut stage = Stage::indebted();
    for asset in [SOL, USDC] {
        let free = stage.reserve(asset, |r| r.available());
        let name = ["", "SOL", "", "USDC"][asset];
        stage.k.venue.borrow_elsewhere(stage.k.world.svm.vm(), name, free - 1_000);
    }
    const INSUFFICIENT_LIQUIDITY: u32 = 6008;
    let others = &[JITOSOL, USDC];
    stage.kamino_refuses(Act::Redeem(Some(SOME)), SOL, others, INSUFFICIENT_LIQUIDITY);
    stage.kamino_refuses(Act::Borrow(SOME), USDC, &[SOL, JITOSOL], INSUFFICIENT_LIQUIDITY);
    // what is brought back can be had
    stage.ok(Act::Repay(Some(5 * SOME)), USDC, &[SOL, JITOSOL]);
    stage.ok(Act::Borrow(SOME), USDC, &[SOL, JITOSOL]);
}

#[test]
fn kamino_s_own_limits_hold() {
    let mut stage = Stage::indebted();
    let full = stage.clone();
    stage.reserve(SOL, |r| r.set_deposit_limit(1));
    stage.kamino_refuses(Act::Supply(SOME), SOL, &[JITOSOL, USDC], 6090);
    let mut stage = full.clone();
    stage.reserve(USDC, |r| r.set_borrow_limit(1));
    stage.kamino_refuses(Act::Borrow(SOME), USDC, &[SOL, JITOSOL], 6089);
    let mut stage = full.clone();
    stage.reserve(USDC, |r| {
        let mut cap = r.debt_cap();
        cap.set_capacity(1);
    });
    stage.kamino_refuses(Act::Borrow(SOME), USDC, &[SOL, JITOSOL], 6064);
    // more than its loan-to-value lets go
    let mut stage = full;
    let most = stage.tokens(USDC, 500_000);
    stage.kamino_refuses(Act::Borrow(most), USDC, &[SOL, JITOSOL], 6013);
    let all = stage.tokens(SOL, 499);
    stage.kamino_refuses(Act::Redeem(Some(all)), SOL, &[JITOSOL, USDC], 6011);
}

#[test]
fn stale_prices_and_rows_are_refused() {
    // Kamino's own price is too old: known before it is asked
    let mut stage = Stage::indebted();
    stage.k.world.svm.advance_seconds(181);
    stage.k.world.publish_all();
    let rows = stage.k.rows();
    stage.k.world.send(&[rows], &[]).unwrap();
    for (act, asset, others) in [ACTS[1], ACTS[2]] {
        let alone = stage.act(act, asset, others);
        stage.refuses_steps(&[alone], TrestleError::KaminoReserveStale);
    }
    // supply and repay need no price of Kamino's
    for (act, asset, others) in [ACTS[0], ACTS[3]] {
        let alone = stage.act(act, asset, others);
        stage.send(&[alone]).unwrap_or_else(|e| panic!("{act:?}: {e:?}"));
    }
    // our prices are too old: nothing that is checked, and every way out of debt
    let mut stage = Stage::indebted();
    stage.k.world.svm.advance_seconds(130);
    for (asset, name) in [(SOL, "SOL"), (JITOSOL, "JitoSOL"), (USDC, "USDC")] {
        let price = stage.k.world.assets[asset].quote.price.unsigned_abs();
        stage.k.venue.set_price(stage.k.world.svm.vm(), name, price);
    }
    for (act, asset, others) in [ACTS[0], ACTS[1], ACTS[2]] {
        stage.refuses(act, asset, others, TrestleError::StaleDebt);
    }
    stage.ok(ACTS[3].0, USDC, &[SOL, JITOSOL]);
    // without a debt the way out needs no price of anybody's
    let mut free = Stage::supplied();
    free.k.world.svm.advance_seconds(100_000);
    let redeem = free.act(Act::Redeem(None), JITOSOL, &[SOL]);
    free.send(&[redeem]).expect("nothing is owed");
}

#[test]
fn a_class_that_is_not_active_takes_nothing_new_and_keeps_nobody() {
    for status in [ClassStatus::ReduceOnly, ClassStatus::Frozen, ClassStatus::Defaulted] {
        let mut stage = Stage::indebted();
        let newcomer = trestle_sandbox::User::new(&mut stage.k.world, 23, 8);
        stage.class(|class| class.status = status.byte());
        stage.refuses(Act::Supply(SOME), SOL, &[JITOSOL, USDC], TrestleError::ClassNotActive);
        stage.refuses(Act::Borrow(SOME), USDC, &[SOL, JITOSOL], TrestleError::ClassNotActive);
        let (t, key) = (stage.k.world.trestle, newcomer.address());
        let open = t.open_venue(key, key, newcomer.account, &stage.k.reserve(SOL));
        let svm = &mut stage.k.world.svm;
        trestle_sandbox::refused(svm, &[open], &[&newcomer.key], TrestleError::ClassNotActive);
        stage.ok(Act::Repay(Some(SOME)), USDC, &[SOL, JITOSOL]);
        // out of debt, everything leaves
        let more = stage.tokens(USDC, 1_000);
        stage.user.fund_and_deposit(&mut stage.k.world, USDC, more);
        stage.ok(Act::Repay(None), USDC, &[SOL, JITOSOL]);
        stage.ok(Act::Redeem(None), SOL, &[JITOSOL]);
        stage.ok(Act::Redeem(None), JITOSOL, &[]);
        stage.custody_is_recognised(SOL);
    }
}

#[test]
fn a_row_that_is_not_active_takes_nothing_new() {
    for status in [1, 2] {
        let mut stage = Stage::indebted();
        stage.row(SOL, |row| row.status = status);
        stage.row(USDC, |row| row.status = status);
        stage.refuses(Act::Supply(SOME), SOL, &[JITOSOL, USDC], TrestleError::MarketNotActive);
        stage.refuses(Act::Borrow(SOME), USDC, &[SOL, JITOSOL], TrestleError::MarketNotActive);
        stage.ok(Act::Repay(Some(SOME)), USDC, &[SOL, JITOSOL]);
    }
}

#[test]
fn caps_hold_and_keep_nobody_in() {
    // a reserve that was listed for supply alone
    let mut stage = Stage::supplied();
    stage.row(USDC, |row| row.debt_cap = 0);
    stage.refuses(Act::Borrow(SOME), USDC, &[SOL, JITOSOL], TrestleError::DebtCap);
    // the class holds as much as it may
    let totals = |stage: &Stage| {
        let t = stage.k.world.trestle;
        let data = stage.k.world.svm.data(&t.addresses().exposure(&t.group, KAMINO));
        let bytes = trestle_client::health::Aligned::new(&data);
        *bytes.account::<trestle_interface::state::Exposure>().unwrap()
    };
    let mut stage = Stage::supplied();
    let claims = totals(&stage).claims;
    assert!(claims > 80_000_000_000, "84,000 USD: {claims}");
    stage.class(|class| class.claim_cap = claims);
    stage.refuses(Act::Supply(SOME), SOL, &[JITOSOL], TrestleError::ClaimCap);
    // what is there has risen above the cap: nobody is kept in by that
    stage.k.world.svm.advance_seconds(1);
    stage.k.set_price(SOL, 20_000);
    stage.ok(Act::Redeem(Some(SOME)), SOL, &[JITOSOL]);
    assert!(totals(&stage).claims > claims, "the total says what is there");
    stage.ok(Act::Redeem(None), SOL, &[JITOSOL]);
    stage.ok(Act::Redeem(None), JITOSOL, &[]);
    assert_eq!(totals(&stage).claims, 0);
}

#[test]
fn what_finances_a_class_is_capped_twice() {
    let pool = |stage: &Stage, amount| {
        let t = stage.k.world.trestle;
        let keys = stage.k.world.assets[USDC].pool;
        let mut borrow = t.pool_borrow(stage.user.address(), stage.user.account, &keys, amount);
        borrow.accounts.extend(t.reads(&stage.user.account, &[stage.k.market], &[]));
        borrow
    };
    let stage = Stage::supplied();
    let borrow = pool(&stage, 10_000_000_000);
    let mut one = stage.clone();
    one.class(|class| class.financing_cap = 9_999_000_000);
    one.refuses_steps(std::slice::from_ref(&borrow), TrestleError::FinancingCap);
    let mut one = stage.clone();
    one.class(|class| class.financing_multiple = 1 << 12); // a sixteenth of equity
    let more = pool(&stage, 20_000_000_000);
    one.refuses_steps(&[more], TrestleError::FinancingCap);
    // the totals must be there to be counted
    let mut one = stage.clone();
    let keys = one.k.world.assets[USDC].pool;
    let bare = one.k.world.trestle.pool_borrow(
        one.user.address(),
        one.user.account,
        &keys,
        10_000_000_000,
    );
    one.refuses_steps(&[bare], TrestleError::ExposureMissing);
    let mut one = stage;
    one.send(&[borrow]).expect("within both");
}
