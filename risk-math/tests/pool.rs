//! `pool`: rates, accrual and the operations, by hand.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

use proptest::prelude::*;
use trestle_risk_math::MathError;
use trestle_risk_math::index::Index;
use trestle_risk_math::num::Weight;
use trestle_risk_math::pool::*;

fn w(q16: u32) -> Weight {
    Weight::new(q16).unwrap()
}

fn point(utilisation: u32, bps: u32) -> RatePoint {
    RatePoint { utilisation: w(utilisation), apr: Apr::from_bps(bps).unwrap() }
}

/// 0 % at 0, 5 % at 1/2, 10 % at 3/4, 100 % at 1.
fn curve() -> RateCurve {
    let end = point(65_536, 10_000);
    RateCurve::new([point(0, 0), point(32_768, 500), point(49_152, 1_000), end, end]).unwrap()
}

fn terms() -> PoolTerms {
    PoolTerms { curve: curve(), fee_share: w(6_554), insurance_share: w(3_277) }
}

#[test]
fn rates_have_a_range() {
    assert_eq!(Apr::new(1 << 31), Ok(Apr::MAX));
    assert_eq!(Apr::new((1 << 31) + 1), Err(MathError::Range));
    assert_eq!(Apr::from_bps(10_000).unwrap().q24(), 1 << 24);
    assert_eq!(Apr::from_bps(1).unwrap().q24(), 1_677); // 1,677.7
    assert_eq!(Apr::from_bps(1_280_000), Ok(Apr::MAX));
    assert_eq!(Apr::from_bps(1_280_001), Err(MathError::Range));
    assert_eq!(Apr::from_bps(u32::MAX), Err(MathError::Range));
    assert_eq!(Apr::new(7).unwrap().times_floor(w(32_768)).q24(), 3);
    assert_eq!(Apr::MAX.times_floor(Weight::ONE), Apr::MAX);
    assert_eq!(Apr::MAX.times_floor(Weight::ZERO), Apr::ZERO);
}

#[test]
fn curves_start_end_and_rise() {
    let [zero, half, high, end] =
        [point(0, 0), point(32_768, 500), point(49_152, 1_000), point(65_536, 10_000)];
    let refused = |points| assert_eq!(RateCurve::new(points), Err(MathError::Range));
    refused([half, high, end, end, end]);
    refused([zero, half, high, high, end]);
    refused([zero, high, half, end, end]);
    refused([zero, half, high, point(50_000, 2_000), point(60_000, 3_000)]);
    refused([zero, half, point(49_152, 499), end, end]);
    refused([zero, half, end, end, point(65_536, 10_001)]);
    assert!(RateCurve::new([zero, half, point(49_152, 500), end, end]).is_ok(), "a flat stretch");
    assert!(RateCurve::new([zero, end, end, end, end]).is_ok());
    assert_eq!(curve().max_apr(), Apr::from_bps(10_000).unwrap());
    assert_eq!(curve().points().len(), MAX_POINTS);
}

#[test]
fn rates_interpolate_upwards() {
    let at = |utilisation| curve().borrow_apr(w(utilisation)).q24();
    let (five, ten) = (838_860, 1_677_721);
    assert_eq!((at(0), at(32_768), at(49_152), at(65_536)), (0, five, ten, 1 << 24));
    assert_eq!(at(1), 26); // 838,860 / 32,768 = 25.6
    assert_eq!(at(16_384), five / 2);
    assert_eq!(at(32_769), five + 52); // 838,861 / 16,384 = 51.2
    assert_eq!(at(131_072), 1 << 24);
}

#[test]
fn growth_is_a_series_from_above() {
    let one = 1_u128 << 64;
    assert_eq!(growth_q64(Apr::ZERO, 1_000), 0);
    assert_eq!(growth_q64(Apr::MAX, 0), 0);
    let year = growth_q64(Apr::from_bps(10_000).unwrap(), SECONDS_PER_YEAR);
    assert_eq!(year, one + one / 2 + one.div_ceil(6), "1 + 1/2 + 1/6");
    // capped there: longer, dearer, for ever
    assert_eq!(growth_q64(Apr::from_bps(10_000).unwrap(), SECONDS_PER_YEAR + 1), year);
    assert_eq!(growth_q64(Apr::MAX, u64::MAX), year);
    // half a year at 100 %: 1/2 + 1/8 + 1/48
    let half = growth_q64(Apr::from_bps(10_000).unwrap(), SECONDS_PER_YEAR / 2);
    assert_eq!(half, one / 2 + one / 8 + one.div_ceil(48));
    // one second at the smallest rate: 2^40 / year, and one each for square and cube
    assert_eq!(growth_q64(Apr::new(1).unwrap(), 1), (1_u128 << 40).div_ceil(31_536_000) + 2);
    // beyond 2^32 seconds time counts no more
    let slow = Apr::new(1).unwrap();
    assert_eq!(growth_q64(slow, 1 << 40), growth_q64(slow, u64::from(u32::MAX)));
    assert!(
        growth_q64(slow, u64::from(u32::MAX)) > growth_q64(slow, u64::from(u32::MAX) - 40_000_000)
    );
}

#[test]
fn the_bound_a_slot_covers_a_slow_year() {
    // 52,560,000 slots of 600 ms
    let bound = growth_bound_per_slot(Apr::from_bps(10_000).unwrap());
    let exact = (1_u128 << 64).div_ceil(52_560_000);
    assert_eq!(u128::from(bound), exact + (exact >> 10) + 1);
    assert_eq!(growth_bound_per_slot(Apr::ZERO), 1);
    // it covers what compounding adds within eight minutes, at the highest rate there is
    let max = growth_bound_per_slot(Apr::MAX);
    assert!(u128::from(max) * 800 >= growth_q64(Apr::MAX, 480));
}

#[test]
fn utilisation_rounds_up() {
    let of =
        |cash, debt_units| Pool { cash, debt_units, ..Pool::new(0) }.utilisation().unwrap().q16();
    assert_eq!((of(0, 0), of(9, 0), of(0, 9), of(3, 1)), (0, 0, 65_536, 65_536));
    assert_eq!((of(30, 10), of(20, 10)), (16_384, 21_846));
    assert_eq!(of(u64::MAX, u64::MAX), 32_769);
    assert_eq!(of(u64::MAX, 1), 1);
    let debts = Pool { debt_units: u64::MAX, debt_index: Index::MAX, ..Pool::new(0) };
    assert_eq!(debts.utilisation(), Err(MathError::Overflow));
}

/// 1,000 supplied, 600 borrowed.
fn pool() -> Pool {
    let mut pool = Pool::new(100);
    assert_eq!((pool.supply(1_000), pool.borrow(600)), (Ok(1_000), Ok(600)));
    assert_eq!(pool.is_balanced(), Ok(true));
    pool
}

#[test]
fn interest_is_split() {
    // 7 % at 60 %: 5 % + 0.1/0.25 of 5 %
    let year = 100 + i64::try_from(SECONDS_PER_YEAR).unwrap();
    let (next, interest) = pool().accrued(&terms(), year).unwrap();
    let growth = growth_q64(curve().borrow_apr(pool().utilisation().unwrap()), SECONDS_PER_YEAR);
    assert_eq!(next.debt_index.q64(), (1 << 64) + growth);
    assert_eq!(interest.total, 600 * growth);
    let share = |q16: u128| (interest.total * q16).div_ceil(1 << 16);
    assert_eq!((interest.fees, next.fees), (share(6_554), share(6_554)));
    let lenders = interest.total - share(6_554) - share(3_277);
    assert_eq!(next.deposit_index.q64(), (1 << 64) + lenders / 1_000);
    assert_eq!(interest.insurance, share(3_277) + lenders % 1_000);
    assert_eq!((next.insurance, next.updated), (interest.insurance, year));
    assert_eq!(next.is_balanced(), Ok(true));
    assert_eq!((next.deposits(), next.debts()), (Ok(1_036), Ok(644)));
}

#[test]
fn lenders_earn_what_is_left() {
    // 60 % lent at 7 %: 4.2 %, less fees of 10 % and insurance of 5 %
    let (borrow, supply) = pool().rates(&terms()).unwrap();
    assert_eq!(borrow, curve().borrow_apr(w(39_322)));
    let share = w(39_322).of_floor(u64::from(borrow.q24()));
    assert_eq!(u64::from(supply.q24()), w(65_536 - 6_554 - 3_277).of_floor(share));
    let all = PoolTerms { fee_share: Weight::ONE, insurance_share: Weight::ONE, ..terms() };
    assert_eq!(pool().rates(&all).unwrap(), (borrow, Apr::ZERO));
    assert_eq!(Pool::new(0).rates(&terms()), Ok((Apr::ZERO, Apr::ZERO)));
}

#[test]
fn nothing_accrues_backwards_or_without_debt() {
    for now in [i64::MIN, 0, 100] {
        assert_eq!(pool().accrued(&terms(), now), Ok((pool(), Interest::default())));
    }
    let idle = Pool { debt_units: 0, ..pool() };
    let (next, interest) = idle.accrued(&terms(), 200).unwrap();
    assert_eq!((next, interest), (Pool { updated: 200, ..idle }, Interest::default()));
}

#[test]
fn odd_shares_stay_within_the_interest() {
    let all_fees = PoolTerms { fee_share: Weight::ONE, insurance_share: Weight::ONE, ..terms() };
    let (next, interest) = pool().accrued(&all_fees, 1_000_000).unwrap();
    assert_eq!((interest.fees, interest.insurance), (interest.total, 0));
    assert_eq!((next.deposit_index, next.is_balanced()), (Index::ONE, Ok(true)));
    let all_insured =
        PoolTerms { fee_share: Weight::ZERO, insurance_share: Weight::MAX, ..terms() };
    let (next, interest) = pool().accrued(&all_insured, 1_000_000).unwrap();
    assert_eq!((interest.fees, interest.insurance), (0, interest.total));
    assert_eq!(next.deposit_index, Index::ONE);
    // no lenders: all after fees is insurance
    let orphan = Pool { deposit_units: 0, insurance: 1_000 << 64, ..pool() };
    let (next, interest) = orphan.accrued(&terms(), 1_000_000).unwrap();
    assert_eq!(interest.fees + interest.insurance, interest.total);
    assert_eq!((next.deposit_index, next.is_balanced()), (Index::ONE, Ok(true)));
}

#[test]
fn accrual_refuses_what_does_not_fit() {
    let full = Pool { debt_index: Index::MAX, debt_units: 1, cash: 0, ..Pool::new(0) };
    assert_eq!(full.accrued(&terms(), i64::MAX), Err(MathError::Overflow));
    let fees = Pool { fees: u128::MAX, ..pool() };
    assert_eq!(fees.accrued(&terms(), i64::MAX), Err(MathError::Overflow));
    let insured = Pool { insurance: u128::MAX, ..pool() };
    assert_eq!(insured.accrued(&terms(), i64::MAX), Err(MathError::Overflow));
}

/// Indices of 1.5: odd amounts leave residues.
fn odd() -> Pool {
    let index = Index::new(3 << 63).unwrap();
    let pool = Pool {
        cash: 100,
        deposit_units: 100,
        debt_units: 40,
        deposit_index: index,
        debt_index: index,
        fees: 4 << 64,
        insurance: 6 << 64,
        updated: 0,
    };
    assert_eq!(pool.is_balanced(), Ok(true));
    pool
}

#[test]
fn supply_credits_units_down() {
    let mut pool = odd();
    assert_eq!(pool.supply(10), Ok(6)); // 6.67 units; 1 token remains
    assert_eq!((pool.cash, pool.deposit_units, pool.insurance), (110, 106, 7 << 64));
    assert_eq!(pool.supply(1), Err(MathError::ZeroAmount));
    assert_eq!(pool.supply(u64::MAX), Err(MathError::Overflow));
    assert_eq!(pool.is_balanced(), Ok(true));
}

#[test]
fn redeem_pays_down() {
    let mut pool = odd();
    assert_eq!(pool.redeem(3), Ok(4)); // 4.5
    assert_eq!((pool.cash, pool.deposit_units), (96, 97));
    assert_eq!(pool.insurance, (6 << 64) + (1 << 63));
    assert_eq!(pool.redeem(0), Err(MathError::ZeroAmount));
    assert_eq!(pool.redeem(98), Err(MathError::ExceedsPosition));
    assert_eq!(pool.redeem(97), Err(MathError::NoLiquidity)); // 145 of 96
    assert_eq!(pool.is_balanced(), Ok(true));
    assert_eq!(
        (pool.units_for(4), pool.units_for(3), pool.units_for(0)),
        (Ok(3), Ok(2), Err(MathError::ZeroAmount))
    );
}

#[test]
fn borrow_charges_units_up() {
    let mut pool = odd();
    assert_eq!(pool.borrow(10), Ok(7)); // 6.67; half a token remains
    assert_eq!((pool.cash, pool.debt_units), (90, 47));
    assert_eq!(pool.insurance, (6 << 64) + (1 << 63));
    assert_eq!(pool.borrow(91), Err(MathError::NoLiquidity));
    assert_eq!(pool.borrow(0), Err(MathError::ZeroAmount));
    assert_eq!(pool.is_balanced(), Ok(true));
}

#[test]
fn repay_clears_units_down_and_all_of_them_up() {
    let mut pool = odd();
    assert_eq!(pool.repayment(5, 40), Ok(Repayment { tokens: 5, units: 3 }));
    assert_eq!(pool.repayment(1, 40), Err(MathError::ZeroAmount));
    assert_eq!(pool.repayment(5, 0), Err(MathError::ZeroAmount));
    let all = Repayment { tokens: 5, units: 3 }; // 4.5, up
    assert_eq!((pool.repayment(5, 3), pool.repayment(u64::MAX, 3)), (Ok(all), Ok(all)));
    assert_eq!(pool.repayment(4, 3), Ok(Repayment { tokens: 4, units: 2 }));
    pool.repay(all).unwrap();
    assert_eq!((pool.cash, pool.debt_units), (105, 37));
    assert_eq!(pool.insurance, (6 << 64) + (1 << 63));
    assert_eq!(pool.is_balanced(), Ok(true));
    assert_eq!(pool.repay(Repayment { tokens: 60, units: 38 }), Err(MathError::ExceedsPosition));
    assert_eq!(pool.repay(Repayment { tokens: 1, units: 30 }), Err(MathError::Overflow));
}

#[test]
fn insurance_comes_in_and_fees_go_out_whole() {
    let mut pool = odd();
    pool.insure(9).unwrap();
    assert_eq!((pool.cash, pool.insurance), (109, 15 << 64));
    pool.fees += 5; // below one token
    pool.insurance -= 5;
    assert_eq!(pool.collect_fees(), Ok(4));
    assert_eq!((pool.cash, pool.fees), (105, 5));
    assert_eq!(pool.collect_fees(), Err(MathError::ZeroAmount));
    assert_eq!(pool.is_balanced(), Ok(true));
    let mut dry = Pool { cash: 3, ..odd() };
    assert_eq!((dry.collect_fees(), dry.cash, dry.fees), (Ok(3), 0, 1 << 64));
    assert_eq!(pool.insure(u64::MAX), Err(MathError::Overflow));
    assert_eq!(Pool { insurance: u128::MAX, ..odd() }.insure(1), Err(MathError::Overflow));
}

#[test]
fn books_that_do_not_balance_are_seen() {
    assert_eq!(Pool { cash: 101, ..odd() }.is_balanced(), Ok(false));
    assert_eq!(Pool { fees: 1, ..odd() }.is_balanced(), Ok(false));
    assert_eq!(Pool { debt_units: u64::MAX, ..odd() }.is_balanced(), Err(MathError::Overflow));
    assert_eq!(Pool { deposit_units: u64::MAX, ..odd() }.is_balanced(), Err(MathError::Overflow));
}

proptest! {
    /// From above, and by less than 6 % below the exponential.
    #[test]
    fn growth_brackets_the_series(q24 in 1_u32..=1 << 31, seconds in 1_u64..1 << 33) {
        let grown = growth_q64(Apr::new(q24).unwrap(), seconds);
        let big = |x: u128| num_rational::BigRational::from_integer(x.into());
        let seconds = u128::from(seconds.min(u64::from(u32::MAX)));
        let x = big(u128::from(q24) * seconds) / big((1 << 24) * 31_536_000);
        let x = x.min(big(1));
        let series = &x + &x * &x / big(2) + &x * &x * &x / big(6);
        let above = big(grown) - series * big(1 << 64);
        prop_assert!(above >= big(0) && above < big(6), "{above}");
    }
}
