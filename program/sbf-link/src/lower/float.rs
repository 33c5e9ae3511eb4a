//! The floating point that rent calculations in Solana's crates use, on the
//! bit patterns of doubles. Everything else is refused by the final check.

use llvm_sys::LLVMOpcode;

use super::{Lowering, replace};
use crate::error::Result;
use crate::llvm::{Type, Value};

const SIGN: u64 = 1 << 63;

impl Lowering<'_> {
    fn bits(&self, double: Value) -> Value {
        self.build.bitcast(double, self.build.word())
    }

    /// The value of a floating-point instruction that is supported.
    pub(super) fn lower_float(
        &self,
        instruction: Value,
        opcode: LLVMOpcode,
    ) -> Result<Option<Value>> {
        let ty = instruction.ty();
        let x = instruction.operand(0);
        let fits = |ty: Type| ty.int_width().is_some_and(|width| width <= 64);
        let bits = match opcode {
            LLVMOpcode::LLVMFMul if ty.is_double() => {
                self.builtin("__sbf_fmul64", &[self.bits(x), self.bits(instruction.operand(1))])?
            }
            LLVMOpcode::LLVMFNeg if ty.is_double() => {
                self.build.xor(self.bits(x), self.build.word().constant(SIGN))
            }
            LLVMOpcode::LLVMUIToFP if ty.is_double() && fits(x.ty()) => {
                self.builtin("__sbf_ui2d", &[self.build.zext(x, self.build.word())])?
            }
            // Out of range is undefined, so saturating serves.
            LLVMOpcode::LLVMFPToUI if x.ty().is_double() && fits(ty) => {
                let word = self.builtin("__sbf_d2ui_sat", &[self.bits(x)])?;
                return Ok(Some(self.build.resize(word, ty)));
            }
            LLVMOpcode::LLVMFCmp if x.ty().is_double() => {
                let y = self.bits(instruction.operand(1));
                let relation = self.builtin("__sbf_fcmp64", &[self.bits(x), y])?;
                let wanted = self.build.word().constant(instruction.float_predicate());
                let holds = self.build.and(relation, wanted);
                return Ok(Some(self.build.is_not_zero(holds)));
            }
            _ => return Ok(None),
        };
        Ok(Some(self.build.bitcast(bits, ty)))
    }

    /// The supported intrinsics on doubles.
    pub(super) fn lower_float_call(&self, call: Value, name: &str) -> Result<()> {
        let bits = self.bits(call.operand(0));
        let value = if name == "llvm.fabs.f64" {
            let magnitude = self.build.and(bits, self.build.word().constant(!SIGN));
            self.build.bitcast(magnitude, call.ty())
        } else {
            self.builtin("__sbf_d2ui_sat", &[bits])?
        };
        replace(call, value);
        Ok(())
    }
}
