//! A pool's known losses: debts of bankrupt accounts that wait for their
//! settlement, and what insurance may still pay for such debts.
//!
//! While more than a share of the pool waits, nobody redeems or borrows from it, so that
//! no lender leaves the loss to the others (ruling 10). The lock lapses by
//! itself: settling is open to everyone, and a lock that nobody ends in that
//! time serves nobody.

use bytemuck::{Pod, Zeroable};

/// Slots from the first mark after which a lock lapses: about five minutes,
/// many times what a keeper needs to settle.
pub const LOCK_LAPSE: u64 = 750;

/// The lock applies above deposits shifted right by this: a loss of less than
/// a thousandth is not worth running from, nor worth a lock.
pub const LOCK_SHARE_SHIFT: u32 = 10;

/// Seconds of an epoch of insurance.
pub const INSURANCE_EPOCH: i64 = 86_400;

/// Known losses of a pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Losses {
    /// Owed by accounts marked as bankrupt and not yet settled, native units.
    pub unsettled: u64,
    /// Slot of the first of those marks.
    pub unsettled_slot: u64,
    /// Number of the epoch that `insurance_left` belongs to: Unix time over
    /// [`INSURANCE_EPOCH`].
    pub insurance_epoch: i64,
    /// What insurance may still pay in that epoch, native units.
    pub insurance_left: u64,
}
crate::assert_layout!(Losses, 8, 8, 8, 8);

impl Losses {
    /// Whether redeeming waits. `deposits` are the pool's, native units.
    #[must_use]
    pub const fn is_locked(&self, deposits: u64, slot: u64) -> bool {
        self.unsettled > deposits >> LOCK_SHARE_SHIFT && !self.has_lapsed(slot)
    }

    const fn has_lapsed(&self, slot: u64) -> bool {
        slot.saturating_sub(self.unsettled_slot) > LOCK_LAPSE
    }

    /// Adds a debt. A later mark does not prolong the lock that an earlier one
    /// began.
    pub const fn mark(&mut self, owed: u64, slot: u64) {
        if self.has_lapsed(slot) {
            self.unsettled = 0;
        }
        if self.unsettled == 0 {
            self.unsettled_slot = slot;
        }
        self.unsettled = self.unsettled.saturating_add(owed);
    }

    /// Takes a debt off that was marked in `slot`, 0 for never, unless its lock
    /// has lapsed since.
    pub const fn unmark(&mut self, owed: u64, slot: u64) {
        if slot != 0 && slot >= self.unsettled_slot {
            self.unsettled = self.unsettled.saturating_sub(owed);
        }
    }

    /// What insurance may pay now, native units: half of what it held when the
    /// epoch's first loss came. So whoever finds a way to make debts bad does
    /// not empty it before somebody can react.
    pub const fn allowance(&mut self, insurance: u64, unix: i64) -> u64 {
        let epoch = unix.div_euclid(INSURANCE_EPOCH);
        if epoch != self.insurance_epoch {
            self.insurance_epoch = epoch;
            self.insurance_left = insurance / 2;
        }
        self.insurance_left
    }

    /// Books what insurance paid, native units.
    pub const fn spend(&mut self, tokens: u64) {
        self.insurance_left = self.insurance_left.saturating_sub(tokens);
    }
}
