//! The table of risk model 2.10: what one million USD a leg requires.
//!
//! The prototype of that table took the dollar as numeraire: USDC legs cost
//! nothing, and legs of a million had no concentration. Here USDC is a factor
//! with shocks of its own (ruling: a depeg is a scenario), stable assets carry
//! half the split as basis (C4), and every size is charged against depth. So
//! both are asserted: the figures of the default table as it is, and those of
//! 2.10 once the dollar is free and depth without end.

use crate::books::{Shape, weight_model};
use crate::support::*;
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::portfolio::*;

/// Hundredths of a percent of one million USD.
type Bps = [i64; 2];

struct Row {
    shape: Shape,
    owed: Option<Leg>,
    /// Initial and maintenance requirement of the default table.
    now: Bps,
    /// The same with a free dollar and endless depth: the figures of 2.10.
    plain: Bps,
    /// A weight model's.
    weights: Bps,
}

fn rows() -> Vec<Row> {
    const M: u64 = 1_000_000;
    let usdc = Some(debt(USDC, NATIVE, worth(M, 100)));
    let row = |shape, owed, now, plain, weights| Row { shape, owed, now, plain, weights };
    vec![
        row(Shape::Long, usdc, [2_634, 1_669], [2_525, 1_625], [2_525, 1_625]),
        row(Shape::Jitosol, None, [3_363, 1_963], [3_350, 1_950], [3_350, 1_950]),
        row(
            Shape::Loop,
            Some(debt(SOL, KAMINO, worth(4 * M, 15_000))),
            [7_844, 4_444],
            // 0.745 M and 0.405 M in the table, against 2.805 and 1.705
            [7_450, 4_050],
            [28_050, 17_050],
        ),
        row(Shape::Basis, None, [950, 499], [625, 375], [5_625, 3_575]),
        row(Shape::Pair, None, [3_907, 2_347], [3_705, 2_275], [4_275, 2_725]),
    ]
}

fn required(world: &World, legs: &[Leg]) -> Bps {
    let health = world.health(legs);
    [health.init.unwrap(), health.maint].map(|at| (health.equity - at) / 100_000_000)
}

fn legs(row: &Row) -> Vec<Leg> {
    row.shape.legs().into_iter().chain(row.owed).collect()
}

/// Weights are rounded up to 2^-16, so a figure may be a hundredth of a percent off.
fn assert_close(name: &str, found: Bps, expected: Bps) {
    let off = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).max();
    assert!(off <= Some(1), "{name}: {found:?}, expected {expected:?}");
}

#[test]
fn table_2_10_with_the_default_parameters() {
    let world = World::new();
    for row in rows() {
        assert_close(row.shape.name(), required(&world, &legs(&row)), row.now);
    }
}

#[test]
fn table_2_10_as_the_prototype_had_it() {
    let mut world = World::new();
    let free = Pair::both(Weight::ZERO);
    world.factors[4] = Factor { down: free, up: free, offset: free };
    world.scenarios.iter_mut().for_each(|row| row[4] = [0, 0]);
    world.assets[usize::from(USDC)].terms.basis = free;
    world.assets.iter_mut().for_each(|a| a.terms.depth = Depth::default());
    for row in rows() {
        // the settled quote of a perp account and its short leave no net claim
        assert_close(row.shape.name(), required(&world, &legs(&row)), row.plain);
    }
}

#[test]
fn table_2_10_of_a_weight_model() {
    let world = World::new();
    for row in rows() {
        let found = [true, false].map(|init| weight_model(&world, &legs(&row), init) / 100_000_000);
        assert_close(row.shape.name(), found, row.weights);
    }
}
