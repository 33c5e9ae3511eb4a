//! Rules of the venue, as users see them: on our mock, or on the real program of a
//! pack where a test does not write the venue's own terms.
//!
//! Most tests set a term in an account and see what it forbids, so they are about
//! the mock. `bench::Bench` is the machine with the pack in it.

mod accounts;
mod bench;
mod farms;
mod freshness;
mod groups;
mod hostile;
mod limits;
mod liquidation;
mod pack;
mod rounding;
