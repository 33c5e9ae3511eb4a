//! What must hold over all events, and which books end short exactly.

use crate::books::{Leverage, Shape};
use crate::events::{DEX_PRINT, EVENTS, FTX_DAY, VENUE_DEFAULT};
use crate::market::Course;
use crate::report::{Run, print, runs, runs_of};
use crate::support::bps;

fn short_of(runs: &[Run], course: Course) -> Vec<(&'static str, Shape, Leverage)> {
    runs.iter()
        .filter(|r| r.course == course && r.outcome.bad_debt > 0)
        .map(|r| (r.event.name, r.shape, r.leverage))
        .collect()
}

fn of(shape: Shape, leverage: Leverage, event: &str, course: Course) -> Run {
    let runs = runs_of(shape, leverage, |e| e.name == event);
    runs.into_iter().find(|r| r.course == course).expect("the run is there")
}

/// The table, and what speaks of all of it.
#[test]
fn all_events() {
    let runs = runs();
    print(&runs);
    assert_eq!(runs.len(), 6 * 2 * 3 * EVENTS.len());
    with_a_liquidation_a_minute_only_a_false_oracle_leaves_bad_debt(&runs);
    at_a_gap_directional_books_end_short_and_hedged_ones_do_not(&runs);
    if_nobody_liquidates_the_same_books_end_short(&runs);
    liquidations_cost_at_most_the_incentive(&runs);
    a_low_rate_liquidates_nobody(&runs);
}

/// A minute bar's worth of notice is enough for every book and every event of
/// the market. It is not enough against a false oracle.
fn with_a_liquidation_a_minute_only_a_false_oracle_leaves_bad_debt(runs: &[Run]) {
    assert_eq!(short_of(runs, Course::Line), [(DEX_PRINT, Shape::Loop, Leverage::Full)]);
}

/// All of a day's move at once, to the last: what no maintenance margin of 16 % can cover.
fn at_a_gap_directional_books_end_short_and_hedged_ones_do_not(runs: &[Run]) {
    use Leverage::{Full, Half};
    assert_eq!(
        short_of(runs, Course::Gap),
        [
            ("2022-11-06, 4 d", Shape::Long, Half),
            ("2020-07-16", Shape::Long, Full),
            ("2021-05-19", Shape::Long, Full),
            ("2021-05-21, 3 d", Shape::Long, Full),
            (FTX_DAY, Shape::Long, Full),
            ("2022-11-06, 4 d", Shape::Long, Full),
            ("2025-02-24, 6 d", Shape::Long, Full),
            ("2021-05-19", Shape::Jitosol, Full),
            ("2021-05-21, 3 d", Shape::Jitosol, Full),
            (FTX_DAY, Shape::Jitosol, Full),
            ("2022-11-06, 4 d", Shape::Jitosol, Full),
            (DEX_PRINT, Shape::Loop, Full),
        ]
    );
}

/// Where nobody liquidates, the same end short, but for the one that recovers.
fn if_nobody_liquidates_the_same_books_end_short(runs: &[Run]) {
    let mut gap = short_of(runs, Course::Gap);
    gap.retain(|(event, ..)| *event != "2025-02-24, 6 d");
    assert_eq!(short_of(runs, Course::Nobody), gap);
}

/// The basis book of FTX day: never near liquidation, not a dollar lost.
#[test]
fn a_settled_basis_book_sleeps_through_ftx_day() {
    for leverage in [Leverage::Half, Leverage::Full] {
        for course in [Course::Nobody, Course::Line, Course::Gap] {
            let run = of(Shape::Basis, leverage, FTX_DAY, course);
            assert_eq!(run.outcome.liquidatable, None);
            assert!(run.outcome.lowest > 0);
            assert!((run.outcome.after - run.outcome.before).abs() < 1_000_000);
        }
    }
    // it takes a ninth of what a weight model asks for
    let run = of(Shape::Basis, Leverage::Full, FTX_DAY, Course::Nobody);
    assert!(run.required * 8 < run.weight_model);
}

/// Half of unsettled profit counts, so a hedge that is not settled comes under
/// liquidation in a fall. Settling at the venue is anyone's; a keeper must.
#[test]
fn an_unsettled_basis_book_is_liquidated_but_solvent() {
    let run = of(Shape::BasisUnsettled, Leverage::Full, FTX_DAY, Course::Line);
    assert!(run.outcome.liquidatable.is_some());
    assert!(run.outcome.after > 0);
    assert!(run.outcome.taken * 10 < run.outcome.before);
}

/// Risk model 2.10: hedged books keep positive equity in the four windows, even unattended.
#[test]
fn pair_and_loop_keep_equity_unattended() {
    for event in [FTX_DAY, "2021-05-21, 3 d", "2025-10-10, 1 h", "2025-10-10, 24 h", "2026-02-05"] {
        for shape in [Shape::Pair, Shape::Loop, Shape::Basis] {
            let run = of(shape, Leverage::Full, event, Course::Nobody);
            assert!(run.outcome.after > 0, "{event} {shape:?}");
        }
    }
}

/// A staking rate that reads 2.85 % low for half an hour liquidates nobody.
fn a_low_rate_liquidates_nobody(runs: &[Run]) {
    for run in runs.iter().filter(|r| r.event.name == "rate 2.85 % low") {
        assert_eq!(run.outcome.liquidatable, None, "{:?} {:?}", run.shape, run.leverage);
    }
}

/// When the perp venue is gone the hedge is too. What is left is a directional
/// book on the margin of a hedged one: liquidated at once, and still solvent.
#[test]
fn a_dead_hedge_is_liquidated_before_the_market_moves() {
    let run = of(Shape::Basis, Leverage::Full, VENUE_DEFAULT, Course::Line);
    assert_eq!(run.outcome.liquidatable, Some(0));
    assert!(run.outcome.after > 0);
}

/// No liquidation costs more than the largest incentive on what it repaid, and
/// insurance pays at most the starting incentive.
fn liquidations_cost_at_most_the_incentive(runs: &[Run]) {
    let share = |basis: u16, of: i64| bps(basis).of_floor(of.unsigned_abs()).cast_signed();
    for run in runs {
        let o = &run.outcome;
        // two units of an asset for each step's roundings, below a dollar
        let slack = i64::from(o.steps) * 1_000_000;
        assert!(o.taken <= share(300, o.repaid) + slack, "{} {:?}", run.event.name, run.shape);
        assert!(o.subsidy <= share(25, o.repaid) + slack);
        assert_eq!(o.steps == 0, o.repaid == 0);
    }
}
