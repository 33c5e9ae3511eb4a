//! See `trestle_fuzz_checks::price_decode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trestle_fuzz_checks::price_decode(bytes));
