//! Validation of a whole board against C1 to C8.

use crate::Result;
use trestle_interface::TrestleError;
use trestle_interface::state::{AssetRow, MarketsPage, PricesPage};
use trestle_interface::view::{Board, Now};
use trestle_risk_math::constraints::{
    AssetConfig, Violation, check_asset, check_class, check_factor, check_group, credit_room,
};
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::portfolio::{Depth, FactorTerms, GroupTerms, Tables};

/// Recomputes every concentration slope, then checks every row.
///
/// A slope is what the other charges leave of an asset's credit, so a new
/// class or factor can change it; nothing else is derived.
pub(crate) fn board(prices: &mut PricesPage, markets: &MarketsPage) -> Result<()> {
    let now = Now { slot: 0, unix: 0 };
    // the group's own terms, not those that stand in while scenarios are missing
    let group = markets.terms.terms();
    check_group(&group)?;
    raw_weights(markets)?;
    for row in markets.classes.iter().take(usize::from(markets.class_count)) {
        check_class(&row.terms(now))?;
    }
    for id in 0..markets.factor_count {
        let view = Board { prices, markets, now };
        let shocks = view.scenarios().iter().filter_map(|row| row.get(usize::from(id)));
        check_factor(&group, &view.factor(id)?, shocks.copied())?;
    }
    let haircut = worst_haircut(markets);
    for id in 0..prices.count {
        let slope = {
            let view = Board { prices, markets, now };
            let row = prices.asset(id).ok_or(TrestleError::UnknownRow)?;
            asset(&view, &group, row, haircut)?
        };
        let row = prices.assets.get_mut(usize::from(id)).ok_or(TrestleError::UnknownRow)?;
        row.slope = slope.q16();
    }
    Ok(())
}

/// Checks one asset and returns its concentration slope.
fn asset(view: &Board<'_>, group: &GroupTerms, row: &AssetRow, haircut: Weight) -> Result<Weight> {
    let factor = view.factor(row.factor)?;
    if view.prices.asset(row.source).is_none() {
        return Err(TrestleError::UnknownRow);
    }
    let mut config = config(view, row)?;
    config.depth.slope = slope(group, &factor, &config, haircut)?;
    check_asset(group, &factor, &config, haircut)?;
    if row.is_isolated() != isolated_factor(view, row.factor) {
        return Err(TrestleError::ConstraintIsolated);
    }
    Ok(config.depth.slope)
}

fn slope(
    group: &GroupTerms,
    factor: &FactorTerms,
    config: &AssetConfig,
    haircut: Weight,
) -> Result<Weight> {
    if config.isolated {
        return Ok(Weight::ZERO);
    }
    credit_room(group, factor, config, haircut).ok_or(TrestleError::ConstraintWeights)
}

/// Whether any asset of the factor is isolated. Isolated and other assets may
/// not share a factor, or an isolated debt could be offset.
fn isolated_factor(view: &Board<'_>, factor: u8) -> bool {
    let rows = view.prices.assets.iter().take(usize::from(view.prices.count));
    rows.filter(|row| row.factor == factor).any(AssetRow::is_isolated)
}

fn config(view: &Board<'_>, row: &AssetRow) -> Result<AssetConfig> {
    let strict = |q16: u32| Weight::new(q16).map_err(|_| TrestleError::ConstraintRange);
    let issuer = view.markets.issuers.get(usize::from(row.issuer));
    let issuer = issuer.ok_or(TrestleError::UnknownRow)?;
    Ok(AssetConfig {
        isolated: row.is_isolated(),
        basis: Pair::new(strict(row.basis.maint)?, strict(row.basis.init)?),
        rate_confidence_max: strict(row.rate_confidence_max)?,
        jump: issuer.jump.pair(),
        depth: Depth { size_shr16: row.depth_shr16, slope: Weight::ZERO },
        incentive_max: strict(row.incentive_max)?,
    })
}

fn worst_haircut(markets: &MarketsPage) -> Weight {
    let rows = markets.classes.iter().take(usize::from(markets.class_count));
    rows.map(|row| row.haircut.pair().init).fold(Weight::ZERO, Weight::max)
}

/// Terms read stored words above 2.0 as 2.0; here they are refused.
fn raw_weights(markets: &MarketsPage) -> Result<()> {
    let terms = &markets.terms;
    let group = [terms.lambda, terms.split, terms.confidence, terms.illiquid, terms.stress_floor];
    let single = [
        terms.confidence_max,
        terms.gap_max,
        terms.unsettled,
        terms.target,
        terms.liquid_share,
        terms.incentive_start,
        terms.insurance_share,
    ];
    let factors = markets.factors.iter().flat_map(|f| [f.down, f.up, f.offset]);
    let classes = markets.classes.iter().map(|c| c.haircut);
    let class_words = markets.classes.iter().flat_map(|c| [c.penalty, c.shock, c.loop_shock]);
    let issuers = markets.issuers.iter().map(|i| i.jump);
    let pairs = group.into_iter().chain(factors).chain(classes).chain(issuers);
    let words = pairs.flat_map(|p| [p.maint, p.init]).chain(single).chain(class_words);
    for word in words {
        if word > Weight::MAX.q16() {
            return Err(Violation::Range.into());
        }
    }
    Ok(())
}
