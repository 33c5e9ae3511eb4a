//! 128-bit integers.

use std::cmp::Ordering;

use crate::{Digest, Source};

fn pair(out: &mut Digest, (value, flag): (u128, bool)) {
    out.wide(value);
    out.flag(flag);
}

fn signed_pair(out: &mut Digest, (value, flag): (i128, bool)) {
    pair(out, (value as u128, flag));
}

pub(crate) fn multiply(source: &mut Source, out: &mut Digest) {
    let (a, b, word) = (source.wide(), source.wide(), source.word());
    out.wide(a.wrapping_mul(b));
    pair(out, a.overflowing_mul(b));
    out.maybe(a.checked_mul(b));
    out.wide(a.saturating_mul(b));
    out.wide(u128::from(a as u64) * u128::from(word));
    out.wide(a.wrapping_mul(u128::from(word)));
    out.wide(a.wrapping_mul(10_000));
    out.wide(a.wrapping_mul(a));
    pair(out, {
        let (p, o) = (a as u64).overflowing_mul(word);
        (u128::from(p), o)
    });
    out.maybe((a as u64).checked_mul(word).map(u128::from));
    out.word((a as u64).saturating_mul(b as u64));
}

pub(crate) fn multiply_signed(source: &mut Source, out: &mut Digest) {
    let (a, b) = (source.wide_signed(), source.wide_signed());
    out.wide(a.wrapping_mul(b) as u128);
    signed_pair(out, a.overflowing_mul(b));
    out.maybe(a.checked_mul(b).map(|p| p as u128));
    out.wide(a.saturating_mul(b) as u128);
    let (x, y) = (a as i64, b as i64);
    out.wide((i128::from(x) * i128::from(y)) as u128);
    let (product, overflow) = x.overflowing_mul(y);
    out.word(product as u64);
    out.flag(overflow);
    out.word(x.saturating_mul(y) as u64);
    out.maybe(x.checked_mul(y).map(|p| p as u128));
}

pub(crate) fn divide(source: &mut Source, out: &mut Digest) {
    let (a, b, word) = (source.wide(), source.wide(), source.word());
    out.maybe(a.checked_div(b));
    out.maybe(a.checked_rem(b));
    out.maybe(a.checked_div(u128::from(word)));
    out.maybe(a.checked_rem(u128::from(word)));
    out.maybe(a.checked_div(u128::from(word as u32)));
    if b != 0 {
        // Both at once, and each in its own block.
        out.wide((a / b) ^ (a % b));
        out.wide(if word & 1 == 0 { a / b } else { a % b });
        out.wide(a.div_ceil(b));
        out.wide(a.div_euclid(b));
        out.flag(a.is_multiple_of(b));
    }
    if let Some(c) = std::num::NonZeroU64::new(word) {
        let product = u128::from(a as u64) * u128::from(b as u64);
        out.wide(product / u128::from(c.get()));
        out.wide(product % u128::from(c.get()));
    }
}

pub(crate) fn divide_signed(source: &mut Source, out: &mut Digest) {
    let (a, b) = (source.wide_signed(), source.wide_signed());
    out.maybe(a.checked_div(b).map(|q| q as u128));
    out.maybe(a.checked_rem(b).map(|r| r as u128));
    out.maybe(a.checked_rem_euclid(b).map(|r| r as u128));
    out.maybe(a.checked_div_euclid(b).map(|q| q as u128));
    if b != 0 {
        signed_pair(out, a.overflowing_div(b));
        signed_pair(out, a.overflowing_rem(b));
        out.wide(a.wrapping_div(b) as u128);
    }
    out.wide((a / 1_000_000_007) as u128);
    out.wide((a % -10_000) as u128);
}

pub(crate) fn divide_by_constants(source: &mut Source, out: &mut Digest) {
    let a = source.wide();
    out.wide(a / 3);
    out.wide(a % 10);
    out.wide(a / 10_000);
    out.wide(a / 1_000_000_000);
    out.wide(a % 1_000_000_000_000_000_000);
    out.wide(a / 1_000_000_000_000_000_000);
    out.wide(a / u128::from(u64::MAX));
    out.wide(a / (1 << 64));
    out.wide(a % ((1 << 64) + 1));
    out.wide(a / (u128::MAX / 3));
    out.wide(a / (1 << 127));
}

pub(crate) fn add(source: &mut Source, out: &mut Digest) {
    let (a, b) = (source.wide(), source.wide());
    pair(out, a.overflowing_add(b));
    pair(out, a.overflowing_sub(b));
    out.wide(a.saturating_add(b));
    out.wide(a.saturating_sub(b));
    out.maybe(a.checked_add(b));
    out.maybe(a.checked_sub(b));
    out.wide(a.abs_diff(b));
    let (x, y) = (a as i128, b as i128);
    signed_pair(out, x.overflowing_add(y));
    signed_pair(out, x.overflowing_sub(y));
    out.wide(x.saturating_add(y) as u128);
    out.wide(x.saturating_sub(y) as u128);
    signed_pair(out, x.overflowing_neg());
    signed_pair(out, x.overflowing_abs());
    out.wide(x.unsigned_abs());
    out.wide(x.signum() as u128);
    out.maybe(a.checked_add_signed(y));
}

pub(crate) fn shift(source: &mut Source, out: &mut Digest) {
    let (a, n) = (source.wide(), source.below(160) as u32);
    out.wide(a.wrapping_shl(n));
    out.wide(a.wrapping_shr(n));
    out.wide((a as i128).wrapping_shr(n) as u128);
    out.maybe(a.checked_shl(n));
    out.maybe(a.checked_shr(n));
    out.maybe((a as i128).checked_shr(n).map(|v| v as u128));
    pair(out, a.overflowing_shl(n));
    out.wide(a.unbounded_shr(n));
    // A narrow value shifted up, a wide one down to a word.
    out.wide(u128::from(a as u64) << (n & 127));
    out.word((a >> (n & 127)) as u64);
    for (l, r) in [(a << 1, a >> 1), (a << 63, a >> 63), (a << 64, a >> 64), (a << 65, a >> 127)] {
        out.wide(l);
        out.wide(r);
    }
    out.wide(((a as i128) >> 64) as u128);
    out.wide(((a as i128) >> 127) as u128);
}

pub(crate) fn rotate(source: &mut Source, out: &mut Digest) {
    let (a, b, n) = (source.wide(), source.wide(), source.below(300) as u32);
    out.wide(a.rotate_left(n));
    out.wide(a.rotate_right(n));
    out.wide(a.rotate_left(13));
    out.wide(a.rotate_right(77));
    let n = n & 127;
    if n != 0 {
        out.wide(a << n | b >> (128 - n));
    }
}

pub(crate) fn compare(source: &mut Source, out: &mut Digest) {
    let (a, mut b) = (source.wide(), source.wide());
    if source.below(4) == 0 {
        b = a;
    }
    let (x, y) = (a as i128, b as i128);
    for flag in [a < b, a <= b, a > b, a >= b, a == b, a != b, x < y, x <= y, x > y, x >= y, x == 0]
    {
        out.flag(flag);
    }
    let order = |order: Ordering| order as i8 as u64;
    out.word(order(a.cmp(&b)));
    out.word(order(x.cmp(&y)));
    out.wide(a.min(b));
    out.wide(a.max(b));
    out.wide(x.min(y) as u128);
    out.wide(x.max(y) as u128);
    out.wide(a.clamp(1 << 20, 1 << 100));
    out.wide(x.clamp(-1 << 90, 77) as u128);
    out.wide(if a as u64 > b as u64 { a } else { b });
}

pub(crate) fn bits(source: &mut Source, out: &mut Digest) {
    let (a, b) = (source.wide(), source.wide());
    for count in [a.leading_zeros(), a.trailing_zeros(), a.count_ones(), a.leading_ones()] {
        out.word(u64::from(count));
    }
    out.wide(a.swap_bytes());
    out.wide(a.reverse_bits());
    out.wide(a & b);
    out.wide(a | !b);
    out.wide(a ^ b);
    out.flag(a.is_power_of_two());
    out.maybe(a.checked_next_power_of_two());
    out.maybe(a.checked_ilog2().map(u128::from));
}

pub(crate) fn convert(source: &mut Source, out: &mut Digest) {
    let a = source.wide();
    out.maybe(u64::try_from(a).ok().map(u128::from));
    out.maybe(i64::try_from(a as i128).ok().map(|v| v as u128));
    out.maybe(u8::try_from(a).ok().map(u128::from));
    out.wide(i128::from(a as i64) as u128);
    out.wide(i128::from(a as i8) as u128);
    out.wide(u128::from(a as u16));
    out.bytes(&a.to_le_bytes());
    out.bytes(&a.to_be_bytes());
    out.wide(u128::from_be_bytes(a.to_le_bytes()));
    let halves = [a as u64, (a >> 64) as u64];
    out.wide(u128::from(halves[1]) << 64 | u128::from(halves[0]));
}

/// Values that live in loops, across branches and in memory.
pub(crate) fn loops(source: &mut Source, out: &mut Digest) {
    let (mut a, mut b) = (source.wide() >> 40, source.wide() >> 64);
    let mut steps = 0;
    while b != 0 && steps < 12 {
        (a, b) = (b, a % b);
        steps += 1;
    }
    out.wide(a);
    out.wide(source.wide().isqrt());
    let base = u128::from(source.word() as u32);
    pair(out, base.overflowing_pow(source.below(9) as u32));
    let values: Vec<u128> = (0..5).map(|_| source.wide()).collect();
    out.wide(values.iter().fold(0, |sum: u128, v| sum.wrapping_add(*v)));
    out.wide(values.iter().copied().max().unwrap_or(0));
    let structs: Vec<(u8, u128, Option<i128>)> =
        values.iter().map(|v| (*v as u8, !v, (v & 1 == 0).then_some(*v as i128))).collect();
    for (x, y, z) in structs {
        out.word(u64::from(x));
        out.wide(y);
        out.maybe(z.map(|z| z as u128));
    }
}

pub(crate) fn match_values(source: &mut Source, out: &mut Digest) {
    let a = source.wide();
    let value = if source.below(2) == 0 { a & 15 } else { a };
    out.word(match value {
        0 => 10,
        1 => 21,
        2 => 13,
        3 => 47,
        4 => 52,
        5 => 69,
        7 => 74,
        8 => 87,
        0x1_0000_0000_0000_0000 => 99,
        0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff => 100,
        v if v > 1 << 100 => 101,
        _ => 102,
    });
    out.word(match value as i128 {
        i128::MIN..=-1 => 1,
        0..=9 => 2,
        10..=0xffff_ffff_ffff_ffff => 3,
        _ => 4,
    });
}

/// A product of 256 bits from halves, and its quotient by long division.
pub(crate) fn product_256(source: &mut Source, out: &mut Digest) {
    let (a, b) = (source.wide(), source.wide());
    let (al, ah) = (a & u128::from(u64::MAX), a >> 64);
    let (bl, bh) = (b & u128::from(u64::MAX), b >> 64);
    let (ll, lh, hl, hh) = (al * bl, al * bh, ah * bl, ah * bh);
    let mid = (ll >> 64) + (lh & u128::from(u64::MAX)) + (hl & u128::from(u64::MAX));
    let low = ll & u128::from(u64::MAX) | mid << 64;
    let high = hh + (lh >> 64) + (hl >> 64) + (mid >> 64);
    out.wide(low);
    out.wide(high);
    let divisor = source.wide() | 1 << 100;
    let (mut rest, mut quotient) = (high % divisor, 0u128);
    for bit in (0..128).rev() {
        let carry = rest >> 127 != 0;
        rest = rest << 1 | low >> bit & 1;
        quotient <<= 1;
        if carry || rest >= divisor {
            rest = rest.wrapping_sub(divisor);
            quotient |= 1;
        }
    }
    out.wide(quotient);
    out.wide(rest);
}
