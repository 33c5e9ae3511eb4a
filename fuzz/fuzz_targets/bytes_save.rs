//! See `trestle_fuzz_checks::bytes_save`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trestle_fuzz_checks::bytes_save(bytes));
