//! Anyone repays debt of an unhealthy obligation and seizes its collateral.

use super::farms::{self, Farm, Kind};
use super::{Now, refresh, repay, some, take};
use crate::accounts::{
    holds, is, is_authority, is_current, is_mint, is_not, market_runs, obligation_in, open,
    reserve_in, signed,
};
use crate::error::*;
use crate::fraction::Fraction;
use crate::rules::liquidation::{self, Pair, Plan};
use crate::rules::{exchange, fresh, groups, limits};
use crate::state::{Field, Market, Obligation, Reserve, price};
use crate::token::{Authority, Books, Token};
use solana_program::account_info::AccountInfo;

const ROLES: &str = "S-. -Wo --m --. -Wr --M -Wt -Wr --M -WM -Wt -Wt -Wt -Wt -Wt -Wt \
    --T --i --i --s ?Wu ?W. ?Wu ?W. --f";

/// The reserves that meet, which may be one.
struct Sides<'a, 'i> {
    obligation: &'a AccountInfo<'i>,
    market: &'a AccountInfo<'i>,
    debt: &'a AccountInfo<'i>,
    collateral: &'a AccountInfo<'i>,
    deposits: &'a [AccountInfo<'i>],
}

/// `liquidate_obligation_and_redeem_reserve_collateral_v2`: amount, least
/// liquidity that is acceptable, and an override that only klend's staging reads.
pub(super) fn run<'a>(accounts: &'a [AccountInfo<'a>], args: &[u8]) -> Result<()> {
    let (amount, least) = (u64::read(args), u64::read(&args[8..]));
    let (named, deposits) = take(accounts, ROLES)?;
    let [
        liquidator,
        obligation,
        market,
        authority,
        debt,
        debt_mint,
        debt_vault,
        collateral,
        mint,
        ctoken_mint,
        ctoken_vault,
        vault,
        fee_vault,
        source,
        ctoken_account,
        destination,
        ctoken_program,
        debt_program,
        token_program,
        _,
        user,
        farm,
        debt_user,
        debt_farm,
        _,
    ] = named;
    obligation_in(obligation, market)?;
    is_authority(market, authority)?;
    reserve_in(debt, market)?;
    reserve_in(collateral, market)?;
    let debt_books = {
        let mut bytes = open(debt)?;
        let reserve = Reserve(&mut bytes);
        is_mint(debt_mint, &reserve, debt_program)?;
        is(debt_vault, &reserve.vault())?;
        is_not(source, &reserve.vault())?;
        is_not(ctoken_account, &reserve.ctoken_vault())?;
        is_current(&reserve)?;
        holds(source, &reserve.mint(), None)?;
        Books::open(debt_vault, &reserve)?
    };
    let books = {
        let mut bytes = open(collateral)?;
        let reserve = Reserve(&mut bytes);
        is_mint(mint, &reserve, token_program)?;
        is(ctoken_mint, &reserve.ctoken_mint())?;
        is(ctoken_vault, &reserve.ctoken_vault())?;
        is(vault, &reserve.vault())?;
        is(fee_vault, &reserve.fee_vault())?;
        is_not(source, &reserve.vault())?;
        is_not(ctoken_account, &reserve.ctoken_vault())?;
        is_not(destination, &reserve.vault())?;
        is_current(&reserve)?;
        Books::open(vault, &reserve)?
    };
    market_runs(market)?;

    let now = Now::get()?;
    let sides = Sides { obligation, market, debt, collateral, deposits };
    let plan = seize(&sides, amount, now)?;
    let cashed = redeem(&sides, &plan, least, now)?;

    let debt_token = Token { program: debt_program, mint: debt_mint };
    let token = Token { program: token_program, mint };
    let ctoken = Token { program: ctoken_program, mint: ctoken_mint };
    let liquidator = Authority::user(liquidator);
    debt_token.transfer(source, debt_vault, plan.repaid, &liquidator)?;
    signed(market, |seeds| {
        let by = Authority { info: authority, seeds };
        ctoken.transfer(ctoken_vault, ctoken_account, plan.seized, &by)?;
        let Some(cashed) = cashed else { return Ok(()) };
        ctoken.burn(ctoken_account, cashed.receipts, &liquidator)?;
        token.transfer(vault, destination, cashed.liquidity, &by)?;
        token.transfer(destination, fee_vault, cashed.fee, &liquidator)
    })?;

    let paid = i128::from(plan.repaid);
    let taken = cashed.map_or(0, |cashed| i128::from(cashed.liquidity));
    let one = debt.key == collateral.key;
    let check = |info: &AccountInfo<'_>, vault, books: &Books, change| {
        books.close(vault, &Reserve(&mut open(info)?), change)
    };
    check(debt, debt_vault, &debt_books, if one { paid - taken } else { paid })?;
    if !one {
        check(collateral, vault, &books, -taken)?;
    }
    ensure(plan.repaid <= amount, INSUFFICIENT_REPAY_AMOUNT)?;
    let signer = (market, authority);
    farms::settle(Kind::Collateral, &Farm::of(user, farm), collateral, obligation, signer)?;
    farms::settle(Kind::Debt, &Farm::of(debt_user, debt_farm), debt, obligation, signer)
}

/// Books the repayment and the receipts that change hands.
fn seize(sides: &Sides<'_, '_>, amount: u64, now: Now) -> Result<Plan> {
    let (mut bytes, mut opened) = (open(sides.market)?, open(sides.obligation)?);
    let (mut market, mut obligation) = (Market(&mut bytes), Obligation(&mut opened));
    let group = groups::terms(&mut market, obligation.group())?;
    let group = group.as_ref();
    let threshold = {
        let mut bytes = open(sides.collateral)?;
        let reserve = Reserve(&mut bytes);
        let (_, threshold) = groups::ltv_and_threshold(&reserve, group);
        ensure(threshold != 0, COLLATERAL_NON_LIQUIDATABLE)?;
        threshold
    };
    some(amount)?;
    let debt_terms = {
        let mut bytes = open(sides.debt)?;
        let reserve = Reserve(&mut bytes);
        fresh::reserve(&reserve, now.slot, price::LIQUIDATION)?;
        liquidation::debt_terms(&reserve)
    };
    let pair = {
        let mut bytes = open(sides.collateral)?;
        let reserve = Reserve(&mut bytes);
        fresh::reserve(&reserve, now.slot, price::LIQUIDATION)?;
        Pair::of(&reserve, debt_terms, group)
    };
    fresh::obligation(&obligation, now.slot, price::LIQUIDATION)?;
    ensure(obligation.deposited_value() > Fraction::ZERO, OBLIGATION_DEPOSITS_ZERO)?;
    ensure(obligation.adjusted_debt() > Fraction::ZERO, OBLIGATION_BORROWS_ZERO)?;
    ensure(!obligation.borrows().is_empty(), OBLIGATION_BORROWS_EMPTY)?;
    let borrow = obligation.borrow_of(sides.debt.key).ok_or(INVALID_OBLIGATION_LIQUIDITY)?;
    let worthless = obligation.borrow(borrow).adjusted_value() == Fraction::ZERO;
    ensure(!worthless, OBLIGATION_LIQUIDITY_EMPTY)?;
    ensure(!obligation.deposits().is_empty(), OBLIGATION_DEPOSITS_EMPTY)?;
    let deposit =
        obligation.deposit_of(sides.collateral.key).ok_or(INVALID_OBLIGATION_COLLATERAL)?;
    let worthless = obligation.deposit(deposit).value() == Fraction::ZERO;
    ensure(!worthless, OBLIGATION_COLLATERAL_EMPTY)?;

    let slots = (borrow, deposit);
    let plan = liquidation::plan(&mut obligation, &market, slots, pair, threshold, amount)?;
    ensure(plan.repaid != 0 && plan.seized != 0, LIQUIDATION_TOO_SMALL)?;
    book(sides, &mut obligation, slots, &plan)?;
    obligation.set_stale(1);
    let referral = market.referral_fee_bps();
    refresh::renew(&mut Reserve(&mut open(sides.collateral)?), None, now, referral)?;
    Ok(plan)
}

/// Takes debt and collateral out of the obligation.
fn book(
    sides: &Sides<'_, '_>,
    obligation: &mut Obligation<'_>,
    (borrow, deposit): (usize, usize),
    plan: &Plan,
) -> Result<()> {
    let group = obligation.group();
    {
        // in a group the debt's reserve is never collateral, so it is open once
        let mut bytes = open(sides.debt)?;
        let mut reserve = Reserve(&mut bytes);
        groups::repaid(obligation, borrow, plan.repaid, &mut reserve, sides.deposits)?;
    }
    repay::receive(&mut Reserve(&mut open(sides.debt)?), plan.repaid, plan.settled)?;
    repay::reduce(&mut obligation.borrow(borrow), plan.settled);
    let debt = !obligation.borrows().is_empty();
    obligation.set_has_debt(debt.into());
    let mut collateral = obligation.deposit(deposit);
    let counted = collateral.group_debt();
    if plan.seized == collateral.amount() {
        collateral.0.fill(0);
        groups::leave(&mut Reserve(&mut open(sides.collateral)?), group, counted);
    } else {
        let rest = collateral.amount().checked_sub(plan.seized).ok_or(MATH_OVERFLOW)?;
        collateral.set_amount(rest);
    }
    Ok(())
}

/// Receipts that become liquidity at once.
#[derive(Clone, Copy)]
struct Cashed {
    receipts: u64,
    liquidity: u64,
    fee: u64,
}

/// Redeems as many of the seized receipts as the reserve can pay, those that
/// others wait for included; the caps do not apply.
fn redeem(sides: &Sides<'_, '_>, plan: &Plan, least: u64, now: Now) -> Result<Option<Cashed>> {
    let mut bytes = open(sides.collateral)?;
    let mut reserve = Reserve(&mut bytes);
    let receipts = plan.seized.min(exchange::redeemable(&reserve));
    if receipts == 0 {
        let worth = exchange::worth(&reserve, plan.seized).floor();
        ensure(worth >= least, LIQUIDATION_REWARD_TOO_SMALL)?;
        return Ok(None);
    }
    let liquidity = exchange::worth(&reserve, receipts).floor();
    exchange::take_queued_too(&mut reserve, liquidity)?;
    reserve.set_supply(reserve.supply().checked_sub(receipts).ok_or(MATH_OVERFLOW)?);
    limits::note_crossings(&mut reserve, now.unix);
    reserve.set_stale(1);
    let fee = liquidation::protocol_fee(liquidity, plan.bonus, reserve.liquidation_fee_pct());
    let net = liquidity.checked_sub(fee).ok_or(MATH_OVERFLOW)?;
    ensure(net >= least, LIQUIDATION_REWARD_TOO_SMALL)?;
    Ok(Some(Cashed { receipts, liquidity, fee }))
}
