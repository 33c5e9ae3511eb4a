//! Calls that the machine's five registers do not carry.

use std::hint::black_box;

use crate::{Digest, Source};

#[inline(never)]
fn eight(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64) -> u64 {
    black_box(a)
        .wrapping_add(b.wrapping_mul(3))
        .wrapping_sub(c)
        .wrapping_mul(d | 1)
        .wrapping_add(e ^ f)
        .rotate_left(7)
        .wrapping_add(g.wrapping_mul(h))
}

#[inline(never)]
fn mixed(a: u8, b: i16, c: u128, d: bool, e: i128, f: u32, g: &[u64], h: Option<u64>) -> u128 {
    let mut sum = c.wrapping_add(e as u128).wrapping_add(u128::from(a)).wrapping_sub(b as u128);
    sum = sum.wrapping_mul(u128::from(f) | 1);
    for word in g {
        sum = sum.rotate_left(9) ^ u128::from(*word);
    }
    if black_box(d) { sum.wrapping_add(h.map_or(5, u128::from)) } else { !sum }
}

fn call_mixed(source: &mut Source) -> u128 {
    let list = [source.word(), source.word()];
    let w = source.raw();
    mixed(
        w as u8,
        (w >> 8) as i16,
        source.wide(),
        w >> 24 & 1 == 0,
        source.wide_signed(),
        (w >> 32) as u32,
        &list[..(w >> 25 & 1) as usize + 1],
        (w >> 26 & 1 == 0).then_some(w),
    )
}

pub(crate) fn long_lists(source: &mut Source, out: &mut Digest) {
    let mut w = || source.word();
    out.word(eight(w(), w(), w(), w(), w(), w(), w(), w()));
    out.wide(call_mixed(source));
}

/// Arguments that are calls of the same kind, so that memory for arguments and
/// results is in use while it is asked for again.
pub(crate) fn nested(source: &mut Source, out: &mut Digest) {
    let mut w = || source.word();
    let (a, b, c, d) = (w(), w(), w(), w());
    out.word(eight(
        eight(a, b, c, d, a, b, c, d),
        eight(d, c, b, a, d, c, b, a),
        a,
        eight(b, b, c, d, eight(a, a, a, a, b, b, b, b), b, c, d),
        b,
        c,
        eight(a, b, c, d, d, d, d, d),
        eight(1, 2, 3, a, b, c, d, 4),
    ));
    let first = triple(a, b);
    let second = triple(first.0, triple(b, first.2).1);
    for (x, y) in [(first, second), (second, triple(second.2, first.0))] {
        out.word(x.0 ^ y.2);
        out.word(x.1.wrapping_add(y.1));
        out.word(x.2.wrapping_sub(y.0));
    }
}

#[inline(never)]
fn triple(a: u64, b: u64) -> (u64, u64, u64) {
    (black_box(a ^ b), a.wrapping_mul(b), a.wrapping_sub(b))
}

#[derive(Clone, Copy)]
struct Large {
    words: [u64; 11],
    wide: u128,
}

#[inline(never)]
fn two(a: u64) -> [u64; 2] {
    [black_box(!a), a.rotate_left(3)]
}

#[inline(never)]
fn word_and_wide(a: u64, b: u128) -> (u64, u128) {
    (black_box(a.swap_bytes()), b.wrapping_sub(u128::from(a)))
}

#[inline(never)]
fn large(a: Large, add: u128, at: usize) -> Large {
    let mut result = black_box(a);
    result.words[at % 11] ^= add as u64;
    result.wide = a.wide.wrapping_add(add);
    result
}

#[inline(never)]
fn fallible(a: u128, limit: u64) -> Result<u128, [u8; 5]> {
    let short = u64::try_from(a).map_err(|_| [1, 2, 3, 4, (a >> 120) as u8])?;
    if short > limit { Err([short as u8; 5]) } else { Ok(a << 3) }
}

#[inline(never)]
fn optional(a: u64) -> Option<i128> {
    (black_box(a) & 1 == 0).then_some(-i128::from(a))
}

#[inline(never)]
fn sixteen_bytes(a: u64) -> [u8; 16] {
    let mut bytes = [black_box(a) as u8; 16];
    bytes[3] = (a >> 8) as u8;
    bytes[15] ^= 0x5a;
    bytes
}

pub(crate) fn returns(source: &mut Source, out: &mut Digest) {
    let (a, b, wide) = (source.word(), source.word(), source.wide());
    let [x, y] = two(a);
    out.word(x.wrapping_sub(y));
    let (x, y) = word_and_wide(a, wide);
    out.word(x);
    out.wide(y);
    let mut value = Large { words: [a; 11], wide };
    for at in [b as usize, a as usize] {
        value = large(value, wide.rotate_left(5), at);
    }
    value.words.iter().for_each(|word| out.word(*word));
    out.wide(value.wide);
    match fallible(wide, b) {
        Ok(v) => out.wide(v),
        Err(bytes) => out.bytes(&bytes),
    }
    out.maybe(optional(a).map(|v| v as u128));
    out.bytes(&sixteen_bytes(b));
}

type Long = fn(u64, u128, u64, u128, u64) -> u128;

#[inline(never)]
fn long_a(a: u64, b: u128, c: u64, d: u128, e: u64) -> u128 {
    b.wrapping_mul(d).wrapping_add(u128::from(a ^ c ^ black_box(e)))
}

#[inline(never)]
fn long_b(a: u64, b: u128, c: u64, d: u128, e: u64) -> u128 {
    if black_box(a) > c { b.wrapping_sub(d) } else { b ^ d.rotate_right(e as u32 & 127) }
}

#[inline(never)]
fn short(a: u64) -> u64 {
    black_box(a).wrapping_mul(5)
}

static LONG: [Long; 3] =
    [long_a, long_b, |a, b, c, d, e| (b / (d | 1)).wrapping_add(u128::from(a & c & e))];
static SHORT: [fn(u64) -> u64; 2] = [short, |a| !a];
static WIDE: [fn(u128) -> u128; 2] = [|a| a.wrapping_mul(a), |a| !a];

pub(crate) fn through_pointers(source: &mut Source, out: &mut Digest) {
    let f = LONG[source.below(3) as usize];
    let (b, d) = (source.wide(), source.wide());
    out.wide(f(source.word(), b, source.word(), d, source.word()));
    out.word(SHORT[source.below(2) as usize](source.word()));
    out.wide(WIDE[source.below(2) as usize](b));
    out.flag(std::ptr::fn_addr_eq(f, LONG[1]));
}

trait Shape {
    fn area(&self) -> u128;
    fn scale(&mut self, a: u64, b: u64, c: u128, d: u64, e: u64, f: u64, g: u8) -> (u64, u128);
    fn name(&self) -> &'static str {
        "shape"
    }
}

struct Square(u64);
struct Box3(u32, u32, u128);

impl Shape for Square {
    fn area(&self) -> u128 {
        u128::from(self.0) * u128::from(self.0)
    }

    fn scale(&mut self, a: u64, b: u64, c: u128, d: u64, e: u64, f: u64, g: u8) -> (u64, u128) {
        self.0 = self.0.wrapping_add(a ^ b ^ d ^ e ^ f);
        (self.0, c.wrapping_mul(u128::from(g)))
    }
}

impl Shape for Box3 {
    fn area(&self) -> u128 {
        self.2.wrapping_mul(u128::from(self.0)).wrapping_add(u128::from(self.1))
    }

    fn scale(&mut self, a: u64, b: u64, c: u128, d: u64, e: u64, f: u64, g: u8) -> (u64, u128) {
        self.2 = self.2.wrapping_sub(c);
        (a.wrapping_mul(b).wrapping_add(d), u128::from(e ^ f) << (g & 127))
    }

    fn name(&self) -> &'static str {
        "box"
    }
}

pub(crate) fn through_traits(source: &mut Source, out: &mut Digest) {
    let mut shapes: Vec<Box<dyn Shape>> = vec![
        Box::new(Square(source.word())),
        Box::new(Box3(source.word() as u32, 7, source.wide())),
        Box::new(Square(3)),
    ];
    for shape in &mut shapes {
        let mut w = || source.word();
        let (a, b, d, e, f) = (w(), w(), w(), w(), w());
        let (x, y) = shape.scale(a, b, u128::from(a) << 50, d, e, f, f as u8);
        out.word(x);
        out.wide(y);
        out.wide(shape.area());
        out.text(shape.name());
    }
}

#[inline(never)]
fn descend(depth: u64, a: u64, b: u64, c: u128, d: u64, e: u64, f: u64) -> (u64, u128) {
    if depth == 0 {
        return (a ^ b, c.wrapping_add(u128::from(d ^ e ^ f)));
    }
    let (x, y) = descend(depth - 1, b, a.wrapping_add(1), c.rotate_left(1), e, f, d);
    let (u, v) = if x & 3 == 0 { descend(depth / 2, x, a, y, d, e, f) } else { (x, y) };
    (u.wrapping_add(a), v ^ c)
}

#[inline(never)]
fn even(n: u64, a: u128, b: u128) -> u128 {
    if n == 0 { a } else { odd(n - 1, b.wrapping_add(1), a, !a) }
}

#[inline(never)]
fn odd(n: u64, a: u128, b: u128, c: u128) -> u128 {
    if n == 0 { b ^ c } else { even(n - 1, a.rotate_left(3), b) }
}

pub(crate) fn recursive(source: &mut Source, out: &mut Digest) {
    let mut w = || source.word();
    let (a, b, d, e, f) = (w(), w(), w(), w(), w());
    let (x, y) = descend(a & 7, a, b, u128::from(a) << 30, d, e, f);
    out.word(x);
    out.wide(y);
    out.wide(even(b & 15, source.wide(), source.wide()));
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Plain {
    a: u64,
    b: u32,
    c: u8,
}

#[inline(never)]
extern "C" fn c_style(a: u128, p: Plain, x: u64, y: u64, z: i128, small: i8) -> Plain {
    Plain {
        a: (black_box(a) >> 3) as u64 ^ p.a ^ x,
        b: p.b.wrapping_add(y as u32),
        c: p.c ^ z as u8 ^ small as u8,
    }
}

#[inline(never)]
extern "C" fn c_wide(a: i128, b: i128) -> i128 {
    black_box(a).wrapping_mul(b)
}

pub(crate) fn extern_c(source: &mut Source, out: &mut Digest) {
    let plain = Plain { a: source.word(), b: source.word() as u32, c: source.word() as u8 };
    let (x, y) = (source.word(), source.word());
    let function = black_box(c_style as extern "C" fn(_, _, _, _, _, _) -> Plain);
    let result = function(source.wide(), plain, x, y, source.wide_signed(), x as i8);
    out.word(result.a);
    out.word(u64::from(result.b) << 8 | u64::from(result.c));
    out.wide(c_wide(source.wide_signed(), source.wide_signed()) as u128);
}

pub(crate) fn closures(source: &mut Source, out: &mut Digest) {
    let (a, b) = (source.wide(), source.word());
    let mut seen = 0u128;
    let add: Box<dyn Fn(u128, u64, u64, u64, u64, u64) -> u128> = if b & 1 == 0 {
        Box::new(move |x, p, q, r, s, t| {
            x.wrapping_mul(a).wrapping_add(u128::from(p ^ q ^ r ^ s ^ t))
        })
    } else {
        Box::new(|x, p, _, _, _, t| x ^ u128::from(p.wrapping_sub(t)))
    };
    let mut keep = |value: u128| seen = seen.rotate_left(11) ^ value;
    for i in 0..4 {
        keep(add(a.rotate_left(i), b, 1, 2, u64::from(i), b));
    }
    out.wide(seen);
}
