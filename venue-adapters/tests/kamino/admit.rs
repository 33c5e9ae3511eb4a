//! Admission: each reason against a reserve, an obligation or an action, alone.

use crate::support::{self, MARKET, MINT, OTHER, OWNER, RESERVE, put};
use trestle_fixtures::{key, load};
use trestle_venue_adapters::kamino::admit::{self, Listing};
use trestle_venue_adapters::kamino::layout::{market as m, obligation as o, reserve as r};
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::{Action, KaminoError, Severity};
use trestle_venue_adapters::token::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM};

const LISTING: Listing = Listing {
    reserve: &RESERVE,
    market: &MARKET,
    mint: &MINT,
    token_program: &TOKEN_PROGRAM,
    decimals: 6,
    borrowable: true,
};

fn list(reserve: &[u8], market: &[u8], listing: &Listing) -> Result<(), KaminoError> {
    admit::listing(&Reserve::new(reserve).unwrap(), &Market::new(market).unwrap(), listing)
}

fn act(action: Action, reserve: &[u8], market: &[u8], group: u8) -> Result<(), KaminoError> {
    let (reserve, market) = (Reserve::new(reserve).unwrap(), Market::new(market).unwrap());
    admit::new_risk(action, &reserve, &RESERVE, &market, group)
}

#[test]
fn identity_is_pinned() {
    let (reserve, market) = (support::reserve(), support::market());
    assert_eq!(list(&reserve, &market, &LISTING), Ok(()));
    let cases = [
        (Listing { market: &OTHER, ..LISTING }, KaminoError::WrongMarket),
        (Listing { mint: &OTHER, ..LISTING }, KaminoError::WrongMint),
        (Listing { decimals: 9, ..LISTING }, KaminoError::WrongMint),
        (Listing { token_program: &TOKEN_2022_PROGRAM, ..LISTING }, KaminoError::TokenProgram),
    ];
    for (listing, error) in cases {
        assert_eq!(list(&reserve, &market, &listing), Err(error));
        assert_eq!(error.severity(), Severity::Listing);
    }
    let mut newer = reserve.clone();
    put(&mut newer, r::TOKEN_PROGRAM, TOKEN_2022_PROGRAM);
    let listing = Listing { token_program: &TOKEN_2022_PROGRAM, ..LISTING };
    assert_eq!(list(&newer, &market, &listing), Ok(()));
    put(&mut newer, r::TOKEN_PROGRAM, OTHER);
    let listing = Listing { token_program: &OTHER, ..LISTING };
    assert_eq!(list(&newer, &market, &listing), Err(KaminoError::TokenProgram));
}

/// Readable for valuation at any longer size, listed at the known one only.
#[test]
fn r02_sizes_are_exact_for_listing() {
    let longer = |data: Vec<u8>| data.into_iter().chain([0; 8]).collect::<Vec<_>>();
    let (reserve, market) = (support::reserve(), support::market());
    assert_eq!(list(&longer(reserve.clone()), &market, &LISTING), Err(KaminoError::Size));
    assert_eq!(list(&reserve, &longer(market), &LISTING), Err(KaminoError::Size));
    let obligation = longer(support::obligation());
    let obligation = Obligation::new(&obligation).unwrap();
    assert_eq!(admit::obligation(&obligation, &OWNER, &MARKET), Ok(()));
    assert_eq!(admit::obligation_risk(&obligation), Err(KaminoError::Size));
}

/// A field that stops new risk: where, which value, which actions, which error.
#[test]
fn new_risk_stops_for_each_reason() {
    const BOTH: &[Action] = &[Action::Supply, Action::Borrow];
    const DEBT: &[Action] = &[Action::Borrow];
    const COLLATERAL: &[Action] = &[Action::Supply];
    let reserve_cases = [
        (r::STATUS, 1, BOTH, KaminoError::Status),
        (r::STATUS, 2, BOTH, KaminoError::Status),
        (r::PERMISSIONED, 1, COLLATERAL, KaminoError::Permissioned),
        (r::PERMISSIONED, 2, DEBT, KaminoError::Permissioned),
        (r::BLOCK_CTOKENS, 1, COLLATERAL, KaminoError::CtokensBlocked),
        (r::NO_COLLATERAL_OUTSIDE, 1, COLLATERAL, KaminoError::GroupOnly),
        (r::MATURITY, 1, DEBT, KaminoError::DebtTerm),
        (r::TERM, 1, DEBT, KaminoError::DebtTerm),
        (r::EARLY_REPAY_PCT, 1, DEBT, KaminoError::DebtTerm),
        (r::BORROW_FACTOR_PCT, 201, DEBT, KaminoError::BorrowFactor),
    ];
    let all = [Action::Supply, Action::Borrow, Action::Redeem, Action::Repay];
    let verdict = |stops: bool, error| if stops { Err(error) } else { Ok(()) };
    for (at, value, stopped, error) in reserve_cases {
        let mut reserve = support::reserve();
        reserve[at] = value;
        for action in all {
            let expected = verdict(stopped.contains(&action), error);
            assert_eq!(act(action, &reserve, &support::market(), 0), expected, "{error:?}");
        }
        assert_eq!(list(&reserve, &support::market(), &LISTING), Err(error));
        assert_eq!(error.severity(), Severity::ReduceOnly);
    }
    let market_cases = [
        (m::PERMISSIONED, 1, COLLATERAL, KaminoError::Permissioned),
        (m::PERMISSIONED, 2, DEBT, KaminoError::Permissioned),
        (m::PERMISSIONED, 3, BOTH, KaminoError::Permissioned),
        (m::BORROW_DISABLED, 1, DEBT, KaminoError::BorrowDisabled),
    ];
    for (at, value, stopped, error) in market_cases {
        let mut market = support::market();
        market[at] = value;
        for action in all {
            let expected = verdict(stopped.contains(&action), error);
            assert_eq!(act(action, &support::reserve(), &market, 0), expected, "{error:?}");
        }
    }
    // liquidation permissions do not concern us
    let mut market = support::market();
    market[m::PERMISSIONED] = 4;
    assert_eq!(list(&support::reserve(), &market, &LISTING), Ok(()));
}

/// What is for deposits only need not be borrowable.
#[test]
fn a_listing_for_deposits_ignores_reasons_against_debt() {
    let mut reserve = support::reserve();
    reserve[r::TERM] = 1;
    let deposits = Listing { borrowable: false, ..LISTING };
    assert_eq!(list(&reserve, &support::market(), &deposits), Ok(()));
    assert_eq!(list(&reserve, &support::market(), &LISTING), Err(KaminoError::DebtTerm));
}

/// The emergency stop is klend's: it refuses everything, and we say so.
#[test]
fn an_emergency_stops_everything() {
    for (reserve_byte, market_byte) in [(1, 0), (0, 1)] {
        let (mut reserve, mut market) = (support::reserve(), support::market());
        reserve[r::EMERGENCY] = reserve_byte;
        market[m::EMERGENCY] = market_byte;
        for action in [Action::Supply, Action::Borrow, Action::Redeem, Action::Repay] {
            assert_eq!(act(action, &reserve, &market, 0), Err(KaminoError::Emergency));
        }
    }
}

#[test]
fn deleveraging_needs_both_switches() {
    let (mut reserve, mut market) = (support::reserve(), support::market());
    reserve[r::AUTODELEVERAGE] = 1;
    assert_eq!(list(&reserve, &market, &LISTING), Ok(()));
    market[m::AUTODELEVERAGE] = 1;
    assert_eq!(list(&reserve, &market, &LISTING), Err(KaminoError::Deleverage));
    reserve[r::AUTODELEVERAGE] = 0;
    assert_eq!(list(&reserve, &market, &LISTING), Ok(()));
}

#[test]
fn an_unknown_rate_basis_is_unreadable() {
    let mut reserve = support::reserve();
    reserve[r::RATE_BASIS] = 2;
    assert_eq!(list(&reserve, &support::market(), &LISTING), Err(KaminoError::RateBasis));
    assert_eq!(KaminoError::RateBasis.severity(), Severity::Unreadable);
}

/// In a group: one debt reserve, which is no collateral, and members only.
#[test]
fn r20_elevation_groups_name_their_reserves() {
    let (mut reserve, mut market) = (support::reserve(), support::market());
    assert_eq!(act(Action::Supply, &reserve, &market, 7), Err(KaminoError::Group)); // no member
    reserve[r::GROUPS + 3] = 7;
    assert_eq!(act(Action::Supply, &reserve, &market, 7), Err(KaminoError::Group)); // no such group
    support::add_group(&mut market, 7, OTHER);
    assert_eq!(act(Action::Supply, &reserve, &market, 7), Ok(()));
    assert_eq!(act(Action::Borrow, &reserve, &market, 7), Err(KaminoError::Group));
    support::add_group(&mut market, 7, RESERVE);
    assert_eq!(act(Action::Supply, &reserve, &market, 7), Err(KaminoError::Group));
    assert_eq!(act(Action::Borrow, &reserve, &market, 7), Ok(()));
    let at = m::GROUPS + m::GROUP_LEN * 6 + m::group::NEW_LOANS;
    market[at] = 0;
    assert_eq!(act(Action::Borrow, &reserve, &market, 7), Err(KaminoError::Group));
    assert_eq!(act(Action::Repay, &reserve, &market, 7), Ok(()));
    // collateral that only groups take
    reserve[r::NO_COLLATERAL_OUTSIDE] = 1;
    support::add_group(&mut market, 7, OTHER);
    assert_eq!(act(Action::Supply, &reserve, &market, 7), Ok(()));
}

/// The main market's reserves of October 2024, against the main market and another.
#[test]
fn real_reserves_are_admitted_to_their_own_market() {
    let main = "7u3HeHxYDLhnCoErrtycNokbQYbWGzLs6JSDqGAv5PfF";
    let other = "ByYiZxp8QrdN9qbdtaAiePN8AAr3qvTPppNJDpf5DVJ5";
    let Some(market) = load(&format!("kamino/{main}.bin")) else { return };
    let reserves = [
        ("D6q6wuQSrifJKZYpR1M8R4YawnLDtDsMmWM1NbBmgJ59", 6),
        ("d4A2prbA2whesmvHaL88BH6Ewn5N4bTSU2Ze8P6Bc4Q", 9),
        ("EVbyPKrHG6WBfm4dLxLMJpUDY43cCAcHSpV3KYjKsktW", 9),
    ];
    for (address, decimals) in reserves {
        let data = load(&format!("kamino/{address}.bin")).unwrap();
        let (reserve, market_key) = (key(address), key(main));
        let mint = *Reserve::new(&data).unwrap().mint();
        let found = Listing {
            reserve: &reserve,
            market: &market_key,
            mint: &mint,
            token_program: &TOKEN_PROGRAM,
            decimals,
            borrowable: true,
        };
        assert_eq!(list(&data, &market, &found), Ok(()));
        let wrong = Listing { market: &key(other), ..found };
        assert_eq!(list(&data, &market, &wrong), Err(KaminoError::WrongMarket));
    }
}

#[test]
fn obligations_are_ours_or_refused() {
    let check = |data: &[u8], owner, market| {
        admit::obligation(&Obligation::new(data).unwrap(), owner, market)
    };
    let good = support::obligation();
    assert_eq!(check(&good, &OWNER, &MARKET), Ok(()));
    assert_eq!(check(&good, &OTHER, &MARKET), Err(KaminoError::Identity));
    assert_eq!(check(&good, &OWNER, &OTHER), Err(KaminoError::WrongMarket));
    for at in [o::TAG, o::REFERRER + 31] {
        let mut other = good.clone();
        other[at] = 1;
        assert_eq!(check(&other, &OWNER, &MARKET), Err(KaminoError::Identity));
    }
}

#[test]
fn marked_and_encumbered_obligations_take_no_risk() {
    let check = |at: usize| {
        let mut data = support::obligation();
        data[at] = 1;
        admit::obligation_risk(&Obligation::new(&data).unwrap())
    };
    assert_eq!(admit::obligation_risk(&Obligation::new(&support::obligation()).unwrap()), Ok(()));
    for at in [o::BORROWING_DISABLED, o::DELEVERAGE_TARGET_PCT, o::MARGIN_CALL + 7] {
        assert_eq!(check(at), Err(KaminoError::Marked));
    }
    let orders = [
        o::ORDERS,
        o::ORDERS + o::ORDERS_LEN - 1,
        o::BORROW_ORDER,
        o::BORROW_ORDER + o::BORROW_ORDER_LEN - 1,
        o::MORE_BORROW_ORDERS,
        o::MORE_BORROW_ORDERS + o::MORE_BORROW_ORDERS_LEN - 1,
        o::OWNERSHIP_TRANSFER,
    ];
    for at in orders {
        assert_eq!(check(at), Err(KaminoError::Encumbered), "{at}");
    }
}

#[test]
fn slots_are_counted() {
    let mut data = support::obligation();
    let slot = |data: &[u8], action, key| admit::slot(action, &Obligation::new(data).unwrap(), key);
    assert_eq!(slot(&data, Action::Supply, &RESERVE), Ok(()));
    assert_eq!(slot(&data, Action::Redeem, &RESERVE), Err(KaminoError::Slot));
    assert_eq!(slot(&data, Action::Repay, &RESERVE), Err(KaminoError::Slot));
    for i in 0..8 {
        support::set_deposit(&mut data, i, [10 + i as u8; 32], 1);
    }
    for i in 0..5 {
        support::set_borrow(&mut data, i, [20 + i as u8; 32], support::ONE, support::ONE);
    }
    assert_eq!(slot(&data, Action::Supply, &RESERVE), Err(KaminoError::Slot));
    assert_eq!(slot(&data, Action::Borrow, &RESERVE), Err(KaminoError::Slot));
    assert_eq!(slot(&data, Action::Supply, &[17; 32]), Ok(()));
    assert_eq!(slot(&data, Action::Borrow, &[24; 32]), Ok(()));
    assert_eq!(slot(&data, Action::Redeem, &[10; 32]), Ok(()));
    assert_eq!(slot(&data, Action::Repay, &[10; 32]), Err(KaminoError::Slot));
}
