//! See `trestle_fuzz_checks::health_diff`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trestle_fuzz_checks::health_diff(bytes));
