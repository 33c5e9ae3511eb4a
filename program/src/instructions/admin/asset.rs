//! `list_issuer` and `list_asset`.

use super::{admin_of, pages, validate, weights};
use crate::Result;
use crate::accounts::{check_all, read_in, write_in};
use bytemuck::Zeroable;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::ListAssetAccounts;
use trestle_interface::args::{ListAssetArgs, ListIssuerArgs, SourceArgs};
use trestle_interface::state::{
    AssetRow, IssuerRow, MarketsPage, PricesPage, Source, SourceKind, Tier,
};
use trestle_interface::wire::decode;
use trestle_interface::{Address, TrestleError};
use trestle_risk_math::guard::AgeLimits;
use trestle_risk_math::num::Weight;
use trestle_risk_math::price::PriceScale;
use trestle_venue_adapters::token::{
    TOKEN_2022_PROGRAM, TOKEN_PROGRAM, mint_decimals, mint_extensions,
};

/// Extensions of a Token-2022 mint that change nothing about balances:
/// metadata pointer (18), metadata (19), group and member pointers (20 to 23).
const HARMLESS_EXTENSIONS: u64 = 0b11_1111 << 18;

/// Writes an issuer's row. Row 0 means "none" and stays empty.
#[inline(never)]
pub(crate) fn list_issuer(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    let args: ListIssuerArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    let (mut prices, mut markets) = pages(program_id, accounts)?;
    if args.issuer == 0 {
        return Err(TrestleError::OutOfRange);
    }
    let row = markets.issuers.get_mut(usize::from(args.issuer)).ok_or(TrestleError::TableFull)?;
    if *row != IssuerRow::zeroed() {
        return Err(TrestleError::AlreadyInitialised);
    }
    row.jump = weights(args.jump);
    row.cap = args.cap;
    validate::board(&mut prices, &markets)
}

/// Appends an asset. It has no price until its first refresh.
#[inline(never)]
pub(crate) fn list_asset(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: ListAssetArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, ListAssetAccounts::<()>::ROLES)?;
    let (list, _) = ListAssetAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let group = admin_of(program_id, list.group, list.admin)?;
    let mut prices = write_in::<PricesPage>(list.prices, program_id, &group)?;
    let markets = read_in::<MarketsPage>(list.markets, program_id, &group)?;
    let (mint, token_program) = mint_of(list.mint, args.decimals)?;
    if token_program != Address::default()
        && prices.assets.iter().take(usize::from(prices.count)).any(|a| a.mint == mint)
    {
        return Err(TrestleError::AlreadyInitialised);
    }
    let row = new_row(&args, mint, token_program)?;
    let id = usize::from(prices.count);
    *prices.assets.get_mut(id).ok_or(TrestleError::TableFull)? = row;
    prices.count = prices.count.checked_add(1).ok_or(TrestleError::TableFull)?;
    validate::board(&mut prices, &markets)
}

/// The mint and its token program, or zero keys for an asset without tokens.
fn mint_of(info: &AccountInfo, decimals: u8) -> Result<(Address, Address)> {
    if info.key == &solana_system_interface::program::ID {
        return Ok((Address::default(), Address::default()));
    }
    let program = info.owner.to_bytes();
    if program != TOKEN_PROGRAM && program != TOKEN_2022_PROGRAM {
        return Err(TrestleError::WrongOwner);
    }
    let data = info.try_borrow_data().map_err(|_| TrestleError::Borrowed)?;
    if mint_decimals(&data)? != decimals {
        return Err(TrestleError::OutOfRange);
    }
    if mint_extensions(&data)? & !HARMLESS_EXTENSIONS != 0 {
        return Err(TrestleError::MintExtension);
    }
    Ok((*info.key, *info.owner))
}

fn new_row(args: &ListAssetArgs, mint: Address, token_program: Address) -> Result<AssetRow> {
    let [init, maint, hard, decay] = args.ages;
    AgeLimits { init, maint, hard, decay }.validate()?;
    let tier = if args.isolated { Tier::Isolated } else { Tier::Standard };
    Ok(AssetRow {
        mint,
        token_program,
        factor: args.factor,
        source: args.source,
        issuer: args.issuer,
        tier: tier.byte(),
        decimals: args.decimals,
        basis: weights(args.basis),
        depth_shr16: args.depth_shr16,
        incentive_max: args.incentive_max,
        rate_confidence_max: args.rate_confidence_max,
        confidence_growth: args.confidence_growth,
        age_init: init,
        age_maint: maint,
        age_hard: hard,
        age_decay: decay,
        primary: source(&args.primary, args.decimals)?,
        secondary: source(&args.secondary, args.decimals)?,
        ..AssetRow::zeroed()
    })
}

/// A source without a sample.
fn source(args: &SourceArgs, decimals: u8) -> Result<Source> {
    let kind = SourceKind::from_byte(args.kind).ok_or(TrestleError::OutOfRange)?;
    if kind == SourceKind::None {
        return Ok(Source::zeroed());
    }
    Weight::new(args.confidence_cap)?;
    if args.max_age == 0 || args.feed == [0; 32] {
        return Err(TrestleError::OutOfRange);
    }
    let (scale_mantissa, scale_shift) = PriceScale::new(decimals, args.exponent)?.parts();
    Ok(Source {
        account: args.account,
        feed: args.feed,
        scale_mantissa,
        scale_shift,
        kind: kind.byte(),
        exponent: args.exponent,
        confidence_multiple: args.confidence_multiple,
        confidence_cap: args.confidence_cap,
        max_age: args.max_age,
        ..Source::zeroed()
    })
}
