//! SPL stake pools, of the original deployment and of Sanctum's for many validators.
//!
//! The account is Borsh; everything read lies before its first variable field.

use super::rate::{Rate, RateError, of};
use crate::bytes::{key_at, u8_at, u64_at};

/// SPL stake pool `SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy`.
pub const SPL: [u8; 32] = [
    6, 129, 78, 212, 202, 246, 138, 23, 70, 114, 253, 172, 134, 3, 26, 99, 232, 78, 161, 94, 250,
    29, 68, 183, 34, 147, 246, 219, 219, 0, 22, 80,
];
/// Sanctum, many validators: `SPMBzsVUuoHA4Jm6KunbsotaahvVikZs1JyTW6iJvbn`.
pub const SANCTUM_MULTI: [u8; 32] = [
    6, 128, 202, 15, 153, 129, 125, 198, 134, 8, 196, 172, 91, 156, 165, 34, 163, 58, 89, 41, 241,
    107, 218, 130, 68, 164, 28, 3, 22, 185, 8, 237,
];

/// Bytes up to the last field that is read.
pub const MIN_LEN: usize = 282;
/// First byte of a pool; 2 is a validator list.
const STAKE_POOL: u8 = 1;
const POOL_MINT: usize = 162;
const TOTAL_LAMPORTS: usize = 258;
const POOL_TOKEN_SUPPLY: usize = 266;
const LAST_UPDATE_EPOCH: usize = 274;

/// Reads the rate of `mint` in epoch `epoch` from a pool's bytes and owner.
///
/// The supply is the pool's own count: tokens burned since raise nobody's rate
/// before the pool counts again.
///
/// # Errors
/// [`RateError`], the first that applies.
pub fn read(data: &[u8], owner: &[u8; 32], mint: &[u8; 32], epoch: u64) -> Result<Rate, RateError> {
    if *owner != SPL && *owner != SANCTUM_MULTI {
        return Err(RateError::Owner);
    }
    if data.len() < MIN_LEN {
        return Err(RateError::Length);
    }
    if u8_at(data, 0) != Some(STAKE_POOL) {
        return Err(RateError::Kind);
    }
    if key_at(data, POOL_MINT).as_ref() != Some(mint) {
        return Err(RateError::Mint);
    }
    let field = |offset| u64_at(data, offset).ok_or(RateError::Length);
    of(field(TOTAL_LAMPORTS)?, field(POOL_TOKEN_SUPPLY)?, field(LAST_UPDATE_EPOCH)?, epoch)
}
