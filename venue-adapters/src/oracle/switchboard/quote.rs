//! Stored oracle quotes: signed values of several feeds, kept by the quote program.
//!
//! The account holds the data of the Ed25519 instruction that was verified when
//! it was written. Nothing here verifies a signature: trust rests on the owner,
//! on the address (the caller pins it: the canonical one of the queue and the
//! feeds, in order), and on [`super::signers`], which holds the signers to the
//! queue's keys. A quote that an authority wrote has another form and is refused.

use super::{QUOTES, raw};
use crate::bytes::{array, key_at, u8_at, u16_at, u64_at};
use trestle_risk_math::guard::RawSample;

/// First bytes of a quote account.
pub const DISCRIMINATOR: [u8; 8] = *b"SBOracle";
/// Last bytes of a quote.
pub const TAIL: [u8; 4] = *b"SBOD";
/// First bytes of a quote that an authority wrote.
pub const AUTHORITY: [u8; 4] = *b"AUTH";
/// Most signatures of a quote.
pub const MAX_SIGNATURES: u8 = 8;
/// Most feeds of a quote.
pub const MAX_FEEDS: usize = 8;

const NAMESPACE: usize = 8;
const LENGTH: usize = 40;
const BODY: usize = 42;
// within the body
const OFFSETS: usize = 2;
const OFFSETS_LEN: usize = 14;
/// Slot, version and tail follow the oracles' indices.
const SUFFIX_LEN: usize = 13;
const SIGNATURE_LEN: usize = 64;
const KEY_LEN: usize = 32;
// within the message
const HASH_LEN: usize = 32;
const FEED_LEN: usize = 49;
const FEED_VALUE: usize = 32;
const FEED_SAMPLES: usize = 48;

/// Why an account is not a sample of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteError {
    /// Not owned by the quote program.
    Owner,
    /// Shorter than it says, or than its parts.
    Length,
    /// Another kind of account, or another tail.
    Discriminator,
    /// Written by an authority, not signed by oracles.
    Authority,
    /// Of another queue.
    Queue,
    /// No signature, or more than eight.
    SignatureCount,
    /// Fewer signatures than we or the feed ask for.
    Samples,
    /// Signatures over several messages or of several instructions.
    Mixed,
    /// A signature, key or message lies outside the quote.
    Offsets,
    /// One oracle signed twice.
    RepeatedOracle,
    /// The message is not whole feeds, or has more than eight or none.
    Message,
    /// The feed is not in the quote, or is there twice.
    Feed,
    /// Of a slot that has not come yet.
    Slot,
    /// Too old.
    Stale,
    /// The value is zero or negative.
    Sign,
    /// The value does not fit the listed exponent.
    Exponent,
    /// The queue account has another owner, length or kind.
    QueueAccount,
    /// A signer is not the queue's oracle of that index.
    Signer,
}

/// What a quote must satisfy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuoteTerms {
    /// Queue whose oracles sign.
    pub queue: [u8; 32],
    /// Feed.
    pub feed: [u8; 32],
    /// Oldest quote accepted, slots.
    pub max_slots: u32,
    /// Fewest signatures; the feed's own bound holds as well.
    pub min_signatures: u8,
    /// Decimal exponent of the sample, -18 to 0.
    pub exponent: i32,
}

/// A quote whose form has been checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote<'a> {
    /// Everything before the oracles' indices; offsets count from here.
    signed: &'a [u8],
    /// Index of each signature's oracle, none twice.
    pub oracles: &'a [u8],
    /// Hash of the slot that was signed.
    pub slot_hash: [u8; 32],
    /// Whole feeds of 49 bytes.
    feeds: &'a [u8],
    /// Slot that was signed.
    pub slot: u64,
    /// Version of the form.
    pub version: u8,
}

/// One feed of a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Id.
    pub id: [u8; 32],
    /// Value with eighteen decimals.
    pub value: i128,
    /// Fewest oracles that must sign.
    pub min_samples: u8,
}

impl<'a> Quote<'a> {
    /// Feeds in the order of the message.
    pub fn feeds(&self) -> impl Iterator<Item = Feed> + use<'a> {
        self.feeds.chunks_exact(FEED_LEN).filter_map(|feed| {
            Some(Feed {
                id: key_at(feed, 0)?,
                value: array(feed, FEED_VALUE).map(i128::from_le_bytes)?,
                min_samples: u8_at(feed, FEED_SAMPLES)?,
            })
        })
    }

    /// Key of the signature with this number.
    #[must_use]
    pub fn signer(&self, number: usize) -> Option<[u8; 32]> {
        let offsets = Offsets::at(self.signed, number)?;
        key_at(self.signed, usize::from(offsets.key))
    }
}

/// Where the parts of one signature lie, and in which instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Offsets {
    signature: u16,
    key: u16,
    message: u16,
    message_len: u16,
    instructions: [u16; 3],
}

impl Offsets {
    fn at(body: &[u8], number: usize) -> Option<Self> {
        let start = OFFSETS.checked_add(number.checked_mul(OFFSETS_LEN)?)?;
        let entry: [u8; OFFSETS_LEN] = array(body, start)?;
        let word = |offset| u16_at(&entry, offset);
        Some(Self {
            signature: word(0)?,
            key: word(4)?,
            message: word(8)?,
            message_len: word(10)?,
            instructions: [word(2)?, word(6)?, word(12)?],
        })
    }
}

/// Checks the form of a quote account and gives its parts.
///
/// # Errors
/// [`QuoteError`], the first that applies.
pub fn parse<'a>(
    data: &'a [u8],
    owner: &[u8; 32],
    queue: &[u8; 32],
) -> Result<Quote<'a>, QuoteError> {
    if *owner != QUOTES {
        return Err(QuoteError::Owner);
    }
    if array(data, 0) != Some(DISCRIMINATOR) {
        return Err(if data.len() < 8 { QuoteError::Length } else { QuoteError::Discriminator });
    }
    let len = usize::from(u16_at(data, LENGTH).ok_or(QuoteError::Length)?);
    let body = data.get(BODY..).and_then(|rest| rest.get(..len)).ok_or(QuoteError::Length)?;
    if array(body, 0) == Some(AUTHORITY) {
        return Err(QuoteError::Authority);
    }
    if key_at(data, NAMESPACE).as_ref() != Some(queue) {
        return Err(QuoteError::Queue);
    }
    let count = u8_at(body, 0).ok_or(QuoteError::Length)?;
    if count == 0 || count > MAX_SIGNATURES {
        return Err(QuoteError::SignatureCount);
    }
    split(body, usize::from(count))
}

fn split(body: &[u8], count: usize) -> Result<Quote<'_>, QuoteError> {
    let end = body
        .len()
        .checked_sub(count)
        .and_then(|rest| rest.checked_sub(SUFFIX_LEN))
        .ok_or(QuoteError::Length)?;
    let (signed, suffix) = body.split_at_checked(end).ok_or(QuoteError::Length)?;
    let (oracles, suffix) = suffix.split_at_checked(count).ok_or(QuoteError::Length)?;
    if array(suffix, 9) != Some(TAIL) {
        return Err(QuoteError::Discriminator);
    }
    for (number, oracle) in oracles.iter().enumerate() {
        if oracles.iter().skip(number.saturating_add(1)).any(|other| other == oracle) {
            return Err(QuoteError::RepeatedOracle);
        }
    }
    let message = message(signed, count)?;
    let (hash, feeds) = message.split_at_checked(HASH_LEN).ok_or(QuoteError::Message)?;
    let whole = feeds.chunks_exact(FEED_LEN);
    if !whole.remainder().is_empty() || !(1..=MAX_FEEDS).contains(&whole.len()) {
        return Err(QuoteError::Message);
    }
    Ok(Quote {
        signed,
        oracles,
        slot_hash: key_at(hash, 0).ok_or(QuoteError::Message)?,
        feeds,
        slot: u64_at(suffix, 0).ok_or(QuoteError::Length)?,
        version: u8_at(suffix, 8).ok_or(QuoteError::Length)?,
    })
}

/// The one message of all signatures, each of them within the quote and of one
/// instruction, the first included.
fn message(signed: &[u8], count: usize) -> Result<&[u8], QuoteError> {
    let first = Offsets::at(signed, 0).ok_or(QuoteError::Offsets)?;
    let [instruction, ..] = first.instructions;
    for number in 0..count {
        let offsets = Offsets::at(signed, number).ok_or(QuoteError::Offsets)?;
        let same = (offsets.message, offsets.message_len) == (first.message, first.message_len);
        if !same || offsets.instructions != [instruction; 3] {
            return Err(QuoteError::Mixed);
        }
        inside(signed, offsets.signature, SIGNATURE_LEN)?;
        inside(signed, offsets.key, KEY_LEN)?;
    }
    inside(signed, first.message, usize::from(first.message_len))
}

fn inside(signed: &[u8], offset: u16, len: usize) -> Result<&[u8], QuoteError> {
    let rest = signed.get(usize::from(offset)..).ok_or(QuoteError::Offsets)?;
    rest.get(..len).ok_or(QuoteError::Offsets)
}

/// The sample of one feed. Quotes carry no deviation: confidence is zero here,
/// and the listing's floor and the spread to the other source stand for it.
/// `published` is the time that the caller gives to the quote's slot.
///
/// # Errors
/// [`QuoteError`], the first that applies.
pub fn sample(
    quote: &Quote<'_>,
    terms: &QuoteTerms,
    slot: u64,
    published: i64,
) -> Result<RawSample, QuoteError> {
    let age = slot.checked_sub(quote.slot).ok_or(QuoteError::Slot)?;
    if age > u64::from(terms.max_slots) {
        return Err(QuoteError::Stale);
    }
    let mut found = quote.feeds().filter(|feed| feed.id == terms.feed);
    let (Some(feed), None) = (found.next(), found.next()) else {
        return Err(QuoteError::Feed);
    };
    let wanted = usize::from(feed.min_samples.max(terms.min_signatures).max(1));
    if quote.oracles.len() < wanted {
        return Err(QuoteError::Samples);
    }
    let value = u128::try_from(feed.value).ok().filter(|value| *value > 0);
    raw(value.ok_or(QuoteError::Sign)?, 0, terms.exponent, published).ok_or(QuoteError::Exponent)
}
