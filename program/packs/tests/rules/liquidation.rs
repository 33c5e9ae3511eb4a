//! Liquidations by strangers: when, how much, for what bonus.

use crate::bench::{Bench, JITOSOL, SOL, USDC};
use mock_klend::fraction::Fraction;
use mock_klend::rules::exchange;
use solana_signer::Signer;
use trestle_packs::kamino::{associated, balance, token_account};

const PAIR: (&str, &str) = (SOL, USDC);

/// 10,000 USDC against 42 SOL; the stranger has accounts for receipts.
fn leveraged() -> Bench {
    let mut bench = Bench::supplied();
    bench.borrow(SOL, 42).expect("borrow");
    let stranger = bench.stranger.pubkey();
    for name in [USDC, JITOSOL] {
        let reserve = bench.reserve(name);
        let (mint, program) = (reserve.ctoken_mint, reserve.token_program);
        let key = associated(&stranger, &program, &mint);
        let empty = token_account(&mint, &stranger, &program, 0);
        bench.vm.set_account(key, empty).expect("account is set");
    }
    bench
}

/// What a liquidation moved.
#[derive(Debug)]
struct Moved {
    paid: u64,
    received: u64,
    fee: u64,
    debt: u64,
    receipts: u64,
}

fn measure(bench: &mut Bench, amount: u64) -> Result<Moved, u32> {
    let refreshes = bench.refreshes(&[]);
    bench.ok(&refreshes);
    let state = |bench: &mut Bench| {
        let stranger = bench.stranger.pubkey();
        [
            bench.tokens_of(&stranger, SOL),
            bench.tokens_of(&stranger, USDC),
            balance(&bench.vm, &bench.kamino.reserve(USDC).fee_vault),
            bench.debt(SOL),
            bench.collateral(USDC),
        ]
    };
    let before = state(bench);
    bench.liquidate(PAIR, amount, 0)?;
    let after = state(bench);
    Ok(Moved {
        paid: before[0] - after[0],
        received: after[1] - before[1],
        fee: after[2] - before[2],
        debt: before[3] - after[3],
        receipts: before[4] - after[4],
    })
}

#[test]
fn a_healthy_obligation_is_left_alone() {
    let mut bench = leveraged();
    assert_eq!(bench.liquidate(PAIR, 1_000_000_000, 0), Err(6016));
    // 9,000 USD of weighed debt: 42 SOL at 171.43
    bench.kamino.set_price(&mut bench.vm, SOL, 17_140_000_000);
    assert_eq!(bench.liquidate(PAIR, 1_000_000_000, 0), Err(6016));
    bench.kamino.set_price(&mut bench.vm, SOL, 17_145_000_000);
    assert_eq!(bench.liquidate(PAIR, 1_000_000_000, 0), Ok(()));
}

#[test]
fn one_liquidation_repays_a_fifth_and_seizes_its_value_with_the_bonus() {
    let mut bench = leveraged();
    bench.kamino.set_price(&mut bench.vm, SOL, 17_200_000_000);
    let moved = measure(&mut bench, u64::MAX).expect("liquidation");
    let fifth = 42_000_000_000_u64 / 5;
    assert!(moved.paid.abs_diff(fifth) <= 1, "{moved:?}");
    assert!(moved.debt.abs_diff(moved.paid) <= 1, "{moved:?}");
    // 2 % bonus on 8.4 SOL of 172 USD, half of it to the protocol
    let value = 8.4 * 172.0 * 1e6;
    let seized = (moved.received + moved.fee) as f64;
    assert!((seized / (value * 1.02) - 1.0).abs() < 1e-6, "{moved:?}");
    assert!((moved.fee as f64 / (value * 0.01) - 1.0).abs() < 1e-4, "{moved:?}");
    let worth = bench.edit(USDC, |reserve| exchange::worth(reserve, moved.receipts).floor());
    assert!(worth.abs_diff(moved.received + moved.fee) <= 1, "receipts are what is seized");
}

#[test]
fn the_bonus_grows_with_the_distance_and_ends_at_the_reserve_s_most() {
    let seized_per_paid = |price_e8: u64| {
        let mut bench = leveraged();
        bench.kamino.set_price(&mut bench.vm, SOL, price_e8);
        let moved = measure(&mut bench, 1_000_000_000).expect("liquidation");
        let value = price_e8 as f64 / 1e8 * 1e6;
        (moved.received + moved.fee) as f64 / value - 1.0
    };
    // weighed 52.5 times the price over 10,000, threshold 90 %
    let near = |found: f64, expected: f64| (found - expected).abs() < 1e-4;
    assert!(near(seized_per_paid(17_200_000_000), 0.02), "least");
    assert!(near(seized_per_paid(18_000_000_000), 0.045), "94.5 - 90");
    assert!(near(seized_per_paid(20_000_000_000), 0.10), "most");
    // unweighed 97 %: no more than what is left
    assert!(near(seized_per_paid(23_100_000_000), 0.0298), "what is left");
    // unweighed 99.5 %: bad debt
    assert!(near(seized_per_paid(23_690_000_000), 0.0099), "bad debt");
}

#[test]
fn near_insolvency_all_of_it_goes_at_once() {
    let mut bench = leveraged();
    bench.kamino.set_price(&mut bench.vm, SOL, 18_200_000_000); // 95.55 %
    let moved = measure(&mut bench, u64::MAX).expect("liquidation");
    assert_eq!(bench.debt(SOL), 0, "{moved:?}");
    assert_eq!(bench.used().1.len(), 0);
}

#[test]
fn one_liquidation_is_at_most_so_large() {
    let mut bench = leveraged();
    bench.market(|market| market.set_max_liquidation(172));
    bench.kamino.set_price(&mut bench.vm, SOL, 17_200_000_000);
    let moved = measure(&mut bench, u64::MAX).expect("liquidation");
    assert!(moved.paid.abs_diff(1_000_000_000) <= 1, "{moved:?}");
}

#[test]
fn a_small_debt_goes_whole_or_not_at_all() {
    let mut bench = leveraged();
    bench.market(|market| market.set_min_full_liquidation(8_000));
    bench.kamino.set_price(&mut bench.vm, SOL, 17_200_000_000);
    let debt = bench.debt(SOL);
    assert_eq!(bench.liquidate(PAIR, debt / 2, 0), Err(6121));
    assert_eq!(bench.liquidate(PAIR, debt, 0), Ok(()));
    assert_eq!(bench.debt(SOL), 0);
}

#[test]
fn the_liquidator_s_bounds_hold() {
    let mut bench = leveraged();
    bench.kamino.set_price(&mut bench.vm, SOL, 17_200_000_000);
    // 1 SOL is 172 USD, 1.01 times that after the protocol's half
    assert_eq!(bench.liquidate(PAIR, 1_000_000_000, 173_730_000), Err(6066));
    assert_eq!(bench.liquidate(PAIR, 1_000_000_000, 173_710_000), Ok(()));
    assert_eq!(bench.liquidate(PAIR, 0, 0), Err(6003));
}

#[test]
fn more_debt_than_collateral_takes_all_of_it_for_its_share() {
    let mut bench = leveraged();
    bench.kamino.set_price(&mut bench.vm, SOL, 30_000_000_000); // 12,600 USD of debt
    let moved = measure(&mut bench, u64::MAX).expect("liquidation");
    assert_eq!(bench.collateral(USDC), 0);
    assert!(bench.debt(SOL) > 0, "bad debt stays");
    let covered = 10_000.0 / 1.0099 / 300.0 * 1e9;
    assert!((moved.paid as f64 / covered - 1.0).abs() < 1e-4, "{moved:?}");
}

#[test]
fn the_heaviest_debt_and_the_weakest_collateral_come_first() {
    let mut bench = leveraged();
    bench.deposit(JITOSOL, 1).expect("supply");
    bench.kamino.set_price(&mut bench.vm, SOL, 20_000_000_000);
    assert_eq!(bench.liquidate(PAIR, 1_000_000_000, 0), Err(6100), "JitoSOL's threshold is 65 %");
    assert_eq!(bench.liquidate((SOL, JITOSOL), 100_000_000, 0), Ok(()));

    let mut bench = leveraged();
    bench.repay(SOL, 2_000_000_000).expect("repay");
    bench.borrow(JITOSOL, 1).expect("borrow");
    bench.kamino.set_price(&mut bench.vm, SOL, 18_000_000_000);
    assert_eq!(bench.liquidate(PAIR, 1_000_000_000, 0), Err(6099), "JitoSOL weighs 1.3");
    bench.market(|market| market.set_min_value_skip_bf(200));
    assert_eq!(bench.liquidate(PAIR, 1_000_000_000, 0), Ok(()), "180 USD do not count");
}

#[test]
fn prices_must_be_young_and_allowed() {
    let mut bench = leveraged();
    bench.kamino.set_price(&mut bench.vm, SOL, 20_000_000_000);
    bench.edit(USDC, |reserve| reserve.set_block_price(1));
    assert_eq!(bench.liquidate(PAIR, 1_000_000_000, 0), Err(6009));
    bench.edit(USDC, |reserve| reserve.set_block_price(0));
    // out of its bounds is no obstacle here, other than for loans
    bench.kamino.set_price(&mut bench.vm, USDC, 80_000_000);
    assert_eq!(bench.liquidate(PAIR, 1_000_000_000, 0), Ok(()));
    trestle_packs::time::advance(&mut bench.vm, 181);
    assert_eq!(bench.liquidate(PAIR, 1_000_000_000, 0), Err(6009));
}

#[test]
fn caps_do_not_stop_it_and_what_cannot_be_paid_stays_receipts() {
    let mut bench = leveraged();
    bench.kamino.set_price(&mut bench.vm, SOL, 17_200_000_000);
    bench.edit(USDC, |reserve| reserve.deposit_cap().set_capacity(0));
    let all = bench.edit(USDC, |reserve| reserve.available());
    bench.kamino.borrow_elsewhere(&mut bench.vm, USDC, all - 100_000_000);
    let moved = measure(&mut bench, 1_000_000_000).expect("liquidation");
    assert!((moved.received + moved.fee).abs_diff(100_000_000) <= 1, "{moved:?}");
    let usdc = bench.reserve(USDC);
    let receipts = associated(&bench.stranger.pubkey(), &usdc.token_program, &usdc.ctoken_mint);
    assert!(balance(&bench.vm, &receipts) > 0, "the rest");
}

#[test]
fn a_group_has_its_own_threshold_and_bonus() {
    let mut bench = leveraged();
    bench.repay(SOL, u64::MAX).expect("repay");
    bench.withdraw(USDC, u64::MAX).expect("withdraw");
    let init = bench.kamino.init(&bench.party, bench.party.owner);
    bench.ok(&init[1..]);
    bench.deposit(JITOSOL, 100).expect("supply");
    bench.request(1).expect("into the group");
    bench.borrow(SOL, 104).expect("borrow");
    let counted = |bench: &mut Bench| bench.edit(JITOSOL, |reserve| reserve.group_debt(1));
    assert_eq!(bench.liquidate((SOL, JITOSOL), 1_000_000_000, 0), Err(6016));
    bench.kamino.set_price(&mut bench.vm, SOL, 17_000_000_000); // 98.2 %
    let before = (counted(&mut bench), bench.tokens_of(&bench.stranger.pubkey(), JITOSOL));
    assert_eq!(bench.liquidate((SOL, JITOSOL), 1_000_000_000, 0), Ok(()));
    assert_eq!(counted(&mut bench), before.0 - 1_000_000_000);
    let received = bench.tokens_of(&bench.stranger.pubkey(), JITOSOL) - before.1;
    // no more than the 1.78 % that is left, half of it to the protocol
    let plain = 170.0 / 180.0 * 1e9;
    assert!((received as f64 / (plain * 1.0089) - 1.0).abs() < 1e-3, "{received}");
    assert!(Fraction::percent(98) < bench.obligation(|o| o.ltv()));

    // all of it: the group's count goes with the collateral
    bench.kamino.set_price(&mut bench.vm, SOL, 25_000_000_000);
    assert_eq!(bench.liquidate((SOL, JITOSOL), u64::MAX, 0), Ok(()));
    assert_eq!(bench.collateral(JITOSOL), 0);
    assert_eq!(counted(&mut bench), 0);
    assert!(bench.debt(SOL) > 0, "bad debt stays");
}
