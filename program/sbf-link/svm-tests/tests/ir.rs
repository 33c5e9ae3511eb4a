//! What rustc seldom writes, from textual IR.

use std::path::Path;

use sbf_link_svm_tests::{Program, link};
use sbf_link_test_program::Source;

fn program(name: &str) -> Program {
    let ir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ir").join(name);
    Program::load(&link(&ir, name).unwrap_or_else(|error| panic!("{name}: {error}")))
}

const ROUNDS: u64 = 1500;

#[test]
fn products_of_256_bits() {
    let program = program("mul256.ll");
    let mut source = Source::new(1);
    for _ in 0..ROUNDS {
        let [a, b] = [(); 2].map(|()| [(); 4].map(|()| source.word()));
        let words = a.iter().chain(&b).flat_map(|word| word.to_le_bytes());
        let outcome = program.call(&words.collect::<Vec<u8>>()).expect("it runs");
        let mut expected = [0u64; 4];
        for i in 0..4 {
            let mut carry = 0u128;
            for j in 0..4 - i {
                carry += u128::from(a[i]) * u128::from(b[j]) + u128::from(expected[i + j]);
                expected[i + j] = carry as u64;
                carry >>= 64;
            }
        }
        let expected: Vec<u8> = expected.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(outcome.data, expected, "{a:x?} {b:x?}");
    }
}

/// The low `bits` of a value, sign-extended.
fn sign(value: u128, bits: u32) -> i128 {
    (value << (128 - bits)) as i128 >> (128 - bits)
}

fn low(value: u128, bits: u32) -> u128 {
    value & u128::MAX >> (128 - bits)
}

/// The results of `odd.ll` up to the memory operations.
fn arithmetic(a: u128, b: u128, n: u64) -> [u128; 14] {
    let by = (n & 127) as u32;
    let (q24, d24) = (sign(a, 24), sign(low(b, 24) | 1, 24));
    let (product, overflow) = (a as i32).overflowing_mul(b as i32);
    let mut lanes = 0;
    for lane in (0..128).step_by(32) {
        let (x, y) = ((a >> lane) as u32, (b >> lane) as u32);
        lanes |= u128::from(if x > y { x.wrapping_add(y) } else { y }) << lane;
    }
    [
        low(low(a, 96).wrapping_mul(low(b, 96)), 96),
        (sign(a, 72) >> (n & 63)) as u128,
        low(a, 100) / (low(b, 100) | 1),
        (sign(a, 100) % sign(low(b, 100) | 1, 100)) as u128,
        if by == 0 { a } else { a << by | b >> (128 - by) },
        if by == 0 { b } else { a << (128 - by) | b >> by },
        sign((q24 / d24) as u128, 24) as u128,
        u128::from(product as u32) | u128::from(overflow) << 64,
        (a as i128).overflowing_add(b as i128).1.into(),
        a.saturating_sub(b),
        (a as i128).wrapping_abs() as u128,
        a.leading_zeros().into(),
        lanes,
        match b {
            0 => 100,
            1 => (1 << 64) + 1,
            0x1_0000_0000_0000_0000 => 102,
            u128::MAX => a,
            _ => 104,
        },
    ]
}

#[test]
fn odd_widths_funnel_shifts_vectors_and_volatile_copies() {
    let program = program("odd.ll");
    let mut source = Source::new(2);
    for round in 0..ROUNDS {
        let (a, n) = (source.wide(), source.word());
        let b = match round % 8 {
            0 => 0,
            1 => 1,
            2 => 1 << 64,
            3 => u128::MAX,
            _ => source.wide(),
        };
        let mut data = a.to_le_bytes().to_vec();
        data.extend(b.to_le_bytes());
        data.extend(n.to_le_bytes());
        let outcome = program.call(&data).expect("it runs");

        let mut expected: Vec<u8> =
            arithmetic(a, b, n).iter().flat_map(|value| value.to_le_bytes()).collect();
        let mut memory = data.clone();
        memory.copy_within(10..40, 5);
        memory.resize(64, 0);
        memory[32..32 + (n & 31) as usize].fill(n as u8);
        expected.extend(memory);
        let difference = (a << 32).wrapping_sub(b);
        expected.extend(difference.to_le_bytes());
        expected.extend((difference << 1).to_le_bytes());
        let at = outcome.data.chunks(16).zip(expected.chunks(16)).position(|(x, y)| x != y);
        assert_eq!(at, None, "{a:#x} {b:#x} {n:#x}\n{:x?}\n{expected:x?}", outcome.data);
    }
}
