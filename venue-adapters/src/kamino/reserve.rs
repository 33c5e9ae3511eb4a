//! A view over `Reserve`. Amounts are native units, `_sf` numbers are scaled
//! by 2^60, nothing here is projected to now.

use super::ids;
use super::layout::{cumulative_rate, reserve as at};
use super::{KaminoError, Result};
use crate::bytes::{i64_at, u32_at, u64_at};
use crate::plan::Key;
use crate::venue::fields::{Fields, getters};

/// Layout version that this build reads.
const VERSION: u64 = 1;

/// A reserve's bytes.
#[derive(Clone, Copy, Debug)]
pub struct Reserve<'a> {
    bytes: Fields<'a, { at::LEN }>,
    exact: bool,
}

/// A corner of the rate curve, basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurvePoint {
    /// Utilisation.
    pub utilisation: u32,
    /// Borrow rate a year.
    pub rate: u32,
}

/// How a reserve counts the time of its rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateBasis {
    /// By slots, at two a second: real rates are higher where slots are faster.
    Slots,
    /// By seconds (since 1.25).
    Seconds,
}

/// Accounts that a priced refresh reads; `None` where not configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oracles<'a> {
    /// Pyth.
    pub pyth: Option<&'a Key>,
    /// Switchboard price.
    pub switchboard: Option<&'a Key>,
    /// Switchboard average.
    pub switchboard_twap: Option<&'a Key>,
    /// Scope prices.
    pub scope: Option<&'a Key>,
}

impl<'a> Reserve<'a> {
    getters! {
        /// Slot of the last refresh.
        slot: u64 at SLOT,
        /// Touched since the last refresh.
        is_stale: flag at STALE,
        /// Price checks that passed at the last refresh, as bits.
        price_status: u8 at PRICE_STATUS,
        /// Unix time of the last refresh; zero before 1.25.
        timestamp: u32 at TIMESTAMP,
        /// Market.
        market: key at MARKET,
        /// Mint of the tokens.
        mint: key at MINT,
        /// Vault of the tokens.
        vault: key at VAULT,
        /// Vault of the fees.
        fee_vault: key at FEE_VAULT,
        /// Token program of the mint; that of cTokens is always SPL Token.
        token_program: key at TOKEN_PROGRAM,
        /// Mint of the cTokens.
        ctoken_mint: key at CTOKEN_MINT,
        /// Vault of the cTokens that serve as collateral.
        ctoken_vault: key at CTOKEN_VAULT,
        /// cTokens in existence.
        ctoken_supply: u64 at CTOKEN_SUPPLY,
        /// Tokens in the vault, as accounted.
        available: u64 at AVAILABLE,
        /// Debts.
        borrowed_sf: u128 at BORROWED,
        /// USD a whole token.
        price_sf: u128 at PRICE,
        /// Unix time of the price.
        price_time: u64 at PRICE_TIME,
        /// Decimals of the mint.
        decimals: u64 at DECIMALS,
        /// Since when deposits exceed their limit, unix time; zero while they do not.
        deposit_limit_crossed: u64 at DEPOSIT_LIMIT_CROSSED,
        /// Since when debts exceed their limit, unix time; zero while they do not.
        borrow_limit_crossed: u64 at BORROW_LIMIT_CROSSED,
        /// 0 active, 1 obsolete, 2 hidden.
        status: u8 at STATUS,
        /// Fixed rate on top of the curve, all of it the host's, basis points.
        host_rate_bps: u16 at HOST_RATE_BPS,
        /// cTokens may not leave obligations.
        blocks_ctokens: flag at BLOCK_CTOKENS,
        /// Penalty on early repayment of a fixed-term debt, per cent.
        early_repay_pct: u8 at EARLY_REPAY_PCT,
        /// Stopped.
        is_emergency: flag at EMERGENCY,
        /// The protocol's share of variable interest, per cent.
        take_pct: u8 at TAKE_PCT,
        /// Loan-to-value outside elevation groups, per cent.
        ltv_pct: u8 at LTV_PCT,
        /// Liquidation threshold outside elevation groups, per cent.
        threshold_pct: u8 at THRESHOLD_PCT,
        /// Largest liquidation bonus, basis points.
        max_bonus_bps: u16 at MAX_BONUS_BPS,
        /// Origination fee as a fraction scaled by 2^60.
        origination_fee_sf: u64 at ORIGINATION_FEE,
        /// Factor on debts in klend's ratio, per cent; below 100 counts as 100.
        borrow_factor_pct: u64 at BORROW_FACTOR_PCT,
        /// Most deposits.
        deposit_limit: u64 at DEPOSIT_LIMIT,
        /// Most debts.
        borrow_limit: u64 at BORROW_LIMIT,
        /// Most debts outside elevation groups; all ones for no limit.
        borrow_limit_outside: u64 at BORROW_LIMIT_OUTSIDE,
        /// Debts outside elevation groups.
        borrowed_outside: u64 at BORROWED_OUTSIDE,
        /// Oldest price that klend accepts, seconds.
        max_price_age: u64 at MAX_PRICE_AGE,
        /// No collateral outside elevation groups.
        no_collateral_outside: flag at NO_COLLATERAL_OUTSIDE,
        /// Utilisation above which borrowing stops, per cent; zero for none.
        utilisation_limit_pct: u8 at UTILISATION_LIMIT_PCT,
        /// Positions here may be deleveraged, if the market allows it too.
        deleverages: flag at AUTODELEVERAGE,
        /// Unix time at which debts fall due; zero for never.
        maturity: u64 at MATURITY,
        /// Seconds after which a debt falls due; zero for never.
        term: u64 at TERM,
        /// Operations that need the permissioning authority, as bits.
        permissioned: u64 at PERMISSIONED,
        /// cTokens in the withdraw queue; their tokens are not free.
        queued_ctokens: u64 at QUEUED,
    }

    /// A reserve from account data of the known length or longer.
    ///
    /// # Errors
    /// [`KaminoError::Length`], [`KaminoError::Discriminator`], [`KaminoError::Version`].
    pub fn new(data: &'a [u8]) -> Result<Self> {
        let bytes = Fields::new(data).ok_or(KaminoError::Length)?;
        if bytes.array::<0, 8>() != &ids::account::RESERVE {
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

    /// Farm of depositors, if any.
    #[must_use]
    pub fn collateral_farm(&self) -> Option<&'a Key> {
        some_key(self.bytes.key::<{ at::FARM_COLLATERAL }>())
    }

    /// Farm of borrowers, if any.
    #[must_use]
    pub fn debt_farm(&self) -> Option<&'a Key> {
        some_key(self.bytes.key::<{ at::FARM_DEBT }>())
    }

    /// Cumulative borrow rate, scaled by 2^60.
    ///
    /// # Errors
    /// [`KaminoError::Numbers`] below 1.0 and from 2^68.
    pub fn cumulative_sf(&self) -> Result<u128> {
        cumulative_rate(self.bytes.array::<{ at::CUMULATIVE }, 32>())
            .filter(|rate| *rate >= super::interest::ONE)
            .ok_or(KaminoError::Numbers)
    }

    /// Fees that the suppliers' total does not include.
    ///
    /// # Errors
    /// [`KaminoError::Numbers`] when the sum overflows.
    pub fn fees_sf(&self) -> Result<u128> {
        self.bytes
            .u128::<{ at::PROTOCOL_FEES }>()
            .checked_add(self.bytes.u128::<{ at::REFERRER_FEES }>())
            .and_then(|x| x.checked_add(self.bytes.u128::<{ at::PENDING_FEES }>()))
            .ok_or(KaminoError::Numbers)
    }

    /// How time is counted.
    ///
    /// # Errors
    /// [`KaminoError::RateBasis`] for a value that this build does not know.
    pub fn rate_basis(&self) -> Result<RateBasis> {
        match self.bytes.u8::<{ at::RATE_BASIS }>() {
            0 => Ok(RateBasis::Slots),
            1 => Ok(RateBasis::Seconds),
            _ => Err(KaminoError::RateBasis),
        }
    }

    /// The points of the rate curve; unused ones repeat the last.
    pub fn curve(&self) -> impl Iterator<Item = CurvePoint> + use<'a> {
        self.bytes
            .table::<{ at::CURVE }, { at::CURVE_POINT_LEN }, { at::CURVE_POINTS }>()
            .iter()
            .filter_map(|p| Some(CurvePoint { utilisation: u32_at(p, 0)?, rate: u32_at(p, 4)? }))
    }

    /// The reserve may be used in elevation group `id`.
    #[must_use]
    pub fn is_in_group(&self, id: u8) -> bool {
        id != 0 && self.bytes.array::<{ at::GROUPS }, 20>().contains(&id)
    }

    /// Oracle accounts of a priced refresh.
    #[must_use]
    pub fn oracles(&self) -> Oracles<'a> {
        Oracles {
            pyth: some_key(self.bytes.key::<{ at::PYTH }>()),
            switchboard: some_key(self.bytes.key::<{ at::SWITCHBOARD }>()),
            switchboard_twap: some_key(self.bytes.key::<{ at::SWITCHBOARD_TWAP }>()),
            scope: some_key(self.bytes.key::<{ at::SCOPE }>()),
        }
    }

    /// What the limiter of redemptions lets out by `unix`, native units.
    #[must_use]
    pub fn redeem_cap_left(&self, unix: i64) -> u64 {
        cap_left(self.bytes.array::<{ at::DEPOSIT_CAP }, 32>(), unix)
    }

    /// What the limiter of borrows lets out by `unix`, native units.
    #[must_use]
    pub fn borrow_cap_left(&self, unix: i64) -> u64 {
        cap_left(self.bytes.array::<{ at::DEBT_CAP }, 32>(), unix)
    }
}

/// klend writes the zero key for none.
fn some_key(key: &Key) -> Option<&Key> {
    (*key != ids::SYSTEM_PROGRAM).then_some(key)
}

/// Room under a limiter. An interval that ends this very second counts as
/// running. Totals may be negative: what came in makes room.
fn cap_left(bytes: &[u8; 32], unix: i64) -> u64 {
    let read = || {
        let (capacity, total) = (i64_at(bytes, 0)?, i64_at(bytes, 8)?);
        let (start, length) = (u64_at(bytes, 16)?, u64_at(bytes, 24)?);
        if length == 0 {
            return Some(u64::MAX);
        }
        let over = u64::try_from(unix).is_ok_and(|now| now.saturating_sub(start) > length);
        let left = capacity.saturating_sub(if over { 0 } else { total });
        Some(u64::try_from(left).unwrap_or(0))
    };
    read().unwrap_or(0)
}
