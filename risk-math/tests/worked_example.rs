//! The books of risk model 2.10 under the default parameters, figure by figure.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

mod support;
use support::*;
use trestle_risk_math::portfolio::*;

const M: u64 = 1_000_000;

/// Requirements for books around 1 M USD in hundredths of a percent of it,
/// rounded down: initial, maintenance.
fn required(legs: &[Leg]) -> (i64, i64) {
    let health = World::new().health(legs);
    let bps = |at: i64| (health.equity - at) / (i64::try_from(M).unwrap() * 100);
    (bps(health.init.unwrap()), bps(health.maint))
}

/// `d + b` of SOL and, since lambda trusts scenarios only in part, a share of
/// `u` of the USDC owed.
#[test]
fn long_sol_against_usdc() {
    let legs = [asset(SOL, NATIVE, worth(M, 15_000)), debt(USDC, NATIVE, worth(M, 100))];
    assert_eq!(required(&legs), (2_634, 1_669));
}

/// `d + b + vh`: 25 + 7 + 1.5 and 16 + 3 + 0.5, and the size.
#[test]
fn jitosol_on_kamino() {
    assert_eq!(required(&[asset(JITOSOL, KAMINO, worth(M, 18_000))]), (3_362, 1_962));
}

/// Five times JitoSOL against four times SOL: basis and offset, not shocks.
#[test]
fn staking_loop() {
    let legs =
        [asset(JITOSOL, KAMINO, worth(5 * M, 18_000)), debt(SOL, KAMINO, worth(4 * M, 15_000))];
    assert_eq!(required(&legs), (7_843, 4_443));
}

/// Spot against perp: offset, bases, venues, and the quote's own shock.
#[test]
fn basis_trade() {
    let legs = [
        asset(SOL, KAMINO, worth(M, 15_000)),
        debt(SOL_PERP, PERPS, worth(M, 15_000)),
        asset(USDC, PERPS, worth(M, 100)),
    ];
    assert_eq!(required(&legs), (949, 499));
}

/// SOL against BTC: lambda keeps a part of both shocks.
#[test]
fn cross_factor_pair() {
    let legs = [
        asset(SOL, NATIVE, worth(M, 15_000)),
        debt(BTC_PERP, PERPS, worth(M, 10_000_000)),
        asset(USDC, PERPS, worth(M, 100)),
    ];
    assert_eq!(required(&legs), (3_906, 2_346));
}
