//! The signers of a quote against the keys of its queue.

use super::ON_DEMAND;
use super::quote::{Quote, QuoteError};
use crate::bytes::{array, key_at};

/// Length of a queue.
pub const LEN: usize = 6280;
/// Discriminator of a queue.
pub const DISCRIMINATOR: [u8; 8] = [217, 194, 55, 127, 184, 83, 138, 1];
/// Signing keys of a queue's oracles.
pub const KEYS: usize = 4200;
/// Number of keys.
pub const KEY_COUNT: usize = 30;

/// Holds every signer of a quote to the key that the queue gives its index. The
/// caller pins the queue's address. An index beyond the keys and a key of zeros
/// are nobody's.
///
/// # Errors
/// [`QuoteError::QueueAccount`], [`QuoteError::Signer`].
pub fn check(quote: &Quote<'_>, queue: &[u8], owner: &[u8; 32]) -> Result<(), QuoteError> {
    if *owner != ON_DEMAND || queue.len() != LEN || array(queue, 0) != Some(DISCRIMINATOR) {
        return Err(QuoteError::QueueAccount);
    }
    for (number, oracle) in quote.oracles.iter().enumerate() {
        let index = usize::from(*oracle);
        let key = index.checked_mul(32).and_then(|at| key_at(queue, KEYS.checked_add(at)?));
        let key = key.filter(|key| index < KEY_COUNT && *key != [0; 32]);
        if key.is_none() || quote.signer(number) != key {
            return Err(QuoteError::Signer);
        }
    }
    Ok(())
}
