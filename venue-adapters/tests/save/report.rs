//! Reports: indices, rooms, rates and flags of a reserve.

use crate::support::{self, put, set_limiter};
use trestle_risk_math::num::Weight;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::save::layout::{market as m, reserve as r};
use trestle_venue_adapters::save::market::Market;
use trestle_venue_adapters::save::report::{self, Flags, ReserveReport};
use trestle_venue_adapters::save::reserve::Reserve;
use trestle_venue_adapters::save::{SaveError, WAD};

const NOW: Now = Now { slot: 1_000, unix: 0 };

fn read(data: &[u8]) -> ReserveReport {
    report::reserve(&Reserve::new(data).unwrap(), &Market::new(&support::market()).unwrap(), NOW)
        .unwrap()
}

#[test]
fn a_reserve_is_worth_what_its_suppliers_own() {
    let mut data = support::reserve();
    put(&mut data, r::PROTOCOL_FEES, (100_000_000 * WAD).to_le_bytes());
    let found = read(&data);
    // (400 + 600 - 100) / 500 tokens a cToken; 1.5 a unit of debt
    assert_eq!(found.deposit_index.q64(), (9_u128 << 64) / 5);
    assert_eq!(found.debt_index.q64(), 3 << 63);
    assert_eq!(found.utilisation, Weight::clamped((60_u32 << 16).div_ceil(100)));
    assert_eq!((found.free_liquidity, found.projection_slack), (400_000_000, 0));
    assert_eq!(found.close_factor, Weight::clamped((20_u32 << 16).div_ceil(100)));
    // 3.75 % a year at 60 %, times 5 / 4; suppliers get 60 % of it, less a fifth
    assert_eq!(
        found.borrow_apr.q24(),
        u32::try_from((46_875_u64 << 24).div_ceil(1_000_000)).unwrap()
    );
    assert_eq!(found.supply_apr.q24(), u32::try_from((22_500_u64 << 24) / 1_000_000).unwrap());
    assert_eq!(found.flags, Flags::default());
}

#[test]
fn interest_raises_both_indices() {
    let data = support::reserve();
    let (reserve, market) = (Reserve::new(&data).unwrap(), support::market());
    let market = Market::new(&market).unwrap();
    let later = Now { slot: 1_000_000, unix: 0 };
    let (then, now) = (read(&data), report::reserve(&reserve, &market, later).unwrap());
    assert!(now.deposit_index > then.deposit_index && now.debt_index > then.debt_index);
    assert!(now.projection_slack > 0 && now.projection_slack < 1 << 28);
    let indices = report::indices(&reserve, later).unwrap();
    assert_eq!((indices.deposit, indices.debt), (now.deposit_index, now.debt_index));
    // debts grow within the stated bound
    let grown = now.debt_index.q64() - then.debt_index.q64();
    let each = ((then.debt_index.q64() >> 32) * u128::from(now.growth_bound)) >> 32;
    let bound = each * 999_000;
    assert!(grown <= bound, "{grown} {bound}");
}

/// A reserve of this slot is worth what it says, whatever its curve.
#[test]
fn indices_of_this_slot_need_no_rates() {
    let mut data = support::reserve();
    data[r::MIN_RATE_PCT] = 9; // above the first corner's
    let reserve = Reserve::new(&data).unwrap();
    let plain = read(&support::reserve());
    let found = report::indices(&reserve, NOW).unwrap();
    assert_eq!((found.deposit, found.debt), (plain.deposit_index, plain.debt_index));
    let later = Now { slot: 1_001, unix: 0 };
    assert_eq!(report::indices(&reserve, later), Err(SaveError::Numbers));
}

/// A wad of the rate is 18.4 of 2^-64: it counts as 19 against the debtor.
#[test]
fn debts_are_rounded_up() {
    let mut data = support::reserve();
    put(&mut data, r::CUMULATIVE, (WAD + 1).to_le_bytes());
    assert_eq!(read(&data).debt_index.q64(), (1 << 64) + 19);
}

#[test]
fn empty_reserves() {
    let mut data = support::reserve();
    put(&mut data, r::CTOKEN_SUPPLY, 0_u64.to_le_bytes());
    assert_eq!(read(&data).deposit_index.q64(), 1 << 64);
    // cTokens without supply behind them are worth nothing
    let mut data = support::reserve();
    put(&mut data, r::AVAILABLE, 0_u64.to_le_bytes());
    put(&mut data, r::BORROWED, 0_u128.to_le_bytes());
    let found = read(&data);
    assert_eq!((found.deposit_index.q64(), found.utilisation.q16()), (0, 0));
}

#[test]
fn rooms_are_within_every_limit() {
    let found = read(&support::reserve());
    assert_eq!(found.supply_room, 5_000_000_000 - 1_000_000_000);
    assert_eq!((found.redeem_room, found.borrow_room), (400_000_000, 400_000_000));

    let mut limited = support::reserve();
    put(&mut limited, r::BORROW_LIMIT, 650_000_000_u64.to_le_bytes());
    assert_eq!(read(&limited).borrow_room, 50_000_000);
    put(&mut limited, r::BORROW_LIMIT, 500_000_000_u64.to_le_bytes());
    assert_eq!(read(&limited).borrow_room, 0);

    let mut slow = support::reserve();
    set_limiter(&mut slow, r::LIMITER, (30_000_000, 100), (0, 1_000, 0));
    let found = read(&slow);
    assert_eq!((found.redeem_room, found.borrow_room), (30_000_000, 30_000_000));

    // the market lets out 50 dollars: at the higher price of 2.50, 20 tokens
    let (mut data, mut market) = (support::reserve(), support::market());
    put(&mut data, r::SMOOTHED_PRICE, (WAD * 5 / 2).to_le_bytes());
    set_limiter(&mut market, m::LIMITER, (50, 100), (0, 1_000, 0));
    let (reserve, market) = (Reserve::new(&data).unwrap(), Market::new(&market).unwrap());
    assert_eq!(report::redeem_room(&reserve, &market, NOW), 20_000_000);
    // without a price it cannot be told
    put(&mut data, r::PRICE, 0_u128.to_le_bytes());
    put(&mut data, r::SMOOTHED_PRICE, 0_u128.to_le_bytes());
    assert_eq!(report::redeem_room(&Reserve::new(&data).unwrap(), &market, NOW), 0);
}

#[test]
fn fees_of_borrowing() {
    let fee = |rate: u64, host: u8, amount| {
        let mut data = support::reserve();
        put(&mut data, r::BORROW_FEE, rate.to_le_bytes());
        data[r::HOST_FEE_PCT] = host;
        report::origination_fee(&Reserve::new(&data).unwrap(), amount)
    };
    let bip = 100_000_000_000_000;
    assert_eq!(fee(0, 20, 1_000_000), Ok(0));
    assert_eq!(fee(bip, 0, 1_000_001), Ok(101));
    assert_eq!([fee(bip, 0, 1), fee(bip, 20, 1)], [Ok(1), Ok(2)]);
    assert_eq!(fee(u64::MAX, 0, u64::MAX), Err(SaveError::Numbers));
    let mut data = support::reserve();
    put(&mut data, r::BORROW_FEE, bip.to_le_bytes());
    assert_eq!(read(&data).borrow_room, 400_000_000 - 40_000);
}

/// The price counts only where a refresh of this slot has written it: other
/// actions accrue, and leave the price old.
#[test]
fn prices_are_of_this_slot() {
    let data = support::reserve();
    // two dollars for 10^6 units: two micro-USD
    assert_eq!(read(&data).price.unwrap().asset_value(1_000).unwrap(), 2_000);
    let mut stale = support::reserve();
    stale[r::STALE] = 1;
    assert_eq!(read(&stale).price, None);
    let mut old = support::reserve();
    put(&mut old, r::SLOT, 999_u64.to_le_bytes());
    assert_eq!(read(&old).price, None);
}

#[test]
fn flags_tell_what_is_off() {
    let mut data = support::reserve();
    put(&mut data, r::DEPOSIT_LIMIT, 0_u64.to_le_bytes());
    put(&mut data, r::BORROW_LIMIT, 0_u64.to_le_bytes());
    data[r::TIER] = 1;
    put(&mut data, r::ATTRIBUTED_LIMIT, 5_u64.to_le_bytes());
    put(&mut data, r::ATTRIBUTED, (5 * WAD).to_le_bytes());
    let all =
        Flags { deposit_disabled: true, borrow_disabled: true, isolated: true, attributed: true };
    assert_eq!(read(&data).flags, all);
    put(&mut data, r::ATTRIBUTED, (5 * WAD - 1).to_le_bytes());
    assert!(!read(&data).flags.attributed);
}

#[test]
fn borrowing_more_costs_more() {
    let data = support::reserve();
    let reserve = Reserve::new(&data).unwrap();
    let after = |amount| report::borrow_apr_after(&reserve, NOW, amount).unwrap();
    assert_eq!(after(0), read(&data).borrow_apr);
    assert!(after(100_000_000) > after(0) && after(300_000_000) > after(200_000_000));
    // all of it lent: 300 % a year, times 5 / 4
    assert_eq!(after(400_000_000).q24(), 15 << 22);
}
