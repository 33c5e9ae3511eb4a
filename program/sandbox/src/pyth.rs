//! Pyth `PriceUpdateV2` accounts, written as the receiver program writes them.

use solana_account::Account;
use solana_program::pubkey::Pubkey;
use trestle_venue_adapters::oracle::pyth::{DISCRIMINATOR, LEN, RECEIVER};

/// Decimal exponent of every feed here.
pub const EXPONENT: i32 = -8;

/// The numbers of one update, in units of 1e-8 USD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Price.
    pub price: i64,
    /// Confidence.
    pub confidence: u64,
    /// Moving average.
    pub ema: i64,
}

impl Quote {
    /// A quote with no confidence interval and the average at the price.
    #[must_use]
    pub const fn exact(price: i64) -> Self {
        Self { price, confidence: 0, ema: price }
    }

    /// From USD cents.
    #[must_use]
    pub const fn cents(cents: i64) -> Self {
        Self::exact(cents * 1_000_000)
    }
}

/// Bytes of a fully verified update.
#[must_use]
pub fn encode(feed: &[u8; 32], quote: &Quote, published: i64, slot: u64) -> Vec<u8> {
    let mut data = Vec::with_capacity(LEN);
    data.extend_from_slice(&DISCRIMINATOR);
    data.extend_from_slice(&[7; 32]); // write authority
    data.push(1); // fully verified
    data.extend_from_slice(feed);
    data.extend_from_slice(&quote.price.to_le_bytes());
    data.extend_from_slice(&quote.confidence.to_le_bytes());
    data.extend_from_slice(&EXPONENT.to_le_bytes());
    data.extend_from_slice(&published.to_le_bytes());
    data.extend_from_slice(&(published - 1).to_le_bytes());
    data.extend_from_slice(&quote.ema.to_le_bytes());
    data.extend_from_slice(&quote.confidence.to_le_bytes());
    data.extend_from_slice(&slot.to_le_bytes());
    data.resize(LEN, 0);
    data
}

/// An account of the receiver that holds the bytes.
#[must_use]
pub fn account(data: Vec<u8>) -> Account {
    Account {
        lamports: 10_000_000,
        data,
        owner: Pubkey::new_from_array(RECEIVER),
        executable: false,
        rent_epoch: u64::MAX,
    }
}

/// The numbers of a real update's bytes, rescaled to [`EXPONENT`]: `None` when
/// the bytes are not a fully verified update.
#[must_use]
pub fn quote_of(data: &[u8]) -> Option<Quote> {
    let feed: [u8; 32] = data.get(41..73)?.try_into().ok()?;
    let exponent = i32::from_le_bytes(data.get(89..93)?.try_into().ok()?);
    let update =
        trestle_venue_adapters::oracle::pyth::read(data, &RECEIVER, &feed, exponent, u64::MAX)
            .ok()?;
    let scale = 10_i64.checked_pow(u32::try_from(exponent - EXPONENT).ok()?)?;
    Some(Quote {
        price: update.raw.price.checked_mul(scale)?,
        confidence: update.raw.confidence.checked_mul(scale.unsigned_abs())?,
        ema: update.raw.ema.checked_mul(scale)?,
    })
}
