//! Reports: worked figures, klend's own numbers, rounding to one side.

use crate::support::{self, ONE, put};
use num_bigint::BigUint;
use proptest::prelude::*;
use trestle_fixtures::load;
use trestle_risk_math::index::Index;
use trestle_risk_math::num::Weight;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::kamino::KaminoError;
use trestle_venue_adapters::kamino::interest::{SLOTS_PER_YEAR, project};
use trestle_venue_adapters::kamino::layout::{market as m, reserve as r};
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::report::{
    ReserveReport, borrow_apr_after, origination_fee, reserve,
};
use trestle_venue_adapters::kamino::reserve::Reserve;

const NOW: Now = Now { slot: 1_000, unix: 10_060 };

fn read_at(data: &[u8], market: &[u8], now: Now) -> Result<ReserveReport, KaminoError> {
    reserve(&Reserve::new(data).unwrap(), &Market::new(market).unwrap(), now)
}

fn read(data: &[u8]) -> ReserveReport {
    read_at(data, &support::market(), NOW).unwrap()
}

#[test]
fn a_round_reserve_reads_round() {
    let found = read(&support::reserve());
    assert_eq!(found.deposit_index.q64(), 2 << 64); // 1,000 tokens, 500 cTokens
    assert_eq!(found.debt_index.q64(), 3 << 63); // 1.5
    assert_eq!(found.free_liquidity, 400_000_000);
    assert_eq!(found.supply_room, 4_000_000_000);
    assert_eq!((found.redeem_room, found.borrow_room), (400_000_000, 400_000_000));
    assert_eq!(found.utilisation.q16(), (65_536_u32 * 6).div_ceil(10));
    // 60 % of the way to 80 % at 5 %: 3.75 %; of that 60 % * 90 % to suppliers; slots are 1.25 times as fast
    let q24 = |rate: f64| (rate * f64::from(1 << 24)) as u32;
    assert_eq!(found.borrow_apr.q24(), q24(0.0375 * 1.25));
    assert_eq!(found.supply_apr.q24(), q24(0.0375 * 1.25 * 0.6 * 0.9));
    assert_eq!((found.terms.ltv.q16(), found.terms.threshold.q16()), (49_152, 52_428));
    assert_eq!(found.terms.borrow_factor, 81_920);
    assert_eq!((found.terms.bonus.q16(), found.close_factor.q16()), (6_554, 13_108));
    // 2 USD for a token of 6 decimals is 2 micro-USD a unit
    let price = found.price.unwrap();
    assert_eq!((price.mantissa(), price.shift()), (1 << 31, 30));
    assert_eq!(found.flags, Default::default());
}

#[test]
fn a_loan_raises_the_rate_that_it_pays() {
    let data = support::reserve();
    let view = Reserve::new(&data).unwrap();
    let after = |amount| borrow_apr_after(&view, NOW, amount).unwrap().q24();
    let q24 = |rate: f64| (rate * f64::from(1 << 24)).ceil() as u32;
    assert!(after(0).abs_diff(read(&data).borrow_apr.q24()) <= 1, "without a loan the rate stands");
    // 600 of 1,000 are lent: 100 more make 70 %, 200 more the kink of 5 %
    assert!(after(100_000_000).abs_diff(q24(0.04375 * 1.25)) <= 1, "{}", after(100_000_000));
    assert!(after(200_000_000).abs_diff(q24(0.05 * 1.25)) <= 1, "{}", after(200_000_000));
    // all of it and more than there is: the end of the curve
    let last = view.curve().map(|point| point.rate).max().unwrap();
    let most = q24(f64::from(last) / 10_000.0 * 1.25);
    assert!(after(400_000_000).abs_diff(most) <= 1, "{}", after(400_000_000));
    assert_eq!(after(u64::MAX >> 4), after(400_000_000));
    // an empty reserve lends nothing: the end of the curve too
    let mut empty = support::reserve();
    put(&mut empty, r::AVAILABLE, 0_u64.to_le_bytes());
    put(&mut empty, r::BORROWED, 0_u128.to_le_bytes());
    let view = Reserve::new(&empty).unwrap();
    assert_eq!(borrow_apr_after(&view, NOW, 1).unwrap().q24(), after(400_000_000));
}

/// Every price in range keeps its 32 bits and is rounded down.
#[test]
fn prices_keep_their_interval() {
    for decimals in 0..=18_u64 {
        for sf in [1, 7, 1 << 20, ONE / 1_000_003, ONE * 3 / 7, ONE * 64_000, 1 << 90] {
            let mut data = support::reserve();
            put(&mut data, r::PRICE, sf.to_le_bytes());
            put(&mut data, r::DECIMALS, decimals.to_le_bytes());
            let Some(price) = read(&data).price else { continue };
            // sf / 2^60 * 10^6 / 10^decimals, against mantissa / 2^shift
            let ten = |power: u64| BigUint::from(10_u8).pow(u32::try_from(power).unwrap());
            let true_price = (BigUint::from(sf) * ten(6)) << price.shift();
            let of = |mantissa: u64| (BigUint::from(mantissa) << 60_u8) * ten(decimals);
            let mantissa = u64::from(price.mantissa());
            assert!(of(mantissa) <= true_price && true_price < of(mantissa + 1), "{decimals} {sf}");
        }
    }
    // the usual ones are never lost
    for (decimals, sf) in [(6_u64, ONE), (9, ONE * 170), (5, ONE / 50_000), (8, ONE * 110_000)] {
        let mut data = support::reserve();
        put(&mut data, r::PRICE, sf.to_le_bytes());
        put(&mut data, r::DECIMALS, decimals.to_le_bytes());
        assert!(read(&data).price.is_some());
    }
}

#[test]
fn a_price_is_given_while_it_is_young() {
    let data = support::reserve(); // of 10,000, good for 120 s
    let at = |unix| read_at(&data, &support::market(), Now { slot: 1_000, unix }).unwrap().price;
    assert!(at(10_000).is_some() && at(10_120).is_some() && at(9_990).is_some());
    assert!(at(10_121).is_none() && at(-1).is_none());
    let mut none = support::reserve();
    put(&mut none, r::PRICE, 0_u128.to_le_bytes());
    assert!(read(&none).price.is_none());
    put(&mut none, r::PRICE, ONE.to_le_bytes());
    put(&mut none, r::DECIMALS, 19_u64.to_le_bytes());
    assert!(read(&none).price.is_none());
}

/// What others have a claim on counts at the release that gives them most.
#[test]
fn rooms_leave_suppliers_the_most_that_they_may_have() {
    let mut data = support::reserve();
    put(&mut data, r::QUEUED, 100_000_000_u64.to_le_bytes());
    let later = Now { slot: 1_000 + SLOTS_PER_YEAR, ..NOW };
    let found = read_at(&data, &support::market(), later).unwrap();
    // 3.75 % of 600 tokens for a year, of which suppliers get 90 %; a fifth of the cTokens waits
    let rate: f64 = 0.0375;
    let most = 1e9 + 600e6 * 0.9 * (rate + rate.powi(2) / 2.0 + rate.powi(3) / 6.0);
    let close = |room: u64, exact: f64| room as f64 <= exact && room as f64 > exact - 10.0;
    assert!(close(found.free_liquidity, 400e6 - most / 5.0), "{}", found.free_liquidity);
    assert!(close(found.supply_room, 5e9 - most), "{}", found.supply_room);
    // a release that loses the square gives suppliers this much less
    let least = 1e9 + 600e6 * 0.9 * rate;
    assert!((most - least) / 5.0 > 70_000.0);
}

#[test]
fn rooms_respect_queue_limits_and_caps() {
    let with = |at: usize, value: u64| {
        let mut data = support::reserve();
        put(&mut data, at, value.to_le_bytes());
        read(&data)
    };
    // 100 cTokens in the queue claim 200 tokens
    let queued = with(r::QUEUED, 100_000_000);
    assert_eq!(queued.free_liquidity, 400_000_000 - 200_000_000);
    assert_eq!((queued.redeem_room, queued.borrow_room), (200_000_000, 200_000_000));
    assert_eq!(with(r::QUEUED, u64::MAX >> 2).free_liquidity, 0);
    assert_eq!(with(r::DEPOSIT_LIMIT, 1_000_000_007).supply_room, 7);
    assert_eq!(with(r::DEPOSIT_LIMIT, 1).supply_room, 0);
    assert_eq!(with(r::BORROW_LIMIT, 600_000_009).borrow_room, 9);
    assert_eq!(with(r::BORROW_LIMIT_OUTSIDE, 11).borrow_room, 11);
    let mut busy = support::reserve();
    busy[r::UTILISATION_LIMIT_PCT] = 70; // 700 of 1,000, strictly below
    assert_eq!(read(&busy).borrow_room, 99_999_999);
    busy[r::UTILISATION_LIMIT_PCT] = 50;
    assert_eq!(read(&busy).borrow_room, 0);
    // a limiter: capacity 50, 30 used, a day that began at 10,000
    let cap = |at: usize, total: i64| {
        let mut data = support::reserve();
        put(&mut data, at, 50_i64.to_le_bytes());
        put(&mut data, at + 8, total.to_le_bytes());
        put(&mut data, at + 16, 10_000_u64.to_le_bytes());
        put(&mut data, at + 24, 86_400_u64.to_le_bytes());
        data
    };
    assert_eq!(read(&cap(r::DEPOSIT_CAP, 30)).redeem_room, 20);
    assert_eq!(read(&cap(r::DEPOSIT_CAP, -30)).redeem_room, 80);
    assert_eq!(read(&cap(r::DEPOSIT_CAP, 60)).redeem_room, 0);
    assert_eq!(read(&cap(r::DEBT_CAP, 30)).borrow_room, 20);
    let tomorrow = Now { slot: 1_000, unix: 10_000 + 86_401 };
    let over = read_at(&cap(r::DEBT_CAP, 30), &support::market(), tomorrow).unwrap();
    assert_eq!(over.borrow_room, 50);
    assert_eq!(read(&cap(r::DEBT_CAP, i64::MIN)).borrow_room, 400_000_000); // saturates, free counts
}

#[test]
fn every_flag_is_raised_by_its_field() {
    let reserve_flag = |at: usize| {
        let mut data = support::reserve();
        data[at] = 1;
        read(&data).flags
    };
    let market_flag = |at: usize| {
        let mut market = support::market();
        market[at] = 1;
        read_at(&support::reserve(), &market, NOW).unwrap().flags
    };
    assert!(reserve_flag(r::EMERGENCY).stopped && market_flag(m::EMERGENCY).stopped);
    assert!(reserve_flag(r::STATUS).inactive);
    assert!(reserve_flag(r::PERMISSIONED).deposit_permissioned);
    assert!(market_flag(m::PERMISSIONED).deposit_permissioned);
    assert!(!market_flag(m::PERMISSIONED).borrow_permissioned);
    assert!(market_flag(m::BORROW_DISABLED).borrow_disabled);
    assert!(reserve_flag(r::MATURITY).debts_fall_due && reserve_flag(r::TERM).debts_fall_due);
    assert!(reserve_flag(r::DEPOSIT_LIMIT_CROSSED).limit_crossed);
    assert!(reserve_flag(r::BORROW_LIMIT_CROSSED).limit_crossed);
    assert!(reserve_flag(r::NO_COLLATERAL_OUTSIDE).group_only);
    assert!(reserve_flag(r::BLOCK_CTOKENS).ctokens_blocked);
    // both have to allow it
    assert!(!reserve_flag(r::AUTODELEVERAGE).deleverages);
    assert!(!market_flag(m::AUTODELEVERAGE).deleverages);
}

/// A wiped-out or empty reserve is worth nothing or one, never an accident.
#[test]
fn edges_of_the_index() {
    let mut empty = support::reserve();
    put(&mut empty, r::CTOKEN_SUPPLY, 0_u64.to_le_bytes());
    assert_eq!(read(&empty).deposit_index, Index::ONE);
    let mut gone = support::reserve();
    put(&mut gone, r::AVAILABLE, 0_u64.to_le_bytes());
    put(&mut gone, r::BORROWED, 0_u128.to_le_bytes());
    let found = read(&gone);
    assert_eq!(
        (found.deposit_index.q64(), found.utilisation, found.free_liquidity),
        (0, Weight::ZERO, 0)
    );
    let refused = |at: usize, value: u128| {
        let mut data = support::reserve();
        put(&mut data, at, value.to_le_bytes());
        read_at(&data, &support::market(), NOW).unwrap_err()
    };
    // fees above all that is there, a rate below one, and one beyond the index
    assert_eq!(refused(r::PROTOCOL_FEES, 1_001_000_000 * ONE), KaminoError::Numbers);
    assert_eq!(refused(r::CUMULATIVE, ONE - 1), KaminoError::Numbers);
    assert_eq!(refused(r::CUMULATIVE, 1 << 92), KaminoError::Numbers);
    assert_eq!(refused(r::CUMULATIVE + 16, 1), KaminoError::Numbers);
    assert_eq!(refused(r::BORROWED, u128::MAX), KaminoError::Numbers);
}

#[test]
fn the_origination_fee_is_rounded_up() {
    let fee = |rate: u64, amount| {
        let mut data = support::reserve();
        put(&mut data, r::ORIGINATION_FEE, rate.to_le_bytes());
        origination_fee(&Reserve::new(&data).unwrap(), amount)
    };
    let tenth_of_a_percent = u64::try_from(ONE / 1_000).unwrap() + 1;
    assert_eq!(fee(0, 1_000_000), Ok(0));
    assert_eq!(fee(tenth_of_a_percent, 1_000_000), Ok(1_001));
    assert_eq!(fee(tenth_of_a_percent, 10), Ok(1));
    assert_eq!(fee(1, u64::MAX), Ok(16));
    assert_eq!(fee(u64::MAX, u64::MAX), Err(KaminoError::Numbers));
}

/// The growth bound holds at the top of the curve, for both ways to count.
#[test]
fn growth_stays_below_its_bound() {
    let slots = 1_000;
    let mut data = support::reserve();
    put(&mut data, r::AVAILABLE, 0_u64.to_le_bytes()); // all lent: the highest rate
    let bound = u128::from(read(&data).growth_bound);
    let reserve = Reserve::new(&data).unwrap();
    let found = project(&reserve, Now { slot: 1_000 + slots, unix: 0 }).unwrap();
    assert_eq!(found.borrow_rate_sf, ONE);
    let growth = (found.growth.high - ONE) << 4; // Q64
    assert!(growth < bound * u128::from(slots));
    assert!(growth > bound * u128::from(slots) / 2, "the bound is not idle");
    assert_eq!(
        found.growth.low - ONE,
        ONE / u128::from(SLOTS_PER_YEAR) * 1_000 + {
            let b = ONE / u128::from(SLOTS_PER_YEAR);
            499_500 * ((b * b) >> 60)
        }
    );
    // by seconds at 600 ms a slot: 1,000 slots are 600 s
    put(&mut data, r::TIMESTAMP, 5_000_u32.to_le_bytes());
    data[r::RATE_BASIS] = 1;
    let reserve = Reserve::new(&data).unwrap();
    let found = project(&reserve, Now { slot: 0, unix: 5_600 }).unwrap();
    assert!((found.growth.high - ONE) << 4 < bound * 1_000);
}

/// Real reserves give sane reports, and klend's own price.
#[test]
fn real_reserves_report() {
    let main = load("kamino/7u3HeHxYDLhnCoErrtycNokbQYbWGzLs6JSDqGAv5PfF.bin");
    let Some(main) = main else { return };
    let cases = [
        ("D6q6wuQSrifJKZYpR1M8R4YawnLDtDsMmWM1NbBmgJ59", 1.090_612_77, 0.861_630, 0.999_915_8),
        ("d4A2prbA2whesmvHaL88BH6Ewn5N4bTSU2Ze8P6Bc4Q", 1.042_756_80, 0.868_188, 0.178_581_16),
        ("EVbyPKrHG6WBfm4dLxLMJpUDY43cCAcHSpV3KYjKsktW", 1.000_990_47, 0.061_170, 0.205_252_31),
    ];
    for (address, index, utilisation, price) in cases {
        let data = load(&format!("kamino/{address}.bin")).unwrap();
        let at = Reserve::new(&data).unwrap();
        let unix = i64::try_from(at.price_time()).unwrap() + 10;
        let found = read_at(&data, &main, Now { slot: at.slot() + 20, unix }).unwrap();
        let close = |x: f64, y: f64, by: f64| assert!((x / y - 1.0).abs() < by, "{x} is not {y}");
        close(found.deposit_index.q64() as f64 / 2_f64.powi(64), index, 1e-6);
        close(f64::from(found.utilisation.q16()) / 65_536.0, utilisation, 5e-4);
        let own = found.price.unwrap();
        close(f64::from(own.mantissa()) / 2_f64.powi(own.shift().into()), price, 1e-6);
        assert!(found.supply_apr < found.borrow_apr && found.growth_bound > 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    /// A cToken is never worth more than klend pays, and at most one native
    /// unit less where no time has passed.
    #[test]
    fn deposits_round_down(
        available in 0_u64..1 << 50, lent in 0_u128..1 << 110, fees in 0_u128..1 << 90,
        supply in 1_u64..1 << 50, ctokens in 0_u64..1 << 50,
    ) {
        let mut data = support::reserve();
        put(&mut data, r::AVAILABLE, available.to_le_bytes());
        put(&mut data, r::BORROWED, lent.to_le_bytes());
        put(&mut data, r::REFERRER_FEES, fees.to_le_bytes());
        put(&mut data, r::CTOKEN_SUPPLY, supply.to_le_bytes());
        let total = (u128::from(available) << 60) + lent;
        prop_assume!(total > fees && (total - fees) >> 60 < u128::from(supply) << 31);
        let paid = (BigUint::from(ctokens) * (total - fees) / supply) >> 60_u8;
        prop_assume!(u64::try_from(&paid).is_ok()); // more tokens than a mint can have
        let ours = BigUint::from(read(&data).deposit_index.tokens_floor(ctokens).unwrap());
        prop_assert!(ours <= paid && paid <= &ours + 1_u8);
    }
}
