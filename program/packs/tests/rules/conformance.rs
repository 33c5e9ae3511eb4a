//! What must hold on any program that calls itself klend: the pack's own.

use crate::bench::{Bench, SOL, USDC};
use trestle_packs::kamino::balance;
use trestle_packs::{Pack, time};

/// A machine with the pack's program and 10,000 USDC of collateral. Prices are set,
/// so that the pack's own do not matter.
fn supplied() -> Bench {
    let mut bench = Bench::on(&Pack::kamino());
    bench.kamino.set_price(&mut bench.vm, USDC, 100_000_000);
    bench.kamino.set_price(&mut bench.vm, SOL, 15_000_000_000);
    bench.deposit(USDC, 10_000).expect("supply");
    bench
}

#[test]
fn what_moves_is_what_is_booked() {
    let mut bench = Bench::on(&Pack::kamino());
    bench.kamino.set_price(&mut bench.vm, USDC, 100_000_000);
    let state = |bench: &mut Bench| {
        let vault = balance(&bench.vm, &bench.kamino.reserve(USDC).vault);
        let (available, supply) =
            bench.edit(USDC, |reserve| (reserve.available(), reserve.supply()));
        [bench.tokens(USDC), vault, available, supply, bench.collateral(USDC)]
    };
    let before = state(&mut bench);
    let usdc = bench.reserve(USDC);
    let asked = 123_456_789;
    let deposit = bench.kamino.deposit(&bench.party, &usdc, asked);
    bench.act(&[USDC], deposit).expect("supply");
    let after = state(&mut bench);
    let paid = before[0] - after[0];
    assert!(paid <= asked && asked - paid <= 2, "{paid}");
    assert_eq!((after[1] - before[1], after[2] - before[2]), (paid, paid));
    assert_eq!(after[3] - before[3], after[4], "all new receipts are the obligation's");
    bench.withdraw(USDC, after[4] / 2).expect("withdraw");
    let last = state(&mut bench);
    let received = last[0] - after[0];
    assert_eq!((after[1] - last[1], after[2] - last[2]), (received, received));
    assert!(received <= paid / 2 + 1, "no gain");
}

#[test]
fn a_loan_comes_and_goes() {
    let mut bench = supplied();
    let before = bench.tokens(SOL);
    bench.borrow(SOL, 10).expect("borrow");
    assert_eq!(bench.tokens(SOL) - before, 10_000_000_000);
    let owed = bench.debt(SOL);
    assert!((10_000_000_000..10_100_000_000).contains(&owed), "{owed}: fees are debt");
    bench.advance(3_600);
    bench.repay(SOL, 1_000_000_000).expect("repay");
    let grown = bench.debt(SOL) + 1_000_000_000;
    assert!(grown > owed && grown < owed + 10_000_000, "{owed}, then {grown}");
    bench.repay(SOL, u64::MAX).expect("repay");
    assert_eq!(bench.debt(SOL), 0);
    bench.withdraw(USDC, u64::MAX).expect("withdraw");
    let left = bench.vm.get_account(&bench.party.obligation);
    assert!(left.is_none_or(|account| account.lamports == 0), "closed");
}

#[test]
fn freshness_and_limits_refuse_with_klend_s_codes() {
    let mut bench = supplied();
    let (usdc, sol) = (bench.reserve(USDC), bench.reserve(SOL));
    time::next_slot(&mut bench.vm);
    let deposit = bench.kamino.deposit(&bench.party, &usdc, 1_000_000);
    assert_eq!(bench.send(std::slice::from_ref(&deposit)), Err(6009));
    let batch = bench.kamino.refresh_batch(&[&usdc, &sol], false);
    assert_eq!(bench.send(&[batch.clone(), deposit]), Err(6017));
    let wrong = bench.kamino.refresh_obligation(&bench.party, &[&sol]);
    assert_eq!(bench.send(&[batch, wrong]), Err(6006));
    assert_eq!(bench.borrow(SOL, 60), Err(6013));
}

#[test]
fn a_price_moves_what_may_be_borrowed() {
    let mut bench = supplied();
    bench.kamino.set_price(&mut bench.vm, SOL, 100_000_000_000);
    assert_eq!(bench.borrow(SOL, 10), Err(6013), "10,000 USD");
    bench.kamino.set_price(&mut bench.vm, SOL, 10_000_000_000);
    assert_eq!(bench.borrow(SOL, 10), Ok(()), "1,000 USD");
}
