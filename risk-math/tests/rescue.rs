//! How much a rescue moves, against exact fractions, and what it pays.
#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;
use trestle_risk_math::MathError;
use trestle_risk_math::liquidation::{
    RESCUE_FROM, TIP_PARTS, largest_tip, movable, needs_rescue, rescue_by_repaying,
    rescue_by_supplying,
};
use trestle_risk_math::portfolio::AccountSum;

fn sum(adjusted: u64, limit: u64) -> AccountSum {
    AccountSum { debt: adjusted, adjusted, limit, ..AccountSum::EMPTY }
}

/// `value` under a Q16 weight, Q16: exact.
fn weighed(value: u64, weight: u32) -> u128 {
    u128::from(value) * u128::from(weight)
}

const Q16: u128 = 1 << 16;

proptest! {
    #[test]
    fn a_repayment_ends_at_nine_tenths_and_one_unit_more_is_beyond(
        limit in 1_000_u64..1 << 58,
        over in 0_u64..=65_536,
        factor in 65_536_u32..=1 << 24,
    ) {
        // from a ratio of 0.9 to 1.9
        let at_target = u128::from(limit) * 9 / 10;
        let adjusted = u64::try_from(at_target + u128::from(limit) * u128::from(over) / Q16).unwrap();
        let value = rescue_by_repaying(&sum(adjusted, limit), factor).unwrap();
        // both sides by ten times 2^16
        let (debt, end) = (u128::from(adjusted) * Q16 * 10, u128::from(limit) * Q16 * 9);
        prop_assert!(value == 0 || debt - weighed(value, factor) * 10 >= end);
        // less than a micro-USD of adjusted debt is left out, and a unit of value
        prop_assert!(debt < end + (weighed(value + 1, factor) + Q16) * 10);
    }

    #[test]
    fn a_supply_ends_at_nine_tenths_and_one_unit_more_is_beyond(
        limit in 1_000_u64..1 << 58,
        over in 0_u64..=65_536,
        threshold in 1_u32..=65_536,
    ) {
        let adjusted = u128::from(limit) * 9 / 10 + u128::from(limit) * u128::from(over) / Q16;
        let adjusted = u64::try_from(adjusted).unwrap();
        match rescue_by_supplying(&sum(adjusted, limit), threshold) {
            Ok(value) => {
                let debt = u128::from(adjusted) * Q16 * 10;
                let limit = |value| (u128::from(limit) * Q16 + weighed(value, threshold)) * 9;
                prop_assert!(value == 0 || debt >= limit(value));
                prop_assert!(debt < limit(value + 1) + Q16 * 9);
            }
            Err(error) => {
                // more than 64 bits hold, since the threshold is next to nothing
                prop_assert_eq!(error, MathError::Overflow);
                prop_assert!(u128::from(limit) * Q16 / u128::from(threshold) > 1 << 63);
            }
        }
    }

    #[test]
    fn parts_are_paid_no_more_than_the_whole(parts in prop::collection::vec(0_u64..1 << 40, 1..20)) {
        let whole = largest_tip(parts.iter().sum());
        prop_assert!(parts.iter().map(|part| largest_tip(*part)).sum::<u64>() <= whole);
    }

    #[test]
    fn the_tip_is_left_beside_what_moves(held in any::<u64>()) {
        let moved = movable(held);
        let needed = u128::from(moved) + u128::from(largest_tip(moved));
        prop_assert!(needed <= u128::from(held));
        // and no more than it, to the unit
        prop_assert!(u128::from(held) - needed <= 1);
    }
}

#[test]
fn it_begins_at_97_hundredths() {
    let limit = 65_536_000;
    let first = u64::from(RESCUE_FROM.q16());
    assert!(first * 100 >= 97 * 65_536 && (first - 1) * 100 < 97 * 65_536);
    assert!(needs_rescue(&sum(first * 1_000, limit)));
    // the ratio is rounded up
    assert!(needs_rescue(&sum((first - 1) * 1_000 + 1, limit)));
    assert!(!needs_rescue(&sum((first - 1) * 1_000, limit)));
    assert!(needs_rescue(&sum(1, 0)), "no limit at all");
    assert!(!needs_rescue(&sum(0, 0)), "nothing is owed");
}

#[test]
fn examples_by_hand() {
    // 97 of 100: seven of debt go, or collateral until 97 / 0.9 = 107.77
    let near = sum(97_000_000, 100_000_000);
    assert_eq!(rescue_by_repaying(&near, 1 << 16), Ok(7_000_000));
    assert_eq!(rescue_by_supplying(&near, 1 << 16), Ok(7_777_777));
    // a debt that counts twice, collateral that counts half
    assert_eq!(rescue_by_repaying(&near, 2 << 16), Ok(3_500_000));
    assert_eq!(rescue_by_supplying(&near, 1 << 15), Ok(15_555_554));
    let safe = sum(90_000_000, 100_000_000);
    assert_eq!(rescue_by_repaying(&safe, 1 << 16), Ok(0));
    assert_eq!(rescue_by_supplying(&safe, 1 << 16), Ok(0));
    assert_eq!(rescue_by_repaying(&near, 0), Err(MathError::DivideByZero));
    assert_eq!(largest_tip(TIP_PARTS - 1), 0);
    assert_eq!((largest_tip(TIP_PARTS), movable(1_001), movable(1), movable(0)), (1, 1_000, 0, 0));
}
