//! Pull feeds against the crate's own structure.

use bytemuck::pod_read_unaligned;
use std::mem::{offset_of, size_of};
use switchboard_on_demand::on_demand::accounts::pull_feed::{CurrentResult, PullFeedAccountData};
use trestle_risk_math::num::Weight;
use trestle_venue_adapters::oracle::switchboard::pull_feed::{self, FeedError, FeedTerms};
use trestle_venue_adapters::oracle::switchboard::{MAIN_QUEUE, ON_DEMAND, QUOTES};

const SLOT: u64 = 1_000;

#[test]
fn programs_and_queue_are_the_crates() {
    assert_eq!(ON_DEMAND, switchboard_on_demand::ON_DEMAND_MAINNET_PID.to_bytes());
    assert_eq!(QUOTES, switchboard_on_demand::QUOTE_PROGRAM_ID.to_bytes());
    assert_eq!(MAIN_QUEUE, switchboard_on_demand::DEFAULT_MAINNET_QUEUE.to_bytes());
}

#[test]
fn a_feed_has_the_crates_length_and_discriminator() {
    use switchboard_on_demand::Discriminator;
    assert_eq!(pull_feed::LEN, size_of::<PullFeedAccountData>() + 8);
    assert_eq!(pull_feed::DISCRIMINATOR, PullFeedAccountData::DISCRIMINATOR);
}

/// Bytes of a feed as the crate lays them out.
fn bytes(feed: &PullFeedAccountData) -> Vec<u8> {
    let mut data = pull_feed::DISCRIMINATOR.to_vec();
    data.extend_from_slice(bytemuck::bytes_of(feed));
    data
}

/// A feed that the crate's structure filled is read back field by field.
#[test]
fn what_the_crate_writes_is_what_we_read() {
    let mut feed: PullFeedAccountData = bytemuck::Zeroable::zeroed();
    feed.queue = [5; 32].into();
    feed.feed_hash = [7; 32];
    feed.min_sample_size = 4;
    feed.last_update_timestamp = 1_700_000_000;
    feed.max_staleness = 50;
    feed.result.value = 123_456_789_012_345_678_901;
    feed.result.std_dev = 98_765_432_100_000_000;
    feed.result.range = 200_000_000_000_000_000;
    feed.result.num_samples = 4;
    feed.result.slot = SLOT;
    feed.result.min_slot = SLOT - 50;
    let terms = FeedTerms {
        queue: [5; 32],
        feed: [7; 32],
        max_slots: 100,
        min_samples: 3,
        range_cap: Weight::ONE,
        exponent: -8,
    };
    let read =
        |feed: &PullFeedAccountData, slot| pull_feed::read(&bytes(feed), &ON_DEMAND, &terms, slot);
    let found = read(&feed, SLOT).unwrap();
    assert_eq!(found.raw.price, 12_345_678_901);
    assert_eq!(found.raw.confidence, 9_876_544);
    assert_eq!(found.raw.published, 1_700_000_000);
    assert_eq!(found.slot, SLOT - 50);
    assert_eq!(read(&feed, SLOT + 1), Err(FeedError::Stale));
    let changed = |change: fn(&mut PullFeedAccountData)| {
        let mut other = feed;
        change(&mut other);
        read(&other, SLOT)
    };
    assert_eq!(changed(|feed| feed.min_sample_size = 5), Err(FeedError::Samples));
    assert_eq!(
        changed(|feed| feed.permit_write_by_authority = 1),
        Err(FeedError::WritableByAuthority)
    );
    assert_eq!(
        changed(|feed| feed.result.range = 2 * feed.result.value + 1),
        Err(FeedError::Range)
    );
}

/// The real feed: the crate's fields are ours, byte for byte.
#[test]
fn a_real_feed_says_the_same_to_both() {
    let Some(data) = trestle_fixtures::load("switchboard/sol_usd_pull_feed.bin") else { return };
    let theirs: PullFeedAccountData = pod_read_unaligned(&data[8..]);
    assert_eq!(bytes(&theirs), data);
    assert_eq!(theirs.queue.to_bytes(), MAIN_QUEUE);
    let terms = FeedTerms {
        queue: MAIN_QUEUE,
        feed: theirs.feed_hash,
        max_slots: theirs.max_staleness,
        min_samples: 3,
        range_cap: Weight::ONE,
        exponent: -8,
    };
    // the snapshot has two samples: one more, at the place that the crate gives
    let mut three = data.clone();
    three[8 + offset_of!(PullFeedAccountData, result) + offset_of!(CurrentResult, num_samples)] = 3;
    let ours = pull_feed::read(&three, &ON_DEMAND, &terms, theirs.result.slot).unwrap();
    assert_eq!(i128::from(ours.raw.price), theirs.result.value / 10_000_000_000);
    let deviation = theirs.result.std_dev;
    assert_eq!(i128::from(ours.raw.confidence), (deviation + 9_999_999_999) / 10_000_000_000);
    assert_eq!(ours.raw.published, theirs.last_update_timestamp);
    assert_eq!(ours.slot, theirs.result.min_slot);
}
