//! Token accounts and mints of both programs.
#![allow(clippy::indexing_slicing)] // helpers of tests may panic, as tests do

use trestle_venue_adapters::token::{TokenError, account, mint_decimals, mint_extensions};

/// A base account: mint, owner and balance set, state given.
fn base(state: u8) -> Vec<u8> {
    let mut data = vec![0; 165];
    data[..32].fill(1);
    data[32..64].fill(2);
    data[64..72].copy_from_slice(&77_u64.to_le_bytes());
    data[108] = state;
    data
}

#[test]
fn an_account_is_read_field_by_field() {
    let found = account(&base(1)).unwrap();
    assert_eq!((found.mint, found.owner, found.amount), ([1; 32], [2; 32], 77));
    assert!(!found.has_delegate && !found.has_close_authority && !found.frozen);
    assert!(account(&base(2)).unwrap().frozen);
    let mut data = base(1);
    data[72] = 1;
    data[129] = 1;
    let found = account(&data).unwrap();
    assert!(found.has_delegate && found.has_close_authority);
}

#[test]
fn what_is_not_an_account_is_refused() {
    assert_eq!(account(&base(0)), Err(TokenError::Uninitialised));
    assert_eq!(account(&base(3)), Err(TokenError::Uninitialised));
    for len in 0..165 {
        assert_eq!(account(&base(1)[..len]), Err(TokenError::Layout), "{len} bytes");
    }
    // behind byte 165 the type byte decides
    let mut long = base(1);
    long.resize(200, 0);
    assert_eq!(account(&long), Err(TokenError::Layout));
    long[165] = 1; // a mint
    assert_eq!(account(&long), Err(TokenError::Layout));
    long[165] = 2;
    assert!(account(&long).is_ok());
}

/// A multisig's signers are its creator's choice, the byte at 165 included.
#[test]
fn a_multisig_is_neither_account_nor_mint() {
    let mut data = base(1);
    data.resize(355, 0);
    data[165] = 2;
    assert_eq!(account(&data), Err(TokenError::Layout));
    data[165] = 1;
    data[45] = 1;
    assert_eq!(mint_decimals(&data), Err(TokenError::Layout));
}

#[test]
fn mints_are_read_by_length_and_type() {
    let mut data = vec![0; 82];
    data[44] = 9;
    assert_eq!(mint_decimals(&data), Err(TokenError::Uninitialised));
    data[45] = 1;
    assert_eq!(mint_decimals(&data), Ok(9));
    assert_eq!(mint_extensions(&data), Ok(0));
    data.resize(166, 0);
    assert_eq!(mint_decimals(&data), Err(TokenError::Layout));
    data[165] = 1;
    assert_eq!(mint_decimals(&data), Ok(9));
}

#[test]
fn extensions_are_listed_or_the_list_is_refused() {
    let mut data = vec![0; 166];
    data[165] = 1;
    let mut push = |kind: u16, len: u16, body: usize| {
        data.extend(kind.to_le_bytes());
        data.extend(len.to_le_bytes());
        data.extend(vec![0; body]);
        mint_extensions(&data)
    };
    assert_eq!(push(3, 32, 32), Ok(1 << 3));
    assert_eq!(push(200, 0, 0), Ok(1 << 3 | 1 << 63)); // unknown is not none
    assert_eq!(push(1, 108, 107), Err(TokenError::Layout)); // cut short
}

#[test]
fn a_real_token_2022_mint_decodes() {
    let Some(data) = trestle_fixtures::load("token/pyusd_token2022_mint.json") else { return };
    assert_eq!(mint_decimals(&data), Ok(6));
    let bits = mint_extensions(&data).unwrap();
    for (kind, name) in [(1, "transfer fee"), (12, "permanent delegate"), (14, "transfer hook")] {
        assert_ne!(bits & 1 << kind, 0, "PYUSD has a {name}");
    }
}
