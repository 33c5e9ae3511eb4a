//! Portfolio health, term by term over all exposures.
//!
//! The engine walks legs once and adds charges as it meets them. Here an
//! account is first laid out as a table of cells, one for each (asset, class);
//! then each term of risk model 2.3 to 2.6 is one function of that table.

mod cells;
mod terms;
mod venue;

pub use cells::{Cell, Layout, View, lay_out};
pub use terms::{Blend, Charges, charges, concentration_doubled};
pub use venue::accounts;

use super::{Int, ceil_div, int, two_to};
use crate::world::{Portfolio, World};
use num_traits::{Signed, Zero};
use trestle_risk_math::num::{Pair, Weight};
use trestle_risk_math::portfolio::{
    AccountSum, Freshness, Health, MAX_ACCOUNTS, MAX_CLASSES, NATIVE_CLASS, Side,
};
use trestle_risk_math::{MathError, Result};

/// Everything that a pass puts out.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Health.
    pub health: Health,
    /// Net claim of the native class.
    pub native_claim: i64,
    /// Net claim per foreign class.
    pub claims: [i64; MAX_CLASSES],
    /// Venue accounts.
    pub accounts: [AccountSum; MAX_ACCOUNTS],
    /// The scenario that sets `W` per row, 0 for none.
    pub scenario: Pair<u8>,
    /// Charges of the full view by name.
    pub charges: Charges,
    /// `A` and `W` of the full view.
    pub blend: Blend,
}

/// What the legs say of ages and states, over the whole account.
#[derive(Clone, Copy, Debug, Default)]
struct Signs {
    stale_asset: bool,
    stale_debt: bool,
    frozen: bool,
    decaying: bool,
    unread: bool,
}

/// Requirements in micro-USD: maintenance, liquidation end, initial.
struct Required([Int; 3]);

/// Health as risk model 2.3 and rulings 2, 3, 7 and 18 have it.
///
/// # Errors
/// [`MathError`], where the engine refuses too.
pub fn assess(world: &World, legs: &Portfolio) -> Result<Outcome> {
    let signs = signs(world, legs);
    let full = lay_out(world, legs, View::Full)?;
    let accounts = accounts(world, &full)?;
    let (charges, blend) = charges(world, &full, &accounts)?;
    let required = requirement(world, &charges, &blend);
    let [maint, liqend, init] = below(&full.equity(), &required)?;
    let mut health = Health { init: Some(init), liqend, maint, ..sums(world, legs, &full)? };
    let claims = claims(&full)?;
    health.largest_claim = claims[1..].iter().copied().max().unwrap_or(0).max(0);
    (health.venues_survive, health.stress, health.stresses) = venue::verdict(world, &accounts);
    if signs.stale_debt {
        health.init = None;
    }
    lower(world, legs, signs, &mut health)?;
    Ok(Outcome {
        health,
        native_claim: claims[usize::from(NATIVE_CLASS)],
        claims: core::array::from_fn(|id| if id == 0 { 0 } else { claims[id] }),
        accounts,
        scenario: blend.scenario,
        charges,
        blend,
    })
}

/// Health is the lower of the views that the account's state calls for.
fn lower(world: &World, legs: &Portfolio, signs: Signs, health: &mut Health) -> Result<()> {
    let seen = |view: View| -> Result<[i64; 3]> {
        let layout = lay_out(world, legs, view)?;
        let accounts = accounts(world, &layout)?;
        let (charges, blend) = charges(world, &layout, &accounts)?;
        below(&layout.equity(), &requirement(world, &charges, &blend))
    };
    if signs.decaying {
        let [maint, liqend, _] = seen(View::FullUnhedged)?;
        health.maint = health.maint.min(maint);
        health.liqend = health.liqend.min(liqend);
    }
    let refined = signs.stale_asset || signs.frozen || signs.decaying || signs.unread;
    let (Some(init), true) = (health.init, refined) else { return Ok(()) };
    let mut init = init.min(health.liqend);
    if signs.stale_asset || signs.frozen {
        init = init.min(seen(View::Initial)?[2]);
    }
    if signs.unread || signs.frozen {
        init = init.min(seen(View::InitialUnhedged)?[2]);
    }
    health.init = Some(init);
    Ok(())
}

fn signs(world: &World, legs: &Portfolio) -> Signs {
    let mut signs = Signs::default();
    for (index, (leg, _)) in legs.0.iter().enumerate() {
        let details = legs.details_of(index);
        let asset = &world.assets[usize::from(leg.asset)];
        let aged = details.freshness != Freshness::Live || asset.freshness != Freshness::Live;
        signs.stale_asset |= aged && leg.side == Side::Asset;
        signs.stale_debt |= aged && leg.side == Side::Debt;
        signs.unread |= details.unread;
        if leg.class != NATIVE_CLASS {
            let class = &world.classes[usize::from(leg.class)];
            signs.frozen |= class.frozen;
            signs.decaying |= class.keep != Weight::ONE;
        }
    }
    signs
}

/// `R = ceil((lambda A + (1 - lambda) W + X 2^16) / 2^32)`, one rounding.
fn requirement(world: &World, charges: &Charges, blend: &Blend) -> Required {
    let group = &world.group;
    let level = |row: usize, init_only: bool| {
        let mut specific_q17 = Int::zero();
        for term in &charges.0 {
            specific_q17 += &term.rows[row];
            if init_only {
                specific_q17 += &term.init_only;
            }
        }
        let lambda = if row == 0 { group.lambda.maint } else { group.lambda.init };
        let market_q32 = blend.additive_part(row, lambda) + blend.systemic_part(row, lambda);
        ceil_div(&(market_q32 + (specific_q17 << 15)), &two_to(32))
    };
    Required([level(0, false), level(1, false), level(1, true)])
}

fn below(equity: &Int, required: &Required) -> Result<[i64; 3]> {
    let mut all = [0; 3];
    for (health, required) in all.iter_mut().zip(&required.0) {
        // the requirement itself must fit, then the difference
        i64::try_from(required).map_err(|_| MathError::Overflow)?;
        *health = i64::try_from(equity - required).map_err(|_| MathError::Overflow)?;
    }
    Ok(all)
}

fn sums(world: &World, legs: &Portfolio, full: &Layout) -> Result<Health> {
    let total = |f: &dyn Fn(&Cell) -> Int| small(&full.cells.iter().map(f).sum());
    let mut health = Health {
        equity: small(&full.equity())?,
        uncredited: total(&|c| c.uncredited.clone())?,
        debts: total(&|c| &c.debt + &c.hidden_debt)?,
        native_debts: total(&|c| if c.is_native() { c.debt.clone() } else { Int::zero() })?,
        oldest: i64::MAX,
        newest: i64::MIN,
        ..Health::default()
    };
    let isolated_debt =
        |(id, net): &(u8, Int)| world.assets[usize::from(*id)].isolated && net.is_negative();
    health.isolated_debts = full.nets().iter().filter(|n| isolated_debt(n)).count() as u8;
    for (index, (leg, _)) in legs.0.iter().enumerate() {
        let asset = &world.assets[usize::from(leg.asset)];
        let details = legs.details_of(index);
        for freshness in [details.freshness, asset.freshness] {
            health.freshness = health.freshness.max(freshness);
            health.stale |= freshness == Freshness::Stale;
        }
        if asset.freshness != Freshness::Dead {
            health.oldest = health.oldest.min(asset.published);
            health.newest = health.newest.max(asset.published);
        }
    }
    Ok(health)
}

/// Net claims per class, native included.
fn claims(layout: &Layout) -> Result<[i64; MAX_CLASSES]> {
    let mut all = [0; MAX_CLASSES];
    for (id, claim) in all.iter_mut().enumerate() {
        *claim = small(&layout.claim(id as u8))?;
    }
    Ok(all)
}

fn small(x: &Int) -> Result<i64> {
    i64::try_from(x).map_err(|_| MathError::Overflow)
}

/// A charge in micro-USD, rounded up on its own, as a breakdown shows it.
#[must_use]
pub fn shown_q17(q17: &Int) -> u64 {
    u64::try_from(ceil_div(q17, &two_to(17)).max(int(0))).unwrap_or(u64::MAX)
}
