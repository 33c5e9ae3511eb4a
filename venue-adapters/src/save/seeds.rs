//! Seeds of Save's derived addresses.
//!
//! The market's authority is the only one. An obligation may have any address:
//! it is created by the caller, owned by Save, and says itself whose it is.

use crate::plan::Key;

/// Authority of a market over its vaults; program [`super::ids::PROGRAM`].
/// Its bump stands in the market and comes last.
#[must_use]
pub const fn market_authority(market: &Key) -> [&[u8]; 1] {
    [market]
}
