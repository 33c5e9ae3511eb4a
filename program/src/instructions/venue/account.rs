//! `open_venue` and `close_venue`: places of the venue account table.

use crate::Result;
use crate::accounts::Context;
use crate::dispatch::{Operation, Permit};
use crate::effect::NeverWorsens;
use crate::venues::{kamino, place_of, venue_of};
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{CloseVenueAccounts, OpenVenueAccounts, Role};
use trestle_interface::args::{MarketArgs, NoArgs};
use trestle_interface::permission::Permission;
use trestle_interface::state::{MarketKind, VenueAccount, VenueKind};

/// Opens an account at a venue, owned by the authority.
pub(crate) struct Open;

impl Operation for Open {
    type Args = MarketArgs;
    type Effect = NeverWorsens;
    const PERMISSION: Permission = Permission::ARRANGE;
    // two payments, metadata and obligation, each with its system calls
    const TRACE: u32 = 10;
    const ROLES: &'static [Role] = OpenVenueAccounts::<()>::ROLES;
    const TRAILING: bool = true;
    const CALLS_VENUE: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<NeverWorsens> {
        let (list, _) = OpenVenueAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
        let row = *context.market(args.market, MarketKind::Lending)?;
        context.expect_active(&row)?;
        match venue_of(&context.markets, &row)? {
            VenueKind::Kamino => kamino::open(context, accounts, &list, &row)?,
            VenueKind::Native => return Err(TrestleError::WrongMarketKind),
        }
        Ok(NeverWorsens)
    }
}

/// Gives up the place of a venue account in which nothing is left. Lamports
/// that the venue gave back stay with the authority until the account closes.
pub(crate) struct Close;

impl Operation for Close {
    type Args = NoArgs;
    type Effect = NeverWorsens;
    const PERMISSION: Permission = Permission::CLOSE;
    const TRACE: u32 = 0;
    const ROLES: &'static [Role] = CloseVenueAccounts::<()>::ROLES;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        _: &Self::Args,
        _: Permit,
    ) -> Result<NeverWorsens> {
        let (list, _) = CloseVenueAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
        let place = place_of(&context.margin, list.venue_account.key)?;
        if context.margin.positions().iter().any(|p| p.venue_account == place) {
            return Err(TrestleError::VenueAccountInUse);
        }
        let table = &mut context.margin.fixed.venue_accounts;
        let account = table.get_mut(usize::from(place)).ok_or(TrestleError::Corrupt)?;
        if account.has(VenueAccount::UNKNOWN) || account.has(VenueAccount::OWES) {
            return Err(TrestleError::VenueAccountInUse);
        }
        *account = VenueAccount::default();
        let used = table.iter().filter(|account| !account.is_free());
        let bits = used.fold(0_u16, |bits, a| bits | 1_u16.wrapping_shl(u32::from(a.class)));
        context.margin.fixed.venue_bitmap = bits;
        Ok(NeverWorsens)
    }
}
