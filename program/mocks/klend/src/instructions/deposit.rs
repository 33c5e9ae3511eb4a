//! Liquidity into a reserve, its receipts into an obligation.

use super::farms::{self, Farm, Kind};
use super::{Now, receipts, refresh, some, take};
use crate::accounts::{
    holds, is, is_authority, is_mint, is_not, market_runs, obligation_in, obligation_of, open,
    reserve_in, signed, takes_business,
};
use crate::error::*;
use crate::fraction::Fraction;
use crate::hostile::{Hostile, Prey};
use crate::rules::{exchange, fresh, groups, health};
use crate::state::{Market, Obligation, Reserve, price};
use crate::token::{Authority, Books, Token};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;

const ROLES: &str = "SW. -Wo --m --. -Wr --M -Wt -WM -Wt -Wt ?-. --T --i --s ?Wu ?W. --f";

/// `deposit_reserve_liquidity_and_obligation_collateral_v2`.
pub(super) fn run<'a>(accounts: &'a [AccountInfo<'a>], amount: u64) -> Result<()> {
    let (named, _) = take(accounts, ROLES)?;
    let [
        owner,
        obligation_info,
        market,
        authority,
        reserve_info,
        mint,
        vault,
        ctoken_mint,
        ctoken_vault,
        source,
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
    {
        let (mut bytes, mut opened) = (open(reserve_info)?, open(obligation_info)?);
        let (mut reserve, mut obligation) = (Reserve(&mut bytes), Obligation(&mut opened));
        is_mint(mint, &reserve, token_program)?;
        is(vault, &reserve.vault())?;
        is(ctoken_mint, &reserve.ctoken_mint())?;
        is(ctoken_vault, &reserve.ctoken_vault())?;
        holds(source, &reserve.mint(), Some(owner.key))?;
        market_runs(market)?;
        if hostile == Hostile::Idle {
            return Ok(());
        }
        is_not(source, &reserve.vault())?;
        takes_business(&reserve)?;

        let now = Now::get()?;
        let books = Books::open(vault, &reserve)?;
        let (paid, received) = receipts::supply(&mut reserve, hostile.asked(amount), now)?;
        {
            let mut bytes = open(market)?;
            let mut market = Market(&mut bytes);
            refresh::renew(&mut reserve, None, now, market.referral_fee_bps())?;
            let credited = hostile.kept(received);
            let reserve = (reserve_info.key, &mut reserve);
            credit(&mut market, reserve, &mut obligation, credited, now)?;
        }
        let token = Token { program: token_program, mint };
        token.transfer(source, vault, paid, &Authority::user(owner))?;
        let ctoken = Token { program: ctoken_program, mint: ctoken_mint };
        signed(market, |seeds| {
            ctoken.mint_to(ctoken_vault, received, &Authority { info: authority, seeds })
        })?;
        books.close(vault, &reserve, paid.into())?;
    }
    if hostile == Hostile::Close {
        super::withdraw::close(obligation_info, owner)?;
    }
    let prey = Prey {
        owner,
        obligation: obligation_info,
        tokens: source,
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

/// Books receipts into an obligation.
fn credit(
    market: &mut Market<'_>,
    reserve: (&Pubkey, &mut Reserve<'_>),
    obligation: &mut Obligation<'_>,
    amount: u64,
    now: Now,
) -> Result<()> {
    let (key, reserve) = reserve;
    some(amount)?;
    fresh::reserve(reserve, now.slot, price::NONE)?;
    fresh::obligation(obligation, now.slot, price::NONE)?;
    let lone = obligation.group() == 0 && obligation.adjusted_debt() > Fraction::ZERO;
    let refused = reserve.no_collateral_outside_groups() > 0 && lone;
    ensure(!refused, DEPOSIT_DISABLED_OUTSIDE_GROUP)?;
    groups::same(obligation, reserve)?;
    let group = groups::terms(market, obligation.group())?;
    let (_, threshold) = groups::ltv_and_threshold(reserve, group.as_ref());
    ensure(threshold != 0 || obligation.margin_call() == 0, OBLIGATION_MARKED_FOR_DELEVERAGING)?;

    let slot = slot(obligation, group.as_ref(), (key, reserve))?;
    let mut deposit = obligation.deposit(slot);
    deposit.set_amount(deposit.amount().checked_add(amount).ok_or(MATH_OVERFLOW)?);
    let before = deposit.value();
    obligation.set_stale(1);
    reserve.set_stale(1);
    let added = exchange::worth(reserve, amount);
    health::after_deposit(obligation, reserve, market, added, before)
}

/// The reserve's slot, the first free one when it has none yet.
fn slot(
    obligation: &mut Obligation<'_>,
    group: Option<&groups::Terms>,
    reserve: (&Pubkey, &mut Reserve<'_>),
) -> Result<usize> {
    if let Some(slot) = obligation.deposit_of(reserve.0) {
        return Ok(slot);
    }
    let slot = obligation.deposit_of(&Pubkey::default()).ok_or(OBLIGATION_RESERVE_LIMIT)?;
    let others = obligation.deposits().len();
    let mut deposit = obligation.deposit(slot);
    deposit.0.fill(0);
    deposit.set_reserve(*reserve.0);
    groups::join(obligation, slot, others, group, reserve)?;
    Ok(slot)
}
