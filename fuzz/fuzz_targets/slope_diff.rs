//! See `trestle_fuzz_checks::slope_diff`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trestle_fuzz_checks::slope_diff(bytes));
