//! See `trestle_fuzz_checks::interest_diff`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trestle_fuzz_checks::interest_diff(bytes));
