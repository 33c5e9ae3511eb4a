//! `error`: each variant has a number and a sentence of its own.

use trestle_risk_math::MathError::{self, *};

#[test]
fn errors_are_told_apart() {
    let all = [
        Overflow,
        Range,
        DivideByZero,
        Unsorted,
        UnknownAsset,
        UnknownFactor,
        UnknownClass,
        UnknownMarket,
        TooManyLegs,
        ZeroAmount,
        NoLiquidity,
        ExceedsPosition,
        UnknownKind,
    ];
    let mut sentences: Vec<_> = all.iter().map(MathError::to_string).collect();
    sentences.sort();
    sentences.dedup();
    assert!(sentences.len() == all.len() && sentences.iter().all(|s| !s.is_empty()));
    assert_eq!(Unsorted.to_string(), "legs are not sorted by asset and class");
    let source = std::error::Error::source(&Range).is_none();
    assert!(source, "nothing lies beneath");
}
