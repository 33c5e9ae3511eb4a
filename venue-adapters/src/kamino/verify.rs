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

/// A token balance before and after, native units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Before.
    pub before: u64,
    /// After.
    pub after: u64,
}

/// What moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delta {
    /// Tokens that left or reached the authority, native units.
    pub tokens: u64,
    /// Units that the position gained or lost: cTokens, or Q64 debt units.
    pub units: u128,
    /// Units that the position has now.
    pub units_after: u128,
    /// The obligation no longer exists.
    pub closed: bool,
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
    // units rise with supply and borrow, tokens with redeem and borrow
    let units = match action {
        Action::Supply | Action::Borrow => moved(units_before, units_after)?,
        Action::Redeem | Action::Repay => moved(units_after, units_before)?,
    };
    let (from, to) = (u128::from(tokens.before), u128::from(tokens.after));
    let amount = match action {
        Action::Redeem | Action::Borrow => moved(from, to)?,
        Action::Supply | Action::Repay => moved(to, from)?,
    };
    let bounded = if matches!(action, Action::Redeem) { units } else { amount };
    if bounded > u128::from(asked) {
        return Err(KaminoError::Exceeded);
    }
    let tokens = u64::try_from(amount).map_err(|_| KaminoError::Numbers)?;
    let closed = matches!(after, After::Closed);
    Ok(Delta { tokens, units, units_after, closed })
}

impl Delta {
    /// Whether units and tokens moved at the reserve's rate, `index`, read in
    /// the same slot after a refresh: `slack` native units apart at most, and
    /// the worth of one unit, which klend rounds.
    ///
    /// Only a movement against the account is an error: fewer units for a
    /// supply, fewer tokens for a redemption, more debt for a borrow (beyond
    /// the fee that `slack` allows), less of it gone for a repayment.
    ///
    /// # Errors
    /// [`KaminoError::Rate`], [`KaminoError::Numbers`].
    pub fn expect_rate(&self, action: Action, index: Index, slack: u64) -> Result<()> {
        let worth = match action {
            Action::Supply | Action::Redeem => {
                let units = u64::try_from(self.units).map_err(|_| KaminoError::Numbers)?;
                index.tokens_floor(units)?
            }
            Action::Borrow | Action::Repay => index.owed_ceil(self.units)?,
        };
        let unit = match action {
            Action::Supply | Action::Redeem => index.tokens_ceil(1)?,
            Action::Borrow | Action::Repay => 1,
        };
        let loss = match action {
            Action::Supply | Action::Repay => self.tokens.saturating_sub(worth),
            Action::Redeem | Action::Borrow => worth.saturating_sub(self.tokens),
        };
        if loss > slack.saturating_add(unit) { Err(KaminoError::Rate) } else { Ok(()) }
    }
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

/// `to - from`, which must be above zero.
fn moved(from: u128, to: u128) -> Result<u128> {
    match to.checked_sub(from) {
        None => Err(KaminoError::WrongDirection),
        Some(0) => Err(KaminoError::NoEffect),
        Some(by) => Ok(by),
    }
}
