//! Lend-only positions.

use super::{SYSTEM_PROGRAM, Trestle};
use crate::keys::PoolKeys;
use solana_address::Address;
use solana_instruction::Instruction;
use trestle_interface::accounts::{CloseLenderAccounts, LenderAccounts, OpenLenderAccounts};
use trestle_interface::args::{LenderRedeemArgs, LenderSupplyArgs};
use trestle_interface::tag::Tag;

impl Trestle {
    /// Opens a lend-only position.
    #[must_use]
    pub fn open_lender(&self, payer: Address, owner: Address, pool: &PoolKeys) -> Instruction {
        let list = OpenLenderAccounts {
            payer,
            owner,
            pool: pool.pool,
            lender: self.addresses().lender(&pool.pool, &owner),
            system_program: SYSTEM_PROGRAM,
        };
        self.instruction(Tag::OpenLender, &list.into_array(), &[], &[])
    }

    /// Supplies a lend-only position.
    #[must_use]
    pub fn lender_supply(
        &self,
        owner: Address,
        pool: &PoolKeys,
        tokens: Address,
        amount: u64,
    ) -> Instruction {
        let args = LenderSupplyArgs { amount, min_units: 0 };
        self.lender_operation(Tag::LenderSupply, owner, pool, tokens, &args.to_bytes())
    }

    /// Redeems a lend-only position; `None` for all of it.
    #[must_use]
    pub fn lender_redeem(
        &self,
        owner: Address,
        pool: &PoolKeys,
        tokens: Address,
        amount: Option<u64>,
    ) -> Instruction {
        let (amount, all) = (amount.unwrap_or(0), amount.is_none());
        let args = LenderRedeemArgs { amount, all, min_tokens: 0 };
        self.lender_operation(Tag::LenderRedeem, owner, pool, tokens, &args.to_bytes())
    }

    /// Closes an empty lend-only position.
    #[must_use]
    pub fn close_lender(&self, owner: Address, pool: &PoolKeys) -> Instruction {
        let lender = self.addresses().lender(&pool.pool, &owner);
        let list = CloseLenderAccounts { owner, lender };
        self.instruction(Tag::CloseLender, &list.into_array(), &[], &[])
    }

    /// An act of a lender with arguments of the caller's own making, bounds included.
    #[must_use]
    pub fn lender_operation(
        &self,
        tag: Tag,
        owner: Address,
        pool: &PoolKeys,
        tokens: Address,
        args: &[u8],
    ) -> Instruction {
        let list = LenderAccounts {
            owner,
            lender: self.addresses().lender(&pool.pool, &owner),
            pool: pool.pool,
            vault: pool.vault,
            tokens,
            mint: pool.asset.mint,
            token_program: pool.asset.token_program,
        };
        self.instruction(tag, &list.into_array(), args, &[])
    }
}
