//! Prices: decoding, values, amounts, rates, gaps.

use arbitrary::{Result, Unstructured};
use num_traits::{One, Signed, Zero};
use trestle_reference::bits;
use trestle_reference::exact::{self, Rational, dyadic, fraction, whole};
use trestle_reference::generate::{self, number, sized, weight};
use trestle_risk_math::guard::{RawSample, SampleTerms, sample};
use trestle_risk_math::index::Index;
use trestle_risk_math::num::{ONE, Weight};
use trestle_risk_math::price::{MAX_LEG_VALUE, MAX_SHIFT, Price, PriceScale};

/// Prices:
///
/// - a scale equals the bit-exact model and lies below `10^power` by less than
///   2^-63 of it; a decoded price equals the model, and its interval holds the
///   true price (but for 2^-62 of it, as documented);
/// - values and amounts equal the model; an asset is never worth more and a
///   debt never less than exactly; what a value buys is worth no more;
/// - a price times a rate equals the model and rounds down by less than 2^-31;
/// - gaps equal the model and are never below the exact ratio;
/// - a sample's confidence and gap are never below what was reported.
pub fn price_decode(bytes: &[u8]) {
    let _ = run(&mut Unstructured::new(bytes));
}

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let raw = sized(u, u64::MAX)?;
    let decoded = decoded(raw, u.arbitrary()?, u.int_in_range(-60..=40)?);
    let price = match decoded {
        Some(price) if u.arbitrary()? => price,
        _ => any_price(u)?,
    };
    values(price, sized(u, u64::MAX)?);
    amounts(price, sized(u, u64::MAX)?);
    times(price, generate::index(u)?);
    gaps(price, any_price(u)?, number(u, u64::from(2 * ONE))? as u32);
    samples(u)
}

fn any_price(u: &mut Unstructured<'_>) -> Result<Price> {
    let mantissa = u.int_in_range(1_u32 << 31..=u32::MAX)?;
    Ok(Price::new(mantissa, u.int_in_range(0..=MAX_SHIFT)?).expect("normalised, within the range"))
}

/// `2^bits` for any sign of `bits`.
fn power_of_two(bits: i64) -> Rational {
    let size = whole(num_bigint::BigInt::one() << bits.unsigned_abs());
    if bits < 0 { size.recip() } else { size }
}

fn decoded(raw: u64, decimals: u8, exponent: i32) -> Option<Price> {
    let power = exponent + 6 - i32::from(decimals);
    let Ok(scale) = PriceScale::new(decimals, exponent) else {
        assert!(!(-38..=19).contains(&power), "10^{power} is within the range");
        return None;
    };
    assert_eq!(scale.parts(), bits::price::scale(power));
    let (mantissa, shift) = scale.parts();
    let ten = if power < 0 { whole(10).recip() } else { whole(10) };
    let truth = num_traits::pow(ten, power.unsigned_abs() as usize);
    let cut = &truth - whole(mantissa) * power_of_two(-i64::from(shift));
    assert!(!cut.is_negative() && &cut / &truth < dyadic(1, 63), "the scale is off by {cut}");
    assert_eq!(PriceScale::from_parts(mantissa, shift), Ok(scale));
    let code = scale.price(raw);
    assert_eq!(code, bits::price::price_of(raw, scale.parts()));
    let price = code.ok()?;
    let truth = truth * whole(raw);
    assert!(exact::low(price) <= truth, "the low end is above the price");
    assert!(truth <= exact::high(price) * (Rational::one() + dyadic(1, 62)), "above the high end");
    Some(price)
}

fn values(price: Price, amount: u64) {
    let (asset, debt) = (price.asset_value(amount), price.debt_value(amount));
    let model = |x: trestle_risk_math::Result<bits::Int>| {
        x.map(|v| u64::try_from(v).expect("at most the bound"))
    };
    assert_eq!(asset, model(bits::price::asset_value(price, &amount.into())));
    assert_eq!(debt, model(bits::price::debt_value(price, &amount.into())));
    let (low, high) = (exact::low(price) * whole(amount), exact::high(price) * whole(amount));
    match asset {
        Ok(value) => assert!(whole(value) <= low && low < whole(value) + Rational::one()),
        Err(_) => assert!(low >= whole(MAX_LEG_VALUE + 1)),
    }
    match debt {
        Ok(value) => assert!(whole(value) >= high && whole(value) - Rational::one() < high),
        Err(_) => assert!(high >= whole(MAX_LEG_VALUE + 1)),
    }
}

fn amounts(price: Price, value: u64) {
    let (floor, ceil) = (price.amount_floor(value), price.amount_ceil(value));
    assert_eq!(floor, bits::price::amount_floor(price, value));
    assert_eq!(ceil, bits::price::amount_ceil(price, value));
    if let Some(worth) = floor.ok().and_then(|amount| price.debt_value(amount).ok()) {
        assert!(worth <= value, "{value} buys {worth}");
    }
    if let Some(worth) = ceil.ok().and_then(|amount| price.asset_value(amount).ok()) {
        assert!(worth >= value, "{worth} should cover {value}");
    }
}

fn times(price: Price, rate: Index) {
    let code = price.times(rate);
    assert_eq!(code, bits::price::times(price, rate));
    let Ok(product) = code else { return };
    let truth = exact::low(price) * exact::index(rate);
    assert!(exact::low(product) <= truth && truth < exact::high(product));
}

fn gaps(price: Price, other: Price, cap: u32) {
    let near = Price::new(other.mantissa(), price.shift()).expect("both are in range");
    for other in [other, near] {
        let code = price.gap_q16(other, cap);
        assert_eq!(code, bits::price::gap(price, other, cap));
        let (a, b) = (exact::low(price), exact::low(other));
        let truth = (&a - &b).abs() / &a;
        let over = dyadic(code, 16) - &truth;
        assert!(code == cap || !over.is_negative(), "a gap of {truth} is taken for {code}");
        // one unit for the ceiling, 2^-30 of the ratio for the 47 bits
        let far = price.shift().abs_diff(other.shift()) > 16;
        assert!(far || over <= dyadic(1, 16) + truth * dyadic(1, 28), "too wide by {over}");
        assert_eq!(price.low(other), if price.is_below(other) { price } else { other });
        assert_eq!(price.is_below(other), a < b);
        assert_eq!(price.high(other), if price.is_below(other) { other } else { price });
    }
}

/// A validated sample charges at least what the oracle reported.
fn samples(u: &mut Unstructured<'_>) -> Result<()> {
    let spot = sized(u, i64::MAX as u64)?;
    let ema = match u.int_in_range(0..=2_u8)? {
        0 => spot,
        1 => spot.saturating_add(spot >> u.int_in_range(1..=30_u32)?).min(i64::MAX as u64),
        _ => number(u, i64::MAX as u64)?,
    };
    let raw = RawSample {
        price: if u.ratio(1, 16)? { -(spot as i64) } else { spot as i64 },
        confidence: sized(u, spot)?,
        ema: ema as i64,
        published: i64::from(u.arbitrary::<i16>()?),
    };
    let terms = SampleTerms {
        confidence_multiple: number(u, u64::from(4 * ONE))? as u32,
        confidence_cap: weight(u, 2 * ONE)?,
        max_age: u.arbitrary::<u16>()?.into(),
    };
    let now = i64::from(u.arbitrary::<i16>()?);
    let scale = PriceScale::new(6, -6).expect("within the range");
    let Ok(sample) = sample(&raw, scale, &terms, now) else { return Ok(()) };
    assert!(raw.price > 0 && raw.ema > 0 && now - raw.published <= i64::from(terms.max_age));
    let reported = whole(raw.confidence) / whole(raw.price);
    let multiple = dyadic(terms.confidence_multiple, 16);
    assert!(
        fraction(sample.confidence) >= (reported * multiple).min(fraction(terms.confidence_cap))
    );
    assert!(sample.confidence <= terms.confidence_cap);
    let apart = (whole(raw.ema) - whole(raw.price)).abs() / whole(raw.price);
    assert!(fraction(sample.gap) >= apart.min(fraction(Weight::ONE)));
    assert!(!exact::low(sample.price).is_zero());
    Ok(())
}
