//! Instructions that anyone may send.

use super::Trestle;
use crate::keys::{AssetKeys, PoolKeys};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::accounts::{
    FlagUnhealthyAccounts, GetHealthAccounts, LiquidateAccounts, RefreshMarketsAccounts,
    RefreshPricesAccounts, SettleBadDebtAccounts, UpgradeLayoutAccounts,
};
use trestle_interface::args::{LiquidateArgs, MarketArgs};
use trestle_interface::state::PositionKind;
use trestle_interface::tag::Tag;

/// What a liquidation takes from whom.
#[derive(Clone, Copy, Debug)]
pub struct LiquidateKeys {
    /// Liquidator.
    pub liquidator: Address,
    /// Account to liquidate.
    pub account: Address,
    /// Pool of the debt.
    pub debt: PoolKeys,
    /// Token account that pays.
    pub debt_source: Address,
    /// Token account that receives the collateral; not the one that pays, even
    /// for the same mint. Of a pool deposit: also a margin account of the
    /// liquidator's, which takes the deposit's units as they are. What it owes
    /// at venues is read where the accounts of `Trestle::reads` follow.
    pub collateral_destination: Address,
}

impl Trestle {
    /// Reads health.
    #[must_use]
    pub fn get_health(&self, account: Address) -> Instruction {
        let list = GetHealthAccounts { account, prices: self.prices, markets: self.markets };
        self.instruction(Tag::GetHealth, &list.into_array(), &[], &[])
    }

    /// Refreshes price rows: (row, oracle account).
    #[must_use]
    pub fn refresh_prices(&self, rows: &[(u8, Address)]) -> Instruction {
        let list = RefreshPricesAccounts { prices: self.prices };
        let numbers: Vec<u8> = rows.iter().map(|(row, _)| *row).collect();
        let oracles: Vec<AccountMeta> =
            rows.iter().map(|(_, key)| AccountMeta::new_readonly(*key, false)).collect();
        self.instruction(Tag::RefreshPrices, &list.into_array(), &numbers, &oracles)
    }

    /// Refreshes market rows of pools.
    #[must_use]
    pub fn refresh_markets(&self, pools: &[PoolKeys]) -> Instruction {
        let list = RefreshMarketsAccounts { markets: self.markets };
        let numbers: Vec<u8> = pools.iter().flat_map(|p| p.market.to_le_bytes()).collect();
        let accounts: Vec<AccountMeta> =
            pools.iter().map(|p| AccountMeta::new_readonly(p.pool, false)).collect();
        self.instruction(Tag::RefreshMarkets, &list.into_array(), &numbers, &accounts)
    }

    /// Liquidates against idle tokens in custody.
    #[must_use]
    pub fn liquidate_custody(
        &self,
        keys: &LiquidateKeys,
        collateral: &AssetKeys,
        max_repay: u64,
        min_seize: u64,
    ) -> Instruction {
        let vault = self.custody(&keys.account, collateral);
        let args = LiquidateArgs {
            debt_market: keys.debt.market,
            collateral_market: u16::from(collateral.id),
            collateral_kind: PositionKind::Custody.byte(),
            max_repay,
            min_seize,
        };
        self.liquidate(keys, collateral, vault, &args, &[])
    }

    /// Liquidates against a pool deposit.
    #[must_use]
    pub fn liquidate_deposit(
        &self,
        keys: &LiquidateKeys,
        collateral: &PoolKeys,
        max_repay: u64,
        min_seize: u64,
    ) -> Instruction {
        let args = LiquidateArgs {
            debt_market: keys.debt.market,
            collateral_market: collateral.market,
            collateral_kind: PositionKind::PoolDeposit.byte(),
            max_repay,
            min_seize,
        };
        let pool = [AccountMeta::new(collateral.pool, false)];
        self.liquidate(keys, &collateral.asset, collateral.vault, &args, &pool)
    }

    /// A liquidation with arguments of the caller's own making.
    pub(super) fn liquidate(
        &self,
        keys: &LiquidateKeys,
        collateral: &AssetKeys,
        collateral_vault: Address,
        args: &LiquidateArgs,
        trailing: &[AccountMeta],
    ) -> Instruction {
        let list = LiquidateAccounts {
            liquidator: keys.liquidator,
            account: keys.account,
            prices: self.prices,
            markets: self.markets,
            custody_owner: self.addresses().authority(&keys.account),
            debt_pool: keys.debt.pool,
            debt_vault: keys.debt.vault,
            debt_source: keys.debt_source,
            debt_mint: keys.debt.asset.mint,
            debt_token_program: keys.debt.asset.token_program,
            collateral_vault,
            collateral_destination: keys.collateral_destination,
            collateral_mint: collateral.mint,
            collateral_token_program: collateral.token_program,
        };
        self.instruction(Tag::Liquidate, &list.into_array(), &args.to_bytes(), trailing)
    }

    /// Starts or stops the incentive clock, and tells `pools` of the debts of a
    /// bankrupt account.
    #[must_use]
    pub fn flag_unhealthy(&self, account: Address, pools: &[PoolKeys]) -> Instruction {
        let list = FlagUnhealthyAccounts { account, prices: self.prices, markets: self.markets };
        let pools: Vec<AccountMeta> =
            pools.iter().map(|p| AccountMeta::new(p.pool, false)).collect();
        self.instruction(Tag::FlagUnhealthy, &list.into_array(), &[], &pools)
    }

    /// Settles a bankrupt account's debt to a pool.
    #[must_use]
    pub fn settle_bad_debt(&self, account: Address, pool: &PoolKeys) -> Instruction {
        let list = SettleBadDebtAccounts {
            account,
            prices: self.prices,
            markets: self.markets,
            pool: pool.pool,
            vault: pool.vault,
            custody: self.custody(&account, &pool.asset),
            custody_owner: self.addresses().authority(&account),
            mint: pool.asset.mint,
            token_program: pool.asset.token_program,
        };
        let args = MarketArgs { market: pool.market };
        self.instruction(Tag::SettleBadDebt, &list.into_array(), &args.to_bytes(), &[])
    }

    /// Rewrites an account in the present layout.
    #[must_use]
    pub fn upgrade_layout(&self, account: Address) -> Instruction {
        let list = UpgradeLayoutAccounts { account, prices: self.prices, markets: self.markets };
        self.instruction(Tag::UpgradeLayout, &list.into_array(), &[], &[])
    }
}
