//! Prices from Pyth `PriceUpdateV2` accounts, and what they must pass.
//!
//! klend also reads Switchboard and Scope and takes the youngest; the mock reads
//! Pyth alone, so reserves that name no Pyth account have no price here.

use crate::error::*;
use crate::fraction::Fraction;
use crate::state::{Field, Market, Reserve, price};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;

/// `sha256("account:PriceUpdateV2")[..8]`.
const DISCRIMINATOR: [u8; 8] = [0x22, 0xf1, 0x23, 0x63, 0x9d, 0x7e, 0xf4, 0xcd];
/// Verification level: the full one is 1 and has no further bytes.
const LEVEL: usize = 40;
// offsets of a fully verified update
const PRICE: usize = 73;
const CONFIDENCE: usize = 81;
const EXPONENT: usize = 89;
const PUBLISHED: usize = 93;
const EMA: usize = 109;
const EMA_CONFIDENCE: usize = 117;
const LEN: usize = 133;
/// A confidence interval may be at most one fiftieth of its price.
const CONFIDENCE_FACTOR: u64 = 50;
/// klend's other way to write "no account".
const NONE: Pubkey = Pubkey::from_str_const("nu11111111111111111111111111111111111111111");

/// A price that was read, with what it has passed.
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    /// USD of one token.
    pub price: Fraction,
    /// When it was published.
    pub published: u64,
    /// Bits of [`price`].
    pub status: u8,
}

/// Whether the saved price is old enough to be read anew.
pub fn is_due(reserve: &Reserve<'_>, market: &Market<'_>, now: u64) -> bool {
    let trigger = reserve.max_price_age() * u64::from(market.price_trigger_pct()) / 100;
    now.saturating_sub(reserve.price_time()) >= trigger
}

/// Whether the saved price still counts without being read anew.
pub fn is_young(reserve: &Reserve<'_>, now: u64) -> bool {
    now.saturating_sub(reserve.price_time()) < reserve.max_price_age()
}

/// Pyth, Switchboard price and average, Scope: as an instruction lists them.
pub type Oracles<'a, 'i> = [Option<&'a AccountInfo<'i>>; 4];

/// Reads the reserve's price from its oracle account. Each oracle is given exactly
/// when the reserve has it.
pub fn read(reserve: &Reserve<'_>, oracles: Oracles<'_, '_>, now: u64) -> Result<Checked> {
    let [pyth, switchboard, _, scope] = oracles;
    let is = |given: Option<&AccountInfo<'_>>, configured: Pubkey| {
        let wanted = configured != Pubkey::default() && configured != NONE;
        given.map(|info| *info.key) == wanted.then_some(configured)
    };
    ensure(is(pyth, reserve.pyth()), INVALID_PYTH_PRICE_ACCOUNT)?;
    ensure(is(switchboard, reserve.switchboard()), INVALID_SWITCHBOARD_ACCOUNT)?;
    ensure(is(scope, reserve.scope()), INVALID_SCOPE_PRICE_ACCOUNT)?;
    let sample = pyth.and_then(sample).ok_or(PRICE_NOT_VALID)?;

    let mut status = price::LOADED;
    let age = now.saturating_sub(sample.published);
    status |= if age <= reserve.max_price_age() { price::AGE } else { 0 };
    if reserve.max_divergence_bps() == 0 {
        status |= price::TWAP | price::TWAP_AGE;
    } else {
        status |= if age <= reserve.max_twap_age() { price::TWAP_AGE } else { 0 };
        status |= if near(&sample, reserve.max_divergence_bps()) { price::TWAP } else { 0 };
    }
    status |= if within_bounds(reserve, sample.price) { price::HEURISTIC } else { 0 };
    status |= if reserve.block_price() == 0 { price::ALLOWED } else { 0 };
    Ok(Checked { price: sample.price, published: sample.published, status })
}

struct Sample {
    price: Fraction,
    average: Fraction,
    published: u64,
}

/// A fully verified update with narrow confidence, else `None`.
fn sample(info: &AccountInfo<'_>) -> Option<Sample> {
    let data = info.try_borrow_data().ok()?;
    if data.get(..8)? != DISCRIMINATOR || data.len() < LEN || data[LEVEL] != 1 {
        return None;
    }
    let exponent = u32::read(&data[EXPONENT..]).cast_signed().unsigned_abs();
    let narrow = |price: usize, confidence: usize| {
        let price = u64::try_from(i64::read(&data[price..])).ok().filter(|price| *price > 0)?;
        let wide = u64::read(&data[confidence..]).checked_mul(CONFIDENCE_FACTOR)? > price;
        (!wide).then(|| decimal(price, exponent))
    };
    Some(Sample {
        price: narrow(PRICE, CONFIDENCE)?,
        average: narrow(EMA, EMA_CONFIDENCE)?,
        published: i64::read(&data[PUBLISHED..]).try_into().ok()?,
    })
}

/// `value / 10^exponent`, rounded down.
fn decimal(value: u64, exponent: u32) -> Fraction {
    Fraction::whole(value).over(10_u128.pow(exponent))
}

fn near(sample: &Sample, bps: u64) -> bool {
    let distance = sample.price.less(sample.average) + sample.average.less(sample.price);
    distance.times(10_000) < sample.price.times(bps.into())
}

fn within_bounds(reserve: &Reserve<'_>, price: Fraction) -> bool {
    let bound = |value| decimal(value, reserve.heuristic_exponent() as u32);
    let (lower, upper) = (reserve.heuristic_lower(), reserve.heuristic_upper());
    (lower == 0 || price >= bound(lower)) && (upper == 0 || price <= bound(upper))
}
