//! Integers of 64 bits and less.

use crate::{Digest, Source};

pub(crate) fn signed(source: &mut Source, out: &mut Digest) {
    let (a, b) = (source.signed(), source.signed());
    out.maybe(a.checked_div(b).map(|v| v as u128));
    out.maybe(a.checked_rem(b).map(|v| v as u128));
    out.maybe(a.checked_rem_euclid(b).map(|v| v as u128));
    out.maybe(a.checked_div_euclid(b).map(|v| v as u128));
    out.word((a / 7) as u64);
    out.word((a / -10_000) as u64);
    out.word((a % 1_000_003) as u64);
    out.word((a / 8) as u64);
    out.word(a.midpoint(b) as u64);
    if b != 0 {
        out.word(a.wrapping_div(b) as u64);
        out.word(a.wrapping_rem(b) as u64);
    }
    macro_rules! narrow {
        ($($ty:ident)*) => {$(
            let (x, y) = (a as $ty, b as $ty);
            out.maybe(x.checked_div(y).map(|v| v as u128));
            out.maybe(x.checked_rem(y).map(|v| v as u128));
            out.maybe(x.checked_mul(y).map(|v| v as u128));
            out.maybe(x.checked_add(y).map(|v| v as u128));
            out.maybe(x.checked_sub(y).map(|v| v as u128));
            out.word(x.wrapping_mul(y) as u64);
            out.word(x.wrapping_shr(b as u32) as u64);
            out.word(x.saturating_sub(y) as u64);
            out.word(x.wrapping_abs() as u64);
        )*};
    }
    narrow!(i8 i16 i32 i64);
}

pub(crate) fn unsigned(source: &mut Source, out: &mut Digest) {
    let (a, b) = (source.word(), source.word());
    out.maybe(a.checked_div(b).map(u128::from));
    out.maybe(a.checked_rem(b).map(u128::from));
    out.word(a / 3);
    out.word(a / 10_000);
    out.word(a % 1_000_000_007);
    out.word(a.isqrt());
    out.word(a.midpoint(b));
    out.word(a.wrapping_pow(5));
    out.flag(a.checked_pow(3).is_some());
    let (sum, carry) = a.overflowing_add(b);
    out.word(sum.wrapping_add(u64::from(carry)));
    out.word(a.abs_diff(b));
    out.word(a.div_ceil(b | 1));
    out.maybe(a.checked_next_multiple_of(b).map(u128::from));
    macro_rules! narrow {
        ($($ty:ident)*) => {$(
            let (x, y) = (a as $ty, b as $ty);
            out.maybe(x.checked_div(y).map(u128::from));
            out.maybe(x.checked_mul(y).map(u128::from));
            out.maybe(x.checked_add(y).map(u128::from));
            out.maybe(x.checked_sub(y).map(u128::from));
            out.word(u64::from(x.wrapping_mul(y)));
            out.word(u64::from(x.saturating_add(y)));
            out.word(u64::from(x.wrapping_shl(y as u32)));
        )*};
    }
    narrow!(u8 u16 u32 u64);
}

/// Narrow values kept in memory next to each other.
pub(crate) fn small(source: &mut Source, out: &mut Digest) {
    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Row {
        a: u8,
        b: u16,
        c: i8,
        d: u32,
        e: bool,
        f: i16,
    }
    let mut rows = [Row { a: 0, b: 0, c: 0, d: 0, e: false, f: 0 }; 9];
    for row in &mut rows {
        let word = source.word();
        row.a = word as u8;
        row.b = (word >> 8) as u16;
        row.c = (word >> 24) as i8;
        row.d = (word >> 32) as u32;
        row.e = word >> 63 != 0;
        row.f = (word >> 40) as i16;
    }
    let index = source.below(9) as usize;
    rows[index].b = rows[index].b.wrapping_add(u16::from(rows[(index + 1) % 9].a));
    rows[index].c = rows[index].c.wrapping_neg();
    let picked = rows[source.below(9) as usize];
    for row in rows.iter().chain([&picked]) {
        out.word(u64::from(row.a) ^ u64::from(row.b) << 8);
        out.word(row.c as u64 ^ row.f as u64);
        out.word(u64::from(row.d.rotate_left(u32::from(row.a))));
        out.flag(row.e);
    }
}

pub(crate) fn bits(source: &mut Source, out: &mut Digest) {
    let (a, n) = (source.word(), source.below(200) as u32);
    for value in [
        a.rotate_left(n),
        a.rotate_right(n),
        a.swap_bytes(),
        a.reverse_bits(),
        a.wrapping_shl(n),
        a.wrapping_shr(n),
        (a as i64).wrapping_shr(n) as u64,
        u64::from(a.leading_zeros()),
        u64::from(a.trailing_zeros()),
        u64::from(a.count_ones()),
        u64::from((a as u32).leading_zeros()),
        u64::from((a as u16).swap_bytes()),
        u64::from((a as u32).rotate_left(n)),
        u64::from((a as u8).reverse_bits()),
        a.checked_shl(n).unwrap_or(9),
        u64::from((a as u32).swap_bytes()),
    ] {
        out.word(value);
    }
}
