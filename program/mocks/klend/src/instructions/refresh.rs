//! Refreshes, open to everyone.

use super::{Now, given, take};
use crate::accounts::{is_current, market_runs, obligation_in, open, reserve_in};
use crate::error::*;
use crate::fraction::Fraction;
use crate::hostile::Hostile;
use crate::roles;
use crate::rules::price::{self, Checked, Oracles};
use crate::rules::{groups, health, interest, limits};
use crate::state::{Market, Obligation, Reserve};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;

/// Interest, and the price where its oracle is given and due.
pub(super) fn reserve<'a>(accounts: &'a [AccountInfo<'a>]) -> Result<()> {
    let (named, rest) = take(accounts, "-Wr --m ?-. ?-. ?-. ?-.")?;
    let [reserve, market, oracles @ ..]: &[AccountInfo<'a>; 6] = named;
    reserve_in(reserve, market)?;
    market_runs(market)?;
    ensure(rest.is_empty(), INVALID_ACCOUNT_INPUT)?;
    let oracles = oracles.each_ref().map(given);
    refresh(reserve, market, Some(oracles), Now::get()?)
}

/// Several reserves at once; with `skip` without prices.
pub(super) fn batch<'a>(accounts: &'a [AccountInfo<'a>], skip: bool) -> Result<()> {
    let now = Now::get()?;
    let mut accounts = accounts.iter();
    while let Some(reserve) = accounts.next() {
        let market = accounts.next().ok_or(INVALID_ACCOUNT_INPUT)?;
        roles::ours(reserve, &Reserve::DISCRIMINATOR)?;
        ensure(reserve.is_writable, ACCOUNT_NOT_MUTABLE)?;
        let named = Reserve(&mut open(reserve)?).market();
        ensure(named == *market.key, INVALID_ACCOUNT_INPUT)?;
        roles::ours(market, &Market::DISCRIMINATOR)?;
        market_runs(market)?;
        let oracles = if skip {
            None
        } else {
            let oracles = [accounts.next(), accounts.next(), accounts.next(), accounts.next()];
            ensure(oracles.iter().all(Option::is_some), INVALID_ACCOUNT_INPUT)?;
            Some(oracles.map(|info| info.and_then(given)))
        };
        refresh(reserve, market, oracles, now)?;
    }
    Ok(())
}

fn refresh(
    reserve: &AccountInfo<'_>,
    market: &AccountInfo<'_>,
    oracles: Option<Oracles<'_, '_>>,
    now: Now,
) -> Result<()> {
    if Hostile::of(market)? == Hostile::Asleep {
        return Ok(());
    }
    let (mut bytes, mut market) = (open(reserve)?, open(market)?);
    let (mut reserve, market) = (Reserve(&mut bytes), Market(&mut market));
    is_current(&reserve)?;
    let price = match oracles {
        Some(oracles) if price::is_due(&reserve, &market, now.unix) => {
            Some(price::read(&reserve, oracles, now.unix)?)
        }
        _ => None,
    };
    renew(&mut reserve, price, now, market.referral_fee_bps())?;
    limits::note_crossings(&mut reserve, now.unix);
    Ok(())
}

/// Brings a reserve to this slot, with a new price or the saved one.
pub(super) fn renew(
    reserve: &mut Reserve<'_>,
    new: Option<Checked>,
    now: Now,
    referral_fee_bps: u16,
) -> Result<()> {
    interest::accrue(reserve, now.slot, referral_fee_bps)?;
    if let Some(Checked { price, published, status }) = new {
        reserve.set_price(price);
        reserve.set_price_time(published);
        reserve.set_price_status(status);
    } else if !price::is_young(reserve, now.unix) {
        reserve.set_price_status(crate::state::price::NONE);
    }
    reserve.set_slot(now.slot);
    reserve.set_stale(0);
    Ok(())
}

/// Values and limits of an obligation, from exactly its own reserves in order.
pub(super) fn obligation<'a>(accounts: &'a [AccountInfo<'a>]) -> Result<()> {
    let ([market, obligation], rest) = take(accounts, "--m -Wo")?;
    obligation_in(obligation, market)?;
    market_runs(market)?;
    if Hostile::of(market)? == Hostile::Asleep {
        return Ok(());
    }
    let now = Now::get()?;
    let (mut bytes, mut market) = (open(obligation)?, open(market)?);
    let (mut obligation, mut market) = (Obligation(&mut bytes), Market(&mut market));
    let (deposits, borrows) = split(&mut obligation, rest)?;

    let group = groups::terms(&mut market, obligation.group())?;
    let debts = health::debts(&mut obligation, &market, group.as_ref(), borrows, now.slot)?;
    let grouped = group.as_ref().zip(debts.in_group);
    let collateral = health::collateral(&mut obligation, &market, grouped, deposits, now.slot)?;

    let global = Fraction::whole(market.global_allowed_borrow());
    obligation.set_debt_value(debts.plain);
    obligation.set_adjusted_debt(debts.adjusted);
    obligation.set_deposited_value(collateral.value);
    obligation.set_allowed(collateral.allowed.min(global));
    obligation.set_unhealthy(collateral.unhealthy);
    obligation.set_lowest_threshold(collateral.lowest_threshold.into());
    obligation.set_lowest_ltv(collateral.lowest_ltv);
    obligation.set_obsolete_borrows(debts.obsolete);
    obligation.set_obsolete_deposits(collateral.obsolete);
    obligation.set_borrowing_disabled(collateral.borrowing_disabled.into());
    obligation.set_highest_factor(debts.highest_factor.times(100).round());
    obligation.set_price_status(debts.status & collateral.status);
    obligation.set_slot(now.slot);
    obligation.set_stale(0);
    Ok(())
}

/// The reserves behind an obligation: collateral, then debt, and no more.
pub(super) fn split<'a, 'i>(
    obligation: &mut Obligation<'_>,
    rest: &'a [AccountInfo<'i>],
) -> Result<(&'a [AccountInfo<'i>], &'a [AccountInfo<'i>])> {
    // a referrer would need accounts of its own, which are not modelled
    ensure(obligation.referrer() == Pubkey::default(), INVALID_ACCOUNT_INPUT)?;
    let deposits = obligation.deposits().len();
    let count = deposits + obligation.borrows().len();
    ensure(rest.len() == count, INVALID_ACCOUNT_INPUT)?;
    Ok(rest.split_at(deposits))
}
