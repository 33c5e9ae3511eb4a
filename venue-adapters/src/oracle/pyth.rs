//! Pyth `PriceUpdateV2`, posted or pushed by a Pyth receiver program.
//!
//! The account is Borsh, so offsets after the verification level depend on its
//! variant. Only a fully verified update is read; a partial one (fewer guardian
//! signatures, chosen by the poster) is refused before any other field.

use crate::bytes::{i32_at, i64_at, key_at, u8_at, u64_at};
use trestle_risk_math::guard::RawSample;

/// Receiver `rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ`.
pub const RECEIVER: [u8; 32] = [
    12, 183, 250, 187, 82, 247, 166, 72, 187, 91, 49, 125, 154, 1, 139, 144, 87, 203, 2, 71, 116,
    250, 254, 1, 230, 196, 223, 152, 204, 56, 88, 129,
];
/// Receiver `rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp`.
pub const RECEIVER_PRO: [u8; 32] = [
    12, 183, 250, 122, 93, 166, 40, 251, 172, 169, 154, 234, 153, 247, 191, 59, 220, 54, 137, 104,
    96, 42, 191, 65, 77, 78, 139, 165, 103, 187, 176, 191,
];

/// Length of the account, its unused last byte included.
pub const LEN: usize = 134;
/// `sha256("account:PriceUpdateV2")[..8]`.
pub const DISCRIMINATOR: [u8; 8] = [0x22, 0xf1, 0x23, 0x63, 0x9d, 0x7e, 0xf4, 0xcd];

/// Verification level: 1 is full.
const LEVEL: usize = 40;
const FULL: u8 = 1;
// offsets of a fully verified update
const FEED_ID: usize = 41;
const PRICE: usize = 73;
const CONFIDENCE: usize = 81;
const EXPONENT: usize = 89;
const PUBLISH_TIME: usize = 93;
const EMA_PRICE: usize = 109;
const POSTED_SLOT: usize = 125;

/// Why an account is not a sample of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PythError {
    /// Not owned by a Pyth receiver.
    Owner,
    /// Shorter than an update.
    Length,
    /// Another kind of account.
    Discriminator,
    /// Not fully verified.
    Partial,
    /// Another feed.
    Feed,
    /// Another exponent than the one that was listed.
    Exponent,
    /// Posted in a slot that has not come yet.
    PostedSlot,
}

/// An authentic update of one feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Update {
    /// Numbers in units of `10^exponent` USD.
    pub raw: RawSample,
    /// Decimal exponent of the numbers.
    pub exponent: i32,
    /// Slot in which the update was posted.
    pub posted_slot: u64,
}

/// Reads an update of `feed` from an account's bytes and owner.
///
/// # Errors
/// [`PythError`], the first that applies.
pub fn read(
    data: &[u8],
    owner: &[u8; 32],
    feed: &[u8; 32],
    exponent: i32,
    slot: u64,
) -> Result<Update, PythError> {
    if *owner != RECEIVER && *owner != RECEIVER_PRO {
        return Err(PythError::Owner);
    }
    if data.get(..8) != Some(&DISCRIMINATOR[..]) {
        return Err(if data.len() < 8 { PythError::Length } else { PythError::Discriminator });
    }
    if data.len() < LEN {
        return Err(PythError::Length);
    }
    if u8_at(data, LEVEL) != Some(FULL) {
        return Err(PythError::Partial);
    }
    if key_at(data, FEED_ID).as_ref() != Some(feed) {
        return Err(PythError::Feed);
    }
    let update = fields(data).ok_or(PythError::Length)?;
    if update.exponent != exponent {
        return Err(PythError::Exponent);
    }
    if update.posted_slot > slot {
        return Err(PythError::PostedSlot);
    }
    Ok(update)
}

fn fields(data: &[u8]) -> Option<Update> {
    Some(Update {
        raw: RawSample {
            price: i64_at(data, PRICE)?,
            confidence: u64_at(data, CONFIDENCE)?,
            ema: i64_at(data, EMA_PRICE)?,
            published: i64_at(data, PUBLISH_TIME)?,
        },
        exponent: i32_at(data, EXPONENT)?,
        posted_slot: u64_at(data, POSTED_SLOT)?,
    })
}
