//! System program: create accounts and pay lamports.

use super::invoke;
use crate::Result;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use solana_program::rent::Rent;
use solana_system_interface::instruction as system;
use trestle_interface::TrestleError;

/// Address of the rent sysvar. A constant, as the clock's: decoding the
/// library's own at run time costs ten times the read.
const RENT: Pubkey = Pubkey::from_str_const("SysvarRent111111111111111111111111111111111");

fn rent_for(size: usize) -> Result<u64> {
    // lamports a byte, years, share that is burnt
    let mut bytes = [0_u8; 17];
    solana_get_sysvar::get_sysvar(&mut bytes, &RENT, 0, 17).map_err(|_| TrestleError::Corrupt)?;
    let ([lamports_per_byte, exemption_threshold], [burn_percent]) = bytes.as_chunks::<8>() else {
        return Err(TrestleError::Corrupt);
    };
    #[allow(deprecated)] // fields that no longer mean anything, but have a value
    let rent = Rent {
        lamports_per_byte: u64::from_le_bytes(*lamports_per_byte),
        exemption_threshold: *exemption_threshold,
        burn_percent: *burn_percent,
    };
    Ok(rent.minimum_balance(size))
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
