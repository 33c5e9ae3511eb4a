//! klend's freshness rules, one condition at a time.

use crate::support::{self, ONE, OTHER, put};
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::kamino::freshness::{
    ALL_CHECKS, check, checks_after_unpriced_refresh, is_obligation_fresh, is_reserve_fresh,
    may_skip_prices, required,
};
use trestle_venue_adapters::kamino::layout::{obligation as o, reserve as r};
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::{Action, KaminoError};

const SLOT: u64 = 1_000;
const ALL: [Action; 4] = [Action::Supply, Action::Redeem, Action::Borrow, Action::Repay];

/// An obligation that is fresh in [`SLOT`].
fn fresh() -> Vec<u8> {
    let mut data = support::obligation();
    data[o::PRICE_STATUS] = ALL_CHECKS;
    data
}

fn verdict(action: Action, obligation: &[u8], reserve: &[u8]) -> Result<(), KaminoError> {
    check(action, &Obligation::new(obligation).unwrap(), &Reserve::new(reserve).unwrap(), SLOT)
}

#[test]
fn prices_are_needed_to_take_risk() {
    for (action, without_debt, with_debt) in [
        (Action::Supply, 0, 0),
        (Action::Repay, 0, 0),
        (Action::Redeem, 0, ALL_CHECKS),
        (Action::Borrow, ALL_CHECKS, ALL_CHECKS),
    ] {
        assert_eq!(required(action, false), without_debt, "{action:?}");
        assert_eq!(required(action, true), with_debt, "{action:?}");
    }
}

#[test]
fn another_slot_or_a_touch_is_stale() {
    let (obligation, reserve) = (fresh(), support::reserve());
    for action in ALL {
        assert_eq!(verdict(action, &obligation, &reserve), Ok(()));
        for slot in [SLOT - 1, SLOT + 1] {
            let (mut early, mut old) = (obligation.clone(), reserve.clone());
            put(&mut old, r::SLOT, slot.to_le_bytes());
            put(&mut early, o::SLOT, slot.to_le_bytes());
            assert_eq!(verdict(action, &obligation, &old), Err(KaminoError::ReserveStale));
            assert_eq!(verdict(action, &early, &reserve), Err(KaminoError::ObligationStale));
            // the reserve is looked at first
            assert_eq!(verdict(action, &early, &old), Err(KaminoError::ReserveStale));
        }
        let (mut touched, mut used) = (obligation.clone(), reserve.clone());
        touched[o::STALE] = 1;
        used[r::STALE] = 1;
        assert_eq!(verdict(action, &obligation, &used), Err(KaminoError::ReserveStale));
        assert_eq!(verdict(action, &touched, &reserve), Err(KaminoError::ObligationStale));
    }
}

#[test]
fn a_missing_check_matters_where_prices_do() {
    let reserve = support::reserve();
    for bit in 0..6 {
        let (mut obligation, mut unpriced) = (fresh(), reserve.clone());
        obligation[o::PRICE_STATUS] &= !(1 << bit);
        unpriced[r::PRICE_STATUS] &= !(1 << bit);
        assert_eq!(verdict(Action::Borrow, &fresh(), &unpriced), Err(KaminoError::ReserveStale));
        let found = verdict(Action::Borrow, &obligation, &reserve);
        assert_eq!(found, Err(KaminoError::ObligationStale));
        for action in [Action::Supply, Action::Repay, Action::Redeem] {
            assert_eq!(verdict(action, &obligation, &unpriced), Ok(()));
        }
        // a debt makes a redemption need them
        support::set_borrow(&mut obligation, 2, OTHER, ONE, ONE);
        let found = verdict(Action::Redeem, &obligation, &reserve);
        assert_eq!(found, Err(KaminoError::ObligationStale));
        let (view, own) = (Obligation::new(&obligation).unwrap(), Reserve::new(&unpriced).unwrap());
        assert!(is_obligation_fresh(&view, SLOT, ALL_CHECKS & !(1 << bit)));
        assert!(is_reserve_fresh(&own, SLOT, ALL_CHECKS & !(1 << bit)));
        assert!(!is_reserve_fresh(&own, SLOT, 1 << bit));
    }
}

/// A saved price serves while it is younger than its limit: 120 s from 10,000.
#[test]
fn saved_checks_lapse_with_the_price() {
    let mut data = support::reserve();
    data[r::PRICE_STATUS] = 53;
    let reserve = Reserve::new(&data).unwrap();
    let left = |unix| checks_after_unpriced_refresh(&reserve, Now { slot: SLOT, unix });
    assert_eq!([left(9_000), left(10_000), left(10_119)], [53; 3]);
    assert_eq!([left(10_120), left(i64::MAX)], [0; 2]);
    let skip = |unix, bits| may_skip_prices(&reserve, Now { slot: SLOT, unix }, bits);
    assert!(skip(10_119, 53) && skip(10_119, 0) && skip(10_120, 0));
    assert!(!skip(10_119, ALL_CHECKS) && !skip(10_120, 1));
}
