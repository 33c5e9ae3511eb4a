//! Indices, rates, curves and pools.

use super::{number, weight};
use arbitrary::{Result, Unstructured};
use trestle_risk_math::index::Index;
use trestle_risk_math::num::{ONE, Weight};
use trestle_risk_math::pool::{Apr, MAX_POINTS, Pool, PoolTerms, RateCurve, RatePoint};

/// An index anywhere below 2^32; half of them between 1 and 2.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn index(u: &mut Unstructured<'_>) -> Result<Index> {
    let fraction = u128::from(u.arbitrary::<u64>()?);
    let whole = match u.int_in_range(0..=7_u8)? {
        0 => 0,
        1 => return Ok(Index::ONE),
        2 => u.int_in_range(0..=u128::from(u32::MAX))?,
        3 => return Index::new(fraction >> 40).map_or(Ok(Index::ONE), Ok),
        _ => 1,
    };
    Ok(Index::new(whole << 64 | fraction).expect("below 2^32"))
}

/// A yearly rate anywhere; half of them below 100 %.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn apr(u: &mut Unstructured<'_>) -> Result<Apr> {
    let max = if u.arbitrary()? { 1 << 24 } else { Apr::MAX.q24() };
    let q24 = number(u, max.into())?;
    Ok(Apr::new(q24 as u32).expect("at most the largest"))
}

/// A valid curve of two to five corners.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn curve(u: &mut Unstructured<'_>) -> Result<RateCurve> {
    let corners = u.int_in_range(2..=MAX_POINTS)?;
    let mut at: Vec<u32> = vec![0];
    for left in (0..corners - 2).rev() {
        // strictly above the last, with room for the rest
        let last = at[at.len() - 1];
        at.push(u.int_in_range(last + 1..=ONE - 1 - left as u32)?);
    }
    at.push(ONE);
    let mut rates = (0..corners).map(|_| apr(u)).collect::<Result<Vec<_>>>()?;
    rates.sort();
    let corner = |i: usize| {
        let i = i.min(corners - 1);
        RatePoint { utilisation: Weight::stored(at[i]), apr: rates[i] }
    };
    Ok(RateCurve::new(core::array::from_fn(corner)).expect("corners rise, and end at 1.0"))
}

/// What a pool charges.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn pool_terms(u: &mut Unstructured<'_>) -> Result<PoolTerms> {
    let fee_share = weight(u, ONE)?;
    let insurance_share = weight(u, ONE)?; // the two may exceed 1.0 together
    Ok(PoolTerms { curve: curve(u)?, fee_share, insurance_share })
}

/// A pool whose books balance: a new one, or one with a past.
///
/// # Errors
/// When the bytes run out in a place that needs them.
pub fn pool(u: &mut Unstructured<'_>) -> Result<Pool> {
    let now = i64::from(u.arbitrary::<i32>()?);
    let mut pool = Pool::new(now);
    if u.arbitrary()? {
        return Ok(pool);
    }
    let most = u64::MAX >> u.int_in_range(0..=63_u32)?;
    (pool.deposit_index, pool.debt_index) = (index(u)?, index(u)?);
    (pool.cash, pool.debt_units) = (number(u, most)?, number(u, most)?);
    pool.deposit_units = number(u, most)?;
    let Ok(debts) = pool.debt_index.exact(pool.debt_units) else { return Ok(Pool::new(now)) };
    let Ok(claims) = pool.deposit_index.exact(pool.deposit_units) else {
        return Ok(Pool::new(now));
    };
    // what is over goes to insurance and fees; a pool that owes more is none
    let have = (u128::from(pool.cash) << 64).checked_add(debts);
    let Some(over) = have.and_then(|have| have.checked_sub(claims)) else {
        return Ok(Pool::new(now));
    };
    pool.fees = if u.arbitrary()? { 0 } else { over >> u.int_in_range(0..=127_u32)? };
    pool.insurance = over - pool.fees;
    Ok(pool)
}
