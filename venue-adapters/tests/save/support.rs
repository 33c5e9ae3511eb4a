//! Save's accounts written field by field, for what no recording shows.

use trestle_fixtures::Key;
use trestle_venue_adapters::save::layout::{
    limiter as l, market as m, obligation as o, reserve as r,
};
use trestle_venue_adapters::save::{WAD, ids};
use trestle_venue_adapters::token::TOKEN_PROGRAM;

pub const MARKET: Key = [1; 32];
pub const OWNER: Key = [2; 32];
pub const RESERVE: Key = [3; 32];
pub const OTHER: Key = [4; 32];
pub const MINT: Key = [5; 32];

/// Writes bytes at an offset.
pub fn put<const N: usize>(data: &mut [u8], at: usize, bytes: [u8; N]) {
    data[at..at + N].copy_from_slice(&bytes);
}

/// A market without a limiter.
pub fn market() -> Vec<u8> {
    let mut data = vec![0; m::LEN];
    data[0] = 1;
    data[m::BUMP] = 254;
    put(&mut data, m::TOKEN_PROGRAM, TOKEN_PROGRAM);
    data
}

/// A reserve of 1,000 tokens of 6 decimals at two dollars, 600 of them lent,
/// 500 cTokens out; 5 % at 80 % utilisation, 100 % at 95 %, 300 % at all.
pub fn reserve() -> Vec<u8> {
    let mut data = vec![0; r::LEN];
    data[0] = 1;
    put(&mut data, r::SLOT, 1_000_u64.to_le_bytes());
    put(&mut data, r::MARKET, MARKET);
    put(&mut data, r::MINT, MINT);
    data[r::DECIMALS] = 6;
    put(&mut data, r::PYTH, [6; 32]);
    put(&mut data, r::SWITCHBOARD, ids::NO_ORACLE);
    put(&mut data, r::AVAILABLE, 400_000_000_u64.to_le_bytes());
    put(&mut data, r::BORROWED, (600_000_000 * WAD).to_le_bytes());
    put(&mut data, r::CUMULATIVE, (WAD * 3 / 2).to_le_bytes());
    put(&mut data, r::PRICE, (WAD * 2).to_le_bytes());
    put(&mut data, r::SMOOTHED_PRICE, (WAD * 2).to_le_bytes());
    put(&mut data, r::CTOKEN_SUPPLY, 500_000_000_u64.to_le_bytes());
    data[r::OPTIMAL_UTILISATION_PCT] = 80;
    data[r::MAX_UTILISATION_PCT] = 95;
    data[r::OPTIMAL_RATE_PCT] = 5;
    data[r::MAX_RATE_PCT] = 100;
    put(&mut data, r::SUPER_MAX_RATE_PCT, 300_u64.to_le_bytes());
    data[r::LTV_PCT] = 75;
    data[r::THRESHOLD_PCT] = 80;
    data[r::BONUS_PCT] = 5;
    data[r::MAX_BONUS_PCT] = 10;
    data[r::LIQUIDATION_FEE] = 5;
    data[r::TAKE_PCT] = 20;
    put(&mut data, r::ADDED_WEIGHT_BPS, 2_500_u64.to_le_bytes());
    put(&mut data, r::DEPOSIT_LIMIT, 5_000_000_000_u64.to_le_bytes());
    put(&mut data, r::BORROW_LIMIT, 4_000_000_000_u64.to_le_bytes());
    data
}

/// Writes a limiter: capacity, window in slots, outflow of the window before,
/// first slot of the running one, and its outflow.
pub fn set_limiter(
    data: &mut [u8],
    at: usize,
    (capacity, window): (u64, u64),
    state: (u128, u64, u128),
) {
    put(data, at + l::CAPACITY, capacity.to_le_bytes());
    put(data, at + l::WINDOW, window.to_le_bytes());
    put(data, at + l::BEFORE, state.0.to_le_bytes());
    put(data, at + l::START, state.1.to_le_bytes());
    put(data, at + l::RUNNING, state.2.to_le_bytes());
}

/// An obligation of [`OWNER`]: deposits of cTokens, debts in wads at a cumulative rate.
pub fn obligation(deposits: &[(Key, u64)], borrows: &[(Key, u128, u128)]) -> Vec<u8> {
    let mut data = vec![0; o::LEN];
    data[0] = 1;
    put(&mut data, o::SLOT, 1_000_u64.to_le_bytes());
    put(&mut data, o::MARKET, MARKET);
    put(&mut data, o::OWNER, OWNER);
    data[o::DEPOSIT_COUNT] = u8::try_from(deposits.len()).unwrap();
    data[o::BORROW_COUNT] = u8::try_from(borrows.len()).unwrap();
    let mut at = o::POSITIONS;
    for (reserve, ctokens) in deposits {
        put(&mut data, at + o::deposit::RESERVE, *reserve);
        put(&mut data, at + o::deposit::CTOKENS, ctokens.to_le_bytes());
        at += o::DEPOSIT_LEN;
    }
    for (reserve, wads, cumulative) in borrows {
        put(&mut data, at + o::borrow::RESERVE, *reserve);
        put(&mut data, at + o::borrow::BORROWED, wads.to_le_bytes());
        put(&mut data, at + o::borrow::CUMULATIVE, cumulative.to_le_bytes());
        at += o::BORROW_LEN;
    }
    data
}
