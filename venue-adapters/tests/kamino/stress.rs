//! The venue's ratio: worked figures, the worse price, terms of a group, causes.

use crate::support::{self, MARKET, ONE, OTHER, RESERVE, put};
use trestle_risk_math::index::Index;
use trestle_risk_math::num::Weight;
use trestle_risk_math::price::Price;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::kamino::KaminoError;
use trestle_venue_adapters::kamino::layout::{market as m, obligation as o, reserve as r};
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::stress::{Row, Stress, obligation, terms};

const NOW: Now = Now { slot: 1_000, unix: 1_000_000 };

/// `2^power` micro-USD a unit.
fn price(power: i8) -> Price {
    Price::new(1 << 31, u8::try_from(31 - power).unwrap()).unwrap()
}

fn row(group: u8, market: &[u8]) -> Row {
    let data = support::reserve();
    Row {
        terms: terms(&Reserve::new(&data).unwrap(), &Market::new(market).unwrap(), group).unwrap(),
        deposit_index: Index::new(2 << 64).unwrap(),
        debt_index: Index::new(3 << 63).unwrap(),
        board_price: price(0),
        venue_price: None,
        maturity: 0,
        term: 0,
        deleveraging: false,
    }
}

/// 1,000 cTokens in a slot behind a gap, and a debt of 400 units.
fn position() -> Vec<u8> {
    let mut data = support::obligation();
    support::set_deposit(&mut data, 2, RESERVE, 1_000_000);
    support::set_borrow(&mut data, 1, OTHER, 400_000 * ONE, ONE);
    data
}

fn read(data: &[u8], market: &[u8], collateral: Row, debt: Row) -> Stress {
    let rows = |key: &[u8; 32]| match *key {
        RESERVE => Some(collateral),
        OTHER => Some(debt),
        _ => None,
    };
    obligation(&Obligation::new(data).unwrap(), &Market::new(market).unwrap(), NOW, rows).unwrap()
}

fn plain(data: &[u8]) -> Stress {
    let market = support::market();
    read(data, &market, row(0, &market), row(0, &market))
}

#[test]
fn a_round_position_reads_round() {
    let found = plain(&position());
    // 2,000,000 tokens at 1: 75 % and 80 % (rounded down in Q16)
    assert_eq!((found.collateral, found.allowed), (2_000_000, 1_500_000));
    assert_eq!(found.limit, 2_000_000 * 52_428 / 65_536);
    // 400,000 units at 1.5, the price's upper end, times 1.25
    assert_eq!((found.debt, found.adjusted), (600_001, 750_002));
    let ratio = found.ratio();
    assert_eq!(u64::from(ratio.q16()), (750_002_u64 << 16).div_ceil(found.limit));
    assert!(!found.forced && !found.unknown_debt);
}

/// Ruling 13: stored values and sums of the obligation are not read.
#[test]
fn r13_stored_sums_are_not_read() {
    let mut data = position();
    let expected = plain(&data);
    for at in [o::DEPOSITS + 40, 1192, o::BORROWS + 104, 2208, 2224, 2240, 2256, 2328] {
        put(&mut data, at, [0xee; 8]);
    }
    // slot values of the positions themselves
    put(&mut data, o::DEPOSITS + 2 * o::DEPOSIT_LEN + 40, [0xee; 16]);
    put(&mut data, o::BORROWS + o::BORROW_LEN + 104, [0xee; 32]);
    data[2287] = 0; // "no debt"
    assert_eq!(plain(&data), expected);
}

/// Ruling 13: collateral at the lower, debt at the higher of two prices.
#[test]
fn r13_the_worse_price_counts() {
    let (data, market) = (position(), support::market());
    let with = |power| Row { venue_price: Some(price(power)), ..row(0, &market) };
    let board = read(&data, &market, row(0, &market), row(0, &market));
    let lower = read(&data, &market, with(-1), with(-1));
    assert_eq!((lower.collateral, lower.debt), (board.collateral / 2, board.debt));
    let higher = read(&data, &market, with(1), with(1));
    assert_eq!((higher.collateral, higher.debt), (board.collateral, 1_200_001));
}

/// A factor that was raised after listing counts in full, beyond a weight's 2.0.
/// An asset must not make an obligation unjudgeable by its size.
#[test]
fn collateral_beyond_the_bound_counts_up_to_it() {
    let mut data = support::obligation();
    support::set_deposit(&mut data, 0, RESERVE, u64::MAX >> 2);
    let found = plain(&data);
    assert_eq!(found.collateral, trestle_risk_math::price::MAX_LEG_VALUE);
    let market = support::market();
    let cheap = Row { venue_price: Some(price(-40)), ..row(0, &market) };
    assert_eq!(read(&data, &market, cheap, cheap).collateral, (u64::MAX >> 2 << 1) >> 40);
}

#[test]
fn any_borrow_factor_counts_in_full() {
    let market = support::market();
    for (pct, q16) in [(0_u64, 65_536), (99, 65_536), (200, 131_072), (500, 327_680)] {
        let mut data = support::reserve();
        put(&mut data, r::BORROW_FACTOR_PCT, pct.to_le_bytes());
        let terms = terms(&Reserve::new(&data).unwrap(), &Market::new(&market).unwrap(), 0);
        let debt = Row { terms: terms.unwrap(), ..row(0, &market) };
        assert_eq!(debt.terms.borrow_factor, q16);
        let found = read(&position(), &market, row(0, &market), debt);
        assert_eq!(found.adjusted, (found.debt * u64::from(q16)).div_ceil(1 << 16));
    }
}

#[test]
fn a_group_brings_its_own_terms() {
    let mut market = support::market();
    support::add_group(&mut market, 4, OTHER);
    let mut data = position();
    data[o::GROUP] = 4;
    let found = read(&data, &market, row(4, &market), row(4, &market));
    let weight = |pct: u64| (pct << 16) / 100;
    assert_eq!(found.allowed, (2_000_000 * weight(90)) >> 16);
    assert_eq!(found.limit, (2_000_000 * weight(93)) >> 16);
    assert_eq!(found.adjusted, found.debt, "no borrow factor in a group");
    assert_eq!(row(4, &market).terms.bonus, Weight::from_bps(200).unwrap());
    assert_eq!(row(0, &market).terms.bonus, Weight::from_bps(1_000).unwrap());
    let reserve = support::reserve();
    let unknown = terms(&Reserve::new(&reserve).unwrap(), &Market::new(&market).unwrap(), 5);
    assert_eq!(unknown, Err(KaminoError::Group));
}

/// What lets klend liquidate whatever the ratio is a ratio of at least 1.0.
#[test]
fn causes_other_than_the_ratio_are_seen() {
    let market = support::market();
    let healthy = plain(&position());
    assert!(healthy.ratio() < Weight::ONE);
    let forced = |found: Stress| {
        assert!(found.forced && found.ratio() >= Weight::ONE);
        assert_eq!(found.limit, healthy.limit);
    };
    for at in [o::DELEVERAGE_TARGET_PCT, o::MARGIN_CALL] {
        let mut data = position();
        data[at] = 1;
        forced(plain(&data));
    }
    let mut ordered = position();
    ordered[o::ORDERS] = 1;
    assert!(!plain(&ordered).forced, "the market does not execute orders");
    let mut executing = support::market();
    executing[m::ORDERS] = 1;
    forced(read(&ordered, &executing, row(0, &market), row(0, &market)));
    let deleveraging = Row { deleveraging: true, ..row(0, &market) };
    forced(read(&position(), &market, deleveraging, row(0, &market)));
    forced(read(&position(), &market, row(0, &market), deleveraging));

    // due by date or term, where the market liquidates for it
    let mut data = position();
    put(&mut data, o::BORROWS + o::BORROW_LEN + o::borrow::BORROWED_AT, 999_000_u64.to_le_bytes());
    for (switch, due, later) in [
        (
            m::MATURITY_LIQUIDATION,
            Row { maturity: 1_000_000, ..row(0, &market) },
            Row { maturity: 1_000_001, ..row(0, &market) },
        ),
        (
            m::TERM_LIQUIDATION,
            Row { term: 1_000, ..row(0, &market) },
            Row { term: 1_001, ..row(0, &market) },
        ),
    ] {
        let mut liquidating = support::market();
        liquidating[switch] = 1;
        forced(read(&data, &liquidating, row(0, &market), due));
        assert!(!read(&data, &liquidating, row(0, &market), later).forced);
        assert!(!read(&data, &market, row(0, &market), due).forced);
    }
}

/// Ruling 2: what is not known counts nothing as collateral, and all as debt.
#[test]
fn r02_unknown_reserves_are_never_credit() {
    let (mut data, market) = (position(), support::market());
    support::set_deposit(&mut data, 0, [77; 32], u64::MAX);
    assert_eq!(plain(&data), plain(&position()));
    support::set_borrow(&mut data, 0, [78; 32], ONE, ONE);
    let found = plain(&data);
    assert!(found.unknown_debt && found.ratio() >= Weight::ONE);
    // an unreadable debt is an error
    let mut broken = position();
    support::set_borrow(&mut broken, 1, OTHER, ONE, 0);
    let view = Obligation::new(&broken).unwrap();
    let found = obligation(&view, &Market::new(&market).unwrap(), NOW, |_| Some(row(0, &market)));
    assert_eq!(found, Err(KaminoError::Numbers));
}

#[test]
fn nothing_owed_is_no_stress() {
    let mut data = support::obligation();
    assert_eq!(plain(&data), Stress::default());
    assert_eq!(plain(&data).ratio(), Weight::ZERO);
    support::set_borrow(&mut data, 4, OTHER, ONE, ONE);
    assert_eq!(plain(&data).ratio(), Weight::MAX, "a debt without collateral");
    assert_eq!(Obligation::new(&data).unwrap().market(), &MARKET);
}
