//! Events that a price guard must stop before they become a price.

use crate::support::bps;
use trestle_risk_math::guard::{RawSample, SampleError, SampleTerms, sample};
use trestle_risk_math::num::ONE;
use trestle_risk_math::price::PriceScale;

/// Pyth's BTC feed of 2021-09-20: a confidence of four times the price (risk model 6.2).
#[test]
fn a_confidence_of_four_prices_is_refused() {
    let scale = PriceScale::new(8, -8).unwrap();
    let terms = SampleTerms { confidence_multiple: ONE, confidence_cap: bps(300), max_age: 60 };
    let raw = RawSample {
        price: 540_200_000_000,
        confidence: 2_160_800_000_000,
        ema: 540_200_000_000,
        published: 0,
    };
    assert_eq!(sample(&raw, scale, &terms, 0), Err(SampleError::Wide));
    let calm = RawSample { confidence: 500_000_000, ..raw };
    assert!(sample(&calm, scale, &terms, 0).is_ok());
}
