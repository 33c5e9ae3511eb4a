//! Moving an obligation into or out of an elevation group.

use super::{Now, refresh, take};
use crate::accounts::{market_runs, obligation_in, obligation_of, open};
use crate::error::*;
use crate::fraction::Fraction;
use crate::hostile::Hostile;
use crate::rules::{fresh, groups, health};
use crate::state::{Market, Obligation, price};
use solana_program::account_info::AccountInfo;

/// `request_elevation_group`, with the accounts of `refresh_obligation` behind.
pub(super) fn request<'a>(accounts: &'a [AccountInfo<'a>], id: u8) -> Result<()> {
    let ([owner, obligation, market], rest) = take(accounts, "S-. -Wo --m")?;
    obligation_in(obligation, market)?;
    obligation_of(obligation, owner)?;
    market_runs(market)?;
    let hostile = Hostile::of(market)?;
    if hostile == Hostile::Idle {
        return Ok(());
    }
    let now = Now::get()?;
    let (mut bytes, mut market) = (open(obligation)?, open(market)?);
    let (mut obligation, mut market) = (Obligation(&mut bytes), Market(&mut market));
    let (deposits, borrows) = refresh::split(&mut obligation, rest)?;
    fresh::obligation(&obligation, now.slot, price::ALL)?;
    ensure(!deposits.is_empty(), OBLIGATION_DEPOSITS_EMPTY)?;
    ensure(obligation.deposited_value() > Fraction::ZERO, OBLIGATION_DEPOSITS_ZERO)?;
    ensure(obligation.group() != id, ELEVATION_GROUP_ALREADY_ACTIVATED)?;
    let ltv = obligation.ltv();
    groups::forget(&mut obligation, deposits, borrows)?;
    let group = groups::terms(&mut market, id)?;
    let group = group.as_ref();
    if let Some(group) = group {
        groups::lends(Some(group))?;
        let lends = group.debt_reserve != Default::default();
        ensure(lends, ELEVATION_GROUP_WITHOUT_DEBT_RESERVE)?;
        ensure(group.max_collateral > 0, ELEVATION_GROUP_MAX_COLLATERAL_ZERO)?;
        let few = deposits.len() <= group.max_collateral;
        ensure(few, OBLIGATION_COLLATERAL_EXCEEDS_GROUP_LIMIT)?;
    }
    let debts = health::debts(&mut obligation, &market, group, borrows, now.slot)?;
    let grouped = group.zip(debts.in_group);
    let collateral = health::collateral(&mut obligation, &market, grouped, deposits, now.slot)?;
    ensure(collateral.allowed >= debts.adjusted, UNHEALTHY_ELEVATION_GROUP_LTV)?;
    let marked = obligation.margin_call() != 0;
    ensure(!marked || debts.adjusted / collateral.value <= ltv, WORSE_LTV_BLOCKED)?;
    obligation.set_group(id);
    obligation.set_borrowing_disabled(collateral.borrowing_disabled.into());
    obligation.set_stale(1);
    groups::within_limits(&mut obligation, group, deposits, borrows)
}
