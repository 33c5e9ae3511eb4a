//! Elevation groups: group 1 lends SOL against JitoSOL at 87 %.

use crate::bench::{Bench, JITOSOL, SOL, USDC};

/// 100 JitoSOL of 180 USD as collateral.
fn supplied() -> Bench {
    let mut bench = Bench::new();
    bench.deposit(JITOSOL, 100).expect("supply");
    bench
}

/// In the group, with 100 SOL of 150 USD.
fn grouped() -> Bench {
    let mut bench = supplied();
    bench.request(1).expect("into the group");
    bench.borrow(SOL, 100).expect("borrow");
    bench
}

/// Debt of the group that counts against JitoSOL, native units.
fn counted(bench: &mut Bench) -> u64 {
    bench.edit(JITOSOL, |reserve| reserve.group_debt(1))
}

#[test]
fn a_group_lends_more_and_without_borrow_factor() {
    let mut bench = supplied();
    // outside: 18,000 at 45 % is 8,100; debt counts 1.25 times
    assert_eq!(bench.borrow(SOL, 44), Err(6013));
    assert_eq!(bench.request(1), Ok(()));
    // inside: 15,660 USD, 104.4 SOL
    assert_eq!(bench.borrow(SOL, 105), Err(6013));
    assert_eq!(bench.borrow(SOL, 104), Ok(()));
    assert_eq!(counted(&mut bench), 104_000_000_000);
    assert_eq!(bench.obligation(|o| (o.group(), o.deposit(0).group_debt())), (1, 104_000_000_000));
}

#[test]
fn the_collateral_s_reserves_have_to_come_along() {
    let mut bench = grouped();
    let (sol, party) = (bench.reserve(SOL), bench.party);
    let bare = bench.kamino.borrow(&party, &sol, 1_000_000, &[]);
    assert_eq!(bench.act(&[SOL], bare), Err(6006));
    let bare = bench.kamino.repay(party.owner, &party, &sol, 1_000_000, &[]);
    assert_eq!(bench.act(&[SOL], bare), Err(6006));
}

#[test]
fn only_its_own_assets() {
    let mut bench = Bench::supplied();
    assert_eq!(bench.request(1), Err(6068), "USDC is not in it");
    let mut bench = grouped();
    assert_eq!(bench.deposit(USDC, 100), Err(6068));
    assert_eq!(bench.deposit(SOL, 1), Err(6105), "the debt is no collateral");
    assert_eq!(bench.borrow(USDC, 100), Err(6068));
    let mut bench = supplied();
    bench.borrow(USDC, 100).expect("borrow");
    assert_eq!(bench.request(1), Err(6068), "a debt of USDC");
    let mut bench = supplied();
    bench.deposit(SOL, 1).expect("supply");
    assert_eq!(bench.request(1), Err(6106), "two kinds of collateral");
}

#[test]
fn debt_against_the_collateral_is_limited() {
    let mut bench = supplied();
    bench.request(1).expect("into the group");
    bench.edit(JITOSOL, |reserve| reserve.set_group_limit(1, 50_000_000_000));
    assert_eq!(bench.borrow(SOL, 51), Err(6101));
    assert_eq!(bench.borrow(SOL, 50), Ok(()));
    bench.edit(JITOSOL, |reserve| reserve.set_group_limit(1, 40_000_000_000));
    assert_eq!(bench.repay(SOL, 10_000_000_000), Ok(()));
    assert_eq!(counted(&mut bench), 40_000_000_000);
    let mut bench = supplied();
    bench.borrow(SOL, 40).expect("outside");
    bench.edit(JITOSOL, |reserve| reserve.set_group_limit(1, 39_000_000_000));
    assert_eq!(bench.request(1), Err(6101));
}

#[test]
fn debt_changes_books_with_the_group() {
    let mut bench = supplied();
    let outside = |bench: &mut Bench| bench.edit(SOL, |reserve| reserve.borrowed_outside());
    let before = outside(&mut bench);
    bench.borrow(SOL, 40).expect("borrow");
    assert_eq!(outside(&mut bench), before + 40_000_000_000);
    bench.request(1).expect("in");
    assert_eq!((outside(&mut bench), counted(&mut bench)), (before, 40_000_000_000));
    bench.request(0).expect("out");
    assert_eq!((outside(&mut bench), counted(&mut bench)), (before + 40_000_000_000, 0));
    assert_eq!(bench.repay(SOL, u64::MAX), Ok(()));
    assert_eq!(outside(&mut bench), before);
}

#[test]
fn leaving_needs_health_outside() {
    let mut bench = grouped();
    assert_eq!(bench.request(0), Err(6071), "15,000 USD weigh 18,750 outside");
    assert_eq!(bench.request(1), Err(6083), "it is there already");
    assert_eq!(bench.request(2), Err(6069), "a group without terms");
    assert_eq!(bench.request(33), Err(6069));
    bench.repay(SOL, 60_000_000_000).expect("repay");
    assert_eq!(bench.request(0), Ok(()));
}

#[test]
fn a_group_closed_for_loans_keeps_collateral_with_debt() {
    let mut bench = grouped();
    let set = |bench: &mut Bench, allowed| {
        bench.market(|market| market.group(1).expect("group").set_new_loans(allowed));
    };
    set(&mut bench, 0);
    assert_eq!(bench.borrow(SOL, 1), Err(6072));
    assert_eq!(bench.withdraw(JITOSOL, 1_000), Err(6072));
    assert_eq!(bench.repay(SOL, u64::MAX), Ok(()));
    assert_eq!(bench.withdraw(JITOSOL, 1_000), Ok(()));
    let mut bench = supplied();
    set(&mut bench, 0);
    assert_eq!(bench.request(1), Err(6072));
}

#[test]
fn collateral_for_groups_only_carries_no_debt_outside() {
    let mut bench = supplied();
    bench.edit(JITOSOL, |reserve| reserve.set_no_collateral_outside_groups(1));
    assert_eq!(bench.borrow(SOL, 1), Err(6091));
    let mut bench = Bench::indebted();
    bench.edit(JITOSOL, |reserve| reserve.set_no_collateral_outside_groups(1));
    assert_eq!(bench.deposit(JITOSOL, 1), Err(6110));
    let mut bench = supplied();
    bench.request(1).expect("in");
    bench.edit(JITOSOL, |reserve| reserve.set_no_collateral_outside_groups(1));
    assert_eq!(bench.borrow(SOL, 1), Ok(()));
    assert_eq!(bench.request(0), Err(6091));
}

#[test]
fn a_full_withdrawal_takes_its_count_along() {
    let mut bench = grouped();
    bench.repay(SOL, u64::MAX).expect("repay");
    bench.borrow(SOL, 1).expect("borrow");
    assert_eq!(counted(&mut bench), 1_000_000_000);
    bench.repay(SOL, u64::MAX).expect("repay");
    bench.withdraw(JITOSOL, u64::MAX).expect("withdraw");
    assert_eq!(counted(&mut bench), 0);
}
