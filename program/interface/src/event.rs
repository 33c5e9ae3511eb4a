//! Events: what changed, as the program logs it (`Program data:`).
//!
//! One field of a log line is one event: a [`Head`], then a body that its kind
//! fixes, little-endian and packed. Bodies state what *is* after the
//! instruction, not what was added, so a reader that lost some events is right
//! again with the next one of the same position; gaps show in the sequence.
//! From the first event on, all positions, pools and lend-only positions can
//! be rebuilt from events alone. Logs of a failed transaction mean nothing,
//! and only lines of this program's own frame are its events.
//!
//! The runtime keeps 10,000 bytes of a transaction's log and marks one that it
//! cut. Twelve operations on an account of 64 positions take two thirds of it;
//! what a foreign program logs in the same transaction counts as well.
//!
//! The decoder trusts no byte: wrong magic, version, kind or length is `None`.

use crate::wire::{Field, Wire, decode};
use solana_address::Address;

/// First bytes of every event.
pub const MAGIC: [u8; 4] = *b"trEv";

/// Version of the encoding. A reader refuses others.
pub const VERSION: u8 = 1;

crate::byte_enum! {
    /// What an event tells.
    EventKind {
        /// Positions of a margin account: as many [`Leg`]s as the head counts.
        Legs = 1,
        /// A pool's [`PoolState`].
        Pool = 2,
        /// A lend-only position's [`LenderState`].
        Lender = 3,
        /// A margin account's [`AccountState`].
        Account = 4,
        /// [`Liquidated`]: an account was liquidated; its legs come in their own event.
        Liquidation = 5,
        /// [`Flagged`]: the incentive clock of an account started or stopped.
        Flag = 6,
        /// [`Marked`]: a pool learned of a bankrupt account's debt.
        Mark = 7,
        /// [`Settled`]: a bad debt was settled; legs and pool come in their own events.
        Settlement = 8,
        /// [`Rescued`]: an account at a venue was rescued; legs and pool come in their own events.
        Rescue = 9,
        /// [`Received`]: an account was liquidated in a receivership.
        Receivership = 10,
    }
}

crate::args! {
    /// What every event begins with.
    Head {
        /// [`MAGIC`].
        magic: [u8; 4],
        /// [`VERSION`].
        version: u8,
        /// [`EventKind`].
        kind: u8,
        /// Bodies that follow: legs, 1 for any other kind.
        count: u8,
        /// The subject's sequence before the instruction.
        previous: u64,
        /// The subject's sequence after it.
        sequence: u64,
        /// Margin account, pool or lend-only position.
        subject: Address,
    }

    /// A position after the instruction.
    Leg {
        /// Market; the asset for custody.
        market: u16,
        /// Kind of the position.
        kind: u8,
        /// Venue class.
        class: u8,
        /// Asset.
        asset: u8,
        /// Place of its venue account, 255 for none.
        venue_account: u8,
        /// Units, zero once the position is gone.
        units: u128,
    }

    /// A pool's books after the instruction.
    PoolState {
        /// Idle tokens, native units.
        cash: u64,
        /// Units of all deposits.
        deposit_units: u64,
        /// Units of all debts.
        debt_units: u64,
        /// Tokens per deposit unit, Q64.
        deposit_index: u128,
        /// Tokens per debt unit, Q64.
        debt_index: u128,
        /// Fees not yet collected, Q64 tokens.
        fees: u128,
        /// Insurance, Q64 tokens.
        insurance: u128,
        /// Unix time up to which interest is accrued.
        updated: i64,
    }

    /// A lend-only position after the instruction.
    LenderState {
        /// Pool.
        pool: Address,
        /// Owner.
        owner: Address,
        /// Deposit units.
        units: u64,
        /// It exists; false once it is closed.
        open: bool,
    }

    /// A margin account after it was opened, resized, locked, handed over or
    /// closed, or its delegates changed.
    AccountState {
        /// Group.
        group: Address,
        /// Owner.
        owner: Address,
        /// Owner at creation.
        creator: Address,
        /// Number of the account.
        index: u16,
        /// Positions it has room for.
        capacity: u8,
        /// [`crate::state::AccountStatus`].
        status: u8,
        /// It exists; false once it is closed.
        open: bool,
    }

    /// A liquidation.
    Liquidated {
        /// Who liquidated.
        liquidator: Address,
        /// Market of the debt.
        debt_market: u16,
        /// Market of the collateral; the asset for custody.
        collateral_market: u16,
        /// Kind of the collateral position.
        collateral_kind: u8,
        /// Tokens repaid, native units.
        repaid: u64,
        /// Tokens paid to insurance on top, native units of the debt's mint.
        insured: u64,
        /// Of what was repaid, what insurance paid, native units.
        subsidy: u64,
        /// Tokens seized, native units.
        seized: u64,
        /// Equity before, micro-USD.
        equity_before: i64,
        /// Equity after, micro-USD.
        equity_after: i64,
        /// Maintenance health before, micro-USD.
        maint_before: i64,
        /// Maintenance health after, micro-USD.
        maint_after: i64,
    }

    /// An account was liquidated in a receivership. Its legs come in events of
    /// their own.
    Received {
        /// Who liquidated.
        liquidator: Address,
        /// Debts before, micro-USD.
        debts_before: i64,
        /// Debts after, micro-USD.
        debts_after: i64,
        /// Equity before, micro-USD.
        equity_before: i64,
        /// Equity after, micro-USD.
        equity_after: i64,
        /// Maintenance health before, micro-USD.
        maint_before: i64,
        /// Maintenance health after, micro-USD.
        maint_after: i64,
    }

    /// The incentive clock of an account started or stopped.
    Flagged {
        /// Slot in which it started, 0 once it stopped.
        slot: u64,
        /// Equity, micro-USD.
        equity: i64,
        /// Liquidation-end health, micro-USD.
        liqend: i64,
        /// Maintenance health, micro-USD.
        maint: i64,
    }

    /// A pool learned of a bankrupt account's debt.
    Marked {
        /// Pool.
        pool: Address,
        /// What the account owes it, native units, rounded up.
        owed: u64,
        /// What all marked accounts owe it, native units.
        unsettled: u64,
        /// Slot after which the lock counts its lapse.
        since: u64,
    }

    /// A bad debt was settled.
    Settled {
        /// Pool.
        pool: Address,
        /// Market of the pool.
        market: u16,
        /// Debt units that are gone.
        units: u64,
        /// What was left of the account and repaid with, native units.
        recovered: u64,
        /// Loss, Q64 tokens.
        loss: u128,
        /// Of it, borne by the pool's insurance, Q64 tokens.
        insurance: u128,
        /// Of it, borne by depositors, Q64 tokens. What remains was borne by fees.
        lenders: u128,
        /// Deposit index before, Q64.
        index_before: u128,
        /// Deposit index after, Q64.
        index_after: u128,
    }

    /// An account at a venue was rescued with the margin account's own assets.
    Rescued {
        /// Who rescued.
        caller: Address,
        /// Market of the venue.
        market: u16,
        /// Kind of the position that received.
        target_kind: u8,
        /// Kind of the position that gave.
        source_kind: u8,
        /// Tokens moved, native units.
        moved: u64,
        /// Tokens paid to the caller, native units.
        tip: u64,
        /// The venue account's ratio of debt to limit before, Q16, 2.0 at most.
        stress_before: u32,
        /// The same ratio after.
        stress_after: u32,
        /// Maintenance health before, micro-USD.
        maint_before: i64,
        /// Maintenance health after, micro-USD.
        maint_after: i64,
    }
}

/// What follows the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body<'a> {
    /// Positions of a margin account.
    Legs(Legs<'a>),
    /// A pool's books.
    Pool(PoolState),
    /// A lend-only position.
    Lender(LenderState),
    /// A margin account.
    Account(AccountState),
    /// A liquidation.
    Liquidation(Liquidated),
    /// A start or stop of the incentive clock.
    Flag(Flagged),
    /// A known bad debt.
    Mark(Marked),
    /// A settled bad debt.
    Settlement(Settled),
    /// A rescue.
    Rescue(Rescued),
    /// A liquidation in a receivership.
    Receivership(Received),
}

/// Encoded legs, whose number was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Legs<'a>(&'a [u8]);

impl Iterator for Legs<'_> {
    type Item = Leg;

    fn next(&mut self) -> Option<Leg> {
        Leg::take(&mut self.0)
    }
}

/// A decoded event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// Who, and where in its sequence.
    pub head: Head,
    /// What.
    pub body: Body<'a>,
}

impl<'a> Event<'a> {
    /// Decodes one field of a log line. `None` for anything that is not one
    /// whole event of this version.
    #[must_use]
    pub fn decode(mut bytes: &'a [u8]) -> Option<Self> {
        let head = Head::take(&mut bytes)?;
        if head.magic != MAGIC || head.version != VERSION {
            return None;
        }
        let kind = EventKind::from_byte(head.kind)?;
        let body = if kind == EventKind::Legs {
            let length = usize::from(head.count).checked_mul(Leg::LEN)?;
            (bytes.len() == length).then_some(Body::Legs(Legs(bytes)))?
        } else if head.count != 1 {
            return None;
        } else {
            match kind {
                EventKind::Legs => return None,
                EventKind::Pool => Body::Pool(decode(bytes)?),
                EventKind::Lender => Body::Lender(decode(bytes)?),
                EventKind::Account => Body::Account(decode(bytes)?),
                EventKind::Liquidation => Body::Liquidation(decode(bytes)?),
                EventKind::Flag => Body::Flag(decode(bytes)?),
                EventKind::Mark => Body::Mark(decode(bytes)?),
                EventKind::Settlement => Body::Settlement(decode(bytes)?),
                EventKind::Rescue => Body::Rescue(decode(bytes)?),
                EventKind::Receivership => Body::Receivership(decode(bytes)?),
            }
        };
        Some(Self { head, body })
    }
}

/// A body with an event of its own.
pub trait Single: Wire {
    /// Its kind.
    const KIND: EventKind;
}

impl Single for PoolState {
    const KIND: EventKind = EventKind::Pool;
}

impl Single for LenderState {
    const KIND: EventKind = EventKind::Lender;
}

impl Single for AccountState {
    const KIND: EventKind = EventKind::Account;
}

impl Single for Liquidated {
    const KIND: EventKind = EventKind::Liquidation;
}

impl Single for Flagged {
    const KIND: EventKind = EventKind::Flag;
}

impl Single for Marked {
    const KIND: EventKind = EventKind::Mark;
}

impl Single for Received {
    const KIND: EventKind = EventKind::Receivership;
}

impl Single for Settled {
    const KIND: EventKind = EventKind::Settlement;
}

impl Single for Rescued {
    const KIND: EventKind = EventKind::Rescue;
}

/// One row of [`TABLE`].
#[derive(Clone, Copy, Debug)]
pub struct EventInfo {
    /// Kind.
    pub kind: EventKind,
    /// Name, snake case.
    pub name: &'static str,
    /// Fields of its body, or of each leg.
    pub fields: &'static [Field],
}

/// All events, by kind.
pub const TABLE: &[EventInfo] = &[
    EventInfo { kind: EventKind::Legs, name: "legs", fields: Leg::FIELDS },
    EventInfo { kind: EventKind::Pool, name: "pool", fields: PoolState::FIELDS },
    EventInfo { kind: EventKind::Lender, name: "lender", fields: LenderState::FIELDS },
    EventInfo { kind: EventKind::Account, name: "account", fields: AccountState::FIELDS },
    EventInfo { kind: EventKind::Liquidation, name: "liquidation", fields: Liquidated::FIELDS },
    EventInfo { kind: EventKind::Flag, name: "flag", fields: Flagged::FIELDS },
    EventInfo { kind: EventKind::Mark, name: "mark", fields: Marked::FIELDS },
    EventInfo { kind: EventKind::Settlement, name: "settlement", fields: Settled::FIELDS },
    EventInfo { kind: EventKind::Rescue, name: "rescue", fields: Rescued::FIELDS },
    EventInfo { kind: EventKind::Receivership, name: "receivership", fields: Received::FIELDS },
];
