//! What a reserve is worth and on which terms, now.

use super::interest::{self, Accrual, Bracket, Worth};
use super::market::{Market, PERMISSIONED_BORROW, PERMISSIONED_DEPOSIT};
use super::reserve::{RateBasis, Reserve};
use super::stress;
use super::{KaminoError, Result};
use crate::clock::Now;
pub use crate::venue::report::Indices;
use crate::venue::report::{self, MAX_SLACK};
use crate::venue::stress::percent_ceil;
use trestle_risk_math::index::Index;
use trestle_risk_math::num::{
    Weight, mul_ratio_ceil, mul_ratio_floor, mul_shift_ceil, shift_ratio_floor,
};
use trestle_risk_math::pool::{Apr, growth_bound_per_slot};
use trestle_risk_math::price::Price;

/// A reserve, projected to now.
pub type ReserveReport = report::ReserveReport<Flags>;

/// What is switched off or watched in a reserve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Market or reserve stopped: nothing works.
    pub stopped: bool,
    /// Not active.
    pub inactive: bool,
    /// Deposits need a foreign signature.
    pub deposit_permissioned: bool,
    /// Borrows need a foreign signature.
    pub borrow_permissioned: bool,
    /// Borrowing switched off.
    pub borrow_disabled: bool,
    /// Debts fall due.
    pub debts_fall_due: bool,
    /// Positions may be deleveraged.
    pub deleverages: bool,
    /// A limit has been crossed, which starts deleveraging where it is on.
    pub limit_crossed: bool,
    /// No collateral outside elevation groups.
    pub group_only: bool,
    /// cTokens may not leave obligations.
    pub ctokens_blocked: bool,
}

/// The indices of [`reserve`] without the rest. Cheap where the reserve was
/// refreshed in this very slot.
///
/// # Errors
/// As [`reserve`]; a reserve to which no time has passed is not asked for rates.
pub fn indices(reserve: &Reserve, now: Now) -> Result<Indices> {
    indices_of(&interest::worth(reserve, now)?, reserve.ctoken_supply())
}

/// Reads a reserve and projects it to `now`.
///
/// Real rates of a reserve that counts slots assume slots of 400 ms.
///
/// # Errors
/// [`KaminoError::Numbers`] when the numbers contradict each other or exceed
/// what an index holds, [`KaminoError::RateBasis`].
pub fn reserve(reserve: &Reserve, market: &Market, now: Now) -> Result<ReserveReport> {
    let accrual = interest::project(reserve, now)?;
    let worth = Worth { supply_sf: accrual.supply.low, cumulative_sf: accrual.cumulative.high };
    let Indices { deposit: deposit_index, debt: debt_index } =
        indices_of(&worth, reserve.ctoken_supply())?;
    let free_liquidity = reserve.available().saturating_sub(queued(reserve, &accrual)?);
    let basis = reserve.rate_basis()?;
    let supplied = ceil_tokens(accrual.supply.high);
    Ok(ReserveReport {
        deposit_index,
        debt_index,
        free_liquidity,
        supply_room: reserve.deposit_limit().saturating_sub(supplied),
        redeem_room: free_liquidity.min(reserve.redeem_cap_left(now.unix)),
        borrow_room: borrow_room(reserve, &accrual, free_liquidity, now)?,
        utilisation: Weight::clamped(report::to_u32(accrual.utilisation_sf.div_ceil(1 << 44))),
        supply_apr: report::apr(real(accrual.supply_rate_sf, basis, 0) >> 36),
        borrow_apr: report::apr(real(accrual.borrow_rate_sf, basis, 3).div_ceil(1 << 36)),
        projection_slack: slack(accrual.cumulative),
        growth_bound: growth_bound_per_slot(report::apr(
            interest::max_rate_sf(reserve).div_ceil(1 << 36),
        )),
        terms: stress::terms(reserve, market, 0)?,
        close_factor: percent_ceil(u64::from(market.close_factor_pct())),
        price: price(reserve, now),
        flags: flags(reserve, market),
    })
}

/// How far apart the ends of a projected cumulative rate are, Q64 of itself,
/// rounded up: it is never below 1.0. At most [`MAX_SLACK`].
fn slack(cumulative: Bracket) -> u64 {
    let apart = cumulative.high.saturating_sub(cumulative.low).saturating_mul(1 << 4);
    u64::try_from(apart).unwrap_or(u64::MAX).min(MAX_SLACK)
}

/// Real borrow rate once `amount` more tokens are borrowed, rounded up. The
/// origination fee comes on top.
///
/// # Errors
/// As [`reserve`].
pub fn borrow_apr_after(reserve: &Reserve, now: Now, amount: u64) -> Result<Apr> {
    let accrual = interest::project(reserve, now)?;
    let debts = accrual.borrowed.high.checked_add(u128::from(amount) << 60);
    let debts = debts.ok_or(KaminoError::Numbers)?;
    let utilisation = match accrual.supply.low {
        0 => interest::ONE,
        supply => mul_ratio_ceil(debts, interest::ONE, supply)?.min(interest::ONE),
    };
    let rate = interest::nominal_rate_sf(reserve, utilisation)?;
    Ok(report::apr(real(rate, reserve.rate_basis()?, 3).div_ceil(1 << 36)))
}

/// What klend adds to a debt for borrowing `amount` tokens, rounded up: it
/// rounds to nearest, and takes at least one unit where there is a fee.
///
/// # Errors
/// [`KaminoError::Numbers`] above 64 bits.
pub fn origination_fee(reserve: &Reserve, amount: u64) -> Result<u64> {
    let rate = u128::from(reserve.origination_fee_sf());
    if rate == 0 {
        return Ok(0);
    }
    let fee = mul_shift_ceil(u128::from(amount), rate, 60)?.max(1);
    u64::try_from(fee).map_err(|_| KaminoError::Numbers)
}

/// Tokens that can be redeemed now: free, and within the limiter. Rates are
/// asked for only where a queue claims part of the vault.
///
/// # Errors
/// As [`reserve`].
pub fn redeem_room(reserve: &Reserve, now: Now) -> Result<u64> {
    let queued = match reserve.queued_ctokens() {
        0 => 0,
        _ => queued(reserve, &interest::project(reserve, now)?)?,
    };
    Ok(reserve.available().saturating_sub(queued).min(reserve.redeem_cap_left(now.unix)))
}

/// Before the first deposit a cToken is worth one token; cTokens without
/// supply behind them are worth nothing.
fn indices_of(worth: &Worth, ctokens: u64) -> Result<Indices> {
    let deposit = if ctokens == 0 {
        Index::ONE
    } else {
        // supply / 2^60 * 2^64 / cTokens
        Index::new(shift_ratio_floor(worth.supply_sf, 4, u128::from(ctokens))?)?
    };
    // the cumulative borrow rate in Q64: exact
    let debt = worth.cumulative_sf.checked_mul(16).ok_or(KaminoError::Numbers)?;
    Ok(Indices { deposit, debt: Index::new(debt)? })
}

/// Tokens that the withdraw queue claims, rounded up: one a cToken where
/// nothing is supplied, as klend has it.
fn queued(reserve: &Reserve, accrual: &Accrual) -> Result<u64> {
    let (queued, ctokens) = (reserve.queued_ctokens(), reserve.ctoken_supply());
    if queued == 0 || ctokens == 0 || accrual.supply.high == 0 {
        return Ok(queued);
    }
    let sf = mul_ratio_ceil(accrual.supply.high, u128::from(queued), u128::from(ctokens))?;
    Ok(ceil_tokens(sf))
}

fn borrow_room(reserve: &Reserve, accrual: &Accrual, free: u64, now: Now) -> Result<u64> {
    let debts = ceil_tokens(accrual.borrowed.high);
    let outside = match reserve.borrow_limit_outside() {
        u64::MAX => u64::MAX,
        limit => limit.saturating_sub(reserve.borrowed_outside()),
    };
    let busy = match reserve.utilisation_limit_pct() {
        0 => u64::MAX,
        limit => {
            let most = mul_ratio_floor(accrual.supply.low, u128::from(limit), 100)? >> 60;
            // klend asks for a utilisation strictly below the limit
            u64::try_from(most).unwrap_or(u64::MAX).saturating_sub(debts).saturating_sub(1)
        }
    };
    Ok(free
        .min(reserve.borrow_limit().saturating_sub(debts))
        .min(outside)
        .min(busy)
        .min(reserve.borrow_cap_left(now.unix)))
}

/// klend's price if its age is within the reserve's own limit. A price from
/// the future has no age. Rounded down, as every [`Price`].
fn price(reserve: &Reserve, now: Now) -> Option<Price> {
    let unix = u64::try_from(now.unix).ok()?;
    if unix.saturating_sub(reserve.price_time()) > reserve.max_price_age() {
        return None;
    }
    saved_price(reserve)
}

/// klend's price, however old. Rounded down.
pub(super) fn saved_price(reserve: &Reserve) -> Option<Price> {
    report::price_from_sf(reserve.price_sf(), reserve.decimals())
}

fn flags(reserve: &Reserve, market: &Market) -> Flags {
    let permissioned = reserve.permissioned() | market.permissioned();
    Flags {
        stopped: market.is_emergency() || reserve.is_emergency(),
        inactive: reserve.status() != 0,
        deposit_permissioned: permissioned & PERMISSIONED_DEPOSIT != 0,
        borrow_permissioned: permissioned & PERMISSIONED_BORROW != 0,
        borrow_disabled: market.borrow_disabled(),
        debts_fall_due: reserve.maturity() != 0 || reserve.term() != 0,
        deleverages: market.deleverages() && reserve.deleverages(),
        limit_crossed: reserve.deposit_limit_crossed() != 0 || reserve.borrow_limit_crossed() != 0,
        group_only: reserve.no_collateral_outside(),
        ctokens_blocked: reserve.blocks_ctokens(),
    }
}

/// A nominal rate as a real one, rounded up with an `add` of 3 and down with
/// 0: klend's year of 63,072,000 slots passes in 400 / 500 of a year.
fn real(rate_sf: u128, basis: RateBasis, add: u128) -> u128 {
    match basis {
        RateBasis::Slots => rate_sf.saturating_mul(5).saturating_add(add) / 4,
        RateBasis::Seconds => rate_sf,
    }
}

fn ceil_tokens(sf: u128) -> u64 {
    u64::try_from(sf.div_ceil(interest::ONE)).unwrap_or(u64::MAX)
}
