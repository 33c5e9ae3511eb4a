//! Marinade's state: the rate of mSOL.
//!
//! The state stores a price of its own, in units of 2^-32. It is not read: it
//! is the same quotient, with half the digits.

use super::rate::{Rate, RateError, of};
use crate::bytes::{array, key_at, u64_at};

/// Marinade `MarBmsSgKXdrN1egZf5sqe1TMai9K1rChYNDJgjq7aD`.
pub const PROGRAM: [u8; 32] = [
    5, 69, 227, 101, 190, 242, 113, 173, 117, 53, 3, 103, 86, 93, 164, 13, 163, 54, 220, 28, 135,
    155, 177, 84, 138, 122, 252, 197, 90, 169, 57, 30,
];
/// `sha256("account:State")[..8]`.
pub const DISCRIMINATOR: [u8; 8] = [0xd8, 0x92, 0x6b, 0x5e, 0x68, 0x4b, 0xb6, 0xb1];

/// Bytes up to the last field that is read.
pub const MIN_LEN: usize = 576;
const MSOL_MINT: usize = 8;
const DELAYED_COOLING_DOWN: usize = 226;
const LAST_STAKE_DELTA_EPOCH: usize = 244;
const ACTIVE_BALANCE: usize = 376;
const RESERVE_BALANCE: usize = 496;
const MSOL_SUPPLY: usize = 504;
const TICKET_BALANCE: usize = 528;
const EMERGENCY_COOLING_DOWN: usize = 568;

/// Reads the rate of mSOL in epoch `epoch` from the state's bytes and owner.
///
/// Stake is what is active, what cools down and what lies in reserve, less
/// what is owed to tickets of delayed unstaking.
///
/// # Errors
/// [`RateError`], the first that applies.
pub fn read(data: &[u8], owner: &[u8; 32], mint: &[u8; 32], epoch: u64) -> Result<Rate, RateError> {
    if *owner != PROGRAM {
        return Err(RateError::Owner);
    }
    if data.len() < MIN_LEN {
        return Err(RateError::Length);
    }
    if array(data, 0) != Some(DISCRIMINATOR) {
        return Err(RateError::Kind);
    }
    if key_at(data, MSOL_MINT).as_ref() != Some(mint) {
        return Err(RateError::Mint);
    }
    let field = |offset| u64_at(data, offset).ok_or(RateError::Length);
    let held = [ACTIVE_BALANCE, DELAYED_COOLING_DOWN, EMERGENCY_COOLING_DOWN, RESERVE_BALANCE];
    let mut stake = 0_u64;
    for offset in held {
        stake = stake.checked_add(field(offset)?).ok_or(RateError::Range)?;
    }
    let stake = stake.checked_sub(field(TICKET_BALANCE)?).ok_or(RateError::Range)?;
    of(stake, field(MSOL_SUPPLY)?, field(LAST_STAKE_DELTA_EPOCH)?, epoch)
}
