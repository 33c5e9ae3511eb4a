//! Oracle accounts: bytes in, raw samples out.
//!
//! A parser proves that the bytes are an authentic sample of the feed that was
//! asked for. Age, confidence and sign are judged by
//! [`trestle_risk_math::guard::sample`], for every oracle alike. A staking pool
//! is an oracle of its token's rate in SOL.

pub mod marinade;
pub mod pyth;
pub mod rate;
pub mod stake_pool;
pub mod switchboard;
