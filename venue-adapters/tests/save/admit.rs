//! Admission: every reason against a listing, an action or an obligation.

use crate::support::{self, MARKET, MINT, OTHER, OWNER, RESERVE, put};
use trestle_venue_adapters::save::admit::{self, Listing};
use trestle_venue_adapters::save::layout::{market as m, obligation as o, reserve as r};
use trestle_venue_adapters::save::market::Market;
use trestle_venue_adapters::save::obligation::Obligation;
use trestle_venue_adapters::save::reserve::Reserve;
use trestle_venue_adapters::save::{Action, Result, SaveError, Severity, WAD, freshness};
use trestle_venue_adapters::token::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM};

const ACTIONS: [Action; 4] = [Action::Supply, Action::Redeem, Action::Borrow, Action::Repay];

const LISTING: Listing = Listing {
    market: &MARKET,
    mint: &MINT,
    token_program: &TOKEN_PROGRAM,
    decimals: 6,
    borrowable: true,
};

fn listed(change: impl FnOnce(&mut Vec<u8>, &mut Vec<u8>), listing: &Listing) -> Result<()> {
    let (mut reserve, mut market) = (support::reserve(), support::market());
    change(&mut reserve, &mut market);
    admit::listing(&Reserve::new(&reserve)?, &Market::new(&market)?, listing)
}

#[test]
fn listings_fit_the_reserve() {
    let plain = |listing: &Listing| listed(|_, _| {}, listing);
    assert_eq!(plain(&LISTING), Ok(()));
    assert_eq!(plain(&Listing { market: &OTHER, ..LISTING }), Err(SaveError::WrongMarket));
    assert_eq!(plain(&Listing { mint: &OTHER, ..LISTING }), Err(SaveError::WrongMint));
    assert_eq!(plain(&Listing { decimals: 9, ..LISTING }), Err(SaveError::WrongMint));
    let other_program = Listing { token_program: &TOKEN_2022_PROGRAM, ..LISTING };
    assert_eq!(plain(&other_program), Err(SaveError::TokenProgram));
    let market =
        |_: &mut Vec<u8>, market: &mut Vec<u8>| put(market, m::TOKEN_PROGRAM, TOKEN_2022_PROGRAM);
    assert_eq!(listed(market, &LISTING), Err(SaveError::TokenProgram));
}

#[test]
fn listings_need_sound_numbers() {
    let numbers = |at: usize, byte: u8| listed(|reserve, _| reserve[at] = byte, &LISTING);
    for (at, byte) in [
        (r::TAKE_PCT, 101),
        (r::MIN_RATE_PCT, 6),
        (r::OPTIMAL_RATE_PCT, 101),
        (r::MAX_UTILISATION_PCT, 101),
    ] {
        assert_eq!(numbers(at, byte), Err(SaveError::Numbers), "{at}");
    }
    let rate = listed(|reserve, _| put(reserve, r::CUMULATIVE, [0; 16]), &LISTING);
    assert_eq!(rate, Err(SaveError::Numbers));
}

#[test]
fn new_risk_needs_an_open_reserve() {
    let risk = |at: usize, bytes: [u8; 8]| {
        let mut data = support::reserve();
        put(&mut data, at, bytes);
        ACTIONS.map(|action| admit::new_risk(action, &Reserve::new(&data).unwrap()))
    };
    let no_supply = risk(r::DEPOSIT_LIMIT, [0; 8]);
    assert_eq!(no_supply, [Err(SaveError::DepositDisabled), Ok(()), Ok(()), Ok(())]);
    let no_borrow = |error| [Ok(()), Ok(()), Err(error), Ok(())];
    assert_eq!(risk(r::BORROW_LIMIT, [0; 8]), no_borrow(SaveError::BorrowDisabled));
    let heavy = |bps: u64| risk(r::ADDED_WEIGHT_BPS, bps.to_le_bytes());
    assert_eq!(heavy(10_000), [Ok(()); 4]);
    assert_eq!(heavy(10_001), no_borrow(SaveError::BorrowWeight));

    let mut isolated = support::reserve();
    isolated[r::TIER] = 1;
    let found = ACTIONS.map(|a| admit::new_risk(a, &Reserve::new(&isolated).unwrap()));
    assert_eq!(found, no_borrow(SaveError::IsolatedTier));
    // it may be listed where it is not to be borrowed
    let tier = |reserve: &mut Vec<u8>, _: &mut Vec<u8>| reserve[r::TIER] = 1;
    assert_eq!(listed(tier, &LISTING), Err(SaveError::IsolatedTier));
    assert_eq!(listed(tier, &Listing { borrowable: false, ..LISTING }), Ok(()));

    let mut full = support::reserve();
    put(&mut full, r::ATTRIBUTED_LIMIT, 3_u64.to_le_bytes());
    put(&mut full, r::ATTRIBUTED, (3 * WAD).to_le_bytes());
    let found = ACTIONS.map(|a| admit::new_risk(a, &Reserve::new(&full).unwrap()));
    assert_eq!(found, [Err(SaveError::Attributed), Ok(()), Ok(()), Ok(())]);
}

#[test]
fn obligations_are_ours_and_unmarked() {
    let data = support::obligation(&[], &[]);
    let ours = Obligation::new(&data).unwrap();
    assert_eq!(admit::obligation(&ours, &OWNER, &MARKET), Ok(()));
    assert_eq!(admit::obligation(&ours, &OTHER, &MARKET), Err(SaveError::Identity));
    assert_eq!(admit::obligation(&ours, &OWNER, &OTHER), Err(SaveError::WrongMarket));
    assert_eq!(admit::obligation_risk(&ours), Ok(()));
    for (at, error) in [(o::CLOSEABLE, SaveError::Marked), (o::ISOLATED, SaveError::IsolatedTier)] {
        let mut data = support::obligation(&[], &[]);
        data[at] = 1;
        assert_eq!(admit::obligation_risk(&Obligation::new(&data).unwrap()), Err(error));
    }
}

#[test]
fn ten_places_in_all() {
    let slot = |data: &[u8], key| {
        ACTIONS.map(|a| admit::slot(a, &Obligation::new(data).unwrap(), key).is_ok())
    };
    let empty = support::obligation(&[], &[]);
    assert_eq!(slot(&empty, &RESERVE), [true, false, true, false]);
    let held = support::obligation(&[(RESERVE, 1)], &[(OTHER, WAD, WAD)]);
    assert_eq!(slot(&held, &RESERVE), [true, true, true, false]);
    assert_eq!(slot(&held, &OTHER), [true, false, true, true]);
    let full = support::obligation(&[(RESERVE, 1)], &[(OTHER, WAD, WAD); 9]);
    assert_eq!(slot(&full, &RESERVE), [true, true, false, false]);
    assert_eq!(slot(&full, &MINT), [false; 4]);
}

#[test]
fn freshness_is_of_this_slot() {
    let reserve = support::reserve();
    let owing = support::obligation(&[(RESERVE, 1)], &[(OTHER, WAD, WAD)]);
    let free = support::obligation(&[(RESERVE, 1)], &[]);
    let ask = |obligation: &[u8], reserve: &[u8], slot| {
        let (obligation, reserve) =
            (Obligation::new(obligation).unwrap(), Reserve::new(reserve).unwrap());
        ACTIONS.map(|a| freshness::check(a, &obligation, &reserve, slot))
    };
    assert_eq!(ask(&owing, &reserve, 1_000), [Ok(()); 4]);
    let stale = |error| [Ok(()), Err(error), Err(error), Ok(())];
    assert_eq!(ask(&owing, &reserve, 1_001), stale(SaveError::ReserveStale));
    let only_borrow = [Ok(()), Ok(()), Err(SaveError::ReserveStale), Ok(())];
    assert_eq!(ask(&free, &reserve, 1_001), only_borrow);
    let mut touched = owing.clone();
    touched[o::STALE] = 1;
    assert_eq!(ask(&touched, &reserve, 1_000), stale(SaveError::ObligationStale));
    let mut moved = reserve.clone();
    moved[r::STALE] = 1;
    assert_eq!(ask(&owing, &moved, 1_000), stale(SaveError::ReserveStale));
}

#[test]
fn errors_say_what_they_ask_for() {
    assert_eq!(SaveError::Length.severity(), Severity::Unreadable);
    assert_eq!(SaveError::WrongMarket.severity(), Severity::Listing);
    assert_eq!(SaveError::Marked.severity(), Severity::ReduceOnly);
    assert_eq!(SaveError::Rate.severity(), Severity::Call);
}
