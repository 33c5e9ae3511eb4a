//! The default parameters of risk model 6.3, as data for listings and tests.
//!
//! Percentages are maintenance / initial. Nothing on chain reads this module.

use crate::constraints::scenario_shock;
use crate::num::{Pair, Weight};
use crate::portfolio::{ClassTerms, Depth, GroupTerms, Shock};

/// Parameters of one factor.
#[derive(Clone, Copy, Debug)]
pub struct FactorDefaults {
    /// Name.
    pub name: &'static str,
    /// `d`.
    pub down: Pair<Weight>,
    /// `u`.
    pub up: Pair<Weight>,
    /// `h`.
    pub offset: Pair<Weight>,
}

/// The factors in the order of the scenario table.
pub const FACTORS: [FactorDefaults; 8] = [
    factor("BTC", (1_000, 1_600), (1_000, 1_600), (150, 250)),
    factor("ETH", (1_300, 2_000), (1_300, 2_000), (150, 250)),
    factor("SOL", (1_600, 2_500), (1_800, 2_800), (200, 300)),
    factor("SOL alts", (2_800, 4_500), (3_200, 5_000), (400, 600)),
    factor("USDC", (100, 300), (50, 150), (20, 30)),
    factor("USDT", (150, 500), (100, 200), (20, 30)),
    factor("PYUSD", (150, 500), (100, 200), (20, 30)),
    factor("meme", (4_000, 10_000), (6_000, 10_000), (0, 0)),
];

/// Scenario moves as fractions of `-d` (down) and `+u` (up) in basis points,
/// one row per scenario, one column per entry of [`FACTORS`].
///
/// All down; all up; SOL crash; SOL squeeze; flight to BTC; rotation;
/// USDC depeg; USDT and PYUSD depeg. Isolated assets rise or stand still: a
/// fall would let a debt in them offset other losses.
pub const SCENARIOS: [[i16; FACTORS.len()]; 8] = [
    [-10_000, -10_000, -10_000, -10_000, 0, 0, 0, 0],
    [10_000, 10_000, 10_000, 10_000, 0, 0, 0, 10_000],
    [-2_500, -3_500, -10_000, -10_000, 0, 0, 0, 0],
    [1_500, 2_000, 10_000, 10_000, 0, 0, 0, 0],
    [5_000, -5_000, -7_500, -10_000, 0, 0, 0, 0],
    [-5_000, 5_000, 7_500, 10_000, 0, 0, 0, 0],
    [-3_000, -3_000, -3_000, -4_000, -10_000, 0, 0, 0],
    [-3_000, -3_000, -3_000, -4_000, 0, -10_000, -10_000, 0],
];

/// The group's own terms.
pub const GROUP: GroupTerms = GroupTerms {
    lambda: pair(5_000, 6_000),
    split: pair(25, 25),
    confidence: pair(10_000, 10_000),
    confidence_max: weight(300),
    gap_max: weight(500),
    illiquid: pair(200, 2_500),
    unsettled: weight(5_000),
    stress_floor: pair(9_200, 8_500),
    target: weight(200),
    target_min: 10_000_000,
};

/// Custody and Trestle's own pools.
pub const NATIVE: ClassTerms = class((0, 0), 0);
/// Kamino.
pub const KAMINO: ClassTerms = class((50, 150), 200);
/// A perp venue.
pub const PERP_VENUE: ClassTerms = class((100, 300), 500);
/// A venue without a record.
pub const NEW_VENUE: ClassTerms = class((300, 1_000), 1_000);

/// Basis of an asset that is its factor.
pub const BASIS_PLAIN: Pair<Weight> = pair(25, 25);
/// Basis of a stable asset: half the split, the least that C4 allows.
pub const BASIS_STABLE: Pair<Weight> = pair(13, 13);
/// Basis of a liquid staking token against SOL.
pub const BASIS_LST: Pair<Weight> = pair(300, 700);
/// Basis of a perp against its underlying.
pub const BASIS_PERP: Pair<Weight> = pair(100, 150);

/// Depth for a linear-impact size in USD, with a slope to be set from
/// [`crate::constraints::credit_room`].
#[must_use]
pub const fn depth(size_usd: u64, slope: Weight) -> Depth {
    Depth { size_shr16: size_usd.saturating_mul(1_000_000) >> 16, slope }
}

/// The default moves of a factor by its column in one scenario.
#[must_use]
pub fn shock(scenario: usize, column: usize) -> Shock {
    let fraction = SCENARIOS.get(scenario).and_then(|row| row.get(column)).copied().unwrap_or(0);
    let Some(factor) = FACTORS.get(column) else { return [0, 0] };
    [
        scenario_shock(fraction, factor.down.maint, factor.up.maint),
        scenario_shock(fraction, factor.down.init, factor.up.init),
    ]
}

const fn weight(bps: u16) -> Weight {
    match Weight::from_bps(bps) {
        Ok(weight) => weight,
        Err(_) => Weight::MAX,
    }
}

const fn pair(maint: u16, init: u16) -> Pair<Weight> {
    Pair::new(weight(maint), weight(init))
}

const fn factor(
    name: &'static str,
    down: (u16, u16),
    up: (u16, u16),
    offset: (u16, u16),
) -> FactorDefaults {
    FactorDefaults {
        name,
        down: pair(down.0, down.1),
        up: pair(up.0, up.1),
        offset: pair(offset.0, offset.1),
    }
}

const fn class(haircut: (u16, u16), penalty: u16) -> ClassTerms {
    ClassTerms {
        haircut: pair(haircut.0, haircut.1),
        penalty: weight(penalty),
        shock: weight(800),
        loop_shock: weight(200),
        keep: Weight::ONE,
        frozen: false,
    }
}
