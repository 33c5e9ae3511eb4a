//! A debt at Kamino liquidated against a deposit of the same obligation: repaid
//! there first, then redeemed.

use super::liquidation::{Hunt, dollars, price, told};
use crate::events;
use core::mem::offset_of;
use mock_klend::hostile::Hostile;
use solana_instruction::Instruction;
use trestle_client::ix::At;
use trestle_interface::TrestleError as E;
use trestle_interface::state::{MarketRow, PositionKind};
use trestle_sandbox::kamino::KAMINO;
use trestle_sandbox::world::{SOL, USDC};
use trestle_sandbox::{Failure, Sent};

/// Kamino's prices, then the liquidation of dollars owed there for SOL that lies there.
fn steps(hunt: &Hunt, max: u64, min: u64) -> Vec<Instruction> {
    let world = &hunt.stage.k.world;
    let keys = hunt.bot.against(world, &hunt.stage.user, USDC, SOL);
    let (sol, usdc) = (hunt.stage.k.reserve(SOL), hunt.stage.k.reserve(USDC));
    let at = At { reserve: &sol, others: &[] };
    let ix = world.trestle.liquidate_at_venue(&keys, &usdc, at, max, min);
    vec![hunt.stage.k.price_refresh(&[SOL, USDC]), ix]
}

fn liquidate(hunt: &mut Hunt, max: u64) -> Result<Sent, Failure> {
    let steps = steps(hunt, max, 1);
    hunt.stage.k.world.svm.send_with_table(&steps, &[&hunt.bot.key])
}

#[test]
fn a_debt_and_a_deposit_of_one_obligation_are_closed_on_both_sides() {
    let mut hunt = Hunt::fallen(20_000, 60_000);
    let before = hunt.health();
    assert!(before.maint < 0 && before.equity > 0, "{before:?}");
    let purse = (hunt.purse(USDC), hunt.purse(SOL));
    let (ctokens, owed) =
        (hunt.stage.ctokens(SOL), hunt.stage.units(USDC, PositionKind::VenueDebt));
    let idle = (hunt.stage.custody(SOL), hunt.stage.custody(USDC));
    let sent = liquidate(&mut hunt, 5_000_000_000).unwrap_or_else(|e| panic!("{e:?}"));
    let after = hunt.health();
    let told = told(&sent);
    let (paid, got) = (purse.0 - hunt.purse(USDC), hunt.purse(SOL) - purse.1);
    println!(
        "{paid} paid for {got}, {} CU, {} locks, {} bytes",
        sent.units, sent.locks, sent.table_bytes
    );
    assert_eq!((told.repaid, told.insured, told.seized), (paid, 0, got));
    assert!((4_999_000_000..=5_000_000_000).contains(&paid));
    // both positions at Kamino fell, and custody is as it was
    assert!(hunt.stage.ctokens(SOL) < ctokens);
    assert!(hunt.stage.units(USDC, PositionKind::VenueDebt) < owed);
    assert_eq!((hunt.stage.custody(SOL), hunt.stage.custody(USDC)), idle);
    assert_eq!(after.native_debts, before.native_debts);
    for asset in [SOL, USDC] {
        hunt.stage.custody_is_recognised(asset);
    }
    assert!(after.maint > before.maint && after.liqend > before.liqend, "{after:?}");
    let target = (before.debts / 50).max(10_000_000);
    assert!(after.liqend <= target + 100, "{after:?}");
    // at most 3 %, of which the insurance's fifth stays with the account
    let repaid = i64::try_from(paid).unwrap();
    let lost = before.equity - after.equity;
    assert!(lost >= 0 && lost <= repaid * 24 / 1_000 + 40, "lost {lost} of {repaid}");
    let worth = dollars(got, price(80_000));
    assert!(worth >= repaid && worth <= repaid + lost + 40, "{worth} for {repaid}, {lost} lost");
    let (account, _) = hunt.stage.user.margin(&hunt.stage.k.world);
    let own = account.contributions[usize::from(KAMINO)];
    assert_eq!(hunt.totals(), (own.claim, own.financing));
    events::check(&hunt.stage.k.world.svm);
}

#[test]
fn repaying_frees_what_the_debt_held() {
    // as it is, nothing may leave: what is owed at Kamino holds all of the SOL
    let mut hunt = Hunt::new(52_000, 20_000).at(7_300);
    let before = hunt.health();
    assert!(before.maint < 0, "{before:?}");
    let keys = hunt.bot.against(&hunt.stage.k.world, &hunt.stage.user, USDC, SOL);
    let (sol, usdc) = (hunt.stage.k.reserve(SOL), hunt.stage.k.reserve(USDC));
    let at = At { reserve: &sol, others: &[usdc] };
    let pool = hunt.stage.k.world.trestle.liquidate_venue(&keys, at, u64::MAX, 1);
    hunt.refuses(&[hunt.stage.k.price_refresh(&[SOL, USDC]), pool], E::CollateralTied);
    // a little repaid frees nothing yet
    let little = steps(&hunt, 1_000_000_000, 1);
    hunt.refuses(&little, E::CollateralTied);
    let (paid, got) = (hunt.purse(USDC), hunt.purse(SOL));
    let whole = hunt.clone();
    let sent = liquidate(&mut hunt, u64::MAX).unwrap_or_else(|e| panic!("{e:?}"));
    let (paid, got) = (paid - hunt.purse(USDC), hunt.purse(SOL) - got);
    println!("{paid} paid for {got}, {} CU", sent.units);
    assert!(paid > 0 && got > 0);
    let after = hunt.health();
    assert!(after.maint > before.maint && after.stress < before.stress, "{after:?}");
    events::check(&hunt.stage.k.world.svm);
    // a liquidator who wants more than that says so and keeps what they have
    let mut greedy = whole;
    let steps = steps(&greedy, u64::MAX, got + 1_000_000_000);
    greedy.refuses(&steps, E::SeizeBelowMinimum);
}

#[test]
fn splitting_takes_no_more_than_one_whole() {
    let hunt = Hunt::fallen(20_000, 60_000);
    let seized = |pieces: &[u64]| {
        let mut copy = hunt.clone();
        for max in pieces {
            if liquidate(&mut copy, *max).is_err() {
                break;
            }
        }
        (copy.purse(SOL), copy.health().debts)
    };
    let (whole, debts_whole) = seized(&[4_000_000_000]);
    let (split, debts_split) = seized(&[1_000_000_000; 4]);
    assert!(debts_split >= debts_whole - 20, "{debts_split} {debts_whole}");
    assert!(split > 0 && split <= whole + 10, "{split} against {whole}");
}

#[test]
fn a_venue_that_misbehaves_is_refused_with_nothing_lost() {
    let whole = Hunt::fallen(20_000, 60_000);
    if !whole.stage.is_mock() {
        return;
    }
    for (how, error) in [
        (Hostile::Idle, E::KaminoNoEffect),
        (Hostile::More, E::KaminoExceeded),
        (Hostile::Delegate, E::VenueTouchedAuthority),
        (Hostile::Shrink, E::KaminoLayout),
        (Hostile::Replay, E::KaminoNoEffect),
        (Hostile::Rename, E::KaminoIdentityChanged),
    ] {
        let mut hunt = whole.clone();
        // idle dollars of the victim, for a thief to find
        let idle = hunt.stage.tokens(USDC, 10);
        hunt.stage.user.clone().fund_and_deposit(&mut hunt.stage.k.world, USDC, idle);
        hunt.stage.misbehave(how);
        println!("{how:?}");
        let steps = steps(&hunt, 5_000_000, 1);
        hunt.refuses(&steps, error);
    }
}

#[test]
fn two_venue_accounts_are_not_closed_against_each_other() {
    let mut hunt = Hunt::fallen(20_000, 60_000);
    let steps = steps(&hunt, 1_000_000_000, 1);
    // the debt's row says that its reserve is of another market
    let (page, reserve) = (hunt.stage.k.world.trestle.markets, hunt.stage.k.reserve(USDC).reserve);
    let mut account = hunt.stage.k.world.svm.account(&page).unwrap();
    let found = account.data.windows(32).position(|bytes| bytes == reserve.as_ref()).unwrap();
    let parent = found - offset_of!(MarketRow, address) + offset_of!(MarketRow, parent);
    account.data[parent] ^= 1;
    hunt.stage.k.world.svm.set_account(page, account);
    hunt.refuses(&steps, E::BothAtVenue);
}

#[test]
fn nobody_liquidates_themselves() {
    let mut hunt = Hunt::fallen(20_000, 60_000);
    hunt.bot = hunt.stage.user.clone();
    let steps = steps(&hunt, 1_000_000, 1);
    hunt.refuses(&steps, E::SelfLiquidation);
}
