//! The soft-float builtins against the host's doubles, bit for bit. Only which
//! NaN comes out is not compared.

mod common;

use common::{Random, pairs};
use sbf_link_builtins::*;

const RANDOM: usize = common::RANDOM;

/// Patterns around every boundary of the format.
fn edges() -> Vec<u64> {
    let fractions = [0, 1, 2, (1 << 51) - 1, 1 << 51, (1 << 51) + 1, (1 << 52) - 2, (1 << 52) - 1];
    let exponents = [
        0, 1, 2, 53, 54, 511, 512, 970, 971, 1021, 1022, 1023, 1024, 1075, 1085, 1086, 1087, 1500,
        2045, 2046, 2047,
    ];
    let mut all = Vec::new();
    for exponent in exponents {
        for fraction in fractions {
            all.extend([exponent << 52 | fraction, 1 << 63 | exponent << 52 | fraction]);
        }
    }
    // Subnormals of every length.
    (0..52).for_each(|bit| all.extend([1 << bit, (1 << bit) + 1, (2 << bit) - 1]));
    all
}

/// Exponents at random, near each other or anywhere.
fn random_pair(random: &mut Random) -> (u64, u64) {
    let (a, mut b) = (random.word(), random.word());
    match random.word() & 7 {
        // The product is near the smallest or the largest numbers.
        0 => {
            let exponent = (1023u64 + 60).wrapping_sub(a >> 52 & 0x7ff).wrapping_sub(b >> 57);
            b = b & !(0x7ff << 52) | (exponent & 0x7ff) << 52;
        }
        1 => b = b & !(0x7ff << 52) | (3069 - (a >> 52 & 0x7ff)).min(2046) << 52,
        // One is subnormal.
        2 => b &= 0x800f_ffff_ffff_ffff,
        // Few digits, so that roundings are exact or halfway.
        3 => return (a & (!0 << 32), b & (!0 << ((random.word() & 31) + 20))),
        4 => b = a ^ b >> 60,
        _ => {}
    }
    (a, b)
}

fn float_pairs(seed: u64, mut check: impl FnMut(u64, u64)) {
    let edges = edges();
    for a in &edges {
        for b in &edges {
            check(*a, *b);
        }
    }
    let mut random = Random::new(seed);
    for _ in 0..RANDOM {
        let (a, b) = random_pair(&mut random);
        check(a, b);
    }
}

#[test]
fn fmul64() {
    float_pairs(1, |a, b| {
        let (found, expected) = (__sbf_fmul64(a, b), f64::from_bits(a) * f64::from_bits(b));
        if expected.is_nan() {
            assert_eq!(found, f64::NAN.to_bits(), "{a:#x} {b:#x}");
        } else {
            assert_eq!(found, expected.to_bits(), "{a:#x} {b:#x}");
        }
    });
}

#[test]
fn fcmp64() {
    float_pairs(2, |a, b| {
        let expected = match f64::from_bits(a).partial_cmp(&f64::from_bits(b)) {
            Some(std::cmp::Ordering::Equal) => 1,
            Some(std::cmp::Ordering::Greater) => 2,
            Some(std::cmp::Ordering::Less) => 4,
            None => 8,
        };
        assert_eq!(__sbf_fcmp64(a, b), expected, "{a:#x} {b:#x}");
    });
}

#[test]
fn d2ui_sat() {
    float_pairs(3, |a, b| {
        for bits in [a, b, (a & !(0x7ff << 52)) | (1010 + (b & 127)) << 52] {
            assert_eq!(__sbf_d2ui_sat(bits), f64::from_bits(bits) as u64, "{bits:#x}");
        }
    });
}

#[test]
fn ui2d() {
    pairs(4, |a, b| {
        for x in [a, b, a.wrapping_shl(11) ^ b >> 53, a | 1 << 63] {
            assert_eq!(__sbf_ui2d(x), (x as f64).to_bits(), "{x:#x}");
        }
    });
}
