//! Pull feeds: the median of what a queue's oracles submitted.
//!
//! The authority of a feed may change its jobs, and with them its hash; the
//! hash is pinned, and a feed whose authority may write values is refused.

use super::{ON_DEMAND, raw};
use crate::bytes::{array, i64_at, key_at, u8_at, u32_at, u64_at};
use trestle_risk_math::guard::RawSample;
use trestle_risk_math::num::Weight;

/// Length of a feed.
pub const LEN: usize = 3208;
/// Discriminator of a feed.
pub const DISCRIMINATOR: [u8; 8] = [196, 27, 108, 196, 10, 215, 219, 40];
/// Fewest samples of any listing.
pub const MIN_SAMPLES: u8 = 3;

const QUEUE: usize = 2088;
const FEED_HASH: usize = 2120;
const PERMIT_WRITE_BY_AUTHORITY: usize = 2213;
const MIN_SAMPLE_SIZE: usize = 2215;
const LAST_UPDATE: usize = 2216;
const VALUE: usize = 2264;
const STD_DEV: usize = 2280;
const RANGE: usize = 2312;
const NUM_SAMPLES: usize = 2360;
const SLOT: usize = 2368;
const MIN_SLOT: usize = 2376;
const MAX_STALENESS: usize = 2392;

/// Why an account is not a sample of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedError {
    /// Not owned by Switchboard On-Demand.
    Owner,
    /// Not the length of a feed.
    Length,
    /// Another kind of account.
    Discriminator,
    /// Served by another queue.
    Queue,
    /// Other jobs than the ones that were listed.
    Feed,
    /// The authority may write values.
    WritableByAuthority,
    /// No result yet.
    Empty,
    /// The result is of a slot that has not come yet, or its slots are out of order.
    Slot,
    /// Its oldest sample is too old, by our bound or the feed's own.
    Stale,
    /// Too few samples.
    Samples,
    /// The value is zero or negative, or a spread is negative.
    Sign,
    /// The samples lie too far apart.
    Range,
    /// The value does not fit the listed exponent.
    Exponent,
}

/// What a feed must satisfy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedTerms {
    /// Queue whose oracles sign.
    pub queue: [u8; 32],
    /// Hash of the feed's jobs.
    pub feed: [u8; 32],
    /// Oldest sample accepted, slots. The feed's own bound holds as well.
    pub max_slots: u32,
    /// Fewest samples; [`MIN_SAMPLES`] and the feed's own bound hold as well.
    pub min_samples: u8,
    /// Half the widest range of the samples, as a share of the value.
    pub range_cap: Weight,
    /// Decimal exponent of the sample, -18 to 0.
    pub exponent: i32,
}

/// An authentic result of one feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedSample {
    /// Median, standard deviation and time of the last update.
    pub raw: RawSample,
    /// Slot of the oldest sample in the result.
    pub slot: u64,
}

/// Reads a feed from its bytes and owner in slot `slot`. The caller pins its address.
///
/// # Errors
/// [`FeedError`], the first that applies.
pub fn read(
    data: &[u8],
    owner: &[u8; 32],
    terms: &FeedTerms,
    slot: u64,
) -> Result<FeedSample, FeedError> {
    if *owner != ON_DEMAND {
        return Err(FeedError::Owner);
    }
    if data.len() != LEN {
        return Err(FeedError::Length);
    }
    identity(data, terms)?;
    let oldest = freshness(data, terms, slot)?;
    let samples = u8_at(data, NUM_SAMPLES).ok_or(FeedError::Length)?;
    let own = u8_at(data, MIN_SAMPLE_SIZE).ok_or(FeedError::Length)?;
    if samples < own.max(terms.min_samples).max(MIN_SAMPLES) {
        return Err(FeedError::Samples);
    }
    Ok(FeedSample { raw: value(data, terms)?, slot: oldest })
}

fn identity(data: &[u8], terms: &FeedTerms) -> Result<(), FeedError> {
    if array(data, 0) != Some(DISCRIMINATOR) {
        return Err(FeedError::Discriminator);
    }
    if key_at(data, QUEUE) != Some(terms.queue) {
        return Err(FeedError::Queue);
    }
    if key_at(data, FEED_HASH) != Some(terms.feed) {
        return Err(FeedError::Feed);
    }
    if u8_at(data, PERMIT_WRITE_BY_AUTHORITY) != Some(0) {
        return Err(FeedError::WritableByAuthority);
    }
    Ok(())
}

/// The slot of the oldest sample, once it is recent enough.
fn freshness(data: &[u8], terms: &FeedTerms, now: u64) -> Result<u64, FeedError> {
    let result = u64_at(data, SLOT).ok_or(FeedError::Length)?;
    let oldest = u64_at(data, MIN_SLOT).ok_or(FeedError::Length)?;
    let own = u32_at(data, MAX_STALENESS).ok_or(FeedError::Length)?;
    if result == 0 {
        return Err(FeedError::Empty);
    }
    if result > now || oldest > result {
        return Err(FeedError::Slot);
    }
    let age = now.checked_sub(oldest).ok_or(FeedError::Slot)?;
    if age > u64::from(own.min(terms.max_slots)) {
        return Err(FeedError::Stale);
    }
    Ok(oldest)
}

fn value(data: &[u8], terms: &FeedTerms) -> Result<RawSample, FeedError> {
    let positive = |offset| {
        let value = array(data, offset).map(i128::from_le_bytes).ok_or(FeedError::Length)?;
        u128::try_from(value).map_err(|_| FeedError::Sign)
    };
    let (value, deviation, range) = (positive(VALUE)?, positive(STD_DEV)?, positive(RANGE)?);
    if value == 0 {
        return Err(FeedError::Sign);
    }
    // range / 2 <= cap * value, both sides times 2^17
    let left = range.checked_mul(1 << 16).ok_or(FeedError::Range)?;
    let doubled = u128::from(terms.range_cap.q16()).wrapping_mul(2); // <= 2^18
    let right = value.checked_mul(doubled).ok_or(FeedError::Range)?;
    if left > right {
        return Err(FeedError::Range);
    }
    let published = i64_at(data, LAST_UPDATE).ok_or(FeedError::Length)?;
    raw(value, deviation, terms.exponent, published).ok_or(FeedError::Exponent)
}
