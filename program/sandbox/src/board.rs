//! Parameters of the sandbox's group: the defaults of the risk model.

use crate::pyth;
use trestle_interface::args::{
    GroupTermsArgs, InitPoolArgs, ListAssetArgs, ListClassArgs, ListFactorArgs, ListMarketArgs,
    SetScenariosArgs, SourceArgs,
};
use trestle_interface::state::{MAX_FACTORS, MAX_SCENARIOS};
use trestle_risk_math::defaults::{self, FACTORS, SCENARIOS};
use trestle_risk_math::num::{ONE, Pair, Weight};
use trestle_risk_math::pool::Apr;

/// Stored words of a pair.
#[must_use]
pub const fn words(pair: Pair<Weight>) -> [u32; 2] {
    [pair.maint.q16(), pair.init.q16()]
}

/// Q16 of basis points.
#[must_use]
pub fn bps(x: u16) -> u32 {
    Weight::from_bps(x).expect("at most 2.0").q16()
}

/// A zero-padded name.
#[must_use]
pub fn name(text: &str) -> [u8; 16] {
    let mut out = [0; 16];
    for (to, from) in out.iter_mut().zip(text.bytes()) {
        *to = from;
    }
    out
}

/// Terms of the group.
#[must_use]
pub fn group_terms() -> GroupTermsArgs {
    let group = defaults::GROUP;
    GroupTermsArgs {
        lambda: words(group.lambda),
        split: words(group.split),
        confidence: words(group.confidence),
        illiquid: words(group.illiquid),
        stress_floor: words(group.stress_floor),
        confidence_max: group.confidence_max.q16(),
        gap_max: group.gap_max.q16(),
        unsettled: group.unsettled.q16(),
        target: group.target.q16(),
        target_min: group.target_min,
        call_cap: 500_000_000_000,
        max_skew: 60,
        liquidation_skew: 15,
        liquidation_age: 30,
        liquid_share: ONE / 2,
        incentive_start: bps(25),
        incentive_slope: bps(2_500),
        incentive_slots: 150,
        insurance_share: bps(2_000),
    }
}

/// A factor of the default table.
#[must_use]
pub fn factor(column: usize) -> ListFactorArgs {
    let factor = &FACTORS[column];
    ListFactorArgs {
        name: name(factor.name),
        down: words(factor.down),
        up: words(factor.up),
        offset: words(factor.offset),
    }
}

/// The default scenarios for factors that are columns of the default table.
#[must_use]
pub fn scenarios(columns: &[usize]) -> SetScenariosArgs {
    let mut fractions = [[0; MAX_SCENARIOS]; MAX_FACTORS];
    for (row, column) in fractions.iter_mut().zip(columns) {
        for (slot, scenario) in row.iter_mut().zip(&SCENARIOS) {
            *slot = scenario[*column];
        }
    }
    SetScenariosArgs { count: u8::try_from(SCENARIOS.len()).expect("few"), fractions }
}

/// The native class.
#[must_use]
pub fn native_class() -> ListClassArgs {
    ListClassArgs {
        program: trestle_interface::Address::default(),
        name: name("native"),
        kind: 0,
        layout_version: 1,
        haircut: [0, 0],
        penalty: 0,
        shock: 0,
        loop_shock: 0,
        financing_multiple: 0,
        claim_cap: 0,
        financing_cap: 0,
    }
}

/// A Pyth source of a feed.
#[must_use]
pub fn pyth_source(feed: [u8; 32]) -> SourceArgs {
    SourceArgs {
        kind: 1,
        account: trestle_interface::Address::default(),
        feed,
        exponent: pyth::EXPONENT,
        confidence_multiple: 138_936, // 2.12
        confidence_cap: bps(200),
        max_age: 120,
    }
}

/// No source.
#[must_use]
pub fn no_source() -> SourceArgs {
    SourceArgs {
        kind: 0,
        account: trestle_interface::Address::default(),
        feed: [0; 32],
        exponent: 0,
        confidence_multiple: 0,
        confidence_cap: 0,
        max_age: 0,
    }
}

/// What differs between assets.
#[derive(Clone, Copy, Debug)]
pub struct AssetTerms {
    /// Factor.
    pub factor: u8,
    /// Basis.
    pub basis: Pair<Weight>,
    /// Depth in USD.
    pub depth_usd: u64,
    /// Largest incentive, basis points.
    pub incentive_bps: u16,
    /// Isolated tier.
    pub isolated: bool,
}

/// An asset on row `id` with a feed of its own.
#[must_use]
pub fn asset(id: u8, decimals: u8, feed: [u8; 32], terms: &AssetTerms) -> ListAssetArgs {
    ListAssetArgs {
        factor: terms.factor,
        source: id,
        issuer: 0,
        isolated: terms.isolated,
        decimals,
        basis: words(terms.basis),
        depth_shr16: defaults::depth(terms.depth_usd, Weight::ZERO).size_shr16,
        incentive_max: bps(terms.incentive_bps),
        rate_confidence_max: 0,
        confidence_growth: 1,
        ages: [60, 120, 600, 3_600],
        primary: pyth_source(feed),
        secondary: no_source(),
    }
}

/// A pool with a kinked curve: 0 %, 5 % at 80 %, 20 % at 90 %, 150 % at full use.
#[must_use]
pub fn pool(asset: u8) -> InitPoolArgs {
    let apr = |bps: u32| Apr::from_bps(bps).expect("in range").q24();
    let utilisation = |percent: u32| (percent * ONE).div_ceil(100);
    InitPoolArgs {
        asset,
        curve_utilisation: [0, utilisation(80), utilisation(90), ONE, ONE],
        curve_apr: [0, apr(500), apr(2_000), apr(15_000), apr(15_000)],
        fee_share: bps(1_000),
        insurance_share: bps(500),
        deposit_cap: u64::MAX,
        debt_cap: u64::MAX,
    }
}

/// A pool's market.
#[must_use]
pub const fn market(asset: u8) -> ListMarketArgs {
    ListMarketArgs { class: 0, asset, ages: [150, 300, 1_500, 9_000] }
}
