//! A view over `Reserve`. Amounts are native units, `_wads` numbers are scaled
//! by 10^18, nothing here is projected to now.

use super::ids;
use super::layout::{VERSION, VERSION_AT, limiter, reserve as at};
use super::{Result, SaveError, WAD, limiter as outflow};
use crate::plan::Key;
use crate::venue::fields::{Fields, getters};

/// A reserve's bytes.
#[derive(Clone, Copy, Debug)]
pub struct Reserve<'a> {
    bytes: Fields<'a, { at::LEN }>,
}

/// The rate curve: three straight pieces, utilisation and rate a year in per cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Curve {
    /// Utilisation at the first corner.
    pub optimal_utilisation: u8,
    /// Utilisation at the second corner, not below the first.
    pub max_utilisation: u8,
    /// Rate at no utilisation.
    pub min_rate: u8,
    /// Rate at the first corner.
    pub optimal_rate: u8,
    /// Rate at the second corner.
    pub max_rate: u8,
    /// Rate at full utilisation, not below the second corner's.
    pub super_max_rate: u64,
}

impl Curve {
    /// It rises, and within 100 % utilisation: no utilisation is without a rate.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.max_utilisation <= 100
            && self.min_rate <= self.optimal_rate
            && self.optimal_rate <= self.max_rate
    }
}

/// Save's prices of a token: it borrows and redeems at the worse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// The one that liquidations go by, USD a whole token, wads.
    pub spot_wads: u128,
    /// The lowest of spot, smoothed and extra price.
    pub low_wads: u128,
    /// The highest of them.
    pub high_wads: u128,
}

/// Accounts that a refresh reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oracles<'a> {
    /// Pyth, or [`ids::NO_ORACLE`].
    pub pyth: &'a Key,
    /// Switchboard, or [`ids::NO_ORACLE`].
    pub switchboard: &'a Key,
    /// A further one, if any.
    pub extra: Option<&'a Key>,
}

impl<'a> Reserve<'a> {
    getters! {
        /// Slot of the last accrual. A redemption and a repayment accrue too,
        /// and leave the price as it was.
        slot: u64 at SLOT,
        /// Touched since the last refresh.
        is_stale: flag at STALE,
        /// Market.
        market: key at MARKET,
        /// Mint of the tokens.
        mint: key at MINT,
        /// Decimals of the mint.
        decimals: u8 at DECIMALS,
        /// Vault of the tokens.
        vault: key at VAULT,
        /// Vault of the fees.
        fee_vault: key at FEE_VAULT,
        /// Mint of the cTokens.
        ctoken_mint: key at CTOKEN_MINT,
        /// Vault of the cTokens that serve as collateral.
        ctoken_vault: key at CTOKEN_VAULT,
        /// cTokens in existence.
        ctoken_supply: u64 at CTOKEN_SUPPLY,
        /// Tokens in the vault, as accounted.
        available: u64 at AVAILABLE,
        /// Debts.
        borrowed_wads: u128 at BORROWED,
        /// Protocol fees, which the suppliers' total does not include.
        fees_wads: u128 at PROTOCOL_FEES,
        /// Loan-to-value, per cent.
        ltv_pct: u8 at LTV_PCT,
        /// Liquidation threshold, per cent.
        threshold_pct: u8 at THRESHOLD_PCT,
        /// Protocol's part of a liquidation, tenths of a per cent.
        liquidation_fee: u8 at LIQUIDATION_FEE,
        /// The protocol's share of the interest, per cent.
        take_pct: u8 at TAKE_PCT,
        /// Borrow fee as a fraction in wads.
        borrow_fee_wads: u64 at BORROW_FEE,
        /// Share of the borrow fee for a host, per cent.
        host_fee_pct: u8 at HOST_FEE_PCT,
        /// What debts weigh above 1.0, basis points.
        added_weight_bps: u64 at ADDED_WEIGHT_BPS,
        /// Most deposits.
        deposit_limit: u64 at DEPOSIT_LIMIT,
        /// Most debts.
        borrow_limit: u64 at BORROW_LIMIT,
        /// Isolated: whoever borrows here borrows nothing else.
        is_isolated: flag at TIER,
        /// Debts that the collateral here stands for, USD.
        attributed_wads: u128 at ATTRIBUTED,
    }

    /// A reserve from account data of exactly the known length.
    ///
    /// # Errors
    /// [`SaveError::Length`], [`SaveError::Version`].
    pub fn new(data: &'a [u8]) -> Result<Self> {
        let exact = data.len() == at::LEN;
        let bytes = Fields::new(data).filter(|_| exact).ok_or(SaveError::Length)?;
        if bytes.u8::<VERSION_AT>() != VERSION {
            return Err(SaveError::Version);
        }
        Ok(Self { bytes })
    }

    /// Cumulative borrow rate, wads.
    ///
    /// # Errors
    /// [`SaveError::Numbers`] below 1.0.
    pub fn cumulative_wads(&self) -> Result<u128> {
        let rate = self.bytes.u128::<{ at::CUMULATIVE }>();
        if rate < WAD { Err(SaveError::Numbers) } else { Ok(rate) }
    }

    /// The rate curve, as Save reads it: a corner that was never written is
    /// the one before it.
    #[must_use]
    pub fn curve(&self) -> Curve {
        let optimal_utilisation = self.bytes.u8::<{ at::OPTIMAL_UTILISATION_PCT }>();
        let max_rate = self.bytes.u8::<{ at::MAX_RATE_PCT }>();
        Curve {
            optimal_utilisation,
            max_utilisation: self
                .bytes
                .u8::<{ at::MAX_UTILISATION_PCT }>()
                .max(optimal_utilisation),
            min_rate: self.bytes.u8::<{ at::MIN_RATE_PCT }>(),
            optimal_rate: self.bytes.u8::<{ at::OPTIMAL_RATE_PCT }>(),
            max_rate,
            super_max_rate: self.bytes.u64::<{ at::SUPER_MAX_RATE_PCT }>().max(u64::from(max_rate)),
        }
    }

    /// Largest liquidation bonus before the protocol's part, per cent.
    #[must_use]
    pub fn max_bonus_pct(&self) -> u8 {
        self.bytes.u8::<{ at::BONUS_PCT }>().max(self.bytes.u8::<{ at::MAX_BONUS_PCT }>())
    }

    /// The stored prices, however old.
    #[must_use]
    pub fn prices(&self) -> Prices {
        let spot = self.bytes.u128::<{ at::PRICE }>();
        let smoothed = self.bytes.u128::<{ at::SMOOTHED_PRICE }>();
        let extra = if self.bytes.u8::<{ at::HAS_EXTRA_PRICE }>() == 0 {
            spot
        } else {
            self.bytes.u128::<{ at::EXTRA_PRICE }>()
        };
        Prices {
            spot_wads: spot,
            low_wads: spot.min(smoothed).min(extra),
            high_wads: spot.max(smoothed).max(extra),
        }
    }

    /// Most debts that the collateral here may stand for, USD; all ones for no limit.
    #[must_use]
    pub fn attributed_limit(&self) -> u64 {
        match self.bytes.u64::<{ at::ATTRIBUTED_LIMIT }>() {
            0 => u64::MAX,
            limit => limit,
        }
    }

    /// Oracle accounts of a refresh.
    #[must_use]
    pub fn oracles(&self) -> Oracles<'a> {
        let extra = self.bytes.key::<{ at::EXTRA_ORACLE }>();
        Oracles {
            pyth: self.bytes.key::<{ at::PYTH }>(),
            switchboard: self.bytes.key::<{ at::SWITCHBOARD }>(),
            extra: Some(extra).filter(|key| **key != ids::NO_ORACLE && **key != [0; 32]),
        }
    }

    /// What the limiter lets out at `slot`, tokens, rounded down; `None` for no limit.
    #[must_use]
    pub fn outflow_left(&self, slot: u64) -> Option<u64> {
        let bytes = self.bytes.array::<{ at::LIMITER }, { limiter::LEN }>();
        let wads = outflow::left_wads(bytes, slot)?;
        Some(wads.checked_div(WAD).and_then(|x| u64::try_from(x).ok()).unwrap_or(u64::MAX))
    }
}
