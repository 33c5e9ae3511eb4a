//! Refreshes: permissionless, idempotent, the only writers of the board
//! besides listings.
//!
//! One bad input never fails a whole refresh and never touches its row
//! (ruling 1). The outcome of each row is return data: a `u32` error code per
//! row, [`ROW_REFRESHED`] for success. A row that already holds this sample or
//! a newer one is current. Only when no row at all is current does the
//! instruction fail, with the first row's error.

mod account;
mod markets;
mod prices;

pub(crate) use account::account;
pub(crate) use markets::{markets, write_pool};
pub(crate) use prices::prices;

use crate::Result;
use trestle_interface::TrestleError;
use trestle_interface::tag::ROW_REFRESHED;

/// Sets the return data of a refresh and decides its outcome.
fn report(outcomes: &[Result<()>]) -> Result<()> {
    let code = |outcome: &Result<()>| match outcome {
        Ok(()) => ROW_REFRESHED,
        Err(error) => error.code(),
    };
    let bytes: Vec<u8> = outcomes.iter().flat_map(|o| code(o).to_le_bytes()).collect();
    let current = |o: &Result<()>| matches!(o, Ok(()) | Err(TrestleError::OracleNotNewer));
    if !outcomes.iter().any(current)
        && let Some(Err(first)) = outcomes.first()
    {
        return Err(*first);
    }
    solana_program::program::set_return_data(&bytes);
    Ok(())
}
