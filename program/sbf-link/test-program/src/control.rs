//! Jumps, tables, library code.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering, fence};

use crate::{Digest, Source};

/// A match too irregular for arithmetic.
pub(crate) fn jump_table(source: &mut Source, out: &mut Digest) {
    let (key, a, b) = (source.below(40), source.word(), source.word());
    out.word(match key {
        0 => a.wrapping_add(b),
        1 => a.wrapping_sub(b),
        2 => a.wrapping_mul(b),
        3 => a / (b | 1),
        4 => a % (b | 1),
        5 => a & b,
        6 => a | b,
        7 => a ^ b,
        8 => a << (b & 63),
        9 => a >> (b & 63),
        10 => a.rotate_left(b as u32 & 63),
        11 => !a,
        12 => a.swap_bytes(),
        13 => a.count_ones().into(),
        14 => a.max(b),
        15 => a.min(b),
        16 => a.abs_diff(b),
        17 => a.leading_zeros().into(),
        18 => u64::from(a == b),
        19 => a.wrapping_mul(a),
        20 => a.isqrt(),
        21 => a.saturating_sub(b),
        22 => a.saturating_add(b),
        24 => 0x1234,
        26 => b.wrapping_neg(),
        31 => (a as i64 >> (b & 63)) as u64,
        33 => a.trailing_zeros().into(),
        _ => 77,
    });
    // Dense, all constants: a lookup table in the constants.
    out.word(match key as u8 {
        0 => 3,
        1 => 141,
        2 => 59,
        3 => 26,
        4 => 53,
        5 => 58,
        6 => 97,
        7 => 93,
        8 => 2384,
        9 => 626,
        10 => 43383,
        11 => 27,
        _ => 9,
    });
    out.text(match key {
        0 => "zero",
        1 => "one",
        2 => "two",
        3 => "three",
        4 => "a long one",
        5 => "",
        _ => "many",
    });
}

struct Row {
    name: &'static str,
    words: &'static [u64],
    apply: fn(u64) -> u64,
    next: Option<&'static Row>,
}

static ROWS: [Row; 3] = [
    Row { name: "first", words: &[1, 2, 3], apply: |x| x ^ 1, next: Some(&ROWS[2]) },
    Row { name: "second", words: &[], apply: |x| x.wrapping_mul(3), next: None },
    Row { name: "third", words: &[9], apply: u64::swap_bytes, next: Some(&ROWS[1]) },
];
static WIDE_CONSTANTS: [u128; 4] = [1, u128::MAX, 1 << 100, 0x0123_4567_89ab_cdef_0f1e_2d3c_4b5a];
static NAMES: &[&[&str]] = &[&["a", "bc"], &[], &["def"]];

pub(crate) fn tables(source: &mut Source, out: &mut Digest) {
    let mut row = Some(&ROWS[source.below(3) as usize]);
    while let Some(current) = row {
        out.text(current.name);
        out.word(current.words.iter().sum());
        out.word((current.apply)(source.word()));
        row = current.next;
    }
    out.wide(WIDE_CONSTANTS[source.below(4) as usize]);
    for name in NAMES[source.below(3) as usize] {
        out.text(name);
    }
}

pub(crate) fn sorting(source: &mut Source, out: &mut Digest) {
    let mut words: Vec<u64> = (0..source.below(40)).map(|_| source.word()).collect();
    words.sort_unstable();
    out.flag(words.is_sorted());
    words.iter().for_each(|word| out.word(*word));
    // Beyond 20, the stable sort takes its buffer.
    let count = 10 + source.below(30) as u8;
    let mut wides: Vec<(u128, u8)> = (0..count).map(|i| (source.wide(), i)).collect();
    wides.sort_by_key(|(wide, _)| std::cmp::Reverse(*wide));
    for (wide, index) in &wides {
        out.wide(*wide);
        out.word(u64::from(*index));
    }
    out.word(words.binary_search(&source.word()).map_or_else(|at| at as u64, |_| 1000));
}

/// Formatting is calls through pointers and trait objects all the way down.
pub(crate) fn text(source: &mut Source, out: &mut Digest) {
    let (word, wide) = (source.word(), source.wide());
    let text = format!("{word:#x} {wide} {:?} {:>8.3}|", (word as i16, Some("x")), word as u8);
    out.text(&text);
    out.text(&format!("{:?}", [wide as i128, -5]));
    let parsed: Result<u128, _> = text.split(' ').nth(1).unwrap_or("").parse();
    out.maybe(parsed.ok());
    out.flag("12x".parse::<u64>().is_err());
    out.text(&text.to_uppercase());
}

pub(crate) fn collections(source: &mut Source, out: &mut Digest) {
    let mut map = BTreeMap::new();
    for _ in 0..12 {
        *map.entry(source.below(9)).or_insert(0u128) ^= source.wide();
    }
    map.remove(&source.below(9));
    for (key, value) in &map {
        out.word(*key);
        out.wide(*value);
    }
    let text: String = map.keys().map(|key| char::from(b'a' + *key as u8)).collect();
    out.text(&text);
}

pub(crate) fn atomics(source: &mut Source, out: &mut Digest) {
    let order = Ordering::SeqCst;
    let (word, small) = (AtomicU64::new(source.word()), AtomicU8::new(source.raw() as u8));
    let (half, flag) = (AtomicU32::new(7), AtomicBool::new(false));
    std::hint::black_box((&word, &small, &half, &flag));
    out.word(word.fetch_add(source.word(), order));
    out.word(word.fetch_sub(source.word(), order));
    out.word(word.fetch_xor(source.word(), order));
    out.word(word.fetch_max(source.word(), order));
    out.word(word.swap(source.word(), Ordering::Relaxed));
    fence(order);
    let expected = if source.below(2) == 0 { word.load(order) } else { source.word() };
    match word.compare_exchange(expected, 5, order, order) {
        Ok(old) => out.word(old),
        Err(old) => out.word(!old),
    }
    out.word(word.load(Ordering::Acquire));
    out.word(u64::from(small.fetch_add(200, order)));
    out.word(u64::from(small.fetch_and(0x5f, order)));
    out.word(u64::from(half.fetch_or(small.load(order).into(), order)));
    out.flag(flag.swap(true, order));
    out.flag(flag.load(order));
}

#[derive(Debug, PartialEq)]
enum Failure {
    Small(u8),
    Wide(u128),
    Text(&'static str),
}

#[inline(never)]
fn step(a: u64, b: u128) -> Result<u64, Failure> {
    match a & 3 {
        0 => Err(Failure::Small(a as u8)),
        1 => Err(Failure::Wide(b ^ u128::from(a))),
        2 if b > 1 << 64 => Err(Failure::Text("too large")),
        _ => Ok(a.wrapping_mul(3)),
    }
}

pub(crate) fn results(source: &mut Source, out: &mut Digest) {
    let chain = |a: u64, b: u128| -> Result<u64, Failure> {
        let first = step(a | 2, b)?;
        step(first, b.rotate_left(1))
    };
    match chain(source.word(), source.wide()) {
        Ok(word) => out.word(word),
        Err(Failure::Small(byte)) => out.word(u64::from(byte) << 8),
        Err(Failure::Wide(wide)) => out.wide(wide),
        Err(failure @ Failure::Text(_)) => out.flag(failure == Failure::Text("too large")),
    }
}
