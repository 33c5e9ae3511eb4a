//! Health off chain, from account bytes, by the program's own code.

use bytemuck::Pod;
use trestle_interface::TrestleError;
use trestle_interface::state::{Account, LayoutError, MarginAccount, Position, view};
use trestle_interface::view::{Board, Venues, assess, positions};
use trestle_risk_math::portfolio::{Book, Breakdown, Health};

/// Account bytes at an 8-aligned address, as on chain.
#[derive(Clone, Debug)]
pub struct Aligned {
    words: Vec<u64>,
    len: usize,
}

impl Aligned {
    /// Copies bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let mut words = vec![0_u64; bytes.len().div_ceil(8)];
        let target: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
        for (to, from) in target.iter_mut().zip(bytes) {
            *to = *from;
        }
        Self { words, len: bytes.len() }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        let all: &[u8] = bytemuck::cast_slice(&self.words);
        all.get(..self.len).unwrap_or(all)
    }

    /// An account of a type with a fixed size.
    ///
    /// # Errors
    /// [`LayoutError`].
    pub fn account<T: Account + Pod>(&self) -> Result<&T, LayoutError> {
        view::<T>(self.bytes()).map(|(account, _)| account)
    }

    /// A margin account and its positions.
    ///
    /// # Errors
    /// [`LayoutError`]; [`LayoutError::Size`] too when the count exceeds the slab.
    pub fn margin(&self) -> Result<(&MarginAccount, &[Position]), LayoutError> {
        let (account, slab) = view::<MarginAccount>(self.bytes())?;
        let positions = positions(account, slab).map_err(|_| LayoutError::Size)?;
        Ok((account, positions))
    }
}

/// Health with charges by name. What an account owes at venues counts as not
/// read just now, as in `get_health`.
///
/// # Errors
/// As the program's own check.
pub fn health(
    account: &MarginAccount,
    positions: &[Position],
    board: &Board<'_>,
) -> Result<(Health, Breakdown), TrestleError> {
    let mut meter = Breakdown::default();
    let venues = Venues::of(account);
    let health = assess(positions, venues, board, &mut Book::new(), &mut meter)?;
    Ok((health, meter))
}
