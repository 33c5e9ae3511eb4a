//! The gate: what an act may leave behind.
//!
//! Every act that can lower health ends here. There is no other place that
//! decides it (the lesson of state changes that skipped the check).

use crate::portfolio::Health;

/// Why an act was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A debt's price or index is older than the initial level accepts.
    StaleDebt,
    /// Initial health would be negative and the act does not lower risk.
    InitialHealth,
    /// The prices of this check were published too far apart.
    Skew,
    /// A venue account would not survive its class's shock.
    VenueShock,
    /// More than one isolated asset is owed.
    IsolatedDebts,
}

/// Whether an act that may raise risk may stand.
///
/// It may when neither initial nor maintenance health is negative afterwards
/// and every venue account survives its class's shock. An account that is already below may
/// still act if the act lowers risk: neither initial health nor maintenance
/// health nor equity falls, and no venue account is worse. `before` is asked
/// for only then.
///
/// # Errors
/// The first [`Refusal`] that applies.
pub fn admit<E>(
    before: impl FnOnce() -> Result<Health, E>,
    after: &Health,
    max_skew: i64,
) -> Result<Result<(), Refusal>, E> {
    if after.debts == 0 {
        return Ok(Ok(())); // nothing is owed, and weights are at most 1.0: health is not negative
    }
    if after.skew() > max_skew {
        return Ok(Err(Refusal::Skew));
    }
    if after.isolated_debts > 1 {
        return Ok(Err(Refusal::IsolatedDebts));
    }
    let Some(init) = after.init else { return Ok(Err(Refusal::StaleDebt)) };
    // the levels' order rests on the shape of scenarios, so both are asked
    if init.min(after.maint) >= 0 && after.venues_survive {
        return Ok(Ok(()));
    }
    let before = before()?;
    let Some(init_before) = before.init else { return Ok(Err(Refusal::StaleDebt)) };
    let lowers_risk =
        init >= init_before && after.maint >= before.maint && after.equity >= before.equity;
    if init.min(after.maint) < 0 && !lowers_risk {
        return Ok(Err(Refusal::InitialHealth));
    }
    // neither the worst account may be worse nor one in its shadow
    let worse = after.stress > before.stress || after.stresses > before.stresses;
    if !after.venues_survive && worse {
        return Ok(Err(Refusal::VenueShock));
    }
    Ok(Ok(()))
}
