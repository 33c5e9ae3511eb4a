//! `list_factor` and `set_scenarios`.

use super::{pages, validate, weights};
use crate::Result;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::args::{ListFactorArgs, SetScenariosArgs};
use trestle_interface::state::{FactorRow, MAX_FACTORS, MAX_SCENARIOS};
use trestle_interface::wire::decode;
use trestle_risk_math::constraints::scenario_shock;

/// Appends a factor. Until scenarios are set anew the board has none, and
/// every check charges the additive worst case alone.
#[inline(never)]
pub(crate) fn list_factor(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    let args: ListFactorArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    let (mut prices, mut markets) = pages(program_id, accounts)?;
    let id = usize::from(markets.factor_count);
    let row = markets.factors.get_mut(id).ok_or(TrestleError::TableFull)?;
    *row = FactorRow {
        name: args.name,
        down: weights(args.down),
        up: weights(args.up),
        offset: weights(args.offset),
        fractions: [0; MAX_SCENARIOS],
        reserved: row.reserved,
    };
    markets.factor_count = markets.factor_count.checked_add(1).ok_or(TrestleError::TableFull)?;
    markets.scenario_count = 0;
    validate::board(&mut prices, &markets)
}

/// Sets every factor's scenario moves from fractions of its worst ones.
#[inline(never)]
pub(crate) fn set_scenarios(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    let args: SetScenariosArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    let (mut prices, mut markets) = pages(program_id, accounts)?;
    let count = usize::from(args.count);
    if count == 0 || count > MAX_SCENARIOS {
        return Err(TrestleError::OutOfRange);
    }
    let listed = usize::from(markets.factor_count);
    let page = &mut *markets;
    for (id, (row, fractions)) in page.factors.iter_mut().zip(&args.fractions).enumerate() {
        let beyond = fractions.iter().skip(count).any(|f| *f != 0);
        let empty = fractions.iter().all(|f| *f == 0);
        if beyond || (id >= listed && !empty) {
            return Err(TrestleError::OutOfRange);
        }
        row.fractions = *fractions;
        set_column(&mut page.scenarios, id, row)?;
    }
    page.scenario_count = args.count;
    validate::board(&mut prices, &markets)
}

/// Computes one factor's moves in every scenario.
fn set_column(
    scenarios: &mut [[[i64; 2]; MAX_FACTORS]; MAX_SCENARIOS],
    factor: usize,
    row: &FactorRow,
) -> Result<()> {
    let (down, up) = (row.down.pair(), row.up.pair());
    for (scenario, fraction) in scenarios.iter_mut().zip(&row.fractions) {
        if fraction.unsigned_abs() > 10_000 {
            return Err(TrestleError::ConstraintScenario);
        }
        *scenario.get_mut(factor).ok_or(TrestleError::TableFull)? = [
            scenario_shock(*fraction, down.maint, up.maint),
            scenario_shock(*fraction, down.init, up.init),
        ];
    }
    Ok(())
}
