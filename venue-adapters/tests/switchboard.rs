//! Switchboard: a real feed decodes, every check refuses with its own error.
// helpers of tests may panic, as tests do
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]

use proptest::prelude::*;
use trestle_risk_math::num::Weight;
use trestle_venue_adapters::oracle::switchboard::pull_feed::{self, FeedError, FeedTerms};
use trestle_venue_adapters::oracle::switchboard::quote::{self, QuoteError, QuoteTerms};
use trestle_venue_adapters::oracle::switchboard::{MAIN_QUEUE, ON_DEMAND, QUOTES, signers};

const QUEUE: [u8; 32] = [5; 32];
const FEED: [u8; 32] = [7; 32];
const SLOT: u64 = 1_000;
const E18: i128 = 1_000_000_000_000_000_000;

fn put(data: &mut [u8], offset: usize, bytes: &[u8]) {
    data[offset..offset + bytes.len()].copy_from_slice(bytes);
}

fn with(data: &[u8], offset: usize, bytes: &[u8]) -> Vec<u8> {
    let mut data = data.to_vec();
    put(&mut data, offset, bytes);
    data
}

// pull feeds

fn feed_terms() -> FeedTerms {
    FeedTerms {
        queue: QUEUE,
        feed: FEED,
        max_slots: 100,
        min_samples: 3,
        range_cap: Weight::from_bps(200).unwrap(),
        exponent: -8,
    }
}

/// 150 with a deviation of 0.2 and a range of 0.5, three samples.
fn feed() -> Vec<u8> {
    let mut data = vec![0; pull_feed::LEN];
    put(&mut data, 0, &pull_feed::DISCRIMINATOR);
    put(&mut data, 2088, &QUEUE);
    put(&mut data, 2120, &FEED);
    data[2215] = 1;
    put(&mut data, 2216, &1_700_000_000_i64.to_le_bytes());
    put(&mut data, 2264, &(150 * E18).to_le_bytes());
    put(&mut data, 2280, &(E18 / 5 + 1).to_le_bytes());
    put(&mut data, 2312, &(E18 / 2).to_le_bytes());
    data[2360] = 3;
    put(&mut data, 2368, &SLOT.to_le_bytes());
    put(&mut data, 2376, &(SLOT - 40).to_le_bytes());
    put(&mut data, 2392, &250_u32.to_le_bytes());
    data
}

fn read_feed(data: &[u8], slot: u64) -> Result<pull_feed::FeedSample, FeedError> {
    pull_feed::read(data, &ON_DEMAND, &feed_terms(), slot)
}

#[test]
fn a_feed_is_read_field_by_field() {
    let found = read_feed(&feed(), SLOT).unwrap();
    assert_eq!(found.slot, SLOT - 40);
    assert_eq!(found.raw.price, 15_000_000_000);
    assert_eq!(found.raw.ema, found.raw.price);
    assert_eq!(found.raw.confidence, 20_000_001); // the deviation is rounded up
    assert_eq!(found.raw.published, 1_700_000_000);
}

#[test]
fn every_refusal_of_a_feed_has_its_error() {
    let good = feed();
    let i128s = |x: i128| x.to_le_bytes();
    let cases = [
        (with(&good, 0, &[0]), FeedError::Discriminator),
        (with(&good, 2088, &[6]), FeedError::Queue),
        (with(&good, 2120, &[6]), FeedError::Feed),
        (with(&good, 2213, &[1]), FeedError::WritableByAuthority),
        (with(&good, 2368, &0_u64.to_le_bytes()), FeedError::Empty),
        (with(&good, 2368, &(SLOT + 1).to_le_bytes()), FeedError::Slot),
        (with(&good, 2376, &(SLOT + 1).to_le_bytes()), FeedError::Slot),
        (with(&good, 2376, &(SLOT - 101).to_le_bytes()), FeedError::Stale),
        (with(&good, 2392, &39_u32.to_le_bytes()), FeedError::Stale),
        (with(&good, 2360, &[2]), FeedError::Samples),
        (with(&good, 2215, &[4]), FeedError::Samples),
        (with(&good, 2264, &i128s(0)), FeedError::Sign),
        (with(&good, 2264, &i128s(-1)), FeedError::Sign),
        (with(&good, 2280, &i128s(-1)), FeedError::Sign),
        (with(&good, 2312, &i128s(-1)), FeedError::Sign),
        (with(&good, 2312, &i128s(7 * E18)), FeedError::Range),
        (with(&good, 2312, &i128s(i128::MAX)), FeedError::Range),
    ];
    for (number, (data, error)) in cases.into_iter().enumerate() {
        assert_eq!(read_feed(&data, SLOT), Err(error), "case {number}");
    }
    assert_eq!(
        pull_feed::read(&good, &QUOTES, &feed_terms(), SLOT),
        Err(FeedError::Owner),
        "the quote program's"
    );
    for exponent in [1, -19, 0] {
        let terms = FeedTerms { exponent, ..feed_terms() };
        let found = pull_feed::read(&good, &ON_DEMAND, &terms, SLOT);
        assert_eq!(found.is_ok(), exponent == 0, "exponent {exponent}");
    }
    for len in (0..good.len()).step_by(7) {
        assert_eq!(read_feed(&good[..len], SLOT), Err(FeedError::Length));
    }
}

/// A listing cannot ask for fewer than three samples.
#[test]
fn three_samples_are_the_least() {
    let terms = FeedTerms { min_samples: 1, ..feed_terms() };
    let two = with(&feed(), 2360, &[2]);
    assert_eq!(pull_feed::read(&two, &ON_DEMAND, &terms, SLOT), Err(FeedError::Samples));
}

/// The edges of age: our bound, the feed's own, and a clock younger than both.
#[test]
fn the_oldest_sample_counts() {
    let good = feed();
    assert!(read_feed(&good, SLOT + 60).is_ok());
    assert_eq!(read_feed(&good, SLOT + 61), Err(FeedError::Stale));
    let early = with(&with(&good, 2368, &2_u64.to_le_bytes()), 2376, &1_u64.to_le_bytes());
    assert!(read_feed(&early, 2).is_ok());
}

/// SOL/USD of August 2024: real, but of two samples only.
#[test]
fn a_real_feed_decodes() {
    let Some(data) = trestle_fixtures::load("switchboard/sol_usd_pull_feed.bin") else { return };
    let feed = data[2120..2152].try_into().unwrap();
    let terms = FeedTerms { queue: MAIN_QUEUE, feed, max_slots: 250, ..feed_terms() };
    let read = |data: &[u8]| pull_feed::read(data, &ON_DEMAND, &terms, 282_612_970);
    assert_eq!(read(&data), Err(FeedError::Samples));
    let found = read(&with(&data, 2360, &[3])).unwrap();
    assert_eq!(found.raw.price, 15_559_404_527);
    assert_eq!(found.raw.confidence, 24_016_179);
    assert_eq!(found.raw.published, 1_723_244_190);
    assert_eq!(found.slot, 282_612_820);
}

// quotes

fn quote_terms() -> QuoteTerms {
    QuoteTerms { queue: QUEUE, feed: FEED, max_slots: 30, min_signatures: 2, exponent: -8 }
}

fn signer(oracle: u8) -> [u8; 32] {
    [oracle.wrapping_add(100); 32]
}

/// A stored quote: offsets, keys and signatures, one message, the suffix.
fn quote_account(oracles: &[u8], feeds: &[([u8; 32], i128, u8)]) -> Vec<u8> {
    let n = oracles.len();
    let parts = 2 + 14 * n;
    let message = parts + 96 * n;
    let message_len = 32 + 49 * feeds.len();
    let mut body = vec![u8::try_from(n).unwrap(), 0];
    for i in 0..n {
        let key = parts + 96 * i;
        for word in [key + 32, 0, key, 0, message, message_len, 0] {
            body.extend(u16::try_from(word).unwrap().to_le_bytes());
        }
    }
    for oracle in oracles {
        body.extend(signer(*oracle));
        body.extend([9; 64]);
    }
    body.extend([3; 32]); // the slot's hash
    for (id, value, samples) in feeds {
        body.extend(id);
        body.extend(value.to_le_bytes());
        body.push(*samples);
    }
    body.extend(oracles);
    body.extend(SLOT.to_le_bytes());
    body.push(1);
    body.extend(quote::TAIL);
    let mut data = quote::DISCRIMINATOR.to_vec();
    data.extend(QUEUE);
    data.extend(u16::try_from(body.len()).unwrap().to_le_bytes());
    data.extend(body);
    data.extend([0; 16]); // an account may be longer than its quote
    data
}

fn good_quote() -> Vec<u8> {
    quote_account(&[4, 29], &[([1; 32], E18, 1), (FEED, 150 * E18 + 1, 2)])
}

fn parse(data: &[u8]) -> Result<quote::Quote<'_>, QuoteError> {
    quote::parse(data, &QUOTES, &QUEUE)
}

fn queue() -> Vec<u8> {
    let mut data = vec![0; signers::LEN];
    put(&mut data, 0, &signers::DISCRIMINATOR);
    for oracle in 0..30_u8 {
        put(&mut data, 4200 + 32 * usize::from(oracle), &signer(oracle));
    }
    data
}

#[test]
fn a_quote_is_read_field_by_field() {
    let data = good_quote();
    let found = parse(&data).unwrap();
    assert_eq!((found.slot, found.version, found.slot_hash), (SLOT, 1, [3; 32]));
    assert_eq!(found.oracles, &[4, 29]);
    assert_eq!(found.signer(1), Some(signer(29)));
    let feeds: Vec<_> = found.feeds().collect();
    assert_eq!(feeds.len(), 2);
    assert_eq!((feeds[1].id, feeds[1].value, feeds[1].min_samples), (FEED, 150 * E18 + 1, 2));
    let sample = quote::sample(&found, &quote_terms(), SLOT + 30, 77).unwrap();
    assert_eq!((sample.price, sample.confidence), (15_000_000_000, 0));
    assert_eq!((sample.ema, sample.published), (sample.price, 77));
}

#[test]
fn every_refusal_of_a_quotes_form_has_its_error() {
    let good = good_quote();
    let body = 42;
    let tail = good.len() - 16 - 4;
    let cases = [
        (with(&good, 0, &[0]), QuoteError::Discriminator),
        (with(&good, tail, &[0]), QuoteError::Discriminator),
        (with(&good, 8, &[6]), QuoteError::Queue),
        (with(&good, body, b"AUTH"), QuoteError::Authority),
        (with(&good, body, &[0]), QuoteError::SignatureCount),
        (with(&good, body, &[9]), QuoteError::SignatureCount),
        (with(&good, 40, &u16::MAX.to_le_bytes()), QuoteError::Length),
        (with(&good, 40, &10_u16.to_le_bytes()), QuoteError::Length),
        (with(&good, tail - 10, &[4]), QuoteError::RepeatedOracle),
        // each instruction index, of the first signature and of the second
        (with(&good, body + 4, &[1]), QuoteError::Mixed),
        (with(&good, body + 8, &[1]), QuoteError::Mixed),
        (with(&good, body + 14, &[1]), QuoteError::Mixed),
        (with(&good, body + 18, &[1]), QuoteError::Mixed),
        (with(&good, body + 24, &[0]), QuoteError::Mixed), // another message
        (with(&good, body + 2, &[255, 255]), QuoteError::Offsets),
        (with(&good, body + 6, &[255, 255]), QuoteError::Offsets),
        (quote_account(&[4], &[]), QuoteError::Message),
        (quote_account(&[4], &[(FEED, E18, 1); 9]), QuoteError::Message),
    ];
    for (number, (data, error)) in cases.into_iter().enumerate() {
        assert_eq!(parse(&data).map(|_| ()), Err(error), "case {number}");
    }
    assert_eq!(quote::parse(&good, &ON_DEMAND, &QUEUE).map(|_| ()), Err(QuoteError::Owner));
    for len in 0..good.len() - 16 {
        assert_eq!(parse(&good[..len]).map(|_| ()), Err(QuoteError::Length), "{len} bytes");
    }
}

#[test]
fn every_refusal_of_a_quotes_sample_has_its_error() {
    let sample = |data: &[u8], terms: QuoteTerms, slot| {
        quote::sample(&parse(data).unwrap(), &terms, slot, 0).map(|_| ())
    };
    let (good, terms) = (good_quote(), quote_terms());
    assert_eq!(sample(&good, terms, SLOT - 1), Err(QuoteError::Slot));
    assert_eq!(sample(&good, terms, SLOT + 31), Err(QuoteError::Stale));
    let many = QuoteTerms { min_signatures: 3, ..terms };
    assert_eq!(sample(&good, many, SLOT), Err(QuoteError::Samples));
    let absent = QuoteTerms { feed: [8; 32], ..terms };
    assert_eq!(sample(&good, absent, SLOT), Err(QuoteError::Feed));
    let few = quote_account(&[4, 29], &[(FEED, E18, 3)]); // the feed asks for three
    assert_eq!(sample(&few, terms, SLOT), Err(QuoteError::Samples));
    let twice = quote_account(&[4, 29], &[(FEED, E18, 1), (FEED, 2 * E18, 1)]);
    assert_eq!(sample(&twice, terms, SLOT), Err(QuoteError::Feed));
    for value in [0, -1, i128::MIN] {
        let data = quote_account(&[4, 29], &[(FEED, value, 1)]);
        assert_eq!(sample(&data, terms, SLOT), Err(QuoteError::Sign));
    }
    for value in [1, i128::MAX] {
        let data = quote_account(&[4, 29], &[(FEED, value, 1)]);
        assert_eq!(sample(&data, terms, SLOT), Err(QuoteError::Exponent));
    }
}

#[test]
fn signers_are_the_queues_oracles() {
    let (data, queue) = (good_quote(), queue());
    let found = parse(&data).unwrap();
    assert_eq!(signers::check(&found, &queue, &ON_DEMAND), Ok(()));
    let account = Err(QuoteError::QueueAccount);
    assert_eq!(signers::check(&found, &queue, &QUOTES), account);
    assert_eq!(signers::check(&found, &queue[..signers::LEN - 1], &ON_DEMAND), account);
    assert_eq!(signers::check(&found, &with(&queue, 0, &[0]), &ON_DEMAND), account);
    let signer_error = Err(QuoteError::Signer);
    let rotated = with(&queue, 4200 + 32 * 29, &[0]);
    assert_eq!(signers::check(&found, &rotated, &ON_DEMAND), signer_error);
    // 34 is 4 modulo the number of keys: a second name for one oracle
    let alias = with(&data, data.len() - 16 - 14, &[34]);
    let alias = with(&alias, 42 + 2 + 28 + 96, &signer(4));
    assert_eq!(signers::check(&parse(&alias).unwrap(), &queue, &ON_DEMAND), signer_error);
    // an empty place of the queue signs nothing
    let nobody = with(&data, 42 + 2 + 28, &[0; 32]);
    let vacant = with(&queue, 4200 + 32 * 4, &[0; 32]);
    assert_eq!(signers::check(&parse(&nobody).unwrap(), &vacant, &ON_DEMAND), signer_error);
}

proptest! {
    /// Whatever is written over a quote, reading it is an answer, and an
    /// accepted one kept the checks.
    #[test]
    fn hostile_quotes_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(), whole: bool,
    ) {
        let mut data = good_quote();
        for (at, byte) in edits {
            let at = at.index(data.len());
            data[at] = byte;
        }
        let len = if whole { data.len() } else { cut.index(data.len()) };
        let Ok(found) = parse(&data[..len]) else { return Ok(()) };
        prop_assert!(found.feeds().count() >= 1);
        prop_assert!((0..found.oracles.len()).all(|i| found.signer(i).is_some()));
        if let Ok(sample) = quote::sample(&found, &quote_terms(), SLOT, 0) {
            prop_assert!(sample.price > 0 && found.oracles.len() >= 2);
        }
        let _ = signers::check(&found, &data, &ON_DEMAND);
    }

    #[test]
    fn hostile_feeds_never_panic(
        edits in prop::collection::vec((2200..2400_usize, any::<u8>()), 0..12), slot in 900..1_200_u64,
    ) {
        let mut data = feed();
        for (at, byte) in edits {
            data[at] = byte;
        }
        if let Ok(found) = read_feed(&data, slot) {
            prop_assert!(found.raw.price > 0 && slot - found.slot <= 100);
            prop_assert!(data[2213] == 0 && data[2360] >= 3);
        }
    }
}
