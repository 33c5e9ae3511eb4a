//! Switchboard On-Demand: pull feeds and oracle quotes.
//!
//! Values have eighteen decimals in 128 bits; they are cut to the exponent that
//! the source is listed with. Neither account carries a moving average, so the
//! sample's own price stands in for it and no gap is charged.

pub mod pull_feed;
pub mod quote;
pub mod signers;

use trestle_risk_math::guard::RawSample;

/// Program of feeds and queues `SBondMDrcV3K4kxZR1HNVT7osZxAHVHgYXL5Ze1oMUv`.
pub const ON_DEMAND: [u8; 32] = [
    6, 115, 189, 70, 242, 228, 126, 4, 241, 43, 217, 47, 183, 49, 150, 142, 205, 157, 151, 87, 194,
    116, 218, 135, 71, 111, 70, 92, 4, 12, 101, 115,
];
/// Program of stored quotes `orac1eFjzWL5R3RbbdMV68K9H6TaCVVcL6LjvQQWAbz`.
pub const QUOTES: [u8; 32] = [
    12, 0, 198, 219, 237, 104, 161, 160, 13, 241, 116, 15, 191, 74, 217, 142, 253, 127, 135, 134,
    152, 37, 83, 75, 89, 89, 115, 15, 48, 136, 143, 201,
];
/// The main queue `A43DyUGA7s8eXPxqEjJY6EBu1KKbNgfxF8h17VAHn13w`.
pub const MAIN_QUEUE: [u8; 32] = [
    134, 128, 112, 104, 67, 47, 24, 106, 20, 124, 240, 177, 58, 48, 6, 125, 56, 98, 4, 234, 157,
    108, 139, 4, 116, 58, 194, 239, 1, 11, 7, 82,
];

/// Decimals of a value.
const DECIMALS: i32 = 18;

/// A positive value and its deviation in units of `10^exponent`: the price
/// rounded down, the deviation up. `None` when the exponent is outside -18..=0
/// or the price becomes zero or exceeds 63 bits.
fn raw(value: u128, deviation: u128, exponent: i32, published: i64) -> Option<RawSample> {
    let dropped = u32::try_from(exponent.checked_add(DECIMALS)?).ok()?;
    if exponent > 0 {
        return None;
    }
    let unit = 10_u128.checked_pow(dropped)?;
    let price = i64::try_from(value.checked_div(unit)?).ok().filter(|price| *price > 0)?;
    let whole = deviation.checked_div(unit)?;
    let part = u128::from(whole.checked_mul(unit)? != deviation);
    let confidence = u64::try_from(whole.checked_add(part)?).ok()?;
    Some(RawSample { price, confidence, ema: price, published })
}
