//! Copying, filling and comparing memory of all sizes.

use std::hint::black_box;

use crate::{Digest, Source};

fn buffer<const N: usize>(source: &mut Source) -> [u8; N] {
    let mut bytes = [0; N];
    let mut word = source.raw();
    for byte in &mut bytes {
        *byte = word as u8;
        word = word.rotate_left(7).wrapping_add(0x1234_5678_9abc);
    }
    bytes
}

/// One size, known to the compiler: copy, fill, move by one, compare.
#[inline(never)]
fn constant<const N: usize>(bytes: &[u8; 256], at: usize, fill: u8, out: &mut Digest) {
    let Some(part) = bytes[at..].first_chunk::<N>() else { return };
    let mut copy = [fill; N];
    black_box(&mut copy);
    out.flag(copy == *part);
    out.word(copy.cmp(part) as i8 as u64);
    copy = *part;
    black_box(&mut copy);
    out.flag(copy == *part);
    out.flag(copy != *bytes[at + 1..].first_chunk::<N>().unwrap_or(part));
    let mut area = [0u8; 256];
    area[at..at + N].copy_from_slice(part);
    area.copy_within(at..at + N, at + 1);
    black_box(&mut area);
    out.bytes(&area[at..at + N + 1]);
    area[at..at + N].fill(fill);
    black_box(&mut area);
    out.bytes(&area[at..at + N + 1]);
    area[at..at + N].fill(0);
    black_box(&mut area);
    out.word(area.iter().map(|byte| u64::from(*byte)).sum());
}

pub(crate) fn constant_sizes(source: &mut Source, out: &mut Digest) {
    let bytes = buffer::<256>(source);
    let (at, fill) = (source.below(100) as usize, source.raw() as u8);
    macro_rules! sizes {
        ($($group:literal: $($n:literal)*;)*) => {
            match source.below(8) {
                $($group => { $(constant::<$n>(&bytes, at, fill, out);)* })*
                _ => {}
            }
        };
    }
    sizes! {
        0: 0 1 2 3 4 5;
        1: 6 7 8 9 10 11 12;
        2: 13 15 16 17 20 23 24;
        3: 25 31 32 33 39 40;
        4: 41 47 48 49 55 56;
        5: 57 63 64 65 71 72;
        6: 73 79 80 95 96 97;
        7: 103 104 105 127 128 129;
    }
}

pub(crate) fn copies(source: &mut Source, out: &mut Digest) {
    let from = buffer::<512>(source);
    let mut to = [0u8; 512];
    let length = source.below(257) as usize;
    let (a, b) = (source.below(256) as usize, source.below(256) as usize);
    to[a..a + length].copy_from_slice(&from[b..b + length]);
    out.bytes(&to[a.saturating_sub(2)..(a + length + 2).min(512)]);
    let vector = from[b..b + length].to_vec();
    out.flag(vector[..] == from[b..b + length]);
}

pub(crate) fn overlapping(source: &mut Source, out: &mut Digest) {
    let mut bytes = buffer::<400>(source);
    for _ in 0..3 {
        let length = source.below(200) as usize;
        let from = source.below(100) as usize;
        let to = (from + source.below(40) as usize).saturating_sub(20);
        bytes.copy_within(from..from + length, to);
    }
    bytes.rotate_left(source.below(30) as usize);
    bytes[10..300].reverse();
    out.bytes(&bytes);
    let mut words = [0u64; 20];
    words.iter_mut().for_each(|word| *word = source.raw());
    words.copy_within(1..6, 0);
    words.copy_within(3..8, 5);
    words.copy_within(0..17, 2);
    words.swap(3, source.below(20) as usize);
    words.iter().for_each(|word| out.word(*word));
}

pub(crate) fn fills(source: &mut Source, out: &mut Digest) {
    let mut bytes = buffer::<300>(source);
    let (at, length) = (source.below(40) as usize, source.below(250) as usize);
    bytes[at..at + length].fill(source.raw() as u8);
    bytes[at / 2..at / 2 + 7].fill(source.raw() as u8);
    bytes[200..220].fill(source.raw() as u8);
    out.bytes(&bytes);
    let small = vec![source.raw() as u8; source.below(70) as usize];
    out.bytes(&small);
    let zeros = vec![0u64; source.below(30) as usize];
    out.word(zeros.iter().sum());
    let wide = [source.wide(); 3];
    out.wide(black_box(&wide)[source.below(3) as usize]);
}

pub(crate) fn compares(source: &mut Source, out: &mut Digest) {
    let a = buffer::<200>(source);
    let mut b = a;
    let length = source.below(200) as usize;
    if source.below(2) == 0 {
        b[source.below(200) as usize] ^= 1 << source.below(8);
    }
    let (x, y) = (&a[..length], &b[..length]);
    out.flag(x == y);
    out.word(x.cmp(y) as i8 as u64);
    out.flag(x < y);
    out.flag(x.starts_with(&y[..length / 2]));
    out.flag(a[7..39] == b[7..39]);
    out.flag(a.first_chunk::<32>() == b.first_chunk::<32>());
    out.flag(a[3..].first_chunk::<20>() < b[3..].first_chunk::<20>());
    out.flag(a.contains(&b[19]));
}

pub(crate) fn unaligned(source: &mut Source, out: &mut Digest) {
    let mut bytes = buffer::<96>(source);
    let at = source.below(40) as usize;
    let value = source.wide();
    bytes[at..at + 16].copy_from_slice(&value.to_le_bytes());
    let read = |from: usize| {
        bytes[from..].first_chunk::<16>().map_or(0, |chunk| u128::from_le_bytes(*chunk))
    };
    out.wide(read(at));
    out.wide(read(at + 3));
    let word = bytes[at + 5..].first_chunk::<8>().map_or(0, |c| u64::from_be_bytes(*c));
    let half = bytes[at + 1..].first_chunk::<4>().map_or(0, |c| u32::from_le_bytes(*c));
    let short = bytes[at + 9..].first_chunk::<2>().map_or(0, |c| u16::from_be_bytes(*c));
    out.word(word ^ u64::from(half) ^ u64::from(short));
}

/// Three variables that fit a frame each, in a function with a result in memory,
/// which calls itself.
#[inline(never)]
fn three_frames(a: u64, depth: u64) -> (u64, u128) {
    let b = a.wrapping_mul(0x9e37_79b9);
    let (mut x, mut y, mut z) = ([a; 400], [b; 350], [a ^ b; 500]);
    black_box((&mut x, &mut y, &mut z));
    x[(a % 400) as usize] = b;
    y[(b % 350) as usize] ^= a;
    z[(a % 500) as usize] = z[(b % 500) as usize].wrapping_add(1);
    let deeper = if depth == 0 { (1, 2) } else { three_frames(a.rotate_left(9), depth - 1) };
    let fold =
        |words: &[u64]| words.iter().fold(0, |sum, word| sum ^ word.rotate_left(sum as u32 & 63));
    (fold(&x) ^ deeper.0, u128::from(fold(&y)) << 64 | u128::from(fold(&z)) ^ deeper.1)
}

pub(crate) fn split_frames(source: &mut Source, out: &mut Digest) {
    let (x, y) = three_frames(source.word(), source.below(3));
    out.word(x);
    out.wide(y);
}

/// Most of a frame of 4096 bytes.
pub(crate) fn large_frame(source: &mut Source, out: &mut Digest) {
    let mut words = [0u64; 480];
    black_box(&mut words);
    for _ in 0..20 {
        let (i, j) = (source.below(480) as usize, source.below(480) as usize);
        words[i] = words[j].wrapping_add(source.word());
    }
    words[0] ^= 1;
    words[479] ^= 2;
    out.word(words.iter().fold(0, |sum, word| sum ^ word.rotate_left(sum as u32 & 63)));
}
