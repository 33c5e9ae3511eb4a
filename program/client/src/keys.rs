//! Addresses that belong together.

use solana_address::Address;
use trestle_interface::state::{MarketsPage, Pool, PricesPage};

/// An asset with tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssetKeys {
    /// Row on the prices page.
    pub id: u8,
    /// Mint.
    pub mint: Address,
    /// Token program of the mint.
    pub token_program: Address,
}

impl AssetKeys {
    /// The keys of a listed asset.
    #[must_use]
    pub fn of(prices: &PricesPage, id: u8) -> Option<Self> {
        let row = prices.asset(id)?;
        Some(Self { id, mint: row.mint, token_program: row.token_program })
    }
}

/// A pool and its market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolKeys {
    /// Row on the markets page.
    pub market: u16,
    /// Pool.
    pub pool: Address,
    /// Vault.
    pub vault: Address,
    /// Asset.
    pub asset: AssetKeys,
}

impl PoolKeys {
    /// The keys of a listed pool.
    #[must_use]
    pub fn of(prices: &PricesPage, markets: &MarketsPage, market: u16) -> Option<Self> {
        let row = markets.market(market)?;
        let asset = AssetKeys::of(prices, row.asset)?;
        Some(Self { market, pool: row.address, vault: row.vault, asset })
    }

    /// The keys of a pool account.
    #[must_use]
    pub fn from_pool(address: Address, pool: &Pool) -> Self {
        let asset =
            AssetKeys { id: pool.asset, mint: pool.mint, token_program: pool.token_program };
        Self { market: pool.market, pool: address, vault: pool.vault, asset }
    }
}
