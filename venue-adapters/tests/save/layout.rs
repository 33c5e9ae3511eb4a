//! Layouts: every field where it stands, exact lengths, versions, positions.

use crate::support::{self, MARKET, OTHER, OWNER, RESERVE, put};
use trestle_fixtures::trace;
use trestle_venue_adapters::save::layout::{
    limiter as l, market as m, obligation as o, reserve as r,
};
use trestle_venue_adapters::save::market::Market;
use trestle_venue_adapters::save::obligation::Obligation;
use trestle_venue_adapters::save::reserve::Reserve;
use trestle_venue_adapters::save::{SaveError, WAD, ids};

#[test]
fn lengths_are_exact() {
    let without_last = |data: Vec<u8>| data[..data.len() - 1].to_vec();
    let with_one_more = |mut data: Vec<u8>| {
        data.push(0);
        data
    };
    for change in [&without_last as &dyn Fn(Vec<u8>) -> Vec<u8>, &with_one_more] {
        let (market, reserve) = (change(support::market()), change(support::reserve()));
        let obligation = change(support::obligation(&[], &[]));
        assert_eq!(Market::new(&market).unwrap_err(), SaveError::Length);
        assert_eq!(Reserve::new(&reserve).unwrap_err(), SaveError::Length);
        assert_eq!(Obligation::new(&obligation).unwrap_err(), SaveError::Length);
    }
    assert!(Reserve::new(&support::market()).is_err() && Market::new(&support::reserve()).is_err());
}

#[test]
fn versions_are_known() {
    for version in [0, 2, 255] {
        let with = |mut data: Vec<u8>| {
            data[0] = version;
            data
        };
        let (market, reserve) = (with(support::market()), with(support::reserve()));
        let obligation = with(support::obligation(&[], &[]));
        assert_eq!(Market::new(&market).unwrap_err(), SaveError::Version);
        assert_eq!(Reserve::new(&reserve).unwrap_err(), SaveError::Version);
        assert_eq!(Obligation::new(&obligation).unwrap_err(), SaveError::Version);
    }
}

/// Fields stand one behind the other, as the packed accounts have them: the
/// offset of each is the one before and its size.
#[test]
fn packed_fields_touch() {
    let reserve = [
        (r::SLOT, 8),
        (r::STALE, 1),
        (r::MARKET, 32),
        (r::MINT, 32),
        (r::DECIMALS, 1),
        (r::VAULT, 32),
        (r::PYTH, 32),
        (r::SWITCHBOARD, 32),
        (r::AVAILABLE, 8),
        (r::BORROWED, 16),
        (r::CUMULATIVE, 16),
        (r::PRICE, 16),
        (r::CTOKEN_MINT, 32),
        (r::CTOKEN_SUPPLY, 8),
        (r::CTOKEN_VAULT, 32),
        (r::OPTIMAL_UTILISATION_PCT, 1),
        (r::LTV_PCT, 1),
        (r::BONUS_PCT, 1),
        (r::THRESHOLD_PCT, 1),
        (r::MIN_RATE_PCT, 1),
        (r::OPTIMAL_RATE_PCT, 1),
        (r::MAX_RATE_PCT, 1),
        (r::BORROW_FEE, 16), // and the fee of flash loans
        (r::HOST_FEE_PCT, 1),
        (r::DEPOSIT_LIMIT, 8),
        (r::BORROW_LIMIT, 8),
        (r::FEE_VAULT, 32),
        (r::LIQUIDATION_FEE, 1),
        (r::TAKE_PCT, 1),
        (r::PROTOCOL_FEES, 16),
        (r::LIMITER, l::LEN),
        (r::ADDED_WEIGHT_BPS, 8),
        (r::SMOOTHED_PRICE, 16),
        (r::TIER, 1),
        (r::MAX_UTILISATION_PCT, 1),
        (r::SUPER_MAX_RATE_PCT, 8),
        (r::MAX_BONUS_PCT, 2), // and the largest threshold
        (481, 8),              // offset of a scaled price
        (r::EXTRA_ORACLE, 32),
        (r::HAS_EXTRA_PRICE, 1),
        (r::EXTRA_PRICE, 16),
        (r::ATTRIBUTED, 16),
        (r::ATTRIBUTED_LIMIT, 16), // and the limit of closing
        (570, 49),                 // unused
    ];
    let end = reserve.iter().fold(1, |next, (at, size)| {
        assert_eq!(*at, next);
        at + size
    });
    assert_eq!(end, r::LEN);
    assert_eq!(o::POSITIONS + o::DEPOSIT_LEN + 9 * o::BORROW_LEN, o::LEN);
    assert_eq!((l::RUNNING + 16, m::LIMITER + l::LEN + 32), (l::LEN, m::RISK_AUTHORITY));
}

#[test]
fn positions_follow_the_counts() {
    let (deposits, borrows) = ([(RESERVE, 7), (OTHER, 9)], [(OTHER, 3 * WAD, 2 * WAD)]);
    let data = support::obligation(&deposits, &borrows);
    let found = Obligation::new(&data).unwrap();
    assert_eq!((found.market(), found.owner(), found.slot()), (&MARKET, &OWNER, 1_000));
    let listed: Vec<_> = found.deposits().map(|d| (*d.reserve, d.ctokens)).collect();
    assert_eq!(listed, deposits);
    assert_eq!(found.reserves().collect::<Vec<_>>(), [&RESERVE, &OTHER, &OTHER]);
    assert_eq!((found.deposit_units(&OTHER), found.deposit_units(&MARKET)), (9, 0));
    assert_eq!(found.debt_units(&OTHER), Ok(3 << 63));
    assert_eq!(found.debt_units(&RESERVE), Ok(0));
    assert!(found.has_debt() && !found.is_empty());

    // ten positions fit, eleven do not; what stands behind the last is old
    let full = support::obligation(&[(RESERVE, 1); 1], &[(OTHER, WAD, WAD); 9]);
    assert_eq!(Obligation::new(&full).unwrap().position_count(), 10);
    let mut over = support::obligation(&[], &[]);
    (over[o::DEPOSIT_COUNT], over[o::BORROW_COUNT]) = (5, 6);
    assert_eq!(Obligation::new(&over).unwrap_err(), SaveError::Numbers);
    // ten debts need more bytes than there are
    (over[o::DEPOSIT_COUNT], over[o::BORROW_COUNT]) = (0, 10);
    assert_eq!(Obligation::new(&over).unwrap_err(), SaveError::Numbers);
    let mut old = data;
    old[o::BORROW_COUNT] = 0;
    assert!(!Obligation::new(&old).unwrap().has_debt());
}

#[test]
fn debts_round_up_and_need_a_rate() {
    let units = |wads, rate| {
        let data = support::obligation(&[], &[(OTHER, wads, rate)]);
        Obligation::new(&data).unwrap().debt_units(&OTHER)
    };
    assert_eq!(units(1, WAD), Ok(19)); // 2^64 / 10^18 = 18.4
    assert_eq!(units(WAD, 3 * WAD), Ok((1_u128 << 64) / 3 + 1));
    assert_eq!(units(WAD, WAD - 1), Err(SaveError::Numbers));
    assert_eq!(units(WAD, 0), Err(SaveError::Numbers));
    assert_eq!(units(u128::MAX, WAD), Err(SaveError::Numbers));
}

#[test]
fn prices_and_oracles() {
    let mut data = support::reserve();
    put(&mut data, r::SMOOTHED_PRICE, (WAD * 3).to_le_bytes());
    put(&mut data, r::EXTRA_PRICE, WAD.to_le_bytes());
    let prices = |data: &[u8]| Reserve::new(data).unwrap().prices();
    let found = prices(&data);
    assert_eq!((found.spot_wads, found.low_wads, found.high_wads), (2 * WAD, 2 * WAD, 3 * WAD));
    data[r::HAS_EXTRA_PRICE] = 1;
    assert_eq!(prices(&data).low_wads, WAD);

    let extra = |key| {
        let mut data = support::reserve();
        put(&mut data, r::EXTRA_ORACLE, key);
        Reserve::new(&data).unwrap().oracles().extra.copied()
    };
    assert_eq!(
        [extra([0; 32]), extra(ids::NO_ORACLE), extra([8; 32])],
        [None, None, Some([8; 32])]
    );
}

/// The fields that the recorded reserve is known to hold.
#[test]
fn the_recorded_reserve_reads_as_configured() {
    let Some(trace) = trace("save") else { return };
    let step = trace.steps.iter().find(|s| s.label == "refresh_reserve").unwrap();
    let accounts = &step.instructions[0].accounts;
    let (key, pyth, switchboard) = (&accounts[0].key, &accounts[1].key, &accounts[2].key);
    let data = &step.after(key).unwrap().data;
    let found = Reserve::new(data).unwrap();
    assert_eq!((found.slot(), found.is_stale()), (435_888_100, false));
    assert_eq!((found.available(), found.ctoken_supply()), (1_098_928_572, 1_492_333_333));
    assert_eq!(found.cumulative_wads(), Ok(1_100_000_054_501_206_164));
    assert_eq!((found.ltv_pct(), found.threshold_pct(), found.take_pct()), (75, 80, 20));
    assert_eq!((found.max_bonus_pct(), found.added_weight_bps()), (10, 0));
    assert_eq!((found.deposit_limit(), found.borrow_limit()), (1 << 63, 1 << 63));
    assert_eq!(found.attributed_limit(), u64::MAX);
    let curve = found.curve();
    assert_eq!((curve.optimal_utilisation, curve.max_utilisation), (80, 95));
    assert_eq!((curve.min_rate, curve.optimal_rate, curve.max_rate), (0, 8, 100));
    assert_eq!(curve.super_max_rate, 150);
    let oracles = found.oracles();
    assert_eq!((oracles.pyth, oracles.switchboard, oracles.extra), (pyth, switchboard, None));
    assert_eq!(*switchboard, ids::NO_ORACLE);
    assert_eq!(step.instructions[0].program, ids::PROGRAM);
    assert_eq!(ids::PROGRAM, trestle_fixtures::key("So1endDq2YkqhipRh3WViPa8hdiSpxWy6z3Z6tMCpAo"));
}
