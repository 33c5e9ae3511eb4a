//! Outcomes: what is measured, and every way in which a venue could cheat.

use crate::support::{self, MARKET, OTHER, OWNER, RESERVE, put};
use trestle_risk_math::index::Index;
use trestle_venue_adapters::save::layout::obligation as o;
use trestle_venue_adapters::save::obligation::{Obligation, drift};
use trestle_venue_adapters::save::verify::{Delta, Snapshot, Tokens, action, expect_rate, opened};
use trestle_venue_adapters::save::{ALL, Action, Result, SaveError, WAD};

const THIRD: [u8; 32] = [7; 32];

/// 100 cTokens of the reserve, 70 of another; debts of 10 and 20.
fn position() -> Vec<u8> {
    obligation(100, 10 * WAD)
}

fn obligation(ctokens: u64, debt: u128) -> Vec<u8> {
    support::obligation(
        &[(RESERVE, ctokens), (OTHER, 70)],
        &[(OTHER, 20 * WAD, WAD), (RESERVE, debt, WAD)],
    )
}

fn measured(what: Action, after: &[u8], (from, to): (u64, u64), asked: u64) -> Result<Delta> {
    let mut snapshot = Snapshot::EMPTY;
    snapshot.take(&Obligation::new(&position()).unwrap()).unwrap();
    let tokens = Tokens { before: from, after: to };
    action(what, &snapshot, &Obligation::new(after).unwrap(), &RESERVE, tokens, asked)
}

#[test]
fn movements_are_measured() {
    let moved = |tokens, units, units_after| Delta { tokens, units, units_after, closed: false };
    let more = measured(Action::Supply, &obligation(130, 10 * WAD), (90, 30), 60);
    assert_eq!(more, Ok(moved(60, 30, 130)));
    let less = measured(Action::Redeem, &obligation(40, 10 * WAD), (0, 120), 60);
    assert_eq!(less, Ok(moved(120, 60, 40)));
    let owed = measured(Action::Borrow, &obligation(100, 15 * WAD), (0, 5), 5);
    assert_eq!(owed, Ok(moved(5, 5 << 64, 15 << 64)));
    let paid = measured(Action::Repay, &obligation(100, 4 * WAD), (6, 0), ALL);
    assert_eq!(paid, Ok(moved(6, 6 << 64, 4 << 64)));
}

/// A debt paid and a deposit redeemed whole are gone from the list; the
/// others move up, and debts may change places.
#[test]
fn positions_are_known_by_their_reserve() {
    let other = (OTHER, 20 * WAD, WAD);
    let (mine, deposits) = ((RESERVE, 10 * WAD, WAD), [(RESERVE, 100), (OTHER, 70)]);
    let paid = support::obligation(&deposits, &[other]);
    let found = measured(Action::Repay, &paid, (10, 0), ALL).unwrap();
    assert_eq!((found.units, found.units_after), (10 << 64, 0));
    let out = support::obligation(&[(OTHER, 70)], &[other, mine]);
    let found = measured(Action::Redeem, &out, (0, 200), ALL).unwrap();
    assert_eq!((found.units, found.units_after), (100, 0));
    let swapped = support::obligation(&[(OTHER, 70), (RESERVE, 130)], &[mine, other]);
    assert!(measured(Action::Supply, &swapped, (60, 0), 60).is_ok());
    // an empty position that a refresh has not yet dropped is none
    let empty = support::obligation(&[(RESERVE, 130), (OTHER, 70), (THIRD, 0)], &[other, mine]);
    assert!(measured(Action::Supply, &empty, (60, 0), 60).is_ok());
}

#[test]
fn movements_that_are_not_the_one_asked_for() {
    let fails =
        |what, after: &[u8], tokens, asked| measured(what, after, tokens, asked).unwrap_err();
    let more = obligation(130, 10 * WAD);
    assert_eq!(fails(Action::Supply, &position(), (60, 0), 60), SaveError::NoEffect);
    assert_eq!(fails(Action::Supply, &more, (60, 60), 60), SaveError::NoEffect);
    assert_eq!(fails(Action::Supply, &more, (0, 60), 60), SaveError::WrongDirection);
    assert_eq!(fails(Action::Redeem, &more, (0, 60), 60), SaveError::WrongDirection);
    assert_eq!(fails(Action::Supply, &more, (61, 0), 60), SaveError::Exceeded);
    assert_eq!(fails(Action::Redeem, &obligation(39, 10 * WAD), (0, 9), 60), SaveError::Exceeded);
    assert_eq!(
        fails(Action::Borrow, &obligation(100, 9 * WAD), (0, 9), 9),
        SaveError::WrongDirection
    );
}

#[test]
fn nothing_else_moves() {
    let other_position = |after: &[u8]| {
        let found = measured(Action::Supply, after, (60, 0), 60).unwrap_err();
        assert_eq!(found, SaveError::OtherPosition);
    };
    let (mine, other) = ((RESERVE, 10 * WAD, WAD), (OTHER, 20 * WAD, WAD));
    let deposits = [(RESERVE, 130), (OTHER, 70)];
    // another deposit less, gone, or new
    other_position(&support::obligation(&[(RESERVE, 130), (OTHER, 69)], &[mine, other]));
    other_position(&support::obligation(&[(RESERVE, 130)], &[mine, other]));
    other_position(&support::obligation(
        &[(RESERVE, 130), (OTHER, 70), (THIRD, 1)],
        &[mine, other],
    ));
    // a debt more, less, gone, or new: of this reserve as well, for a supply
    other_position(&support::obligation(&deposits, &[mine, (OTHER, 21 * WAD, WAD)]));
    other_position(&support::obligation(&deposits, &[mine, (OTHER, 19 * WAD, WAD)]));
    other_position(&support::obligation(&deposits, &[mine]));
    other_position(&support::obligation(&deposits, &[mine, other, (THIRD, 1, WAD)]));
    other_position(&support::obligation(&deposits, &[(RESERVE, 11 * WAD, WAD), other]));
    // a deposit beside a borrow
    let found = measured(Action::Borrow, &obligation(101, 15 * WAD), (0, 5), 5).unwrap_err();
    assert_eq!(found, SaveError::OtherPosition);
    // an accrual leaves units as they were, but for its rounding
    let accrued = (OTHER, 30 * WAD - 1, WAD * 3 / 2);
    assert!(
        measured(Action::Supply, &support::obligation(&deposits, &[mine, accrued]), (60, 0), 60)
            .is_ok()
    );
    let units = 20_u128 << 64;
    assert!(drift(units) < 1 << 12);
    let forgiven = (OTHER, 30 * WAD - 1_000, WAD * 3 / 2);
    other_position(&support::obligation(&deposits, &[mine, forgiven]));
}

#[test]
fn owner_and_market_stay() {
    for at in [o::OWNER, o::MARKET] {
        let mut after = obligation(130, 10 * WAD);
        put(&mut after, at, [9; 32]);
        let found = measured(Action::Supply, &after, (60, 0), 60).unwrap_err();
        assert_eq!(found, SaveError::IdentityChanged);
    }
}

#[test]
fn rates_are_held_to() {
    let two = Index::new(2 << 64).unwrap();
    let rate = |what, tokens, units, slack| {
        let delta = Delta { tokens, units, units_after: 0, closed: false };
        expect_rate(&delta, what, two, slack)
    };
    // the worth of one unit may be lost: two tokens of a cToken, one of a debt
    assert_eq!(rate(Action::Supply, 202, 100, 0), Ok(()));
    assert_eq!(rate(Action::Supply, 203, 100, 0), Err(SaveError::Rate));
    assert_eq!(rate(Action::Supply, 203, 100, 1), Ok(()));
    assert_eq!(rate(Action::Redeem, 197, 100, 0), Err(SaveError::Rate));
    assert_eq!(rate(Action::Redeem, 1_000, 100, 0), Ok(()));
    assert_eq!(rate(Action::Borrow, 198, 100 << 64, 0), Err(SaveError::Rate));
    assert_eq!(rate(Action::Repay, 202, 100 << 64, 0), Err(SaveError::Rate));
    assert_eq!(rate(Action::Redeem, 1, 1 << 64, 0), Err(SaveError::Numbers));
}

#[test]
fn new_obligations_are_empty() {
    let data = support::obligation(&[], &[]);
    assert_eq!(opened(&Obligation::new(&data).unwrap(), &OWNER, &MARKET), Ok(()));
    let data = position();
    let found = opened(&Obligation::new(&data).unwrap(), &OWNER, &MARKET);
    assert_eq!(found, Err(SaveError::Identity));
}
