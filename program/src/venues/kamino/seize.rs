//! What a liquidation needs to know of an obligation before it takes from it.

use super::act::Parts;
use super::read::{read, row_read};
use super::{Scratch, bytes};
use crate::Result;
use crate::accounts::Context;
use crate::venues::{find, place_of};
use solana_program::account_info::AccountInfo;
use trestle_interface::accounts::VenueAccounts;
use trestle_interface::state::MarketKind;
use trestle_risk_math::index::Index;
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::room::{self, Room};
use trestle_venue_adapters::kamino::{Action, report};

/// Makes an action possible later in this instruction, and the account's
/// positions what they are at klend now: checks, refreshes, reads.
pub(crate) fn prepare<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    list: &VenueAccounts<&AccountInfo<'i>>,
    market: u16,
    action: Action,
) -> Result<()> {
    let row = *context.market(market, MarketKind::Lending)?;
    let parts = Parts::load(context, accounts, list, &row)?;
    let place = place_of(&context.margin, list.venue_account.key)?;
    parts.admit(action)?;
    let mut scratch = Scratch::take(context);
    let fresh = parts.freshen(context, &mut scratch.call, action);
    context.scratch = Some(scratch);
    fresh?;
    read(context, accounts, place, list.venue_account)?;
    context.reads.row(row_read(market, parts.indices(context.now)?));
    Ok(())
}

/// What an obligation owes to a reserve, native units, rounded up, after [`prepare`].
pub(crate) fn owed(
    context: &Context<'_, '_>,
    list: &VenueAccounts<&AccountInfo<'_>>,
) -> Result<u64> {
    let (obligation, reserve) = (bytes(list.venue_account)?, bytes(list.reserve)?);
    let units = Obligation::new(&obligation)?.debt_units(list.reserve.key.as_array())?;
    Ok(report::indices(&Reserve::new(&reserve)?, context.now)?.debt.owed_ceil(units)?)
}

/// A deposit that may be taken, after [`prepare`].
#[derive(Clone, Copy)]
pub(crate) struct Held {
    /// Its cTokens.
    units: u64,
    /// Tokens a cToken, rounded down.
    index: Index,
    /// What it is worth, native units, rounded down.
    pub(crate) tokens: u64,
    /// What klend would let out.
    pub(crate) room: Room,
}

impl Held {
    /// Native units that can be taken, rounded down.
    pub(crate) fn available(&self) -> u64 {
        self.tokens.min(self.room.free).min(self.room.untied)
    }

    /// cTokens that bring no more than `tokens`, rounded down.
    pub(crate) fn units_for(&self, tokens: u64) -> Result<u64> {
        Ok(room::units_at_most(self.units, tokens, self.index, self.room.keep)?)
    }
}

/// The deposit of an obligation in a reserve.
#[inline(never)]
pub(crate) fn held(
    context: &Context<'_, '_>,
    accounts: &[AccountInfo<'_>],
    list: &VenueAccounts<&AccountInfo<'_>>,
) -> Result<Held> {
    let (obligation, reserve, market) =
        (bytes(list.venue_account)?, bytes(list.reserve)?, bytes(list.parent)?);
    let obligation = Obligation::new(&obligation)?;
    let (reserve, market) = (Reserve::new(&reserve)?, Market::new(&market)?);
    let (group, now) = (obligation.group(), context.now);
    let room = room::redemption(&obligation, &reserve, &market, now, |key| {
        let data = bytes(find(accounts, key).ok()?).ok()?;
        room::row(&Reserve::new(&data).ok()?, &market, group, now)
    })?;
    let units = obligation.deposit_units(list.reserve.key.as_array());
    let index = report::indices(&reserve, now)?.deposit;
    Ok(Held { units, index, tokens: index.tokens_floor(units)?, room })
}
