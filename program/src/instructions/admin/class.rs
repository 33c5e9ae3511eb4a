//! `list_class`: a venue class and the account of its running totals.

use super::{admin_of, validate, weights};
use crate::Result;
use crate::accounts::{check_all, create, read_mut, write_in};
use bytemuck::Zeroable;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::ListClassAccounts;
use trestle_interface::args::ListClassArgs;
use trestle_interface::state::{ClassRow, Exposure, MarketsPage, PricesPage, VenueKind};
use trestle_interface::wire::decode;
use trestle_interface::{Address, TrestleError, pda};
use trestle_venue_adapters::kamino;

/// Largest multiple of equity that native debt may finance at a class: 16.0.
const MAX_MULTIPLE: u32 = 1 << 20;

/// Appends a class. The first must be the native one, and only the first.
#[inline(never)]
pub(crate) fn list_class(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: ListClassArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, ListClassAccounts::<()>::ROLES)?;
    let (list, _) = ListClassAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let group = admin_of(program_id, list.group, list.admin)?;
    let mut markets = write_in::<MarketsPage>(list.markets, program_id, &group)?;
    let mut prices = write_in::<PricesPage>(list.prices, program_id, &group)?;
    let kind = VenueKind::from_byte(args.kind).ok_or(TrestleError::OutOfRange)?;
    let id = markets.class_count;
    let native = kind == VenueKind::Native;
    if native != (id == 0) || native != (args.program == Address::default()) {
        return Err(TrestleError::OutOfRange);
    }
    if args.financing_multiple > MAX_MULTIPLE {
        return Err(TrestleError::OutOfRange);
    }
    // the adapter speaks to one program only
    if kind == VenueKind::Kamino && args.program.as_array() != &kamino::ids::PROGRAM {
        return Err(TrestleError::WrongProgram);
    }
    // a claim on oneself carries no haircut: the engine keeps none for class 0
    if native && args.haircut != [0, 0] {
        return Err(TrestleError::ConstraintRange);
    }
    create::<Exposure>(
        program_id,
        list.admin,
        list.exposure,
        list.system_program,
        &[pda::EXPOSURE, group.as_ref(), &[id]],
        group,
        0,
    )?;
    read_mut::<Exposure>(list.exposure, program_id)?.class = id;
    let row = markets.classes.get_mut(usize::from(id)).ok_or(TrestleError::TableFull)?;
    *row = ClassRow {
        program: args.program,
        name: args.name,
        kind: kind.byte(),
        layout_version: args.layout_version,
        haircut: weights(args.haircut),
        penalty: args.penalty,
        shock: args.shock,
        loop_shock: args.loop_shock,
        financing_multiple: args.financing_multiple,
        claim_cap: args.claim_cap,
        financing_cap: args.financing_cap,
        exposure: *list.exposure.key,
        ..ClassRow::zeroed()
    };
    markets.class_count = id.checked_add(1).ok_or(TrestleError::TableFull)?;
    validate::board(&mut prices, &markets)
}
