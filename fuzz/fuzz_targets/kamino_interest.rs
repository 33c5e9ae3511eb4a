//! See `trestle_fuzz_checks::kamino_interest`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trestle_fuzz_checks::kamino_interest(bytes));
