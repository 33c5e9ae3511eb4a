//! Rates of staking tokens: real pools decode to known figures, all else is refused.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)] // helpers of tests may panic, as tests do

use proptest::prelude::*;
use trestle_risk_math::guard::bounded_rate;
use trestle_risk_math::index::Index;
use trestle_risk_math::num::Weight;
use trestle_venue_adapters::oracle::rate::{Rate, RateError};
use trestle_venue_adapters::oracle::{marinade, stake_pool};

const MINT: [u8; 32] = [7; 32];
const EPOCH: u64 = 800;

/// Bytes of a pool with this stake, supply and epoch.
type Account = fn(u64, u64, u64) -> Vec<u8>;
type Reader = fn(&[u8], &[u8; 32], &[u8; 32], u64) -> Result<Rate, RateError>;

fn put(data: &mut [u8], offset: usize, value: u64) {
    data[offset..offset + 8].copy_from_slice(&value.to_le_bytes());
}

fn pool(lamports: u64, supply: u64, epoch: u64) -> Vec<u8> {
    let mut data = vec![0; stake_pool::MIN_LEN];
    data[0] = 1;
    data[162..194].copy_from_slice(&MINT);
    put(&mut data, 258, lamports);
    put(&mut data, 266, supply);
    put(&mut data, 274, epoch);
    data
}

fn state(lamports: u64, supply: u64, epoch: u64) -> Vec<u8> {
    let mut data = vec![0; marinade::MIN_LEN];
    data[..8].copy_from_slice(&marinade::DISCRIMINATOR);
    data[8..40].copy_from_slice(&MINT);
    put(&mut data, 376, lamports);
    put(&mut data, 504, supply);
    put(&mut data, 244, epoch);
    data
}

/// Every kind of pool: its owner, its reader, an account, where its mint stands.
fn kinds() -> [([u8; 32], Reader, Account); 3] {
    [
        (stake_pool::SPL, stake_pool::read, pool),
        (stake_pool::SANCTUM_MULTI, stake_pool::read, pool),
        (marinade::PROGRAM, marinade::read, state),
    ]
}

#[test]
fn a_rate_is_stake_over_supply_rounded_down() {
    for (owner, read, account) in kinds() {
        let found = read(&account(4, 3, EPOCH), &owner, &MINT, EPOCH).unwrap();
        assert_eq!(found.rate.q64(), (4 << 64) / 3);
        assert_eq!(found.epoch, EPOCH);
        assert!(read(&account(4, 3, EPOCH - 1), &owner, &MINT, EPOCH).is_ok(), "one behind");
    }
}

#[test]
fn every_refusal_has_its_error() {
    for (owner, read, account) in kinds() {
        let good = account(4, 3, EPOCH);
        let refused = |data: &[u8], owner, mint, error| {
            assert_eq!(read(data, owner, mint, EPOCH), Err(error));
        };
        let mut other = good.clone();
        other[0] ^= 3; // a validator list, or no state
        refused(&good, &[1; 32], &MINT, RateError::Owner);
        refused(&other, &owner, &MINT, RateError::Kind);
        refused(&good, &owner, &[8; 32], RateError::Mint);
        refused(&account(4, 3, EPOCH - 2), &owner, &MINT, RateError::Behind);
        refused(&account(4, 3, EPOCH + 1), &owner, &MINT, RateError::Ahead);
        refused(&account(0, 3, EPOCH), &owner, &MINT, RateError::Empty);
        refused(&account(4, 0, EPOCH), &owner, &MINT, RateError::Empty);
        refused(&account(1 << 32, 1, EPOCH), &owner, &MINT, RateError::Range);
        for len in 0..good.len() {
            refused(&good[..len], &owner, &MINT, RateError::Length);
        }
    }
}

/// Two programs' pools are not each other's.
#[test]
fn a_pool_is_read_by_its_own_program_only() {
    let mut data = pool(4, 3, EPOCH);
    data.resize(marinade::MIN_LEN, 0);
    assert_eq!(marinade::read(&data, &stake_pool::SPL, &MINT, EPOCH), Err(RateError::Owner));
    assert_eq!(marinade::read(&data, &marinade::PROGRAM, &MINT, EPOCH), Err(RateError::Kind));
    assert_eq!(
        stake_pool::read(&state(4, 3, EPOCH), &marinade::PROGRAM, &MINT, EPOCH),
        Err(RateError::Owner)
    );
}

/// Marinade's parts each count once, and tickets are owed.
#[test]
fn marinade_owes_its_tickets() {
    let mut data = state(1_000, 1_000, EPOCH);
    for (offset, lamports) in [(226, 10), (568, 20), (496, 30), (528, 1_059)] {
        put(&mut data, offset, lamports);
    }
    let read = |data: &[u8]| marinade::read(data, &marinade::PROGRAM, &MINT, EPOCH);
    assert_eq!(read(&data).unwrap().rate.q64(), (1 << 64) / 1_000);
    put(&mut data, 528, 1_060);
    assert_eq!(read(&data), Err(RateError::Empty));
    put(&mut data, 528, 1_061);
    assert_eq!(read(&data), Err(RateError::Range));
    put(&mut data, 376, u64::MAX);
    assert_eq!(read(&data), Err(RateError::Range));
}

/// JupSOL: 5,279,156.9 SOL over 4,737,129.5 tokens.
#[test]
fn a_real_stake_pool_decodes() {
    let Some(data) = trestle_fixtures::load("stake-pool/jupsol-pool.json") else { return };
    let mint = data[162..194].try_into().unwrap();
    let read = |epoch| stake_pool::read(&data, &stake_pool::SANCTUM_MULTI, &mint, epoch);
    let found = read(0).unwrap(); // the snapshot carries epoch zero
    assert_eq!(found.rate.q64(), (5_279_156_915_932_922_u128 << 64) / 4_737_129_478_525_448);
    assert_eq!(read(2), Err(RateError::Behind));
}

/// mSOL in epoch 796: the quotient is the price that the state itself stores.
#[test]
fn a_real_marinade_state_decodes() {
    let Some(data) = trestle_fixtures::load("stake-pool/msol-pool.json") else { return };
    let mint = data[8..40].try_into().unwrap();
    let found = marinade::read(&data, &marinade::PROGRAM, &mint, 796).unwrap();
    let stored = u64::from_le_bytes(data[512..520].try_into().unwrap());
    assert_eq!(found.rate.q64() >> 32, u128::from(stored));
    assert_eq!(stored, 5_578_022_520); // 1.29873...
}

/// A donation to the pool moves the rate at once; the board's rate follows
/// only as far as the bound on growth lets it.
#[test]
fn a_donated_rate_is_bounded_and_a_loss_is_not() {
    let read = |lamports| {
        stake_pool::read(&pool(lamports, 1_000, EPOCH), &stake_pool::SPL, &MINT, EPOCH).unwrap()
    };
    let last = read(1_000).rate;
    let bound = Weight::from_bps(10).unwrap();
    let jumped = bounded_rate(last, read(2_000).rate, bound, 1).unwrap();
    assert_eq!(jumped.q64(), (1 << 64) + (u128::from(bound.q16()) << 48));
    assert_eq!(bounded_rate(last, read(2_000).rate, bound, 0), Ok(Index::ONE));
    let lost = read(900).rate;
    assert_eq!(bounded_rate(last, lost, bound, 0), Ok(lost));
}

proptest! {
    /// Hostile bytes are refused or are the quotient that they claim; none panics.
    #[test]
    fn hostile_bytes_never_panic(
        mut data in prop::collection::vec(any::<u8>(), 0..700), kind in 0..3_usize, dress: bool,
    ) {
        let (owner, read, account) = kinds()[kind];
        let head = account(1, 1, EPOCH);
        if dress && data.len() >= head.len() {
            let end = if kind == 2 { 40 } else { 194 };
            data[..end].copy_from_slice(&head[..end]);
            let at = if kind == 2 { 244 } else { 274 };
            put(&mut data, at, EPOCH);
        }
        if let Ok(found) = read(&data, &owner, &MINT, EPOCH) {
            prop_assert!(dress && found.epoch == EPOCH && found.rate.q64() > 0);
        }
    }

    #[test]
    fn the_rate_never_exceeds_the_stake(
        lamports in 1..u64::MAX, supply in 1..u64::MAX, units in 0..u64::MAX,
    ) {
        if let Ok(found) = stake_pool::read(
            &pool(lamports, supply, EPOCH), &stake_pool::SPL, &MINT, EPOCH,
        ) {
            let exact = u128::from(units.min(supply)) * u128::from(lamports) / u128::from(supply);
            let ours = found.rate.tokens_floor(units.min(supply)).unwrap();
            prop_assert!(u128::from(ours) <= exact);
            prop_assert!(exact - u128::from(ours) <= 1);
        }
    }
}
