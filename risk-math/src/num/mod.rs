//! Integer primitives: exact products, directed rounding, charge sums.
//!
//! Nothing here traps or wraps on valid input; each function states its bound.
//! All other modules build on these, so a rounding has one place to be wrong in.

mod ratio;
mod sum;
mod weight;
mod wide;

pub use ratio::{
    mul_ratio_ceil, mul_ratio_floor, mul_shift_ceil, mul_shift_floor, mul_wide, shift_ratio_ceil,
    shift_ratio_floor,
};
pub use sum::{Split, Sum, ceil_shift};
pub use weight::{ONE, Pair, Weight};
pub use wide::{
    add, high64, low64, mul_div_ceil, mul_div_floor, mul_high_ceil, mul_high_floor,
    mul_shift64_ceil, mul_shift64_floor, mul_u64, ratio_q16_ceil,
};
