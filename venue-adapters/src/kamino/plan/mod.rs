//! Intents as calls of klend, account by account.
//!
//! Addresses that klend derives are the caller's to derive (see
//! [`super::seeds`]); those of a reserve are read from the reserve. An
//! optional account that is absent is klend's own id. Referrers are never
//! used: obligations are opened without one.

mod farm;
mod group;
mod open;
mod position;
mod refresh;

pub use farm::{Reward, harvest, init_farm, is_stake_in, refresh_farm};
pub use group::request_group;
pub use open::{init_obligation, init_user_metadata};
pub use position::{borrow, redeem, repay, supply};
pub use refresh::{
    MAX_PRICED, MAX_UNPRICED, refresh_obligation, refresh_reserves, refresh_reserves_with_prices,
};

use super::Result;
use super::ids::PROGRAM;
use super::obligation::Obligation;
use super::reserve::Reserve;
use crate::plan::{Call, Key, READ, Role, WRITE};

/// The accounts that every call for an obligation names.
#[derive(Clone, Copy, Debug)]
pub struct Parties<'a> {
    /// The margin account's authority: owner of the obligation, signer.
    pub owner: &'a Key,
    /// The obligation.
    pub obligation: &'a Key,
    /// Its market.
    pub market: &'a Key,
    /// The market's authority.
    pub market_authority: &'a Key,
}

/// The reserve of an action, and the owner's accounts for it.
#[derive(Clone, Copy, Debug)]
pub struct Leg<'a> {
    /// Address of the reserve.
    pub key: &'a Key,
    /// The reserve.
    pub reserve: &'a Reserve<'a>,
    /// The owner's token account of the reserve's mint.
    pub custody: &'a Key,
    /// The obligation's stake in the reserve's farm of the action's side;
    /// not read where the reserve has no such farm.
    pub farm_user: &'a Key,
}

impl<'a> Leg<'a> {
    /// Stake and farm: both, or klend's id twice.
    fn farm(&self, farm: Option<&'a Key>) -> [(&'a Key, Role); 2] {
        match farm {
            Some(farm) => [(self.farm_user, WRITE), (farm, WRITE)],
            None => [(&PROGRAM, READ), (&PROGRAM, READ)],
        }
    }
}

/// Appends the deposit reserves, in slot order.
fn deposit_reserves(call: &mut Call, obligation: &Obligation) -> Result<()> {
    for deposit in obligation.deposits() {
        call.account(deposit.reserve, WRITE)?;
    }
    Ok(())
}

/// Appends the deposit reserves and then the debt reserves, in slot order.
fn all_reserves(call: &mut Call, obligation: &Obligation) -> Result<()> {
    for reserve in obligation.reserves() {
        call.account(reserve, WRITE)?;
    }
    Ok(())
}
