//! What binds an instruction's accounts to each other, and how they are opened.

use crate::error::*;
use crate::ids;
use crate::state::{Field, Market, Obligation, Reserve};
use core::cell::RefMut;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;

/// Seed of the market's authority.
const AUTHORITY: &[u8] = b"lma";

/// An account's bytes, open until dropped.
pub fn open<'a>(info: &'a AccountInfo<'_>) -> Result<RefMut<'a, [u8]>> {
    Ok(RefMut::map(info.try_borrow_mut_data()?, |bytes| &mut **bytes))
}

/// A market that is not halted.
pub fn market_runs(market: &AccountInfo<'_>) -> Result<()> {
    let emergency = Market(&mut open(market)?).emergency();
    ensure(emergency == 0, GLOBAL_EMERGENCY_MODE)
}

/// The market's authority, by its stored bump.
pub fn is_authority(market: &AccountInfo<'_>, authority: &AccountInfo<'_>) -> Result<()> {
    let bump = [Market(&mut open(market)?).bump() as u8];
    let seeds: [&[u8]; 3] = [AUTHORITY, market.key.as_ref(), &bump];
    let expected = Pubkey::create_program_address(&seeds, &ids::KLEND);
    ensure(expected == Ok(*authority.key), CONSTRAINT_SEEDS)
}

/// A reserve of the market.
pub fn reserve_in(reserve: &AccountInfo<'_>, market: &AccountInfo<'_>) -> Result<()> {
    let named = Reserve(&mut open(reserve)?).market();
    ensure(named == *market.key, CONSTRAINT_HAS_ONE)
}

/// An obligation in the market.
pub fn obligation_in(obligation: &AccountInfo<'_>, market: &AccountInfo<'_>) -> Result<()> {
    let named = Obligation(&mut open(obligation)?).market();
    ensure(named == *market.key, CONSTRAINT_HAS_ONE)
}

/// An obligation of the owner.
pub fn obligation_of(obligation: &AccountInfo<'_>, owner: &AccountInfo<'_>) -> Result<()> {
    let named = Obligation(&mut open(obligation)?).owner();
    ensure(named == *owner.key, CONSTRAINT_HAS_ONE)
}

/// The account is the one at that address.
pub fn is(info: &AccountInfo<'_>, address: &Pubkey) -> Result<()> {
    ensure(info.key == address, CONSTRAINT_ADDRESS)
}

/// The reserve's mint, under the given token program.
pub fn is_mint(
    mint: &AccountInfo<'_>,
    reserve: &Reserve<'_>,
    program: &AccountInfo<'_>,
) -> Result<()> {
    is(mint, &reserve.mint())?;
    ensure(mint.owner == program.key, CONSTRAINT_MINT_TOKEN_PROGRAM)
}

/// A user's token account: its mint and, where one is given, its authority.
pub fn holds(info: &AccountInfo<'_>, mint: &Pubkey, owner: Option<&Pubkey>) -> Result<()> {
    let data = info.try_borrow_data()?;
    ensure(Pubkey::read(&data) == *mint, CONSTRAINT_TOKEN_MINT)?;
    ensure(owner.is_none_or(|owner| Pubkey::read(&data[32..]) == *owner), CONSTRAINT_TOKEN_OWNER)
}

/// A reserve's vault does not stand in for a user's account.
pub fn is_not(info: &AccountInfo<'_>, vault: &Pubkey) -> Result<()> {
    ensure(info.key != vault, INVALID_ACCOUNT_INPUT)
}

/// A reserve that is not written off.
pub fn is_current(reserve: &Reserve<'_>) -> Result<()> {
    ensure(reserve.version() == crate::state::VERSION, RESERVE_DEPRECATED)
}

/// A reserve that takes new business.
pub fn takes_business(reserve: &Reserve<'_>) -> Result<()> {
    ensure(reserve.status() != crate::state::OBSOLETE, RESERVE_OBSOLETE)?;
    is_current(reserve)
}

/// Runs `f` with the seeds that sign for the market's authority.
pub fn signed<T>(market: &AccountInfo<'_>, f: impl FnOnce(&[&[u8]]) -> Result<T>) -> Result<T> {
    let bump = [Market(&mut open(market)?).bump() as u8];
    f(&[AUTHORITY, market.key.as_ref(), &bump])
}
