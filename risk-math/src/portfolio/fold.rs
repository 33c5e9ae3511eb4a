//! Netting the legs of one asset, class by class.

use super::terms::{Asset, Side};
use crate::error::Result;
use crate::num::{ONE, Pair, Weight, add};
use crate::price::MAX_LEG_VALUE;

/// Native units of one asset at one class, by side. Legs of one side are
/// added before they are valued, so splitting a leg changes nothing (P3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amounts {
    asset: u64,
    debt: u64,
}

impl Amounts {
    pub(super) const NONE: Self = Self { asset: 0, debt: 0 };

    #[inline(always)]
    pub(super) const fn is_none(&self) -> bool {
        self.asset | self.debt == 0
    }

    #[inline(always)]
    pub(super) fn add(&mut self, side: Side, amount: u64) -> Result<()> {
        // two branches, not a pointer to either: the sums stay in registers
        match side {
            // what exceeds 64 bits counts nothing: an asset is no shield by its size
            Side::Asset => self.asset = self.asset.saturating_add(amount),
            Side::Debt => self.debt = add(self.debt, amount)?,
        }
        Ok(())
    }

    /// Values both sides: asset down, debt up. A dead price's growth is the caller's.
    ///
    /// An asset beyond [`MAX_LEG_VALUE`] counts up to it; such a debt is an error.
    #[inline(always)]
    pub(super) fn value<A: Asset>(self, terms: &A) -> Result<Value> {
        let mut value = Value::default();
        if self.asset != 0 {
            let worth = terms.price().asset_value(self.asset).unwrap_or(MAX_LEG_VALUE);
            let worth = worth.cast_signed(); // <= 2^53
            if terms.isolated() {
                value.uncredited = worth;
            } else {
                value.asset = worth;
            }
        }
        if self.debt != 0 {
            value.debt = terms.price().debt_value(self.debt)?.cast_signed(); // <= 2^53 + 1
        }
        Ok(value)
    }
}

/// What a debt with a dead price grows by: up to the factor's upward shock, as the price decays.
pub(super) fn dead_growth(worth: u64, keep: Weight, up: Weight) -> u64 {
    if worth == 0 {
        return 0;
    }
    let share = up.times_ceil(keep.complement());
    // worth <= 2^53 + 1 and share <= 2.0: below 2^55
    let whole = if share > Weight::ONE { worth } else { 0 };
    let part = Weight::clamped(share.q16().saturating_sub(if whole == 0 { 0 } else { ONE }));
    part.of_floor(worth).wrapping_add(whole).wrapping_add(1)
}

/// Micro-USD of one asset at one class. All at most 2^55.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Value {
    pub(super) asset: i64,
    pub(super) debt: i64,
    /// Worth of an isolated asset: no credit, but seizable.
    pub(super) uncredited: i64,
}

impl Value {
    #[inline(always)]
    pub(super) const fn net(self) -> i64 {
        self.asset.wrapping_sub(self.debt)
    }
}

/// Exposures of one asset over all classes, micro-USD.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AssetFold {
    /// `N_a`.
    pub(super) net: i64,
    /// `G_a`: gross of what each class nets to. Inside the native class both
    /// sides count: idle tokens against a debt in the same pool, or a pool
    /// deposit against it, would otherwise be free, and anyone could drain a
    /// pool's cash or loop its rates upward with no equity at all.
    pub(super) gross: u64,
}

impl AssetFold {
    /// Adds what a foreign class nets to.
    #[inline(always)]
    pub(super) const fn add(&mut self, exposure: i64) {
        // at most 64 legs of 2^55
        self.net = self.net.wrapping_add(exposure);
        self.gross = self.gross.wrapping_add(exposure.unsigned_abs());
    }

    /// Adds both sides of the native class.
    #[inline(always)]
    pub(super) const fn add_native(&mut self, value: Value) {
        self.net = self.net.wrapping_add(value.net());
        self.gross = self.gross.wrapping_add(value.asset.wrapping_add(value.debt).unsigned_abs());
    }

    /// `G_a - |N_a|`: twice the value that is long here and short there.
    #[inline(always)]
    pub(super) fn matched_doubled(&self) -> u64 {
        self.gross.saturating_sub(self.net.unsigned_abs())
    }
}

/// `value * share` toward zero when positive, away from it when negative, for a share of at most 1.0.
#[inline(always)]
pub(super) fn scaled(value: i64, share: Weight) -> i64 {
    let part = share.of_floor(value.unsigned_abs()).cast_signed();
    if value >= 0 { part } else { part.wrapping_neg().saturating_sub(1).max(value) }
}

/// `d * (sqrt(1 + T) - 1)`, the extra downward shock of a claim that matures
/// in T days, so that `d + extra <= 1.0` (risk model 2.5).
#[inline(always)]
pub(super) fn maturity_extra(down: Pair<Weight>, days: u8) -> Pair<Weight> {
    /// `ceil((sqrt(1 + T) - 1) * 2^16)` for T = 0..=14.
    const SQRT_EXTRA: [u32; 15] = [
        0, 27_146, 47_976, 65_536, 81_007, 94_994, 107_856, 119_828, 131_072, 141_708, 151_823,
        161_488, 170_758, 179_678, 188_284,
    ];
    let extra = SQRT_EXTRA.get(usize::from(days)).copied().unwrap_or(u32::MAX);
    let row = |d: Weight| {
        let full = (u64::from(d.q16()).wrapping_mul(u64::from(extra)).wrapping_add(0xffff)) >> 16;
        let extra = u32::try_from(full).unwrap_or(u32::MAX);
        Weight::clamped(extra).min(d.complement())
    };
    Pair::new(row(down.maint), row(down.init))
}
