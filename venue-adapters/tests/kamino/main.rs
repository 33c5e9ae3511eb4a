//! The Kamino adapter: real accounts, a recorded run of the real program, exact models.

mod admit;
mod freshness;
mod interest;
mod layout;
mod plan;
mod properties;
mod report;
mod stress;
mod support;
mod trace;
mod units;
mod verify;
