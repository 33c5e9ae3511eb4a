//! `refresh_prices`: oracle samples into the prices page.

use super::report;
use crate::Result;
use crate::accounts::{check_roles, expect_address, now, read_mut};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::RefreshPricesAccounts;
use trestle_interface::state::{AssetRow, PricesPage, Source, SourceKind};
use trestle_interface::tag::SECONDARY_ROW;
use trestle_interface::view::Now;
use trestle_interface::{Address, TrestleError};
use trestle_risk_math::guard::{Sample, SampleTerms, sample};
use trestle_risk_math::num::Weight;
use trestle_risk_math::price::PriceScale;
use trestle_venue_adapters::oracle::pyth;

/// Runs it: a row number per trailing oracle account.
#[inline(never)]
pub(crate) fn prices(program_id: &Pubkey, accounts: &[AccountInfo], rows: &[u8]) -> Result<()> {
    check_roles(accounts, RefreshPricesAccounts::<()>::ROLES, &[])?;
    let (list, oracles) =
        RefreshPricesAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    if rows.is_empty() || rows.len() != oracles.len() {
        return Err(TrestleError::ArgumentLength);
    }
    let mut page = read_mut::<PricesPage>(list.prices, program_id)?;
    let now = now()?;
    let outcomes: Vec<Result<()>> = rows
        .iter()
        .zip(oracles)
        .map(|(row, oracle)| refresh(&mut page, *row, oracle, now))
        .collect();
    report(&outcomes)
}

/// Refreshes one row, or leaves it exactly as it was.
fn refresh(page: &mut PricesPage, row: u8, oracle: &AccountInfo, now: Now) -> Result<()> {
    let id = row & !SECONDARY_ROW;
    let secondary = row & SECONDARY_ROW != 0;
    if id >= page.count {
        return Err(TrestleError::UnknownRow);
    }
    let asset = page.assets.get_mut(usize::from(id)).ok_or(TrestleError::UnknownRow)?;
    let source = if secondary { &asset.secondary } else { &asset.primary };
    let (sample, posted_slot) = match SourceKind::from_byte(source.kind) {
        Some(SourceKind::Pyth) => read_pyth(source, oracle, now)?,
        Some(SourceKind::None) | None => return Err(TrestleError::NoOracle),
    };
    let source = if secondary { &mut asset.secondary } else { &mut asset.primary };
    source.mantissa = sample.price.mantissa();
    source.shift = sample.price.shift();
    source.confidence = sample.confidence.q16();
    source.gap = sample.gap.q16();
    source.published = sample.published;
    source.posted_slot = posted_slot;
    adopt(asset, &sample, now);
    Ok(())
}

/// A valid sample of the row's feed that is newer than the last one.
fn read_pyth(source: &Source, oracle: &AccountInfo, now: Now) -> Result<(Sample, u64)> {
    if source.account != Address::default() {
        expect_address(oracle, &source.account).map_err(|_| TrestleError::OracleAddress)?;
    }
    let data = oracle.try_borrow_data().map_err(|_| TrestleError::Borrowed)?;
    let owner = oracle.owner.to_bytes();
    let update = pyth::read(&data, &owner, &source.feed, source.exponent, now.slot)?;
    let scale = PriceScale::from_parts(source.scale_mantissa, source.scale_shift)?;
    let terms = SampleTerms {
        confidence_multiple: source.confidence_multiple,
        confidence_cap: Weight::clamped(source.confidence_cap),
        max_age: source.max_age,
    };
    let sample = sample(&update.raw, scale, &terms, now.unix)?;
    if sample.published <= source.published {
        return Err(TrestleError::OracleNotNewer);
    }
    Ok((sample, update.posted_slot))
}

/// A single source sets the row's price.
fn adopt(asset: &mut AssetRow, sample: &Sample, now: Now) {
    asset.price_mantissa = sample.price.mantissa();
    asset.price_shift = sample.price.shift();
    asset.confidence = sample.confidence.q16();
    asset.gap = sample.gap.q16();
    asset.published = sample.published;
    asset.slot = now.slot;
}
