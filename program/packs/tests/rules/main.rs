//! Rules of the venue, as users see them.
//!
//! `conformance` runs on the program of `VENUE_PROGRAMS_DIR/kamino` where there is
//! one. The other modules are about our mock: their numbers are those of its pack.
//! `bench::Bench` is the machine with the pack in it.

mod accounts;
mod bench;
mod conformance;
mod cpi;
mod farms;
mod freshness;
mod groups;
mod hostile;
mod limits;
mod liquidation;
mod pack;
mod real_accounts;
mod rounding;
