//! Strategies for tables: the default ones and random ones, all within C1 to C8.

use crate::support::{Factor, Listed, World};
use proptest::collection::vec;
use proptest::prelude::*;
use trestle_risk_math::constraints::{self, AssetConfig, credit_room, scenario_shock};
use trestle_risk_math::num::{ONE, Pair, Weight};
use trestle_risk_math::portfolio::*;
use trestle_risk_math::price::Price;

/// Price sources that share a factor.
const SOURCES_PER_FACTOR: u8 = 3;

fn weight(q16: u32) -> Weight {
    Weight::new(q16).unwrap()
}

/// Both rows at most `max`, maintenance at most initial.
fn pair(max: u32) -> impl Strategy<Value = Pair<Weight>> {
    (0..=max, 0..=ONE).prop_map(|(init, share)| {
        let maint = Weight::clamped(share).of_floor(init.into());
        Pair::new(weight(maint as u32), weight(init))
    })
}

/// Terms of the group. Ranges leave room for C3 whatever else is drawn.
fn group() -> impl Strategy<Value = GroupTerms> {
    let confidence = prop_oneof![Just(Pair::both(Weight::ONE)), pair(ONE)];
    (pair(ONE), pair(655), confidence, 0..=1_966_u32, 0..=3_277_u32, pair(9_830), 0..=ONE, 0..ONE)
        .prop_map(|(lambda, split, confidence, conf, gap, illiquid, unsettled, floor)| GroupTerms {
            lambda,
            split,
            confidence,
            confidence_max: weight(conf),
            gap_max: weight(gap),
            illiquid,
            unsettled: weight(unsettled),
            stress_floor: Pair::new(weight(floor), weight(floor / 2)),
            target: weight(1_311),
            target_min: 10_000_000,
        })
}

/// Shocks of one factor, its offset within C4.
fn factor(lambda: Pair<Weight>) -> impl Strategy<Value = Factor> {
    (pair(29_491), pair(2 * ONE), pair(3_277)).prop_map(move |(mut down, up, offset)| {
        down.maint = down.maint.max(weight(66));
        down.init = down.init.max(down.maint);
        let most = |lambda: Weight, down: Weight, up: Weight| {
            weight(
                ((u64::from(lambda.q16()) * u64::from(down.q16() + up.q16())) >> 16)
                    .min(u64::from(ONE)) as u32,
            )
        };
        let offset = Pair::new(
            offset.maint.min(most(lambda.maint, down.maint, up.maint)),
            offset.init.min(most(lambda.init, down.init, up.init)),
        );
        Factor { down, up, offset }
    })
}

/// What an asset is made from; ids are taken modulo what there is.
#[derive(Clone, Copy, Debug)]
struct AssetSeed {
    factor: u8,
    source: u8,
    issuer: u8,
    basis: Pair<Weight>,
    rate_confidence: u32,
    depth: (u64, u32),
    scales: (u32, u32),
    price: Price,
    incentive: u32,
}

/// A price: about a dollar cent to 4,000 USD for a million native units, or any at all.
pub fn prices() -> impl Strategy<Value = Price> {
    let shift = prop_oneof![6 => 22_u8..=40, 3 => 8_u8..=31, 1 => 0_u8..=70];
    (1_u32 << 31..=u32::MAX, shift).prop_map(|(m, s)| Price::new(m, s).unwrap())
}

fn asset_seed() -> impl Strategy<Value = AssetSeed> {
    let size = prop_oneof![1 => Just(0_u64), 2 => 1_u64..1 << 20, 4 => 1_u64 << 20..1 << 43];
    let scales = prop_oneof![2 => Just((0, 0)), 1 => (0..=ONE, 0..=2 * ONE)];
    let ids = (any::<u8>(), 0..SOURCES_PER_FACTOR, 0_u8..=3);
    (ids, pair(5_243), 0..=1_311_u32, (size, 0..=ONE), scales, prices(), 0..=ONE).prop_map(
        |((factor, source, issuer), basis, rate_confidence, depth, scales, price, incentive)| {
            AssetSeed {
                factor,
                source,
                issuer,
                basis,
                rate_confidence,
                depth,
                scales,
                price,
                incentive,
            }
        },
    )
}

fn class() -> impl Strategy<Value = ClassTerms> {
    (pair(6_553), 0..=6_553_u32, 0..=6_553_u32).prop_map(|(haircut, penalty, shock)| ClassTerms {
        haircut,
        penalty: weight(penalty),
        shock: weight(shock),
        loop_shock: weight(shock / 4),
        keep: Weight::ONE,
        frozen: false,
    })
}

/// Scenario moves in basis points of a factor's shocks.
fn fraction() -> impl Strategy<Value = i16> {
    prop_oneof![2 => Just(0_i16), 1 => Just(-10_000_i16), 1 => Just(10_000_i16), 4 => -10_000_i16..=10_000]
}

fn random_worlds() -> impl Strategy<Value = World> {
    let tables = group().prop_flat_map(|group| (Just(group), vec(factor(group.lambda), 1..=5)));
    let scenarios = vec(vec(fraction(), MAX_FACTORS), 0..=6);
    // confidence and gap of each source, as shares of their caps; jump of each issuer
    let sources = vec((0..=ONE, 0..=ONE), MAX_SOURCES);
    let issuers = vec(pair(2_621), 4);
    (tables, vec(asset_seed(), 1..=8), vec(class(), 1..=4), scenarios, sources, issuers).prop_map(
        |((group, factors), assets, classes, fractions, sources, issuers)| {
            build(group, factors, &assets, classes, &fractions, &sources, &issuers)
        },
    )
}

fn build(
    group: GroupTerms,
    mut factors: Vec<Factor>,
    seeds: &[AssetSeed],
    mut classes: Vec<ClassTerms>,
    fractions: &[Vec<i16>],
    sources: &[(u32, u32)],
    issuers: &[Pair<Weight>],
) -> World {
    let plain = factors.len() as u8;
    let full = Pair::both(Weight::ONE);
    factors.push(Factor { down: full, up: full, offset: Pair::both(Weight::ZERO) });
    classes[0] = trestle_risk_math::defaults::NATIVE;
    let mut world = World { group, assets: vec![], factors, classes, scenarios: vec![] };
    for seed in seeds {
        let factor = seed.factor % plain;
        let source = factor * SOURCES_PER_FACTOR + seed.source;
        let (confidence, gap) = sources[usize::from(source)];
        let share =
            |of: Weight, part: u32| Weight::new(part).unwrap().of_floor(of.q16().into()) as u32;
        let split = |w: Weight| weight(w.q16().div_ceil(2));
        let basis = Pair::new(
            seed.basis.maint.max(split(group.split.maint)),
            seed.basis.init.max(split(group.split.init)).max(seed.basis.maint),
        );
        let mut terms = AssetTerms {
            price: seed.price,
            factor,
            source,
            issuer: seed.issuer,
            isolated: false,
            basis,
            confidence: weight(share(group.confidence_max, confidence)),
            gap: weight(share(group.gap_max, gap)),
            rate_confidence: weight(seed.rate_confidence),
            jump: if seed.issuer == 0 {
                Pair::both(Weight::ZERO)
            } else {
                issuers[usize::from(seed.issuer)]
            },
            depth: Depth { size_shr16: seed.depth.0, slope: Weight::ZERO },
            credit_scale: weight(seed.scales.0),
            debt_scale: weight(seed.scales.1),
            freshness: Freshness::Live,
            keep: Weight::ONE,
            published: 1_000,
        };
        let f = world.factors[usize::from(factor)];
        let half = f.down.maint.q16() / 2;
        let incentive_max =
            weight(u64::from(half).saturating_mul(seed.incentive.into()).wrapping_shr(16) as u32);
        let room = credit_room(
            &group,
            &f.terms(),
            &asset_config(&terms, incentive_max),
            world.worst_haircut(),
        );
        let room = room.expect("the ranges leave room").q16();
        terms.depth.slope =
            weight(u64::from(room).saturating_mul(seed.depth.1.into()).wrapping_shr(16) as u32);
        world.assets.push(Listed { name: "drawn", terms, incentive_max });
    }
    let mut lone = world.assets[0].terms;
    (lone.isolated, lone.factor, lone.source, lone.issuer) = (true, plain, 60, 0);
    (lone.depth, lone.jump) = (Depth::default(), Pair::both(Weight::ZERO));
    (lone.credit_scale, lone.debt_scale) = (Weight::ZERO, Weight::ZERO);
    world.assets.push(Listed { name: "isolated", terms: lone, incentive_max: Weight::ZERO });
    let whole = [vec![-10_000; MAX_FACTORS], vec![10_000; MAX_FACTORS]];
    let rows =
        whole.iter().chain(fractions).take(if fractions.is_empty() { 0 } else { MAX_SCENARIOS });
    world.scenarios = rows
        .map(|row| {
            core::array::from_fn(|id| match world.factors.get(id) {
                None => [0, 0],
                Some(f) => {
                    // isolated assets never fall (C8)
                    let fraction = if id == usize::from(plain) { row[id].max(0) } else { row[id] };
                    [
                        scenario_shock(fraction, f.down.maint, f.up.maint),
                        scenario_shock(fraction, f.down.init, f.up.init),
                    ]
                }
            })
        })
        .collect();
    world
}

/// What the validator sees of an asset.
pub fn asset_config(terms: &AssetTerms, incentive_max: Weight) -> AssetConfig {
    AssetConfig {
        isolated: terms.isolated,
        basis: terms.basis,
        rate_confidence_max: terms.rate_confidence,
        jump: terms.jump,
        depth: terms.depth,
        incentive_max,
    }
}

/// Runs the validator over whole tables.
pub fn validate(world: &World) -> Result<(), constraints::Violation> {
    constraints::check_group(&world.group)?;
    for (id, factor) in world.factors.iter().enumerate() {
        let shocks = world.scenarios.iter().map(|row| row[id]);
        constraints::check_factor(&world.group, &factor.terms(), shocks)?;
    }
    for class in &world.classes {
        constraints::check_class(class)?;
    }
    for asset in &world.assets {
        let factor = world.factors[usize::from(asset.terms.factor)].terms();
        let config = asset_config(&asset.terms, asset.incentive_max);
        constraints::check_asset(&world.group, &factor, &config, world.worst_haircut())?;
    }
    Ok(())
}

/// The default tables with confidence, gaps and group totals as they may be on a rough day.
fn default_worlds() -> impl Strategy<Value = World> {
    (vec((0..=1_966_u32, 0..=3_277_u32), 8), vec(0..=ONE / 2, 8)).prop_map(|(sources, scales)| {
        let mut world = World::new();
        for (position, asset) in world.assets.iter_mut().enumerate() {
            let terms = &mut asset.terms;
            let (confidence, gap) = sources[usize::from(terms.source)];
            (terms.confidence, terms.gap) = (weight(confidence), weight(gap));
            if !terms.isolated {
                terms.credit_scale = weight(scales[position]);
                terms.debt_scale = weight(scales[position]);
            }
        }
        world
    })
}

/// Tables in which the initial row is the stricter one in every scenario too.
///
/// C1 alone does not order the levels: a hedge may gain more from the initial
/// row's shock than the hedged side loses (`tests/constraints.rs` shows one).
/// It suffices that no side of a factor gains more in a scenario than the
/// additive part charges it: `(1 - lambda) (|x_i| - |x_m|)` is at most
/// `lambda` times what the other side's shock grows by.
pub fn ordered_worlds() -> impl Strategy<Value = World> {
    worlds().prop_map(|mut world| {
        let lambda = world.group.lambda.init.max(weight(ONE / 2));
        world.group.lambda.init = lambda;
        let (charged, trusted) = (u64::from(lambda.q16()), u64::from(lambda.complement().q16()));
        for (id, factor) in world.factors.iter_mut().enumerate() {
            let grown = factor.down.init.q16() - factor.down.maint.q16();
            let least = (u64::from(grown) * trusted).div_ceil(charged) as u32;
            let most =
                (u64::from(grown) * charged).checked_div(trusted).unwrap_or(u64::from(ONE)) as u32;
            let own = factor.up.init.q16() - factor.up.maint.q16();
            factor.up.init = Weight::clamped(factor.up.maint.q16() + own.clamp(least, most));
            for row in &mut world.scenarios {
                let [maint, init] = row[id];
                // the larger shocks stay within the new bounds, in step with the smaller
                let up = i64::from(factor.up.init.q16());
                row[id] = [
                    maint,
                    if init > 0 {
                        init.min(up).min(maint + up - i64::from(factor.up.maint.q16())).max(maint)
                    } else {
                        init
                    },
                ];
            }
        }
        world
    })
}

/// Tables within C1 to C8.
pub fn worlds() -> impl Strategy<Value = World> {
    prop_oneof![1 => default_worlds(), 3 => random_worlds()]
}

proptest! {
    #![proptest_config(crate::cases(4))]

    /// The strategies draw what the validator admits, so the properties hold
    /// for what can be configured.
    #[test]
    fn tables_satisfy_the_constraints(world in worlds()) {
        prop_assert_eq!(validate(&world), Ok(()));
    }
}
