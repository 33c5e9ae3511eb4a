//! Calls of intrinsics and of C's memory functions.

use super::Lowering;
use crate::error::Result;
use crate::llvm::Value;

impl Lowering<'_> {
    pub(super) fn lower_call(&self, call: Value) -> Result<()> {
        let callee = call.callee();
        if !callee.is_function() {
            return Ok(());
        }
        let name = callee.name();
        if !callee.is_intrinsic() {
            return self.lower_memory_function(call, &name);
        }
        // `llvm.` family, and the types it is used at.
        let family = |prefix: &str| name.starts_with(prefix);
        if family("llvm.memcpy.p") || family("llvm.memmove.p") || family("llvm.memset.p") {
            return self.lower_memory_intrinsic(call, &name);
        }
        if family("llvm.umul.with.overflow.") {
            return self.lower_multiply_overflow(call, false);
        }
        if family("llvm.smul.with.overflow.") {
            return self.lower_multiply_overflow(call, true);
        }
        if family("llvm.fshl.i") {
            return self.lower_funnel_shift(call, true);
        }
        if family("llvm.fshr.i") {
            return self.lower_funnel_shift(call, false);
        }
        match name.as_str() {
            "llvm.trap" | "llvm.ubsantrap" | "llvm.debugtrap" => {
                self.syscall("abort", &[]);
                call.erase();
            }
            "llvm.fptoui.sat.i64.f64" | "llvm.fabs.f64" => self.lower_float_call(call, &name)?,
            _ => {}
        }
        Ok(())
    }
}
