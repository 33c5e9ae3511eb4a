//! Terms of a group, within the constraints or outside them.

use super::{number, ordered, rarely, thousandths, weight};
use crate::world::World;
use arbitrary::{Result, Unstructured};
use trestle_risk_math::constraints::{AssetConfig, credit_room, scenario_shock};
use trestle_risk_math::num::{ONE, Pair, Weight};
use trestle_risk_math::portfolio::{
    AssetTerms, ClassTerms, Depth, FactorTerms, Freshness, GroupTerms, MAX_CLASSES, MAX_FACTORS,
    MAX_ISSUERS, MAX_SCENARIOS, MAX_SOURCES, Shock,
};
use trestle_risk_math::price::{MAX_SHIFT, Price};

// The largest shares of one unit's charges; they add up to 1.0.
const DOWN: u32 = thousandths(440);
const ILLIQUID: u32 = thousandths(250);
const BASIS: u32 = thousandths(80);
const HAIRCUT: u32 = thousandths(50);
const OFFSET: u32 = thousandths(50);
const SPLIT: u32 = thousandths(30);
const CONFIDENCE: u32 = thousandths(30);
const GAP: u32 = thousandths(30);
const RATE_CONFIDENCE: u32 = thousandths(20);
const JUMP: u32 = thousandths(20);

/// Tables that satisfy C1 to C8.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn world(u: &mut Unstructured<'_>) -> Result<World> {
    let mut group = group(u)?;
    let factors = factors(u, &group)?;
    let scenarios = scenarios(u, &factors)?;
    if scenarios.is_empty() {
        group.lambda = Pair::both(Weight::ONE); // as the board does: nothing to trust
    }
    let classes = classes(u)?;
    let mut world = World { group, assets: vec![], factors, classes, scenarios };
    let jumps: Vec<_> = (0..3).map(|_| ordered(u, JUMP)).collect::<Result<_>>()?;
    for id in 0..u.int_in_range(1..=10_u8)? {
        let terms = asset(u, &world, &jumps, id)?;
        world.assets.push(terms);
    }
    Ok(world)
}

fn group(u: &mut Unstructured<'_>) -> Result<GroupTerms> {
    let floor = weight(u, ONE - 1)?;
    Ok(GroupTerms {
        lambda: ordered(u, ONE)?,
        split: ordered(u, SPLIT)?,
        confidence: if u.arbitrary()? { Pair::both(Weight::ONE) } else { ordered(u, ONE)? },
        confidence_max: weight(u, CONFIDENCE)?,
        gap_max: weight(u, GAP)?,
        illiquid: ordered(u, ILLIQUID)?,
        unsettled: weight(u, ONE)?,
        stress_floor: Pair::new(floor, weight(u, floor.q16())?),
        target: weight(u, thousandths(50))?,
        target_min: number(u, 1 << 30)?,
    })
}

/// One to five factors; the last may carry the full shocks of isolated assets (C8).
fn factors(u: &mut Unstructured<'_>, group: &GroupTerms) -> Result<Vec<FactorTerms>> {
    let count = u.int_in_range(1..=5_usize)?;
    let full = rarely(u, 3)?;
    (0..count).map(|at| factor(u, group, full && at + 1 == count)).collect()
}

fn factor(u: &mut Unstructured<'_>, group: &GroupTerms, full: bool) -> Result<FactorTerms> {
    let (mut down, mut up) = (ordered(u, DOWN)?, ordered(u, 2 * ONE)?);
    // C7 wants some shock at maintenance, however small
    down = Pair::new(down.maint.max(Weight::stored(1)), down.init.max(Weight::stored(1)));
    if full {
        down.init = Weight::ONE;
        up.init = up.init.max(Weight::ONE);
    }
    // C4: h <= lambda (d + u) at both rows, and C1
    let most = |lambda: Weight, d: Weight, up: Weight| {
        let both = u64::from(lambda.q16()) * (u64::from(d.q16()) + u64::from(up.q16()));
        u32::try_from(both >> 16).unwrap_or(u32::MAX).min(OFFSET)
    };
    let init = weight(u, most(group.lambda.init, down.init, up.init))?;
    let maint = weight(u, most(group.lambda.maint, down.maint, up.maint).min(init.q16()))?;
    Ok(FactorTerms { down, up, offset: Pair::new(maint, init) })
}

/// None, or up to twelve of which the first two move every factor all the way
/// (C2), but that isolated assets never fall (C8).
fn scenarios(
    u: &mut Unstructured<'_>,
    factors: &[FactorTerms],
) -> Result<Vec<[Shock; MAX_FACTORS]>> {
    let count = u.int_in_range(0..=MAX_SCENARIOS)?;
    let count = if count == 1 { 2 } else { count };
    let mut all = Vec::with_capacity(count);
    for row in 0..count {
        let mut shocks = [[0, 0]; MAX_FACTORS];
        for (shock, factor) in shocks.iter_mut().zip(factors) {
            let fraction = match row {
                0 => -10_000,
                1 => 10_000,
                _ => u.int_in_range(-10_000..=10_000_i16)?,
            };
            let isolated = factor.down.init == Weight::ONE;
            let fraction: i16 = if isolated { fraction.max(0) } else { fraction };
            *shock = [
                scenario_shock(fraction, factor.down.maint, factor.up.maint),
                scenario_shock(fraction, factor.down.init, factor.up.init),
            ];
        }
        all.push(shocks);
    }
    Ok(all)
}

fn classes(u: &mut Unstructured<'_>) -> Result<Vec<ClassTerms>> {
    let mut all = vec![ClassTerms {
        haircut: Pair::both(Weight::ZERO),
        penalty: Weight::ZERO,
        shock: Weight::ZERO,
        loop_shock: Weight::ZERO,
        keep: Weight::ONE,
        frozen: false,
    }];
    for _ in 0..u.int_in_range(0..=4_u8)? {
        let frozen = rarely(u, 6)?;
        all.push(ClassTerms {
            haircut: ordered(u, HAIRCUT)?,
            penalty: weight(u, ONE)?,
            shock: weight(u, ONE)?,
            loop_shock: weight(u, ONE)?,
            keep: if frozen && u.arbitrary()? { weight(u, ONE)? } else { Weight::ONE },
            frozen,
        });
    }
    Ok(all)
}

fn asset(
    u: &mut Unstructured<'_>,
    world: &World,
    jumps: &[Pair<Weight>],
    id: u8,
) -> Result<AssetTerms> {
    let factor = u.choose_index(world.factors.len())?;
    let terms = world.factors[factor];
    // C8: an isolated asset needs full shocks, and a factor with them is theirs
    let isolated = terms.down.init == Weight::ONE;
    let issuer = if rarely(u, 3)? { u.int_in_range(1..=jumps.len())? } else { 0 };
    let dead = rarely(u, 10)?;
    let freshness = if dead {
        Freshness::Dead
    } else if rarely(u, 8)? {
        *u.choose(&[Freshness::Aged, Freshness::Stale])?
    } else {
        Freshness::Live
    };
    let rate_confidence_max = weight(u, RATE_CONFIDENCE)?;
    // its own source, or an earlier asset's, which then reports the same
    let source = if rarely(u, 3)? { u.int_in_range(0..=id)? } else { id };
    let (confidence, gap) = match world.assets.get(usize::from(source)) {
        Some(first) => (first.confidence, first.gap),
        None => (weight(u, world.group.confidence_max.q16())?, weight(u, ONE)?),
    };
    let mut asset = AssetTerms {
        price: price(u)?,
        factor: factor as u8,
        source: world.assets.get(usize::from(source)).map_or(id, |first| first.source),
        issuer: issuer as u8,
        isolated,
        basis: basis(u, &world.group)?,
        confidence,
        gap,
        rate_confidence: weight(u, rate_confidence_max.q16())?,
        jump: if issuer == 0 { Pair::both(Weight::ZERO) } else { jumps[issuer - 1] },
        depth: Depth::default(),
        credit_scale: if rarely(u, 4)? { weight(u, ONE)? } else { Weight::ZERO },
        debt_scale: if rarely(u, 4)? { weight(u, 2 * ONE)? } else { Weight::ZERO },
        freshness,
        keep: if dead { weight(u, ONE)? } else { Weight::ONE },
        published: i64::from(u.arbitrary::<i16>()?),
    };
    if !isolated {
        asset.depth.size_shr16 = number(u, (1 << 43) - 1)?;
        let room = credit_room(
            &world.group,
            &terms,
            &config(&asset, rate_confidence_max, Weight::ZERO),
            worst_haircut(world),
        );
        asset.depth.slope = weight(u, room.map_or(0, Weight::q16))?;
    }
    Ok(asset)
}

/// What the validator knows of an asset.
#[must_use]
pub(crate) fn config(
    asset: &AssetTerms,
    rate_confidence_max: Weight,
    incentive_max: Weight,
) -> AssetConfig {
    AssetConfig {
        isolated: asset.isolated,
        basis: asset.basis,
        rate_confidence_max,
        jump: asset.jump,
        depth: asset.depth,
        incentive_max,
    }
}

/// The largest initial haircut of any class.
pub(crate) fn worst_haircut(world: &World) -> Weight {
    world.classes.iter().map(|c| c.haircut.init).max().unwrap_or(Weight::ZERO)
}

/// C4: `b >= hs / 2` at both rows.
fn basis(u: &mut Unstructured<'_>, group: &GroupTerms) -> Result<Pair<Weight>> {
    let drawn = ordered(u, BASIS)?;
    let at_least =
        |drawn: Weight, split: Weight| drawn.max(Weight::stored(split.q16().div_ceil(2)));
    let maint = at_least(drawn.maint, group.split.maint);
    Ok(Pair::new(maint, at_least(drawn.init, group.split.init).max(maint)))
}

/// A price anywhere in its range; half of them where real tokens are.
fn price(u: &mut Unstructured<'_>) -> Result<Price> {
    let shift =
        if u.arbitrary()? { u.int_in_range(20..=45_u8)? } else { u.int_in_range(0..=MAX_SHIFT)? };
    let mantissa = match u.int_in_range(0..=3_u8)? {
        0 => 1 << 31,
        1 => u32::MAX,
        _ => u.int_in_range(1_u32 << 31..=u32::MAX)?,
    };
    Ok(Price::new(mantissa, shift).expect("normalised, and within the largest shift"))
}

/// Tables with any weight up to 2.0, any row number, any depth: no constraint holds.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn wild_world(u: &mut Unstructured<'_>) -> Result<World> {
    let mut world = world(u)?;
    let any = |u: &mut Unstructured<'_>| weight(u, 2 * ONE);
    let both = |u: &mut Unstructured<'_>| Ok(Pair::new(any(u)?, any(u)?));
    let g = &mut world.group;
    for pair in [&mut g.lambda, &mut g.split, &mut g.confidence, &mut g.illiquid] {
        *pair = both(u)?;
    }
    g.stress_floor = both(u)?;
    (g.gap_max, g.unsettled) = (any(u)?, any(u)?);
    for factor in &mut world.factors {
        *factor = FactorTerms { down: both(u)?, up: both(u)?, offset: both(u)? };
    }
    let limit = i64::from(2 * ONE);
    for shock in world.scenarios.iter_mut().flatten() {
        *shock = [u.int_in_range(-limit..=limit)?, u.int_in_range(-limit..=limit)?];
    }
    for class in &mut world.classes {
        class.haircut = both(u)?;
        (class.penalty, class.keep, class.frozen) = (any(u)?, any(u)?, u.arbitrary()?);
    }
    let factors = world.factors.len();
    for asset in &mut world.assets {
        // mostly rows that exist and that several share; sometimes none
        let most = if rarely(u, 16)? { MAX_FACTORS - 1 } else { factors - 1 };
        asset.factor = u.int_in_range(0..=most)? as u8;
        let most = if rarely(u, 8)? { MAX_SOURCES - 1 } else { 2 };
        asset.source = u.int_in_range(0..=most)? as u8;
        let most = if rarely(u, 8)? { MAX_ISSUERS - 1 } else { 2 };
        asset.issuer = u.int_in_range(0..=most)? as u8;
        (asset.basis, asset.jump) = (both(u)?, both(u)?);
        (asset.confidence, asset.gap, asset.rate_confidence) = (any(u)?, any(u)?, any(u)?);
        (asset.credit_scale, asset.debt_scale) = (any(u)?, any(u)?);
        asset.depth = Depth { size_shr16: number(u, 1 << 43)?, slope: weight(u, ONE)? };
        asset.isolated = u.arbitrary()?;
    }
    world.classes.truncate(MAX_CLASSES);
    Ok(world)
}

#[cfg(test)]
mod tests {
    use super::*;
    use trestle_risk_math::constraints::{check_asset, check_class, check_factor, check_group};

    /// A generator whose worlds broke the constraints would make every property vacuous or false.
    #[test]
    fn worlds_satisfy_the_constraints() {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..2_000 {
            let bytes: Vec<u8> = (0..1_500)
                .map(|_| {
                    seed ^= seed << 13;
                    seed ^= seed >> 7;
                    seed ^= seed << 17;
                    seed as u8
                })
                .collect();
            let world = world(&mut Unstructured::new(&bytes)).unwrap();
            check_group(&world.group).unwrap();
            for (id, factor) in world.factors.iter().enumerate() {
                let shocks = world.scenarios.iter().map(|row| row[id]);
                check_factor(&world.group, factor, shocks).unwrap();
            }
            world.classes.iter().for_each(|class| check_class(class).unwrap());
            for asset in &world.assets {
                let factor = world.factors[usize::from(asset.factor)];
                let config = config(asset, asset.rate_confidence, Weight::ZERO);
                check_asset(&world.group, &factor, &config, worst_haircut(&world)).unwrap();
            }
        }
    }
}
