//! What operations ask of their signer, and what delegates may be given.
//!
//! The owner may do everything. A delegate may run an operation that any one
//! of its bits covers. Nobody but the owner names delegates, transfers, closes
//! or resizes an account, lifts a lock-down or takes in donated tokens.

/// Bit: raise and lower debts.
pub const TRADE: u32 = 1;
/// Bit: move the account's own assets between custody, pools and venues.
pub const MOVE: u32 = 2;
/// Bit: withdraw to token accounts of the owner.
pub const WITHDRAW: u32 = 4;
/// Bit: deposit, repay, and redeem towards that; lock the account down.
pub const PROTECT: u32 = 8;
/// All bits.
pub const ALL: u32 = TRADE | MOVE | WITHDRAW | PROTECT;

/// What an operation asks of its signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// A delegate needs one of these bits. None: the owner alone.
    pub bits: u32,
    /// A lock-down leaves the operation.
    pub when_locked: bool,
    /// The owner may run it inside a region.
    pub in_region: bool,
    /// A liquidator may run it inside its receivership.
    pub in_receivership: bool,
}

impl Permission {
    /// Taking in tokens that reached custody without a deposit.
    pub const OWNER: Self =
        Self { bits: 0, when_locked: false, in_region: true, in_receivership: false };
    /// Deposit. It stays in a lock-down: without it nothing could be repaid.
    pub const DEPOSIT: Self =
        Self { bits: PROTECT, when_locked: true, in_region: true, in_receivership: true };
    /// Withdrawal.
    pub const WITHDRAW: Self =
        Self { bits: WITHDRAW, when_locked: true, in_region: true, in_receivership: true };
    /// Supply.
    pub const MOVE: Self =
        Self { bits: MOVE, when_locked: false, in_region: true, in_receivership: false };
    /// What a venue asks for around a supply: its accounts, rewards and groups.
    pub const ARRANGE: Self =
        Self { bits: MOVE, when_locked: false, in_region: false, in_receivership: false };
    /// Redemption.
    pub const REDEEM: Self =
        Self { bits: MOVE | PROTECT, when_locked: true, in_region: true, in_receivership: true };
    /// A new debt.
    pub const BORROW: Self =
        Self { bits: TRADE, when_locked: false, in_region: true, in_receivership: false };
    /// Repayment.
    pub const REPAY: Self =
        Self { bits: TRADE | PROTECT, when_locked: true, in_region: true, in_receivership: true };
    /// Giving up an empty venue account.
    pub const CLOSE: Self =
        Self { bits: MOVE, when_locked: true, in_region: false, in_receivership: false };
    /// Pool units that a liquidation brings to an account of the liquidator's.
    pub const RECEIVE: Self =
        Self { bits: 0, when_locked: false, in_region: false, in_receivership: false };
    /// Guards, which move nothing.
    pub const GUARD: Self =
        Self { bits: ALL, when_locked: true, in_region: true, in_receivership: false };

    /// Whether a delegate with `bits` may run the operation.
    #[must_use]
    #[inline(always)]
    pub const fn covers(self, bits: u32) -> bool {
        self.bits & bits != 0
    }
}

/// Seconds from the owner's wish to lift a lock-down until it may be lifted.
pub const LOCK_DELAY: i64 = 86_400;
/// Length of a delegate's budget day, seconds.
pub const BUDGET_DAY: i64 = 86_400;
