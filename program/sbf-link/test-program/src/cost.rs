//! Single operations, to measure what they cost.

use std::hint::black_box;

/// An operation on four words.
pub type Operation = fn([u64; 4]) -> u64;

fn wide(low: u64, high: u64) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

fn fold(value: u128) -> u64 {
    value as u64 ^ (value >> 64) as u64
}

/// The operations, each with the number of one that takes the same operands and
/// does nothing with them, to compare with.
pub static COSTS: &[(&str, usize, Operation)] = &[
    ("no wide operation", 0, |[a, b, c, d]| fold(wide(a, b)) ^ fold(wide(c, d))),
    ("no word operation", 1, |[a, _, c, _]| a ^ c),
    ("no comparison", 2, |words| {
        black_box(&[1, 2, 3, 4u64]);
        black_box(&words)[0]
    }),
    ("u64 * u64 -> u128", 1, |[a, _, c, _]| fold(u128::from(a) * u128::from(c))),
    ("u128 * u128", 0, |[a, b, c, d]| fold(wide(a, b).wrapping_mul(wide(c, d)))),
    ("u128 checked_mul", 0, |[a, b, c, d]| wide(a, b).checked_mul(wide(c, d)).map_or(0, fold)),
    ("u64 checked_mul", 1, |[a, _, c, _]| a.checked_mul(c).unwrap_or(7)),
    ("i64 checked_mul", 1, |[a, _, c, _]| (a as i64).checked_mul(c as i64).unwrap_or(7) as u64),
    ("u128 / u128", 0, |[a, b, c, d]| fold(wide(a, b) / wide(c, d).max(1))),
    ("u128 % u128", 0, |[a, b, c, d]| fold(wide(a, b) % wide(c, d).max(1))),
    ("i128 / i128", 0, |[a, b, c, d]| {
        fold((wide(a, b) as i128).wrapping_div((wide(c, d) as i128).max(1)) as u128)
    }),
    ("u128 << n", 0, |[a, b, c, _]| fold(wide(a, b) << (c & 127))),
    ("u128 >> n", 0, |[a, b, c, _]| fold(wide(a, b) >> (c & 127))),
    ("i64 / i64", 1, |[a, _, c, _]| (a as i64).wrapping_div((c as i64).max(1)) as u64),
    ("32 bytes ==", 2, |words| u64::from(black_box(&words) == black_box(&[1, 2, 3, 4]))),
];

/// Runs the operation of a number.
#[must_use]
#[inline(never)]
pub fn measure(number: u8, operands: [u64; 4]) -> u64 {
    match COSTS.get(usize::from(number)) {
        Some((_, _, operation)) => operation(black_box(operands)),
        None => 0,
    }
}
