//! Lend-only positions: supply a pool without a margin account or a seat.

use crate::Result;
use crate::accounts::{
    PoolHandle, check_all, create, expect_address, now, read, read_mut, tokens_of,
};
use crate::cpi::{self, Signer};
use crate::event;
use crate::instructions::account::erase;
use crate::instructions::bounds::expect_at_least;
use crate::instructions::pool::pay_from_vault;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::{CloseLenderAccounts, LenderAccounts, OpenLenderAccounts};
use trestle_interface::args::{LenderRedeemArgs, LenderSupplyArgs};
use trestle_interface::state::{Lender, Pool};
use trestle_interface::view::Now;
use trestle_interface::wire::decode;
use trestle_interface::{TrestleError, pda};

/// `open_lender`.
#[inline(never)]
pub(crate) fn open(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    if !data.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    check_all(accounts, OpenLenderAccounts::<()>::ROLES)?;
    let (list, _) = OpenLenderAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let group = read::<Pool>(list.pool, program_id)?.header.group;
    create::<Lender>(
        program_id,
        list.payer,
        list.lender,
        list.system_program,
        &[pda::LENDER, list.pool.key.as_ref(), list.owner.key.as_ref()],
        group,
        0,
    )?;
    let mut lender = read_mut::<Lender>(list.lender, program_id)?;
    lender.pool = *list.pool.key;
    lender.owner = *list.owner.key;
    event::log(list.lender.key, [lender.sequence; 2], &lender.event(true));
    Ok(())
}

/// A checked lender list with its pool, accrued to now.
struct Parts<'a, 'i> {
    list: LenderAccounts<&'a AccountInfo<'i>>,
    pool: PoolHandle<'a, 'i>,
    units: u64,
    now: Now,
}

impl<'a, 'i> Parts<'a, 'i> {
    fn load(program_id: &Pubkey, accounts: &'a [AccountInfo<'i>]) -> Result<Self> {
        check_all(accounts, LenderAccounts::<()>::ROLES)?;
        let (list, _) = LenderAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
        let (group, units) = {
            let lender = read::<Lender>(list.lender, program_id)?;
            if lender.owner != *list.owner.key {
                return Err(TrestleError::NotOwner);
            }
            expect_address(list.pool, &lender.pool)?;
            (lender.header.group, lender.units)
        };
        let now = now()?;
        let pool = PoolHandle::load(
            program_id,
            &group,
            list.pool,
            list.vault,
            list.mint,
            list.token_program,
            now,
        )?;
        Ok(Self { list, pool, units, now })
    }

    /// Writes pool and position back.
    fn store(&self, program_id: &Pubkey, units: u64) -> Result<()> {
        self.pool.store(program_id)?;
        let mut lender = read_mut::<Lender>(self.list.lender, program_id)?;
        let previous = lender.sequence;
        lender.units = units;
        lender.sequence = previous.wrapping_add(1);
        event::log(self.list.lender.key, [previous, lender.sequence], &lender.event(true));
        Ok(())
    }
}

/// `lender_supply`.
#[inline(never)]
pub(crate) fn supply(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: LenderSupplyArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    if args.amount == 0 {
        return Err(TrestleError::ZeroAmount);
    }
    let mut parts = Parts::load(program_id, accounts)?;
    let (list, pool) = (&parts.list, &mut parts.pool);
    let source = tokens_of(list.tokens, pool.token_program.key, pool.mint.key)?;
    if source.amount < args.amount {
        return Err(TrestleError::InsufficientTokens);
    }
    cpi::transfer(
        pool.token_program,
        list.tokens,
        pool.mint,
        pool.vault,
        list.owner,
        args.amount,
        pool.decimals,
        &Signer::Transaction,
    )?;
    let received = pool.received()?;
    let credited = pool.books.supply(received)?;
    expect_at_least(credited, args.min_units)?;
    if pool.books.deposits()? > pool.deposit_cap {
        return Err(TrestleError::DepositCap);
    }
    let units = parts.units.checked_add(credited).ok_or(TrestleError::Overflow)?;
    parts.store(program_id, units)
}

/// `lender_redeem`.
#[inline(never)]
pub(crate) fn redeem(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: LenderRedeemArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    let mut parts = Parts::load(program_id, accounts)?;
    parts.pool.expect_settled(parts.now)?;
    let pool = &mut parts.pool;
    if parts.units == 0 {
        return Err(TrestleError::NoPosition);
    }
    let units = if args.all { parts.units } else { pool.books.units_for(args.amount)? };
    let left = parts.units.checked_sub(units).ok_or(TrestleError::ExceedsPosition)?;
    tokens_of(parts.list.tokens, pool.token_program.key, pool.mint.key)?;
    let tokens = pool.books.redeem(units)?;
    expect_at_least(tokens, args.min_tokens)?;
    pay_from_vault(pool, parts.list.tokens, tokens)?;
    parts.store(program_id, left)
}

/// `close_lender`.
#[inline(never)]
pub(crate) fn close(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    if !data.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    check_all(accounts, CloseLenderAccounts::<()>::ROLES)?;
    let (list, _) = CloseLenderAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    {
        let lender = read::<Lender>(list.lender, program_id)?;
        if lender.owner != *list.owner.key {
            return Err(TrestleError::NotOwner);
        }
        if lender.units != 0 {
            return Err(TrestleError::NotEmpty);
        }
        event::log(list.lender.key, [lender.sequence; 2], &lender.event(false));
    }
    erase(list.lender, list.owner)
}
