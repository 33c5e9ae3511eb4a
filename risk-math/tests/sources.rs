//! Two sources of one price: what holds for every pair of samples (ruling 1),
//! and for every rate of a staking token.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // tests may panic

use proptest::prelude::*;
use trestle_risk_math::guard::{
    Combined, DualTerms, Sample, bounded_rate, combine, rate_confidence,
};
use trestle_risk_math::index::Index;
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::Freshness;
use trestle_risk_math::price::{Price, PriceScale};

const NOW: i64 = 1_700_000_000;

fn price() -> impl Strategy<Value = Price> {
    (1_u64..1_000_000).prop_map(|cents| PriceScale::new(6, -2).unwrap().price(cents).unwrap())
}

fn sample() -> impl Strategy<Value = Sample> {
    (price(), 0..4_000_u32, 0..4_000_u32, 0..60_i64).prop_map(|(price, confidence, gap, age)| {
        let published = NOW - age;
        let (confidence, gap) = (Weight::clamped(confidence), Weight::clamped(gap));
        Sample { price, confidence, gap, published }
    })
}

/// A second sample near the first, near enough to agree about half the time.
fn pair() -> impl Strategy<Value = (Sample, Sample)> {
    (9_000_u64..11_000, 9_700_u64..10_300, sample(), sample()).prop_map(|(a, b, x, y)| {
        let at = |cents| PriceScale::new(6, -2).unwrap().price(cents).unwrap();
        (Sample { price: at(a), ..x }, Sample { price: at(a * b / 10_000), ..y })
    })
}

fn terms() -> impl Strategy<Value = DualTerms> {
    (1..3_000_u32, 0..1_000_u32, any::<bool>(), 1..600_u32).prop_map(
        |(cap, widening, allow_single, pause)| DualTerms {
            divergence_cap: Weight::clamped(cap),
            single_widening: Weight::clamped(widening),
            allow_single,
            pause,
        },
    )
}

fn since() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), NOW - 700..NOW]
}

fn spread(first: &Sample, second: &Sample) -> Weight {
    Weight::clamped(first.price.gap_q16(second.price, Weight::MAX.q16()))
}

proptest! {
    /// Only two fresh sources that agree end a hold; while it lasts nobody gets
    /// initial credit, and its start never moves.
    #[test]
    fn r01_a_hold_ends_only_by_two_fresh_sources(
        (first, second) in pair(), has in any::<(bool, bool)>(), terms in terms(), hold in NOW - 700..NOW,
    ) {
        let (one, two) = (has.0.then_some(first), has.1.then_some(second));
        let Some(found) = combine(one.as_ref(), two.as_ref(), &terms, hold, NOW) else {
            prop_assert!(!has.0 && !has.1);
            return Ok(());
        };
        let agree = has.0 && has.1 && spread(&first, &second) <= terms.divergence_cap;
        prop_assert_eq!(found.hold_since, if agree { 0 } else { hold });
        prop_assert_eq!(found.floor == Freshness::Live, agree);
        let paused = !agree && NOW - hold < i64::from(terms.pause);
        prop_assert_eq!(found.floor == Freshness::Stale, paused);
    }

    /// The price is one that a source gave, the primary's whenever it is fresh,
    /// and no combination is surer than the sources that it rests on.
    #[test]
    fn a_combination_is_never_surer_than_its_sources(
        (first, second) in pair(), has in any::<(bool, bool)>(), terms in terms(), hold in since(),
    ) {
        let (one, two) = (has.0.then_some(first), has.1.then_some(second));
        let Some(found) = combine(one.as_ref(), two.as_ref(), &terms, hold, NOW) else {
            return Ok(());
        };
        let leading = one.or(two).unwrap();
        prop_assert_eq!(found.sample.price, leading.price);
        prop_assert_eq!(found.sample.published, leading.published);
        prop_assert_eq!(found.sample.gap, leading.gap);
        for source in [one, two].into_iter().flatten() {
            prop_assert!(found.sample.confidence >= source.confidence);
        }
        if found.floor == Freshness::Live {
            // the interval of a price that counts reaches the other source
            let both = has.0 && has.1;
            let least = if both { spread(&first, &second) } else { terms.single_widening };
            prop_assert!(found.sample.confidence >= least);
            prop_assert!(both || terms.allow_single);
        }
    }

    /// Both sources apart: a hold begins now, or goes on.
    #[test]
    fn sources_apart_begin_one_hold((first, second) in pair(), terms in terms(), hold in since()) {
        let found: Combined = combine(Some(&first), Some(&second), &terms, hold, NOW).unwrap();
        let apart = spread(&first, &second) > terms.divergence_cap;
        let start = if hold == 0 { NOW } else { hold };
        prop_assert_eq!(found.hold_since, if apart { start } else { 0 });
    }

    /// A rate never exceeds what the pool reports nor what the bound allows, is
    /// monotone in both, and more epochs never allow less.
    #[test]
    fn a_bounded_rate_stays_within_report_and_bound(
        last in 1_u128..1 << 90, reported in 1_u128..1 << 90, bound in 0..2_000_u32, epochs in 0..10_u64,
    ) {
        let (last, reported) = (Index::new(last).unwrap(), Index::new(reported).unwrap());
        let at = |epochs| bounded_rate(last, reported, Weight::clamped(bound), epochs).unwrap();
        let found = at(epochs);
        prop_assert!(found <= reported && found >= reported.min(last));
        prop_assert!(at(epochs + 1) >= found);
        let growth = u128::from(bound) * u128::from(epochs);
        prop_assert!(found <= last || (found.q64() - last.q64()) << 16 <= last.q64() * growth);
    }

    /// A market price only widens: it never gives less than nothing, and the
    /// lower it lies the more is charged, up to the cap.
    #[test]
    fn a_market_price_only_widens(
        rate in price(), market in price(), lower in price(), cap in 0..65_536_u32,
    ) {
        let cap = Weight::clamped(cap);
        let (lower, market) = (lower.low(market), lower.high(market));
        let (more, less) = (rate_confidence(rate, lower, cap), rate_confidence(rate, market, cap));
        prop_assert!(less <= more && more <= cap);
        prop_assert!(market.is_below(rate) || less == Weight::ZERO);
    }
}
