//! Refreshes: reserves in batches, then the obligation. Nobody signs.

use super::{Parties, all_reserves};
use crate::kamino::Result;
use crate::kamino::ids::{PROGRAM, instruction};
use crate::kamino::obligation::Obligation;
use crate::kamino::reserve::Reserve;
use crate::plan::{Call, Key, MAX_METAS, READ, WRITE};

/// Most reserves of a batch without prices.
pub const MAX_UNPRICED: usize = MAX_METAS / 2;
/// Most reserves of a batch with prices: six accounts each.
pub const MAX_PRICED: usize = MAX_METAS / 6;

/// Interest up to this slot for reserves of one market; prices stay as saved.
///
/// # Errors
/// [`crate::kamino::KaminoError::Plan`] above [`MAX_UNPRICED`].
pub fn refresh_reserves<'a>(
    call: &mut Call,
    market: &Key,
    reserves: impl IntoIterator<Item = &'a Key>,
) -> Result<()> {
    call.start(&PROGRAM);
    call.push(&instruction::REFRESH_RESERVES_BATCH)?;
    call.push(&[1])?; // skip prices
    for reserve in reserves {
        call.accounts(&[(reserve, WRITE), (market, READ)])?;
    }
    Ok(())
}

/// Interest and prices for reserves of one market, from the oracle accounts
/// that each reserve names.
///
/// # Errors
/// [`crate::kamino::KaminoError::Plan`] above [`MAX_PRICED`].
pub fn refresh_reserves_with_prices<'a>(
    call: &mut Call,
    market: &Key,
    reserves: impl IntoIterator<Item = (&'a Key, &'a Reserve<'a>)>,
) -> Result<()> {
    call.start(&PROGRAM);
    call.push(&instruction::REFRESH_RESERVES_BATCH)?;
    call.push(&[0])?;
    for (key, reserve) in reserves {
        let oracles = reserve.oracles();
        call.accounts(&[(key, WRITE), (market, READ)])?;
        for oracle in [oracles.pyth, oracles.switchboard, oracles.switchboard_twap, oracles.scope] {
            call.account(oracle.unwrap_or(&PROGRAM), READ)?;
        }
    }
    Ok(())
}

/// Values of the obligation up to this slot; all its reserves must be fresh.
///
/// # Errors
/// None for thirteen reserves; the type is that of every plan.
pub fn refresh_obligation(
    call: &mut Call,
    parties: &Parties,
    obligation: &Obligation,
) -> Result<()> {
    call.start(&PROGRAM);
    call.push(&instruction::REFRESH_OBLIGATION)?;
    call.accounts(&[(parties.market, READ), (parties.obligation, WRITE)])?;
    all_reserves(call, obligation)
}
