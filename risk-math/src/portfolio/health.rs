//! The pass: legs in, three healths out.
//!
//! A pass sees the legs through a view. One view serves all levels when
//! nothing about the account is unusual. Stale collateral, a frozen class or
//! an unread venue account each add a view, and health is the lower of what
//! the views say; there are never more than four.

use super::book::Book;
use super::charge::{Requirement, requirement};
use super::meter::Meter;
use super::terms::{Freshness, GroupTerms, Legs, Tables};
use super::walk::{Seen, View, Walk};
use crate::error::{MathError, Result};
use crate::num::Weight;
use crate::price::Usd;

/// A level of health. Each asks for at least as much as the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// After any act that may raise risk.
    Init = 0,
    /// Where a liquidation ends: initial terms without the initial-only ones.
    LiqEnd = 1,
    /// Below it the account can be liquidated.
    Maint = 2,
}

/// Health of one account at one moment, micro-USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Assets less debts at mid prices; isolated assets count nothing.
    pub equity: Usd,
    /// Worth of isolated assets.
    pub uncredited: Usd,
    /// Sum of debts, positive.
    pub debts: Usd,
    /// Of it, owed to native pools.
    pub native_debts: Usd,
    /// Isolated assets that are owed: at most one is allowed.
    pub isolated_debts: u8,
    /// Initial health. `None` while a debt's data is older than the initial level accepts.
    pub init: Option<Usd>,
    /// Liquidation-end health.
    pub liqend: Usd,
    /// Maintenance health.
    pub maint: Usd,
    /// The largest positive net claim on a venue class other than native.
    pub largest_claim: Usd,
    /// The worst age among the data used.
    pub freshness: Freshness,
    /// Some data is [`Freshness::Stale`]: no liquidation may rest on it.
    pub stale: bool,
    /// Oldest publish time among the prices used, dead ones aside; `i64::MAX` when none was.
    pub oldest: i64,
    /// Newest publish time among the prices used, dead ones aside; `i64::MIN` when none was.
    pub newest: i64,
    /// Every venue account with debt survives its class's shock (RULE I).
    pub venues_survive: bool,
    /// The worst venue stress, Q16.
    pub stress: Weight,
    /// The stresses of all venue accounts with debt added up, Q16, at most 2.0
    /// each: shows one that rose while another is the worst.
    pub stresses: u32,
}

impl Health {
    /// Health at a level; `None` only for [`Level::Init`] on stale debts.
    #[must_use]
    pub const fn at(&self, level: Level) -> Option<Usd> {
        match level {
            Level::Init => self.init,
            Level::LiqEnd => Some(self.liqend),
            Level::Maint => Some(self.maint),
        }
    }

    /// Equity after the worst venue class defaults, micro-USD.
    #[must_use]
    pub const fn equity_after_default(&self) -> Usd {
        self.equity.saturating_sub(self.largest_claim)
    }

    /// Spread of publish times among the prices used, seconds; 0 when none was.
    #[must_use]
    pub const fn skew(&self) -> i64 {
        if self.newest < self.oldest { 0 } else { self.newest.saturating_sub(self.oldest) }
    }
}

/// Health of the legs under the tables, in one pass for a usual account.
///
/// `legs` must come sorted by (asset, class) and read the same each time. `book` comes in empty and holds the full view's sums afterwards:
/// claims, venue accounts, what [`super::slope`] needs. `meter` is told the
/// full view's charges by name; `()` costs nothing.
///
/// Bounds: at most [`super::MAX_LEGS`] legs, at most four passes.
///
/// # Errors
/// [`MathError::Unsorted`], [`MathError::TooManyLegs`], [`MathError::Overflow`]
/// when a value exceeds its bound, or an unknown id.
pub fn assess<T, L, M>(tables: &T, legs: &L, book: &mut Book, meter: &mut M) -> Result<Health>
where
    T: Tables,
    L: Legs,
    M: Meter,
{
    let group = tables.group();
    let mut walk = Walk { tables, legs, group: &group, view: View::Full, seen: Seen::NOTHING };
    walk.run(book, meter)?;
    let seen = walk.seen;
    let required = requirement(book, tables, &group, meter)?;
    let mut health = collect(book, tables, &required, &seen)?;
    if seen.stale_debt {
        health.init = None;
    }
    if seen.stale_asset || seen.frozen || seen.decaying || seen.unread {
        refine(tables, &group, legs, &seen, &mut health)?;
    }
    Ok(health)
}

/// Lowers health to the lowest that the further views give.
#[inline(never)]
fn refine<T: Tables, L: Legs>(
    tables: &T,
    group: &GroupTerms,
    legs: &L,
    seen: &Seen,
    health: &mut Health,
) -> Result<()> {
    let view = |view: View| one_view(tables, group, legs, view);
    if seen.decaying {
        let (equity, required) = view(View::FullUnhedged)?;
        health.maint = health.maint.min(minus(equity, required.maint)?);
        health.liqend = health.liqend.min(minus(equity, required.liqend)?);
    }
    let Some(init) = health.init else { return Ok(()) };
    let mut init = init.min(health.liqend);
    if seen.stale_asset || seen.frozen {
        let (equity, required) = view(View::Initial)?;
        init = init.min(minus(equity, required.init)?);
    }
    if seen.unread || seen.frozen {
        let (equity, required) = view(View::InitialUnhedged)?;
        init = init.min(minus(equity, required.init)?);
    }
    health.init = Some(init);
    Ok(())
}

/// Equity and requirement as one further view sees them.
#[inline(never)]
fn one_view<T: Tables, L: Legs>(
    tables: &T,
    group: &GroupTerms,
    legs: &L,
    view: View,
) -> Result<(Usd, Requirement)> {
    let mut book = Book::new();
    Walk { tables, legs, group, view, seen: Seen::NOTHING }.run(&mut book, &mut ())?;
    let required = requirement(&mut book, tables, group, &mut ())?;
    Ok((book.equity, required))
}

fn minus(equity: Usd, required: Usd) -> Result<Usd> {
    equity.checked_sub(required).ok_or(MathError::Overflow)
}

/// Health of the full view.
#[inline(never)]
fn collect<T: Tables>(
    book: &Book,
    tables: &T,
    required: &Requirement,
    seen: &Seen,
) -> Result<Health> {
    let mut health = Health {
        equity: book.equity,
        uncredited: book.uncredited,
        debts: book.debts,
        native_debts: book.native_debts,
        isolated_debts: book.isolated_debts,
        init: Some(minus(book.equity, required.init)?),
        liqend: minus(book.equity, required.liqend)?,
        maint: minus(book.equity, required.maint)?,
        largest_claim: 0,
        freshness: seen.freshness,
        stale: seen.stale,
        oldest: seen.oldest,
        newest: seen.newest,
        venues_survive: true,
        stress: Weight::ZERO,
        stresses: 0,
    };
    if book.has_claims {
        for claim in &book.claims {
            health.largest_claim = health.largest_claim.max(*claim);
        }
    }
    if !book.has_accounts {
        return Ok(health);
    }
    for account in &book.accounts {
        if account.debt == 0 {
            continue;
        }
        let class = tables.class(account.class)?;
        let shock = if account.is_loop() { class.loop_shock } else { class.shock };
        health.venues_survive &= account.survives(shock);
        let ratio = account.ratio();
        health.stress = health.stress.max(ratio);
        health.stresses = health.stresses.saturating_add(ratio.q16());
    }
    Ok(health)
}
