//! klend's rules on open accounts. Nothing here moves tokens.

pub(crate) mod caps;
pub mod exchange;
pub(crate) mod fees;
pub(crate) mod fresh;
pub(crate) mod groups;
pub(crate) mod health;
pub(crate) mod interest;
pub(crate) mod limits;
pub(crate) mod liquidation;
pub(crate) mod price;
pub(crate) mod value;
