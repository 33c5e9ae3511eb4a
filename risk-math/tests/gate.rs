//! `gate`: each refusal, each way through.
#![allow(clippy::unwrap_used)]

use trestle_risk_math::gate::{Refusal, admit};
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::Health;

/// An account with a debt, published at one time, at the edge of initial health.
const EDGE: Health = Health {
    equity: 10,
    uncredited: 0,
    debts: 1,
    native_debts: 1,
    isolated_debts: 0,
    init: Some(0),
    liqend: 0,
    maint: 0,
    largest_claim: 0,
    freshness: trestle_risk_math::portfolio::Freshness::Live,
    stale: false,
    oldest: 100,
    newest: 100,
    venues_survive: true,
    stress: Weight::ZERO,
    stresses: 0,
};

fn verdict(before: Health, after: Health) -> Result<(), Refusal> {
    admit(|| Ok::<_, ()>(before), &after, 60).unwrap()
}

/// A verdict that must not look at what was before.
fn at_once(after: Health) -> Result<(), Refusal> {
    admit(|| Err(()), &after, 60).unwrap()
}

#[test]
fn healthy_accounts_pass_at_once() {
    assert_eq!(at_once(EDGE), Ok(()));
    // without debts nothing else matters: age, skew, health, stress
    let idle = Health { debts: 0, init: None, newest: 1_000, venues_survive: false, ..EDGE };
    assert_eq!(at_once(idle), Ok(()));
}

#[test]
fn skew_and_age_are_refused_at_once() {
    assert_eq!(at_once(Health { newest: 160, ..EDGE }), Ok(()));
    assert_eq!(at_once(Health { newest: 161, ..EDGE }), Err(Refusal::Skew));
    assert_eq!(at_once(Health { init: None, ..EDGE }), Err(Refusal::StaleDebt));
    assert_eq!(at_once(Health { isolated_debts: 1, ..EDGE }), Ok(()));
    assert_eq!(at_once(Health { isolated_debts: 2, ..EDGE }), Err(Refusal::IsolatedDebts));
}

#[test]
fn below_health_only_what_lowers_risk_passes() {
    let low = Health { init: Some(-5), maint: -1, equity: 3, ..EDGE };
    assert_eq!(verdict(low, low), Ok(()));
    assert_eq!(verdict(low, Health { init: Some(-4), maint: 0, equity: 4, ..low }), Ok(()));
    let refused = Err(Refusal::InitialHealth);
    assert_eq!(verdict(low, Health { init: Some(-6), ..low }), refused);
    assert_eq!(verdict(low, Health { maint: -2, ..low }), refused);
    assert_eq!(verdict(low, Health { equity: 2, ..low }), refused);
    assert_eq!(verdict(Health { init: None, ..low }, low), Err(Refusal::StaleDebt));
}

/// The order of levels rests on the shape of scenarios (`tests/constraints.rs`):
/// an act may not leave behind what could be liquidated at once.
#[test]
fn maintenance_health_is_asked_for_too() {
    let odd = Health { init: Some(5), maint: -1, ..EDGE };
    assert_eq!(verdict(EDGE, odd), Err(Refusal::InitialHealth));
    assert_eq!(verdict(odd, odd), Ok(()));
}

/// Two venue accounts, one beyond its shock: the other may not follow it there.
#[test]
fn stress_may_not_rise_in_the_shadow_of_a_worse_one() {
    let worst = Weight::clamped(64_000);
    let stressed = Health { venues_survive: false, stress: worst, stresses: 94_000, ..EDGE };
    assert_eq!(verdict(stressed, stressed), Ok(()));
    let followed = Health { stresses: 94_001, ..stressed };
    assert_eq!(verdict(stressed, followed), Err(Refusal::VenueShock));
    assert_eq!(verdict(followed, stressed), Ok(()));
    // while both survive nothing was worse
    let sound = Health { venues_survive: true, ..followed };
    assert_eq!(at_once(sound), Ok(()));
}

#[test]
fn stress_may_not_rise_above_the_shock() {
    let stressed = Health { venues_survive: false, stress: Weight::clamped(60_000), ..EDGE };
    assert_eq!(verdict(stressed, stressed), Ok(()));
    let worse = Health { stress: Weight::clamped(60_001), ..stressed };
    assert_eq!(verdict(stressed, worse), Err(Refusal::VenueShock));
    assert_eq!(verdict(worse, stressed), Ok(()));
    // at the edge of health risk may rise, as long as stress does not
    let roomy = Health { init: Some(9), maint: 9, equity: 19, ..stressed };
    assert_eq!(verdict(roomy, stressed), Ok(()));
    // below health and stressed: both are asked
    let low = Health { init: Some(-1), ..stressed };
    assert_eq!(verdict(low, Health { stress: worse.stress, ..low }), Err(Refusal::VenueShock));
}

#[test]
fn errors_of_the_earlier_pass_are_handed_on() {
    let low = Health { init: Some(-1), ..EDGE };
    assert_eq!(admit(|| Err("unreadable"), &low, 60), Err("unreadable"));
}
