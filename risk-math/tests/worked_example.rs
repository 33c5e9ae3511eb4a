//! The books of risk model 2.10 under the default parameters, figure by figure.
#![allow(clippy::arithmetic_side_effects, clippy::cast_precision_loss, clippy::as_conversions)]
#![allow(clippy::float_arithmetic, clippy::unwrap_used)]

mod support;
use support::*;
use trestle_risk_math::portfolio::*;

const M: u64 = 1_000_000;

/// Requirement of a level as a percentage of 1 M USD.
fn percent(health: &Health, at: i64) -> f64 {
    (health.equity - at) as f64 / 1e12 * 100.0
}

fn print(name: &str, legs: &[Leg]) -> Health {
    let world = World::new();
    let mut meter = Breakdown::default();
    let health = assess(&world, &sorted(legs), &mut Book::new(), &mut meter).unwrap();
    println!(
        "{name}: init {:.2} maint {:.2}",
        percent(&health, health.init.unwrap()),
        percent(&health, health.maint)
    );
    println!("  A {:?} W {:?} scenario {:?}", meter.additive, meter.systemic, meter.scenario);
    for term in Term::ALL {
        let c = meter.charge(term);
        if c.init != 0 {
            println!("  {} {:?}", term.name(), c);
        }
    }
    health
}

#[test]
fn books() {
    print(
        "long SOL / USDC debt",
        &[asset(SOL, NATIVE, worth(M, 15_000)), debt(USDC, NATIVE, worth(M, 100))],
    );
    print("JitoSOL on Kamino", &[asset(JITOSOL, KAMINO, worth(M, 18_000))]);
    print(
        "loop",
        &[asset(JITOSOL, KAMINO, worth(5 * M, 18_000)), debt(SOL, KAMINO, worth(4 * M, 15_000))],
    );
    print(
        "basis",
        &[
            asset(SOL, KAMINO, worth(M, 15_000)),
            debt(SOL_PERP, PERPS, worth(M, 15_000)),
            asset(USDC, PERPS, worth(M, 100)),
        ],
    );
    print(
        "pair",
        &[
            asset(SOL, NATIVE, worth(M, 15_000)),
            debt(BTC_PERP, PERPS, worth(M, 10_000_000)),
            asset(USDC, PERPS, worth(M, 100)),
        ],
    );
}
