//! A view over `Obligation`: the positions, in slot order.
//!
//! A deposit's units are cTokens. A debt's units are fractions, Q64: klend
//! keeps `borrowed` as of a cumulative rate, and `units = borrowed / rate`
//! does not change as interest accrues. Rounded up to 2^-64 of a unit; tokens
//! owed are `ceil(units * rate)`, never below what klend collects, and above
//! it by at most one native unit. A refresh by klend rounds `borrowed` down
//! and so lowers the units by less than [`DRIFT`].

use super::ids;
use super::layout::{cumulative_rate, obligation as at};
use super::{KaminoError, Result};
use crate::bytes::{array, u64_at, u128_at};
use crate::plan::Key;
use crate::venue::fields::Fields;
use trestle_risk_math::num::shift_ratio_ceil;

/// Most by which one refresh lowers a debt's Q64 units: `2^64 / 2^60`, rounded up twice.
pub const DRIFT: u128 = 17;

/// An obligation's bytes.
#[derive(Clone, Copy, Debug)]
pub struct Obligation<'a> {
    bytes: Fields<'a, { at::LEN }>,
    exact: bool,
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
    /// Debt at the last refresh, tokens scaled by 2^60.
    pub borrowed_sf: u128,
    /// Cumulative borrow rate then; zero when it cannot be read.
    pub cumulative_sf: u128,
    /// Unix time of the last borrow.
    pub borrowed_at: u64,
}

impl Borrow<'_> {
    /// Units of the debt, Q64, rounded up.
    ///
    /// # Errors
    /// [`KaminoError::Numbers`] for a rate below 1.0 or a debt of 2^64 units.
    pub fn units(&self) -> Result<u128> {
        if self.cumulative_sf < super::interest::ONE {
            return Err(KaminoError::Numbers);
        }
        Ok(shift_ratio_ceil(self.borrowed_sf, 64, self.cumulative_sf)?)
    }
}

impl<'a> Obligation<'a> {
    /// An obligation from account data of the known length or longer.
    ///
    /// # Errors
    /// [`KaminoError::Length`], [`KaminoError::Discriminator`].
    pub fn new(data: &'a [u8]) -> Result<Self> {
        let bytes = Fields::new(data).ok_or(KaminoError::Length)?;
        if bytes.array::<0, 8>() != &ids::account::OBLIGATION {
            return Err(KaminoError::Discriminator);
        }
        Ok(Self { bytes, exact: data.len() == at::LEN })
    }

    /// The data has exactly the length that this build knows.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.exact
    }

    /// Tag: the kind of address it has.
    #[must_use]
    pub fn tag(&self) -> u64 {
        self.bytes.u64::<{ at::TAG }>()
    }

    /// Slot of the last refresh.
    #[must_use]
    pub fn slot(&self) -> u64 {
        self.bytes.u64::<{ at::SLOT }>()
    }

    /// Touched since the last refresh.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.bytes.u8::<{ at::STALE }>() != 0
    }

    /// Price checks that all its reserves passed at the last refresh, as bits.
    #[must_use]
    pub fn price_status(&self) -> u8 {
        self.bytes.u8::<{ at::PRICE_STATUS }>()
    }

    /// Market.
    #[must_use]
    pub fn market(&self) -> &'a Key {
        self.bytes.key::<{ at::MARKET }>()
    }

    /// Owner.
    #[must_use]
    pub fn owner(&self) -> &'a Key {
        self.bytes.key::<{ at::OWNER }>()
    }

    /// Elevation group; zero for none.
    #[must_use]
    pub fn group(&self) -> u8 {
        self.bytes.u8::<{ at::GROUP }>()
    }

    /// Referrer; zero for none.
    #[must_use]
    pub fn referrer(&self) -> &'a Key {
        self.bytes.key::<{ at::REFERRER }>()
    }

    /// The market's owner has switched its borrowing off.
    #[must_use]
    pub fn borrowing_disabled(&self) -> bool {
        self.bytes.u8::<{ at::BORROWING_DISABLED }>() != 0
    }

    /// Marked for deleveraging: anyone may liquidate it, healthy or not.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.bytes.u8::<{ at::DELEVERAGE_TARGET_PCT }>() != 0
            || self.bytes.u64::<{ at::MARGIN_CALL }>() != 0
    }

    /// A change of owner is under way.
    #[must_use]
    pub fn is_changing_owner(&self) -> bool {
        self.bytes.u8::<{ at::OWNERSHIP_TRANSFER }>() != 0
    }

    /// Has standing orders, to sell collateral or to borrow.
    #[must_use]
    pub fn has_orders(&self) -> bool {
        self.bytes.array::<{ at::ORDERS }, { at::ORDERS_LEN }>() != &[0; at::ORDERS_LEN]
            || self.bytes.array::<{ at::BORROW_ORDER }, { at::BORROW_ORDER_LEN }>()
                != &[0; at::BORROW_ORDER_LEN]
            || self.bytes.array::<{ at::MORE_BORROW_ORDERS }, { at::MORE_BORROW_ORDERS_LEN }>()
                != &[0; at::MORE_BORROW_ORDERS_LEN]
    }

    /// The eight deposit slots, `None` where empty.
    pub fn deposit_slots(&self) -> impl Iterator<Item = Option<Deposit<'a>>> + use<'a> {
        self.bytes
            .table::<{ at::DEPOSITS }, { at::DEPOSIT_LEN }, { at::DEPOSIT_COUNT }>()
            .iter()
            .map(|slot| {
                Some(Deposit {
                    reserve: slot_key(slot)?,
                    ctokens: u64_at(slot, at::deposit::CTOKENS)?,
                })
            })
    }

    /// The five debt slots, `None` where empty.
    pub fn borrow_slots(&self) -> impl Iterator<Item = Option<Borrow<'a>>> + use<'a> {
        self.bytes.table::<{ at::BORROWS }, { at::BORROW_LEN }, { at::BORROW_COUNT }>().iter().map(
            |slot| {
                let rate = array(slot, at::borrow::CUMULATIVE)?;
                Some(Borrow {
                    reserve: slot_key(slot)?,
                    borrowed_sf: u128_at(slot, at::borrow::BORROWED)?,
                    cumulative_sf: cumulative_rate(&rate).unwrap_or(0),
                    borrowed_at: u64_at(slot, at::borrow::BORROWED_AT)?,
                })
            },
        )
    }

    /// Deposits in slot order; slots may have gaps.
    pub fn deposits(&self) -> impl Iterator<Item = Deposit<'a>> + use<'a> {
        self.deposit_slots().flatten()
    }

    /// Debts in slot order; slots may have gaps.
    pub fn borrows(&self) -> impl Iterator<Item = Borrow<'a>> + use<'a> {
        self.borrow_slots().flatten()
    }

    /// The reserves of all deposits, then of all debts, each in slot order.
    pub fn reserves(&self) -> impl Iterator<Item = &'a Key> + use<'a> {
        self.deposits().map(|d| d.reserve).chain(self.borrows().map(|b| b.reserve))
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

    /// Owes anything.
    #[must_use]
    pub fn has_debt(&self) -> bool {
        self.borrows().next().is_some()
    }

    /// Holds nothing and owes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.deposits().next().is_none() && !self.has_debt()
    }
}

/// The reserve at the head of a slot; the zero key marks an empty one.
fn slot_key(slot: &[u8]) -> Option<&Key> {
    slot.first_chunk().filter(|key| **key != ids::SYSTEM_PROGRAM)
}
