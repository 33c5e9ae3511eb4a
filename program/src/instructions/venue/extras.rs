//! `open_farm`, `claim_venue`, `venue_group`: what Kamino has besides.

use crate::Result;
use crate::accounts::Context;
use crate::dispatch::{Operation, Permit};
use crate::effect::{MayWorsen, NeverWorsens};
use crate::venues::{kamino, venue_of};
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{ClaimVenueAccounts, OpenFarmAccounts, Role, VenueGroupAccounts};
use trestle_interface::args::{ClaimArgs, FarmArgs, VenueGroupArgs};
use trestle_interface::permission::Permission;
use trestle_interface::state::{MarketKind, MarketRow, VenueKind};

/// Opens a stake in a reserve's farm.
pub(crate) struct OpenFarm;
/// Claims a reward into custody.
pub(crate) struct Claim;
/// Enters or leaves an elevation group. Checked: thresholds change.
pub(crate) struct ChangeGroup;

impl Operation for OpenFarm {
    type Args = FarmArgs;
    type Effect = NeverWorsens;
    const PERMISSION: Permission = Permission::ARRANGE;
    const TRACE: u32 = 6;
    const ROLES: &'static [Role] = OpenFarmAccounts::<()>::ROLES;
    const TRAILING: bool = true;
    const CALLS_VENUE: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<NeverWorsens> {
        let (list, _) = OpenFarmAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
        let row = kamino_row(context, args.market)?;
        kamino::open_farm(context, accounts, &list, &row, args.debt)?;
        Ok(NeverWorsens)
    }
}

impl Operation for Claim {
    type Args = ClaimArgs;
    type Effect = NeverWorsens;
    const PERMISSION: Permission = Permission::ARRANGE;
    const TRACE: u32 = 3;
    const ROLES: &'static [Role] = ClaimVenueAccounts::<()>::ROLES;
    const TRAILING: bool = true;
    const CALLS_VENUE: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<NeverWorsens> {
        let (list, _) = ClaimVenueAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
        let row = kamino_row(context, args.market)?;
        kamino::claim(context, accounts, &list, &row, args)?;
        Ok(NeverWorsens)
    }
}

impl Operation for ChangeGroup {
    type Args = VenueGroupArgs;
    type Effect = MayWorsen;
    const PERMISSION: Permission = Permission::ARRANGE;
    const TRACE: u32 = 3;
    const ROLES: &'static [Role] = VenueGroupAccounts::<()>::ROLES;
    const TRAILING: bool = true;
    const CALLS_VENUE: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<MayWorsen> {
        let (list, _) = VenueGroupAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
        let row = kamino_row(context, args.market)?;
        kamino::change_group(context, accounts, &list, &row, args.elevation_group)?;
        Ok(MayWorsen)
    }
}

fn kamino_row(context: &Context<'_, '_>, market: u16) -> Result<MarketRow> {
    let row = *context.market(market, MarketKind::Lending)?;
    match venue_of(&context.markets, &row)? {
        VenueKind::Kamino => Ok(row),
        VenueKind::Native => Err(TrestleError::WrongMarketKind),
    }
}
