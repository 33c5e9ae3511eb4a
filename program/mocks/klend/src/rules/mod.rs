//! klend's rules on open accounts. Nothing here moves tokens.

pub mod caps;
pub mod exchange;
pub mod fees;
pub mod fresh;
pub mod groups;
pub mod health;
pub mod interest;
pub mod limits;
pub mod liquidation;
pub mod price;
pub mod value;
