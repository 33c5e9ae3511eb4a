//! Receipts out of an obligation, redeemed at once.

use super::farms::{self, Farm, Kind};
use super::{Now, receipts, some, take};
use crate::accounts::{
    holds, is, is_authority, is_current, is_mint, is_not, market_runs, obligation_in,
    obligation_of, open, reserve_in, signed,
};
use crate::error::*;
use crate::fraction::Fraction;
use crate::hostile::{Hostile, Prey};
use crate::ids;
use crate::rules::{exchange, fresh, groups, health};
use crate::state::{Market, Obligation, Reserve, price};
use crate::token::{Authority, Books, Token};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;

const ROLES: &str = "SW. -Wo --m --. -Wr --M -Wt -WM -Wt -Wt ?-. --T --i --s ?Wu ?W. --f";

/// `withdraw_obligation_collateral_and_redeem_reserve_collateral_v2`.
pub(super) fn run<'a>(accounts: &'a [AccountInfo<'a>], amount: u64) -> Result<()> {
    let (named, _) = take(accounts, ROLES)?;
    let [
        owner,
        obligation_info,
        market,
        authority,
        reserve_info,
        mint,
        ctoken_vault,
        ctoken_mint,
        vault,
        destination,
        _,
        ctoken_program,
        token_program,
        _,
        user,
        farm,
        _,
    ] = named;
    obligation_in(obligation_info, market)?;
    obligation_of(obligation_info, owner)?;
    is_authority(market, authority)?;
    reserve_in(reserve_info, market)?;
    let hostile = Hostile::of(market)?;
    let before = hostile.remember(obligation_info)?;
    let empty = {
        let (mut bytes, mut opened) = (open(reserve_info)?, open(obligation_info)?);
        let (mut reserve, mut obligation) = (Reserve(&mut bytes), Obligation(&mut opened));
        is_mint(mint, &reserve, token_program)?;
        is(ctoken_vault, &reserve.ctoken_vault())?;
        is(ctoken_mint, &reserve.ctoken_mint())?;
        is(vault, &reserve.vault())?;
        holds(destination, &reserve.mint(), Some(owner.key))?;
        market_runs(market)?;
        if hostile == Hostile::Idle {
            return Ok(());
        }
        is_current(&reserve)?;
        is_not(destination, &reserve.vault())?;

        let now = Now::get()?;
        let books = Books::open(vault, &reserve)?;
        let taken = {
            let mut bytes = open(market)?;
            let mut market = Market(&mut bytes);
            let reserve = (reserve_info.key, &mut reserve);
            debit(&mut market, reserve, &mut obligation, hostile.asked(amount), now.slot)?
        };
        let paid = receipts::cash(&mut reserve, taken, now, hostile)?;
        let ctoken = Token { program: ctoken_program, mint: ctoken_mint };
        let token = Token { program: token_program, mint };
        signed(market, |seeds| {
            let by = Authority { info: authority, seeds };
            ctoken.burn(ctoken_vault, taken, &by)?;
            token.transfer(vault, destination, paid, &by)
        })?;
        books.close(vault, &reserve, -i128::from(paid))?;
        obligation.deposits().is_empty() && obligation.borrows().is_empty()
    };
    if empty || hostile == Hostile::Close {
        close(obligation_info, owner)?;
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
        Kind::Collateral,
        &Farm::of(user, farm),
        reserve_info,
        obligation_info,
        (market, authority),
    )
}

/// Closes an obligation; its rent goes to the owner.
pub(super) fn close(obligation: &AccountInfo<'_>, owner: &AccountInfo<'_>) -> Result<()> {
    let rent = obligation.lamports();
    **owner.try_borrow_mut_lamports()? += rent;
    **obligation.try_borrow_mut_lamports()? = 0;
    obligation.assign(&ids::SYSTEM);
    obligation.resize(0)
}

/// Books receipts out of an obligation. The amount is clamped to what is there;
/// `u64::MAX` with debt takes what the loan-to-value lets go.
fn debit(
    market: &mut Market<'_>,
    reserve: (&Pubkey, &mut Reserve<'_>),
    obligation: &mut Obligation<'_>,
    amount: u64,
    slot: u64,
) -> Result<u64> {
    let (key, reserve) = reserve;
    some(amount)?;
    let debt = !obligation.borrows().is_empty();
    let demand = if debt { price::ALL } else { price::NONE };
    fresh::reserve(reserve, slot, demand)?;
    fresh::obligation(obligation, slot, demand)?;
    ensure(!obligation.deposits().is_empty(), OBLIGATION_DEPOSITS_EMPTY)?;
    let i = obligation.deposit_of(key).ok_or(INVALID_OBLIGATION_COLLATERAL)?;
    ensure(obligation.deposit(i).amount() != 0, OBLIGATION_COLLATERAL_EMPTY)?;
    let group = groups::terms(market, obligation.group())?;
    if debt {
        groups::lends(group.as_ref())?;
    }
    let obsolete = obligation.obsolete_deposits() > 0 || obligation.obsolete_borrows() > 0;
    // what is in closed reserves has to leave first
    ensure(!obsolete || reserve.status() != 0, OBLIGATION_IN_OBSOLETE_RESERVE)?;

    let (ltv, threshold) = groups::ltv_and_threshold(reserve, group.as_ref());
    let taken = if debt {
        let most = most(obligation, i, ltv)?;
        let deposit = obligation.deposit(i);
        bounded(amount, deposit.amount(), deposit.value(), most)?
    } else {
        amount.min(obligation.deposit(i).amount())
    };
    let mut deposit = obligation.deposit(i);
    let counted = deposit.group_debt();
    if taken == deposit.amount() {
        deposit.0.fill(0);
        groups::leave(reserve, obligation.group(), counted);
    } else {
        deposit.set_amount(deposit.amount() - taken);
    }
    obligation.set_stale(1);
    let before = obligation.deposit(i).value();
    let liquidity = exchange::worth(reserve, taken);
    health::after_withdraw(obligation, reserve, market, liquidity, before, threshold)?;
    Ok(taken)
}

/// USD of collateral that the loan-to-value lets go.
fn most(obligation: &mut Obligation<'_>, deposit: usize, ltv_pct: u8) -> Result<Fraction> {
    let worthless = obligation.deposited_value() == Fraction::ZERO;
    ensure(!worthless, OBLIGATION_DEPOSITS_ZERO)?;
    let room = obligation.allowed().less(obligation.adjusted_debt());
    ensure(room > Fraction::ZERO, MAXIMUM_WITHDRAW_VALUE_ZERO)?;
    let most = match ltv_pct {
        0 => obligation.deposit(deposit).value(),
        ltv => room.times(100).over(ltv.into()),
    };
    ensure(most > Fraction::ZERO, MAXIMUM_WITHDRAW_VALUE_ZERO)?;
    Ok(most)
}

/// Receipts of `deposited` (worth `value`) that may leave, at most `most` USD.
fn bounded(asked: u64, deposited: u64, value: Fraction, most: Fraction) -> Result<u64> {
    let taken = if asked == u64::MAX {
        let share = most.min(value) / value;
        share.times(deposited.into()).floor().min(deposited)
    } else {
        let taken = asked.min(deposited);
        let share = Fraction::whole(taken).div_up(Fraction::whole(deposited));
        ensure(value * share <= most, WITHDRAW_TOO_LARGE)?;
        taken
    };
    ensure(taken != 0, WITHDRAW_TOO_SMALL)?;
    Ok(taken)
}
