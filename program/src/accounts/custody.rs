//! Custody: the one token account per asset that a margin account uses.
//!
//! It is the authority's canonical associated account, without delegate or
//! close authority. Its address is recomputed from a stored bump; only the
//! first use of an asset searches for it.

use super::context::Context;
use super::load::{expect_address, expect_program};
use crate::Result;
use crate::cpi::{self, Signer};
use crate::slab::Place;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::pda;
use trestle_venue_adapters::token::{self, TokenAccount};

/// Program of associated token accounts,
/// `ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL`.
pub(crate) const ASSOCIATED_TOKEN_PROGRAM: Pubkey =
    Pubkey::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

/// The accounts that name one custody.
#[derive(Clone, Copy)]
pub(crate) struct TokenRefs<'a, 'i> {
    pub(crate) custody: &'a AccountInfo<'i>,
    pub(crate) custody_owner: &'a AccountInfo<'i>,
    pub(crate) mint: &'a AccountInfo<'i>,
    pub(crate) token_program: &'a AccountInfo<'i>,
}

/// A checked custody account of one asset.
#[derive(Clone, Copy)]
pub(crate) struct Custody<'a, 'i> {
    pub(crate) refs: TokenRefs<'a, 'i>,
    /// Where its position stands.
    pub(crate) place: Place,
    /// Balance when it was checked, native units.
    pub(crate) balance: u64,
    /// Units that the position recognises.
    pub(crate) units: u64,
    pub(crate) decimals: u8,
}

impl<'a, 'i> Custody<'a, 'i> {
    /// Checks that the accounts are the custody of `asset`.
    pub(crate) fn load(
        context: &Context<'_, '_>,
        refs: TokenRefs<'a, 'i>,
        asset: u8,
    ) -> Result<Self> {
        let row = context.asset(asset)?;
        if refs.mint.key != &row.mint {
            return Err(TrestleError::WrongMint);
        }
        expect_program(refs.token_program, &row.token_program)?;
        expect_address(refs.custody_owner, &context.authority_address())?;
        let known = context.margin.find(Place::custody(asset, 0).key());
        let (units, bump) = match known {
            Some(position) => (crate::slab::whole(position)?, position.bump),
            // an asset enters an account only once it has had a price: one that
            // never gets any would leave the account's health unknown for good
            None if row.price_mantissa == 0 => return Err(TrestleError::NoPrice),
            None => (0, find_associated(&refs)?),
        };
        if refs.custody.key != &associated_address(&refs, bump) {
            return Err(TrestleError::NotCanonicalCustody);
        }
        let tokens = tokens_of(refs.custody, refs.token_program.key, &row.mint)?;
        check_custody(&tokens, refs.custody_owner.key)?;
        // recognised units never exceed the balance (ruling 16)
        if units > tokens.amount {
            return Err(TrestleError::Corrupt);
        }
        let place = Place::custody(asset, bump);
        Ok(Self { refs, place, balance: tokens.amount, units, decimals: row.decimals })
    }

    /// Tokens that reached custody since it was checked; at least one.
    pub(crate) fn received(&self) -> Result<u64> {
        match balance(self.refs.custody)?.checked_sub(self.balance) {
            Some(tokens @ 1..) => Ok(tokens),
            _ => Err(TrestleError::TransferMismatch),
        }
    }

    /// This custody after `tokens` that are nobody's position yet reached it:
    /// they pass through, and may be paid out.
    pub(crate) fn with(self, tokens: u64) -> Result<Self> {
        let sum = |own: u64| own.checked_add(tokens).ok_or(TrestleError::Overflow);
        Ok(Self { balance: sum(self.balance)?, units: sum(self.units)?, ..self })
    }

    /// Pays recognised tokens to `to`, signed by the account's authority.
    /// Returns what left custody, which is what was asked for.
    pub(crate) fn pay(
        &self,
        context: &Context<'_, '_>,
        to: &AccountInfo<'i>,
        tokens: u64,
    ) -> Result<u64> {
        if tokens > self.units {
            return Err(TrestleError::ExceedsPosition);
        }
        context.expect_kept(self.place, self.units.saturating_sub(tokens))?;
        let bump = [context.margin.fixed.authority_bump];
        let seeds: [&[u8]; 3] = [pda::AUTHORITY, context.account.as_ref(), &bump];
        cpi::transfer(
            self.refs.token_program,
            self.refs.custody,
            self.refs.mint,
            to,
            self.refs.custody_owner,
            tokens,
            self.decimals,
            &Signer::Seeds(&seeds),
        )?;
        if self.balance.checked_sub(balance(self.refs.custody)?) != Some(tokens) {
            return Err(TrestleError::TransferMismatch);
        }
        Ok(tokens)
    }
}

/// The custody is the owner's alone, and not frozen.
pub(crate) fn check_custody(tokens: &TokenAccount, owner: &Pubkey) -> Result<()> {
    if tokens.owner != owner.to_bytes() {
        return Err(TrestleError::WrongTokenOwner);
    }
    if tokens.has_delegate || tokens.has_close_authority {
        return Err(TrestleError::CustodyEncumbered);
    }
    if tokens.frozen {
        return Err(TrestleError::TokenFrozen);
    }
    Ok(())
}

/// Reads a token account of a mint under a token program.
pub(crate) fn tokens_of(
    info: &AccountInfo,
    token_program: &Pubkey,
    mint: &Pubkey,
) -> Result<TokenAccount> {
    if info.owner != token_program {
        return Err(TrestleError::WrongOwner);
    }
    let data = info.try_borrow_data().map_err(|_| TrestleError::Borrowed)?;
    let tokens = token::account(&data)?;
    if tokens.mint != mint.to_bytes() {
        return Err(TrestleError::WrongMint);
    }
    Ok(tokens)
}

/// Balance of a token account that was checked before.
pub(crate) fn balance(info: &AccountInfo) -> Result<u64> {
    let data = info.try_borrow_data().map_err(|_| TrestleError::Borrowed)?;
    token::balance(&data).ok_or(TrestleError::Corrupt)
}

/// The associated account's address for a bump: a hash, not a search.
pub(crate) fn associated_address(refs: &TokenRefs<'_, '_>, bump: u8) -> Pubkey {
    let seeds =
        [refs.custody_owner.key.as_ref(), refs.token_program.key.as_ref(), refs.mint.key.as_ref()];
    Pubkey::derive_address(&seeds, Some(bump), &ASSOCIATED_TOKEN_PROGRAM)
}

/// Searches for the associated account's bump.
pub(crate) fn find_associated(refs: &TokenRefs<'_, '_>) -> Result<u8> {
    let seeds =
        [refs.custody_owner.key.as_ref(), refs.token_program.key.as_ref(), refs.mint.key.as_ref()];
    Pubkey::try_find_program_address(&seeds, &ASSOCIATED_TOKEN_PROGRAM)
        .map(|(_, bump)| bump)
        .ok_or(TrestleError::NotCanonicalCustody)
}
