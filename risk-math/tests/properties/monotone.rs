//! P1, P8, P10, P11, P17: which way health moves.

use crate::case::{Case, Features, accounts, accounts_in, seed};
use crate::cases;
use crate::tables::{ordered_worlds, worlds};
use proptest::collection::vec;
use proptest::prelude::*;
use trestle_risk_math::num::{ONE, Pair, Weight};
use trestle_risk_math::portfolio::*;
use trestle_risk_math::price::Price;

/// No health of `after` is below that of `before` by more than `slack` micro-USD.
fn expect_not_lower(before: &Health, after: &Health, slack: i64) -> Result<(), TestCaseError> {
    prop_assert!(after.maint >= before.maint - slack, "maint {} to {}", before.maint, after.maint);
    prop_assert!(
        after.liqend >= before.liqend - slack,
        "liqend {} to {}",
        before.liqend,
        after.liqend
    );
    if let Some(init) = before.init {
        let now = after.init.expect("nothing became stale");
        prop_assert!(now >= init - slack, "init {init} to {now}");
    }
    Ok(())
}

/// `x` grown toward `max` by a share of the room, at least by one step.
fn raised(x: Weight, share: u32, max: u32) -> Weight {
    let room = max.saturating_sub(x.q16());
    let step = (u64::from(room) * u64::from(share)).div_ceil(u64::from(ONE)) as u32;
    Weight::clamped(x.q16() + step)
}

fn raised_pair(pair: Pair<Weight>, share: u32, max: u32) -> Pair<Weight> {
    Pair::new(raised(pair.maint, share, max), raised(pair.init, share, max))
}

/// The parameters of P10, each made stricter by a share.
fn stricter(case: &Case, which: u8, share: u32) -> Case {
    let mut case = case.clone();
    let world = &mut case.world;
    let group = &mut world.group;
    match which {
        0 => world.factors.iter_mut().for_each(|f| f.down = raised_pair(f.down, share, ONE)),
        1 => world.factors.iter_mut().for_each(|f| f.up = raised_pair(f.up, share, 2 * ONE)),
        2 => world.factors.iter_mut().for_each(|f| f.offset = raised_pair(f.offset, share, ONE)),
        3 => world.classes.iter_mut().for_each(|c| c.haircut = raised_pair(c.haircut, share, ONE)),
        4 => world.classes.iter_mut().for_each(|c| c.penalty = raised(c.penalty, share, ONE)),
        5 => group.confidence = raised_pair(group.confidence, share, ONE),
        6 => group.split = raised_pair(group.split, share, ONE),
        7 => group.illiquid = raised_pair(group.illiquid, share, ONE),
        8 => group.lambda = raised_pair(group.lambda, share, ONE),
        9 => group.gap_max = raised(group.gap_max, share, ONE),
        10 => {
            let lower = |w: Weight| {
                Weight::clamped(Weight::clamped(ONE - share).of_floor(w.q16().into()) as u32)
            };
            group.stress_floor =
                Pair::new(lower(group.stress_floor.maint), lower(group.stress_floor.init));
        }
        11 => group.unsettled = Weight::ZERO,
        _ => {
            for asset in &mut world.assets {
                let terms = &mut asset.terms;
                match which {
                    12 => terms.basis = raised_pair(terms.basis, share, ONE),
                    13 => terms.confidence = raised(terms.confidence, share, ONE),
                    14 => terms.rate_confidence = raised(terms.rate_confidence, share, ONE),
                    15 => terms.gap = raised(terms.gap, share, ONE),
                    16 if terms.issuer != 0 => terms.jump = raised_pair(terms.jump, share, ONE),
                    17 => terms.credit_scale = raised(terms.credit_scale, share, ONE),
                    18 => terms.debt_scale = raised(terms.debt_scale, share, 2 * ONE),
                    _ => {
                        let size = terms.depth.size_shr16;
                        let gone = (u128::from(size) * u128::from(share)) >> 16;
                        terms.depth.size_shr16 = size - gone as u64;
                    }
                }
            }
        }
    }
    case
}

proptest! {
    #![proptest_config(cases(8))]

    /// P1. A deposit or a repayment anywhere never lowers health, whatever is
    /// stale, frozen, fading, unread, illiquid, stressed or concentrated.
    #[test]
    fn p01_adding_value_never_lowers_health(
        case in accounts(Features::BOUNDED),
        leg in any::<prop::sample::Index>(),
        share in 0..=ONE,
        seed in seed(),
    ) {
        let before = case.health();
        let index = leg.index(case.legs.len());
        let mut legs = case.legs.clone();
        let (leg, _) = &mut legs[index];
        let change = Weight::clamped(share).of_floor(leg.amount);
        match leg.side {
            Side::Asset => {
                leg.amount += change;
            }
            Side::Debt => leg.amount -= change,
        }
        expect_not_lower(&before, &case.with(legs).health(), 2)?;
        // a new position
        let (mut added, details) = seed.leg(&case.world, Features::PLAIN);
        added.side = Side::Asset;
        let mut legs = case.legs.clone();
        legs.push((added, details));
        expect_not_lower(&before, &case.with(legs).health(), 2)?;
    }

    /// P8. The levels keep their order.
    #[test]
    fn p08_init_is_below_liqend_is_below_maint(case in accounts_in(ordered_worlds(), Features::BOUNDED)) {
        let health = case.health();
        prop_assert!(health.liqend <= health.maint);
        prop_assert!(health.init.is_none_or(|init| init <= health.liqend));
        prop_assert!(health.maint <= health.equity, "a requirement is not negative");
    }

    /// P10. A stricter parameter or a wider confidence never raises health.
    /// A lower depth may, by what its chords lie above the square.
    #[test]
    fn p10_stricter_terms_never_raise_health(
        case in accounts(Features { ages: false, ..Features::BOUNDED }),
        which in 0_u8..=19,
        share in 1..=ONE,
    ) {
        let slack = if which == 19 {
            case.world.assets.iter().map(|a| (a.terms.depth.size_shr16 >> 18) as i64 + 1).sum()
        } else {
            0
        };
        expect_not_lower(&stricter(&case, which, share).health(), &case.health(), slack)?;
    }

    /// P11. On a factor that is long only, a higher price raises health.
    #[test]
    fn p11_a_higher_price_raises_a_long_book(
        world in worlds(),
        seeds in vec(seed(), 1..=12),
        risen in any::<prop::sample::Index>(),
        mantissa in 1_u32 << 31..=u32::MAX,
    ) {
        let mut legs: Vec<_> = seeds.iter().map(|s| s.leg(&world, Features { illiquid: true, ..Features::PLAIN })).collect();
        let asset = legs[risen.index(legs.len())].0.asset;
        let factor = world.assets[usize::from(asset)].terms.factor;
        for (leg, _) in &mut legs {
            if world.assets[usize::from(leg.asset)].terms.factor == factor {
                leg.side = Side::Asset;
            }
        }
        let low = Case { world, legs };
        let mut high = low.clone();
        let terms = &mut high.world.assets[usize::from(asset)].terms;
        let mantissa = terms.price.mantissa().max(mantissa);
        terms.price = Price::new(mantissa, terms.price.shift()).unwrap();
        expect_not_lower(&low.health(), &high.health(), 1)?;
        prop_assert!(high.health().equity >= low.health().equity);
    }

    /// P17. Freezing a venue class, or letting its claims fade, never raises
    /// health above what it was while every class was active.
    #[test]
    fn p17_freezing_a_venue_never_raises_health(
        mut case in accounts(Features::BOUNDED),
        class in any::<prop::sample::Index>(),
        keep in 0..=ONE,
    ) {
        let classes = case.world.classes.len();
        if classes < 2 {
            return Ok(()); // only the native class, which cannot freeze
        }
        let class = 1 + class.index(classes - 1);
        // one venue at a time: the views know "all hedges kept" and "all gone"
        for class in &mut case.world.classes {
            (class.frozen, class.keep) = (false, Weight::ONE);
        }
        case.legs.iter_mut().for_each(|(_, details)| details.unread = false);
        let active = case.health();
        case.world.classes[class].frozen = true;
        let frozen = case.health();
        prop_assert_eq!((frozen.maint, frozen.liqend), (active.maint, active.liqend));
        expect_not_lower(&frozen, &active, 0)?;
        case.world.classes[class].keep = Weight::clamped(keep);
        expect_not_lower(&case.health(), &active, 4)?;
    }
}
