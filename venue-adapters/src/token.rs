//! Token mints and token accounts of SPL Token and Token-2022, by offset.
//!
//! Both programs share the base layout; a Token-2022 account goes on after
//! byte 165 with an account-type byte and extensions.

use crate::bytes::{array, key_at, u8_at, u32_at, u64_at};

/// SPL Token, `TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA`.
pub const TOKEN_PROGRAM: [u8; 32] = [
    6, 221, 246, 225, 215, 101, 161, 147, 217, 203, 225, 70, 206, 235, 121, 172, 28, 180, 133, 237,
    95, 91, 55, 145, 58, 140, 245, 133, 126, 255, 0, 169,
];
/// Token-2022, `TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb`.
pub const TOKEN_2022_PROGRAM: [u8; 32] = [
    6, 221, 246, 225, 238, 117, 143, 222, 24, 66, 93, 188, 228, 108, 205, 218, 182, 26, 252, 77,
    131, 185, 13, 39, 254, 189, 249, 40, 216, 161, 139, 252,
];

const ACCOUNT_LEN: usize = 165;
const MINT_LEN: usize = 82;
/// A multisig has this length and nothing else; its byte at [`TYPE`] is anyone's choice.
const MULTISIG_LEN: usize = 355;
const TYPE: usize = 165;
const TYPE_MINT: u8 = 1;
const TYPE_ACCOUNT: u8 = 2;

// offsets of a token account
const MINT: usize = 0;
const OWNER: usize = 32;
const AMOUNT: usize = 64;
const DELEGATE_TAG: usize = 72;
const STATE: usize = 108;
const CLOSE_AUTHORITY_TAG: usize = 129;
// offsets of a mint
const DECIMALS: usize = 44;
const INITIALIZED: usize = 45;

/// State of a token account.
const STATE_INITIALIZED: u8 = 1;
const STATE_FROZEN: u8 = 2;

/// Why bytes are not what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Length or type byte of something else.
    Layout,
    /// Never initialised.
    Uninitialised,
}

/// The fields of a token account that Trestle looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAccount {
    /// Mint.
    pub mint: [u8; 32],
    /// Owner.
    pub owner: [u8; 32],
    /// Balance, native units.
    pub amount: u64,
    /// A delegate is set.
    pub has_delegate: bool,
    /// A close authority is set.
    pub has_close_authority: bool,
    /// Frozen by the mint's freeze authority.
    pub frozen: bool,
}

/// Reads a token account.
///
/// # Errors
/// [`TokenError`].
#[inline(always)]
pub fn account(data: &[u8]) -> Result<TokenAccount, TokenError> {
    if data.len() != ACCOUNT_LEN && !is_extended(data, TYPE_ACCOUNT) {
        return Err(TokenError::Layout);
    }
    let state = u8_at(data, STATE).ok_or(TokenError::Layout)?;
    if state != STATE_INITIALIZED && state != STATE_FROZEN {
        return Err(TokenError::Uninitialised);
    }
    let read = || {
        Some(TokenAccount {
            mint: key_at(data, MINT)?,
            owner: key_at(data, OWNER)?,
            amount: u64_at(data, AMOUNT)?,
            has_delegate: u32_at(data, DELEGATE_TAG)? != 0,
            has_close_authority: u32_at(data, CLOSE_AUTHORITY_TAG)? != 0,
            frozen: state == STATE_FROZEN,
        })
    };
    read().ok_or(TokenError::Layout)
}

/// The balance of a token account whose identity was checked before.
#[must_use]
#[inline(always)]
pub fn balance(data: &[u8]) -> Option<u64> {
    u64_at(data, AMOUNT)
}

/// Decimals of a mint.
///
/// # Errors
/// [`TokenError`].
pub fn mint_decimals(data: &[u8]) -> Result<u8, TokenError> {
    if data.len() != MINT_LEN && !is_extended(data, TYPE_MINT) {
        return Err(TokenError::Layout);
    }
    if u8_at(data, INITIALIZED) != Some(1) {
        return Err(TokenError::Uninitialised);
    }
    u8_at(data, DECIMALS).ok_or(TokenError::Layout)
}

/// A Token-2022 account that says which type it is.
#[inline(always)]
fn is_extended(data: &[u8], kind: u8) -> bool {
    data.len() > ACCOUNT_LEN && data.len() != MULTISIG_LEN && u8_at(data, TYPE) == Some(kind)
}

/// Extension types found on a Token-2022 mint, as a bit per type number.
///
/// Types of 64 and above set bit 63, so that an unknown extension is never
/// taken for none.
///
/// # Errors
/// [`TokenError::Layout`] when the list is cut short.
pub fn mint_extensions(data: &[u8]) -> Result<u64, TokenError> {
    let mut bits = 0_u64;
    if data.len() <= ACCOUNT_LEN {
        return Ok(bits);
    }
    let mut at = TYPE.saturating_add(1);
    while let Some(head) = array::<4>(data, at) {
        let [kind_low, kind_high, len_low, len_high] = head;
        let kind = u16::from_le_bytes([kind_low, kind_high]);
        if kind == 0 {
            break; // padding
        }
        bits |= 1_u64.wrapping_shl(u32::from(kind.min(63)));
        let len = usize::from(u16::from_le_bytes([len_low, len_high]));
        at = at.saturating_add(4).saturating_add(len);
        if at > data.len() {
            return Err(TokenError::Layout);
        }
    }
    Ok(bits)
}
