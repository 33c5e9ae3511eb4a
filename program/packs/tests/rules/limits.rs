//! Limits, caps and switches: which term stops which act, with which code.

use crate::bench::{Bench, SOL, USDC};
use mock_klend::fraction::Fraction;

#[test]
fn supply_stops_at_the_deposit_limit() {
    let mut bench = Bench::new();
    let limit = 88_000_000_000_000; // just above what the books hold
    bench.edit(USDC, |reserve| reserve.set_deposit_limit(limit));
    let room = bench
        .edit(USDC, |reserve| limit - mock_klend::rules::exchange::total_supply(reserve).ceil());
    let reserve = bench.reserve(USDC);
    bench.kamino.fund(&mut bench.vm, USDC, &bench.party.owner, room);
    let over = bench.kamino.deposit(&bench.party, &reserve, room + 2_000_000);
    assert_eq!(bench.act(&[USDC], over), Err(6090));
    let within = bench.kamino.deposit(&bench.party, &reserve, room - 2_000_000);
    assert_eq!(bench.act(&[USDC], within), Ok(()));
}

#[test]
fn loans_stop_at_each_limit() {
    let mut bench = Bench::supplied();
    bench.edit(SOL, |reserve| {
        let debt = reserve.borrowed().ceil();
        reserve.set_borrow_limit(debt + 1_000_000_000);
    });
    assert_eq!(bench.borrow(SOL, 2), Err(6089), "debt limit");

    let mut bench = Bench::supplied();
    bench.edit(SOL, |reserve| {
        reserve.set_borrow_limit_outside(reserve.borrowed_outside() + 1_000_000_000);
    });
    assert_eq!(bench.borrow(SOL, 2), Err(6089), "debt outside of groups");
    assert_eq!(bench.borrow(SOL, 1), Ok(()));

    let mut bench = Bench::supplied();
    bench.edit(SOL, |reserve| reserve.set_max_utilization_pct(60));
    assert_eq!(bench.borrow(SOL, 1), Err(6098), "utilization is at 70 %");

    let mut bench = Bench::supplied();
    let all = bench.edit(SOL, |reserve| reserve.available());
    bench.kamino.borrow_elsewhere(&mut bench.vm, SOL, all - 1_000_000_000);
    assert_eq!(bench.borrow(SOL, 2), Err(6008), "liquidity");

    let mut bench = Bench::supplied();
    bench.market(|market| market.set_borrow_disabled(1));
    assert_eq!(bench.borrow(SOL, 1), Err(6088));

    let mut bench = Bench::supplied();
    bench.market(|market| market.set_global_allowed_borrow(100));
    assert_eq!(bench.borrow(SOL, 1), Err(6013), "150 USD on an allowance of 100");

    let mut bench = Bench::new();
    assert_eq!(bench.borrow(SOL, 1), Err(6020), "no collateral");
}

#[test]
fn a_loan_is_weighed_by_its_borrow_factor() {
    let mut bench = Bench::supplied();
    // 10,000 USD at 80 %, debt counts 1.25 times: 6,400 USD, 42.6 SOL
    assert_eq!(bench.borrow(SOL, 43), Err(6013));
    assert_eq!(bench.borrow(SOL, 42), Ok(()));
    assert_eq!(bench.borrow(SOL, 1), Err(6013));
}

#[test]
fn all_available_is_what_the_collateral_carries() {
    let mut bench = Bench::supplied();
    let before = bench.tokens(SOL);
    assert_eq!(bench.borrow_native(SOL, u64::MAX), Ok(()));
    let received = bench.tokens(SOL) - before;
    let carried = 42_666_666_666;
    assert!(received <= carried && received > carried - 50, "{received}");
    assert_eq!(bench.debt(SOL), received + 1, "the debt has the fraction too");
}

#[test]
fn the_origination_fee_is_debt_and_goes_to_its_vault() {
    let mut bench = Bench::supplied();
    bench.edit(SOL, |reserve| {
        reserve.set_origination_fee(u64::try_from(Fraction::bps(10).0).expect("small"));
    });
    let before = bench.tokens(SOL);
    let fees = |bench: &Bench| {
        trestle_packs::kamino::balance(&bench.vm, &bench.kamino.reserve(SOL).fee_vault)
    };
    assert_eq!(bench.borrow(SOL, 1), Ok(()));
    assert_eq!(bench.tokens(SOL) - before, 1_000_000_000);
    assert_eq!(fees(&bench), 1_000_000);
    assert_eq!(bench.debt(SOL), 1_001_000_000);
    assert_eq!(bench.borrow_native(SOL, 1), Err(6012), "the fee is a unit at least");
    assert_eq!(bench.borrow_native(SOL, 2), Ok(()));
    assert_eq!(fees(&bench), 1_000_001);
}

#[test]
fn redemptions_stop_at_the_cap_until_its_interval_is_over() {
    let mut bench = Bench::supplied();
    let cap = |bench: &mut Bench, capacity: i64| {
        bench.edit(USDC, |reserve| {
            let mut cap = reserve.deposit_cap();
            cap.set_capacity(capacity);
            cap.set_total(0);
        });
    };
    cap(&mut bench, 1_000_000_000);
    assert_eq!(bench.withdraw(USDC, 2_000_000_000), Err(6064));
    assert_eq!(bench.withdraw(USDC, 500_000_000), Ok(()));
    assert_eq!(bench.withdraw(USDC, 500_000_000), Err(6064), "the interval's total counts");
    assert_eq!(bench.deposit(USDC, 1_000), Ok(()));
    assert_eq!(bench.withdraw(USDC, 500_000_000), Ok(()), "what comes in makes room");
    assert_eq!(bench.withdraw(USDC, 800_000_000), Err(6064));
    bench.advance(86_401);
    assert_eq!(bench.withdraw(USDC, 800_000_000), Ok(()), "a new interval");
}

#[test]
fn loans_stop_at_the_cap_and_repayments_make_room() {
    let mut bench = Bench::supplied();
    bench.edit(SOL, |reserve| reserve.debt_cap().set_capacity(5_000_000_000));
    assert_eq!(bench.borrow(SOL, 6), Err(6064));
    assert_eq!(bench.borrow(SOL, 5), Ok(()));
    assert_eq!(bench.borrow(SOL, 1), Err(6064));
    assert_eq!(bench.repay(SOL, 2_000_000_000), Ok(()));
    assert_eq!(bench.borrow(SOL, 2), Ok(()));
}

#[test]
fn what_is_queued_is_not_lent() {
    let mut bench = Bench::supplied();
    bench.edit(SOL, |reserve| reserve.set_queued(reserve.supply() * 31 / 100));
    assert_eq!(bench.borrow(SOL, 1), Err(6008));
    bench.edit(SOL, |reserve| reserve.set_queued(reserve.supply() * 29 / 100));
    assert_eq!(bench.borrow(SOL, 1), Ok(()));
}

#[test]
fn a_position_is_empty_or_worth_something() {
    let mut bench = Bench::indebted();
    bench.market(|market| market.set_min_net_value(Fraction::whole(100)));
    let debt = bench.debt(SOL);
    assert_eq!(bench.repay(SOL, debt - 100_000_000), Err(6092), "15 USD left");
    assert_eq!(bench.repay(SOL, u64::MAX), Ok(()));
    let receipts = bench.collateral(USDC);
    assert_eq!(bench.withdraw(USDC, receipts - 10_000_000), Err(6092));
    assert_eq!(bench.withdraw(USDC, receipts), Ok(()));
    let mut bench = Bench::new();
    bench.market(|market| market.set_min_net_value(Fraction::whole(100)));
    assert_eq!(bench.deposit(USDC, 99), Err(6092));
    assert_eq!(bench.deposit(USDC, 101), Ok(()));
}

#[test]
fn collateral_leaves_as_far_as_the_loan_to_value_lets_it() {
    let mut bench = Bench::indebted();
    // 3,750 adjusted debt at 80 %: 4,687.5 USD have to stay
    let per_usd = bench.collateral(USDC) / 10_000;
    assert_eq!(bench.withdraw(USDC, 5_400 * per_usd), Err(6011));
    assert_eq!(bench.withdraw(USDC, 5_200 * per_usd), Ok(()));
    assert_eq!(bench.withdraw(USDC, u64::MAX), Ok(()), "clamped");
    let left = bench.collateral(USDC) as f64 / per_usd as f64;
    assert!((left - 4_687.5).abs() < 1.0, "{left} USD left");
    bench.kamino.set_price(&mut bench.vm, SOL, 15_100_000_000);
    assert_eq!(bench.withdraw(USDC, per_usd), Err(6116), "nothing may leave");
}

#[test]
fn a_threshold_below_the_loan_to_value_binds_too() {
    let mut bench = Bench::supplied();
    bench.edit(USDC, |reserve| reserve.set_threshold_pct(37));
    assert_eq!(bench.borrow(SOL, 20), Err(6119), "3,750 weighed on 3,700");
    assert_eq!(bench.borrow(SOL, 19), Ok(()));
    bench.edit(USDC, |reserve| reserve.set_threshold_pct(75));
    // 3,562.5 weighed: 4,453 USD by the loan-to-value, 4,750 by the threshold
    let per_usd = bench.collateral(USDC) / 10_000;
    assert_eq!(bench.withdraw(USDC, 5_400 * per_usd), Err(6119));
    assert_eq!(bench.withdraw(USDC, 5_200 * per_usd), Ok(()));
}

#[test]
fn a_closed_market_or_reserve_says_so() {
    let mut bench = Bench::indebted();
    bench.market(|market| market.set_emergency(1));
    for refused in
        [bench.deposit(USDC, 1), bench.withdraw(USDC, 1), bench.borrow(SOL, 1), bench.repay(SOL, 1)]
    {
        assert_eq!(refused, Err(6042));
    }
    let mut bench = Bench::indebted();
    bench.edit(USDC, |reserve| reserve.set_status(1));
    assert_eq!(bench.deposit(USDC, 1), Err(6082));
    assert_eq!(bench.borrow(SOL, 1), Err(6084), "the obligation has to leave it first");
    assert_eq!(bench.repay(SOL, 1_000), Ok(()));
    let mut bench = Bench::indebted();
    bench.edit(USDC, |reserve| reserve.set_version(u64::MAX));
    assert_eq!(bench.deposit(USDC, 1), Err(6073));
}

#[test]
fn terms_and_maturities_stop_loans() {
    let mut bench = Bench::indebted();
    bench.edit(SOL, |reserve| reserve.set_term(100));
    assert_eq!(bench.borrow(SOL, 1), Ok(()));
    bench.advance(100);
    assert_eq!(bench.borrow(SOL, 1), Err(6142));
    bench.edit(SOL, |reserve| {
        reserve.set_term(0);
        reserve.set_maturity(1_767_225_601);
    });
    assert_eq!(bench.borrow(SOL, 1), Err(6139));
}

#[test]
fn nothing_is_no_amount() {
    let mut bench = Bench::indebted();
    assert_eq!(bench.deposit(USDC, 0), Err(6003));
    assert_eq!(bench.withdraw(USDC, 0), Err(6003));
    assert_eq!(bench.borrow_native(SOL, 0), Err(6003));
    assert_eq!(bench.repay(SOL, 0), Err(6003));
    assert_eq!(bench.repay(USDC, 1), Err(6025), "no debt of USDC");
    assert_eq!(bench.withdraw(SOL, 1), Err(6024), "no collateral of SOL");
}
