//! The authorities' instructions.

use super::{SYSTEM_PROGRAM, Trestle};
use crate::address::associated_token;
use solana_address::Address;
use solana_instruction::Instruction;
use trestle_interface::accounts::{
    GroupAccounts, InitBoardAccounts, InitGroupAccounts, InitPoolAccounts, ListAccounts,
    ListAssetAccounts, ListClassAccounts, ListMarketAccounts,
};
use trestle_interface::args::{
    GroupTermsArgs, InitGroupArgs, InitPoolArgs, ListAssetArgs, ListClassArgs, ListFactorArgs,
    ListIssuerArgs, ListMarketArgs, SetAccessArgs, SetScenariosArgs,
};
use trestle_interface::tag::Tag;

/// An asset to list: its mint (the system program for none) and parameters.
pub type AssetListing<'a> = (Address, &'a ListAssetArgs);
/// A class to list: its number and parameters.
pub type ClassListing<'a> = (u8, &'a ListClassArgs);
/// A pool to create: mint, token program and parameters.
pub type PoolListing<'a> = (Address, Address, &'a InitPoolArgs);

impl Trestle {
    /// Creates the group. The group account exists, zeroed, owned by the program.
    #[must_use]
    pub fn init_group(&self, admin: Address, args: &InitGroupArgs) -> Instruction {
        let list = InitGroupAccounts { group: self.group, admin };
        self.instruction(Tag::InitGroup, &list.into_array(), &args.to_bytes(), &[])
    }

    /// Sets phase, cohort root and number of seats.
    #[must_use]
    pub fn set_access(&self, admin: Address, args: &SetAccessArgs) -> Instruction {
        let list = GroupAccounts { admin, group: self.group };
        self.instruction(Tag::SetAccess, &list.into_array(), &args.to_bytes(), &[])
    }

    /// Initialises the board. Both pages exist, zeroed, owned by the program.
    #[must_use]
    pub fn init_board(&self, admin: Address, args: &GroupTermsArgs) -> Instruction {
        let list = InitBoardAccounts {
            admin,
            group: self.group,
            prices: self.prices,
            markets: self.markets,
        };
        self.instruction(Tag::InitBoard, &list.into_array(), &args.to_bytes(), &[])
    }

    /// Lists a factor.
    #[must_use]
    pub fn list_factor(&self, admin: Address, args: &ListFactorArgs) -> Instruction {
        self.list(Tag::ListFactor, admin, &args.to_bytes())
    }

    /// Lists an issuer.
    #[must_use]
    pub fn list_issuer(&self, admin: Address, args: &ListIssuerArgs) -> Instruction {
        self.list(Tag::ListIssuer, admin, &args.to_bytes())
    }

    /// Sets all scenarios.
    #[must_use]
    pub fn set_scenarios(&self, admin: Address, args: &SetScenariosArgs) -> Instruction {
        self.list(Tag::SetScenarios, admin, &args.to_bytes())
    }

    /// Lists an asset.
    #[must_use]
    pub fn list_asset(&self, admin: Address, (mint, args): AssetListing<'_>) -> Instruction {
        let list = ListAssetAccounts {
            admin,
            group: self.group,
            prices: self.prices,
            markets: self.markets,
            mint,
        };
        self.instruction(Tag::ListAsset, &list.into_array(), &args.to_bytes(), &[])
    }

    /// Lists a venue class.
    #[must_use]
    pub fn list_class(&self, admin: Address, (class, args): ClassListing<'_>) -> Instruction {
        let list = ListClassAccounts {
            admin,
            group: self.group,
            prices: self.prices,
            markets: self.markets,
            exposure: self.addresses().exposure(&self.group, class),
            system_program: SYSTEM_PROGRAM,
        };
        self.instruction(Tag::ListClass, &list.into_array(), &args.to_bytes(), &[])
    }

    /// Creates a pool. Its vault, the pool's associated token account, exists.
    #[must_use]
    pub fn init_pool(
        &self,
        admin: Address,
        (mint, token_program, args): PoolListing<'_>,
    ) -> Instruction {
        let pool = self.addresses().pool(&self.group, &mint);
        let list = InitPoolAccounts {
            admin,
            group: self.group,
            prices: self.prices,
            pool,
            vault: associated_token(&pool, &token_program, &mint),
            mint,
            token_program,
            system_program: SYSTEM_PROGRAM,
        };
        self.instruction(Tag::InitPool, &list.into_array(), &args.to_bytes(), &[])
    }

    /// Lists the market of a pool.
    #[must_use]
    pub fn list_market(&self, admin: Address, pool: Address, args: &ListMarketArgs) -> Instruction {
        let list = ListMarketAccounts {
            admin,
            group: self.group,
            prices: self.prices,
            markets: self.markets,
            pool,
        };
        self.instruction(Tag::ListMarket, &list.into_array(), &args.to_bytes(), &[])
    }

    fn list(&self, tag: Tag, admin: Address, args: &[u8]) -> Instruction {
        let list =
            ListAccounts { admin, group: self.group, prices: self.prices, markets: self.markets };
        self.instruction(tag, &list.into_array(), args, &[])
    }
}
