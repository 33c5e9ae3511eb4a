//! One set of functions, compiled for the host and by `sbf-link` for the chain.
//!
//! A case takes operands from a seeded generator that likes edges and feeds all
//! its results into a digest. The host test runs the same case natively and in
//! the virtual machine and compares the digests. Instruction data is the case's
//! number, a seed and a count; the digest comes back as return data.

// Long argument lists and unguarded-looking arithmetic are what is tested.
#![allow(clippy::precedence, clippy::too_many_arguments, clippy::type_complexity)]
#![allow(clippy::manual_checked_ops)]

mod calls;
mod control;
mod cost;
mod float;
mod memory;
#[cfg(target_os = "solana")]
mod runtime;
mod source;
mod wide;
mod words;

pub use cost::{COSTS, Operation, measure};
pub use source::{Digest, Source};

/// A case: some operands to some results.
pub type Case = fn(&mut Source, &mut Digest);

/// All cases by name. The table itself is one: function pointers and strings
/// in constants, which the loader relocates.
pub static CASES: &[(&str, Case)] = &[
    ("wide_multiply", wide::multiply),
    ("wide_multiply_signed", wide::multiply_signed),
    ("wide_divide", wide::divide),
    ("wide_divide_signed", wide::divide_signed),
    ("wide_divide_by_constants", wide::divide_by_constants),
    ("wide_add", wide::add),
    ("wide_shift", wide::shift),
    ("wide_rotate", wide::rotate),
    ("wide_compare", wide::compare),
    ("wide_bits", wide::bits),
    ("wide_convert", wide::convert),
    ("wide_loops", wide::loops),
    ("wide_match", wide::match_values),
    ("wide_product_256", wide::product_256),
    ("words_signed", words::signed),
    ("words_unsigned", words::unsigned),
    ("words_small", words::small),
    ("words_bits", words::bits),
    ("calls_long", calls::long_lists),
    ("calls_nested", calls::nested),
    ("calls_returns", calls::returns),
    ("calls_pointers", calls::through_pointers),
    ("calls_dyn", calls::through_traits),
    ("calls_recursive", calls::recursive),
    ("calls_extern", calls::extern_c),
    ("calls_closures", calls::closures),
    ("memory_constant", memory::constant_sizes),
    ("memory_copy", memory::copies),
    ("memory_overlap", memory::overlapping),
    ("memory_fill", memory::fills),
    ("memory_compare", memory::compares),
    ("memory_unaligned", memory::unaligned),
    ("memory_frame", memory::large_frame),
    ("memory_split_frames", memory::split_frames),
    ("float_rent", float::rent),
    ("float_compare", float::compare),
    ("float_convert", float::convert),
    ("float_passing", float::passing),
    ("control_jump_table", control::jump_table),
    ("control_tables", control::tables),
    ("control_sort", control::sorting),
    ("control_text", control::text),
    ("control_collections", control::collections),
    ("control_atomics", control::atomics),
    ("control_results", control::results),
];

/// Instruction data numbers above this are ways to fail.
pub const TRAPS: u8 = 200;
/// Names of the ways to fail, from number `TRAPS`.
pub const TRAP_NAMES: [&str; 7] = [
    "panic",
    "index",
    "unwrap",
    "divide by zero",
    "wide divide by zero",
    "overflow",
    "frames too deep",
];
/// Instruction data numbers above this measure costs.
pub const COST: u8 = 220;

/// Runs a case some number of times and digests all of it.
#[must_use]
pub fn run(case: usize, seed: u64, count: u32) -> Option<u64> {
    let (name, case) = CASES.get(case)?;
    let mut source = Source::new(seed);
    let mut digest = Digest::default();
    digest.text(name);
    for _ in 0..count {
        case(&mut source, &mut digest);
    }
    Some(digest.value())
}

/// Fails; returns only when that went wrong.
pub fn fail(kind: u8, zero: u64) {
    match kind {
        0 => panic!("as asked"),
        1 => {
            let list = [1u64, 2, 3];
            core::hint::black_box(list[core::hint::black_box(3 + zero as usize)]);
        }
        2 => {
            core::hint::black_box(core::hint::black_box(None::<u64>).unwrap_or_else(|| panic!()));
        }
        3 => {
            core::hint::black_box(7 / core::hint::black_box(zero));
        }
        4 => {
            core::hint::black_box(7 / core::hint::black_box(u128::from(zero)));
        }
        5 => {
            let sum = core::hint::black_box(u128::MAX - u128::from(zero)).checked_add(1);
            core::hint::black_box(sum.unwrap_or_else(|| panic!()));
        }
        _ => {
            core::hint::black_box(deep(core::hint::black_box(1000)));
        }
    }
}

#[inline(never)]
fn deep(levels: u64) -> u64 {
    let mut frame = [levels; 16];
    core::hint::black_box(&mut frame);
    if levels == 0 { frame[3] } else { deep(levels - 1) + frame[5] }
}
