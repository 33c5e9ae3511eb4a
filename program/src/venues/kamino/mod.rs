//! Kamino Lend: reserves as market rows, obligations as venue accounts.

mod act;
mod farm;
mod open;
mod read;
mod row;
mod seize;

pub(crate) use act::{Amount, act, change_group, custody, move_tokens};
pub(crate) use farm::{claim, open_farm};
pub(crate) use open::open;
pub(crate) use read::{read, refresh};
pub(crate) use row::{admit_listing, write_row};
pub(crate) use seize::{Held, held, owed, prepare};

use crate::Result;
use crate::accounts::Context;
use core::cell::Ref;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_venue_adapters::kamino::verify::Snapshot;
use trestle_venue_adapters::kamino::{
    ids, market::Market, obligation::Obligation, reserve::Reserve,
};
use trestle_venue_adapters::plan::Call;

/// What a call is planned and measured with. Memory is given back only when an
/// instruction ends, so a batch uses one of these for all its operations.
pub(crate) struct Scratch {
    call: Call,
    before: Snapshot,
}

impl Scratch {
    /// The one that is there, or a new one.
    #[inline(never)]
    fn take(context: &mut Context<'_, '_>) -> Box<Self> {
        let new = || Box::new(Self { call: Call::EMPTY, before: Snapshot::EMPTY });
        context.scratch.take().unwrap_or_else(new)
    }
}

/// Data of an account that klend owns.
fn bytes<'a>(info: &'a AccountInfo) -> Result<Ref<'a, [u8]>> {
    if info.owner.as_array() != &ids::PROGRAM {
        return Err(TrestleError::WrongOwner);
    }
    let data = info.try_borrow_data().map_err(|_| TrestleError::Borrowed)?;
    Ok(Ref::map(data, |data| &**data))
}

/// Whether an obligation's account is gone: klend closes it with the last redemption.
fn is_gone(info: &AccountInfo) -> bool {
    info.data_is_empty() && *info.owner == solana_system_interface::program::ID
}

/// Runs `f` on a reserve and its market.
fn with_reserve<T>(
    reserve: &AccountInfo,
    market: &AccountInfo,
    f: impl FnOnce(&Reserve<'_>, &Market<'_>) -> Result<T>,
) -> Result<T> {
    let (reserve, market) = (bytes(reserve)?, bytes(market)?);
    f(&Reserve::new(&reserve)?, &Market::new(&market)?)
}

/// Runs `f` on an obligation.
fn with_obligation<T>(
    info: &AccountInfo,
    f: impl FnOnce(&Obligation<'_>) -> Result<T>,
) -> Result<T> {
    let data = bytes(info)?;
    f(&Obligation::new(&data)?)
}

/// Address of a market's authority over its vaults: a hash, not a search.
fn market_authority(market: &Pubkey, bump: u8) -> Pubkey {
    let seeds = trestle_venue_adapters::kamino::seeds::market_authority(market.as_array());
    Pubkey::derive_address(&seeds, Some(bump), &Pubkey::new_from_array(ids::PROGRAM))
}
