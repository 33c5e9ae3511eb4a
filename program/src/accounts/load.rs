//! Loading: roles, owner, type, group.

use crate::{Result, cpi};
use bytemuck::Zeroable;
use core::cell::{Ref, RefMut};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::Role;
use trestle_interface::state::{
    Account, Header, LayoutError, MarginAccount, Position, VERSION, view, view_mut,
};
use trestle_interface::view::{Now, positions};

/// Checks signer and writable flags of accounts whose roles are `first`, then
/// `second`, and that no two writable roles share an account.
///
/// The runtime hands one account that stands twice in an instruction as one
/// object, so identity of the key's place is identity of the account.
#[inline(always)]
pub(crate) fn check_roles(accounts: &[AccountInfo], first: &[Role], second: &[Role]) -> Result<()> {
    check_part(accounts, first, second, 0, first)?;
    check_part(accounts, first, second, first.len(), second)
}

/// [`check_roles`] of the accounts from `start`, whose roles are `roles`.
#[inline(always)]
fn check_part(
    accounts: &[AccountInfo],
    first: &[Role],
    second: &[Role],
    start: usize,
    roles: &[Role],
) -> Result<()> {
    let (before, part) = accounts.split_at_checked(start).unwrap_or((accounts, &[]));
    for (position, (account, role)) in part.iter().zip(roles).enumerate() {
        if role.signer && !account.is_signer {
            return Err(TrestleError::MissingSigner);
        }
        if !role.writable {
            continue;
        }
        if !account.is_writable {
            return Err(TrestleError::NotWritable);
        }
        let same = |other: &AccountInfo| core::ptr::eq(account.key, other.key);
        let own = part.get(..position).unwrap_or(&[]);
        if (before.iter().any(same) || own.iter().any(same))
            && is_written_before(accounts, first, second, start.saturating_add(position))
        {
            return Err(TrestleError::DuplicateAccount);
        }
    }
    Ok(())
}

/// Whether the account at `position` stands in a writable role before it.
#[cold]
fn is_written_before(
    accounts: &[AccountInfo],
    first: &[Role],
    second: &[Role],
    position: usize,
) -> bool {
    let Some(account) = accounts.get(position) else { return false };
    let before = accounts.iter().zip(first.iter().chain(second)).take(position);
    before.into_iter().any(|(other, role)| role.writable && core::ptr::eq(account.key, other.key))
}

/// Checks the roles of a list that must be all there is.
#[inline(always)]
pub(crate) fn check_all(accounts: &[AccountInfo], roles: &[Role]) -> Result<()> {
    if accounts.len() != roles.len() {
        return Err(TrestleError::AccountCount);
    }
    check_roles(accounts, roles, &[])
}

/// Address of the clock sysvar. A constant: decoding it at run time, as a
/// stock compiler does with the library's own, costs ten times the read.
const CLOCK: Pubkey = Pubkey::from_str_const("SysvarC1ock11111111111111111111111111111111");

/// The chain's clock.
pub(crate) fn now() -> Result<Now> {
    // slot, epoch start, epoch, leader schedule epoch, Unix time
    let mut bytes = [0_u8; 40];
    solana_get_sysvar::get_sysvar(&mut bytes, &CLOCK, 0, 40).map_err(|_| TrestleError::Corrupt)?;
    let ([slot, _, _, _, unix], _) = bytes.as_chunks::<8>() else {
        return Err(TrestleError::Corrupt);
    };
    Ok(Now { slot: u64::from_le_bytes(*slot), unix: i64::from_le_bytes(*unix) })
}

fn layout_error(error: LayoutError) -> TrestleError {
    match error {
        LayoutError::Size => TrestleError::WrongSize,
        LayoutError::Discriminator => TrestleError::WrongType,
        LayoutError::Version => TrestleError::WrongVersion,
        LayoutError::Alignment => TrestleError::Corrupt,
    }
}

fn check_owner(info: &AccountInfo, program_id: &Pubkey) -> Result<()> {
    if info.owner == program_id { Ok(()) } else { Err(TrestleError::WrongOwner) }
}

/// Reads an account of the program: owner, type, version, size.
#[inline(always)]
pub(crate) fn read<'a, T: Account>(
    info: &'a AccountInfo,
    program_id: &Pubkey,
) -> Result<Ref<'a, T>> {
    check_owner(info, program_id)?;
    let data = info.try_borrow_data().map_err(|_| TrestleError::Borrowed)?;
    let mut error = TrestleError::Corrupt;
    Ref::filter_map(data, |bytes| match view::<T>(bytes) {
        Ok((account, _)) => Some(account),
        Err(found) => {
            error = layout_error(found);
            None
        }
    })
    .map_err(|_| error)
}

/// [`read`], for writing. The role table has checked that the account is writable.
#[inline(always)]
pub(crate) fn read_mut<'a, T: Account>(
    info: &'a AccountInfo,
    program_id: &Pubkey,
) -> Result<RefMut<'a, T>> {
    check_owner(info, program_id)?;
    let data = info.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let mut error = TrestleError::Corrupt;
    RefMut::filter_map(data, |bytes| match view_mut::<T>(bytes) {
        Ok((account, _)) => Some(account),
        Err(found) => {
            error = layout_error(found);
            None
        }
    })
    .map_err(|_| error)
}

/// [`read`] of an account that must belong to a group.
///
/// A board page that names the group is the group's page: only `init_board`
/// writes page headers, and only once a group.
#[inline(always)]
pub(crate) fn read_in<'a, T: Account>(
    info: &'a AccountInfo,
    program_id: &Pubkey,
    group: &Pubkey,
) -> Result<Ref<'a, T>> {
    let account = read::<T>(info, program_id)?;
    if account.header().group != *group {
        return Err(TrestleError::WrongGroup);
    }
    Ok(account)
}

/// [`read_in`], for writing.
#[inline(always)]
pub(crate) fn write_in<'a, T: Account>(
    info: &'a AccountInfo,
    program_id: &Pubkey,
    group: &Pubkey,
) -> Result<RefMut<'a, T>> {
    let account = read_mut::<T>(info, program_id)?;
    if account.header().group != *group {
        return Err(TrestleError::WrongGroup);
    }
    Ok(account)
}

/// Views the data of a margin account of the program: fixed part and slab.
#[inline(always)]
pub(crate) fn split_margin<'a>(
    bytes: &'a mut [u8],
    info: &AccountInfo,
    program_id: &Pubkey,
) -> Result<(&'a mut MarginAccount, &'a mut [u8])> {
    check_owner(info, program_id)?;
    view_mut::<MarginAccount>(bytes).map_err(layout_error)
}

/// Whether an account of the program is still all zero where its header goes.
fn is_unused(info: &AccountInfo, program_id: &Pubkey) -> Result<bool> {
    check_owner(info, program_id)?;
    let data = info.try_borrow_data().map_err(|_| TrestleError::Borrowed)?;
    let header = data.get(..core::mem::size_of::<Header>()).ok_or(TrestleError::WrongSize)?;
    Ok(header.iter().all(|byte| *byte == 0))
}

/// An unused account of exactly the type's fixed size, with its header written.
pub(crate) fn unused_mut<'a, T: Account>(
    info: &'a AccountInfo,
    program_id: &Pubkey,
    bump: u8,
    group: Pubkey,
) -> Result<RefMut<'a, T>> {
    if !is_unused(info, program_id)? {
        return Err(TrestleError::AlreadyInitialised);
    }
    let mut data = info.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let size = core::mem::size_of::<T>();
    if data.len() < size {
        return Err(TrestleError::WrongSize);
    }
    write_header::<T>(&mut data, bump, group)?;
    drop(data);
    read_mut(info, program_id)
}

/// Writes the header of a new account.
pub(crate) fn write_header<T: Account>(data: &mut [u8], bump: u8, group: Pubkey) -> Result<()> {
    let size = core::mem::size_of::<Header>();
    let bytes = data.get_mut(..size).ok_or(TrestleError::WrongSize)?;
    let header = Header {
        discriminator: T::DISCRIMINATOR,
        version: VERSION,
        bump,
        group,
        ..Header::zeroed()
    };
    bytes.copy_from_slice(bytemuck::bytes_of(&header));
    Ok(())
}

/// Views the data of a margin account of the program for reading: fixed part
/// and positions in use.
#[inline(always)]
pub(crate) fn split_slab<'a>(
    bytes: &'a [u8],
    info: &AccountInfo,
    program_id: &Pubkey,
) -> Result<(&'a MarginAccount, &'a [Position])> {
    check_owner(info, program_id)?;
    let (fixed, slab) = view::<MarginAccount>(bytes).map_err(layout_error)?;
    Ok((fixed, positions(fixed, slab)?))
}

/// Creates a program-derived account of type `T` with room for `elements`,
/// its header written. Works for an address that was sent lamports before.
pub(crate) fn create<'i, T: Account>(
    program_id: &Pubkey,
    payer: &AccountInfo<'i>,
    info: &AccountInfo<'i>,
    system_program: &AccountInfo<'i>,
    seeds: &[&[u8]],
    group: Pubkey,
    elements: usize,
) -> Result<u8> {
    expect_program(system_program, &solana_system_interface::program::ID)?;
    let (address, bump) = Pubkey::find_program_address(seeds, program_id);
    expect_address(info, &address)?;
    if info.owner != &solana_system_interface::program::ID {
        return Err(TrestleError::AlreadyInitialised);
    }
    let size = core::mem::size_of::<T>().saturating_add(T::ELEMENT.saturating_mul(elements));
    cpi::create_account(payer, info, size, program_id, seeds, bump)?;
    let mut data = info.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    write_header::<T>(&mut data, bump, group)?;
    Ok(bump)
}

/// The account must have this address.
#[inline(always)]
pub(crate) fn expect_address(info: &AccountInfo, address: &Pubkey) -> Result<()> {
    if info.key == address { Ok(()) } else { Err(TrestleError::WrongAddress) }
}

/// The account must be this program.
#[inline(always)]
pub(crate) fn expect_program(info: &AccountInfo, program: &Pubkey) -> Result<()> {
    if info.key == program { Ok(()) } else { Err(TrestleError::WrongProgram) }
}
