//! A view over `Obligation`: deposits, then debts, packed without gaps.
//!
//! A deposit's units are cTokens. A debt's units are fractions, Q64: Save
//! keeps `borrowed` as of a cumulative rate, and `units = borrowed / rate`
//! does not change as interest accrues. Rounded up to 2^-64 of a unit; tokens
//! owed are `ceil(units * rate)`, never below what Save collects, and above it
//! by at most one native unit. An accrual by Save rounds `borrowed` down and
//! so lowers the units by less than [`drift`].
//!
//! The order of the positions says nothing: a refresh moves the debt that
//! weighs most to the front and drops what is empty. Positions are known by
//! their reserve, and a list for a call is read from the bytes of its moment.

use super::layout::{VERSION, VERSION_AT, obligation as at};
use super::{Result, SaveError, WAD};
use crate::bytes::{u64_at, u128_at};
use crate::plan::Key;
use crate::venue::fields::{Fields, getters};
use trestle_risk_math::num::shift_ratio_ceil;

/// Bytes of all positions.
const POSITIONS_LEN: usize = at::LEN - at::POSITIONS;

/// An obligation's bytes.
#[derive(Clone, Copy, Debug)]
pub struct Obligation<'a> {
    bytes: Fields<'a, { at::LEN }>,
    deposits: &'a [[u8; at::DEPOSIT_LEN]],
    borrows: &'a [[u8; at::BORROW_LEN]],
}

/// Collateral in one reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deposit<'a> {
    /// Reserve.
    pub reserve: &'a Key,
    /// cTokens: the units of the position.
    pub ctokens: u64,
}

/// Debt to one reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Borrow<'a> {
    /// Reserve.
    pub reserve: &'a Key,
    /// Debt at the last accrual, tokens in wads.
    pub borrowed_wads: u128,
    /// Cumulative borrow rate then, wads.
    pub cumulative_wads: u128,
}

impl Borrow<'_> {
    /// Units of the debt, Q64, rounded up.
    ///
    /// # Errors
    /// [`SaveError::Numbers`] for a rate below 1.0 or a debt of 2^64 units.
    pub fn units(&self) -> Result<u128> {
        if self.cumulative_wads < WAD {
            return Err(SaveError::Numbers);
        }
        Ok(shift_ratio_ceil(self.borrowed_wads, 64, self.cumulative_wads)?)
    }
}

/// Most by which one accrual lowers a debt of `units`, Q64: one wad of the
/// growth, one wad of the debt, and the rounding of the units.
#[must_use]
pub const fn drift(units: u128) -> u128 {
    (units >> 59).wrapping_add(21) // 10^-18 < 2^-59; 2^64 / 10^18 < 19
}

impl<'a> Obligation<'a> {
    getters! {
        /// Slot of the last refresh.
        slot: u64 at SLOT,
        /// Touched since the last refresh.
        is_stale: flag at STALE,
        /// Market.
        market: key at MARKET,
        /// Owner.
        owner: key at OWNER,
        /// Owed to a reserve of the isolated tier at the last refresh.
        owes_isolated: flag at ISOLATED,
        /// Marked: anyone may close it, healthy or not.
        is_marked: flag at CLOSEABLE,
    }

    /// An obligation from account data of exactly the known length.
    ///
    /// # Errors
    /// [`SaveError::Length`], [`SaveError::Version`] (an account not yet made
    /// has another), [`SaveError::Numbers`] for more positions than fit.
    pub fn new(data: &'a [u8]) -> Result<Self> {
        let exact = data.len() == at::LEN;
        let bytes = Fields::new(data).filter(|_| exact).ok_or(SaveError::Length)?;
        if bytes.u8::<VERSION_AT>() != VERSION {
            return Err(SaveError::Version);
        }
        let deposits = usize::from(bytes.u8::<{ at::DEPOSIT_COUNT }>());
        let borrows = usize::from(bytes.u8::<{ at::BORROW_COUNT }>());
        if deposits.saturating_add(borrows) > at::MAX_POSITIONS {
            return Err(SaveError::Numbers);
        }
        let all = bytes.array::<{ at::POSITIONS }, POSITIONS_LEN>();
        let split = deposits.saturating_mul(at::DEPOSIT_LEN);
        let rest = all.get(split..).ok_or(SaveError::Numbers)?;
        let deposits = all.as_chunks().0.get(..deposits).ok_or(SaveError::Numbers)?;
        let borrows = rest.as_chunks().0.get(..borrows).ok_or(SaveError::Numbers)?;
        Ok(Self { bytes, deposits, borrows })
    }

    /// Deposits in their present order, empty ones included.
    pub fn deposits(&self) -> impl Iterator<Item = Deposit<'a>> + use<'a> {
        self.deposits.iter().filter_map(|bytes| {
            Some(Deposit {
                reserve: bytes.first_chunk()?,
                ctokens: u64_at(bytes, at::deposit::CTOKENS)?,
            })
        })
    }

    /// Debts in their present order, empty ones included.
    pub fn borrows(&self) -> impl Iterator<Item = Borrow<'a>> + use<'a> {
        self.borrows.iter().filter_map(|bytes| {
            Some(Borrow {
                reserve: bytes.first_chunk()?,
                borrowed_wads: u128_at(bytes, at::borrow::BORROWED)?,
                cumulative_wads: u128_at(bytes, at::borrow::CUMULATIVE)?,
            })
        })
    }

    /// The reserves of all deposits, then of all debts, in their present order.
    pub fn reserves(&self) -> impl Iterator<Item = &'a Key> + use<'a> {
        self.deposits().map(|d| d.reserve).chain(self.borrows().map(|b| b.reserve))
    }

    /// Positions, empty ones included: they take up places until a refresh.
    #[must_use]
    pub fn position_count(&self) -> usize {
        self.deposits.len().saturating_add(self.borrows.len())
    }

    /// Units of collateral in `reserve`: cTokens, zero for none.
    #[must_use]
    pub fn deposit_units(&self, reserve: &Key) -> u64 {
        self.deposits().find(|d| d.reserve == reserve).map_or(0, |d| d.ctokens)
    }

    /// Units of debt to `reserve`, Q64, rounded up, zero for none.
    ///
    /// # Errors
    /// As [`Borrow::units`].
    pub fn debt_units(&self, reserve: &Key) -> Result<u128> {
        self.borrows().find(|b| b.reserve == reserve).map_or(Ok(0), |b| b.units())
    }

    /// Has a debt, be it an empty one: Save counts places, not amounts.
    #[must_use]
    pub const fn has_debt(&self) -> bool {
        !self.borrows.is_empty()
    }

    /// Holds nothing and owes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.deposits().all(|d| d.ctokens == 0) && self.borrows().all(|b| b.borrowed_wads == 0)
    }
}
