//! `init_board`: both pages of a group, once.

use super::{validate, weights};
use crate::Result;
use crate::accounts::{check_all, read_mut, unused_mut};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::InitBoardAccounts;
use trestle_interface::args::GroupTermsArgs;
use trestle_interface::state::{Group, GroupRow, MarketsPage, PricesPage};
use trestle_interface::wire::decode;
use trestle_interface::{Address, TrestleError};

/// Runs it.
#[inline(never)]
pub(crate) fn init_board(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: GroupTermsArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, InitBoardAccounts::<()>::ROLES)?;
    let (list, _) = InitBoardAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let mut group = read_mut::<Group>(list.group, program_id)?;
    if group.admin != *list.admin.key {
        return Err(TrestleError::NotAuthority);
    }
    if group.prices != Address::default() {
        return Err(TrestleError::AlreadyInitialised);
    }
    let mut prices = unused_mut::<PricesPage>(list.prices, program_id, 0, *list.group.key)?;
    let mut markets = unused_mut::<MarketsPage>(list.markets, program_id, 0, *list.group.key)?;
    prices.markets = *list.markets.key;
    markets.prices = *list.prices.key;
    markets.terms = row(&args);
    group.prices = *list.prices.key;
    group.markets = *list.markets.key;
    validate::board(&mut prices, &markets)
}

fn row(args: &GroupTermsArgs) -> GroupRow {
    GroupRow {
        lambda: weights(args.lambda),
        split: weights(args.split),
        confidence: weights(args.confidence),
        illiquid: weights(args.illiquid),
        stress_floor: weights(args.stress_floor),
        confidence_max: args.confidence_max,
        gap_max: args.gap_max,
        unsettled: args.unsettled,
        target: args.target,
        target_min: args.target_min,
        call_cap: args.call_cap,
        max_skew: args.max_skew,
        liquidation_skew: args.liquidation_skew,
        liquidation_age: args.liquidation_age,
        liquid_share: args.liquid_share,
        incentive_start: args.incentive_start,
        incentive_slope: args.incentive_slope,
        incentive_slots: args.incentive_slots,
        insurance_share: args.insurance_share,
    }
}
