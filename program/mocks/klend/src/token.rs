//! Calls of the token programs, and the books that must agree with the vault.

use crate::error::*;
use crate::state::{Field, Reserve};
use solana_program::account_info::AccountInfo;
use solana_program::instruction::{AccountMeta, Instruction};
use solana_program::program::invoke_signed;

/// Offset of a mint's decimals.
const DECIMALS: usize = 44;
/// Offset of a token account's balance.
const AMOUNT: usize = 64;

/// A token program and a mint of it.
#[derive(Clone, Copy)]
pub struct Token<'a, 'i> {
    /// Program.
    pub program: &'a AccountInfo<'i>,
    /// Mint.
    pub mint: &'a AccountInfo<'i>,
}

/// Who signs: the transaction (no seeds) or an address of klend.
pub struct Authority<'a, 'i> {
    /// Its account.
    pub info: &'a AccountInfo<'i>,
    /// Its seeds.
    pub seeds: &'a [&'a [u8]],
}

impl<'a, 'i> Authority<'a, 'i> {
    /// A signer of the transaction.
    pub fn user(info: &'a AccountInfo<'i>) -> Self {
        Self { info, seeds: &[] }
    }
}

impl<'i> Token<'_, 'i> {
    /// Moves tokens, checked against mint and decimals.
    pub fn transfer(
        &self,
        from: &AccountInfo<'i>,
        to: &AccountInfo<'i>,
        amount: u64,
        by: &Authority<'_, 'i>,
    ) -> Result<()> {
        let decimals = self.mint.try_borrow_data()?[DECIMALS];
        let accounts = vec![
            AccountMeta::new(*from.key, false),
            AccountMeta::new_readonly(*self.mint.key, false),
            AccountMeta::new(*to.key, false),
            AccountMeta::new_readonly(*by.info.key, true),
        ];
        self.call(12, amount, Some(decimals), accounts, &[from, self.mint, to, by.info], by)
    }

    /// Mints tokens.
    pub fn mint_to(&self, to: &AccountInfo<'i>, amount: u64, by: &Authority<'_, 'i>) -> Result<()> {
        let accounts = vec![
            AccountMeta::new(*self.mint.key, false),
            AccountMeta::new(*to.key, false),
            AccountMeta::new_readonly(*by.info.key, true),
        ];
        self.call(7, amount, None, accounts, &[self.mint, to, by.info], by)
    }

    /// Burns tokens.
    pub fn burn(&self, from: &AccountInfo<'i>, amount: u64, by: &Authority<'_, 'i>) -> Result<()> {
        let accounts = vec![
            AccountMeta::new(*from.key, false),
            AccountMeta::new(*self.mint.key, false),
            AccountMeta::new_readonly(*by.info.key, true),
        ];
        self.call(8, amount, None, accounts, &[from, self.mint, by.info], by)
    }

    fn call(
        &self,
        tag: u8,
        amount: u64,
        decimals: Option<u8>,
        accounts: Vec<AccountMeta>,
        infos: &[&AccountInfo<'i>],
        by: &Authority<'_, 'i>,
    ) -> Result<()> {
        let mut data = vec![tag];
        data.extend_from_slice(&amount.to_le_bytes());
        data.extend(decimals);
        let instruction = Instruction { program_id: *self.program.key, accounts, data };
        let infos: Vec<AccountInfo<'i>> = infos.iter().map(|info| (*info).clone()).collect();
        // no seeds are not an empty list of seeds, which would be an address too
        let signers: &[&[&[u8]]] = if by.seeds.is_empty() { &[] } else { &[by.seeds] };
        invoke_signed(&instruction, &infos, signers)
    }
}

/// Balance of a token account.
pub fn balance(info: &AccountInfo<'_>) -> Result<u64> {
    Ok(u64::read(&info.try_borrow_data()?[AMOUNT..]))
}

/// A vault and its books before an act.
pub struct Books {
    vault: u64,
    available: u64,
}

impl Books {
    /// Takes both down.
    pub fn open(vault: &AccountInfo<'_>, reserve: &Reserve<'_>) -> Result<Self> {
        Ok(Self { vault: balance(vault)?, available: reserve.available() })
    }

    /// Both moved by `change`, and what lies between them did not.
    pub fn close(
        &self,
        vault: &AccountInfo<'_>,
        reserve: &Reserve<'_>,
        change: i128,
    ) -> Result<()> {
        let (vault, available) = (i128::from(balance(vault)?), i128::from(reserve.available()));
        let before = (i128::from(self.vault), i128::from(self.available));
        ensure(vault - available == before.0 - before.1, RESERVE_TOKEN_BALANCE_MISMATCH)?;
        ensure(vault == before.0 + change, RESERVE_VAULT_BALANCE_MISMATCH)?;
        ensure(available == before.1 + change, RESERVE_ACCOUNTING_MISMATCH)
    }
}
