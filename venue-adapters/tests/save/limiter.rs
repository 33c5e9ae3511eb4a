//! Limiters of outflow: windows of ten slots, at most a hundred tokens.

use crate::support::{self, set_limiter};
use trestle_venue_adapters::save::WAD;
use trestle_venue_adapters::save::layout::{market as m, reserve as r};
use trestle_venue_adapters::save::market::Market;
use trestle_venue_adapters::save::reserve::Reserve;

/// What is left at a slot: `before` and `running` tokens out, window from slot 20.
fn left(before: u128, running: u128, slot: u64) -> Option<u64> {
    let mut data = support::reserve();
    set_limiter(&mut data, r::LIMITER, (100, 10), (before * WAD, 20, running * WAD));
    Reserve::new(&data).unwrap().outflow_left(slot)
}

#[test]
fn the_window_before_counts_in_part() {
    assert_eq!(left(0, 0, 20), Some(100));
    assert_eq!(left(0, 30, 20), Some(70));
    // nine tenths of the window before are covered in the first slot, none in the last
    assert_eq!(left(100, 0, 20), Some(10));
    assert_eq!(left(100, 0, 25), Some(60));
    assert_eq!(left(100, 0, 29), Some(100));
    assert_eq!(left(100, 30, 25), Some(30));
    assert_eq!(left(100, 90, 25), Some(0));
}

#[test]
fn windows_move_on() {
    // the running window becomes the one before
    assert_eq!(left(100, 50, 30), Some(55));
    assert_eq!(left(100, 50, 39), Some(100));
    // and is forgotten after another
    assert_eq!(left(100, 50, 40), Some(100));
    assert_eq!(left(100, 50, 1_000_000), Some(100));
    // a window that begins later lets nothing out
    assert_eq!(left(0, 0, 19), Some(0));
}

#[test]
fn no_window_is_no_limit() {
    let mut data = support::reserve();
    set_limiter(&mut data, r::LIMITER, (0, 0), (0, 0, u128::MAX));
    assert_eq!(Reserve::new(&data).unwrap().outflow_left(5), None);
    let mut data = support::market();
    assert_eq!(Market::new(&data).unwrap().outflow_left_wads(5), None);
    set_limiter(&mut data, m::LIMITER, (7, 10), (0, 0, WAD));
    assert_eq!(Market::new(&data).unwrap().outflow_left_wads(5), Some(6 * WAD));
    // one that overflows lets nothing out
    set_limiter(&mut data, m::LIMITER, (7, u64::MAX), (u128::MAX, u64::MAX, u128::MAX));
    assert_eq!(Market::new(&data).unwrap().outflow_left_wads(u64::MAX), Some(0));
}

/// Save's own arithmetic, cut by cut, over random windows: the
/// same to the last wad.
#[test]
fn as_much_as_save_lets_out() {
    let mut x = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |most: u64| {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (x >> 11) % most
    };
    for _ in 0..2_000 {
        let (window, capacity) = (1 + next(1_000), next(1_000));
        let start = next(50) * window;
        let slot = start + next(window);
        let (before, running) = (u128::from(next(1_000)) * WAD + 7, u128::from(next(100)) * WAD);
        let mut data = support::market();
        set_limiter(&mut data, m::LIMITER, (capacity, window), (before, start, running));
        let found = Market::new(&data).unwrap().outflow_left_wads(slot).unwrap();
        let passed = u128::from(slot - start + 1) * WAD / u128::from(window);
        let out = (WAD - passed) * (before / WAD) + (WAD - passed) * (before % WAD) / WAD + running;
        let save = (u128::from(capacity) * WAD).saturating_sub(out);
        assert_eq!(found, save);
    }
}
