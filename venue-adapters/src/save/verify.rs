//! What an action did: two snapshots in, the measured movement out.
//!
//! Save's stored sums and the requested amount are not evidence. What counts
//! is how the authority's token balance and the obligation's units moved, that
//! they moved the right way and at the reserve's rate, and that nothing else
//! did. Positions are compared by reserve: their order may change.

use super::layout::obligation::MAX_POSITIONS;
use super::obligation::{Obligation, drift};
use super::{Action, Result, SaveError};
use crate::plan::Key;
use crate::venue::movement;
pub use crate::venue::movement::{Delta, Tokens};
use trestle_risk_math::index::Index;

/// No reserve.
const NONE: Key = [0; 32];

/// An obligation before an action: who it belongs to and all its units.
///
/// 1 KB; taken after the refreshes, so that units stand still.
#[derive(Clone, Debug)]
pub struct Snapshot {
    market: Key,
    owner: Key,
    deposits: [(Key, u64); MAX_POSITIONS],
    borrows: [(Key, u128); MAX_POSITIONS],
}

impl Snapshot {
    /// Nothing yet.
    pub const EMPTY: Self = Self {
        market: NONE,
        owner: NONE,
        deposits: [(NONE, 0); MAX_POSITIONS],
        borrows: [(NONE, 0); MAX_POSITIONS],
    };

    /// Takes the snapshot, whatever stood here before.
    ///
    /// # Errors
    /// [`SaveError::Numbers`] when a debt's units cannot be read.
    pub fn take(&mut self, obligation: &Obligation) -> Result<()> {
        *self = Self::EMPTY;
        self.market = *obligation.market();
        self.owner = *obligation.owner();
        for (place, deposit) in self.deposits.iter_mut().zip(obligation.deposits()) {
            *place = (*deposit.reserve, deposit.ctokens);
        }
        for (place, borrow) in self.borrows.iter_mut().zip(obligation.borrows()) {
            *place = (*borrow.reserve, borrow.units()?);
        }
        Ok(())
    }

    /// cTokens in `reserve`.
    #[must_use]
    pub fn deposit_units(&self, reserve: &Key) -> u64 {
        self.deposits.iter().find(|(key, _)| key == reserve).map_or(0, |(_, units)| *units)
    }

    /// Q64 units of debt to `reserve`.
    #[must_use]
    pub fn debt_units(&self, reserve: &Key) -> u128 {
        self.borrows.iter().find(|(key, _)| key == reserve).map_or(0, |(_, units)| *units)
    }

    /// Owner and market are what they were.
    fn expect_identity(&self, after: &Obligation) -> Result<()> {
        let same = *after.market() == self.market && *after.owner() == self.owner;
        if same { Ok(()) } else { Err(SaveError::IdentityChanged) }
    }

    /// All deposits but the excepted reserve's are what they were, and none is new.
    fn expect_deposits(&self, after: &Obligation, except: Option<&Key>) -> Result<()> {
        let named = |key: &Key| except == Some(key);
        let kept = |(key, units): &(Key, u64)| named(key) || after.deposit_units(key) == *units;
        let known = |key: &Key, units: u64| named(key) || self.deposit_units(key) == units;
        let same = self.deposits.iter().filter(|(_, units)| *units != 0).all(kept)
            && after.deposits().all(|d| known(d.reserve, d.ctokens));
        if same { Ok(()) } else { Err(SaveError::OtherPosition) }
    }

    /// All debts but the excepted reserve's are what they were, interest
    /// aside, and none is new.
    fn expect_borrows(&self, after: &Obligation, except: Option<&Key>) -> Result<()> {
        let named = |key: &Key| except == Some(key);
        for (key, units) in self.borrows.iter().filter(|(key, n)| *n != 0 && !named(key)) {
            expect_stood(*units, after.debt_units(key)?)?;
        }
        for borrow in after.borrows().filter(|b| !named(b.reserve)) {
            expect_stood(self.debt_units(borrow.reserve), borrow.units()?)?;
        }
        Ok(())
    }
}

/// A debt of the same units but for the rounding of an accrual.
fn expect_stood(before: u128, after: u128) -> Result<()> {
    match before.checked_sub(after) {
        Some(0) => Ok(()),
        Some(by) if by < drift(before) && after != 0 => Ok(()),
        _ => Err(SaveError::OtherPosition),
    }
}

/// Measures an action on `reserve` for which `asked` was asked: tokens for
/// supply, borrow and repay, cTokens for redeem, [`super::ALL`] for all.
///
/// Save may take or give less than was asked; the measured amount counts.
///
/// # Errors
/// [`SaveError::NoEffect`], [`SaveError::WrongDirection`],
/// [`SaveError::Exceeded`], [`SaveError::OtherPosition`],
/// [`SaveError::IdentityChanged`], [`SaveError::Numbers`].
pub fn action(
    action: Action,
    before: &Snapshot,
    after: &Obligation,
    reserve: &Key,
    tokens: Tokens,
    asked: u64,
) -> Result<Delta> {
    before.expect_identity(after)?;
    let (deposit, borrow) = match action {
        Action::Supply | Action::Redeem => (Some(reserve), None),
        Action::Borrow | Action::Repay => (None, Some(reserve)),
    };
    before.expect_deposits(after, deposit)?;
    before.expect_borrows(after, borrow)?;
    let units = match action {
        Action::Supply | Action::Redeem => {
            (u128::from(before.deposit_units(reserve)), u128::from(after.deposit_units(reserve)))
        }
        Action::Borrow | Action::Repay => (before.debt_units(reserve), after.debt_units(reserve)?),
    };
    Ok(movement::measure(action, units, tokens, asked)?)
}

/// Whether units and tokens moved at the reserve's rate: see [`Delta::loss`],
/// beyond which `slack` native units are allowed.
///
/// # Errors
/// [`SaveError::Rate`], [`SaveError::Numbers`].
pub fn expect_rate(delta: &Delta, action: Action, index: Index, slack: u64) -> Result<()> {
    if delta.loss(action, index)? > slack { Err(SaveError::Rate) } else { Ok(()) }
}

/// A new obligation: empty, of this owner and market.
///
/// # Errors
/// [`SaveError::WrongMarket`], [`SaveError::Identity`].
pub fn opened(after: &Obligation, owner: &Key, market: &Key) -> Result<()> {
    super::admit::obligation(after, owner, market)?;
    if after.position_count() == 0 { Ok(()) } else { Err(SaveError::Identity) }
}
