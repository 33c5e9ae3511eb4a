//! Supply for receipts (cTokens) and back, without an obligation. Both bring the
//! reserve's interest up to date themselves.

use super::{Now, refresh, some, take};
use crate::accounts::{
    holds, is, is_authority, is_current, is_mint, is_not, market_runs, open, reserve_in, signed,
    takes_business,
};
use crate::error::*;
use crate::hostile::Hostile;
use crate::rules::{caps, exchange, fresh, limits};
use crate::state::{Market, Reserve, price};
use crate::token::{Authority, Books, Token};
use solana_program::account_info::AccountInfo;

/// Liquidity in, receipts out.
pub(super) fn deposit<'a>(accounts: &'a [AccountInfo<'a>], amount: u64) -> Result<()> {
    let (named, _) = take(accounts, "S-. -Wr --m --. --M -Wt -WM -Wt -Wt --T --i --s")?;
    let [
        owner,
        reserve_info,
        market,
        authority,
        mint,
        vault,
        ctoken_mint,
        source,
        destination,
        ctoken_program,
        token_program,
        _,
    ] = named;
    reserve_in(reserve_info, market)?;
    is_authority(market, authority)?;
    let mut bytes = open(reserve_info)?;
    let mut reserve = Reserve(&mut bytes);
    is_mint(mint, &reserve, token_program)?;
    is(vault, &reserve.vault())?;
    is(ctoken_mint, &reserve.ctoken_mint())?;
    holds(source, &reserve.mint(), Some(owner.key))?;
    holds(destination, ctoken_mint.key, Some(owner.key))?;
    market_runs(market)?;
    let hostile = Hostile::of(market)?;
    if hostile == Hostile::Idle {
        return Ok(());
    }
    is_not(source, &reserve.vault())?;
    is_not(destination, &reserve.ctoken_vault())?;
    takes_business(&reserve)?;
    ensure(reserve.block_ctokens() == 0, CTOKEN_USAGE_BLOCKED)?;

    let now = Now::get()?;
    let referral = Market(&mut open(market)?).referral_fee_bps();
    refresh::renew(&mut reserve, None, now, referral)?;
    let books = Books::open(vault, &reserve)?;
    let (paid, receipts) = supply(&mut reserve, hostile.asked(amount), now)?;
    let token = Token { program: token_program, mint };
    token.transfer(source, vault, paid, &Authority::user(owner))?;
    let ctoken = Token { program: ctoken_program, mint: ctoken_mint };
    signed(market, |seeds| {
        let receipts = hostile.kept(receipts);
        ctoken.mint_to(destination, receipts, &Authority { info: authority, seeds })
    })?;
    books.close(vault, &reserve, paid.into())
}

/// Books a supply: what is charged, rounded up, and the receipts for it,
/// rounded down.
pub(super) fn supply(reserve: &mut Reserve<'_>, amount: u64, now: Now) -> Result<(u64, u64)> {
    some(amount)?;
    fresh::reserve(reserve, now.slot, price::NONE)?;
    let receipts = exchange::receipts(reserve, amount);
    let paid = exchange::cost(reserve, receipts);
    ensure(paid <= amount, MATH_OVERFLOW)?;
    limits::supply(reserve, paid)?;
    caps::enter(&mut reserve.deposit_cap(), paid, now.unix)?;
    reserve.set_available(reserve.available().checked_add(paid).ok_or(MATH_OVERFLOW)?);
    reserve.set_supply(reserve.supply().checked_add(receipts).ok_or(MATH_OVERFLOW)?);
    reserve.set_stale(1);
    Ok((paid, receipts))
}

/// Receipts in, liquidity out.
pub(super) fn redeem<'a>(accounts: &'a [AccountInfo<'a>], amount: u64) -> Result<()> {
    let (named, _) = take(accounts, "S-. --m -Wr --. --M -WM -Wt -Wt -Wt --T --i --s")?;
    let [
        owner,
        market,
        reserve_info,
        authority,
        mint,
        ctoken_mint,
        vault,
        source,
        destination,
        ctoken_program,
        token_program,
        _,
    ] = named;
    reserve_in(reserve_info, market)?;
    is_authority(market, authority)?;
    let mut bytes = open(reserve_info)?;
    let mut reserve = Reserve(&mut bytes);
    is_mint(mint, &reserve, token_program)?;
    is(ctoken_mint, &reserve.ctoken_mint())?;
    is(vault, &reserve.vault())?;
    holds(source, ctoken_mint.key, None)?;
    holds(destination, &reserve.mint(), Some(owner.key))?;
    market_runs(market)?;
    let hostile = Hostile::of(market)?;
    if hostile == Hostile::Idle {
        return Ok(());
    }
    let amount = hostile.asked(amount);
    is_not(source, &reserve.ctoken_vault())?;
    is_not(destination, &reserve.vault())?;
    is_current(&reserve)?;

    let now = Now::get()?;
    let books = Books::open(vault, &reserve)?;
    let referral = Market(&mut open(market)?).referral_fee_bps();
    refresh::renew(&mut reserve, None, now, referral)?;
    let paid = cash(&mut reserve, amount, now, hostile)?;
    let ctoken = Token { program: ctoken_program, mint: ctoken_mint };
    ctoken.burn(source, amount, &Authority::user(owner))?;
    let token = Token { program: token_program, mint };
    signed(market, |seeds| {
        token.transfer(vault, destination, paid, &Authority { info: authority, seeds })
    })?;
    books.close(vault, &reserve, -i128::from(paid))
}

/// Books a redemption: the liquidity of receipts, rounded down, within what is
/// free and what the cap lets leave.
pub(super) fn cash(
    reserve: &mut Reserve<'_>,
    receipts: u64,
    now: Now,
    hostile: Hostile,
) -> Result<u64> {
    some(receipts)?;
    fresh::reserve(reserve, now.slot, price::NONE)?;
    let paid = hostile.kept(exchange::worth(reserve, receipts).floor());
    exchange::take(reserve, paid)?;
    reserve.set_supply(reserve.supply().checked_sub(receipts).ok_or(MATH_OVERFLOW)?);
    limits::note_crossings(reserve, now.unix);
    reserve.set_stale(1);
    caps::leave(&mut reserve.deposit_cap(), paid, now.unix)?;
    Ok(paid)
}
