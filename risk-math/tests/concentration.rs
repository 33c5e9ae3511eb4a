//! The concentration charge: convex, rising, above the square by a stated bound.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use support::*;
use trestle_risk_math::num::{Sum, Weight};
use trestle_risk_math::portfolio::*;

fn doubled(n: u64, depth: Depth) -> i128 {
    let mut sum = Sum::ZERO;
    concentration_doubled(&mut sum, n, depth);
    sum.total()
}

fn depths() -> impl Strategy<Value = Depth> {
    let size = prop_oneof![0_u64..4, 1_u64..1 << 20, 1_u64..1 << 43];
    (size, 0_u32..=65_536)
        .prop_map(|(size_shr16, slope)| Depth { size_shr16, slope: Weight::new(slope).unwrap() })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn lies_between_the_square_and_its_bound(depth in depths(), n in 0_u64..1 << 59) {
        let n = n % (saturation(depth) + 1);
        let charge = doubled(n, depth);
        if depth.size_shr16 > 0 {
            let (n, d) = (i128::from(n), i128::from(depth.size_shr16));
            // n^2 / D <= charge <= n^2 / D + D / 4
            prop_assert!(charge * d >= n * n);
            prop_assert!(4 * charge * d <= 4 * n * n + d * d);
        }
    }

    #[test]
    fn is_convex_and_rises_by_at_most_the_slope(depth in depths(), n in 0_u64..1 << 58, step in 1_u64..1 << 57) {
        let (low, mid, high) = (doubled(n, depth), doubled(n + step, depth), doubled(n + 2 * step, depth));
        prop_assert!(high - mid >= mid - low, "convex");
        prop_assert!(mid - low >= 0);
        prop_assert!(mid - low <= 2 * i128::from(depth.slope.q16()) * i128::from(step));
    }
}

#[test]
fn one_unit_more_never_costs_a_step() {
    // a position of about 30,000 USD at a depth of 1 bn: the quotient n / L changes here
    let world = World::new();
    let health = |sol: u64| {
        let legs = [asset(SOL, NATIVE, sol), debt(USDC, NATIVE, 10_000_000_000)];
        world.health(&legs)
    };
    let mut last = health(200_000_000);
    for extra in 1..3_000_u64 {
        let now = health(200_000_000 + extra * 7_919);
        assert!(now.init >= last.init && now.maint >= last.maint, "after {extra} steps");
        last = now;
    }
}
