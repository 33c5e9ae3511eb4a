//! Integers wider than a word, and signed division, which BPF lacks.
//!
//! Word division is pinned down as well. To LLVM's BPF back end a division by
//! zero gives zero, so it moves divisions to in front of the test that guards
//! them; to SBPF it is the end of the program.
//!
//! Widths between the machine's are extended to the next one that a builtin
//! has; the low bits of products and left shifts do not depend on how.

use llvm_sys::LLVMOpcode;

use super::{Lowering, replace};
use crate::error::{Error, Result};
use crate::llvm::Value;

/// The division instructions, as [`crate::llvm::Builder::fixed_instruction`]
/// takes them.
pub(crate) const DIVIDE: &str = "$0 /= $2";
pub(crate) const REMAINDER: &str = "$0 %= $2";

/// Which extension keeps an operation's meaning.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Unsigned,
    Signed,
}

fn unsupported(instruction: Value, width: u32) -> Error {
    Error::new(format!("arithmetic on {width}-bit integers is not supported: {instruction}"))
        .remedy("compute with u64 and u128")
}

impl Lowering<'_> {
    /// The value of an arithmetic instruction that has to be replaced.
    pub(super) fn lower_arithmetic(
        &self,
        instruction: Value,
        opcode: LLVMOpcode,
    ) -> Result<Option<Value>> {
        use LLVMOpcode::*;
        let Some(width) = instruction.ty().int_width() else { return Ok(None) };
        let (a, b) = (instruction.operand(0), instruction.operand(1));
        let shift = matches!(opcode, LLVMShl | LLVMLShr | LLVMAShr);
        // LLVM moves words by itself when it knows how far.
        if shift && b.is_constant_int() {
            return Ok(None);
        }
        let value = match (opcode, width) {
            (LLVMSDiv | LLVMSRem, 0..=64) => self.signed_word_division(a, b, opcode)?,
            (LLVMUDiv | LLVMURem, 0..=64) if !b.is_constant_int() => {
                let text = if opcode == LLVMUDiv { DIVIDE } else { REMAINDER };
                let a = self.extend(a, 64, Sign::Unsigned);
                self.build.fixed_instruction(text, a, self.extend(b, 64, Sign::Unsigned))
            }
            (_, 0..=64) => return Ok(None),
            (LLVMMul, 129..=256) => self.multiply_256(a, b)?,
            (_, 129..) => return Err(unsupported(instruction, width)),
            (LLVMMul, _) => self.multiply_128(a, b)?,
            (LLVMUDiv, _) => self.divide_128("__sbf_udiv128", a, b, Sign::Unsigned)?,
            (LLVMURem, _) => self.divide_128("__sbf_urem128", a, b, Sign::Unsigned)?,
            (LLVMSDiv, _) => self.divide_128("__sbf_sdiv128", a, b, Sign::Signed)?,
            (LLVMSRem, _) => self.divide_128("__sbf_srem128", a, b, Sign::Signed)?,
            (LLVMShl, _) => self.shift_128("__sbf_shl128", a, b, Sign::Unsigned)?,
            (LLVMLShr, _) => self.shift_128("__sbf_lshr128", a, b, Sign::Unsigned)?,
            (LLVMAShr, _) => self.shift_128("__sbf_ashr128", a, b, Sign::Signed)?,
            _ => return Ok(None),
        };
        Ok(Some(self.build.resize(value, instruction.ty())))
    }

    fn extend(&self, value: Value, width: u32, sign: Sign) -> Value {
        let to = self.build.int(width);
        match sign {
            Sign::Unsigned => self.build.zext(value, to),
            Sign::Signed => self.build.sext(value, to),
        }
    }

    /// Low and high word of a value of 65 to 128 bits.
    fn words_of(&self, value: Value, sign: Sign) -> (Value, Value) {
        let word = self.build.word();
        // Looking through a zero extension lets whole products fall away, also
        // where the extension happened in another block.
        if value.opcode() == Some(LLVMOpcode::LLVMZExt) {
            let narrow = value.operand(0);
            if narrow.ty().int_width().is_some_and(|width| width <= 64) {
                return (self.build.zext(narrow, word), word.constant(0));
            }
        }
        let value = self.extend(value, 128, sign);
        let high = self.build.lshr(value, value.ty().constant(64));
        (self.build.trunc(value, word), self.build.trunc(high, word))
    }

    fn join(&self, low: Value, high: Value) -> Value {
        let wide = self.build.int(128);
        let high = self.build.shl(self.build.zext(high, wide), wide.constant(64));
        self.build.or(self.build.zext(low, wide), high)
    }

    fn multiply_128(&self, a: Value, b: Value) -> Result<Value> {
        let (al, ah) = self.words_of(a, Sign::Unsigned);
        let (bl, bh) = self.words_of(b, Sign::Unsigned);
        let mut high = self.builtin("__sbf_umulh", &[al, bl])?;
        for (x, y) in [(al, bh), (ah, bl)] {
            if x.constant_word() != Some(0) && y.constant_word() != Some(0) {
                high = self.build.add(high, self.build.mul(x, y));
            }
        }
        Ok(self.join(self.build.mul(al, bl), high))
    }

    fn multiply_256(&self, a: Value, b: Value) -> Result<Value> {
        let (word, wide) = (self.build.word(), self.build.int(256));
        let words = self.scratch(12)?;
        for (value, base) in [(a, 4), (b, 8)] {
            let value = self.build.zext(value, wide);
            for i in 0..4 {
                let part = self.build.lshr(value, wide.constant(64 * i));
                self.build.store(self.build.trunc(part, word), self.build.word_at(words, base + i));
            }
        }
        self.builtin("__sbf_mul256", &[words])?;
        let mut product = wide.constant(0);
        for i in 0..4 {
            let part = self.build.zext(self.load_word(words, i), wide);
            product = self.build.or(product, self.build.shl(part, wide.constant(64 * i)));
        }
        Ok(product)
    }

    fn divide_128(&self, builtin: &str, a: Value, b: Value, sign: Sign) -> Result<Value> {
        let (al, ah) = self.words_of(a, sign);
        let (bl, bh) = self.words_of(b, sign);
        let out = self.scratch(2)?;
        let low = self.builtin(builtin, &[out, al, ah, bl, bh])?;
        Ok(self.join(low, self.load_word(out, 0)))
    }

    fn shift_128(&self, builtin: &str, a: Value, by: Value, sign: Sign) -> Result<Value> {
        let (low, high) = self.words_of(a, sign);
        let by = self.build.trunc(by, self.build.word());
        let out = self.scratch(2)?;
        let low = self.builtin(builtin, &[out, low, high, by])?;
        Ok(self.join(low, self.load_word(out, 0)))
    }

    fn signed_word_division(&self, a: Value, b: Value, opcode: LLVMOpcode) -> Result<Value> {
        let a = self.extend(a, 64, Sign::Signed);
        let b = self.extend(b, 64, Sign::Signed);
        let divides = opcode == LLVMOpcode::LLVMSDiv;
        self.builtin(if divides { "__sbf_sdiv64" } else { "__sbf_srem64" }, &[a, b])
    }

    /// `llvm.umul.with.overflow` and `llvm.smul.with.overflow`.
    pub(super) fn lower_multiply_overflow(&self, call: Value, signed: bool) -> Result<()> {
        let (a, b) = (call.operand(0), call.operand(1));
        let width = a.ty().int_width().unwrap_or(0);
        let (product, overflow) = match (width, signed) {
            (0..=63, _) => return Ok(()),
            (64, false) => (self.build.mul(a, b), self.product_exceeds_word(a, b)),
            (64, true) => {
                let out = self.scratch(2)?;
                let product = self.builtin("__sbf_smulo64", &[out, a, b])?;
                (product, self.build.is_not_zero(self.load_word(out, 0)))
            }
            (128, _) => {
                let (al, ah) = self.words_of(a, Sign::Unsigned);
                let (bl, bh) = self.words_of(b, Sign::Unsigned);
                let out = self.scratch(2)?;
                let name = if signed { "__sbf_smulo128" } else { "__sbf_umulo128" };
                let low = self.builtin(name, &[out, al, ah, bl, bh])?;
                let product = self.join(low, self.load_word(out, 0));
                (product, self.build.is_not_zero(self.load_word(out, 1)))
            }
            _ => return Err(unsupported(call, width)),
        };
        let pair = self.build.insert(call.ty().undefined(), product, 0);
        replace(call, self.build.insert(pair, overflow, 1));
        Ok(())
    }

    /// Whether `a * b` exceeds a word, which is whether one exceeds the largest
    /// word divided by the other. A division costs a tenth of a high product.
    fn product_exceeds_word(&self, a: Value, b: Value) -> Value {
        let word = self.build.word();
        let constant = |value: Value| value.constant_word().filter(|value| *value != 0);
        let (x, limit) = match (constant(a), constant(b)) {
            (_, Some(factor)) => (a, word.constant(u64::MAX / factor)),
            (Some(factor), _) => (b, word.constant(u64::MAX / factor)),
            _ => {
                // Multiplications are moved to where their operands may be
                // undefined; that must not become a division by zero.
                let a = self.build.freeze(a);
                let factor = self.build.select(self.build.is_not_zero(a), a, word.constant(1));
                let limit = self.build.fixed_instruction(DIVIDE, word.constant(u64::MAX), factor);
                (b, limit)
            }
        };
        self.build.is_above(x, limit)
    }

    /// `llvm.fshl` and `llvm.fshr` of 128 bits: the two operands in a row,
    /// shifted by the amount modulo 128, of which one half is the result.
    pub(super) fn lower_funnel_shift(&self, call: Value, left: bool) -> Result<()> {
        let width = call.ty().int_width().unwrap_or(0);
        if width <= 64 || call.operand(2).is_constant_int() {
            return Ok(());
        }
        if width != 128 {
            return Err(unsupported(call, width));
        }
        let (high, low) = (call.operand(0), call.operand(1));
        let constant = |value| self.build.int(128).constant(value);
        let by = self.build.and(call.operand(2), constant(127));
        let rest = self.build.xor(by, constant(127));
        // Shifting by one and by 127 - n keeps the amounts below 128 for n = 0.
        let (high, low) = if left {
            let crossing = self.build.lshr(low, constant(1));
            (
                self.shift_128("__sbf_shl128", high, by, Sign::Unsigned)?,
                self.shift_128("__sbf_lshr128", crossing, rest, Sign::Unsigned)?,
            )
        } else {
            let crossing = self.build.shl(high, constant(1));
            (
                self.shift_128("__sbf_shl128", crossing, rest, Sign::Unsigned)?,
                self.shift_128("__sbf_lshr128", low, by, Sign::Unsigned)?,
            )
        };
        replace(call, self.build.or(high, low));
        Ok(())
    }
}
