//! `settle_bad_debt`: one pool debt of a bankrupt account goes, and somebody
//! bears it: what is left of the account in the pool's asset, the pool's
//! insurance within what its epoch allows, then the lenders through the
//! deposit index, rounded down. Pool and board row change in one instruction,
//! so no check ever sees the one without the other.

use super::{expect_bankrupt, fresh_health, place_at};
use crate::Result;
use crate::accounts::{
    Context, Custody, PoolHandle, TokenRefs, check_all, expect_address, read_in, write_in,
};
use crate::event;
use crate::instructions::refresh::write_pool;
use crate::slab::Place;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::SettleBadDebtAccounts;
use trestle_interface::args::MarketArgs;
use trestle_interface::event::Settled;
use trestle_interface::state::{MarketKind, MarketsPage, Pool, PositionKind};
use trestle_interface::view::Now;
use trestle_interface::wire::decode;
use trestle_risk_math::MathError;
use trestle_risk_math::liquidation::{LossSplit, split_loss_within};
use trestle_risk_math::num::{Weight, high64, low64};
use trestle_risk_math::pool::Repayment;

type List<'a, 'i> = SettleBadDebtAccounts<&'a AccountInfo<'i>>;

/// Runs it.
#[inline(never)]
pub(crate) fn settle_bad_debt(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    let args: MarketArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, SettleBadDebtAccounts::<()>::ROLES)?;
    let (list, _) = SettleBadDebtAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let (group, now) = settle(program_id, &list, args.market)?;
    let pool = read_in::<Pool>(list.pool, program_id, &group)?;
    let mut page = write_in::<MarketsPage>(list.markets, program_id, &group)?;
    let liquid_share = Weight::clamped(page.terms.liquid_share);
    let row = page.markets.get_mut(usize::from(args.market)).ok_or(TrestleError::UnknownRow)?;
    write_pool(row, &pool, liquid_share, now)
}

/// Everything but the board's row. Returns the group and the time.
#[inline(never)]
fn settle(program_id: &Pubkey, list: &List<'_, '_>, market: u16) -> Result<(Pubkey, Now)> {
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    // nobody signs: the account stands in for the signer
    let mut context = Context::open(
        program_id,
        list.account,
        list.account,
        &mut bytes,
        list.prices,
        list.markets,
    )?;
    let row = *context.market(market, MarketKind::Pool)?;
    expect_address(list.pool, &row.address)?;
    let debt = place_at(&row, market, PositionKind::PoolDebt);
    let owed = context.margin.units(debt.key())?;
    if owed == 0 {
        return Err(TrestleError::NoPosition);
    }
    let health = fresh_health(&context)?;
    expect_bankrupt(&context, &health)?;
    let (group, now) = (context.margin.fixed.header.group, context.now);
    let mut pool = PoolHandle::load(
        program_id,
        &group,
        list.pool,
        list.vault,
        list.mint,
        list.token_program,
        now,
    )?;
    let index_before = pool.books.deposit_index.q64();
    let mut left = Left { units: owed, recovered: 0 };
    left.take_custody(&mut context, list, row.asset, &mut pool)?;
    left.take_deposit(&mut context, place_at(&row, market, PositionKind::PoolDeposit), &mut pool)?;
    let split = bear(&mut pool, left.units, now)?;
    let mark = context.margin.mark_of(debt.key());
    pool.losses.unmark(mark.owed, mark.slot);
    pool.store(program_id)?;
    context.margin.debit(debt.key(), owed)?;
    let fixed = &mut context.margin.fixed;
    fixed.last_check_slot = now.slot;
    if fixed.has_debt == 0 {
        (fixed.health_bucket, fixed.flagged_slot) = (0, 0);
    }
    let fact = Settled {
        pool: *list.pool.key,
        market,
        units: owed,
        recovered: left.recovered,
        loss: split.loss,
        insurance: split.insurance,
        lenders: split.lenders,
        index_before,
        index_after: pool.books.deposit_index.q64(),
    };
    event::publish(&mut context, &fact);
    Ok((group, now))
}

/// Cancels the units that nobody repays: insurance within its epoch's
/// allowance, then lenders.
fn bear(pool: &mut PoolHandle<'_, '_>, units: u64, now: Now) -> Result<LossSplit> {
    if units == 0 {
        return Ok(LossSplit::default());
    }
    let allowed = pool.losses.allowance(high64(pool.books.insurance), now.unix);
    let split = split_loss_within(&mut pool.books, units, u128::from(allowed) << 64)?;
    let part = u64::from(low64(split.insurance) != 0);
    pool.losses.spend(high64(split.insurance).saturating_add(part));
    Ok(split)
}

/// Debt that is still there, and what was repaid of it.
struct Left {
    units: u64,
    recovered: u64,
}

impl Left {
    /// Repays from custody of the pool's asset. A custody that was frozen or
    /// tampered with holds nothing that can be had, and is no shield.
    fn take_custody<'i>(
        &mut self,
        context: &mut Context<'_, 'i>,
        list: &List<'_, 'i>,
        asset: u8,
        pool: &mut PoolHandle<'_, 'i>,
    ) -> Result<()> {
        if context.margin.find(Place::custody(asset, 0).key()).is_none() {
            return Ok(());
        }
        let refs = TokenRefs {
            custody: list.custody,
            custody_owner: list.custody_owner,
            mint: list.mint,
            token_program: list.token_program,
        };
        let custody = match Custody::load(context, refs, asset) {
            Ok(custody) => custody,
            Err(
                TrestleError::TokenFrozen
                | TrestleError::CustodyEncumbered
                | TrestleError::WrongTokenOwner
                | TrestleError::Corrupt,
            ) => return Ok(()),
            Err(error) => return Err(error),
        };
        let Some(wanted) = self.repayment(pool, custody.units)? else { return Ok(()) };
        let paid = custody.pay(context, pool.vault, wanted.tokens)?;
        if pool.received()? != paid {
            return Err(TrestleError::TransferMismatch);
        }
        pool.books.repay(wanted)?;
        context.margin.debit(custody.place.key(), paid)?;
        self.note(wanted);
        Ok(())
    }

    /// Sets the account's deposit in the pool off against the debt.
    fn take_deposit(
        &mut self,
        context: &mut Context<'_, '_>,
        deposit: Place,
        pool: &mut PoolHandle<'_, '_>,
    ) -> Result<()> {
        let held = context.margin.units(deposit.key())?;
        let worth = pool.books.deposit_index.tokens_floor(held)?;
        let Some(wanted) = self.repayment(pool, worth)? else { return Ok(()) };
        let given = pool.books.units_for(wanted.tokens)?.min(held);
        pool.books.offset(given, wanted.units)?;
        context.margin.debit(deposit.key(), given)?;
        self.note(wanted);
        Ok(())
    }

    /// What so many tokens repay; `None` where that is not a unit of debt.
    fn repayment(&self, pool: &PoolHandle<'_, '_>, tokens: u64) -> Result<Option<Repayment>> {
        match pool.books.repayment(tokens, self.units) {
            Ok(wanted) => Ok(Some(wanted)),
            Err(MathError::ZeroAmount) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    const fn note(&mut self, paid: Repayment) {
        self.units = self.units.saturating_sub(paid.units);
        self.recovered = self.recovered.saturating_add(paid.tokens);
    }
}
