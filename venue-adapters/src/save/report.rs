//! What a reserve is worth and on which terms, now.

use super::interest::{self, Bracket, Worth};
use super::market::Market;
use super::reserve::Reserve;
use super::stress;
use super::{Result, SaveError, WAD, freshness};
use crate::clock::Now;
pub use crate::venue::report::Indices;
use crate::venue::report::{self, MAX_SLACK};
use crate::venue::stress::percent_ceil;
use trestle_risk_math::index::Index;
use trestle_risk_math::num::{
    Weight, mul_ratio_ceil, mul_ratio_floor, shift_ratio_ceil, shift_ratio_floor,
};
use trestle_risk_math::pool::{Apr, growth_bound_per_slot};
use trestle_risk_math::price::Price;

/// Share of the debts that one liquidation may close, per cent. Debts of up
/// to two dollars may be closed whole.
const CLOSE_FACTOR_PCT: u64 = 20;

/// A reserve, projected to now.
pub type ReserveReport = report::ReserveReport<Flags>;

/// What is switched off or watched in a reserve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// No deposits: their limit is zero.
    pub deposit_disabled: bool,
    /// No borrowing: its limit is zero.
    pub borrow_disabled: bool,
    /// Whoever borrows here borrows nothing else.
    pub isolated: bool,
    /// The debts that collateral here stands for have reached their limit:
    /// who owes can neither borrow nor redeem against it.
    pub attributed: bool,
}

/// The indices of [`reserve`] without the rest. Cheap where the reserve was
/// refreshed in this very slot.
///
/// # Errors
/// As [`reserve`]; a reserve to which no slot has passed is not asked for rates.
pub fn indices(reserve: &Reserve, now: Now) -> Result<Indices> {
    indices_of(&interest::worth(reserve, now)?, reserve.ctoken_supply())
}

/// Reads a reserve and projects it to `now`.
///
/// Real rates assume slots of 400 ms.
///
/// # Errors
/// [`SaveError::Numbers`] when the numbers contradict each other or exceed
/// what an index holds.
pub fn reserve(reserve: &Reserve, market: &Market, now: Now) -> Result<ReserveReport> {
    let accrual = interest::project(reserve, now)?;
    let Indices { deposit: deposit_index, debt: debt_index } =
        indices_of(&accrual.worth(), reserve.ctoken_supply())?;
    let supplied = ceil_tokens(accrual.supply.high);
    let redeem_room = redeem_room(reserve, market, now);
    let limited = reserve.borrow_limit().saturating_sub(ceil_tokens(accrual.borrowed.high));
    // the fee leaves the vault as well
    let lent = redeem_room.min(limited);
    // cut by less than a wad
    let busy = accrual.utilisation.saturating_add(u128::from(reserve.borrowed_wads() != 0));
    Ok(ReserveReport {
        deposit_index,
        debt_index,
        free_liquidity: reserve.available(),
        supply_room: reserve.deposit_limit().saturating_sub(supplied),
        redeem_room,
        borrow_room: lent.saturating_sub(origination_fee(reserve, lent)?),
        utilisation: Weight::clamped(report::to_u32(q_ceil(busy, 16))),
        supply_apr: report::apr(q_floor(real(accrual.supply_rate, 0), 24)),
        borrow_apr: report::apr(q_ceil(real(accrual.borrow_rate, 3), 24)),
        growth_bound: growth_bound_per_slot(report::apr(q_ceil(
            interest::max_rate(&reserve.curve()),
            24,
        ))),
        projection_slack: slack(accrual.cumulative),
        terms: stress::terms(reserve),
        close_factor: percent_ceil(CLOSE_FACTOR_PCT),
        price: price(reserve, now),
        flags: flags(reserve),
    })
}

/// How far apart the ends of a projected cumulative rate are, Q64 of itself,
/// rounded up: it is never below 1.0, and a wad is less than 19 of 2^-64.
fn slack(cumulative: Bracket) -> u64 {
    let apart = cumulative.high.saturating_sub(cumulative.low).saturating_mul(19);
    u64::try_from(apart).unwrap_or(u64::MAX).min(MAX_SLACK)
}

/// Real borrow rate once `amount` more tokens are borrowed, rounded up from
/// Save's own cuts. The borrow fee comes on top.
///
/// # Errors
/// As [`reserve`].
pub fn borrow_apr_after(reserve: &Reserve, now: Now, amount: u64) -> Result<Apr> {
    let accrual = interest::project(reserve, now)?;
    let rate = interest::rate_after(reserve, &accrual, amount)?;
    Ok(report::apr(q_ceil(real(rate, 3), 24)))
}

/// What Save adds to a debt for borrowing `amount` tokens, rounded up: it
/// rounds to nearest, and takes at least one unit where there is a fee, two
/// where a host may have a part of it.
///
/// # Errors
/// [`SaveError::Numbers`] above 64 bits.
pub fn origination_fee(reserve: &Reserve, amount: u64) -> Result<u64> {
    let rate = u128::from(reserve.borrow_fee_wads());
    if rate == 0 {
        return Ok(0);
    }
    let least = if reserve.host_fee_pct() == 0 { 1 } else { 2 };
    let fee = mul_ratio_ceil(u128::from(amount), rate, WAD)?.max(least);
    u64::try_from(fee).map_err(|_| SaveError::Numbers)
}

/// Tokens that can be redeemed now: free, and within the limiters of reserve
/// and market. Rounded down.
#[must_use]
pub fn redeem_room(reserve: &Reserve, market: &Market, now: Now) -> u64 {
    let own = reserve.outflow_left(now.slot).unwrap_or(u64::MAX);
    let shared = match market.outflow_left_wads(now.slot) {
        None => u64::MAX,
        Some(usd_wads) => tokens_for(usd_wads, reserve).unwrap_or(0),
    };
    reserve.available().min(own).min(shared)
}

/// Tokens that `usd_wads` buy at the highest stored price, rounded down.
fn tokens_for(usd_wads: u128, reserve: &Reserve) -> Option<u64> {
    let whole = 10_u128.checked_pow(u32::from(reserve.decimals()))?;
    let high = reserve.prices().high_wads;
    if high == 0 {
        return None;
    }
    // a quotient beyond 128 bits is beyond every amount
    let tokens = mul_ratio_floor(usd_wads, whole, high).unwrap_or(u128::MAX);
    Some(u64::try_from(tokens).unwrap_or(u64::MAX))
}

/// Before the first deposit a cToken is worth one token; cTokens without
/// supply behind them are worth nothing.
fn indices_of(worth: &Worth, ctokens: u64) -> Result<Indices> {
    let deposit = if ctokens == 0 {
        Index::ONE
    } else {
        let each = u128::from(ctokens).checked_mul(WAD).ok_or(SaveError::Numbers)?;
        Index::new(shift_ratio_floor(worth.supply, 64, each)?)?
    };
    let debt = Index::new(shift_ratio_ceil(worth.cumulative, 64, WAD)?)?;
    Ok(Indices { deposit, debt })
}

/// Save's spot price where a refresh of this slot has written it.
fn price(reserve: &Reserve, now: Now) -> Option<Price> {
    let fresh = freshness::is_reserve_fresh(reserve, now.slot);
    price_of(reserve.prices().spot_wads, reserve).filter(|_| fresh)
}

/// Micro-USD a native unit from USD a whole token in wads, rounded down.
pub(super) fn price_of(wads: u128, reserve: &Reserve) -> Option<Price> {
    let sf = mul_ratio_floor(wads, 1 << 60, WAD).ok()?;
    report::price_from_sf(sf, u64::from(reserve.decimals()))
}

fn flags(reserve: &Reserve) -> Flags {
    Flags {
        deposit_disabled: reserve.deposit_limit() == 0,
        borrow_disabled: reserve.borrow_limit() == 0,
        isolated: reserve.is_isolated(),
        attributed: attributed(reserve),
    }
}

/// The debts that collateral here stands for have reached their limit.
pub(super) fn attributed(reserve: &Reserve) -> bool {
    match reserve.attributed_limit() {
        u64::MAX => false,
        limit => reserve.attributed_wads() >= u128::from(limit).saturating_mul(WAD),
    }
}

/// A nominal rate as a real one, rounded up with an `add` of 3 and down with
/// 0: Save's year of 63,072,000 slots passes in 400 / 500 of a year.
fn real(rate_wads: u128, add: u128) -> u128 {
    rate_wads.saturating_mul(5).saturating_add(add) / 4
}

/// Wads as a binary fraction of `bits` bits, rounded down.
fn q_floor(wads: u128, bits: u32) -> u128 {
    shift_ratio_floor(wads, bits, WAD).unwrap_or(u128::MAX)
}

/// Wads as a binary fraction of `bits` bits, rounded up.
fn q_ceil(wads: u128, bits: u32) -> u128 {
    shift_ratio_ceil(wads, bits, WAD).unwrap_or(u128::MAX)
}

fn ceil_tokens(wads: u128) -> u64 {
    u64::try_from(wads.div_ceil(WAD)).unwrap_or(u64::MAX)
}
