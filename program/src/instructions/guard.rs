//! Guards: operations that move nothing and fail when the world is not as
//! the signer thought. Alone they protect what follows in the transaction; in
//! a batch each sees the state as the operations before it left it. One that
//! reads a venue stores what it found, as `refresh_account` does.

use crate::Result;
use crate::accounts::Context;
use crate::dispatch::{Operation, Permit};
use crate::effect::Reads;
use crate::venues::read_indebted;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{GuardAccounts, Role};
use trestle_interface::args::{
    AssertDeadlineArgs, AssertHealthArgs, AssertRateArgs, AssertSequenceArgs,
};
use trestle_interface::permission::Permission;
use trestle_risk_math::portfolio::Level;

/// The account's sequence number. A batch counts its operations at its end.
pub(crate) struct AssertSequence;
/// A floor of health at one level. Venue accounts that owe something are read
/// now where they are passed; otherwise they count as in `get_health`.
pub(crate) struct AssertHealth;
/// A bound of a rate on the board.
pub(crate) struct AssertRate;
/// A time, or a slot, until which the transaction is meant.
pub(crate) struct AssertDeadline;

impl Operation for AssertSequence {
    type Args = AssertSequenceArgs;
    type Effect = Reads;
    const PERMISSION: Permission = Permission::GUARD;
    const TRACE: u32 = 0;
    const ROLES: &'static [Role] = GuardAccounts::<()>::ROLES;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        _: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<Reads> {
        let found = context.margin.fixed.sequence;
        if found == args.expected { Ok(Reads) } else { Err(TrestleError::WrongSequence) }
    }
}

impl Operation for AssertHealth {
    type Args = AssertHealthArgs;
    type Effect = Reads;
    const PERMISSION: Permission = Permission::GUARD;
    const TRACE: u32 = 0;
    const ROLES: &'static [Role] = GuardAccounts::<()>::ROLES;
    const TRAILING: bool = true;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<Reads> {
        let level = level(args.level)?;
        if context.margin.uses_venues() && context.margin.has_debt() {
            read_indebted(context, accounts)?;
            context.margin.expect_known()?;
        }
        let health = context.health(context.margin.positions())?;
        let found = health.at(level).ok_or(TrestleError::StaleDebt)?;
        if found >= args.min { Ok(Reads) } else { Err(TrestleError::HealthBelow) }
    }
}

impl Operation for AssertRate {
    type Args = AssertRateArgs;
    type Effect = Reads;
    const PERMISSION: Permission = Permission::GUARD;
    const TRACE: u32 = 0;
    const ROLES: &'static [Role] = GuardAccounts::<()>::ROLES;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        _: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<Reads> {
        let row = context.markets.market(args.market).ok_or(TrestleError::UnknownRow)?;
        // a row from the future, which cannot be, would count as ages old
        if context.now.slot.wrapping_sub(row.slot) > u64::from(args.max_age) {
            return Err(TrestleError::RateAge);
        }
        let keeps =
            if args.debt { row.borrow_apr <= args.bound } else { row.supply_apr >= args.bound };
        if keeps { Ok(Reads) } else { Err(TrestleError::RateBeyond) }
    }
}

impl Operation for AssertDeadline {
    type Args = AssertDeadlineArgs;
    type Effect = Reads;
    const PERMISSION: Permission = Permission::GUARD;
    const TRACE: u32 = 0;
    const ROLES: &'static [Role] = GuardAccounts::<()>::ROLES;

    #[inline(never)]
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        _: &[AccountInfo<'i>],
        args: &Self::Args,
        _: Permit,
    ) -> Result<Reads> {
        let passed = context.now.unix > args.unix || context.now.slot > args.slot;
        if passed { Err(TrestleError::DeadlinePassed) } else { Ok(Reads) }
    }
}

fn level(number: u8) -> Result<Level> {
    match number {
        0 => Ok(Level::Init),
        1 => Ok(Level::LiqEnd),
        2 => Ok(Level::Maint),
        _ => Err(TrestleError::OutOfRange),
    }
}
