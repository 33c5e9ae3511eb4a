//! `init_pool`: a credit pool at an address derived from group and mint.

use super::admin_of;
use crate::Result;
use crate::accounts::{
    TokenRefs, associated_address, check_all, create, find_associated, now, read_in, read_mut,
    tokens_of,
};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::InitPoolAccounts;
use trestle_interface::args::InitPoolArgs;
use trestle_interface::state::{CurvePoint, Pool, PricesPage, pool_terms};
use trestle_interface::wire::decode;
use trestle_interface::{TrestleError, pda};
use trestle_risk_math::pool::{self, MAX_POINTS, growth_bound_per_slot};

/// Runs it. The vault is the pool's own associated token account, empty of
/// delegates; whatever it holds before is a donation and counts nothing.
#[inline(never)]
pub(crate) fn init_pool(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let args: InitPoolArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    check_all(accounts, InitPoolAccounts::<()>::ROLES)?;
    let (list, _) = InitPoolAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let group = admin_of(program_id, list.group, list.admin)?;
    let decimals = {
        let prices = read_in::<PricesPage>(list.prices, program_id, &group)?;
        let asset = prices.asset(args.asset).ok_or(TrestleError::UnknownRow)?;
        if asset.mint != *list.mint.key {
            return Err(TrestleError::WrongMint);
        }
        if asset.token_program != *list.token_program.key {
            return Err(TrestleError::WrongProgram);
        }
        asset.decimals
    };
    let curve = curve(&args);
    let terms = pool_terms(&curve, args.fee_share, args.insurance_share)?;
    create::<Pool>(
        program_id,
        list.admin,
        list.pool,
        list.system_program,
        &[pda::POOL, group.as_ref(), list.mint.key.as_ref()],
        group,
        0,
    )?;
    check_vault(&list)?;
    let mut pool = read_mut::<Pool>(list.pool, program_id)?;
    pool.mint = *list.mint.key;
    pool.token_program = *list.token_program.key;
    pool.vault = *list.vault.key;
    pool.asset = args.asset;
    pool.decimals = decimals;
    pool.curve = curve;
    pool.fee_share = args.fee_share;
    pool.insurance_share = args.insurance_share;
    pool.deposit_cap = args.deposit_cap;
    pool.debt_cap = args.debt_cap;
    pool.growth_bound = growth_bound_per_slot(terms.curve.max_apr());
    pool.set_books(&pool::Pool::new(now()?.unix));
    Ok(())
}

/// The vault must be the pool's canonical associated account, unencumbered.
fn check_vault(list: &InitPoolAccounts<&AccountInfo<'_>>) -> Result<()> {
    let refs = TokenRefs {
        custody: list.vault,
        custody_owner: list.pool,
        mint: list.mint,
        token_program: list.token_program,
    };
    if list.vault.key != &associated_address(&refs, find_associated(&refs)?) {
        return Err(TrestleError::NotCanonicalCustody);
    }
    let tokens = tokens_of(list.vault, list.token_program.key, list.mint.key)?;
    if tokens.owner != list.pool.key.to_bytes() {
        return Err(TrestleError::WrongTokenOwner);
    }
    if tokens.has_delegate || tokens.has_close_authority {
        return Err(TrestleError::CustodyEncumbered);
    }
    Ok(())
}

fn curve(args: &InitPoolArgs) -> [CurvePoint; MAX_POINTS] {
    let mut curve = [CurvePoint::default(); MAX_POINTS];
    let corners = args.curve_utilisation.iter().zip(&args.curve_apr);
    for (point, (utilisation, apr)) in curve.iter_mut().zip(corners) {
        *point = CurvePoint { utilisation: *utilisation, apr: *apr };
    }
    curve
}
