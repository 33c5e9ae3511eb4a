//! Outcomes: what is measured, and every way in which a venue could cheat.

use crate::support::{self, MARKET, ONE, OTHER, OWNER, RESERVE, put};
use trestle_risk_math::index::Index;
use trestle_venue_adapters::kamino::ids;
use trestle_venue_adapters::kamino::layout::obligation as o;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::verify::{
    After, Delta, Snapshot, Tokens, action, claimed, expect_rate, group_changed, opened,
};
use trestle_venue_adapters::kamino::{ALL, Action, KaminoError, Result};

/// 100 cTokens of the reserve, 70 of another, debts of 10 and 20 units.
fn position() -> Vec<u8> {
    let mut data = support::obligation();
    support::set_deposit(&mut data, 1, RESERVE, 100);
    support::set_deposit(&mut data, 4, OTHER, 70);
    support::set_borrow(&mut data, 0, OTHER, 20 * ONE, ONE);
    support::set_borrow(&mut data, 3, RESERVE, 10 * ONE, ONE);
    data
}

fn snapshot(data: &[u8]) -> Snapshot {
    let mut snapshot = Snapshot::EMPTY;
    snapshot.take(&Obligation::new(data).unwrap()).unwrap();
    snapshot
}

/// Measures what turned `before` into `after` while the balance went from one number to another.
fn measure(
    what: Action,
    before: &[u8],
    after: &[u8],
    tokens: (u64, u64),
    asked: u64,
) -> Result<Delta> {
    let after = After::Open(Obligation::new(after).unwrap());
    let tokens = Tokens { before: tokens.0, after: tokens.1 };
    action(what, &snapshot(before), &after, &RESERVE, tokens, asked)
}

fn with(change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut data = position();
    change(&mut data);
    data
}

#[test]
fn the_four_actions_are_measured() {
    let supplied = with(|d| support::set_deposit(d, 1, RESERVE, 130));
    let found = measure(Action::Supply, &position(), &supplied, (1_000, 940), 61).unwrap();
    assert_eq!(found, Delta { tokens: 60, units: 30, units_after: 130, closed: false });

    let redeemed = with(|d| support::set_deposit(d, 1, RESERVE, 80));
    let found = measure(Action::Redeem, &position(), &redeemed, (1_000, 1_040), 20).unwrap();
    assert_eq!((found.tokens, found.units, found.units_after), (40, 20, 80));

    let borrowed = with(|d| support::set_borrow(d, 3, RESERVE, 15 * ONE, ONE));
    let found = measure(Action::Borrow, &position(), &borrowed, (1_000, 1_005), 5).unwrap();
    assert_eq!((found.tokens, found.units), (5, 5 << 64));

    let repaid = with(|d| support::set_borrow(d, 3, RESERVE, 4 * ONE, ONE));
    let found = measure(Action::Repay, &position(), &repaid, (1_000, 994), ALL).unwrap();
    assert_eq!((found.tokens, found.units, found.units_after), (6, 6 << 64, 4 << 64));
}

/// Slots may be filled in any place and are freed when nothing is left.
#[test]
fn slots_open_and_close() {
    let mut empty = support::obligation();
    let first = {
        let mut data = empty.clone();
        support::set_deposit(&mut data, 5, RESERVE, 7);
        data
    };
    let found = measure(Action::Supply, &empty, &first, (10, 2), 8).unwrap();
    assert_eq!((found.units, found.units_after), (7, 7));
    let cleared = with(|d| support::set_borrow(d, 3, [0; 32], 0, 0));
    let found = measure(Action::Repay, &position(), &cleared, (50, 40), ALL).unwrap();
    assert_eq!((found.units, found.units_after), (10 << 64, 0));
    // partly redeemed collateral of a reserve whose slot klend frees
    let freed = with(|d| support::set_deposit(d, 1, [0; 32], 0));
    let found = measure(Action::Redeem, &position(), &freed, (0, 99), ALL).unwrap();
    assert_eq!((found.units, found.closed), (100, false));
    support::set_borrow(&mut empty, 2, RESERVE, ONE, ONE);
    let found = measure(Action::Borrow, &support::obligation(), &empty, (0, 1), 1).unwrap();
    assert_eq!(found.units_after, 1 << 64);
}

#[test]
fn success_without_effect_is_a_failure() {
    let supplied = with(|d| support::set_deposit(d, 1, RESERVE, 130));
    let cases = [
        (Action::Supply, position(), (10, 9), KaminoError::NoEffect),
        (Action::Supply, supplied.clone(), (10, 10), KaminoError::NoEffect),
        (Action::Repay, position(), (10, 9), KaminoError::NoEffect),
        (Action::Borrow, position(), (10, 11), KaminoError::NoEffect),
        (Action::Redeem, position(), (10, 11), KaminoError::NoEffect),
        (Action::Redeem, supplied.clone(), (10, 11), KaminoError::WrongDirection),
        (Action::Supply, supplied, (10, 11), KaminoError::WrongDirection),
        (
            Action::Supply,
            with(|d| support::set_deposit(d, 1, RESERVE, 99)),
            (10, 9),
            KaminoError::WrongDirection,
        ),
        (
            Action::Repay,
            with(|d| support::set_borrow(d, 3, RESERVE, 11 * ONE, ONE)),
            (10, 9),
            KaminoError::WrongDirection,
        ),
        (
            Action::Borrow,
            with(|d| support::set_borrow(d, 3, RESERVE, 11 * ONE, ONE)),
            (10, 9),
            KaminoError::WrongDirection,
        ),
    ];
    for (what, after, tokens, error) in cases {
        assert_eq!(measure(what, &position(), &after, tokens, ALL), Err(error), "{what:?}");
    }
}

#[test]
fn no_more_than_was_asked_for() {
    let supplied = with(|d| support::set_deposit(d, 1, RESERVE, 130));
    let ask = |asked| measure(Action::Supply, &position(), &supplied, (100, 40), asked);
    assert_eq!(ask(59), Err(KaminoError::Exceeded));
    assert!(ask(60).is_ok() && ask(61).is_ok(), "less than asked is klend's right");
    // a redemption is bounded in cTokens, whatever they are worth
    let redeemed = with(|d| support::set_deposit(d, 1, RESERVE, 80));
    let ask = |asked| measure(Action::Redeem, &position(), &redeemed, (0, 1_000), asked);
    assert_eq!(ask(19), Err(KaminoError::Exceeded));
    assert!(ask(20).is_ok());
}

#[test]
fn other_positions_must_stand_still() {
    let act = |after: &[u8]| measure(Action::Supply, &position(), after, (100, 40), ALL);
    let supplied = |change: &dyn Fn(&mut Vec<u8>)| {
        with(|d| {
            support::set_deposit(d, 1, RESERVE, 130);
            change(d);
        })
    };
    assert!(act(&supplied(&|_| {})).is_ok());
    type Change<'a> = &'a dyn Fn(&mut Vec<u8>);
    let moves: [Change; 8] = [
        &|d| support::set_deposit(d, 4, OTHER, 69),
        &|d| support::set_deposit(d, 4, OTHER, 71),
        &|d| support::set_deposit(d, 4, [0; 32], 0),
        &|d| support::set_deposit(d, 4, [9; 32], 70),
        &|d| support::set_deposit(d, 0, [9; 32], 1),
        &|d| support::set_borrow(d, 0, OTHER, 21 * ONE, ONE),
        &|d| support::set_borrow(d, 3, RESERVE, 11 * ONE, ONE), // a debt beside the deposit
        &|d| support::set_borrow(d, 1, [9; 32], ONE, ONE),
    ];
    for (i, change) in moves.iter().enumerate() {
        assert_eq!(act(&supplied(change)), Err(KaminoError::OtherPosition), "{i}");
    }
    // interest is not a movement: the same units at a later rate
    let accrued = supplied(&|d| support::set_borrow(d, 0, OTHER, 30 * ONE, ONE * 3 / 2));
    assert!(act(&accrued).is_ok());
    // nor is klend's rounding of it; a unit of its scale more is
    assert!(act(&supplied(&|d| support::set_borrow(d, 0, OTHER, 20 * ONE - 1, ONE))).is_ok());
    let two = supplied(&|d| support::set_borrow(d, 0, OTHER, 20 * ONE - 2, ONE));
    assert_eq!(act(&two), Err(KaminoError::OtherPosition));
    let up = supplied(&|d| support::set_borrow(d, 0, OTHER, 20 * ONE + 1, ONE));
    assert_eq!(act(&up), Err(KaminoError::OtherPosition));
}

#[test]
fn identity_must_stand_still() {
    let supplied = |at: usize| {
        with(|d| {
            support::set_deposit(d, 1, RESERVE, 130);
            d[at] ^= 1;
        })
    };
    for at in [o::TAG, o::MARKET, o::OWNER + 31, o::GROUP, o::REFERRER] {
        let found = measure(Action::Supply, &position(), &supplied(at), (100, 40), ALL);
        assert_eq!(found, Err(KaminoError::IdentityChanged), "{at}");
    }
}

#[test]
fn the_account_is_klends_or_gone() {
    let data = position();
    let open = After::read(&ids::PROGRAM, &data).unwrap();
    assert!(matches!(open, After::Open(view) if view.deposit_units(&RESERVE) == 100));
    assert!(matches!(After::read(&[0; 32], &[]), Ok(After::Closed)));
    let refused = |owner, data| After::read(owner, data).err();
    assert_eq!(refused(&[0; 32], &data), Some(KaminoError::IdentityChanged));
    assert_eq!(refused(&OTHER, &data), Some(KaminoError::IdentityChanged));
    assert_eq!(refused(&OTHER, &[]), Some(KaminoError::IdentityChanged));
    assert_eq!(refused(&ids::PROGRAM, &[]), Some(KaminoError::Length));
}

#[test]
fn only_the_last_redemption_closes() {
    let close = |before: &[u8], what, tokens: (u64, u64)| {
        let tokens = Tokens { before: tokens.0, after: tokens.1 };
        action(what, &snapshot(before), &After::Closed, &RESERVE, tokens, ALL)
    };
    let mut last = support::obligation();
    support::set_deposit(&mut last, 6, RESERVE, 100);
    let found = close(&last, Action::Redeem, (5, 205)).unwrap();
    assert_eq!(found, Delta { tokens: 200, units: 100, units_after: 0, closed: true });
    assert_eq!(close(&last, Action::Redeem, (5, 5)), Err(KaminoError::NoEffect));
    for what in [Action::Supply, Action::Borrow, Action::Repay] {
        assert_eq!(close(&last, what, (5, 4)), Err(KaminoError::Closed));
    }
    // not while something else is in it
    let mut more = last.clone();
    support::set_deposit(&mut more, 0, OTHER, 1);
    assert_eq!(close(&more, Action::Redeem, (5, 205)), Err(KaminoError::Closed));
    let mut owing = last.clone();
    support::set_borrow(&mut owing, 0, OTHER, 1, ONE);
    assert_eq!(close(&owing, Action::Redeem, (5, 205)), Err(KaminoError::Closed));
}

#[test]
fn the_rate_is_the_reserves() {
    let index = Index::new(2 << 64).unwrap();
    let delta = |tokens, units| Delta { tokens, units, units_after: 0, closed: false };
    let rate = |what, tokens, units| expect_rate(&delta(tokens, units), what, index, 0);
    // 100 cTokens are worth 200; a cToken's worth of rounding is klend's
    assert_eq!(rate(Action::Supply, 202, 100), Ok(()));
    assert_eq!(rate(Action::Supply, 203, 100), Err(KaminoError::Rate));
    assert_eq!(rate(Action::Supply, 1, 100), Ok(()), "a gift is no loss");
    assert_eq!(rate(Action::Redeem, 198, 100), Ok(()));
    assert_eq!(rate(Action::Redeem, 197, 100), Err(KaminoError::Rate));
    // debts of 100 units owe 200; a fee is the caller's slack
    assert_eq!(rate(Action::Borrow, 199, 100 << 64), Ok(()));
    assert_eq!(rate(Action::Borrow, 198, 100 << 64), Err(KaminoError::Rate));
    assert_eq!(expect_rate(&delta(190, 100 << 64), Action::Borrow, index, 9), Ok(()));
    assert_eq!(rate(Action::Repay, 201, 100 << 64), Ok(()));
    assert_eq!(rate(Action::Repay, 202, 100 << 64), Err(KaminoError::Rate));
}

#[test]
fn openings_groups_and_rewards() {
    let open = |data: &[u8]| opened(&Obligation::new(data).unwrap(), &OWNER, &MARKET);
    assert_eq!(open(&support::obligation()), Ok(()));
    assert_eq!(open(&position()), Err(KaminoError::Identity));
    let mut grouped = support::obligation();
    grouped[o::GROUP] = 1;
    assert_eq!(open(&grouped), Err(KaminoError::Identity));
    put(&mut grouped, o::MARKET, OTHER);
    assert_eq!(open(&grouped), Err(KaminoError::WrongMarket));

    let change = |after: &[u8], asked| {
        group_changed(&snapshot(&position()), &Obligation::new(after).unwrap(), asked)
    };
    let elevated = with(|d| d[o::GROUP] = 3);
    assert_eq!(change(&elevated, 3), Ok(()));
    assert_eq!(change(&elevated, 2), Err(KaminoError::NoEffect));
    let moved = with(|d| {
        d[o::GROUP] = 3;
        support::set_deposit(d, 1, RESERVE, 99);
    });
    assert_eq!(change(&moved, 3), Err(KaminoError::OtherPosition));
    let stolen = with(|d| {
        d[o::GROUP] = 3;
        put(d, o::OWNER, OTHER);
    });
    assert_eq!(change(&stolen, 3), Err(KaminoError::IdentityChanged));

    assert_eq!(claimed(Tokens { before: 3, after: 10 }), Ok(7));
    assert_eq!(claimed(Tokens { before: 3, after: 3 }), Ok(0));
    assert_eq!(claimed(Tokens { before: 3, after: 2 }), Err(KaminoError::WrongDirection));
}
