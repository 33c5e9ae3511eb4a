//! `set_access`: phase, cohort root and number of seats.

use crate::Result;
use crate::accounts::{check_all, read_mut};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::GroupAccounts;
use trestle_interface::args::SetAccessArgs;
use trestle_interface::cohort::EMPTY;
use trestle_interface::state::{Group, Phase};
use trestle_interface::wire::decode;

/// Runs it. Takes effect at once: there is **no timelock yet**, not for the
/// root either.
///
/// The phase never goes back, so what the group has promised stands; the cap
/// never falls below the seats taken, so no seat is taken away. A new root
/// invites others and changes no seat.
#[inline(never)]
pub(crate) fn set_access(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: SetAccessArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, GroupAccounts::<()>::ROLES)?;
    let (list, _) = GroupAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let mut group = read_mut::<Group>(list.group, program_id)?;
    if group.admin != *list.admin.key {
        return Err(TrestleError::NotAuthority);
    }
    let now = Phase::from_byte(group.phase).ok_or(TrestleError::Corrupt)?;
    let next = Phase::from_byte(args.phase).ok_or(TrestleError::OutOfRange)?;
    if next < now {
        return Err(TrestleError::PhaseBack);
    }
    if args.seat_cap < group.seat_count {
        return Err(TrestleError::SeatCapTooLow);
    }
    if next == Phase::Cohort && args.root == EMPTY {
        return Err(TrestleError::OutOfRange);
    }
    // a changed root is what the queue of proposals will hold back
    group.cohort_root = args.root;
    group.seat_cap = args.seat_cap;
    group.phase = next.byte();
    Ok(())
}
