//! The slope at the edge of its bounds.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

mod support;

use support::*;
use trestle_risk_math::MathError;
use trestle_risk_math::portfolio::*;

fn book(world: &World, legs: &[Leg]) -> Book {
    let mut book = Book::new();
    world.assess(legs, &mut book).unwrap();
    book
}

fn pulls(count: usize) -> Vec<Pull> {
    let repay = Pull { asset: USDC, class: NATIVE, rate: 2 * UNIT_RATE, illiquid: false };
    let seize = Pull { asset: SOL, class: KAMINO, rate: -2 * UNIT_RATE, illiquid: true };
    [repay, seize].into_iter().cycle().take(count).collect()
}

/// The sums of a slope are 64 bits wide, which is enough for so many pulls and no more.
#[test]
fn more_pulls_than_the_bounds_allow_are_refused() {
    let world = World::new();
    let legs = [asset(SOL, KAMINO, worth(1_000, 15_000)), debt(USDC, NATIVE, worth(500, 100))];
    let book = book(&world, &legs);
    let found = |count| slope(&world, &sorted(&legs), &book, &pulls(count));
    assert!(found(MAX_PULLS).is_ok());
    assert_eq!(found(MAX_PULLS + 1), Err(MathError::Range));
}

#[test]
fn the_largest_pulls_add_up() {
    let world = World::new();
    let legs = [asset(SOL, KAMINO, worth(1_000, 15_000)), debt(USDC, NATIVE, worth(500, 100))];
    let book = book(&world, &legs);
    let found = |count| slope(&world, &sorted(&legs), &book, &pulls(count)).unwrap();
    let pairs = i64::try_from(MAX_PULLS / 2).unwrap();
    // each is rounded up by less than one
    assert!((found(MAX_PULLS) - pairs * found(2)).abs() <= pairs);
}
