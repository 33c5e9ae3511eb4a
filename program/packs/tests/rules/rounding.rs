//! Who gets the fractions: the reserve.

use crate::bench::{Bench, SOL, USDC};
use mock_klend::rules::exchange;
use trestle_packs::kamino::balance;

/// Liquidity per receipt, scaled, to compare.
fn rate(bench: &mut Bench, name: &str) -> f64 {
    bench.edit(name, |reserve| exchange::total_supply(reserve).0 as f64 / reserve.supply() as f64)
}

#[test]
fn a_supply_charges_what_its_receipts_cost_and_no_round_trip_gains() {
    for amount in [3, 7, 1_001, 999_999, 123_456_789] {
        let mut bench = Bench::supplied();
        let (before, held) = (bench.tokens(USDC), bench.collateral(USDC));
        let reserve = bench.reserve(USDC);
        let deposit = bench.kamino.deposit(&bench.party, &reserve, amount);
        bench.act(&[USDC], deposit).expect("supply");
        let paid = before - bench.tokens(USDC);
        let receipts = bench.collateral(USDC) - held;
        assert!(paid <= amount && amount - paid <= 2, "{amount}: paid {paid}");
        let cost = bench.edit(USDC, |reserve| exchange::cost(reserve, receipts));
        assert_eq!(paid, cost, "{amount}");
        bench.withdraw(USDC, receipts).expect("withdraw");
        assert!(bench.tokens(USDC) <= before, "{amount}: a gain");
        assert!(before - bench.tokens(USDC) <= 1, "{amount}: more than a fraction lost");
    }
}

#[test]
fn too_little_for_a_receipt_is_refused() {
    let mut bench = Bench::supplied();
    let reserve = bench.reserve(USDC);
    let deposit = bench.kamino.deposit(&bench.party, &reserve, 1);
    assert_eq!(bench.act(&[USDC], deposit), Err(6003));
}

#[test]
fn the_rate_never_falls() {
    let mut bench = Bench::indebted();
    for _ in 0..4 {
        for name in [USDC, SOL] {
            let before = rate(&mut bench, name);
            bench.advance(3_601);
            bench.deposit(USDC, 3).expect("supply");
            bench.withdraw(USDC, 1_234_567).expect("withdraw");
            bench.borrow_native(SOL, 1_234_567).expect("borrow");
            bench.repay(SOL, 234_567).expect("repay");
            assert!(rate(&mut bench, name) >= before, "{name}");
        }
    }
}

#[test]
fn debt_grows_with_the_reserve_s_and_is_charged_rounded_up() {
    let mut bench = Bench::indebted();
    let debt = bench.debt(SOL);
    bench.advance(86_400);
    let refreshes = bench.refreshes(&[]);
    bench.ok(&refreshes);
    let grown = bench.debt(SOL);
    // near 4.6 % a year at two slots a second, a day of two and a half
    let day = debt as f64 * 0.046 / 365.0 * 1.25;
    assert!((grown - debt) as f64 > day * 0.9 && ((grown - debt) as f64) < day * 1.1);
    let before = bench.tokens(SOL);
    bench.repay(SOL, u64::MAX).expect("repay");
    assert_eq!(before - bench.tokens(SOL), grown);
    assert_eq!(bench.debt(SOL), 0);
    assert_eq!(bench.used().1.len(), 0, "the slot is free");
}

#[test]
fn donations_to_the_vault_move_nothing() {
    let mut bench = Bench::supplied();
    let reserve = bench.reserve(USDC);
    let excess = |bench: &mut Bench| {
        let available = bench.edit(USDC, |reserve| reserve.available());
        balance(&bench.vm, &bench.kamino.reserve(USDC).vault) - available
    };
    let before = (rate(&mut bench, USDC), excess(&mut bench));
    trestle_packs::kamino::with(&mut bench.vm, &reserve.vault, |data| data[67] += 1);
    assert_eq!(rate(&mut bench, USDC), before.0);
    bench.deposit(USDC, 1).expect("supply");
    bench.withdraw(USDC, 1_000).expect("withdraw");
    assert_eq!(excess(&mut bench), before.1 + (1 << 24));
}

#[test]
fn an_emptied_obligation_is_closed_to_its_owner() {
    let mut bench = Bench::supplied();
    let rent = bench.vm.get_account(&bench.party.obligation).expect("obligation").lamports;
    assert_eq!(rent, 24_165_120);
    let lamports = |bench: &Bench| bench.vm.get_balance(&bench.party.owner).expect("owner");
    let before = lamports(&bench);
    bench.withdraw(USDC, u64::MAX).expect("withdraw");
    let gone = bench.vm.get_account(&bench.party.obligation);
    assert!(gone.is_none_or(|account| account.lamports == 0));
    assert_eq!(lamports(&bench), before + rent - 5_000);
    let init = bench.kamino.init(&bench.party, bench.party.owner);
    bench.ok(&init[1..]);
    bench.deposit(USDC, 5).expect("supply into a new one");
}
