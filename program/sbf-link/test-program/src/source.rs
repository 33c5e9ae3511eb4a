//! Operands in, results out.

/// A seeded generator that gives edges about as often as anything else.
pub struct Source(u64);

impl Source {
    /// A generator for a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// Any word, evenly.
    pub fn raw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `limit`, which is small.
    pub fn below(&mut self, limit: u64) -> u64 {
        (self.raw() >> 32) * limit >> 32
    }

    /// A word, often an edge.
    pub fn word(&mut self) -> u64 {
        let kind = self.raw();
        let any = self.raw();
        match kind & 7 {
            0 => 0,
            1 => (kind >> 8 & 3).wrapping_sub(1),
            2 => (1 << (kind >> 8 & 63)) + (kind >> 16 & 3) - 1,
            3 => any >> (kind >> 8 & 63),
            4 => u64::MAX << (kind >> 8 & 63),
            5 => 1 << 63 ^ kind >> 8 & 1,
            _ => any,
        }
    }

    /// Two words, often an edge.
    pub fn wide(&mut self) -> u128 {
        let kind = self.raw();
        let any = u128::from(self.raw()) << 64 | u128::from(self.raw());
        match kind & 7 {
            0 => u128::from(self.word()),
            1 => u128::from(kind >> 8 & 3).wrapping_sub(1),
            2 => (1 << (kind >> 8 & 127)) + u128::from(kind >> 16 & 3) - 1,
            3 => any >> (kind >> 8 & 127),
            4 => u128::MAX << (kind >> 8 & 127),
            5 => 1 << 127 ^ u128::from(kind >> 8 & 1),
            6 => u128::from(self.word()) << 64 | u128::from(self.word()),
            _ => any,
        }
    }

    /// Two words, signed.
    pub fn wide_signed(&mut self) -> i128 {
        self.wide() as i128
    }

    /// A word, signed.
    pub fn signed(&mut self) -> i64 {
        self.word() as i64
    }
}

/// Results, folded together so that each bit and the order count.
#[derive(Default)]
pub struct Digest(u64);

impl Digest {
    /// Adds a word.
    pub fn word(&mut self, value: u64) {
        self.0 = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }

    /// Adds two words.
    pub fn wide(&mut self, value: u128) {
        self.word(value as u64);
        self.word((value >> 64) as u64);
    }

    /// Adds a flag.
    pub fn flag(&mut self, value: bool) {
        self.word(u64::from(value));
    }

    /// Adds something that may be missing.
    pub fn maybe(&mut self, value: Option<u128>) {
        self.flag(value.is_some());
        self.wide(value.unwrap_or(0));
    }

    /// Adds bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        for byte in bytes {
            self.word(u64::from(*byte));
        }
    }

    /// Adds a string.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// The digest of all that was added.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.0
    }
}
