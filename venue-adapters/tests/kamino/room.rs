//! What a redemption may take: worked figures, every bound alone, slivers.

use crate::support::{self, ONE, OTHER, RESERVE, put};
use trestle_risk_math::index::Index;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::kamino::layout::{market as m, reserve as r};
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::room::{Room, redemption, row, units_at_most};

const NOW: Now = Now { slot: 1_000, unix: 10_050 };

/// 100 cTokens, worth 200 tokens of 2 USD, and a debt of `owed` tokens.
fn position(owed: u128) -> Vec<u8> {
    let mut data = support::obligation();
    support::set_deposit(&mut data, 1, RESERVE, 100_000_000);
    if owed > 0 {
        support::set_borrow(&mut data, 0, OTHER, owed * 1_000_000 * ONE, ONE * 3 / 2);
    }
    data
}

fn room(position: &[u8], reserve: &[u8], market: &[u8]) -> Room {
    let (reserve, market) = (Reserve::new(reserve).unwrap(), Market::new(market).unwrap());
    let obligation = Obligation::new(position).unwrap();
    let rows = |key: &[u8; 32]| {
        let known = *key == RESERVE || *key == OTHER;
        known.then(|| row(&reserve, &market, 0, NOW)).flatten()
    };
    redemption(&obligation, &reserve, &market, NOW, rows).unwrap()
}

#[test]
fn the_debts_of_the_obligation_hold_what_they_need() {
    // 400 USD lend 300; 200 USD owed count 250; 50 USD of room free 66.67 USD
    let found = room(&position(100), &support::reserve(), &support::market());
    assert_eq!(found.free, 400_000_000);
    assert!((33_330_000..=33_333_333).contains(&found.untied), "{found:?}");
    // at the limit nothing is left, and without a debt nothing is held
    assert_eq!(room(&position(120), &support::reserve(), &support::market()).untied, 0);
    assert_eq!(room(&position(0), &support::reserve(), &support::market()).untied, u64::MAX);
}

#[test]
fn the_threshold_and_bare_worth_bind_where_they_are_tighter() {
    // a threshold below the loan-to-value, as no reserve should have it
    let mut reserve = support::reserve();
    reserve[r::THRESHOLD_PCT] = 65;
    let found = room(&position(100), &reserve, &support::market());
    assert!((7_690_000..=7_692_307).contains(&found.untied), "{found:?}");
    // collateral that lends nothing is let out up to the debt's bare worth
    let mut reserve = support::reserve();
    (reserve[r::LTV_PCT], reserve[r::THRESHOLD_PCT]) = (100, 100);
    put(&mut reserve, r::BORROW_FACTOR_PCT, 100_u64.to_le_bytes());
    let found = room(&position(100), &reserve, &support::market());
    assert!((99_990_000..=100_000_000).contains(&found.untied), "{found:?}");
}

#[test]
fn what_is_not_known_is_held_against_it() {
    let mut stranger = position(100);
    support::set_borrow(&mut stranger, 2, [9; 32], ONE, ONE * 3 / 2);
    assert_eq!(room(&stranger, &support::reserve(), &support::market()).untied, 0);
    let mut worthless = support::reserve();
    put(&mut worthless, r::PRICE, 0_u128.to_le_bytes());
    assert_eq!(room(&position(100), &worthless, &support::market()).untied, 0);
}

#[test]
fn the_queue_and_the_limiter_come_first() {
    let mut reserve = support::reserve();
    put(&mut reserve, r::QUEUED, 150_000_000_u64.to_le_bytes());
    assert_eq!(room(&position(0), &reserve, &support::market()).free, 100_000_000);
    put(&mut reserve, r::DEPOSIT_CAP, 30_000_000_i64.to_le_bytes());
    put(&mut reserve, r::DEPOSIT_CAP + 8, 10_000_000_i64.to_le_bytes());
    put(&mut reserve, r::DEPOSIT_CAP + 16, 10_000_u64.to_le_bytes());
    put(&mut reserve, r::DEPOSIT_CAP + 24, 86_400_u64.to_le_bytes());
    assert_eq!(room(&position(0), &reserve, &support::market()).free, 20_000_000);
}

#[test]
fn a_redemption_brings_no_more_and_leaves_no_sliver() {
    // a hundredth of a dollar must stay: 5,000 units of 2 USD, and one for rounding
    let mut market = support::market();
    put(&mut market, m::MIN_NET_VALUE, (ONE / 100).to_le_bytes());
    let keep = room(&position(0), &support::reserve(), &market).keep;
    assert!((5_001..=5_002).contains(&keep), "{keep}");
    let two = Index::new(2 << 64).unwrap();
    let units = |tokens| units_at_most(100_000_000, tokens, two, keep).unwrap();
    assert_eq!(units(200_000_000), 100_000_000, "all is all");
    assert_eq!(units(u64::MAX), 100_000_000);
    assert_eq!(units(199_999_999), (200_000_000 - keep) / 2, "not all but a sliver");
    assert_eq!(units(7), 3, "rounded down");
    assert_eq!(units(1), 0);
    // a deposit that is a sliver itself goes whole or not at all
    assert_eq!(units_at_most(100, 199, two, keep).unwrap(), 0);
    assert_eq!(units_at_most(100, 200, two, keep).unwrap(), 100);
}
