//! Venue accounts: what the venue would see (ruling 13), and the stress charge.

use super::cells::Layout;
use super::terms::Charge;
use crate::bits::price::{counted_value, debt_value};
use crate::bits::{Int, as_weight, ceil_div, floor_div, int, q16, ratio_up, rest, two_to};
use crate::world::World;
use num_traits::Zero;
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::{AccountSum, MAX_ACCOUNTS, NO_ACCOUNT, Side, Tables};
use trestle_risk_math::{MathError, Result};

/// Every venue account, recomputed from units and thresholds: collateral at
/// the lower and debt at the higher of venue and board price.
///
/// # Errors
/// [`MathError`] for an unknown account or a value out of bounds.
pub fn accounts(world: &World, layout: &Layout) -> Result<[AccountSum; MAX_ACCOUNTS]> {
    let mut all = [AccountSum::EMPTY; MAX_ACCOUNTS];
    for (leg, details) in layout.legs.iter().filter(|(_, d)| d.account != NO_ACCOUNT) {
        let account = all.get_mut(usize::from(details.account)).ok_or(MathError::Range)?;
        let terms = &world.assets[usize::from(leg.asset)];
        let (weight, amount) = (q16(details.venue_weight), int(leg.amount));
        account.class = leg.class;
        account.factors |= 1 << (terms.factor % 16);
        account.unread |= details.unread;
        let prices = [Some(terms.price), details.venue_price].into_iter().flatten();
        match leg.side {
            Side::Asset => {
                let worst = prices.map(|p| counted_value(p, &amount)).min();
                let limit =
                    floor_div(&(worst.expect("the board's price is there") * weight), &two_to(16));
                account.limit = add(account.limit, &limit)?;
            }
            Side::Debt => {
                let values = prices.map(|p| debt_value(p, &amount)).collect::<Result<Vec<_>>>()?;
                let worst = values.iter().max().expect("the board's price is there");
                let adjusted = ceil_div(&(worst * weight), &two_to(16));
                account.adjusted = add(account.adjusted, &adjusted)?;
                account.debt = add(account.debt, &values[0])?;
            }
        }
    }
    Ok(all)
}

fn add(sum: u64, part: &Int) -> Result<u64> {
    u64::try_from(int(sum) + part).map_err(|_| MathError::Overflow)
}

/// `hr`, Q16.
fn ratio(account: &AccountSum) -> Int {
    ratio_up(&int(account.adjusted), &int(account.limit), &two_to(17))
}

/// `clamp((hr - a) / (1 - a), 0, 1)`, rounded up.
fn ramp(ratio: &Int, floor: &Int) -> Int {
    if ratio <= floor {
        return Int::zero();
    }
    if *ratio >= two_to(16) {
        return two_to(16);
    }
    ceil_div(&((ratio - floor) << 16), &rest(floor)).min(two_to(16))
}

/// `VL = pen close D ramp(hr)`; in full at the initial level where the account was not read.
pub(super) fn stress(world: &World, accounts: &[AccountSum]) -> Result<Charge> {
    let mut charge = Charge::default();
    for account in accounts.iter().filter(|a| a.debt != 0) {
        let penalty = q16(world.class(account.class)?.penalty);
        let ratio = ratio(account);
        let floors = crate::bits::rows(world.group.stress_floor);
        let weights =
            floors.map(|floor| crate::bits::weight_product_up(&penalty, &ramp(&ratio, &floor)));
        for (row, weight) in charge.rows.iter_mut().zip(&weights) {
            *row += weight * account.debt * 2;
        }
        if account.unread {
            charge.init_only += (penalty - &weights[1]).max(Int::zero()) * account.debt * 2;
        }
    }
    Ok(charge)
}

/// Whether every account with debt survives its class's shock (RULE I), the worst
/// ratio, and the sum of ratios.
pub(super) fn verdict(world: &World, accounts: &[AccountSum]) -> (bool, Weight, u32) {
    let mut survives = true;
    let (mut worst, mut sum) = (Int::zero(), 0);
    for account in accounts.iter().filter(|a| a.debt != 0) {
        let class = &world.classes[usize::from(account.class)];
        let one_factor = account.factors.count_ones() == 1;
        let shock = q16(if one_factor { class.loop_shock } else { class.shock });
        let left = int(account.limit) * rest(&shock);
        survives &= left >= int(account.adjusted) * (two_to(16) + shock);
        let own = ratio(account);
        sum += as_weight(&own).q16();
        worst = worst.max(own);
    }
    (survives, as_weight(&worst), sum)
}
