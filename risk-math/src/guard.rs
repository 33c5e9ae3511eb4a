//! Price guards: what turns an oracle's sample into a price and its charges.
//!
//! Guards only widen charges or withhold initial credit. None of them moves
//! the price that maintenance health uses (risk model 2.6).

use crate::error::{MathError, Result};
use crate::index::Index;
use crate::num::{ONE, Weight, ratio_q16_ceil};
use crate::portfolio::Freshness;
use crate::price::{Price, PriceScale};

/// A validated sample of one price source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Mid price.
    pub price: Price,
    /// Half-width of the interval as a share of the price, rounded up.
    pub confidence: Weight,
    /// Gap between spot and EMA as a share of spot, rounded up.
    pub gap: Weight,
    /// Publish time, Unix seconds.
    pub published: i64,
}

/// Raw numbers of an oracle that reports price, confidence and EMA in one exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawSample {
    /// Price.
    pub price: i64,
    /// One standard unit of confidence.
    pub confidence: u64,
    /// Exponential moving average of the price.
    pub ema: i64,
    /// Publish time, Unix seconds.
    pub published: i64,
}

/// What a source's samples must satisfy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleTerms {
    /// Multiple of the reported confidence that counts (`K`), Q16.
    pub confidence_multiple: u32,
    /// Widest confidence accepted, as a share of the price.
    pub confidence_cap: Weight,
    /// Oldest sample accepted, seconds.
    pub max_age: u32,
}

/// Why a sample was refused. The row it was meant for stays as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleError {
    /// Price or EMA is zero or negative, or does not fit a [`Price`].
    NotPositive,
    /// Confidence above the cap.
    Wide,
    /// Published longer ago than the source accepts.
    Stale,
    /// Published in the future.
    Future,
}

/// How far ahead of the chain's clock a sample may be published, seconds.
pub const MAX_AHEAD: i64 = 5;

/// Checks a raw sample and turns it into a price with its charges.
///
/// # Errors
/// [`SampleError`].
pub fn sample(
    raw: &RawSample,
    scale: PriceScale,
    terms: &SampleTerms,
    now: i64,
) -> core::result::Result<Sample, SampleError> {
    let age = now.saturating_sub(raw.published);
    if age < MAX_AHEAD.saturating_neg() {
        return Err(SampleError::Future);
    }
    if age > i64::from(terms.max_age) {
        return Err(SampleError::Stale);
    }
    let positive = |x: i64| u64::try_from(x).ok().filter(|v| *v > 0);
    let (Some(spot), Some(ema)) = (positive(raw.price), positive(raw.ema)) else {
        return Err(SampleError::NotPositive);
    };
    let price = scale.price(spot).map_err(|_| SampleError::NotPositive)?;
    let ratio = u64::from(ratio_q16_ceil(raw.confidence, spot, Weight::MAX.q16()));
    // ratio <= 2^17, multiple < 2^32
    let widened = ratio.wrapping_mul(u64::from(terms.confidence_multiple)).div_ceil(1 << 16);
    let confidence = Weight::clamped(u32::try_from(widened).unwrap_or(u32::MAX));
    if confidence > terms.confidence_cap {
        return Err(SampleError::Wide);
    }
    let gap = Weight::clamped(ratio_q16_ceil(spot.abs_diff(ema), spot, ONE));
    Ok(Sample { price, confidence, gap, published: raw.published })
}

/// Confidence that grows with age: `c + rate * seconds`, at most `cap`
/// (ruling 4: an old row is charged for what may have happened since).
#[must_use]
#[inline(always)]
pub fn aged_confidence(confidence: Weight, per_second: Weight, age: i64, cap: Weight) -> Weight {
    // a sample from ahead of the clock has no age; one of 2^31 seconds is long at the cap
    let age = u64::from(u32::try_from(age.max(0)).unwrap_or(u32::MAX));
    let grown = u64::from(per_second.q16()).wrapping_mul(age); // < 2^64
    if grown > u64::from(cap.q16()) {
        return cap;
    }
    let sum = u64::from(confidence.q16()).wrapping_add(grown); // < 2^33
    if sum > u64::from(cap.q16()) { cap } else { Weight::stored(low32(sum)) }
}

/// The low word of a value that fits it.
#[inline(always)]
fn low32(x: u64) -> u32 {
    u32::try_from(x & 0xffff_ffff).unwrap_or(u32::MAX)
}

/// Ages at which a row stops counting, in the row's own unit (seconds or slots).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeLimits {
    /// Oldest for initial health.
    pub init: u32,
    /// Oldest for liquidation.
    pub maint: u32,
    /// From here on the row decays.
    pub hard: u32,
    /// Time from `hard` until nothing is left.
    pub decay: u32,
}

impl AgeLimits {
    /// Whether the limits are in order.
    ///
    /// # Errors
    /// [`MathError::Range`] unless `0 < init <= maint <= hard` and `decay > 0`.
    pub const fn validate(&self) -> Result<()> {
        if self.init == 0 || self.init > self.maint || self.maint > self.hard || self.decay == 0 {
            return Err(MathError::Range);
        }
        Ok(())
    }

    /// Freshness and the share of an asset's value that is left at an age.
    #[must_use]
    #[inline(always)]
    pub fn at(&self, age: i64) -> (Freshness, Weight) {
        if age <= i64::from(self.init) {
            return (Freshness::Live, Weight::ONE);
        }
        self.beyond_init(age)
    }

    #[inline(never)]
    fn beyond_init(&self, age: i64) -> (Freshness, Weight) {
        if age <= i64::from(self.maint) {
            (Freshness::Aged, Weight::ONE)
        } else if age <= i64::from(self.hard) {
            (Freshness::Stale, Weight::ONE)
        } else {
            let past = age.saturating_sub(i64::from(self.hard)).unsigned_abs();
            (Freshness::Dead, fading(past, u64::from(self.decay)))
        }
    }
}

/// What is left after `elapsed` of a linear decay over `window`, rounded down.
#[must_use]
pub fn fading(elapsed: u64, window: u64) -> Weight {
    if elapsed >= window {
        return Weight::ZERO;
    }
    let gone = ratio_q16_ceil(elapsed, window, ONE);
    Weight::clamped(ONE.saturating_sub(gone))
}

/// How two sources of one asset are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DualTerms {
    /// Largest spread between the sources, as a share of the primary price.
    pub divergence_cap: Weight,
    /// Added to confidence while only one source is fresh.
    pub single_widening: Weight,
    /// One fresh source is enough for initial health.
    pub allow_single: bool,
    /// How long a divergence pauses liquidation, seconds.
    pub pause: u32,
}

/// What two sources say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Combined {
    /// Price, confidence, gap and publish time for the row. The price is the
    /// primary's while it is fresh.
    pub sample: Sample,
    /// Worst freshness that the row may claim: [`Freshness::Aged`] withholds
    /// initial credit, [`Freshness::Stale`] also pauses liquidation.
    pub floor: Freshness,
    /// Unix time since which the sources disagree, 0 while they do not.
    pub hold_since: i64,
}

/// Combines the last fresh samples of two sources. `None` when neither is fresh.
///
/// Both fresh and close: the primary's price, the wider confidence plus the
/// spread. Both fresh and apart: no initial credit; liquidation pauses for a
/// while and then goes on without charging the spread, which is the milder
/// reading for the account. One fresh: its price, confidence widened. A hold
/// ends only when both are fresh and close again (ruling 1).
#[must_use]
pub fn combine(
    primary: Option<&Sample>,
    secondary: Option<&Sample>,
    terms: &DualTerms,
    hold_since: i64,
    now: i64,
) -> Option<Combined> {
    let held = |sample: Sample, since: i64| {
        let paused = now.saturating_sub(since) < i64::from(terms.pause);
        let floor = if paused { Freshness::Stale } else { Freshness::Aged };
        Combined { sample, floor, hold_since: since }
    };
    let (Some(first), Some(second)) = (primary, secondary) else {
        let only = *primary.or(secondary)?;
        if hold_since != 0 {
            return Some(held(only, hold_since));
        }
        let confidence = only.confidence.plus(terms.single_widening);
        let floor = if terms.allow_single { Freshness::Live } else { Freshness::Aged };
        return Some(Combined { sample: Sample { confidence, ..only }, floor, hold_since: 0 });
    };
    let spread = Weight::clamped(first.price.gap_q16(second.price, Weight::MAX.q16()));
    let widest = first.confidence.max(second.confidence);
    if spread > terms.divergence_cap {
        let since = if hold_since == 0 { now } else { hold_since };
        return Some(held(Sample { confidence: widest, ..*first }, since));
    }
    let sample = Sample { confidence: widest.plus(spread), ..*first };
    Some(Combined { sample, floor: Freshness::Live, hold_since: 0 })
}

/// A staking token's rate that may not grow faster than a bound: the lower of
/// what is reported and `last * (1 + bound * epochs)`, Q64, rounded down. A
/// fall is taken at face value.
///
/// # Errors
/// [`MathError::Overflow`].
pub fn bounded_rate(last: Index, reported: Index, bound: Weight, epochs: u64) -> Result<Index> {
    if reported <= last {
        return Ok(reported);
    }
    let growth = u128::from(bound.q16()).saturating_mul(u128::from(epochs)).min(1 << 20);
    // last < 2^96, growth <= 2^20
    let added = last.q64().wrapping_mul(growth) >> 16;
    Ok(reported.min(last.plus(added)?))
}

/// `|spot - other| / spot` in Q16, rounded up: a market feed against an LST's rate.
#[must_use]
pub fn rate_confidence(by_rate: Price, by_market: Price, cap: Weight) -> Weight {
    if by_market.is_below(by_rate) {
        Weight::clamped(by_rate.gap_q16(by_market, cap.q16()))
    } else {
        Weight::ZERO
    }
}
