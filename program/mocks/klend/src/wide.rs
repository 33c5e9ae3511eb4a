//! 256-bit unsigned integers: product, quotient, shift.
//!
//! What leaves 256 bits, and a zero divisor, aborts, as in klend.

/// Bits of a digit of the long division.
const DIGIT: u32 = 32;

/// Little-endian 64-bit limbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct U256(pub [u64; 4]);

impl From<u128> for U256 {
    fn from(value: u128) -> Self {
        Self([value as u64, (value >> 64) as u64, 0, 0])
    }
}

impl PartialOrd for U256 {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for U256 {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.0.iter().rev().cmp(other.0.iter().rev())
    }
}

impl U256 {
    /// `a * b`, exact.
    #[must_use]
    pub fn product(a: u128, b: u128) -> Self {
        Self::from(a).times(b)
    }

    /// `self * by`. Aborts beyond 256 bits.
    #[must_use]
    pub fn times(self, by: u128) -> Self {
        let by = [by as u64, (by >> 64) as u64];
        let mut out = [0_u64; 6];
        for (i, a) in self.0.iter().enumerate() {
            let mut carry = 0_u128;
            for (j, b) in by.iter().enumerate() {
                let sum = u128::from(*a) * u128::from(*b) + u128::from(out[i + j]) + carry;
                out[i + j] = sum as u64;
                carry = sum >> 64;
            }
            out[i + 2] = carry as u64;
        }
        assert!(out[4] == 0 && out[5] == 0, "beyond 256 bits");
        Self([out[0], out[1], out[2], out[3]])
    }

    /// `self + by`. Aborts beyond 256 bits.
    #[must_use]
    pub fn plus(self, by: u128) -> Self {
        let mut out = self.0;
        let mut carry = 0_u128;
        for (limb, add) in out.iter_mut().zip([by as u64, (by >> 64) as u64, 0, 0]) {
            let sum = u128::from(*limb) + u128::from(add) + carry;
            *limb = sum as u64;
            carry = sum >> 64;
        }
        assert!(carry == 0, "beyond 256 bits");
        Self(out)
    }

    /// `self >> 60`, the scale of a fraction.
    #[must_use]
    pub fn shr60(self) -> Self {
        let [a, b, c, d] = self.0;
        Self([a >> 60 | b << 4, b >> 60 | c << 4, c >> 60 | d << 4, d >> 60])
    }

    /// The value, which must fit.
    #[must_use]
    pub fn low(self) -> u128 {
        let [a, b, c, d] = self.0;
        assert!(c == 0 && d == 0, "beyond 128 bits");
        u128::from(a) | u128::from(b) << 64
    }

    /// `floor(self / by)`, by long division (Knuth's algorithm D).
    #[must_use]
    pub fn over(self, by: Self) -> Self {
        let divisor = by.digits();
        let n = length(&divisor);
        assert!(n > 0, "division by zero");
        let shift = divisor[n - 1].leading_zeros();
        let v = shifted(&divisor, shift);
        let mut u = shifted(&self.digits(), shift);
        let mut quotient = [0_u32; 8];
        for j in (0..=8 - n).rev() {
            let digit = estimate(&u, &v, j, n);
            quotient[j] = subtract(&mut u, &v, j, n, digit);
        }
        Self::of_digits(&quotient)
    }

    fn digits(self) -> [u32; 8] {
        core::array::from_fn(|i| (self.0[i / 2] >> (DIGIT * (i as u32 % 2))) as u32)
    }

    fn of_digits(digits: &[u32; 8]) -> Self {
        Self(core::array::from_fn(|i| {
            u64::from(digits[2 * i]) | u64::from(digits[2 * i + 1]) << DIGIT
        }))
    }
}

/// Digits up to the highest that is not zero.
fn length(digits: &[u32; 8]) -> usize {
    digits.iter().rposition(|digit| *digit != 0).map_or(0, |top| top + 1)
}

/// `digits << shift`, below one digit, with room for what is shifted out.
fn shifted(digits: &[u32; 8], shift: u32) -> [u32; 9] {
    let mut out = [0; 9];
    let mut carry = 0_u64;
    for (to, from) in out.iter_mut().zip(digits.iter().chain([&0])) {
        let wide = u64::from(*from) << shift | carry;
        *to = wide as u32;
        carry = wide >> DIGIT;
    }
    out
}

/// The quotient's digit from the three highest digits: right or one too large.
fn estimate(u: &[u32; 9], v: &[u32; 9], j: usize, n: usize) -> u64 {
    let top = u64::from(u[j + n]) << DIGIT | u64::from(u[j + n - 1]);
    let first = u64::from(v[n - 1]);
    let (mut digit, mut rest) = (top / first, top % first);
    if n == 1 {
        return digit;
    }
    let (second, next) = (u64::from(v[n - 2]), u64::from(u[j + n - 2]));
    while digit >> DIGIT != 0 || digit * second > (rest << DIGIT | next) {
        digit -= 1;
        rest += first;
        if rest >> DIGIT != 0 {
            break;
        }
    }
    digit
}

/// Takes `digit * v` from `u` at `j`; gives one `v` back when that was too much.
fn subtract(u: &mut [u32; 9], v: &[u32; 9], j: usize, n: usize, digit: u64) -> u32 {
    let mut borrow = 0_i64;
    let mut carry = 0_u64;
    for i in 0..=n {
        let product = digit * u64::from(if i < n { v[i] } else { 0 }) + carry;
        carry = product >> DIGIT;
        let less = i64::from(u[i + j]) - i64::from(product as u32) + borrow;
        u[i + j] = less as u32;
        borrow = less >> DIGIT;
    }
    if borrow == 0 {
        return digit as u32;
    }
    let mut carry = 0_u64;
    for i in 0..=n {
        let sum = u64::from(u[i + j]) + u64::from(if i < n { v[i] } else { 0 }) + carry;
        u[i + j] = sum as u32;
        carry = sum >> DIGIT;
    }
    digit as u32 - 1
}

#[cfg(test)]
mod tests {
    use super::U256;

    /// Operands that like edges.
    struct Source(u64);

    impl Source {
        fn next(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            match self.0 % 7 {
                0 => u64::MAX,
                1 => 0,
                2 => 1 << ((self.0 >> 8) % 64),
                3 => u64::MAX << ((self.0 >> 8) % 64),
                _ => self.0,
            }
        }

        fn wide(&mut self) -> u128 {
            u128::from(self.next()) << 64 | u128::from(self.next())
        }
    }

    #[test]
    fn quotient_times_divisor_and_rest_is_the_dividend() {
        let mut source = Source(0x9e37_79b9_7f4a_7c15);
        for _ in 0..200_000 {
            let (divisor, quotient) = (source.wide() >> (source.next() % 128), source.wide());
            if divisor == 0 {
                continue;
            }
            let rest = source.wide() % divisor;
            let product = U256::product(divisor, quotient);
            if product.0[3] == u64::MAX {
                continue; // the sum might not fit
            }
            assert_eq!(product.plus(rest).over(divisor.into()).low(), quotient);
        }
    }

    #[test]
    fn wide_divisors_too() {
        let mut source = Source(7);
        for _ in 0..100_000 {
            let by = U256([source.next(), source.next(), source.next() >> 1, 0]);
            let quotient = u128::from(source.next() >> 1);
            if by.0 == [0; 4] {
                continue;
            }
            assert_eq!(by.times(quotient).over(by).low(), quotient);
            if by.0 != [1, 0, 0, 0] && quotient > 0 {
                let mut less = by.times(quotient).0;
                // one less than a multiple
                for limb in &mut less {
                    let (value, borrow) = limb.overflowing_sub(1);
                    *limb = value;
                    if !borrow {
                        break;
                    }
                }
                assert_eq!(U256(less).over(by).low(), quotient - 1);
            }
        }
    }

    #[test]
    fn shift_is_a_division() {
        let mut source = Source(3);
        for _ in 0..10_000 {
            let value = U256::product(source.wide(), source.wide());
            assert_eq!(value.shr60(), value.over((1_u128 << 60).into()));
        }
    }
}
