//! System program: create accounts and pay lamports.

use super::invoke;
use crate::Result;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use solana_program::rent::Rent;
use solana_program::sysvar::Sysvar;
use solana_system_interface::instruction as system;
use trestle_interface::TrestleError;

fn rent_for(size: usize) -> Result<u64> {
    Ok(Rent::get().map_err(|_| TrestleError::Corrupt)?.minimum_balance(size))
}

/// Creates a program-derived account of `size` bytes owned by `program_id`.
///
/// Transfer, allocate, assign: an address that someone sent lamports to can
/// still be created.
pub(crate) fn create_account<'i>(
    payer: &AccountInfo<'i>,
    info: &AccountInfo<'i>,
    size: usize,
    program_id: &Pubkey,
    seeds: &[&[u8]],
    bump: u8,
) -> Result<()> {
    top_up(payer, info, size)?;
    let bump = [bump];
    let signer: Vec<&[u8]> = seeds.iter().copied().chain([&bump[..]]).collect();
    let space = u64::try_from(size).map_err(|_| TrestleError::Overflow)?;
    let infos = [info.clone()];
    invoke(&system::allocate(info.key, space), &infos, &[&signer])?;
    invoke(&system::assign(info.key, program_id), &infos, &[&signer])
}

/// Grows an account of the program to `size` bytes, zeroed, rent paid by `payer`.
pub(crate) fn grow<'i>(payer: &AccountInfo<'i>, info: &AccountInfo<'i>, size: usize) -> Result<()> {
    top_up(payer, info, size)?;
    info.resize(size).map_err(|_| TrestleError::WrongSize)
}

/// Gives `to` the rent of an account of `size` bytes, and returns how much that is.
pub(crate) fn fund<'i>(payer: &AccountInfo<'i>, to: &AccountInfo<'i>, size: usize) -> Result<u64> {
    let rent = rent_for(size)?;
    invoke(&system::transfer(payer.key, to.key, rent), &[payer.clone(), to.clone()], &[])?;
    Ok(rent)
}

/// Pays what an account of `size` bytes lacks to be exempt from rent.
fn top_up<'i>(payer: &AccountInfo<'i>, info: &AccountInfo<'i>, size: usize) -> Result<()> {
    let missing = rent_for(size)?.saturating_sub(info.lamports());
    if missing == 0 {
        return Ok(());
    }
    invoke(&system::transfer(payer.key, info.key, missing), &[payer.clone(), info.clone()], &[])
}

/// Pays lamports from an address that the program signs for.
pub(crate) fn pay<'i>(
    from: &AccountInfo<'i>,
    to: &AccountInfo<'i>,
    lamports: u64,
    seeds: &[&[u8]],
) -> Result<()> {
    if lamports == 0 {
        return Ok(());
    }
    invoke(&system::transfer(from.key, to.key, lamports), &[from.clone(), to.clone()], &[seeds])
}
