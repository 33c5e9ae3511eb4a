//! `guard`: samples, ages, two sources, bounded rates.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

use trestle_risk_math::MathError;
use trestle_risk_math::guard::*;
use trestle_risk_math::index::Index;
use trestle_risk_math::num::{ONE, Weight};
use trestle_risk_math::portfolio::Freshness;
use trestle_risk_math::price::{Price, PriceScale};

const NOW: i64 = 1_000_000;

const RAW: RawSample = RawSample { price: 15_000, confidence: 15, ema: 15_000, published: NOW };
const TERMS: SampleTerms =
    SampleTerms { confidence_multiple: ONE, confidence_cap: Weight::clamped(66), max_age: 30 };

fn w(q16: u32) -> Weight {
    Weight::new(q16).unwrap()
}

fn take(raw: RawSample, terms: SampleTerms) -> Result<Sample, SampleError> {
    sample(&raw, PriceScale::new(6, -2).unwrap(), &terms, NOW)
}

#[test]
fn a_sample_carries_its_charges() {
    let taken = take(RawSample { ema: 15_150, ..RAW }, TERMS).unwrap();
    let price = PriceScale::new(6, -2).unwrap().price(15_000).unwrap();
    // 0.1 % is 65.5, 1 % is 655.4: both up
    assert_eq!(taken, Sample { price, confidence: w(66), gap: w(656), published: NOW });
    assert_eq!(take(RawSample { ema: 14_850, ..RAW }, TERMS).unwrap().gap, w(656));
    assert_eq!(take(RawSample { ema: i64::MAX, ..RAW }, TERMS).unwrap().gap, Weight::ONE);
}

#[test]
fn confidence_is_multiplied_and_capped() {
    let wide = |multiple, cap| {
        take(RAW, SampleTerms { confidence_multiple: multiple, confidence_cap: w(cap), ..TERMS })
    };
    assert_eq!(wide(ONE, 65), Err(SampleError::Wide));
    assert_eq!(wide(2 * ONE, 132).unwrap().confidence, w(132));
    assert_eq!(wide(2 * ONE, 131), Err(SampleError::Wide));
    assert_eq!(wide(ONE / 2 + 1, 132).unwrap().confidence, w(34)); // 33.001
    assert_eq!(wide(0, 0).unwrap().confidence, Weight::ZERO);
    assert_eq!(wide(u32::MAX, 2 * ONE).unwrap().confidence, Weight::MAX);
}

#[test]
fn ages_have_both_ends() {
    let at = |published| take(RawSample { published, ..RAW }, TERMS);
    assert!(at(NOW + MAX_AHEAD).is_ok());
    assert_eq!(at(NOW + MAX_AHEAD + 1), Err(SampleError::Future));
    assert!(at(NOW - 30).is_ok());
    assert_eq!(at(NOW - 31), Err(SampleError::Stale));
    assert_eq!(at(i64::MIN), Err(SampleError::Stale));
    assert_eq!(at(i64::MAX), Err(SampleError::Future));
}

#[test]
fn prices_are_positive() {
    for (price, ema) in [(0, 1), (-1, 1), (1, 0), (1, -1), (i64::MIN, i64::MIN)] {
        let raw = RawSample { price, ema, confidence: 0, ..RAW };
        assert_eq!(take(raw, TERMS), Err(SampleError::NotPositive));
    }
    // a price that no mantissa and shift express
    let raw = RawSample { price: i64::MAX, ema: 1, confidence: 0, ..RAW };
    assert_eq!(take(raw, TERMS), Err(SampleError::NotPositive));
}

#[test]
fn confidence_grows_with_age_to_its_cap() {
    let at = |age| aged_confidence(w(10), w(3), age, w(100));
    assert_eq!((at(-5), at(0), at(1), at(30)), (w(10), w(10), w(13), w(100)));
    assert_eq!((at(29), at(31), at(34), at(i64::MAX)), (w(97), w(100), w(100), w(100)));
    assert_eq!(aged_confidence(w(200), w(0), 0, w(100)), w(100));
    assert_eq!(aged_confidence(w(0), w(1), 100, w(100)), w(100));
    assert_eq!(aged_confidence(w(0), Weight::MAX, i64::from(u32::MAX) + 1, w(7)), w(7));
}

#[test]
fn limits_are_in_order() {
    let limits = AgeLimits { init: 10, maint: 20, hard: 30, decay: 40 };
    assert_eq!(limits.validate(), Ok(()));
    assert_eq!(AgeLimits { init: 20, hard: 20, ..limits }.validate(), Ok(()));
    for bad in [
        AgeLimits { init: 0, ..limits },
        AgeLimits { init: 21, ..limits },
        AgeLimits { hard: 19, ..limits },
        AgeLimits { decay: 0, ..limits },
    ] {
        assert_eq!(bad.validate(), Err(MathError::Range));
    }
    for (age, freshness) in [
        (i64::MIN, Freshness::Live),
        (10, Freshness::Live),
        (11, Freshness::Aged),
        (20, Freshness::Aged),
        (21, Freshness::Stale),
        (30, Freshness::Stale),
    ] {
        assert_eq!(limits.at(age), (freshness, Weight::ONE), "age {age}");
    }
    // a fortieth is 1,638.4, rounded against the holder
    assert_eq!(limits.at(31), (Freshness::Dead, w(ONE - 1_639)));
    assert_eq!(limits.at(50), (Freshness::Dead, w(ONE / 2)));
    assert_eq!(limits.at(69), (Freshness::Dead, w(1_638)));
    assert_eq!(limits.at(70), (Freshness::Dead, Weight::ZERO));
    assert_eq!(limits.at(i64::MAX), (Freshness::Dead, Weight::ZERO));
}

#[test]
fn decay_is_linear_and_rounds_down() {
    assert_eq!(
        (fading(0, 3), fading(1, 3), fading(2, 3), fading(3, 3)),
        (Weight::ONE, w(43_690), w(21_845), Weight::ZERO)
    );
    assert_eq!((fading(0, 0), fading(4, 3)), (Weight::ZERO, Weight::ZERO));
}

const DUAL: DualTerms = DualTerms {
    divergence_cap: Weight::clamped(1_311),
    single_widening: Weight::clamped(100),
    allow_single: true,
    pause: 300,
};

fn at(cents: u64, confidence: u32) -> Sample {
    let price = PriceScale::new(6, -2).unwrap().price(cents).unwrap();
    Sample { price, confidence: w(confidence), gap: w(confidence + 1), published: NOW }
}

#[test]
fn two_close_sources_widen_by_their_spread() {
    let (first, second) = (at(10_000, 20), at(10_100, 50));
    // 1 % is 655.36
    let both = combine(Some(&first), Some(&second), &DUAL, 0, NOW).unwrap();
    let sample = Sample { confidence: w(50 + 656), ..first };
    assert_eq!(both, Combined { sample, floor: Freshness::Live, hold_since: 0 });
    // the primary's confidence when it is the wider, and a hold that ends
    let both = combine(Some(&at(10_000, 60)), Some(&second), &DUAL, 77, NOW).unwrap();
    assert_eq!((both.sample.confidence, both.hold_since), (w(60 + 656), 0));
}

#[test]
fn sources_apart_pause_then_go_on() {
    let (first, second) = (at(10_000, 20), at(10_300, 50));
    let apart = |since, now| combine(Some(&first), Some(&second), &DUAL, since, now).unwrap();
    let sample = Sample { confidence: w(50), ..first };
    assert_eq!(apart(0, NOW), Combined { sample, floor: Freshness::Stale, hold_since: NOW });
    assert_eq!(apart(NOW - 299, NOW).floor, Freshness::Stale);
    let later = apart(NOW - 300, NOW);
    assert_eq!((later.floor, later.hold_since), (Freshness::Aged, NOW - 300));
    // exactly at the cap is close: 2 % is 1,310.7
    let edge = combine(Some(&first), Some(&at(10_200, 0)), &DUAL, 0, NOW).unwrap();
    assert_eq!((edge.floor, edge.sample.confidence), (Freshness::Live, w(20 + 1_311)));
}

#[test]
fn one_source_is_widened_or_withheld() {
    let only = at(10_000, 20);
    let single = |terms: &DualTerms, since| combine(None, Some(&only), terms, since, NOW).unwrap();
    let widened = Sample { confidence: w(120), ..only };
    assert_eq!(
        single(&DUAL, 0),
        Combined { sample: widened, floor: Freshness::Live, hold_since: 0 }
    );
    let strict = DualTerms { allow_single: false, ..DUAL };
    assert_eq!(single(&strict, 0).floor, Freshness::Aged);
    // a hold outlives the loss of a source: one alone cannot clear it
    assert_eq!(
        single(&DUAL, NOW),
        Combined { sample: only, floor: Freshness::Stale, hold_since: NOW }
    );
    assert_eq!(single(&DUAL, NOW - 300).floor, Freshness::Aged);
    assert_eq!(combine(Some(&only), None, &DUAL, 0, NOW), Some(single(&DUAL, 0)));
    assert_eq!(combine(None, None, &DUAL, 0, NOW), None);
}

#[test]
fn rates_grow_by_their_bound() {
    let last = Index::ONE;
    let of = |q64: u128| Index::new(q64).unwrap();
    let bound = w(66); // about 0.1 % an epoch
    let at = |reported, epochs| bounded_rate(last, reported, bound, epochs).unwrap();
    let step = ((1_u128 << 64) * 66) >> 16;
    assert_eq!(at(of((1 << 64) + step), 1), of((1 << 64) + step));
    assert_eq!(at(of((1 << 64) + step + 1), 1), of((1 << 64) + step));
    assert_eq!(at(of(2 << 64), 3), of((1 << 64) + 3 * step));
    assert_eq!(at(of(2 << 64), 0), last);
    assert_eq!(at(of(1 << 63), 0), of(1 << 63), "a fall is taken");
    // no more than sixteen-fold, whatever the epochs
    assert_eq!(at(Index::MAX, u64::MAX), of(17 << 64));
    assert_eq!(bounded_rate(of(1 << 95), Index::MAX, Weight::ONE, 9), Err(MathError::Overflow));
}

#[test]
fn a_market_below_the_rate_adds_confidence() {
    let price = |cents| PriceScale::new(6, -2).unwrap().price(cents).unwrap();
    let of = |market| rate_confidence(price(10_000), price(market), w(1_000));
    assert_eq!(
        (of(10_000), of(10_100), of(9900), of(5000)),
        (Weight::ZERO, Weight::ZERO, w(656), w(1_000))
    );
    assert_eq!(
        rate_confidence(Price::new(1 << 31, 9).unwrap(), Price::new(1 << 31, 90).unwrap(), w(5)),
        w(5)
    );
}
