//! The exit table (ruling 11): operation by state, what happens.
//!
//! Deposit and repayment skip every check. A redemption stays in the account
//! and needs no price. A withdrawal is checked only while something is owed.
//! A lock-down leaves all of them ([`crate::permission::Permission::when_locked`]).
//! Liquidation needs fresh data and an unhealthy account. A test drives every
//! cell on the SVM.

use crate::error::TrestleError;
use crate::tag::Tag;

/// States of the world that an exit can meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Everything fresh, the account healthy, something owed.
    Usual,
    /// The account owes nothing.
    NothingOwed,
    /// Prices and indices are old.
    Stale,
    /// The pool lent out all of its cash.
    NoLiquidity,
    /// The account is below maintenance health.
    Unhealthy,
    /// The pool waits for the settlement of another account's bad debt.
    Unsettled,
}

impl State {
    /// All states, in the order of [`ExitRow::rules`].
    pub const ALL: &'static [Self] = &[
        Self::Usual,
        Self::NothingOwed,
        Self::Stale,
        Self::NoLiquidity,
        Self::Unhealthy,
        Self::Unsettled,
    ];
}

/// What happens to an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It goes through.
    Allowed,
    /// It is refused with this error.
    Refused(TrestleError),
}

/// One operation's row.
#[derive(Clone, Copy, Debug)]
pub struct ExitRow {
    /// Operation.
    pub tag: Tag,
    /// Outcome in each of [`State::ALL`].
    pub rules: [Exit; 6],
}

impl ExitRow {
    /// Outcome in a state.
    #[must_use]
    pub fn rule(&self, state: State) -> Exit {
        let position = State::ALL.iter().position(|s| *s == state).unwrap_or(0);
        self.rules.get(position).copied().unwrap_or(Exit::Allowed)
    }
}

const OK: Exit = Exit::Allowed;

const fn no(error: TrestleError) -> Exit {
    Exit::Refused(error)
}

/// Leaving a pool waits for its cash, and for the settlement of a known loss.
const REDEEM: [Exit; 6] =
    [OK, OK, OK, no(TrestleError::NoLiquidity), OK, no(TrestleError::PoolUnsettled)];

/// The table.
pub const EXITS: &[ExitRow] = &[
    ExitRow { tag: Tag::Deposit, rules: [OK; 6] },
    ExitRow { tag: Tag::PoolRepay, rules: [OK, no(TrestleError::NoPosition), OK, OK, OK, OK] },
    ExitRow { tag: Tag::PoolRedeem, rules: REDEEM },
    ExitRow { tag: Tag::LenderRedeem, rules: REDEEM },
    ExitRow {
        tag: Tag::Withdraw,
        rules: [OK, OK, no(TrestleError::StaleDebt), OK, no(TrestleError::InitialHealth), OK],
    },
    ExitRow {
        tag: Tag::Liquidate,
        rules: [
            no(TrestleError::Healthy),
            no(TrestleError::Healthy),
            no(TrestleError::LiquidationStale),
            no(TrestleError::Healthy),
            OK,
            no(TrestleError::Healthy),
        ],
    },
];
