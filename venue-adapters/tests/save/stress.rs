//! Ruling 13: an obligation's closeness to liquidation, and what can leave it.

use crate::support::{self, MARKET, OTHER, RESERVE, put};
use trestle_fixtures::Key;
use trestle_risk_math::index::Index;
use trestle_risk_math::num::Weight;
use trestle_risk_math::price::Price;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::save::WAD;
use trestle_venue_adapters::save::layout::{obligation as o, reserve as r};
use trestle_venue_adapters::save::market::Market;
use trestle_venue_adapters::save::obligation::Obligation;
use trestle_venue_adapters::save::reserve::Reserve;
use trestle_venue_adapters::save::room::{self, units_at_most};
use trestle_venue_adapters::save::stress::{self, Row, Stress, VenuePrices};

const NOW: Now = Now { slot: 1_000, unix: 0 };

/// Micro-USD a native unit.
fn price(dollars: u32) -> Price {
    let up = dollars.leading_zeros();
    Price::new(dollars << up, u8::try_from(up).unwrap()).unwrap()
}

/// 75 / 80 %, weight 1.25; two tokens a cToken, board price of two dollars.
fn row(venue: Option<(u32, u32)>) -> Row {
    let data = support::reserve();
    let prices = |(low, high)| VenuePrices { low: price(low), high: price(high) };
    Row {
        terms: stress::terms(&Reserve::new(&data).unwrap()),
        deposit_index: Index::new(2 << 64).unwrap(),
        debt_index: Index::new(3 << 63).unwrap(),
        board_price: price(2),
        venue_prices: venue.map(prices),
    }
}

/// A thousand cTokens of one reserve; 400 units owed to another.
fn position() -> Vec<u8> {
    support::obligation(&[(RESERVE, 1_000)], &[(OTHER, 600 * WAD, WAD * 3 / 2)])
}

fn sums(data: &[u8], row: impl FnMut(&Key) -> Option<Row>) -> Stress {
    stress::obligation(&Obligation::new(data).unwrap(), row).unwrap()
}

#[test]
fn terms_are_rounded_against_the_account() {
    let mut data = support::reserve();
    let terms = |data: &[u8]| stress::terms(&Reserve::new(data).unwrap());
    let found = terms(&data);
    assert_eq!((found.ltv.q16(), found.threshold.q16()), (3 << 14, (80 << 16) / 100));
    assert_eq!(found.borrow_factor, 5 << 14);
    // 10 % and half a per cent for the protocol
    assert_eq!(found.bonus, Weight::from_bps(1_050).unwrap());
    data[r::MAX_BONUS_PCT] = 30;
    assert_eq!(terms(&data).bonus, Weight::from_bps(2_500).unwrap());
    put(&mut data, r::ADDED_WEIGHT_BPS, u64::MAX.to_le_bytes());
    assert_eq!(terms(&data).borrow_factor, u32::MAX);
}

#[test]
fn r13_from_current_units_and_thresholds() {
    let found = sums(&position(), |_| Some(row(None)));
    // 2,000 tokens at two dollars; 600 tokens owed, and a micro-dollar for the price,
    // which was rounded down
    assert_eq!((found.collateral, found.allowed, found.debt), (4_000, 3_000, 1_201));
    assert_eq!((found.limit, found.adjusted), (3_199, 1_502));
    assert_eq!(found.ratio().q16(), (1_502_u32 << 16).div_ceil(3_199));
    // what Save stored is not read
    let mut data = position();
    data[74..154].fill(0xff);
    assert_eq!(sums(&data, |_| Some(row(None))), found);
}

#[test]
fn r13_worse_of_board_and_venue_price() {
    // collateral at the lowest, debt at the highest, whoever says so
    let found = sums(&position(), |_| Some(row(Some((1, 3)))));
    assert_eq!((found.collateral, found.debt), (2_000, 1_801));
    let found = sums(&position(), |_| Some(row(Some((3, 3)))));
    assert_eq!((found.collateral, found.debt), (4_000, 1_801));
    let found = sums(&position(), |_| Some(row(Some((1, 1)))));
    assert_eq!((found.collateral, found.debt), (2_000, 1_201));
}

#[test]
fn unknown_reserves_and_marks_count_against_it() {
    let found = sums(&position(), |key| (*key == OTHER).then(|| row(None)));
    assert_eq!((found.collateral, found.debt), (0, 1_201));
    let found = sums(&position(), |key| (*key == RESERVE).then(|| row(None)));
    assert!(found.unknown_debt && found.ratio() == Weight::ONE);
    let mut marked = position();
    marked[o::CLOSEABLE] = 1;
    assert!(sums(&marked, |_| Some(row(None))).forced);
    assert_eq!(sums(&marked, |_| Some(row(None))).ratio(), Weight::ONE);
    // an empty debt of an unknown reserve is none
    let empty = support::obligation(&[(RESERVE, 1)], &[(OTHER, 0, WAD)]);
    assert!(!sums(&empty, |_| None).unknown_debt);
}

/// Save's caps on an obligation: 65 and 70 million dollars.
#[test]
fn caps_of_an_obligation() {
    let rich = support::obligation(&[(RESERVE, 100_000_000_000_000)], &[]);
    let found = sums(&rich, |_| Some(row(None)));
    assert_eq!((found.allowed, found.limit), (65_000_000_000_000, 70_000_000_000_000));
    assert_eq!(found.collateral, 400_000_000_000_000);
}

#[test]
fn debts_tie_collateral() {
    let (data, market) = (support::reserve(), support::market());
    let (reserve, market) = (Reserve::new(&data).unwrap(), Market::new(&market).unwrap());
    let own = room::row(&reserve, NOW);
    let ask = |data: &[u8], known: bool| {
        let obligation = Obligation::new(data).unwrap();
        let rows = |key: &Key| if known || *key == RESERVE { own } else { None };
        room::redemption(&obligation, &reserve, &market, NOW, rows).unwrap()
    };
    let free = support::obligation(&[(RESERVE, 1_000_000)], &[]);
    assert_eq!(ask(&free, true).untied, u64::MAX);
    // 2,000,000 tokens * 75 % = 3,000,000 micro-USD; 600,000 tokens weigh 1,500,000
    let tied = support::obligation(&[(RESERVE, 1_000_000)], &[(OTHER, 600_000 * WAD, WAD * 3 / 2)]);
    let found = ask(&tied, true);
    assert!(found.untied <= 1_000_000 && found.untied > 999_900, "{}", found.untied);
    assert_eq!((found.free, found.keep), (400_000_000, 0));
    assert_eq!(ask(&tied, false).untied, 0);
    assert_eq!(
        units_at_most(1_000_000, found.untied, own.unwrap().deposit_index, 0),
        Ok(found.untied / 2)
    );
    // a reserve without a price lets nothing go
    let mut silent = support::reserve();
    put(&mut silent, r::PRICE, 0_u128.to_le_bytes());
    let silent = Reserve::new(&silent).unwrap();
    assert!(room::row(&silent, NOW).is_none());
    let obligation = Obligation::new(&tied).unwrap();
    let found = room::redemption(&obligation, &silent, &market, NOW, |_| own).unwrap();
    assert_eq!(found.untied, 0);
    assert_eq!(*obligation.market(), MARKET);
}
