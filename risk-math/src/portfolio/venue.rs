//! The venue layer's stress charge: a sound account whose position at one
//! venue is close to that venue's own liquidation (risk model 2.4).

use super::book::Book;
use super::meter::{Meter, Term};
use super::terms::{ClassTerms, Details, GroupTerms, Leg, Side, Tables};
use crate::error::{MathError, Result};
use crate::num::{ONE, Pair, Weight, ratio_q16_ceil};
use crate::price::Price;

/// What the venue itself would see in one of the account's venue accounts.
///
/// Recomputed from units and thresholds at the worse of the venue's and the
/// board's price; a venue's stored sums are never read (ruling 13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountSum {
    /// Collateral times liquidation threshold, rounded down, micro-USD.
    pub limit: u64,
    /// Debt times borrow factor, rounded up, micro-USD.
    pub adjusted: u64,
    /// Debt at board price, micro-USD.
    pub debt: u64,
    /// Class of the account.
    pub class: u8,
    /// Bits of the factors its legs belong to.
    pub factors: u16,
    /// Not read in this instruction (ruling 3).
    pub unread: bool,
}

/// How close a venue account is to the venue's liquidation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stress {
    /// `hr`: adjusted debt over limit, Q16, rounded up, at most 2.0.
    pub ratio: Weight,
    /// Survives its class's shock (RULE I).
    pub survives: bool,
}

impl AccountSum {
    /// Nothing.
    pub const EMPTY: Self =
        Self { limit: 0, adjusted: 0, debt: 0, class: 0, factors: 0, unread: false };

    /// Adds a leg that is worth `worth` micro-USD on the board.
    pub(super) fn add(
        &mut self,
        leg: &Leg,
        details: &Details,
        factor: u8,
        worth: u64,
    ) -> Result<()> {
        self.class = leg.class;
        self.factors |= 1_u16.wrapping_shl(u32::from(factor));
        self.unread |= details.unread;
        let at_venue = |price: Price| match leg.side {
            Side::Asset => Ok(price.asset_value(leg.amount).map_or(worth, |v| v.min(worth))),
            Side::Debt => price.debt_value(leg.amount).map(|v| v.max(worth)),
        };
        let value = details.venue_price.map_or(Ok(worth), at_venue)?;
        let weighed = u64::from(details.venue_weight.q16());
        // value <= 2^54, weight <= 2^24 (a borrow factor): halves keep the product in 64 bits
        let (high, low) = (value >> 16, value & 0xffff);
        let floor = high.wrapping_mul(weighed).wrapping_add(low.wrapping_mul(weighed) >> 16);
        match leg.side {
            Side::Asset => {
                self.limit = self.limit.checked_add(floor).ok_or(MathError::Overflow)?;
            }
            Side::Debt => {
                let exact = low.wrapping_mul(weighed) & 0xffff == 0;
                let up = floor.wrapping_add(u64::from(!exact));
                self.adjusted = self.adjusted.checked_add(up).ok_or(MathError::Overflow)?;
                self.debt = self.debt.checked_add(worth).ok_or(MathError::Overflow)?;
            }
        }
        Ok(())
    }

    /// The venue's own ratio.
    #[must_use]
    pub fn ratio(&self) -> Weight {
        Weight::clamped(ratio_q16_ceil(self.adjusted, self.limit, Weight::MAX.q16()))
    }

    /// Whether `limit * (1 - s) >= adjusted * (1 + s)` (RULE I).
    #[must_use]
    pub fn survives(&self, shock: Weight) -> bool {
        let keep = u128::from(shock.complement().q16());
        let grow = u128::from(ONE).wrapping_add(u128::from(shock.q16()));
        u128::from(self.limit).wrapping_mul(keep) >= u128::from(self.adjusted).wrapping_mul(grow)
    }

    /// Whether all legs of the account share one factor.
    #[must_use]
    pub const fn is_loop(&self) -> bool {
        self.factors.count_ones() == 1
    }
}

/// `clamp((hr - a) / (1 - a), 0, 1)` in Q16, rounded up.
#[must_use]
pub(super) fn ramp(ratio: Weight, floor: Weight) -> Weight {
    if ratio <= floor {
        return Weight::ZERO;
    }
    if ratio >= Weight::ONE {
        return Weight::ONE;
    }
    let above = u64::from(ratio.q16().saturating_sub(floor.q16()));
    let width = u64::from(floor.complement().q16());
    Weight::clamped(ratio_q16_ceil(above, width, ONE))
}

/// Most by which the venue charge falls per micro-USD of `owed` micro-USD of
/// an account's debt that are repaid, at liquidation-end level. Q16, rounded up,
/// saturated at the largest signed word.
///
/// The charge is `pen * D * ramp(hr)`, a square of the debt below `hr = 1` and
/// a line above it: its slope is largest at the start, or at `hr = 1`. All of
/// the adjusted debt is taken for that of the debt repaid.
#[must_use]
pub fn relief(account: &AccountSum, class: &ClassTerms, group: &GroupTerms, owed: u64) -> i64 {
    let floor = group.stress_floor.init;
    let ratio = account.ratio();
    if ratio <= floor || owed == 0 {
        return 0;
    }
    let ratio = ratio.min(Weight::ONE);
    let one = u128::from(ONE);
    // Q16 of the ratio over the ramp's width, by how much larger all debt is
    let width = u128::from(floor.complement().q16().max(1));
    let steep = (u128::from(ratio.q16()).wrapping_mul(one)).div_ceil(width);
    let share = u128::from(account.debt).wrapping_mul(one).div_ceil(u128::from(owed)).max(one);
    let steep = steep.wrapping_mul(share).div_ceil(one); // below 2^32 * 2^80
    let sum = steep.saturating_add(u128::from(ramp(ratio, floor).q16()));
    let slope = sum.saturating_mul(u128::from(class.penalty.q16())).div_ceil(one);
    i64::try_from(slope).unwrap_or(i64::MAX)
}

/// `VL = pen * close * D * ramp(hr)` for every venue account with debt. An
/// account that was not read in this instruction is charged in full at the
/// initial level.
#[inline(always)]
pub(super) fn charge<T: Tables, M: Meter>(
    book: &mut Book,
    tables: &T,
    group: &GroupTerms,
    meter: &mut M,
) -> Result<()> {
    if !book.has_accounts {
        return Ok(());
    }
    for position in 0..super::MAX_ACCOUNTS {
        let Some(&account) = book.accounts.get(position) else { break };
        if account.debt == 0 {
            continue;
        }
        let class = tables.class(account.class)?;
        let ratio = account.ratio();
        let row = |floor: Weight| class.penalty.times_ceil(ramp(ratio, floor));
        let weights = Pair::new(row(group.stress_floor.maint), row(group.stress_floor.init));
        if weights.init != Weight::ZERO || weights.maint != Weight::ZERO {
            book.charge(meter, Term::Stress, weights, account.debt);
        }
        if account.unread {
            let rest = class.penalty.q16().saturating_sub(weights.init.q16());
            book.charge_initial(meter, Term::Stress, Weight::clamped(rest), account.debt);
        }
    }
    Ok(())
}
