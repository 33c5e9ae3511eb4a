//! An owner's operations and account instructions.

use super::{SYSTEM_PROGRAM, Trestle};
use crate::address::associated_token;
use crate::cohort::Invitation;
use crate::keys::{AssetKeys, PoolKeys};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::accounts::{
    CloseAccountAccounts, CreateAccountAccounts, DepositAccounts, OwnerAccounts, PoolAccounts,
    ResizeAccountAccounts, SyncCustodyAccounts, WithdrawAccounts,
};
use trestle_interface::args::{
    AssetAmountArgs, AssetArgs, BorrowArgs, CreateAccountArgs, RedeemArgs, RepayArgs,
    ResizeAccountArgs, SupplyArgs,
};
use trestle_interface::tag::Tag;

impl Trestle {
    /// A margin account of this group.
    #[must_use]
    pub fn margin(&self, creator: &Address, index: u16) -> Address {
        self.addresses().margin(&self.group, creator, index)
    }

    /// Custody of an asset.
    #[must_use]
    pub fn custody(&self, account: &Address, asset: &AssetKeys) -> Address {
        let owner = self.addresses().authority(account);
        associated_token(&owner, &asset.token_program, &asset.mint)
    }

    /// Opens a margin account in the public phase.
    #[must_use]
    pub fn create_account(
        &self,
        payer: Address,
        owner: Address,
        index: u16,
        capacity: u8,
    ) -> Instruction {
        self.create_account_with(payer, owner, index, capacity, &[], &[])
    }

    /// Opens a margin account in the cohort phase: with the owner's invitation
    /// the first time, which takes the seat, and without it later.
    #[must_use]
    pub fn create_account_by_seat(
        &self,
        payer: Address,
        owner: Address,
        index: u16,
        capacity: u8,
        invitation: Option<&Invitation>,
    ) -> Instruction {
        let (seat, proof) = self.seat_of(&owner, invitation);
        self.create_account_with(payer, owner, index, capacity, &[seat], &proof)
    }

    fn create_account_with(
        &self,
        payer: Address,
        owner: Address,
        index: u16,
        capacity: u8,
        seat: &[AccountMeta],
        proof: &[u8],
    ) -> Instruction {
        let list = CreateAccountAccounts {
            payer,
            owner,
            group: self.group,
            account: self.margin(&owner, index),
            system_program: SYSTEM_PROGRAM,
        };
        let args = [&CreateAccountArgs { index, capacity }.to_bytes(), proof].concat();
        self.instruction(Tag::CreateAccount, &list.into_array(), &args, seat)
    }

    /// Makes room for more positions.
    #[must_use]
    pub fn resize_account(
        &self,
        payer: Address,
        owner: Address,
        account: Address,
        capacity: u8,
    ) -> Instruction {
        let list = ResizeAccountAccounts { payer, owner, account, system_program: SYSTEM_PROGRAM };
        let args = ResizeAccountArgs { capacity };
        self.instruction(Tag::ResizeAccount, &list.into_array(), &args.to_bytes(), &[])
    }

    /// Closes an empty account; sweeps the custody of `assets` to the owner's
    /// associated token accounts.
    #[must_use]
    pub fn close_account(
        &self,
        owner: Address,
        account: Address,
        assets: &[AssetKeys],
    ) -> Instruction {
        let list = CloseAccountAccounts {
            owner,
            account,
            custody_owner: self.addresses().authority(&account),
            system_program: SYSTEM_PROGRAM,
        };
        let sweeps: Vec<AccountMeta> = assets
            .iter()
            .flat_map(|asset| {
                let to = associated_token(&owner, &asset.token_program, &asset.mint);
                [
                    AccountMeta::new(self.custody(&account, asset), false),
                    AccountMeta::new_readonly(asset.mint, false),
                    AccountMeta::new(to, false),
                    AccountMeta::new_readonly(asset.token_program, false),
                ]
            })
            .collect();
        self.instruction(Tag::CloseAccount, &list.into_array(), &[], &sweeps)
    }

    /// Tokens of the owner into custody.
    #[must_use]
    pub fn deposit(
        &self,
        owner: Address,
        account: Address,
        asset: &AssetKeys,
        source: Address,
        amount: u64,
    ) -> Instruction {
        let list = DepositAccounts {
            source,
            custody: self.custody(&account, asset),
            custody_owner: self.addresses().authority(&account),
            mint: asset.mint,
            token_program: asset.token_program,
        };
        let args = AssetAmountArgs { asset: asset.id, amount };
        self.operation(Tag::Deposit, owner, account, &list.into_array(), &args.to_bytes())
    }

    /// Tokens out of custody.
    #[must_use]
    pub fn withdraw(
        &self,
        owner: Address,
        account: Address,
        asset: &AssetKeys,
        destination: Address,
        amount: u64,
    ) -> Instruction {
        let list = WithdrawAccounts {
            destination,
            custody: self.custody(&account, asset),
            custody_owner: self.addresses().authority(&account),
            mint: asset.mint,
            token_program: asset.token_program,
        };
        let args = AssetAmountArgs { asset: asset.id, amount };
        self.operation(Tag::Withdraw, owner, account, &list.into_array(), &args.to_bytes())
    }

    /// Recognises tokens that reached custody without a deposit.
    #[must_use]
    pub fn sync_custody(&self, owner: Address, account: Address, asset: &AssetKeys) -> Instruction {
        let list = SyncCustodyAccounts {
            custody: self.custody(&account, asset),
            custody_owner: self.addresses().authority(&account),
            mint: asset.mint,
            token_program: asset.token_program,
        };
        let args = AssetArgs { asset: asset.id };
        self.operation(Tag::SyncCustody, owner, account, &list.into_array(), &args.to_bytes())
    }

    /// Custody to a pool deposit.
    #[must_use]
    pub fn pool_supply(
        &self,
        owner: Address,
        account: Address,
        pool: &PoolKeys,
        amount: u64,
    ) -> Instruction {
        let args = SupplyArgs { market: pool.market, amount, min_units: 0 };
        self.pool_operation(Tag::PoolSupply, owner, account, pool, &args.to_bytes())
    }

    /// A pool deposit back to custody; `None` for all of it.
    #[must_use]
    pub fn pool_redeem(
        &self,
        owner: Address,
        account: Address,
        pool: &PoolKeys,
        amount: Option<u64>,
    ) -> Instruction {
        let args = redeem_args(pool.market, amount);
        self.pool_operation(Tag::PoolRedeem, owner, account, pool, &args.to_bytes())
    }

    /// Borrows from a pool into custody.
    #[must_use]
    pub fn pool_borrow(
        &self,
        owner: Address,
        account: Address,
        pool: &PoolKeys,
        amount: u64,
    ) -> Instruction {
        let args = BorrowArgs { market: pool.market, amount, max_units: u128::MAX };
        self.pool_operation(Tag::PoolBorrow, owner, account, pool, &args.to_bytes())
    }

    /// Repays a pool from custody; `None` for the whole debt.
    #[must_use]
    pub fn pool_repay(
        &self,
        owner: Address,
        account: Address,
        pool: &PoolKeys,
        amount: Option<u64>,
    ) -> Instruction {
        let args = repay_args(pool.market, amount);
        self.pool_operation(Tag::PoolRepay, owner, account, pool, &args.to_bytes())
    }

    /// An operation at a pool with arguments of the caller's own making, bounds included.
    #[must_use]
    pub fn pool_operation(
        &self,
        tag: Tag,
        owner: Address,
        account: Address,
        pool: &PoolKeys,
        args: &[u8],
    ) -> Instruction {
        let list = PoolAccounts {
            pool: pool.pool,
            vault: pool.vault,
            custody: self.custody(&account, &pool.asset),
            custody_owner: self.addresses().authority(&account),
            mint: pool.asset.mint,
            token_program: pool.asset.token_program,
        };
        self.operation(tag, owner, account, &list.into_array(), args)
    }

    /// An owner's operation: the common accounts, then its own.
    #[must_use]
    pub fn operation(
        &self,
        tag: Tag,
        owner: Address,
        account: Address,
        own: &[Address],
        args: &[u8],
    ) -> Instruction {
        let prefix =
            OwnerAccounts { authority: owner, account, prices: self.prices, markets: self.markets };
        let keys: Vec<Address> = prefix.into_array().iter().chain(own).copied().collect();
        self.instruction(tag, &keys, args, &[])
    }
}

/// Arguments of a redemption without a bound; `None` for all.
pub(super) fn redeem_args(market: u16, amount: Option<u64>) -> RedeemArgs {
    RedeemArgs { market, amount: amount.unwrap_or(0), all: amount.is_none(), min_tokens: 0 }
}

/// Arguments of a repayment without a bound; `None` for all.
pub(super) fn repay_args(market: u16, amount: Option<u64>) -> RepayArgs {
    RepayArgs { market, amount: amount.unwrap_or(u64::MAX), all: amount.is_none(), min_units: 0 }
}
