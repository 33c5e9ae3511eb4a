//! See `trestle_fuzz_checks::bytes_pyth`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trestle_fuzz_checks::bytes_pyth(bytes));
