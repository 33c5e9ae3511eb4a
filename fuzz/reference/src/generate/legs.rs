//! Legs of one account: plain, aged, fading, at venue accounts, with orders,
//! unsettled profit, maturities, or partly illiquid.

use super::{number, rarely, weight};
use crate::world::{Portfolio, World};
use arbitrary::{Result, Unstructured};
use trestle_risk_math::num::{ONE, Weight};
use trestle_risk_math::portfolio::{
    AssetTerms, Details, Freshness, Leg, MAX_LEGS, NATIVE_CLASS, Side,
};
use trestle_risk_math::price::Price;

/// Sorted legs on a world: up to 64, mostly few.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn portfolio(u: &mut Unstructured<'_>, world: &World) -> Result<Portfolio> {
    let most = if rarely(u, 8)? { MAX_LEGS } else { 12 };
    let count = u.int_in_range(0..=most)?;
    let legs = (0..count).map(|_| leg(u, world)).collect::<Result<_>>()?;
    Ok(Portfolio::sorted(legs))
}

fn leg(u: &mut Unstructured<'_>, world: &World) -> Result<(Leg, Details)> {
    let asset = u.choose_index(world.assets.len())?;
    let class = if u.arbitrary()? { 0 } else { u.choose_index(world.classes.len())? };
    let terms = &world.assets[asset];
    let amount = leg_amount(u, terms)?;
    let side = if u.arbitrary()? { Side::Asset } else { Side::Debt };
    let liquid = if rarely(u, 4)? { number(u, amount)? } else { u64::MAX };
    let special = rarely(u, 3)?;
    let leg = Leg { asset: asset as u8, class: class as u8, side, special, amount, liquid };
    let details = if special { details(u, terms, &leg)? } else { Details::NONE };
    Ok((leg, details))
}

/// Native units: a value's worth up to the bound of a leg, or any number.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn leg_amount(u: &mut Unstructured<'_>, asset: &AssetTerms) -> Result<u64> {
    if rarely(u, 64)? {
        return number(u, u64::MAX);
    }
    let bits = u.int_in_range(0..=53_u32)?;
    let value = u.int_in_range(0..=1_u64 << bits)?;
    // about `value` micro-USD, in units
    let units = (u128::from(value) << asset.price.shift().min(74)) >> 32;
    Ok(u64::try_from(units).unwrap_or(u64::MAX))
}

fn details(u: &mut Unstructured<'_>, asset: &AssetTerms, leg: &Leg) -> Result<Details> {
    let mut details = Details::NONE;
    if rarely(u, 4)? {
        details.freshness = *u.choose(&[Freshness::Aged, Freshness::Stale, Freshness::Dead])?;
        if details.freshness == Freshness::Dead && leg.side == Side::Asset {
            details.keep = weight(u, ONE)?;
        }
    }
    if leg.class != NATIVE_CLASS && !rarely(u, 4)? {
        // an account lies at one class: two for each
        details.account = (leg.class - 1) * 2 + u8::from(u.arbitrary::<bool>()?);
        details.venue_weight = venue_weight(u, leg.side)?;
        details.unread = rarely(u, 5)?;
        if rarely(u, 3)? {
            details.venue_price = Some(near(u, asset.price)?);
        }
    }
    if rarely(u, 5)? {
        (details.bids, details.asks) = (leg_amount(u, asset)?, leg_amount(u, asset)?);
    }
    if rarely(u, 5)? {
        (details.unsettled, details.settleable) = (leg_amount(u, asset)?, leg_amount(u, asset)?);
    }
    if rarely(u, 6)? {
        details.maturity_days = u.int_in_range(0..=14)?;
    }
    Ok(details)
}

/// A liquidation threshold of at most 1.0, or a borrow factor of at least 1.0:
/// seldom more than 2.0, at most 256, as a reserve may have it.
fn venue_weight(u: &mut Unstructured<'_>, side: Side) -> Result<Weight> {
    let drawn = weight(u, ONE)?;
    Ok(match side {
        Side::Asset => drawn,
        Side::Debt if rarely(u, 8)? => Weight::stored(ONE + number(u, 255 << 16)? as u32),
        Side::Debt => Weight::stored(ONE + drawn.q16()),
    })
}

/// A venue's price: another mantissa, up to one shift away.
fn near(u: &mut Unstructured<'_>, price: Price) -> Result<Price> {
    let mantissa = u.int_in_range(1_u32 << 31..=u32::MAX)?;
    let shift = match u.int_in_range(0..=2_u8)? {
        0 => price.shift(),
        1 => price.shift().saturating_sub(1),
        _ => (price.shift() + 1).min(trestle_risk_math::price::MAX_SHIFT),
    };
    Ok(Price::new(mantissa, shift).expect("normalised, and within the largest shift"))
}
