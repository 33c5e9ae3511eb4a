//! What an action did: two snapshots in, the measured movement out.
//!
//! klend's return value, its stored sums and the requested amount are not
//! evidence. What counts is how the authority's token balance and the
//! obligation's units moved, that they moved the right way and at the
//! reserve's rate, and that nothing else did.

use super::ids::{PROGRAM, SYSTEM_PROGRAM};
use super::layout::obligation::{BORROW_COUNT, DEPOSIT_COUNT};
use super::obligation::{DRIFT, Obligation};
use super::{Action, KaminoError, Result};
use crate::plan::Key;
use crate::venue::movement;
pub use crate::venue::movement::{Delta, Tokens};
use trestle_risk_math::index::Index;

/// An obligation before an action: who it belongs to and all its units.
///
/// 0.7 KB; taken after the refreshes, so that units stand still.
#[derive(Clone, Debug)]
pub struct Snapshot {
    tag: u64,
    market: Key,
    owner: Key,
    group: u8,
    deposits: [(Key, u64); DEPOSIT_COUNT],
    borrows: [(Key, u128); BORROW_COUNT],
}

/// The obligation's account after an action.
#[derive(Clone, Copy, Debug)]
pub enum After<'a> {
    /// Still there.
    Open(Obligation<'a>),
    /// Gone: no data, no longer klend's.
    Closed,
}

impl<'a> After<'a> {
    /// The account as it is found: klend's, or the System program's and empty.
    ///
    /// # Errors
    /// [`KaminoError::IdentityChanged`] when it is something else,
    /// [`KaminoError::Length`], [`KaminoError::Discriminator`].
    pub fn read(owner: &Key, data: &'a [u8]) -> Result<Self> {
        if *owner == SYSTEM_PROGRAM && data.is_empty() {
            return Ok(Self::Closed);
        }
        if *owner != PROGRAM {
            return Err(KaminoError::IdentityChanged);
        }
        Obligation::new(data).map(Self::Open)
    }
}

impl Snapshot {
    /// Nothing yet.
    pub const EMPTY: Self = Self {
        tag: 0,
        market: SYSTEM_PROGRAM,
        owner: SYSTEM_PROGRAM,
        group: 0,
        deposits: [(SYSTEM_PROGRAM, 0); DEPOSIT_COUNT],
        borrows: [(SYSTEM_PROGRAM, 0); BORROW_COUNT],
    };

    /// Takes the snapshot.
    ///
    /// # Errors
    /// [`KaminoError::Numbers`] when a debt's units cannot be read.
    pub fn take(&mut self, obligation: &Obligation) -> Result<()> {
        self.tag = obligation.tag();
        self.market = *obligation.market();
        self.owner = *obligation.owner();
        self.group = obligation.group();
        for (place, slot) in self.deposits.iter_mut().zip(obligation.deposit_slots()) {
            *place = slot.map_or((SYSTEM_PROGRAM, 0), |d| (*d.reserve, d.ctokens));
        }
        for (place, slot) in self.borrows.iter_mut().zip(obligation.borrow_slots()) {
            *place = match slot {
                Some(borrow) => (*borrow.reserve, borrow.units()?),
                None => (SYSTEM_PROGRAM, 0),
            };
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

    /// Owner, market, tag, group and referrer are what they were.
    fn expect_identity(&self, after: &Obligation) -> Result<()> {
        let same = after.tag() == self.tag
            && *after.market() == self.market
            && *after.owner() == self.owner
            && *after.referrer() == SYSTEM_PROGRAM
            && after.group() == self.group;
        if same { Ok(()) } else { Err(KaminoError::IdentityChanged) }
    }

    /// All deposits but the excepted reserve's are what they were.
    fn expect_deposits(&self, after: &Obligation, except: Option<&Key>) -> Result<()> {
        for ((reserve, units), slot) in self.deposits.iter().zip(after.deposit_slots()) {
            let now = slot.map_or((&SYSTEM_PROGRAM, 0), |d| (d.reserve, d.ctokens));
            let same = reserve == now.0 && *units == now.1;
            if !same && !may_move(except, reserve, now.0) {
                return Err(KaminoError::OtherPosition);
            }
        }
        Ok(())
    }

    /// All debts but the excepted reserve's are what they were, interest aside.
    fn expect_borrows(&self, after: &Obligation, except: Option<&Key>) -> Result<()> {
        for ((reserve, units), slot) in self.borrows.iter().zip(after.borrow_slots()) {
            let key = slot.map_or(&SYSTEM_PROGRAM, |borrow| borrow.reserve);
            if may_move(except, reserve, key) {
                continue;
            }
            let drift = units.checked_sub(slot.map_or(Ok(0), |borrow| borrow.units())?);
            if reserve != key || drift.is_none_or(|d| d >= DRIFT) {
                return Err(KaminoError::OtherPosition);
            }
        }
        Ok(())
    }
}

/// Measures an action on `reserve` for which `asked` was asked: tokens for
/// supply, borrow and repay, cTokens for redeem, [`super::ALL`] for all.
///
/// klend may take or give less than was asked; the measured amount counts. The
/// obligation may be closed by nothing but the redemption of its last deposit.
///
/// # Errors
/// [`KaminoError::NoEffect`], [`KaminoError::WrongDirection`],
/// [`KaminoError::Exceeded`], [`KaminoError::OtherPosition`],
/// [`KaminoError::IdentityChanged`], [`KaminoError::Closed`].
pub fn action(
    action: Action,
    before: &Snapshot,
    after: &After,
    reserve: &Key,
    tokens: Tokens,
    asked: u64,
) -> Result<Delta> {
    let units_before = match action {
        Action::Supply | Action::Redeem => u128::from(before.deposit_units(reserve)),
        Action::Borrow | Action::Repay => before.debt_units(reserve),
    };
    let units_after = match after {
        After::Closed => {
            expect_last_redemption(action, before, reserve)?;
            0
        }
        After::Open(obligation) => {
            before.expect_identity(obligation)?;
            let (deposit, borrow) = match action {
                Action::Supply | Action::Redeem => (Some(reserve), None),
                Action::Borrow | Action::Repay => (None, Some(reserve)),
            };
            before.expect_deposits(obligation, deposit)?;
            before.expect_borrows(obligation, borrow)?;
            match action {
                Action::Supply | Action::Redeem => u128::from(obligation.deposit_units(reserve)),
                Action::Borrow | Action::Repay => obligation.debt_units(reserve)?,
            }
        }
    };
    let delta = movement::measure(action, (units_before, units_after), tokens, asked)?;
    Ok(Delta { closed: matches!(after, After::Closed), ..delta })
}

/// Whether units and tokens moved at the reserve's rate: see [`Delta::loss`],
/// beyond which `slack` native units are allowed.
///
/// # Errors
/// [`KaminoError::Rate`], [`KaminoError::Numbers`].
pub fn expect_rate(delta: &Delta, action: Action, index: Index, slack: u64) -> Result<()> {
    if delta.loss(action, index)? > slack { Err(KaminoError::Rate) } else { Ok(()) }
}

/// A new obligation: empty, of this owner and market, without group or referrer.
///
/// # Errors
/// [`KaminoError::WrongMarket`], [`KaminoError::Identity`].
pub fn opened(after: &Obligation, owner: &Key, market: &Key) -> Result<()> {
    super::admit::obligation(after, owner, market)?;
    if after.is_empty() && after.group() == 0 { Ok(()) } else { Err(KaminoError::Identity) }
}

/// A change of elevation group that changed nothing else.
///
/// # Errors
/// [`KaminoError::NoEffect`], [`KaminoError::IdentityChanged`],
/// [`KaminoError::OtherPosition`].
pub fn group_changed(before: &Snapshot, after: &Obligation, asked: u8) -> Result<()> {
    if after.group() != asked {
        return Err(KaminoError::NoEffect);
    }
    let mut expected = before.clone();
    expected.group = asked;
    expected.expect_identity(after)?;
    expected.expect_deposits(after, None)?;
    expected.expect_borrows(after, None)
}

/// Rewards that were claimed, native units; zero is no error, since they may
/// be all claimed.
///
/// # Errors
/// [`KaminoError::WrongDirection`] when the balance fell.
pub fn claimed(tokens: Tokens) -> Result<u64> {
    tokens.after.checked_sub(tokens.before).ok_or(KaminoError::WrongDirection)
}

/// Whether a slot may turn from one reserve's to another's: the named position
/// may change, fill a free slot or free its own, and nothing else may.
fn may_move(named: Option<&Key>, was: &Key, is: &Key) -> bool {
    let Some(named) = named else { return false };
    let named_or_free = |key: &Key| key == named || *key == SYSTEM_PROGRAM;
    named_or_free(was) && named_or_free(is)
}

/// klend closes an obligation that a redemption left empty.
fn expect_last_redemption(action: Action, before: &Snapshot, reserve: &Key) -> Result<()> {
    let owes = before.borrows.iter().any(|(key, _)| *key != SYSTEM_PROGRAM);
    let others = before.deposits.iter().any(|(key, _)| *key != SYSTEM_PROGRAM && key != reserve);
    if matches!(action, Action::Redeem) && !owes && !others {
        Ok(())
    } else {
        Err(KaminoError::Closed)
    }
}
