//! P14 and P15: nothing panics, bounds are exact, results depend on inputs alone.

use crate::case::{Case, Features, accounts};
use crate::cases;
use crate::exact::{Style, exact, int};
use crate::support::{Factor, Listed, Plain, World};
use proptest::collection::vec;
use proptest::prelude::*;
use trestle_risk_math::MathError;
use trestle_risk_math::gate::admit;
use trestle_risk_math::guard::*;
use trestle_risk_math::index::{Index, grown_debt};
use trestle_risk_math::liquidation::*;
use trestle_risk_math::num::*;
use trestle_risk_math::pool::*;
use trestle_risk_math::portfolio::*;
use trestle_risk_math::price::{MAX_LEG_VALUE, Price, PriceScale};

/// Any word, with the corners drawn often.
fn word() -> impl Strategy<Value = u64> {
    let corner =
        (0_u32..64, -1_i64..=1).prop_map(|(bit, step)| (1_u64 << bit).wrapping_add_signed(step));
    prop_oneof![1 => Just(0), 1 => Just(u64::MAX), 4 => corner, 4 => any::<u64>()]
}

fn any_pair() -> impl Strategy<Value = Pair<Weight>> {
    (any::<u32>(), any::<u32>()).prop_map(|(m, i)| Pair::new(Weight::stored(m), Weight::stored(i)))
}

fn any_price() -> impl Strategy<Value = Price> {
    (1_u32 << 31..=u32::MAX, 0_u8..=95).prop_map(|(m, s)| Price::new(m, s).unwrap())
}

const AGES: [Freshness; 4] = [Freshness::Live, Freshness::Aged, Freshness::Stale, Freshness::Dead];

fn any_asset() -> impl Strategy<Value = Listed> {
    let pairs = (any_pair(), any_pair(), vec(any::<u32>(), 7));
    let ids = (any::<u8>(), any::<u8>(), any::<u8>(), any::<bool>(), 0_usize..4);
    (any_price(), ids, pairs, word(), any::<i64>()).prop_map(
        |(price, (factor, source, issuer, isolated, age), (basis, jump, w), size, published)| {
            let w = |i: usize| Weight::stored(w[i]);
            // most ids known, so that the pass goes on
            let terms = AssetTerms {
                price,
                factor: factor % 17,
                source: source % 65,
                issuer: issuer % 17,
                isolated,
                basis,
                confidence: w(0),
                gap: w(1),
                rate_confidence: w(2),
                jump,
                depth: Depth { size_shr16: size, slope: w(3) },
                credit_scale: w(4),
                debt_scale: w(5),
                freshness: AGES[age],
                keep: w(6),
                published,
            };
            Listed { name: "any", terms, incentive_max: Weight::ZERO }
        },
    )
}

/// Tables that no validator has seen.
fn any_world() -> impl Strategy<Value = World> {
    let group =
        (any_pair(), any_pair(), any_pair(), any_pair(), any_pair(), vec(any::<u32>(), 4), word())
            .prop_map(|(lambda, split, confidence, illiquid, stress_floor, w, target_min)| {
                GroupTerms {
                    lambda,
                    split,
                    confidence,
                    confidence_max: Weight::stored(w[0]),
                    gap_max: Weight::stored(w[1]),
                    illiquid,
                    unsettled: Weight::stored(w[2]),
                    stress_floor,
                    target: Weight::stored(w[3]),
                    target_min,
                }
            });
    let factors = vec((any_pair(), any_pair(), any_pair()), 15..=16).prop_map(|f| {
        f.into_iter().map(|(down, up, offset)| Factor { down, up, offset }).collect()
    });
    let class =
        (any_pair(), vec(any::<u32>(), 4), any::<bool>()).prop_map(|(haircut, w, frozen)| {
            ClassTerms {
                haircut,
                penalty: Weight::stored(w[0]),
                shock: Weight::stored(w[1]),
                loop_shock: Weight::stored(w[2]),
                keep: Weight::stored(w[3]),
                frozen,
            }
        });
    let shocks = vec(prop::array::uniform16(prop::array::uniform2(any::<i64>())), 0..4);
    (group, vec(any_asset(), 1..6), factors, vec(class, 15..=16), shocks).prop_map(
        |(group, assets, factors, classes, scenarios)| World {
            group,
            assets,
            factors,
            classes,
            scenarios,
        },
    )
}

fn any_details() -> impl Strategy<Value = Details> {
    let words = (word(), word(), word(), word());
    let small = (0_usize..4, any::<u32>(), 0_u8..=17, any::<u32>(), any::<bool>(), any::<u8>());
    (words, small, proptest::option::of(any_price())).prop_map(
        |(
            (bids, asks, unsettled, settleable),
            (age, keep, account, weight, unread, days),
            venue_price,
        )| Details {
            freshness: AGES[age],
            keep: Weight::stored(keep),
            account: if account == 17 { NO_ACCOUNT } else { account },
            venue_weight: Weight::stored(weight),
            venue_price,
            unread,
            bids,
            asks,
            unsettled,
            settleable,
            maturity_days: days,
        },
    )
}

fn any_legs() -> impl Strategy<Value = Vec<(Leg, Details)>> {
    let leg = (0_u8..7, 0_u8..=17, any::<bool>(), any::<bool>(), word(), word());
    let leg = (leg, any_details()).prop_map(
        |((asset, class, debt, special, amount, liquid), details)| {
            let side = if debt { Side::Debt } else { Side::Asset };
            (Leg { asset, class, side, special, amount, liquid }, details)
        },
    );
    vec(leg, 0..70)
}

proptest! {
    #![proptest_config(cases(8))]

    /// P14. The pass and the slope return on any tables and any legs, sorted or not.
    #[test]
    fn p14_a_pass_never_panics(
        world in any_world(),
        legs in any_legs(),
        sort in any::<bool>(),
        pulls in vec((0_u8..7, 0_u8..=17, any::<i32>(), any::<bool>()), 0..5),
    ) {
        let case = Case { world, legs };
        let plain = if sort { case.plain() } else { Plain(case.legs.clone()) };
        let (mut book, mut meter) = (Book::new(), Breakdown::default());
        let result = assess(&case.world, &plain, &mut book, &mut meter);
        if case.legs.len() > MAX_LEGS {
            prop_assert_eq!(result, Err(MathError::TooManyLegs));
        }
        let pulls: Vec<_> =
            pulls.iter().map(|(asset, class, rate, illiquid)| Pull { asset: *asset, class: *class, rate: *rate, illiquid: *illiquid }).collect();
        let _ = slope(&case.world, &plain, &book, &pulls);
        for term in Term::ALL {
            let _ = meter.charge(term);
        }
    }

    /// P14. So do the functions of one or a few words.
    #[test]
    fn p14_plain_functions_never_panic(w in prop::array::uniform8(word()), x in any::<i64>(), price in any_price()) {
        let [a, b, c, d, e, f, g, h] = w;
        let (wide, low) = (u128::from(a) << 64 | u128::from(b), |x: u64| (x & 0xffff_ffff) as u32);
        let weight = |x: u64| Weight::clamped(low(x));
        let _ = (mul_div_floor(a, b, c), mul_div_ceil(a, b, c), mul_shift64_floor(a, wide), mul_shift64_ceil(a, wide));
        prop_assert!(ratio_q16_ceil(a, b, low(c)) <= low(c) || a == 0);
        let _ = (price.asset_value(a), price.debt_value(a), price.amount_floor(a), price.amount_ceil(a));
        let other = PriceScale::new(a as u8, b as i32).and_then(|scale| scale.price(c)).unwrap_or(price);
        let _ = (price.gap_q16(other, low(a)), rate_confidence(price, other, weight(a)));
        let index = Index::new(wide & Index::MAX.q64()).unwrap();
        let _ = (index.tokens_floor(c), index.tokens_ceil(c), index.units_floor(c), index.units_ceil(c), index.exact(c));
        let _ = (price.times(index), index.plus(wide), grown_debt(a, b, c));
        let _ = bounded_rate(index, Index::MAX, weight(c), d);
        let limits = AgeLimits { init: low(a), maint: low(b), hard: low(c), decay: low(d) };
        let _ = (limits.validate(), limits.at(x), fading(a, b), aged_confidence(weight(a), weight(b), x, weight(c)));
        let raw = RawSample { price: x, confidence: a, ema: b as i64, published: c as i64 };
        let terms = SampleTerms { confidence_multiple: low(d), confidence_cap: weight(e), max_age: low(f) };
        let one = sample(&raw, PriceScale::new(6, -8).unwrap(), &terms, g as i64).ok();
        let two = Sample { price: other, confidence: weight(a), gap: weight(b), published: x };
        let dual = DualTerms { divergence_cap: weight(c), single_widening: weight(d), allow_single: a % 2 == 0, pause: low(e) };
        let _ = (combine(one.as_ref(), Some(&two), &dual, b as i64, c as i64), combine(Some(&two), one.as_ref(), &dual, x, g as i64));
        let health = Health { equity: x, uncredited: a as i64, debts: b as i64, native_debts: c as i64, init: Some(d as i64), liqend: e as i64, maint: f as i64, oldest: g as i64, newest: h as i64, ..Health::default() };
        let _ = (health.skew(), health.equity_after_default(), is_bankrupt(&health, a), close_cap(&health, weight(a)));
        let _ = target(&health, &World::new().group);
        let incentives = IncentiveTerms { start: weight(a), max: weight(b), per_shortfall: weight(c), ramp_slots: low(d), insurance_share: weight(e) };
        let rate = incentive(&health, h, &incentives);
        prop_assert!(rate <= equity_cap(&health) && rate <= incentives.max);
        prop_assert!(deficit_incentive(&health, &incentives).from_account <= equity_cap(&health));
        let bounds = Bounds { debt: a, collateral: b, offered: c, call_cap: d, close_cap: e };
        if let Some(step) = step_value(x, f as i64, g as i64, weight(h), &bounds) {
            prop_assert!(step <= bounds.debt && step <= bounds.offered.min(bounds.call_cap));
        }
        let before: Result<Health, MathError> = Ok(health);
        prop_assert!(admit(|| before, &health, x).is_ok());
        let pool = Pool { cash: a, deposit_units: b, debt_units: c, deposit_index: index, debt_index: index, fees: wide, insurance: u128::from(d) << 64, updated: x };
        let _ = (pool.utilisation(), pool.is_balanced(), pool.deposits(), pool.debts());
        let curve = RateCurve::new(core::array::from_fn(|i| RatePoint { utilisation: Weight::clamped(16_384 * i as u32), apr: Apr::MAX })).unwrap();
        let terms = PoolTerms { curve, fee_share: weight(f), insurance_share: weight(g) };
        let _ = (pool.accrued(&terms, h as i64), growth_q64(Apr::new(low(a)).unwrap_or(Apr::MAX), b));
        // each returns what it made of it: nothing, or an error
        let ops: [fn(&mut Pool, u64) -> bool; 6] = [
            |p, x| p.supply(x).is_ok(),
            |p, x| p.redeem(x).is_ok(),
            |p, x| p.borrow(x).is_ok(),
            |p, x| p.insure(x).is_ok(),
            |p, x| p.repayment(x, x / 2).and_then(|paid| p.repay(paid)).is_ok(),
            |p, x| split_loss(p, x).is_ok(),
        ];
        for op in ops {
            let mut after = pool;
            prop_assert!(op(&mut after, e) || after == pool, "refused and changed");
        }
        let _ = (pool.clone().collect_fees(), pool.units_for(f));
    }

    /// P14. Values at the bound are exact, one unit beyond it an error.
    #[test]
    fn p14_the_bound_of_a_value_is_exact(price in any_price(), amount in word()) {
        let (mantissa, shift) = (u128::from(price.mantissa()), u32::from(price.shift()));
        let low = (u128::from(amount) * mantissa) >> shift;
        let n = u128::from(amount) * (mantissa + 1);
        let high = (n >> shift) + u128::from(n & ((1 << shift) - 1) != 0);
        let bound = u128::from(MAX_LEG_VALUE);
        match price.asset_value(amount) {
            Ok(value) => prop_assert!(low <= bound && u128::from(value) == low),
            Err(error) => prop_assert!(low > bound && error == MathError::Overflow),
        }
        match price.debt_value(amount) {
            Ok(value) => prop_assert!(n >> shift <= bound && u128::from(value) == high),
            Err(error) => prop_assert!(n >> shift > bound && error == MathError::Overflow),
        }
    }

    /// P14. Sixty-four legs of 9 billion USD each are charged exactly.
    #[test]
    fn p14_the_largest_account_is_exact(case in accounts(Features::PLAIN), sides in any::<u64>()) {
        let assets = case.world.assets.len() as u8;
        let classes = case.world.classes.len() as u8;
        let legs = (0..64_u8).map(|i| {
            let (asset, class) = (i % assets, (i / assets) % classes);
            let side = if sides >> i & 1 == 0 { Side::Asset } else { Side::Debt };
            // legs of one asset and class share the bound
            let legs_of_key = 64_u64.div_ceil(u64::from(assets) * u64::from(classes));
            let price = case.world.assets[usize::from(asset)].terms.price;
            let amount = price.amount_floor(MAX_LEG_VALUE / legs_of_key).unwrap_or(u64::MAX).min(u64::MAX / legs_of_key);
            (Leg { asset, class, side, special: false, amount, liquid: u64::MAX }, Details::NONE)
        });
        let case = case.with(legs.collect());
        let health = case.health();
        for (init, health) in [(true, health.liqend), (false, health.maint)] {
            let model = exact(&case, init, Style::Specified);
            let above = int(model.equity - i128::from(health)) - model.required(false);
            prop_assert!(above >= int(0) && above < int(1));
        }
    }

    /// P15. The same inputs give the same result: on another run, with a
    /// meter, after other accounts, and beside rows that nothing names.
    #[test]
    fn p15_results_depend_on_inputs_alone(case in accounts(Features::CURRENT), other in accounts(Features::PLAIN)) {
        let (health, book) = case.book();
        let _ = other.health();
        let (again, same) = case.book();
        prop_assert_eq!(again, health);
        prop_assert_eq!(format!("{book:?}"), format!("{same:?}"));
        let (mut metered, mut meter) = (Book::new(), Breakdown::default());
        let result = assess(&case.world, &case.plain(), &mut metered, &mut meter);
        prop_assert_eq!(result, Ok(health));
        prop_assert_eq!(format!("{book:?}"), format!("{metered:?}"));
        let mut beside = case.clone();
        beside.world.assets.extend(other.world.assets.iter().copied());
        beside.world.classes.push(trestle_risk_math::defaults::NEW_VENUE);
        prop_assert_eq!(beside.health(), health);
    }

    /// P15. The named charges add up to the requirement, each rounded up.
    #[test]
    fn p15_the_breakdown_adds_up(case in accounts(Features::CURRENT)) {
        let [init, _, maint] = crate::case::required(&case.health());
        let meter = case.meter();
        let sum = |row: fn(Pair<u64>) -> u64| {
            let charges: u64 = Term::ALL.iter().map(|term| row(meter.charge(*term))).sum();
            (charges + row(meter.additive) + row(meter.systemic)) as i64
        };
        let most = Term::ALL.len() as i64 + 2;
        for (total, required) in [(sum(|p| p.init), init), (sum(|p| p.maint), maint)] {
            prop_assert!(total >= required && total - required <= most, "{total} for {required}");
        }
    }
}
