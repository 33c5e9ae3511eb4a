//! Debts in fractional units against exact numbers, and what klend collects.

use num_bigint::BigUint;
use proptest::prelude::*;
use trestle_risk_math::index::Index;
use trestle_venue_adapters::kamino::interest::ONE;
use trestle_venue_adapters::kamino::obligation::{Borrow, DRIFT};
use trestle_venue_adapters::kamino::{KaminoError, Result};

fn units(borrowed_sf: u128, cumulative_sf: u128) -> Result<u128> {
    Borrow { reserve: &[1; 32], borrowed_sf, cumulative_sf, borrowed_at: 0 }.units()
}

/// klend's debt at a later rate: scaled, rounded down.
fn accrued(borrowed_sf: u128, from: u128, to: u128) -> u128 {
    u128::try_from(BigUint::from(borrowed_sf) * to / from).unwrap()
}

/// klend's price for closing a debt.
fn collected(borrowed_sf: u128) -> u64 {
    u64::try_from(borrowed_sf.div_ceil(ONE)).unwrap()
}

fn owed(units: u128, cumulative_sf: u128) -> u64 {
    Index::new(cumulative_sf * 16).unwrap().owed_ceil(units).unwrap()
}

/// Debts of a unit to 2^50 units with any fraction, rates of 1.0 to 256.0.
fn debt() -> impl Strategy<Value = (u128, u128, u128)> {
    let sf = (any::<u128>(), 0_u32..110).prop_map(|(x, s)| (x >> 18) >> s);
    let rate =
        (any::<u64>(), 0_u32..8).prop_map(|(x, s)| ONE + ((u128::from(x) << 4) >> s) % (255 * ONE));
    (sf, rate.clone(), rate).prop_map(|(sf, a, b)| (sf, a.min(b), a.max(b)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// Never below what klend collects now or later, and above it by at most one.
    #[test]
    fn a_debt_is_at_most_one_unit_too_high((sf, from, to) in debt()) {
        let held = units(sf, from).unwrap();
        for rate in [from, to] {
            let klend = collected(accrued(sf, from, rate));
            let ours = owed(held, rate);
            prop_assert!(klend <= ours && ours <= klend + 1, "{} {}", klend, ours);
        }
    }

    /// The unit is the exact quotient, rounded up.
    #[test]
    fn units_round_up_once((sf, from, _) in debt()) {
        let exact = (BigUint::from(sf) << 64_u8) + from - 1_u8;
        prop_assert_eq!(BigUint::from(units(sf, from).unwrap()), exact / from);
    }

    /// Refreshes by klend leave the units where they are, but for their rounding.
    #[test]
    fn refreshes_do_not_move_units((sf, from, to) in debt()) {
        let before = units(sf, from).unwrap();
        let after = units(accrued(sf, from, to), to).unwrap();
        prop_assert!(after <= before && before - after < DRIFT, "{} {}", before, after);
    }
}

#[test]
fn rates_below_one_and_debts_beyond_are_refused() {
    assert_eq!(units(ONE, 0), Err(KaminoError::Numbers));
    assert_eq!(units(ONE, ONE - 1), Err(KaminoError::Numbers));
    assert_eq!(units(0, ONE), Ok(0));
    assert_eq!(units(ONE, ONE), Ok(1 << 64));
    // 2^64 - 1 tokens fit, 2^64 do not
    assert_eq!(units(u128::from(u64::MAX) * ONE, ONE), Ok(u128::from(u64::MAX) << 64));
    assert_eq!(units(1 << 124, ONE), Err(KaminoError::Numbers));
}
