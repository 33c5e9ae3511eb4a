//! Opening an obligation, owned by the margin account's authority.

use super::read::refresh;
use super::{bytes, is_gone, market_authority, with_obligation};
use crate::Result;
use crate::accounts::{Context, expect_address, expect_program};
use crate::cpi::{self, venue};
use crate::venues::{find, place_of};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::OpenVenueAccounts;
use trestle_interface::state::{MarketRow, VenueAccount};
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::plan::{Parties, init_obligation, init_user_metadata};
use trestle_venue_adapters::kamino::{admit, ids, layout, seeds, verify};
use trestle_venue_adapters::plan::Call;

/// Number of the obligation that Trestle opens in each market.
const OBLIGATION_ID: u8 = 0;

/// Opens the obligation of a market, and the owner's metadata before its
/// first. The authority pays, from what the payer gives it.
pub(crate) fn open<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    list: &OpenVenueAccounts<&AccountInfo<'i>>,
    row: &MarketRow,
) -> Result<()> {
    let owner = context.authority_address();
    expect_address(list.custody_owner, &owner)?;
    let class = context.markets.class(row.class).ok_or(TrestleError::UnknownRow)?;
    expect_program(list.venue_program, &class.program)?;
    expect_address(list.parent, &row.parent)?;
    if !is_gone(list.venue_account) {
        return reclaim(context, accounts, list, row, &owner);
    }
    let program = Pubkey::new_from_array(ids::PROGRAM);
    let (metadata_key, _) =
        Pubkey::find_program_address(&seeds::user_metadata(owner.as_array()), &program);
    let metadata = find(accounts, metadata_key.as_array())?;
    let bump = Market::new(&bytes(list.parent)?)?.bump().ok_or(TrestleError::KaminoNumbers)?;
    let authority = market_authority(list.parent.key, bump);
    let parties = Parties {
        owner: owner.as_array(),
        obligation: list.venue_account.key.as_array(),
        market: list.parent.key.as_array(),
        market_authority: authority.as_array(),
    };
    let mut call = Box::new(Call::EMPTY);
    if is_gone(metadata) {
        let rent = cpi::fund(list.payer, list.custody_owner, layout::user_metadata::LEN)?;
        init_user_metadata(&mut call, parties.owner, parties.owner, metadata_key.as_array())?;
        venue::call(context, accounts, &call, &class_program(context, row)?, rent)?;
    }
    let rent = cpi::fund(list.payer, list.custody_owner, layout::obligation::LEN)?;
    init_obligation(&mut call, &parties, parties.owner, metadata_key.as_array(), OBLIGATION_ID)?;
    venue::call(context, accounts, &call, &class_program(context, row)?, rent)?;
    with_obligation(list.venue_account, |opened| {
        Ok(verify::opened(opened, owner.as_array(), list.parent.key.as_array())?)
    })?;
    remember(context, accounts, list, row.class)
}

/// Takes an obligation back into the table that was given up while it stood
/// empty: klend opens an address once.
fn reclaim<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    list: &OpenVenueAccounts<&AccountInfo<'i>>,
    row: &MarketRow,
    owner: &Pubkey,
) -> Result<()> {
    with_obligation(list.venue_account, |found| {
        // somebody's: klend never moves an obligation to another owner
        if found.owner() != owner.as_array() {
            return Err(TrestleError::AdoptRefused);
        }
        Ok(admit::obligation(found, owner.as_array(), list.parent.key.as_array())?)
    })?;
    if place_of(&context.margin, list.venue_account.key).is_ok() {
        return Err(TrestleError::AlreadyInitialised);
    }
    remember(context, accounts, list, row.class)
}

fn class_program(context: &Context<'_, '_>, row: &MarketRow) -> Result<Pubkey> {
    Ok(context.markets.class(row.class).ok_or(TrestleError::UnknownRow)?.program)
}

/// Writes the account into the table and reads it; a place of the same
/// address, whose account had vanished, is used again. What the slab still
/// says of the vanished one goes.
fn remember<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    list: &OpenVenueAccounts<&AccountInfo<'i>>,
    class: u8,
) -> Result<()> {
    let (key, slot) = (*list.venue_account.key, context.now.slot);
    let fixed = &mut context.margin.fixed;
    let incarnation = fixed.next_incarnation;
    let table = &mut fixed.venue_accounts;
    let same = table.iter().position(|account| account.key == key);
    let free = || table.iter().position(VenueAccount::is_free);
    let at = same.or_else(free).ok_or(TrestleError::VenueTableFull)?;
    let place = table.get_mut(at).ok_or(TrestleError::Corrupt)?;
    *place = VenueAccount { key, class, incarnation, slot, ..VenueAccount::default() };
    fixed.next_incarnation = incarnation.wrapping_add(1);
    fixed.venue_bitmap |= 1_u16.wrapping_shl(u32::from(class));
    let at = u8::try_from(at).map_err(|_| TrestleError::Corrupt)?;
    refresh(context, accounts, at, list.venue_account)
}
