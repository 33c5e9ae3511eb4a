//! The doubles that the SDK's rent arithmetic needs.

use std::hint::black_box;

use crate::{Digest, Source};

pub(crate) fn rent(source: &mut Source, out: &mut Digest) {
    let (rate, size) = (source.word() >> 20, source.below(10_000_000));
    let threshold = [2.0, 1.0, 0.5, 1e-300, 3.25e17][source.below(5) as usize];
    let minimum = rate.wrapping_mul(128 + size) as f64 * threshold;
    out.word(minimum as u64);
    out.flag(minimum >= 890_880.0);
    out.word((minimum * 1.5) as u64);
    out.word(minimum.to_bits());
}

fn any(source: &mut Source) -> f64 {
    let word = source.word();
    match source.below(4) {
        0 => (word & 0x800f_ffff_ffff_ffff) | source.below(3) << 52,
        1 => word | 0x7ff << 52,
        _ => word,
    }
    .pipe(f64::from_bits)
}

trait Pipe: Sized {
    fn pipe<T>(self, f: impl FnOnce(Self) -> T) -> T {
        f(self)
    }
}
impl Pipe for u64 {}

pub(crate) fn compare(source: &mut Source, out: &mut Digest) {
    let a = any(source);
    let b = if source.below(4) == 0 { a } else { any(source) };
    for flag in
        [a < b, a <= b, a > b, a >= b, a == b, a != b, a.is_nan(), -a < b, a.abs() > b.abs()]
    {
        out.flag(flag);
    }
    out.word(if a < b { a.to_bits() } else { b.to_bits() });
    out.word((-a).to_bits());
    out.word(a.abs().to_bits());
}

pub(crate) fn convert(source: &mut Source, out: &mut Digest) {
    let (word, a, b) = (source.word(), any(source), any(source));
    out.word((word as f64).to_bits());
    out.word((word as u32 as f64).to_bits());
    out.word((word as u8 as f64).to_bits());
    out.word(a as u64);
    let product = a * b;
    // Which NaN comes out is the machine's choice.
    out.word(if product.is_nan() { 1 } else { product.to_bits() });
    out.word(product as u64);
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Mixed {
    single: f32,
    double: f64,
    byte: u8,
}

#[inline(never)]
fn scale(a: f64, b: u64, c: f32, d: f64, mixed: Mixed, e: f64) -> (f64, Mixed) {
    let swapped = Mixed { single: black_box(c), double: a * d, byte: mixed.byte.wrapping_add(1) };
    (if mixed.double < e { b as f64 * mixed.double } else { e }, swapped)
}

#[inline(never)]
fn halve(a: f64) -> f64 {
    black_box(a) * 0.5
}

/// Floats as arguments, results and in memory, singles too.
pub(crate) fn passing(source: &mut Source, out: &mut Digest) {
    let mixed = Mixed {
        single: f32::from_bits(source.raw() as u32),
        double: any(source),
        byte: source.raw() as u8,
    };
    let (a, d, e) = (any(source), any(source), any(source));
    let (x, y) = scale(a, source.word(), mixed.single, d, mixed, e);
    for double in [x, y.double, halve(a)] {
        out.word(if double.is_nan() { 1 } else { double.to_bits() });
    }
    out.word(u64::from(y.single.to_bits()) ^ u64::from(y.byte) << 40);
}
