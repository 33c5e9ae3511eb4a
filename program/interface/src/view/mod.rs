//! Health from account bytes: the program and every client run this code.

mod board;
mod legs;
mod seizable;
mod venues;

pub use board::Board;
pub use legs::{Slab, venue_weight};
pub use seizable::{is_insolvent, seizable};
pub use trestle_venue_adapters::clock::Now;
pub use venues::{MAX_READS, RowRead, Venues};

use crate::error::TrestleError;
use crate::state::{MarginAccount, Position};
use trestle_risk_math::portfolio::{Book, Health, Meter, assess as assess_legs};

/// Positions of an account in use, from the bytes behind its fixed part.
///
/// # Errors
/// [`TrestleError::Corrupt`] when the count exceeds the slab.
#[inline(always)]
pub fn positions<'a>(
    account: &MarginAccount,
    slab: &'a [u8],
) -> Result<&'a [Position], TrestleError> {
    let all: &[Position] = bytemuck::try_cast_slice(slab).map_err(|_| TrestleError::Corrupt)?;
    all.get(..usize::from(account.count)).ok_or(TrestleError::Corrupt)
}

/// Health of an account's positions on a board. `book` comes in empty and
/// holds the sums behind the health afterwards; `venues` says which venue
/// accounts there are and which have been read just now.
///
/// # Errors
/// [`TrestleError`]: an unknown row, a missing price, a value out of bounds.
pub fn assess<M: Meter>(
    positions: &[Position],
    venues: Venues<'_>,
    board: &Board<'_>,
    book: &mut Book,
    meter: &mut M,
) -> Result<Health, TrestleError> {
    let legs = Slab::new(positions, venues, board.markets, board.now);
    assess_legs(board, &legs, book, meter).map_err(|error| board.explain(error, positions))
}
