//! Between custody and a lending venue. The venue's own call, its checks and
//! its measurement are the adapter's; see [`crate::venues`].

mod account;
mod actions;
mod extras;

pub(crate) use account::{Close, Open};
pub(crate) use actions::{Borrow, Redeem, Repay, Supply};
pub(crate) use extras::{ChangeGroup, Claim, OpenFarm};
