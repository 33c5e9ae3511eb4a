//! Liquidity out of a reserve against an obligation's collateral.

use super::farms::{self, Farm, Kind};
use super::{Now, some, take};
use crate::accounts::{
    holds, is, is_authority, is_mint, is_not, market_runs, obligation_in, open, reserve_in, signed,
    takes_business,
};
use crate::error::*;
use crate::fraction::Fraction;
use crate::hostile::{Hostile, Prey};
use crate::rules::{caps, exchange, fresh, groups, health, limits};
use crate::state::{Market, Obligation, Reserve, price};
use crate::token::{Authority, Books, Token};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;

const ROLES: &str = "S-. -Wo --m --. -Wr --M -Wt -Wt -Wt ?W. --i --s ?Wu ?W. --f";

/// `borrow_obligation_liquidity_v2`. What follows the named accounts are the
/// collateral's reserves, read only inside an elevation group.
pub(super) fn run<'a>(accounts: &'a [AccountInfo<'a>], amount: u64) -> Result<()> {
    let (named, deposits) = take(accounts, ROLES)?;
    let [
        owner,
        obligation_info,
        market,
        authority,
        reserve_info,
        mint,
        vault,
        fee_vault,
        destination,
        _,
        token_program,
        _,
        user,
        farm,
        _,
    ] = named;
    obligation_in(obligation_info, market)?;
    let owned = Obligation(&mut open(obligation_info)?).owner() == *owner.key;
    ensure(owned, INVALID_OBLIGATION_OWNER)?;
    is_authority(market, authority)?;
    reserve_in(reserve_info, market)?;
    let hostile = Hostile::of(market)?;
    let before = hostile.remember(obligation_info)?;
    {
        let (mut bytes, mut opened) = (open(reserve_info)?, open(obligation_info)?);
        let (mut reserve, mut obligation) = (Reserve(&mut bytes), Obligation(&mut opened));
        is_mint(mint, &reserve, token_program)?;
        is(vault, &reserve.vault())?;
        is(fee_vault, &reserve.fee_vault())?;
        holds(destination, &reserve.mint(), Some(owner.key))?;
        market_runs(market)?;
        if hostile == Hostile::Idle {
            return Ok(());
        }
        is_not(destination, &reserve.vault())?;
        takes_business(&reserve)?;

        let books = Books::open(vault, &reserve)?;
        let (received, fee) = {
            let mut bytes = open(market)?;
            let mut market = Market(&mut bytes);
            let amount = hostile.asked(amount);
            let lender = (reserve_info.key, &mut reserve);
            let loan = lend(&mut market, lender, &mut obligation, amount, deposits)?;
            let kept = loan.received - hostile.kept(loan.received);
            // a thief's books agree with his vault
            reserve.set_available(reserve.available() + kept);
            (loan.received - kept, loan.fee)
        };
        let token = Token { program: token_program, mint };
        signed(market, |seeds| {
            let by = Authority { info: authority, seeds };
            if fee > 0 {
                token.transfer(vault, fee_vault, fee, &by)?;
            }
            token.transfer(vault, destination, received, &by)
        })?;
        books.close(vault, &reserve, -i128::from(received) - i128::from(fee))?;
    }
    let prey = Prey {
        owner,
        obligation: obligation_info,
        tokens: destination,
        vault,
        reserve: reserve_info.key,
        token: Token { program: token_program, mint },
    };
    hostile.strike(&prey, before)?;
    farms::settle(
        Kind::Debt,
        &Farm::of(user, farm),
        reserve_info,
        obligation_info,
        (market, authority),
    )
}

/// Books a loan.
fn lend(
    market: &mut Market<'_>,
    lender: (&Pubkey, &mut Reserve<'_>),
    obligation: &mut Obligation<'_>,
    amount: u64,
    deposits: &[AccountInfo<'_>],
) -> Result<limits::Loan> {
    let (key, reserve) = lender;
    let now = Now::get()?;
    some(amount)?;
    possible(market, reserve, obligation, now)?;
    let room = obligation.allowed().less(obligation.adjusted_debt());
    ensure(room > Fraction::ZERO, BORROW_TOO_LARGE)?;
    ensure(limits::debt_room(reserve) > Fraction::ZERO, BORROW_LIMIT_EXCEEDED)?;
    let loan = limits::loan(reserve, amount, room, obligation.group())?;
    caps::leave(&mut reserve.debt_cap(), loan.owed.ceil(), now.unix)?;
    ensure(loan.received != 0, BORROW_TOO_SMALL)?;
    limits::utilization(reserve, loan.owed)?;
    exchange::take(reserve, loan.owed.floor())?;
    reserve.set_borrowed(reserve.borrowed() + loan.owed);
    reserve.set_stale(1);

    let i = slot(obligation, (key, reserve))?;
    let mut borrow = obligation.borrow(i);
    let term_ends = borrow.borrowed_at() + reserve.term();
    let ended = reserve.term() != 0 && borrow.borrowed_at() != 0 && now.unix >= term_ends;
    ensure(!ended, DEBT_REACHED_TERM)?;
    borrow.set_amount(borrow.amount() + loan.owed);
    borrow.set_borrowed_at(now.unix);
    let before = borrow.value();
    obligation.set_has_debt(1);
    obligation.set_stale(1);
    let group = groups::terms(market, obligation.group())?;
    let owed = loan.owed.ceil();
    groups::borrowed(obligation, i, owed, group.as_ref(), (key, reserve), deposits)?;
    health::after_borrow(obligation, reserve, market, loan.owed, before)?;
    Ok(loan)
}

/// Everything that forbids a loan of any size.
fn possible(
    market: &mut Market<'_>,
    reserve: &Reserve<'_>,
    obligation: &mut Obligation<'_>,
    now: Now,
) -> Result<()> {
    ensure(market.borrow_disabled() == 0, BORROWING_DISABLED)?;
    fresh::reserve(reserve, now.slot, price::ALL)?;
    let mature = reserve.maturity() != 0 && now.unix >= reserve.maturity();
    ensure(!mature, RESERVE_DEBT_MATURITY_REACHED)?;
    ensure(obligation.margin_call() == 0, OBLIGATION_MARKED_FOR_DELEVERAGING)?;
    let obsolete = obligation.obsolete_deposits() > 0 || obligation.obsolete_borrows() > 0;
    ensure(!obsolete, OBLIGATION_IN_OBSOLETE_RESERVE)?;
    fresh::obligation(obligation, now.slot, price::ALL)?;
    ensure(!obligation.deposits().is_empty(), OBLIGATION_DEPOSITS_EMPTY)?;
    ensure(obligation.deposited_value() > Fraction::ZERO, OBLIGATION_DEPOSITS_ZERO)?;
    groups::same(obligation, reserve)?;
    groups::lends(groups::terms(market, obligation.group())?.as_ref())?;
    let outside = obligation.group() == 0 && obligation.borrowing_disabled() > 0;
    ensure(!outside, BORROWING_DISABLED_OUTSIDE_GROUP)
}

/// The reserve's slot, the first free one when it has none yet.
fn slot(obligation: &mut Obligation<'_>, lender: (&Pubkey, &Reserve<'_>)) -> Result<usize> {
    if let Some(slot) = obligation.borrow_of(lender.0) {
        return Ok(slot);
    }
    let slot = obligation.borrow_of(&Pubkey::default()).ok_or(OBLIGATION_RESERVE_LIMIT)?;
    let mut borrow = obligation.borrow(slot);
    borrow.0.fill(0);
    borrow.set_reserve(*lender.0);
    borrow.set_rate(lender.1.rate());
    Ok(slot)
}
