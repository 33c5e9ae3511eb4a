//! Portfolio health: the net-factor scenario margin of the risk model, section 2.
//!
//! [`assess`] walks the legs of an account once, sorted by (asset, class),
//! nets them by class, asset, source, factor, issuer and venue account, and
//! charges what is left. Memory is a few fixed tables; work is bounded by
//! `legs + assets + factors * scenarios + classes`.
//!
//! Guarantees: assets are never over-counted and debts never under-counted;
//! the requirement is rounded up once; `init <= liqend <= maint` for terms
//! that satisfy [`crate::constraints`]; nothing panics on any input.

mod book;
mod charge;
mod depth;
mod fold;
mod health;
mod meter;
mod slope;
mod terms;
mod venue;
mod walk;

pub use book::Book;
pub use depth::{concentration_doubled, saturation};
pub use health::{Health, Level, assess};
pub use meter::{Breakdown, Meter, Term};
pub use slope::{Direction, MAX_PULLS, Pull, UNIT_RATE, slope};
pub use terms::{
    Asset, AssetTerms, ClassTerms, Depth, Details, FactorTerms, Freshness, GroupTerms, Leg, Legs,
    MAX_ACCOUNTS, MAX_CLASSES, MAX_FACTORS, MAX_ISSUERS, MAX_LEGS, MAX_SCENARIOS, MAX_SOURCES,
    NATIVE_CLASS, NO_ACCOUNT, Shock, Side, Tables,
};
pub use venue::{AccountSum, Stress, relief};
