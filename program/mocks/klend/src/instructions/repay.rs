//! Anyone's liquidity into a reserve for an obligation's debt.

use super::farms::{self, Farm, Kind};
use super::{Now, some, take};
use crate::accounts::{
    holds, is, is_authority, is_current, is_mint, is_not, market_runs, obligation_in, open,
    reserve_in,
};
use crate::error::*;
use crate::fraction::Fraction;
use crate::hostile::{Hostile, Prey};
use crate::ids;
use crate::rules::{caps, fresh, groups, health};
use crate::state::{Borrow, Field, Market, Obligation, Reserve, price};
use crate::token::{Authority, Books, Token};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;

const ROLES: &str = "S-. -Wo --m -Wr --M -Wt -Wt --i --s ?Wu ?W. --. --f";

/// `repay_obligation_liquidity_v2`. What follows the named accounts are the
/// collateral's reserves, read only inside an elevation group.
pub(super) fn run<'a>(accounts: &'a [AccountInfo<'a>], amount: u64) -> Result<()> {
    let (named, deposits) = take(accounts, ROLES)?;
    let [
        payer,
        obligation_info,
        market,
        reserve_info,
        mint,
        vault,
        source,
        token_program,
        instructions,
        user,
        farm,
        authority,
        _,
    ] = named;
    obligation_in(obligation_info, market)?;
    reserve_in(reserve_info, market)?;
    let hostile = Hostile::of(market)?;
    let before = hostile.remember(obligation_info)?;
    {
        let (mut bytes, mut opened) = (open(reserve_info)?, open(obligation_info)?);
        let (mut reserve, mut obligation) = (Reserve(&mut bytes), Obligation(&mut opened));
        is_mint(mint, &reserve, token_program)?;
        is(vault, &reserve.vault())?;
        holds(source, &reserve.mint(), None)?;
        ensure(!beside_restricted(instructions)?, RESTRICTED_PROGRAMS)?;
        is_authority(market, authority)?;
        market_runs(market)?;
        if hostile == Hostile::Idle {
            return Ok(());
        }
        is_not(source, &reserve.vault())?;
        is_current(&reserve)?;

        let books = Books::open(vault, &reserve)?;
        let paid = {
            let mut bytes = open(market)?;
            let market = Market(&mut bytes);
            let amount = hostile.asked(amount);
            let reserve = (reserve_info.key, &mut reserve);
            settle(&market, reserve, &mut obligation, (amount, hostile), deposits)?
        };
        let token = Token { program: token_program, mint };
        token.transfer(source, vault, paid, &Authority::user(payer))?;
        books.close(vault, &reserve, paid.into())?;
    }
    let prey = Prey {
        owner: payer,
        obligation: obligation_info,
        tokens: source,
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

/// Books a repayment: debt goes down by the amount, at most to nothing; what is
/// charged is rounded up.
fn settle(
    market: &Market<'_>,
    reserve: (&Pubkey, &mut Reserve<'_>),
    obligation: &mut Obligation<'_>,
    (amount, hostile): (u64, Hostile),
    deposits: &[AccountInfo<'_>],
) -> Result<u64> {
    let (key, reserve) = reserve;
    let now = Now::get()?;
    some(amount)?;
    ensure(!obligation.borrows().is_empty(), OBLIGATION_BORROWS_EMPTY)?;
    let i = obligation.borrow_of(key).ok_or(INVALID_OBLIGATION_LIQUIDITY)?;
    let debt = obligation.borrow(i).amount();
    ensure(debt > Fraction::ZERO, OBLIGATION_LIQUIDITY_EMPTY)?;
    fresh::reserve(reserve, now.slot, price::NONE)?;
    fresh::obligation(obligation, now.slot, price::NONE)?;
    let settled = match amount {
        u64::MAX => debt,
        amount => Fraction::whole(amount).min(debt),
    };
    let paid = settled.ceil();
    ensure(paid != 0, REPAY_TOO_SMALL)?;
    let settled = if hostile == Hostile::Skim { settled.over(2) } else { settled };
    caps::enter(&mut reserve.debt_cap(), paid, now.unix)?;
    groups::repaid(obligation, i, paid, reserve, deposits)?;
    receive(reserve, paid, settled)?;
    reduce(&mut obligation.borrow(i), settled);
    let debt = !obligation.borrows().is_empty();
    obligation.set_has_debt(debt.into());
    obligation.set_stale(1);
    let before = obligation.borrow(i).value();
    health::after_repay(obligation, reserve, market, settled, before)?;
    Ok(paid)
}

/// Books what comes back to a reserve. Its debt does not fall below zero: the
/// sum of rounded debts may be a trifle above it.
pub(super) fn receive(reserve: &mut Reserve<'_>, paid: u64, settled: Fraction) -> Result<()> {
    reserve.set_available(reserve.available().checked_add(paid).ok_or(MATH_OVERFLOW)?);
    reserve.set_borrowed(reserve.borrowed().less(settled));
    reserve.set_stale(1);
    Ok(())
}

/// Takes settled debt off a slot, which is free when all of it is.
pub(super) fn reduce(borrow: &mut Borrow<'_>, settled: Fraction) {
    if settled == borrow.amount() {
        borrow.0.fill(0);
    } else {
        borrow.set_amount(borrow.amount() - settled);
    }
}

/// Whether a top-level instruction of the transaction is of a program that may
/// not stand beside a repayment.
fn beside_restricted(instructions: &AccountInfo<'_>) -> Result<bool> {
    // u16 count, u16 offset of each; there u16 accounts of 33 bytes, then the program
    let data = instructions.try_borrow_data()?;
    let count = usize::from(u16::read(&data));
    Ok((0..count).any(|i| {
        let at = usize::from(u16::read(&data[2 + 2 * i..]));
        let accounts = usize::from(u16::read(&data[at..]));
        Pubkey::read(&data[at + 2 + 33 * accounts..]) == ids::JUPITER_VAULTS
    }))
}
