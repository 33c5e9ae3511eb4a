//! `get_health`: three accounts, no signature, return data.

use crate::Result;
use crate::accounts::{now, read_in, split_slab};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::GetHealthAccounts;
use trestle_interface::health::HealthReport;
use trestle_interface::state::{MarketsPage, PricesPage};
use trestle_interface::view::{Board, Venues, assess};
use trestle_risk_math::portfolio::Book;

/// Runs it.
#[inline(never)]
pub(crate) fn get_health(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    if !data.is_empty() {
        return Err(TrestleError::ArgumentLength);
    }
    // no role here is a signer or writable: the count is all there is to check
    let (list, rest) = GetHealthAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    if !rest.is_empty() {
        return Err(TrestleError::AccountCount);
    }
    let bytes = list.account.try_borrow_data().map_err(|_| TrestleError::Borrowed)?;
    let (margin, positions) = split_slab(&bytes, list.account, program_id)?;
    let group = &margin.header.group;
    let prices = read_in::<PricesPage>(list.prices, program_id, group)?;
    let markets = read_in::<MarketsPage>(list.markets, program_id, group)?;
    let now = now()?;
    let board = Board { prices: &prices, markets: &markets, now };
    let health = assess(positions, Venues::of(margin), &board, &mut Book::new(), &mut ())?;
    let report = HealthReport::new(&health, now.slot).in_session(margin.session);
    solana_program::program::set_return_data(bytemuck::bytes_of(&report));
    Ok(())
}
