//! A small run: it liquidates, adds up, and repeats itself.

use trestle_simulation::{Config, plot, report, run};

const SMALL: Config = Config { seed: 7, accounts: 60, slots: 300, latency: 2 };

#[test]
fn a_small_crash_liquidates_adds_up_and_repeats_itself() {
    let first = run(SMALL).expect("solvent to the unit");
    let totals = &first.totals;
    assert!(totals.liquidated >= 5, "{totals:?}");
    assert!(totals.calls >= totals.liquidated, "{totals:?}");
    assert!(totals.repaid > 0, "{totals:?}");
    // the largest incentive of any asset is 6 %
    assert!(totals.incentive > 0 && totals.incentive * 100 <= totals.repaid * 6, "{totals:?}");
    assert!(totals.transactions >= totals.calls, "{totals:?}");
    assert!(totals.stretches.len() as u64 >= totals.liquidated, "{totals:?}");

    // weights see no hedge: they ask more of every hedged book
    let verdict = &first.verdict;
    assert!(verdict.hedged[0] > 0 && verdict.hedged[1] > verdict.hedged[0], "{verdict:?}");
    assert!(verdict.needless <= verdict.liquidated, "{verdict:?}");

    let second = run(SMALL).expect("solvent to the unit");
    assert_eq!(first, second, "the same seed, the same run");
    assert_eq!(report::markdown(&first, &[]), report::markdown(&second, &[]));
    assert_eq!(plot::svg(&first), plot::svg(&second));
}

#[test]
fn another_seed_is_another_run() {
    let small = Config { accounts: 20, slots: 60, ..SMALL };
    let other = Config { seed: 8, ..small };
    assert_ne!(run(small).expect("solvent").samples, run(other).expect("solvent").samples);
}

#[test]
fn a_liquidator_that_sleeps_through_the_fall_leaves_bad_debt_and_books_that_balance() {
    let prompt = run(SMALL).expect("solvent to the unit");
    let slow = run(Config { latency: 40, ..SMALL }).expect("solvent to the unit");
    assert_eq!(prompt.totals.bad, 0, "{:?}", prompt.totals);
    assert!(slow.totals.bad > 0, "{:?}", slow.totals);
    assert_eq!(slow.totals.under, 0, "all of it is settled: {:?}", slow.totals);
}
