//! Intents as calls of Save, account by account.
//!
//! The market's authority is the caller's to derive (see [`super::seeds`]);
//! addresses of a reserve are read from the reserve. Whoever owns the
//! obligation owns the token accounts, so one signature serves for both.

mod open;
mod position;
mod refresh;

pub use open::init_obligation;
pub use position::{borrow, redeem, repay, supply};
pub use refresh::{refresh_obligation, refresh_reserve};

use super::Result;
use super::ids::PROGRAM;
use super::obligation::Obligation;
use super::reserve::Reserve;
use crate::plan::{Call, Key, WRITE};

/// The accounts that calls for an obligation name.
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
    /// The owner's token account of the reserve's cTokens: supply and redeem
    /// pass through it and leave it as it was.
    pub ctokens: &'a Key,
}

/// Starts a call: tag alone.
fn begin(call: &mut Call, tag: u8) -> Result<()> {
    call.start(&PROGRAM);
    Ok(call.push(&[tag])?)
}

/// Appends the deposit reserves in their present order: Save books the debts
/// against them.
fn deposit_reserves(call: &mut Call, obligation: &Obligation) -> Result<()> {
    for deposit in obligation.deposits() {
        call.account(deposit.reserve, WRITE)?;
    }
    Ok(())
}
