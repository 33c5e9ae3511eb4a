//! A view over `LendingMarket`: what can hurt a position, and elevation groups.

use super::ids;
use super::layout::market as at;
use super::{KaminoError, Result};
use crate::bytes::{u8_at, u16_at};
use crate::plan::Key;
use crate::venue::fields::Fields;

/// Layout version that this build reads.
const VERSION: u64 = 1;
/// Bit of [`Market::permissioned`]: deposits.
pub const PERMISSIONED_DEPOSIT: u64 = 1;
/// Bit of [`Market::permissioned`]: borrows.
pub const PERMISSIONED_BORROW: u64 = 2;

/// A lending market's bytes.
#[derive(Clone, Copy, Debug)]
pub struct Market<'a> {
    bytes: Fields<'a, { at::LEN }>,
    exact: bool,
}

/// An elevation group: better terms for one debt against few collaterals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    /// Its number, 1 to 32.
    pub id: u8,
    /// Loan-to-value, per cent.
    pub ltv_pct: u8,
    /// Liquidation threshold, per cent.
    pub threshold_pct: u8,
    /// Largest liquidation bonus, basis points.
    pub max_bonus_bps: u16,
    /// New loans, and withdrawals with debt, are allowed.
    pub new_loans: bool,
    /// Most collateral reserves of an obligation.
    pub max_collaterals: u8,
    /// The one reserve that may be borrowed.
    pub debt_reserve: &'a Key,
}

impl<'a> Market<'a> {
    /// A market from account data of the known length or longer.
    ///
    /// # Errors
    /// [`KaminoError::Length`], [`KaminoError::Discriminator`], [`KaminoError::Version`].
    pub fn new(data: &'a [u8]) -> Result<Self> {
        let bytes = Fields::new(data).ok_or(KaminoError::Length)?;
        if bytes.array::<0, 8>() != &ids::account::MARKET {
            return Err(KaminoError::Discriminator);
        }
        if bytes.u64::<{ at::VERSION }>() != VERSION {
            return Err(KaminoError::Version);
        }
        Ok(Self { bytes, exact: data.len() == at::LEN })
    }

    /// The data has exactly the length that this build knows.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.exact
    }

    /// Bump of the market's authority; `None` when it is none.
    #[must_use]
    pub fn bump(&self) -> Option<u8> {
        u8::try_from(self.bytes.u64::<{ at::BUMP }>()).ok()
    }

    /// Referrers' share of the protocol's take, basis points.
    #[must_use]
    pub fn referral_fee_bps(&self) -> u16 {
        self.bytes.u16::<{ at::REFERRAL_FEE_BPS }>()
    }

    /// Everything is stopped.
    #[must_use]
    pub fn is_emergency(&self) -> bool {
        self.bytes.u8::<{ at::EMERGENCY }>() != 0
    }

    /// The market's owner may deleverage positions.
    #[must_use]
    pub fn deleverages(&self) -> bool {
        self.bytes.u8::<{ at::AUTODELEVERAGE }>() != 0
    }

    /// Nothing can be borrowed.
    #[must_use]
    pub fn borrow_disabled(&self) -> bool {
        self.bytes.u8::<{ at::BORROW_DISABLED }>() != 0
    }

    /// Share of the debts that one liquidation may close, per cent.
    #[must_use]
    pub fn close_factor_pct(&self) -> u8 {
        self.bytes.u8::<{ at::CLOSE_FACTOR_PCT }>()
    }

    /// Loan-to-value above which a debt may be closed whole, per cent.
    #[must_use]
    pub fn insolvency_ltv_pct(&self) -> u8 {
        self.bytes.u8::<{ at::INSOLVENCY_LTV_PCT }>()
    }

    /// Debt below which it must be closed whole, USD.
    #[must_use]
    pub fn full_liquidation_below(&self) -> u64 {
        self.bytes.u64::<{ at::FULL_LIQUIDATION_BELOW }>()
    }

    /// Largest debt that one liquidation closes, USD.
    #[must_use]
    pub fn max_liquidation(&self) -> u64 {
        self.bytes.u64::<{ at::MAX_LIQUIDATION }>()
    }

    /// Least that may stay in a position, unless nothing does: USD scaled by 2^60.
    #[must_use]
    pub fn min_net_value_sf(&self) -> u128 {
        self.bytes.u128::<{ at::MIN_NET_VALUE }>()
    }

    /// Obligations' own orders are executed.
    #[must_use]
    pub fn executes_orders(&self) -> bool {
        self.bytes.u8::<{ at::ORDERS }>() != 0
    }

    /// Debts past maturity or term are liquidated.
    #[must_use]
    pub fn liquidates_due_debts(&self) -> bool {
        self.bytes.u8::<{ at::MATURITY_LIQUIDATION }>() != 0
            || self.bytes.u8::<{ at::TERM_LIQUIDATION }>() != 0
    }

    /// Operations that need the permissioning authority, as bits.
    #[must_use]
    pub fn permissioned(&self) -> u64 {
        self.bytes.u64::<{ at::PERMISSIONED }>()
    }

    /// Elevation group `id`, 1 to 32; `None` where it is not set up.
    #[must_use]
    pub fn group(&self, id: u8) -> Option<Group<'a>> {
        let index = usize::from(id.checked_sub(1)?);
        let groups = self.bytes.table::<{ at::GROUPS }, { at::GROUP_LEN }, { at::GROUP_COUNT }>();
        let bytes = groups.get(index)?;
        if u8_at(bytes, at::group::ID) != Some(id) {
            return None;
        }
        Some(Group {
            id,
            ltv_pct: u8_at(bytes, at::group::LTV_PCT)?,
            threshold_pct: u8_at(bytes, at::group::THRESHOLD_PCT)?,
            max_bonus_bps: u16_at(bytes, at::group::MAX_BONUS_BPS)?,
            new_loans: u8_at(bytes, at::group::NEW_LOANS)? != 0,
            max_collaterals: u8_at(bytes, at::group::MAX_COLLATERALS)?,
            debt_reserve: bytes.get(at::group::DEBT_RESERVE..)?.first_chunk()?,
        })
    }
}
