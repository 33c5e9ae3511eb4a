//! The lock of a pool with known losses, and insurance by epochs.

use trestle_interface::state::{INSURANCE_EPOCH, LOCK_LAPSE, LOCK_SHARE_SHIFT, Losses};

const DEPOSITS: u64 = 5_000 << LOCK_SHARE_SHIFT;

#[test]
fn the_share_is_exceeded_not_reached() {
    let mut losses = Losses::default();
    losses.mark(5_000, 100);
    assert!(!losses.is_locked(DEPOSITS, 100));
    losses.mark(1, 100);
    assert!(losses.is_locked(DEPOSITS, 100));
    losses.unmark(1, 100);
    assert!(!losses.is_locked(DEPOSITS, 100));
}

#[test]
fn later_marks_do_not_prolong_a_lock() {
    let mut losses = Losses::default();
    losses.mark(6_000, 100);
    losses.mark(6_000, 100 + LOCK_LAPSE);
    assert_eq!((losses.unsettled, losses.unsettled_slot), (12_000, 100));
    assert!(losses.is_locked(DEPOSITS, 100 + LOCK_LAPSE));
    assert!(!losses.is_locked(DEPOSITS, 101 + LOCK_LAPSE));
    // the next begins anew, without what has lapsed
    losses.mark(7_000, 101 + LOCK_LAPSE);
    assert_eq!((losses.unsettled, losses.unsettled_slot), (7_000, 101 + LOCK_LAPSE));
    // and what has lapsed takes nothing off it, nor does what never was marked
    losses.unmark(6_000, 100 + LOCK_LAPSE);
    losses.unmark(6_000, 0);
    assert_eq!(losses.unsettled, 7_000);
    losses.unmark(u64::MAX, 101 + LOCK_LAPSE);
    assert_eq!(losses.unsettled, 0);
}

#[test]
fn sums_end_at_the_largest_number() {
    let mut losses = Losses::default();
    losses.mark(u64::MAX - 1, u64::MAX);
    losses.mark(u64::MAX, 0); // a clock that went back
    assert_eq!(losses.unsettled, u64::MAX);
    assert!(losses.is_locked(u64::MAX, 0));
}

#[test]
fn insurance_pays_half_of_what_the_epoch_began_with() {
    let mut losses = Losses::default();
    let day = 20_000 * INSURANCE_EPOCH;
    assert_eq!(losses.allowance(1_001, day), 500);
    losses.spend(400);
    // what comes in later counts from the next epoch on
    assert_eq!(losses.allowance(1_000_000, day + INSURANCE_EPOCH - 1), 100);
    losses.spend(101);
    assert_eq!(losses.allowance(1_000_000, day + INSURANCE_EPOCH - 1), 0);
    assert_eq!(losses.allowance(1_000, day + INSURANCE_EPOCH), 500);
    assert_eq!(losses.allowance(0, day + 2 * INSURANCE_EPOCH), 0);
}
