//! A pool with its vault, checked against the market row that pins it.

use super::custody::{balance, tokens_of};
use super::load::{expect_address, expect_program, read_in, write_in};
use crate::Result;
use crate::event;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::pda;
use trestle_interface::state::{Losses, Pool};
use trestle_interface::view::Now;
use trestle_risk_math::pool::Pool as Books;

/// A checked pool: a copy of its state, with interest up to now.
///
/// The account itself is not kept borrowed, since it signs for its vault.
pub(crate) struct PoolHandle<'a, 'i> {
    info: &'a AccountInfo<'i>,
    pub(crate) vault: &'a AccountInfo<'i>,
    pub(crate) mint: &'a AccountInfo<'i>,
    pub(crate) token_program: &'a AccountInfo<'i>,
    pub(crate) books: Books,
    pub(crate) losses: Losses,
    pub(crate) deposit_cap: u64,
    pub(crate) debt_cap: u64,
    pub(crate) decimals: u8,
    group: Pubkey,
    bump: u8,
    /// Balance of the vault when it was checked.
    vault_before: u64,
    /// Slot of the change.
    slot: u64,
}

impl<'a, 'i> PoolHandle<'a, 'i> {
    /// Checks pool, vault, mint and token program, and accrues interest.
    pub(crate) fn load(
        program_id: &Pubkey,
        group: &Pubkey,
        info: &'a AccountInfo<'i>,
        vault: &'a AccountInfo<'i>,
        mint: &'a AccountInfo<'i>,
        token_program: &'a AccountInfo<'i>,
        now: Now,
    ) -> Result<Self> {
        let pool = read_in::<Pool>(info, program_id, group)?;
        expect_address(vault, &pool.vault)?;
        if mint.key != &pool.mint {
            return Err(TrestleError::WrongMint);
        }
        expect_program(token_program, &pool.token_program)?;
        let terms = pool.terms()?;
        let (books, _) = pool.books()?.accrued(&terms, now.unix)?;
        let vault_tokens = tokens_of(vault, token_program.key, &pool.mint)?;
        if vault_tokens.frozen {
            return Err(TrestleError::TokenFrozen);
        }
        Ok(Self {
            info,
            vault,
            mint,
            token_program,
            books,
            losses: pool.losses,
            deposit_cap: pool.deposit_cap,
            debt_cap: pool.debt_cap,
            decimals: pool.decimals,
            group: *group,
            bump: pool.header.bump,
            vault_before: vault_tokens.amount,
            slot: now.slot,
        })
    }

    /// Reads the pool again, after another handle of it was stored.
    pub(crate) fn reload(&mut self, program_id: &Pubkey, now: Now) -> Result<()> {
        let (info, vault, mint) = (self.info, self.vault, self.mint);
        *self = Self::load(program_id, &self.group, info, vault, mint, self.token_program, now)?;
        Ok(())
    }

    /// The pool's account, which signs for its vault.
    pub(crate) const fn authority(&self) -> &'a AccountInfo<'i> {
        self.info
    }

    /// Seeds with which the pool signs.
    pub(crate) fn with_seeds<T>(&self, call: impl FnOnce(&[&[u8]]) -> T) -> T {
        let bump = [self.bump];
        call(&[pda::POOL, self.group.as_ref(), self.mint.key.as_ref(), &bump])
    }

    /// Nobody takes tokens out while a known loss waits for its settlement, so
    /// that no lender leaves it to the others (ruling 10).
    #[inline(always)]
    pub(crate) fn expect_settled(&self, now: Now) -> Result<()> {
        if self.losses.unsettled == 0 { Ok(()) } else { self.expect_unlocked(now) }
    }

    #[cold]
    #[inline(never)]
    fn expect_unlocked(&self, now: Now) -> Result<()> {
        let locked = self.losses.is_locked(self.books.deposits()?, now.slot);
        if locked { Err(TrestleError::PoolUnsettled) } else { Ok(()) }
    }

    /// Tokens that reached the vault since it was checked.
    pub(crate) fn received(&self) -> Result<u64> {
        balance(self.vault)?.checked_sub(self.vault_before).ok_or(TrestleError::TransferMismatch)
    }

    /// Tokens that left the vault since it was checked must be exactly these.
    pub(crate) fn expect_paid(&self, tokens: u64) -> Result<()> {
        if self.vault_before.checked_sub(balance(self.vault)?) != Some(tokens) {
            return Err(TrestleError::TransferMismatch);
        }
        Ok(())
    }

    /// Writes the books back and logs them.
    pub(crate) fn store(&self, program_id: &Pubkey) -> Result<()> {
        let mut pool = write_in::<Pool>(self.info, program_id, &self.group)?;
        if pool.cash != self.books.cash {
            pool.note_cash(self.slot);
        }
        pool.set_books(&self.books);
        pool.losses = self.losses;
        let previous = pool.sequence;
        pool.sequence = previous.wrapping_add(1);
        event::log(self.info.key, [previous, pool.sequence], &pool.event());
        Ok(())
    }
}
