//! The machine's clock.

use litesvm::LiteSVM;
use solana_clock::Clock;

/// Sets slot and Unix time.
pub fn set(vm: &mut LiteSVM, slot: u64, unix: i64) {
    vm.warp_to_slot(slot);
    let clock = Clock { slot, unix_timestamp: unix, ..vm.get_sysvar::<Clock>() };
    vm.set_sysvar(&clock);
    vm.expire_blockhash();
}

/// Lets time pass: slots of 400 ms.
pub fn advance(vm: &mut LiteSVM, seconds: u32) {
    let clock = vm.get_sysvar::<Clock>();
    let slots = u64::from(seconds) * 5 / 2;
    set(vm, clock.slot + slots, clock.unix_timestamp + i64::from(seconds));
}

/// The next slot, in the same second.
pub fn next_slot(vm: &mut LiteSVM) {
    let clock = vm.get_sysvar::<Clock>();
    set(vm, clock.slot + 1, clock.unix_timestamp);
}

/// Unix time, seconds.
#[must_use]
pub fn unix(vm: &LiteSVM) -> u64 {
    vm.get_sysvar::<Clock>().unix_timestamp.unsigned_abs()
}
