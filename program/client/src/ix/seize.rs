//! Liquidations that reach into a venue.

use super::venue::{At, venue_call};
use super::{LiquidateKeys, Trestle};
use crate::kamino::{KaminoReserve, PROGRAM};

use crate::keys::{AssetKeys, PoolKeys};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::accounts::{Role, VenueCollateralAccounts, VenueDebtAccounts};
use trestle_interface::args::LiquidateArgs;
use trestle_interface::state::PositionKind;
use trestle_interface::tag::Tag;

/// Collateral that does not lie at a venue.
#[derive(Clone, Copy, Debug)]
pub enum Seized {
    /// Idle tokens in custody.
    Custody(AssetKeys),
    /// A pool deposit.
    Deposit(PoolKeys),
}

/// Metas of keys by their roles.
pub(super) fn metas(keys: &[Address], roles: &[Role]) -> Vec<AccountMeta> {
    let named = keys.iter().zip(roles);
    named
        .map(|(pubkey, role)| AccountMeta {
            pubkey: *pubkey,
            is_signer: role.signer,
            is_writable: role.writable,
        })
        .collect()
}

impl Trestle {
    /// Liquidates a debt to Kamino. `keys.debt` stands for nothing here; `at`
    /// names the reserve that is owed.
    #[must_use]
    pub fn liquidate_venue_debt(
        &self,
        keys: &LiquidateKeys,
        at: At<'_>,
        collateral: Seized,
        max_repay: u64,
        min_seize: u64,
    ) -> Instruction {
        let reserve = at.reserve;
        let authority = self.addresses().authority(&keys.account);
        let own = VenueDebtAccounts {
            exposure: self.addresses().exposure(&self.group, reserve.parent.class),
            venue_program: PROGRAM,
            venue_account: reserve.parent.obligation(&authority),
            parent: reserve.parent.market,
        };
        let mut trailing = metas(&own.into_array(), VenueDebtAccounts::<()>::ROLES);
        let (asset, vault, market, kind) = match collateral {
            Seized::Custody(asset) => {
                let vault = self.custody(&keys.account, &asset);
                (asset, vault, u16::from(asset.id), PositionKind::Custody)
            }
            Seized::Deposit(pool) => {
                trailing.push(AccountMeta::new(pool.pool, false));
                (pool.asset, pool.vault, pool.market, PositionKind::PoolDeposit)
            }
        };
        trailing.extend(venue_call(at, &own.venue_account, Tag::VenueRepay));
        let args = LiquidateArgs {
            debt_market: reserve.row,
            collateral_market: market,
            collateral_kind: kind.byte(),
            max_repay,
            min_seize,
        };
        let debt = PoolKeys {
            market: reserve.row,
            pool: reserve.reserve,
            vault: self.custody(&keys.account, &reserve.asset),
            asset: reserve.asset,
        };
        self.liquidate(&LiquidateKeys { debt, ..*keys }, &asset, vault, &args, &trailing)
    }

    /// Liquidates against a deposit at Kamino. While the obligation owes
    /// something, Kamino asks for its prices to be refreshed in front.
    #[must_use]
    pub fn liquidate_venue(
        &self,
        keys: &LiquidateKeys,
        at: At<'_>,
        max_repay: u64,
        min_seize: u64,
    ) -> Instruction {
        let reserve = at.reserve;
        let authority = self.addresses().authority(&keys.account);
        let own = VenueCollateralAccounts {
            reserve: reserve.reserve,
            exposure: self.addresses().exposure(&self.group, reserve.parent.class),
            venue_program: PROGRAM,
            venue_account: reserve.parent.obligation(&authority),
            parent: reserve.parent.market,
        };
        let mut trailing = metas(&own.into_array(), VenueCollateralAccounts::<()>::ROLES);
        trailing.extend(venue_call(at, &own.venue_account, Tag::VenueRedeem));
        let args = LiquidateArgs {
            debt_market: keys.debt.market,
            collateral_market: reserve.row,
            collateral_kind: PositionKind::VenueDeposit.byte(),
            max_repay,
            min_seize,
        };
        let vault = self.custody(&keys.account, &reserve.asset);
        let mut ix = self.liquidate(keys, &reserve.asset, vault, &args, &trailing);
        // the owner at the venue, which gives it the rent of a closed obligation
        for meta in ix.accounts.iter_mut().filter(|meta| meta.pubkey == authority) {
            meta.is_writable = true;
        }
        ix
    }

    /// Liquidates a debt to Kamino, to the reserve `debt`, against a deposit of
    /// the same obligation, in `at`. Kamino may let out less than was repaid
    /// for: set `min_seize`. Its refresh with prices goes in front.
    #[must_use]
    pub fn liquidate_at_venue(
        &self,
        keys: &LiquidateKeys,
        debt: &KaminoReserve,
        at: At<'_>,
        max_repay: u64,
        min_seize: u64,
    ) -> Instruction {
        let owed = PoolKeys {
            market: debt.row,
            pool: debt.reserve,
            vault: self.custody(&keys.account, &debt.asset),
            asset: debt.asset,
        };
        let keys = LiquidateKeys { debt: owed, ..*keys };
        let mut ix = self.liquidate_venue(&keys, at, max_repay, min_seize);
        let obligation = debt.parent.obligation(&self.addresses().authority(&keys.account));
        let repay = At { reserve: debt, others: &[] };
        ix.accounts.extend(venue_call(repay, &obligation, Tag::VenueRepay));
        ix
    }
}
