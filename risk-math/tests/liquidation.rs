//! `liquidation`: incentive, size, close cap, loss split, by hand.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

use trestle_risk_math::MathError;
use trestle_risk_math::defaults::GROUP;
use trestle_risk_math::index::Index;
use trestle_risk_math::liquidation::*;
use trestle_risk_math::num::Weight;
use trestle_risk_math::pool::Pool;
use trestle_risk_math::portfolio::Health;

const USD: i64 = 1_000_000;

fn w(q16: u32) -> Weight {
    Weight::new(q16).unwrap()
}

fn health(equity: i64, debts: i64, maint: i64) -> Health {
    Health { equity, debts, maint, ..Health::default() }
}

#[test]
fn liquidatable_is_strictly_below_zero() {
    assert!(!is_liquidatable(&health(0, 1, 0)) && is_liquidatable(&health(0, 1, -1)));
}

#[test]
fn bankrupt_is_no_equity_and_only_dust() {
    let of = |equity, uncredited, debts| {
        is_bankrupt(&Health { uncredited, ..health(equity, debts, 0) }, 100)
    };
    assert!(of(-50, 0, 149), "99 seizable");
    assert!(!of(-50, 0, 150), "100 seizable");
    assert!(of(0, 0, 99), "no equity is enough");
    assert!(!of(1, 0, 90));
    assert!(!of(-50, 51, 60), "an isolated asset covers it");
    assert!(of(-50, 50, 60));
    assert!(!of(-50, 0, 0), "nothing is owed");
    assert!(of(-200, 0, 101), "even what cannot be: 99 short of nothing");
}

#[test]
fn the_cap_is_equity_over_debts_rounded_down() {
    let cap = |equity, debts| equity_cap(&health(equity, debts, 0)).q16();
    assert_eq!((cap(1, 3), cap(2, 3), cap(3, 3)), (21_845, 43_690, 65_536));
    assert_eq!((cap(0, 3), cap(-1, 3), cap(3, 0), cap(1, -1)), (0, 0, 0, 0));
    assert_eq!((cap(6, 3), cap(7, 3), cap(i64::MAX, 1)), (131_072, 131_072, 131_072));
    // 48 bits and more: both shifted, never above the exact share
    assert_eq!(cap((1 << 47) - 1, 1 << 47), 65_535);
    assert_eq!(cap(1 << 47, 1 << 47), 65_536);
    assert_eq!(cap(1 << 47, (1 << 47) + 1), 65_535);
    assert_eq!(cap(i64::MAX, i64::MAX), 65_535);
    assert_eq!(cap(1 << 60, 1 << 61), 32_768);
}

const TERMS: IncentiveTerms = IncentiveTerms {
    start: Weight::clamped(164),
    max: Weight::clamped(1_966),
    per_shortfall: Weight::ONE,
    ramp_slots: 150,
    insurance_share: Weight::clamped(13_107),
};

#[test]
fn the_incentive_rises_with_time_and_shortfall() {
    let rich = health(1_000 * USD, 1_000 * USD, 0);
    let after = |slots| incentive(&rich, slots, &TERMS).q16();
    assert_eq!(
        (after(0), after(1), after(75), after(150), after(u64::MAX)),
        (164, 176, 1_065, 1_966, 1_966)
    );
    let short = |maint| incentive(&health(1_000 * USD, 1_000 * USD, maint), 0, &TERMS).q16();
    assert_eq!((short(-2 * USD), short(-10 * USD), short(-900 * USD)), (164, 655, 1_966));
    let halved = IncentiveTerms { per_shortfall: w(32_768), ..TERMS };
    assert_eq!(incentive(&health(1_000 * USD, 1_000 * USD, -10 * USD), 0, &halved).q16(), 327);
    // a ramp of no slots is at its end at once
    let sudden = IncentiveTerms { ramp_slots: 0, ..TERMS };
    assert_eq!(incentive(&rich, 0, &sudden), TERMS.max);
    let inverted = IncentiveTerms { start: w(3_000), ..TERMS };
    assert_eq!(incentive(&rich, 9, &inverted), TERMS.max);
}

#[test]
fn equity_caps_the_incentive() {
    let thin = health(USD, 1_000 * USD, -100 * USD);
    assert_eq!(incentive(&thin, 150, &TERMS).q16(), 65);
    assert_eq!(incentive(&health(0, 1_000 * USD, -100 * USD), 150, &TERMS), Weight::ZERO);
    assert_eq!(
        deficit_incentive(&thin, &TERMS),
        DeficitIncentive { rate: w(164), from_account: w(65) }
    );
    let broke = health(-USD, 1_000 * USD, -100 * USD);
    assert_eq!(
        deficit_incentive(&broke, &TERMS),
        DeficitIncentive { rate: w(164), from_account: w(0) }
    );
    let low = IncentiveTerms { max: w(100), ..TERMS };
    assert_eq!(
        deficit_incentive(&health(USD, USD, 0), &low),
        DeficitIncentive { rate: w(100), from_account: w(100) }
    );
}

#[test]
fn the_target_is_a_share_of_debts_and_at_least_the_minimum() {
    // 2 % rounded up to 1,311 / 65,536, and one more
    let of = |debts| target(&health(0, debts, 0), &GROUP);
    assert_eq!(of(65_536 * USD), 1_311 * USD + 1);
    assert_eq!((of(0), of(499 * USD), of(500 * USD)), (10 * USD, 10 * USD, 10_002_137));
}

#[test]
fn the_close_cap_rises_from_a_quarter_to_all() {
    let debts = 1_000 * USD;
    let cap = |maint| close_cap(&health(500 * USD, debts, maint), w(1_966)) / 1_000_000;
    assert_eq!((cap(0), cap(-50 * USD), cap(-75 * USD)), (250, 250, 625));
    assert_eq!((cap(-100 * USD), cap(-999 * USD), cap(USD)), (1_000, 1_000, 250));
    // debts below 100 USD, and equity below twice the largest incentive
    assert_eq!(close_cap(&health(USD, 100 * USD - 1, 0), w(0)), 99_999_999);
    assert_eq!(close_cap(&health(USD, 100 * USD, 0), w(0)), 25_000_000);
    // 2 * 1,966 / 65,536 of 1,000 USD is 59.997925 USD
    assert_eq!(close_cap(&health(59_997_559, debts, 0), w(1_966)), debts.unsigned_abs() / 4);
    assert_eq!(close_cap(&health(59_997_558, debts, 0), w(1_966)), debts.unsigned_abs());
    assert_eq!(close_cap(&health(-USD, debts, 0), w(1)), debts.unsigned_abs());
    // exactly twice the largest incentive is enough: 2 * 1,000 / 65,536 of 655.36 USD
    let of = |equity| close_cap(&health(equity, 655_360_000, 0), w(1_000));
    assert_eq!((of(20 * USD), of(20 * USD - 1)), (163_840_000, 655_360_000));
}

const BOUNDS: Bounds = Bounds {
    debt: 1_000_000_000,
    collateral: 1_000_000_000,
    offered: u64::MAX,
    call_cap: u64::MAX,
    close_cap: u64::MAX,
};

/// The step toward health 0 at a slope of 1.0.
fn step(missing: i64, incentive: u32, bounds: Bounds) -> u64 {
    step_value(-missing, 0, 1 << 16, w(incentive), &bounds).unwrap()
}

#[test]
fn a_step_is_what_is_missing_over_the_slope() {
    assert_eq!(step(100 * USD, 0, BOUNDS), 100_000_000);
    let of = |liqend, target, slope| step_value(liqend, target, slope, w(0), &BOUNDS);
    assert_eq!(of(-3, 0, 2 << 16), Some(2), "up");
    assert_eq!(of(-4, 0, 2 << 16), Some(2));
    assert_eq!(of(5, 5, 1), Some(0));
    assert_eq!((of(-1, 0, 0), of(-1, 0, -1), of(1, 0, 1)), (None, None, None));
    assert_eq!(of(i64::MIN, 1, 1), None, "the distance does not fit");
    assert_eq!(of(-i64::MAX, 0, 1), Some(1_000_000_000), "bounded by the debt");
}

#[test]
fn each_bound_binds() {
    let wanted = 900 * USD;
    assert_eq!(step(wanted, 0, Bounds { debt: 800_000_000, ..BOUNDS }), 800_000_000);
    assert_eq!(step(wanted, 0, Bounds { offered: 700_000_000, ..BOUNDS }), 700_000_000);
    assert_eq!(step(wanted, 0, Bounds { call_cap: 600_000_000, ..BOUNDS }), 600_000_000);
    assert_eq!(step(wanted, 0, Bounds { close_cap: 500_000_000, ..BOUNDS }), 500_000_000);
    // collateral / (1 + beta), rounded down: 525 / 1.05
    assert_eq!(step(wanted, 3_276, Bounds { collateral: 525_000_000, ..BOUNDS }), 500_005_812);
    assert_eq!(step(wanted, 0, Bounds { collateral: 400_000_000, ..BOUNDS }), 400_000_000);
    // the close cap is never below what is worth a step
    assert_eq!(step(wanted, 0, Bounds { close_cap: 1, ..BOUNDS }), SMALLEST_LEFT);
}

#[test]
fn no_sliver_is_left() {
    // leaves 50 USD exactly
    assert_eq!(step(950 * USD, 0, BOUNDS), 950_000_000);
    // would leave 49.999999: all of it
    assert_eq!(step(950 * USD + 1, 0, BOUNDS), 1_000_000_000);
    // cannot close it: leaves 50
    let capped = Bounds { offered: 970_000_000, ..BOUNDS };
    assert_eq!(step(960 * USD, 0, capped), 950_000_000);
    // a debt below 50 that cannot be closed: nothing
    let small = Bounds { debt: 40_000_000, offered: 30_000_000, ..BOUNDS };
    assert_eq!(step(960 * USD, 0, small), 0);
    assert_eq!(step(10 * USD, 0, Bounds { offered: u64::MAX, ..small }), 40_000_000);
}

/// A pool with 1,000 lent out of 3,000 deposited, at index 2.
fn pool() -> Pool {
    let index = Index::new(2 << 64).unwrap();
    let pool = Pool {
        cash: 2_000,
        deposit_units: 1_500,
        debt_units: 510,
        deposit_index: index,
        debt_index: index,
        fees: 5 << 64,
        insurance: 15 << 64,
        updated: 0,
    };
    assert_eq!(pool.is_balanced(), Ok(true));
    pool
}

#[test]
fn insurance_bears_a_loss_first() {
    let mut pool = pool();
    let split = split_loss(&mut pool, 5).unwrap();
    assert_eq!(split, LossSplit { loss: 10 << 64, insurance: 10 << 64, lenders: 0 });
    assert_eq!(
        (pool.debt_units, pool.insurance, pool.deposit_index.q64()),
        (505, 5 << 64, 2 << 64)
    );
    assert_eq!(pool.is_balanced(), Ok(true));
}

/// Deposits too large to be added up are no reason to keep a debt that insurance covers.
#[test]
fn a_loss_that_insurance_bears_does_not_look_at_deposits() {
    let mut pool = Pool { deposit_units: u64::MAX, ..pool() };
    let split = split_loss(&mut pool, 5).unwrap();
    assert_eq!(split, LossSplit { loss: 10 << 64, insurance: 10 << 64, lenders: 0 });
    assert_eq!(split_loss(&mut pool, 5), Err(MathError::Overflow));
}

#[test]
fn lenders_bear_the_rest_through_the_index() {
    let mut pool = pool();
    let split = split_loss(&mut pool, 500).unwrap();
    assert_eq!(split, LossSplit { loss: 1_000 << 64, insurance: 15 << 64, lenders: 985 << 64 });
    assert_eq!(split.lenders_tokens(), 985);
    // 985 / 1,500 a unit, rounded up; the residue is insurance again
    let per_unit = (985_u128 << 64).div_ceil(1_500);
    assert_eq!(pool.deposit_index.q64(), (2 << 64) - per_unit);
    assert_eq!(pool.insurance, per_unit * 1_500 - (985 << 64));
    assert_eq!(pool.is_balanced(), Ok(true));
    assert_eq!(LossSplit { lenders: (1 << 64) - 1, ..split }.lenders_tokens(), 0);
}

#[test]
fn fees_bear_what_even_lenders_cannot() {
    // all is lent: 2 deposited, 5 fees, 3 insurance, 10 owed
    let one = Index::ONE;
    let mut broke = Pool {
        cash: 0,
        deposit_units: 2,
        debt_units: 10,
        deposit_index: one,
        debt_index: one,
        fees: 5 << 64,
        insurance: 3 << 64,
        updated: 0,
    };
    let split = split_loss(&mut broke, 10).unwrap();
    assert_eq!(split, LossSplit { loss: 10 << 64, insurance: 3 << 64, lenders: 2 << 64 });
    assert_eq!((broke.fees, broke.insurance, broke.deposit_index.q64()), (0, 0, 0));
    assert_eq!(broke.is_balanced(), Ok(true));
    // without depositors fees bear all of it
    let mut empty =
        Pool { deposit_units: 0, deposit_index: one, debt_units: 10, fees: 10 << 64, ..broke };
    assert_eq!(
        split_loss(&mut empty, 4).unwrap(),
        LossSplit { loss: 4 << 64, insurance: 0, lenders: 0 }
    );
    assert_eq!((empty.fees, empty.deposit_index), (6 << 64, one));
    assert_eq!(empty.is_balanced(), Ok(true));
}

#[test]
fn insurance_pays_the_liquidators_part_of_what_equity_cannot() {
    let start = TERMS.start.q16();
    let kept = |missing: u32| {
        (u64::from(missing) * u64::from(Weight::ONE.q16() - TERMS.insurance_share.q16())) >> 16
    };
    let of = |equity: i64, incentive: u32| {
        let incentive = Weight::new(incentive).unwrap();
        u64::from(subsidy(&health(equity, 1_000 * USD, 0), incentive, &TERMS).q16())
    };
    assert_eq!(of(-USD, 0), kept(start));
    assert_eq!(of(0, 0), kept(start));
    // equity of a thousandth of debts bears 65 / 65,536
    assert_eq!(of(USD, 65), kept(start - 65));
    // not where the account bears the starting incentive itself
    assert_eq!(of(100 * USD, start), 0);
    assert_eq!(of(-USD, start), 0);
}

#[test]
fn insurance_is_spent_out_of_cash_and_insurance_alone() {
    let mut paid = pool();
    paid.spend_insurance(6).unwrap();
    let before = pool();
    assert_eq!((paid.cash, paid.insurance), (before.cash - 6, before.insurance - (6 << 64)));
    assert_eq!(paid.is_balanced(), Ok(true));
    let unchanged = paid;
    assert_eq!(paid.spend_insurance(10), Err(MathError::ExceedsPosition));
    assert_eq!(paid.spend_insurance(u64::MAX), Err(MathError::NoLiquidity));
    assert_eq!(paid, unchanged);
}

#[test]
fn insurance_pays_no_more_than_it_may() {
    // 15 insured; 1,000 lost; at most 4 from insurance
    let mut capped = pool();
    let split = split_loss_within(&mut capped, 500, 4 << 64).unwrap();
    assert_eq!(split, LossSplit { loss: 1_000 << 64, insurance: 4 << 64, lenders: 996 << 64 });
    let per_unit = (996_u128 << 64).div_ceil(1_500);
    assert_eq!(capped.insurance, (11 << 64) + per_unit * 1_500 - (996 << 64));
    assert_eq!(capped.is_balanced(), Ok(true));
    // what neither lenders nor fees can bear it pays all the same
    let one = Index::ONE;
    let mut lent = Pool {
        cash: 0,
        deposit_units: 2,
        debt_units: 10,
        deposit_index: one,
        debt_index: one,
        fees: 5 << 64,
        insurance: 3 << 64,
        updated: 0,
    };
    let split = split_loss_within(&mut lent, 10, 0).unwrap();
    assert_eq!(split, LossSplit { loss: 10 << 64, insurance: 3 << 64, lenders: 2 << 64 });
    assert_eq!((lent.fees, lent.insurance, lent.deposit_index.q64()), (0, 0, 0));
    assert_eq!(lent.is_balanced(), Ok(true));
}

#[test]
fn a_deposit_set_off_against_a_debt_moves_no_token() {
    let mut set_off = pool();
    let (cash, insurance) = (set_off.cash, set_off.insurance);
    let (given, cleared) =
        (set_off.deposit_index.exact(7).unwrap(), set_off.debt_index.exact(5).unwrap());
    set_off.offset(7, 5).unwrap();
    assert_eq!((set_off.cash, set_off.insurance), (cash, insurance + given - cleared));
    assert_eq!(set_off.is_balanced(), Ok(true));
    let before = set_off;
    assert_eq!(set_off.offset(1, 5), Err(MathError::Overflow));
    assert_eq!(set_off.offset(u64::MAX, 5), Err(MathError::ExceedsPosition));
    assert_eq!(set_off.offset(7, u64::MAX), Err(MathError::ExceedsPosition));
    assert_eq!(set_off, before);
}

#[test]
fn impossible_losses_change_nothing() {
    let before = pool();
    let mut after = before;
    assert_eq!(split_loss(&mut after, 511), Err(MathError::ExceedsPosition));
    let mut unbalanced = Pool { deposit_units: 1, fees: 0, ..before };
    assert_eq!(split_loss(&mut unbalanced, 510), Err(MathError::Overflow));
    assert_eq!((after, unbalanced), (before, Pool { deposit_units: 1, fees: 0, ..before }));
}

#[test]
fn an_outcome_is_allowed_up_to_each_of_its_limits() {
    let before = Health { liqend: -20, ..health(100, 1_000, -10) };
    let limits = Limits { budget: 5, ceiling: 30, closes: false };
    let after = Health { liqend: 30, ..health(95, 900, -9) };
    assert!(limits.allow(&before, &after));
    assert!(!limits.allow(&before, &Health { maint: -10, ..after }), "no healthier");
    assert!(!limits.allow(&before, &Health { equity: 94, ..after }), "too dear");
    assert!(!limits.allow(&before, &Health { liqend: 31, ..after }), "beyond the target");
    let closes = Limits { closes: true, ..limits };
    assert!(closes.allow(&before, &Health { liqend: 31, ..after }));
}
