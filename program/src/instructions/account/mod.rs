//! Margin accounts themselves: opening, growing, closing; who owns them and
//! who may act on them.

mod close;
mod create;
mod delegate;
mod lock;
mod owner;
mod resize;
mod seat;

pub(crate) use close::{close, erase};
pub(crate) use create::create;
pub(crate) use delegate::set_delegate;
pub(crate) use lock::{lift_lock_down, lock_down};
pub(crate) use owner::{accept_owner, propose_owner};
pub(crate) use resize::resize;

use crate::Result;
use crate::event;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::state::{AccountStatus, MarginAccount, Position, Session};

/// No session is open.
fn expect_idle(account: &MarginAccount) -> Result<()> {
    if account.session == Session::Idle.byte() { Ok(()) } else { Err(TrestleError::InSession) }
}

/// The signer is the owner, and no session is open.
pub(super) fn expect_owner(account: &MarginAccount, signer: &Pubkey) -> Result<()> {
    if account.owner != *signer {
        return Err(TrestleError::NotOwner);
    }
    expect_idle(account)
}

/// The account is not locked down.
pub(super) fn expect_unlocked(account: &MarginAccount) -> Result<()> {
    let active = account.status == AccountStatus::Active.byte();
    if active { Ok(()) } else { Err(TrestleError::LockedDown) }
}

/// Counts an act on the account itself and tells what it is now, with room for
/// `slab` bytes of positions. What was signed for the state before no longer
/// passes a guard of the sequence.
fn record(address: &Pubkey, account: &mut MarginAccount, slab: usize) {
    let previous = account.sequence;
    account.sequence = previous.wrapping_add(1);
    let capacity = slab.checked_div(size_of::<Position>()).unwrap_or(0);
    let capacity = u8::try_from(capacity).unwrap_or(u8::MAX);
    event::log(address, [previous, account.sequence], &account.event(capacity, true));
}
