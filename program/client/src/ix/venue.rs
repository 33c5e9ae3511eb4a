//! Operations at venues, with everything that the venue's calls name.

use super::owner::{redeem_args, repay_args};
use super::{SYSTEM_PROGRAM, Trestle};
use crate::kamino::{FARMS_PROGRAM, KaminoMarket, KaminoReserve, PROGRAM, user_metadata};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::accounts::{
    ClaimVenueAccounts, CloseVenueAccounts, ListReserveAccounts, OpenFarmAccounts,
    OpenVenueAccounts, OwnerAccounts, RefreshAccountAccounts, VenueAccounts, VenueGroupAccounts,
};
use trestle_interface::args::{
    BorrowArgs, ClaimArgs, FarmArgs, ListReserveArgs, MarketArgs, SupplyArgs, VenueGroupArgs,
};
use trestle_interface::tag::Tag;
use trestle_venue_adapters::kamino::ids;
use trestle_venue_adapters::token::TOKEN_PROGRAM;

const RENT_SYSVAR: Address = Address::new_from_array(ids::RENT_SYSVAR);
const INSTRUCTIONS_SYSVAR: Address = Address::new_from_array(ids::INSTRUCTIONS_SYSVAR);

/// A reward of a farm, and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct RewardKeys {
    /// Its number in the farm.
    pub number: u64,
    /// Asset of the reward.
    pub asset: crate::AssetKeys,
    /// Farms' global configuration.
    pub config: Address,
    /// Vault that pays.
    pub vault: Address,
    /// Vault that takes the treasury's share.
    pub treasury: Address,
    /// Authority of the farm's vaults.
    pub vaults_authority: Address,
}

/// A reserve to act on, and what else the obligation uses.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// The reserve.
    pub reserve: &'a KaminoReserve,
    /// Every other reserve that the obligation has a position in.
    pub others: &'a [KaminoReserve],
}

impl Trestle {
    /// The obligation of a margin account in a market.
    #[must_use]
    pub fn obligation(&self, account: &Address, market: &KaminoMarket) -> Address {
        market.obligation(&self.addresses().authority(account))
    }

    /// Lists a reserve.
    #[must_use]
    pub fn list_reserve(
        &self,
        admin: Address,
        (market, reserve): (Address, Address),
        args: &ListReserveArgs,
    ) -> Instruction {
        let list = ListReserveAccounts {
            admin,
            group: self.group,
            prices: self.prices,
            markets: self.markets,
            parent: market,
            reserve,
        };
        self.instruction(Tag::ListReserve, &list.into_array(), &args.to_bytes(), &[])
    }

    /// Opens an obligation in the market of a reserve.
    #[must_use]
    pub fn open_venue(
        &self,
        owner: Address,
        payer: Address,
        account: Address,
        at: &KaminoReserve,
    ) -> Instruction {
        let authority = self.addresses().authority(&account);
        let list = OpenVenueAccounts {
            payer,
            custody_owner: authority,
            venue_program: PROGRAM,
            venue_account: at.parent.obligation(&authority),
            parent: at.parent.market,
            system_program: SYSTEM_PROGRAM,
        };
        let trailing = [
            AccountMeta::new(user_metadata(&authority), false),
            AccountMeta::new_readonly(RENT_SYSVAR, false),
        ];
        let args = MarketArgs { market: at.row };
        self.venue(Tag::OpenVenue, owner, account, &list.into_array(), &args.to_bytes(), &trailing)
    }

    /// Forgets an empty obligation.
    #[must_use]
    pub fn close_venue(
        &self,
        owner: Address,
        account: Address,
        market: &KaminoMarket,
    ) -> Instruction {
        let list = CloseVenueAccounts { venue_account: self.obligation(&account, market) };
        self.venue(Tag::CloseVenue, owner, account, &list.into_array(), &[], &[])
    }

    /// Custody to a deposit.
    #[must_use]
    pub fn venue_supply(
        &self,
        owner: Address,
        account: Address,
        at: At<'_>,
        amount: u64,
    ) -> Instruction {
        let args = SupplyArgs { market: at.reserve.row, amount, min_units: 0 };
        self.venue_operation(Tag::VenueSupply, owner, account, at, &args.to_bytes())
    }

    /// A deposit to custody; `None` for all of it.
    #[must_use]
    pub fn venue_redeem(
        &self,
        owner: Address,
        account: Address,
        at: At<'_>,
        amount: Option<u64>,
    ) -> Instruction {
        let args = redeem_args(at.reserve.row, amount);
        self.venue_operation(Tag::VenueRedeem, owner, account, at, &args.to_bytes())
    }

    /// Borrows into custody.
    #[must_use]
    pub fn venue_borrow(
        &self,
        owner: Address,
        account: Address,
        at: At<'_>,
        amount: u64,
    ) -> Instruction {
        let args = BorrowArgs { market: at.reserve.row, amount, max_units: u128::MAX };
        self.venue_operation(Tag::VenueBorrow, owner, account, at, &args.to_bytes())
    }

    /// Custody to a debt; `None` for the whole of it.
    #[must_use]
    pub fn venue_repay(
        &self,
        owner: Address,
        account: Address,
        at: At<'_>,
        amount: Option<u64>,
    ) -> Instruction {
        let args = repay_args(at.reserve.row, amount);
        self.venue_operation(Tag::VenueRepay, owner, account, at, &args.to_bytes())
    }

    /// Opens the obligation's stake in a farm of the reserve.
    #[must_use]
    pub fn open_farm(
        &self,
        owner: Address,
        payer: Address,
        account: Address,
        at: &KaminoReserve,
        debt: bool,
    ) -> Instruction {
        let authority = self.addresses().authority(&account);
        let obligation = at.parent.obligation(&authority);
        let farm = if debt { at.debt_farm } else { at.collateral_farm }.unwrap_or_default();
        let list = OpenFarmAccounts {
            payer,
            custody_owner: authority,
            venue_program: PROGRAM,
            venue_account: obligation,
            parent: at.parent.market,
            reserve: at.reserve,
            farm_user: at.stake(&farm, &obligation),
            system_program: SYSTEM_PROGRAM,
        };
        let trailing = [
            AccountMeta::new(farm, false),
            AccountMeta::new_readonly(at.parent.authority, false),
            AccountMeta::new_readonly(FARMS_PROGRAM, false),
            AccountMeta::new_readonly(RENT_SYSVAR, false),
        ];
        let args = FarmArgs { market: at.row, debt };
        self.venue(Tag::OpenFarm, owner, account, &list.into_array(), &args.to_bytes(), &trailing)
    }

    /// Claims a reward of the farm of depositors, or of borrowers.
    #[must_use]
    pub fn claim_venue(
        &self,
        owner: Address,
        account: Address,
        at: &KaminoReserve,
        debt: bool,
        reward: &RewardKeys,
    ) -> Instruction {
        let authority = self.addresses().authority(&account);
        let obligation = at.parent.obligation(&authority);
        let farm = if debt { at.debt_farm } else { at.collateral_farm }.unwrap_or_default();
        let list = ClaimVenueAccounts {
            custody: self.custody(&account, &reward.asset),
            custody_owner: authority,
            mint: reward.asset.mint,
            token_program: reward.asset.token_program,
            farms_program: FARMS_PROGRAM,
            reserve: at.reserve,
            venue_account: obligation,
            farm,
            farm_user: at.stake(&farm, &obligation),
            config: reward.config,
            vault: reward.vault,
            treasury: reward.treasury,
            vaults_authority: reward.vaults_authority,
        };
        let args =
            ClaimArgs { market: at.row, debt, reward: reward.number, asset: reward.asset.id };
        self.venue(Tag::ClaimVenue, owner, account, &list.into_array(), &args.to_bytes(), &[])
    }

    /// Enters or leaves an elevation group. `used` are all reserves of the obligation.
    #[must_use]
    pub fn venue_group(
        &self,
        owner: Address,
        account: Address,
        at: &KaminoReserve,
        used: &[KaminoReserve],
        elevation_group: u8,
    ) -> Instruction {
        let authority = self.addresses().authority(&account);
        let list = VenueGroupAccounts {
            custody_owner: authority,
            venue_program: PROGRAM,
            venue_account: at.parent.obligation(&authority),
            parent: at.parent.market,
        };
        let trailing: Vec<AccountMeta> =
            used.iter().map(|r| AccountMeta::new(r.reserve, false)).collect();
        let args = VenueGroupArgs { market: at.row, elevation_group };
        self.venue(Tag::VenueGroup, owner, account, &list.into_array(), &args.to_bytes(), &trailing)
    }

    /// Reads what an account holds in markets, with the reserves in use, and
    /// its share of the classes' totals.
    #[must_use]
    pub fn refresh_account(
        &self,
        account: Address,
        markets: &[KaminoMarket],
        used: &[KaminoReserve],
    ) -> Instruction {
        let list = RefreshAccountAccounts { account, prices: self.prices, markets: self.markets };
        let trailing = self.reads(&account, markets, used);
        self.instruction(Tag::RefreshAccount, &list.into_array(), &[], &trailing)
    }

    /// What a check reads anew: obligations, their markets, reserves in use and
    /// the classes' totals. To be appended to any operation that may raise risk
    /// while something is owed at a venue.
    #[must_use]
    pub fn reads(
        &self,
        account: &Address,
        markets: &[KaminoMarket],
        used: &[KaminoReserve],
    ) -> Vec<AccountMeta> {
        let mut metas = vec![];
        for market in markets {
            metas.push(AccountMeta::new_readonly(self.obligation(account, market), false));
            metas.push(AccountMeta::new_readonly(market.market, false));
            let totals = self.addresses().exposure(&self.group, market.class);
            metas.push(AccountMeta::new(totals, false));
        }
        metas.extend(used.iter().map(|r| AccountMeta::new_readonly(r.reserve, false)));
        metas
    }

    /// Refreshes the rows of reserves.
    #[must_use]
    pub fn refresh_reserves(&self, reserves: &[KaminoReserve]) -> Instruction {
        let numbers: Vec<u8> = reserves.iter().flat_map(|r| r.row.to_le_bytes()).collect();
        let accounts: Vec<AccountMeta> = reserves
            .iter()
            .flat_map(|r| [r.reserve, r.parent.market])
            .map(|key| AccountMeta::new_readonly(key, false))
            .collect();
        self.instruction(Tag::RefreshMarkets, &[self.markets], &numbers, &accounts)
    }

    /// Supply, redeem, borrow or repay at a reserve, with arguments of the
    /// caller's own making, bounds included.
    #[must_use]
    pub fn venue_operation(
        &self,
        tag: Tag,
        owner: Address,
        account: Address,
        at: At<'_>,
        args: &[u8],
    ) -> Instruction {
        let authority = self.addresses().authority(&account);
        let reserve = at.reserve;
        let obligation = reserve.parent.obligation(&authority);
        let list = VenueAccounts {
            custody: self.custody(&account, &reserve.asset),
            custody_owner: authority,
            mint: reserve.asset.mint,
            token_program: reserve.asset.token_program,
            exposure: self.addresses().exposure(&self.group, reserve.parent.class),
            venue_program: PROGRAM,
            venue_account: obligation,
            parent: reserve.parent.market,
            reserve: reserve.reserve,
        };
        let trailing = venue_call(at, &obligation, tag);
        self.venue(tag, owner, account, &list.into_array(), args, &trailing)
    }

    fn venue(
        &self,
        tag: Tag,
        owner: Address,
        account: Address,
        own: &[Address],
        args: &[u8],
        trailing: &[AccountMeta],
    ) -> Instruction {
        let prefix =
            OwnerAccounts { authority: owner, account, prices: self.prices, markets: self.markets };
        let keys: Vec<Address> = prefix.into_array().iter().chain(own).copied().collect();
        self.instruction(tag, &keys, args, trailing)
    }
}

/// What a call of Kamino names beyond [`VenueAccounts`], and the reserves that
/// it refreshes.
pub(super) fn venue_call(at: At<'_>, obligation: &Address, tag: Tag) -> Vec<AccountMeta> {
    let reserve = at.reserve;
    let mut trailing = vec![
        AccountMeta::new_readonly(reserve.parent.authority, false),
        AccountMeta::new(reserve.vault, false),
        AccountMeta::new_readonly(INSTRUCTIONS_SYSVAR, false),
        AccountMeta::new_readonly(FARMS_PROGRAM, false),
    ];
    if tag == Tag::VenueBorrow {
        trailing.push(AccountMeta::new(reserve.fee_vault, false));
    }
    let collateral = matches!(tag, Tag::VenueSupply | Tag::VenueRedeem);
    let farm = if collateral { reserve.collateral_farm } else { reserve.debt_farm };
    if collateral {
        trailing.push(AccountMeta::new(reserve.ctoken_mint, false));
        trailing.push(AccountMeta::new(reserve.ctoken_vault, false));
        trailing.push(AccountMeta::new_readonly(Address::new_from_array(TOKEN_PROGRAM), false));
    }
    if let Some(farm) = farm {
        trailing.push(AccountMeta::new(farm, false));
        trailing.push(AccountMeta::new(reserve.stake(&farm, obligation), false));
    }
    trailing.extend(at.others.iter().map(|r| AccountMeta::new(r.reserve, false)));
    trailing
}
