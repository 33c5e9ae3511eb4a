//! Operands: edges in all combinations, then seeded random ones. Each file of
//! tests uses some of it.

#![allow(dead_code)]

/// Random operands (or tuples of them) for each builtin.
pub(crate) const RANDOM: usize = 3_000_000;

/// A seeded generator.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Two words of any length, sometimes with long runs of ones.
    pub(crate) fn wide(&mut self) -> u128 {
        let any = u128::from(self.word()) << 64 | u128::from(self.word());
        let kind = self.word();
        let value = any >> (kind & 127);
        match kind >> 8 & 7 {
            0 => !value,
            1 => value | u128::MAX << (kind >> 16 & 127),
            2 => value & u128::MAX << (kind >> 16 & 127),
            _ => value,
        }
    }

    /// A word of any length.
    pub(crate) fn any_word(&mut self) -> u64 {
        self.wide() as u64
    }
}

/// Zero, ones, and powers of two with their neighbours.
pub(crate) fn edges() -> Vec<u64> {
    let mut all = vec![0, u64::MAX, 10, 10_000, 1_000_000_007, u64::MAX / 3];
    for bit in 0..64 {
        all.extend([(1 << bit) - 1, 1 << bit, (1 << bit) + 1, !(1 << bit)]);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// The same of two words, and words in both places.
pub(crate) fn wide_edges() -> Vec<u128> {
    let mut all = vec![0, u128::MAX, 10_000, u128::MAX / 3, u128::MAX / 5 * 4];
    for bit in 0..128 {
        all.extend([(1 << bit) - 1, 1 << bit, (1 << bit) + 1]);
    }
    for high in [1u64, u64::MAX, 1 << 63, 1 << 32, (1 << 32) - 1] {
        for low in [0u64, u64::MAX, 1 << 63, 1 << 32, 1] {
            all.push(u128::from(high) << 64 | u128::from(low));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

pub(crate) fn split(value: u128) -> (u64, u64) {
    (value as u64, (value >> 64) as u64)
}

pub(crate) fn join(low: u64, high: u64) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

/// Runs a check on all pairs of edges and on random pairs.
pub(crate) fn pairs(seed: u64, mut check: impl FnMut(u64, u64)) {
    let edges = edges();
    for a in &edges {
        for b in &edges {
            check(*a, *b);
        }
    }
    let mut random = Random::new(seed);
    for _ in 0..RANDOM {
        check(random.any_word(), random.any_word());
    }
}

/// As [`pairs`], of two words each.
pub(crate) fn wide_pairs(seed: u64, mut check: impl FnMut(u128, u128)) {
    let edges = wide_edges();
    for a in &edges {
        for b in &edges {
            check(*a, *b);
        }
    }
    let mut random = Random::new(seed);
    for _ in 0..RANDOM {
        check(random.wide(), random.wide());
    }
}
