//! Delegates: who may act for the owner, and what their acts may cost.
//!
//! A delegate's act is measured like this: the positions before it and after
//! it are valued on one board at one moment, so prices that moved count for
//! nothing. Venue accounts that the act names are read first, so what others
//! did there counts for nothing either. Tokens that came in from a wallet or as
//! a claimed reward are added to what was before, tokens that went out to the
//! owner to what is after. What is missing then is what the act cost, rounded
//! against the delegate by the legs' own rounding.
//!
//! A batch is one act: what its operations gain and cost is netted. Rows that
//! are old show interest that ran since as a gain of what redeems or repays
//! and as a cost of what supplies or borrows. While something is owed, an act
//! that may raise risk needs young rows, so little can hide there.

use crate::Result;
use crate::accounts::Context;
use crate::slab::{Place, credit_copy};
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::permission::BUDGET_DAY;
use trestle_interface::state::{Delegate, MarginAccount, Position};
use trestle_risk_math::price::Usd;

/// Tokens between custody and a wallet, or a reward.
#[derive(Clone, Copy)]
pub(crate) enum Flow {
    /// They came in.
    In(Place, u64),
    /// They went out, to the owner.
    Out(Place, u64),
}

/// A delegate at work.
pub(crate) struct Acting {
    /// Its place among the account's delegates.
    pub(crate) at: usize,
    /// What moved without being its gain or loss.
    pub(crate) flows: Vec<Flow>,
}

impl Acting {
    /// The delegate that signed, which must not have expired.
    pub(crate) fn find(account: &MarginAccount, key: &Pubkey, now: i64) -> Result<Self> {
        Ok(Self { at: find(account, key, now)?, flows: Vec::new() })
    }
}

/// Place of a key among the account's delegates.
pub(crate) fn position(account: &MarginAccount, key: &Pubkey) -> Option<usize> {
    account.delegates.iter().position(|row| row.permissions != 0 && row.key == *key)
}

/// The delegate that signed, which must not have expired.
#[cold]
#[inline(never)]
pub(crate) fn find(account: &MarginAccount, key: &Pubkey, now: i64) -> Result<usize> {
    let at = position(account, key).ok_or(TrestleError::NotOwner)?;
    let row = account.delegates.get(at).ok_or(TrestleError::Corrupt)?;
    if now >= row.expires { Err(TrestleError::DelegateExpired) } else { Ok(at) }
}

/// Charges a delegate for its act, which must keep its budget.
#[inline(never)]
pub(crate) fn charge(
    context: &mut Context<'_, '_>,
    acting: &Acting,
    before: &[Position],
) -> Result<()> {
    let cost = cost(context, &acting.flows, before)?;
    let now = context.now.unix;
    let row = context.margin.fixed.delegates.get_mut(acting.at).ok_or(TrestleError::Corrupt)?;
    if cost > row.loss_per_act {
        return Err(TrestleError::LossPerAct);
    }
    spend(row, cost, now)
}

/// Books a cost, micro-USD. A day begins with the first act that costs
/// something after the last day has ended.
fn spend(row: &mut Delegate, cost: u64, now: i64) -> Result<()> {
    if cost == 0 {
        return Ok(());
    }
    if now.saturating_sub(row.day_start) >= BUDGET_DAY {
        row.day_start = now;
        row.spent = 0;
    }
    row.spent = row.spent.checked_add(cost).ok_or(TrestleError::Overflow)?;
    if row.spent > row.loss_per_day { Err(TrestleError::LossPerDay) } else { Ok(()) }
}

/// What an act cost, micro-USD: nothing when it gained.
fn cost(context: &Context<'_, '_>, flows: &[Flow], before: &[Position]) -> Result<u64> {
    let mut old = before.to_vec();
    let mut new = context.margin.positions().to_vec();
    for flow in flows {
        match *flow {
            Flow::In(place, units) => credit_copy(&mut old, place, units)?,
            Flow::Out(place, units) => credit_copy(&mut new, place, units)?,
        }
    }
    let cost = worth(context, &old)?.saturating_sub(worth(context, &new)?);
    Ok(cost.max(0).unsigned_abs())
}

/// Equity with isolated assets, micro-USD.
fn worth(context: &Context<'_, '_>, positions: &[Position]) -> Result<Usd> {
    let health = context.health(positions)?;
    Ok(health.equity.saturating_add(health.uncredited))
}
