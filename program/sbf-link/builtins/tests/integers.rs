//! Every integer builtin against the host's arithmetic.

mod common;

use common::{RANDOM, Random, join, pairs, split, wide_edges, wide_pairs};
use sbf_link_builtins::*;

type Wide = unsafe extern "C" fn(*mut u64, u64, u64, u64, u64) -> u64;

/// The result and what the builtin wrote behind its high word.
fn call(builtin: Wide, a: u128, b: u128) -> (u128, u64) {
    let (mut out, (al, ah), (bl, bh)) = ([0x55; 2], split(a), split(b));
    // SAFETY: two writable words, and no caller passes a divisor of zero.
    let low = unsafe { builtin(out.as_mut_ptr(), al, ah, bl, bh) };
    (join(low, out[0]), out[1])
}

#[test]
fn umulh() {
    pairs(1, |a, b| {
        let expected = (u128::from(a) * u128::from(b)) >> 64;
        assert_eq!(u128::from(__sbf_umulh(a, b)), expected, "{a:#x} {b:#x}");
    });
}

#[test]
fn umulo128() {
    wide_pairs(2, |a, b| {
        let (product, overflow) = a.overflowing_mul(b);
        assert_eq!(call(__sbf_umulo128, a, b), (product, overflow.into()), "{a:#x} {b:#x}");
    });
}

#[test]
fn smulo128() {
    wide_pairs(3, |a, b| {
        let (product, overflow) = (a as i128).overflowing_mul(b as i128);
        let expected = (product as u128, overflow.into());
        assert_eq!(call(__sbf_smulo128, a, b), expected, "{a:#x} {b:#x}");
    });
}

#[test]
fn smulo64() {
    pairs(4, |a, b| {
        let (product, overflow) = (a as i64).overflowing_mul(b as i64);
        let mut out = 0x55;
        // SAFETY: one writable word.
        let low = unsafe { __sbf_smulo64(&mut out, a, b) };
        assert_eq!((low, out), (product as u64, overflow.into()), "{a:#x} {b:#x}");
    });
}

#[test]
fn udiv128_and_urem128() {
    wide_pairs(5, |a, b| {
        if b != 0 {
            assert_eq!(call(__sbf_udiv128, a, b).0, a / b, "{a:#x} {b:#x}");
            assert_eq!(call(__sbf_urem128, a, b).0, a % b, "{a:#x} {b:#x}");
        }
    });
}

/// Quotients whose digits are at the edges of their estimates.
#[test]
fn divisions_that_come_out_even_or_one_off() {
    let mut random = Random::new(6);
    for _ in 0..RANDOM {
        let (quotient, divisor) = (random.wide(), random.wide() | 1);
        let product = quotient.wrapping_mul(divisor);
        for a in [product, product.wrapping_sub(1), product.wrapping_add(divisor - 1)] {
            assert_eq!(call(__sbf_udiv128, a, divisor).0, a / divisor, "{a:#x} {divisor:#x}");
            assert_eq!(call(__sbf_urem128, a, divisor).0, a % divisor, "{a:#x} {divisor:#x}");
        }
    }
}

#[test]
fn sdiv128_and_srem128() {
    wide_pairs(7, |a, b| {
        if b != 0 {
            let (x, y) = (a as i128, b as i128);
            let (quotient, remainder) = (x.wrapping_div(y) as u128, x.wrapping_rem(y) as u128);
            assert_eq!(call(__sbf_sdiv128, a, b).0, quotient, "{x} {y}");
            assert_eq!(call(__sbf_srem128, a, b).0, remainder, "{x} {y}");
        }
    });
}

#[test]
fn sdiv64_and_srem64() {
    pairs(8, |a, b| {
        if b != 0 {
            let (x, y) = (a as i64, b as i64);
            // SAFETY: the divisor is not zero.
            let found = unsafe { (__sbf_sdiv64(a, b), __sbf_srem64(a, b)) };
            assert_eq!(found, (x.wrapping_div(y) as u64, x.wrapping_rem(y) as u64), "{x} {y}");
        }
    });
}

#[test]
fn shifts() {
    type Shift = unsafe extern "C" fn(*mut u64, u64, u64, u64) -> u64;
    let shift = |builtin: Shift, value: u128, by: u32| {
        let (mut out, (low, high)) = (0x55, split(value));
        // SAFETY: one writable word.
        let low = unsafe { builtin(&mut out, low, high, by.into()) };
        join(low, out)
    };
    let check = |value: u128, by: u32| {
        assert_eq!(shift(__sbf_shl128, value, by), value << by, "{value:#x} {by}");
        assert_eq!(shift(__sbf_lshr128, value, by), value >> by, "{value:#x} {by}");
        let signed = (value as i128 >> by) as u128;
        assert_eq!(shift(__sbf_ashr128, value, by), signed, "{value:#x} {by}");
    };
    for value in wide_edges() {
        (0..128).for_each(|by| check(value, by));
    }
    let mut random = Random::new(9);
    for _ in 0..RANDOM {
        check(random.wide(), (random.word() & 127) as u32);
    }
}

/// The product modulo 2^256 by columns of 32-bit digits.
fn multiply_by_columns(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let digit = |x: [u64; 4], i: usize| (x[i / 2] >> (32 * (i % 2))) & 0xffff_ffff;
    let (mut result, mut carry) = ([0; 4], 0u128);
    for column in 0..8 {
        for i in 0..=column {
            carry += u128::from(digit(a, i)) * u128::from(digit(b, column - i));
        }
        result[column / 2] |= (carry as u32 as u64) << (32 * (column % 2));
        carry >>= 32;
    }
    result
}

fn multiply_256(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mut words = [0x55; 12];
    words[4..8].copy_from_slice(&a);
    words[8..].copy_from_slice(&b);
    // SAFETY: twelve words.
    unsafe { __sbf_mul256(words.as_mut_ptr()) };
    [words[0], words[1], words[2], words[3]]
}

#[test]
fn mul256() {
    let edges: Vec<[u64; 4]> = (0..=256)
        .step_by(8)
        .flat_map(|bit| {
            let power: [u64; 4] =
                std::array::from_fn(|i| if bit / 64 == i { 1 << (bit % 64) } else { 0 });
            let ones: [u64; 4] = std::array::from_fn(|i| match (bit / 64).cmp(&i) {
                std::cmp::Ordering::Greater => u64::MAX,
                std::cmp::Ordering::Equal => (1 << (bit % 64)) - 1,
                std::cmp::Ordering::Less => 0,
            });
            [power, ones, ones.map(|word| !word)]
        })
        .collect();
    for a in &edges {
        for b in &edges {
            assert_eq!(multiply_256(*a, *b), multiply_by_columns(*a, *b), "{a:x?} {b:x?}");
        }
    }
    let mut random = Random::new(10);
    for _ in 0..RANDOM {
        let [a, b] = [(); 2].map(|()| std::array::from_fn(|_| random.any_word()));
        assert_eq!(multiply_256(a, b), multiply_by_columns(a, b), "{a:x?} {b:x?}");
    }
}
