//! `upgrade_layout`: rewrites an account of an older layout. Permissionless
//! and idempotent.
//!
//! Version 0 is the slab of the closed preview: positions in the order they
//! were opened, without the copies of asset and class that they sort by now.

use crate::Result;
use crate::accounts::{check_all, read_in};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::UpgradeLayoutAccounts;
use trestle_interface::state::{
    Account, Header, MAX_POSITIONS, MarginAccount, MarketsPage, Position, PositionKind, PricesPage,
    VERSION,
};
use trestle_risk_math::portfolio::NATIVE_CLASS;

/// Runs it.
#[inline(never)]
pub(crate) fn upgrade_layout(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    if !data.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    check_all(accounts, UpgradeLayoutAccounts::<()>::ROLES)?;
    let (list, _) = UpgradeLayoutAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    if list.account.owner != program_id {
        return Err(TrestleError::WrongOwner);
    }
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let header: &Header = bytes
        .get(..core::mem::size_of::<Header>())
        .and_then(|b| bytemuck::try_from_bytes(b).ok())
        .ok_or(TrestleError::WrongSize)?;
    if header.discriminator != MarginAccount::DISCRIMINATOR {
        return Err(TrestleError::WrongType);
    }
    let group = header.group;
    match header.version {
        VERSION => return Ok(()),
        0 => {}
        _ => return Err(TrestleError::WrongVersion),
    }
    let prices = read_in::<PricesPage>(list.prices, program_id, &group)?;
    let markets = read_in::<MarketsPage>(list.markets, program_id, &group)?;
    let (fixed, slab) = bytes
        .split_at_mut_checked(core::mem::size_of::<MarginAccount>())
        .ok_or(TrestleError::WrongSize)?;
    let account: &mut MarginAccount =
        bytemuck::try_from_bytes_mut(fixed).map_err(|_| TrestleError::Corrupt)?;
    let slab: &mut [Position] =
        bytemuck::try_cast_slice_mut(slab).map_err(|_| TrestleError::WrongSize)?;
    if slab.len() > MAX_POSITIONS {
        return Err(TrestleError::WrongSize);
    }
    let used = slab.get_mut(..usize::from(account.count)).ok_or(TrestleError::Corrupt)?;
    let mut owes = false;
    for position in used.iter_mut() {
        owes |= !place(position, &prices, &markets)?.is_asset();
    }
    used.sort_unstable_by_key(Position::key);
    account.has_debt = u8::from(owes);
    account.header.version = VERSION;
    Ok(())
}

/// Fills in what a position sorts by.
fn place(
    position: &mut Position,
    prices: &PricesPage,
    markets: &MarketsPage,
) -> Result<PositionKind> {
    let kind = PositionKind::from_byte(position.kind).ok_or(TrestleError::Corrupt)?;
    if kind == PositionKind::Custody {
        let asset = u8::try_from(position.market).map_err(|_| TrestleError::Corrupt)?;
        prices.asset(asset).ok_or(TrestleError::UnknownRow)?;
        position.asset = asset;
        position.class = NATIVE_CLASS;
    } else {
        let row = markets.market(position.market).ok_or(TrestleError::UnknownRow)?;
        position.asset = row.asset;
        position.class = row.class;
    }
    Ok(kind)
}
