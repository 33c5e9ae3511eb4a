//! klend accounts written field by field, for what no recording shows.

use trestle_fixtures::Key;
use trestle_venue_adapters::kamino::layout::{market as m, obligation as o, reserve as r};
use trestle_venue_adapters::kamino::{ids, interest};
use trestle_venue_adapters::token::TOKEN_PROGRAM;

pub const MARKET: Key = [1; 32];
pub const OWNER: Key = [2; 32];
pub const RESERVE: Key = [3; 32];
pub const OTHER: Key = [4; 32];
pub const MINT: Key = [5; 32];

/// 1.0 in klend's scale.
pub const ONE: u128 = interest::ONE;

/// Writes bytes at an offset.
pub fn put<const N: usize>(data: &mut [u8], at: usize, bytes: [u8; N]) {
    data[at..at + N].copy_from_slice(&bytes);
}

/// An open market: no groups, close factor 20 %.
pub fn market() -> Vec<u8> {
    let mut data = vec![0; m::LEN];
    put(&mut data, 0, ids::account::MARKET);
    put(&mut data, m::VERSION, 1_u64.to_le_bytes());
    put(&mut data, m::BUMP, 254_u64.to_le_bytes());
    data[m::CLOSE_FACTOR_PCT] = 20;
    data
}

/// Sets up elevation group `id`: 90 / 93 %, bonus at most 2 %.
pub fn add_group(market: &mut [u8], id: u8, debt_reserve: Key) {
    let at = m::GROUPS + m::GROUP_LEN * (usize::from(id) - 1);
    put(market, at + m::group::MAX_BONUS_BPS, 200_u16.to_le_bytes());
    market[at + m::group::ID] = id;
    market[at + m::group::LTV_PCT] = 90;
    market[at + m::group::THRESHOLD_PCT] = 93;
    market[at + m::group::NEW_LOANS] = 1;
    market[at + m::group::MAX_COLLATERALS] = 2;
    put(market, at + m::group::DEBT_RESERVE, debt_reserve);
}

/// A curve: points in basis points, the last one repeated.
pub fn set_curve(reserve: &mut [u8], points: &[(u32, u32)]) {
    for i in 0..r::CURVE_POINTS {
        let (utilisation, rate) = points[i.min(points.len() - 1)];
        let at = r::CURVE + r::CURVE_POINT_LEN * i;
        put(reserve, at, utilisation.to_le_bytes());
        put(reserve, at + 4, rate.to_le_bytes());
    }
}

/// A reserve of 1,000 tokens of 6 decimals, 600 of them lent, 500 cTokens out.
pub fn reserve() -> Vec<u8> {
    let mut data = vec![0; r::LEN];
    put(&mut data, 0, ids::account::RESERVE);
    put(&mut data, r::VERSION, 1_u64.to_le_bytes());
    put(&mut data, r::SLOT, 1_000_u64.to_le_bytes());
    put(&mut data, r::MARKET, MARKET);
    put(&mut data, r::MINT, MINT);
    put(&mut data, r::TOKEN_PROGRAM, TOKEN_PROGRAM);
    put(&mut data, r::DECIMALS, 6_u64.to_le_bytes());
    put(&mut data, r::AVAILABLE, 400_000_000_u64.to_le_bytes());
    put(&mut data, r::BORROWED, (600_000_000 * ONE).to_le_bytes());
    put(&mut data, r::CUMULATIVE, (ONE * 3 / 2).to_le_bytes());
    put(&mut data, r::CTOKEN_SUPPLY, 500_000_000_u64.to_le_bytes());
    put(&mut data, r::PRICE, (ONE * 2).to_le_bytes());
    put(&mut data, r::PRICE_TIME, 10_000_u64.to_le_bytes());
    put(&mut data, r::MAX_PRICE_AGE, 120_u64.to_le_bytes());
    data[r::PRICE_STATUS] = 63;
    data[r::TAKE_PCT] = 10;
    data[r::LTV_PCT] = 75;
    data[r::THRESHOLD_PCT] = 80;
    put(&mut data, r::MAX_BONUS_BPS, 1_000_u16.to_le_bytes());
    put(&mut data, r::BORROW_FACTOR_PCT, 125_u64.to_le_bytes());
    put(&mut data, r::DEPOSIT_LIMIT, 5_000_000_000_u64.to_le_bytes());
    put(&mut data, r::BORROW_LIMIT, 4_000_000_000_u64.to_le_bytes());
    put(&mut data, r::BORROW_LIMIT_OUTSIDE, u64::MAX.to_le_bytes());
    set_curve(&mut data, &[(0, 0), (8_000, 500), (10_000, 10_000)]);
    data
}

/// An empty obligation of [`OWNER`].
pub fn obligation() -> Vec<u8> {
    let mut data = vec![0; o::LEN];
    put(&mut data, 0, ids::account::OBLIGATION);
    put(&mut data, o::SLOT, 1_000_u64.to_le_bytes());
    put(&mut data, o::MARKET, MARKET);
    put(&mut data, o::OWNER, OWNER);
    data
}

/// Fills a deposit slot.
pub fn set_deposit(obligation: &mut [u8], slot: usize, reserve: Key, ctokens: u64) {
    let at = o::DEPOSITS + o::DEPOSIT_LEN * slot;
    put(obligation, at + o::deposit::RESERVE, reserve);
    put(obligation, at + o::deposit::CTOKENS, ctokens.to_le_bytes());
}

/// Fills a debt slot.
pub fn set_borrow(obligation: &mut [u8], slot: usize, reserve: Key, sf: u128, rate: u128) {
    let at = o::BORROWS + o::BORROW_LEN * slot;
    put(obligation, at + o::borrow::RESERVE, reserve);
    put(obligation, at + o::borrow::CUMULATIVE, rate.to_le_bytes());
    put(obligation, at + o::borrow::BORROWED, sf.to_le_bytes());
}
