//! Seeds of klend's derived addresses, so that program and client derive alike.
//!
//! Vaults, fee vaults and cToken mints are missing on purpose: old and new
//! reserves derive theirs from different seeds. Read them from the reserve.

use crate::plan::Key;

/// Tag of the obligations that Trestle opens: no seed accounts.
pub const TAG: u8 = 0;

/// Authority of a market over its vaults; program [`super::ids::PROGRAM`]. Its bump stands in the market.
#[must_use]
pub const fn market_authority(market: &Key) -> [&[u8]; 2] {
    [b"lma", market]
}

/// The owner's metadata; program [`super::ids::PROGRAM`].
#[must_use]
pub const fn user_metadata(owner: &Key) -> [&[u8]; 2] {
    [b"user_meta", owner]
}

/// The owner's obligation number `id` in a market; program [`super::ids::PROGRAM`].
#[must_use]
pub const fn obligation<'a>(id: &'a [u8; 1], owner: &'a Key, market: &'a Key) -> [&'a [u8]; 6] {
    [&[TAG], id, owner, market, &super::ids::SYSTEM_PROGRAM, &super::ids::SYSTEM_PROGRAM]
}

/// An obligation's stake in a farm; program [`super::ids::FARMS_PROGRAM`].
#[must_use]
pub const fn farm_user<'a>(farm: &'a Key, obligation: &'a Key) -> [&'a [u8]; 3] {
    [b"user", farm, obligation]
}
