//! `list_market`: the market row of a pool, refreshed at once.

use super::admin_of;
use crate::Result;
use crate::accounts::{check_all, now, read_in, write_in};
use crate::instructions::refresh::write_pool;
use bytemuck::Zeroable;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::ListMarketAccounts;
use trestle_interface::args::ListMarketArgs;
use trestle_interface::state::{MarketKind, MarketRow, MarketsPage, Pool, PricesPage};
use trestle_interface::wire::decode;
use trestle_risk_math::guard::AgeLimits;
use trestle_risk_math::num::Weight;
use trestle_risk_math::portfolio::NATIVE_CLASS;

/// Appends the market of a pool.
#[inline(never)]
pub(crate) fn list_market(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    let args: ListMarketArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, ListMarketAccounts::<()>::ROLES)?;
    let (list, _) = ListMarketAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let group = admin_of(program_id, list.group, list.admin)?;
    let prices = read_in::<PricesPage>(list.prices, program_id, &group)?;
    let mut markets = write_in::<MarketsPage>(list.markets, program_id, &group)?;
    let mut pool = write_in::<Pool>(list.pool, program_id, &group)?;
    let [init, maint, hard, decay] = args.ages;
    AgeLimits { init, maint, hard, decay }.validate()?;
    let id = markets.market_count;
    if args.class != NATIVE_CLASS || markets.class_count == 0 {
        return Err(TrestleError::UnknownRow);
    }
    if pool.asset != args.asset || prices.asset(args.asset).is_none() {
        return Err(TrestleError::UnknownRow);
    }
    if markets.markets.iter().take(usize::from(id)).any(|row| row.address == *list.pool.key) {
        return Err(TrestleError::AlreadyInitialised);
    }
    pool.market = id;
    let liquid_share = Weight::clamped(markets.terms.liquid_share);
    let row = markets.markets.get_mut(usize::from(id)).ok_or(TrestleError::TableFull)?;
    *row = MarketRow {
        class: args.class,
        asset: args.asset,
        kind: MarketKind::Pool.byte(),
        address: *list.pool.key,
        vault: pool.vault,
        age_init: init,
        age_maint: maint,
        age_hard: hard,
        age_decay: decay,
        deposit_cap: pool.deposit_cap,
        debt_cap: pool.debt_cap,
        ..MarketRow::zeroed()
    };
    write_pool(row, &pool, liquid_share, now()?)?;
    markets.market_count = id.checked_add(1).ok_or(TrestleError::TableFull)?;
    Ok(())
}
