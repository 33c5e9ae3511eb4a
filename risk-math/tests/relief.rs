//! The bound on how fast the venue charge falls as a debt is repaid, against
//! the charge itself.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions, clippy::float_arithmetic)]
#![allow(clippy::precedence)]

use proptest::prelude::*;
use trestle_risk_math::defaults;
use trestle_risk_math::portfolio::{AccountSum, relief};

/// The charge at liquidation-end level, micro-USD, by its formula.
fn charge(debt: f64, adjusted: f64, limit: f64) -> f64 {
    let floor = f64::from(defaults::GROUP.stress_floor.init.q16()) / 65_536.0;
    let penalty = f64::from(defaults::KAMINO.penalty.q16()) / 65_536.0;
    let ramp = ((adjusted / limit - floor) / (1.0 - floor)).clamp(0.0, 1.0);
    penalty * debt * ramp
}

fn sum(debt: u64, adjusted: u64, limit: u64) -> AccountSum {
    AccountSum { debt, adjusted, limit, ..AccountSum::EMPTY }
}

proptest! {
    #[test]
    fn no_repayment_takes_more_off_the_charge(
        debt in 1_000_000_u64..1_000_000_000_000,
        factor in 65_536_u64..131_072,
        ratio in 40_000_u64..90_000,
        own in 1_u64..=65_536,
        part in 1_u64..=65_536,
    ) {
        // one debt of several, of which a part is repaid
        let adjusted = ((u128::from(debt) * u128::from(factor)) >> 16) as u64;
        let limit = ((u128::from(adjusted) << 16) / u128::from(ratio)) as u64;
        let owed = ((u128::from(debt) * u128::from(own)) >> 16) as u64;
        let repaid = ((u128::from(owed) * u128::from(part)) >> 16) as f64;
        let slope = relief(&sum(debt, adjusted, limit), &defaults::KAMINO, &defaults::GROUP, owed);
        let (d, a, l) = (debt as f64, adjusted as f64, limit as f64);
        // its adjusted worth is all that is adjusted, at most
        for weighed in [repaid * factor as f64 / 65_536.0, repaid / (owed.max(1) as f64) * a] {
            let fallen = charge(d, a, l) - charge(d - repaid, (a - weighed).max(0.0), l);
            let most = slope as f64 / 65_536.0 * repaid;
            prop_assert!(fallen <= most + 2.0 + d * 1e-6, "{fallen} above {most}");
        }
    }
}

#[test]
fn below_the_floor_nothing_is_charged_and_nothing_falls() {
    let floor = defaults::GROUP.stress_floor.init.q16();
    let at = |ratio: u32| sum(1_000_000, u64::from(ratio) * 1_000, 65_536_000);
    let found = |ratio| relief(&at(ratio), &defaults::KAMINO, &defaults::GROUP, 1_000_000);
    assert_eq!(found(floor), 0);
    assert!(found(floor + 1) > 0);
    // a debt that is nothing, and a ratio that knows no end
    assert_eq!(relief(&at(65_536), &defaults::KAMINO, &defaults::GROUP, 0), 0);
    assert_eq!(found(65_536), found(200_000));
}
