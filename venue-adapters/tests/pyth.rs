//! Pyth updates: real accounts decode to known figures, everything else is refused.
#![allow(clippy::indexing_slicing)] // helpers of tests may panic, as tests do

use trestle_venue_adapters::oracle::pyth::{
    DISCRIMINATOR, LEN, PythError, RECEIVER, RECEIVER_PRO, read,
};

const FEED: [u8; 32] = [7; 32];
const SLOT: u64 = 1_000;

/// A full update as the receiver writes it.
fn update() -> Vec<u8> {
    let mut data = vec![0; LEN];
    data[..8].copy_from_slice(&DISCRIMINATOR);
    data[40] = 1;
    data[41..73].copy_from_slice(&FEED);
    data[73..81].copy_from_slice(&(-5_i64).to_le_bytes());
    data[81..89].copy_from_slice(&6_u64.to_le_bytes());
    data[89..93].copy_from_slice(&(-8_i32).to_le_bytes());
    data[93..101].copy_from_slice(&1_700_000_000_i64.to_le_bytes());
    data[109..117].copy_from_slice(&9_i64.to_le_bytes());
    data[125..133].copy_from_slice(&SLOT.to_le_bytes());
    data
}

#[test]
fn an_update_is_read_field_by_field() {
    for owner in [RECEIVER, RECEIVER_PRO] {
        let found = read(&update(), &owner, &FEED, -8, SLOT).unwrap();
        assert_eq!(found.raw.price, -5); // signs are the guard's to judge
        assert_eq!(found.raw.confidence, 6);
        assert_eq!(found.raw.ema, 9);
        assert_eq!(found.raw.published, 1_700_000_000);
        assert_eq!(found.posted_slot, SLOT);
    }
}

#[test]
fn what_is_not_an_authentic_update_is_refused() {
    let good = update();
    let mut partial = good.clone();
    partial[40] = 0;
    let mut unknown_level = good.clone();
    unknown_level[40] = 2;
    let mut other = good.clone();
    other[0] ^= 1;
    let cases = [
        (&good[..], &[1; 32], &FEED, -8, SLOT, PythError::Owner),
        (&[][..], &RECEIVER, &FEED, -8, SLOT, PythError::Length),
        (&good[..7], &RECEIVER, &FEED, -8, SLOT, PythError::Length),
        (&good[..LEN - 1], &RECEIVER, &FEED, -8, SLOT, PythError::Length),
        (&other[..], &RECEIVER, &FEED, -8, SLOT, PythError::Discriminator),
        (&partial[..], &RECEIVER, &FEED, -8, SLOT, PythError::Partial),
        (&unknown_level[..], &RECEIVER, &FEED, -8, SLOT, PythError::Partial),
        (&good[..], &RECEIVER, &[8; 32], -8, SLOT, PythError::Feed),
        (&good[..], &RECEIVER, &FEED, -6, SLOT, PythError::Exponent),
        (&good[..], &RECEIVER, &FEED, -8, SLOT - 1, PythError::PostedSlot),
    ];
    for (data, owner, feed, exponent, slot, error) in cases {
        assert_eq!(read(data, owner, feed, exponent, slot), Err(error));
    }
}

/// Every cut of the account is an error, never a panic and never a value.
#[test]
fn no_prefix_is_an_update() {
    let good = update();
    for len in 0..LEN {
        assert!(read(&good[..len], &RECEIVER, &FEED, -8, SLOT).is_err(), "{len} bytes");
    }
}

#[test]
fn real_accounts_decode() {
    // SOL/USD of 2024-07-16 and USDC/USD of 2025-05-13
    let cases = [
        ("pyth/sol_usd_push.bin", 15_679_769_099_i64, 16_197_271_u64),
        ("pyth/usdc_usd_push.bin", 100_004_997, 67_956),
    ];
    for (name, price, confidence) in cases {
        let Some(data) = trestle_fixtures::load(name) else { continue };
        let feed: [u8; 32] = data[41..73].try_into().unwrap();
        let found = read(&data, &RECEIVER, &feed, -8, u64::MAX).unwrap();
        assert_eq!((found.raw.price, found.raw.confidence), (price, confidence), "{name}");
        assert!(found.raw.published > 1_700_000_000);
    }
}

/// A legacy push account that wears the receiver's owner.
#[test]
fn a_real_impostor_is_refused() {
    let Some(data) = trestle_fixtures::load("pyth/negative_legacy_push_account.json") else {
        return;
    };
    assert_eq!(read(&data, &RECEIVER, &FEED, -8, u64::MAX), Err(PythError::Discriminator));
}
