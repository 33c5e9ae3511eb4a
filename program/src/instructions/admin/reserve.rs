//! `list_reserve`: the market row of a venue's reserve, refreshed at once.

use super::admin_of;
use crate::Result;
use crate::accounts::{check_all, now, read_in, write_in};
use crate::venues::{find_row, kamino, write_row};
use bytemuck::Zeroable;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::ListReserveAccounts;
use trestle_interface::args::ListReserveArgs;
use trestle_interface::state::{MarketKind, MarketRow, MarketsPage, PricesPage, VenueKind};
use trestle_interface::wire::decode;
use trestle_risk_math::guard::AgeLimits;
use trestle_risk_math::num::Weight;

/// Appends the market of a reserve that the venue's adapter admits.
#[inline(never)]
pub(crate) fn list_reserve(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    let args: ListReserveArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, ListReserveAccounts::<()>::ROLES)?;
    let (list, _) = ListReserveAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let group = admin_of(program_id, list.group, list.admin)?;
    let prices = read_in::<PricesPage>(list.prices, program_id, &group)?;
    let mut markets = write_in::<MarketsPage>(list.markets, program_id, &group)?;
    let [init, maint, hard, decay] = args.ages;
    AgeLimits { init, maint, hard, decay }.validate()?;
    let class = markets.class(args.class).ok_or(TrestleError::UnknownRow)?;
    let venue = VenueKind::from_byte(class.kind).ok_or(TrestleError::Corrupt)?;
    let asset = prices.asset(args.asset).ok_or(TrestleError::UnknownRow)?;
    if find_row(&markets, args.class, list.reserve.key.as_array()).is_some() {
        return Err(TrestleError::AlreadyInitialised);
    }
    let vault = match venue {
        VenueKind::Kamino => {
            kamino::admit_listing(list.reserve, list.parent, asset, args.borrowable)?
        }
        VenueKind::Native => return Err(TrestleError::WrongMarketKind),
    };
    let id = markets.market_count;
    let liquid_share = Weight::clamped(markets.terms.liquid_share);
    let row = markets.markets.get_mut(usize::from(id)).ok_or(TrestleError::TableFull)?;
    *row = MarketRow {
        class: args.class,
        asset: args.asset,
        kind: MarketKind::Lending.byte(),
        address: *list.reserve.key,
        parent: *list.parent.key,
        vault: Pubkey::new_from_array(vault),
        age_init: init,
        age_maint: maint,
        age_hard: hard,
        age_decay: decay,
        deposit_cap: u64::MAX,
        debt_cap: if args.borrowable { u64::MAX } else { 0 },
        ..MarketRow::zeroed()
    };
    write_row(venue, row, list.reserve, list.parent, liquid_share, now()?)?;
    markets.market_count = id.checked_add(1).ok_or(TrestleError::TableFull)?;
    Ok(())
}
