//! What fees and insurance lend out earns for them, not for whoever is left
//! as a depositor.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

use trestle_risk_math::index::Index;
use trestle_risk_math::num::{ONE, Weight};
use trestle_risk_math::pool::{Apr, Pool, PoolTerms, RateCurve, RatePoint};

fn terms() -> PoolTerms {
    let at = |percent: u32, bps: u32| RatePoint {
        utilisation: Weight::new((percent * ONE).div_ceil(100)).unwrap(),
        apr: Apr::from_bps(bps).unwrap(),
    };
    let full = at(100, 15_000);
    PoolTerms {
        curve: RateCurve::new([at(0, 0), at(80, 500), at(90, 2_000), full, full]).unwrap(),
        fee_share: Weight::from_bps(1_000).unwrap(),
        insurance_share: Weight::from_bps(500).unwrap(),
    }
}

#[test]
fn the_last_unit_of_deposit_cannot_be_blown_up_by_lending_out_the_reserves() {
    let mut pool = Pool::new(0);
    pool.insure(10_000_000_000).unwrap();
    // one native unit of deposit, and the reserves borrowed by its own depositor
    assert_eq!(pool.supply(1).unwrap(), 1);
    pool.borrow(10_000_000_001).unwrap();
    let mut now = 0;
    for _ in 0..24 {
        now += 3_600;
        pool = pool.accrued(&terms(), now).unwrap().0;
        assert!(pool.is_balanced().unwrap());
    }
    // a day at 150 % a year is 0.41 %
    let day = Index::ONE.q64() + Index::ONE.q64() / 200;
    assert!(pool.deposit_index.q64() <= day, "{} tokens a unit", pool.deposit_index.q64() >> 64);
    // so the next depositor gets what was paid for, less than one unit aside
    let units = pool.supply(50_000_000).unwrap();
    assert!(pool.deposit_index.tokens_floor(units).unwrap() >= 49_999_998);
}

#[test]
fn depositors_earn_all_of_their_share_while_the_deposits_are_what_is_lent() {
    let mut pool = Pool::new(0);
    let units = pool.supply(1_000_000_000_000).unwrap();
    pool.borrow(1_000_000_000_000).unwrap();
    let (after, interest) = pool.accrued(&terms(), 86_400).unwrap();
    let earned =
        after.deposit_index.exact(units).unwrap() - pool.deposit_index.exact(units).unwrap();
    let percent = earned * 1_000 / interest.total;
    assert!((849..=850).contains(&percent), "85 % of all interest: {percent}");
}
