//! See `trestle_fuzz_checks::share_seq`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trestle_fuzz_checks::share_seq(bytes));
