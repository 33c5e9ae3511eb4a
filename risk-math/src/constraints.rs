//! Constraints C1 to C8 on parameters (risk model 2.7).
//!
//! The properties of the model rest on them, so a board is validated on every
//! write. Each check states the property that breaks without it.
//!
//! C5 (one concentration slope for all levels) and C6 (confidence is an
//! additive term) hold by construction: the types have no place to break them.

use crate::num::{ONE, Pair, Weight, mul_u64};
use crate::portfolio::{ClassTerms, Depth, FactorTerms, GroupTerms, MAX_SCENARIOS, Shock};

/// Which constraint a parameter set breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// C1: an initial parameter is below its maintenance twin. Breaks P8.
    LevelOrder,
    /// C2: a scenario exceeds its factor's shocks, there are too many, or none
    /// moves a factor all the way. Breaks P4, or lets a naked position be
    /// charged too little.
    ScenarioRange,
    /// C3: the charges on one unit of an asset exceed it. Breaks P1.
    Weights,
    /// C4: offsets or splits are too dear for the requirement to be convex. Breaks P6 and P9.
    Convexity,
    /// C5: the concentration slope exceeds what other charges leave. Breaks P1.
    Slope,
    /// C7: the incentive could lower health, or exceeds half the shock. Breaks P13.
    Incentive,
    /// C8: an isolated asset without full shocks, or a scenario in which it
    /// falls and so offsets other losses. Breaks isolation and P1.
    Isolated,
    /// A parameter outside 0 .. 1, or a share above 1.
    Range,
}

/// What the validator knows of one asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssetConfig {
    /// Isolated tier.
    pub isolated: bool,
    /// Basis against the factor.
    pub basis: Pair<Weight>,
    /// Cap of the rate confidence; zero for an asset with a price of its own.
    pub rate_confidence_max: Weight,
    /// Jump charge of its issuer.
    pub jump: Pair<Weight>,
    /// Concentration.
    pub depth: Depth,
    /// Largest liquidation incentive when this asset is seized or repaid.
    pub incentive_max: Weight,
}

type Checked = Result<(), Violation>;

/// C1 and ranges of the group's own terms.
///
/// # Errors
/// [`Violation`].
pub fn check_group(group: &GroupTerms) -> Checked {
    for pair in [group.lambda, group.split, group.confidence, group.illiquid] {
        ordered(pair)?;
        at_most_one(pair.init)?;
    }
    // a lower floor is the stricter one
    ordered(Pair::new(group.stress_floor.init, group.stress_floor.maint))?;
    for weight in [group.confidence_max, group.gap_max, group.unsettled, group.target] {
        at_most_one(weight)?;
    }
    if group.stress_floor.maint >= Weight::ONE {
        return Err(Violation::Range);
    }
    Ok(())
}

/// C1, C2, C4 and ranges of one factor. `shocks` are its moves, one per scenario.
///
/// # Errors
/// [`Violation`].
pub fn check_factor(
    group: &GroupTerms,
    factor: &FactorTerms,
    shocks: impl Iterator<Item = Shock>,
) -> Checked {
    for pair in [factor.down, factor.up, factor.offset] {
        ordered(pair)?;
    }
    at_most_one(factor.down.init)?;
    for (lambda, down, up, offset) in [
        (group.lambda.maint, factor.down.maint, factor.up.maint, factor.offset.maint),
        (group.lambda.init, factor.down.init, factor.up.init, factor.offset.init),
    ] {
        // h <= lambda * (d + u)
        let both = mul_u64(
            u64::from(lambda.q16()),
            u64::from(down.q16()).saturating_add(u64::from(up.q16())),
        );
        if u128::from(offset.q16()) << 16 > both {
            return Err(Violation::Convexity);
        }
    }
    check_shocks(factor, shocks)
}

/// A scenario's move of one factor: a fraction in basis points, at most
/// 10,000, of its worst move, away from zero.
#[must_use]
pub fn scenario_shock(fraction_bps: i16, down: Weight, up: Weight) -> i64 {
    let bound = if fraction_bps < 0 { down } else { up };
    let fraction = u64::from(fraction_bps.unsigned_abs().min(10_000));
    let size = u64::from(bound.q16()).saturating_mul(fraction).div_ceil(10_000);
    let size = size.cast_signed(); // at most 2^17
    if fraction_bps < 0 { size.saturating_neg() } else { size }
}

/// Upward shocks up to 2 % (stables) need no scenario of their own.
const SMALL_UP: Weight = Weight::clamped((ONE * 2).div_ceil(100));

/// C2 and C1 of scenarios. Where there are any, one moves the factor all the
/// way down and, unless that is small, one all the way up: without it a naked
/// position would be charged a part of its worst case only.
///
/// A factor that can lose all of its value holds isolated assets only (C3
/// admits no other). They are owed, never owned, so a scenario in which they
/// fall would be an offset and nothing else: it is refused (C8).
fn check_shocks(factor: &FactorTerms, shocks: impl Iterator<Item = Shock>) -> Checked {
    let (mut count, mut full_down, mut full_up) = (0_usize, false, false);
    let is_full = |shock: i64, bound: Weight| shock.unsigned_abs() == u64::from(bound.q16());
    let isolated = factor.down.init == Weight::ONE;
    for [maint, init] in shocks {
        count = count.saturating_add(1);
        within(maint, factor.down.maint, factor.up.maint)?;
        within(init, factor.down.init, factor.up.init)?;
        let one_side = maint == 0 || maint.signum() == init.signum();
        if !one_side || maint.unsigned_abs() > init.unsigned_abs() {
            return Err(Violation::LevelOrder);
        }
        if isolated && init < 0 {
            return Err(Violation::Isolated);
        }
        full_down |= init <= 0 && is_full(init, factor.down.init);
        full_up |= init >= 0 && is_full(init, factor.up.init);
    }
    let covered = (full_down || isolated) && (full_up || factor.up.init <= SMALL_UP);
    if count > MAX_SCENARIOS || (count > 0 && !covered) {
        return Err(Violation::ScenarioRange);
    }
    Ok(())
}

fn within(shock: i64, down: Weight, up: Weight) -> Checked {
    let bound = if shock < 0 { down } else { up };
    if shock.unsigned_abs() > u64::from(bound.q16()) {
        return Err(Violation::ScenarioRange);
    }
    Ok(())
}

/// C1 and ranges of one venue class.
///
/// # Errors
/// [`Violation`].
pub fn check_class(class: &ClassTerms) -> Checked {
    ordered(class.haircut)?;
    for weight in [class.haircut.init, class.penalty, class.shock, class.loop_shock] {
        at_most_one(weight)?;
    }
    Ok(())
}

/// C1, C3, C4, C5, C7 and C8 of one asset at every class.
///
/// `worst_haircut` is the largest initial haircut of any class of the board.
///
/// # Errors
/// [`Violation`].
pub fn check_asset(
    group: &GroupTerms,
    factor: &FactorTerms,
    asset: &AssetConfig,
    worst_haircut: Weight,
) -> Checked {
    ordered(asset.basis)?;
    ordered(asset.jump)?;
    check_incentive(factor, asset)?;
    if asset.isolated {
        // C8, and ruling 18: credit zero, so C3 to C5 have nothing to protect
        let full = factor.down.init == Weight::ONE && factor.up.init >= Weight::ONE;
        let shallow = asset.depth.slope == Weight::ZERO;
        return if full && shallow { Ok(()) } else { Err(Violation::Isolated) };
    }
    let room = credit_room(group, factor, asset, worst_haircut).ok_or(Violation::Weights)?;
    // b >= hs / 2 at both rows
    for (basis, split) in
        [(asset.basis.maint, group.split.maint), (asset.basis.init, group.split.init)]
    {
        if basis.q16().saturating_mul(2) < split.q16() {
            return Err(Violation::Convexity);
        }
    }
    if asset.depth.slope > room || asset.depth.size_shr16 >> 43 != 0 {
        return Err(Violation::Slope);
    }
    Ok(())
}

/// What the initial charges leave of one unit of the asset in the worst case
/// (C3): the largest concentration slope it may have. `None` when they exceed it.
#[must_use]
pub fn credit_room(
    group: &GroupTerms,
    factor: &FactorTerms,
    asset: &AssetConfig,
    worst_haircut: Weight,
) -> Option<Weight> {
    let charges = [
        factor.down.init,
        factor.offset.init,
        asset.basis.init,
        group.split.init,
        worst_haircut,
        group.confidence_max,
        asset.rate_confidence_max,
        group.gap_max,
        group.illiquid.init,
        asset.jump.init,
    ];
    let sum = charges.iter().fold(0_u32, |sum, w| sum.saturating_add(w.q16()));
    ONE.checked_sub(sum).map(Weight::clamped)
}

/// C7: `beta <= d / 2` and `(1 + beta) (1 - d - b) < 1` at maintenance. A
/// haircut would only help, so the native class is the worst case.
fn check_incentive(factor: &FactorTerms, asset: &AssetConfig) -> Checked {
    let (beta, down, basis) = (asset.incentive_max, factor.down.maint, asset.basis.maint);
    if beta.q16().saturating_mul(2) > down.q16() {
        return Err(Violation::Incentive);
    }
    let credit = u64::from(down.plus(basis).complement().q16());
    let grown = u64::from(ONE).saturating_add(u64::from(beta.q16()));
    if grown.saturating_mul(credit) >= 1 << 32 {
        return Err(Violation::Incentive);
    }
    Ok(())
}

fn ordered(pair: Pair<Weight>) -> Checked {
    if pair.maint > pair.init { Err(Violation::LevelOrder) } else { Ok(()) }
}

fn at_most_one(weight: Weight) -> Checked {
    if weight > Weight::ONE { Err(Violation::Range) } else { Ok(()) }
}
