//! Idle tokens of a margin account.

mod deposit;
mod sync;
mod withdraw;

pub(crate) use deposit::Deposit;
pub(crate) use sync::Sync;
pub(crate) use withdraw::Withdraw;
