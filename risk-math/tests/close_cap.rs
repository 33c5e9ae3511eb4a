//! The close cap: a quarter, a ramp, all.

#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

use trestle_risk_math::liquidation::close_cap;
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::Health;

fn cap(debts: i64, maint: i64) -> u64 {
    // equity enough for the incentive, so that only the ramp speaks
    let health = Health { debts, maint, equity: debts, ..Health::default() };
    close_cap(&health, Weight::from_bps(300).unwrap())
}

/// Floors once left a few units uncovered at the end of the ramp. A step then
/// could not close the debt and left 50 USD of it for another.
#[test]
fn all_debts_from_ten_percent_on_for_any_remainder() {
    for debts in 1_000_000_000..1_000_000_040_i64 {
        let tenth = debts / 10 + 1;
        assert_eq!(cap(debts, -tenth), debts.unsigned_abs(), "{debts}");
        assert_eq!(cap(debts, -debts), debts.unsigned_abs(), "{debts}");
    }
}

#[test]
fn a_quarter_until_five_percent_and_a_line_between() {
    let debts = 1_000_000_000;
    assert_eq!(cap(debts, 0), 250_000_000);
    assert_eq!(cap(debts, -50_000_000), 250_000_000);
    assert_eq!(cap(debts, -75_000_000), 625_000_000);
    let caps: Vec<u64> = (0..120).map(|percent| cap(debts, -percent * debts / 1_000)).collect();
    assert!(caps.is_sorted(), "deeper under water closes no less");
}
