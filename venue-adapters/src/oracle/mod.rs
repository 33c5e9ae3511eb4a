//! Oracle accounts: bytes in, raw samples out.
//!
//! A parser proves that the bytes are an authentic sample of the feed that was
//! asked for. Age, confidence and sign are judged by
//! [`trestle_risk_math::guard::sample`], for every oracle alike.

pub mod pyth;
