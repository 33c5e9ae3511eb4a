//! Copying, filling and comparing memory: small known sizes in line, the rest
//! by the runtime's system calls.
//!
//! A system call costs its base of 10 compute units and about four
//! instructions around it, a chunk in line one instruction a load or store.

use llvm_sys::LLVMOpcode;

use super::{Lowering, replace};
use crate::error::Result;
use crate::llvm::Value;

/// Largest numbers of chunks that are worth doing in line. Moving loads all
/// before it stores any, and has few registers for that.
const COPY_CHUNKS: u64 = 8;
const MOVE_CHUNKS: u64 = 5;
const FILL_CHUNKS: u64 = 12;
const COMPARE_CHUNKS: u64 = 4;

/// The system call that copies. The runtime's own `sol_memcpy_` refuses a copy of
/// something onto itself, which LLVM's `memcpy` allows; both cost the same.
const MOVE: &str = "sol_memmove_";
const FILL: &str = "sol_memset_";

/// Loads or stores that so many bytes take.
fn chunks(bytes: u64) -> u64 {
    bytes / 8 + u64::from((bytes % 8).count_ones())
}

/// C's memory functions, which rustc and LLVM call by name.
pub(crate) const MEMORY_FUNCTIONS: [&str; 5] = ["memcpy", "memmove", "memset", "memcmp", "bcmp"];

impl Lowering<'_> {
    /// `llvm.memcpy`, `llvm.memmove` and `llvm.memset`.
    pub(super) fn lower_memory_intrinsic(&self, call: Value, name: &str) -> Result<()> {
        let (to, from, length) = (call.operand(0), call.operand(1), call.operand(2));
        let (limit, syscall) = match name {
            _ if name.starts_with("llvm.memcpy.") => (COPY_CHUNKS, MOVE),
            _ if name.starts_with("llvm.memmove.") => (MOVE_CHUNKS, MOVE),
            _ => (FILL_CHUNKS, FILL),
        };
        if length.constant_word().is_some_and(|length| chunks(length) <= limit) {
            // LLVM writes these out.
            return Ok(());
        }
        self.memory_syscall(syscall, to, from, length);
        call.erase();
        Ok(())
    }

    fn memory_syscall(&self, name: &str, to: Value, from: Value, length: Value) {
        let word = self.build.word();
        let from = if from.ty().int_width().is_some() { self.byte(from) } else { from };
        self.syscall(name, &[to, from, self.build.resize(length, word)]);
    }

    /// A fill byte as the system call takes it.
    fn byte(&self, value: Value) -> Value {
        let byte = self.build.resize(value, self.build.int(8));
        self.build.zext(byte, self.build.word())
    }

    /// Calls of C's functions by name.
    pub(super) fn lower_memory_function(&self, call: Value, name: &str) -> Result<()> {
        if !MEMORY_FUNCTIONS.contains(&name) || call.arguments().len() != 3 {
            return Ok(());
        }
        let (a, b, length) = (call.operand(0), call.operand(1), call.operand(2));
        let result = match name {
            "memcmp" | "bcmp" => self.compare(call, a, b, length)?,
            _ => {
                let syscall = if name == "memset" { FILL } else { MOVE };
                self.memory_syscall(syscall, a, b, length);
                a
            }
        };
        replace(call, result);
        Ok(())
    }

    fn compare(&self, call: Value, a: Value, b: Value, length: Value) -> Result<Value> {
        if let Some(length) = length.constant_word()
            && chunks(length) <= COMPARE_CHUNKS
            && only_tells_equal(call)
        {
            return Ok(self.compare_in_line(call, a, b, length));
        }
        let length = self.build.resize(length, self.build.word());
        // The runtime writes an i32, whatever was there.
        let out = self.scratch(2)?;
        self.syscall("sol_memcmp_", &[a, b, length, out]);
        let order = self.build.load(self.build.int(32), out);
        Ok(self.build.resize(order, call.ty()))
    }

    /// Zero when the bytes are equal, else something else.
    fn compare_in_line(&self, call: Value, a: Value, b: Value, length: u64) -> Value {
        let word = self.build.word();
        let mut difference = word.constant(0);
        let mut done = 0;
        while done < length {
            let bytes = [8, 4, 2, 1].into_iter().find(|size| done + size <= length).unwrap_or(1);
            let ty = self.build.int(8 * bytes as u32);
            let [x, y] = [a, b].map(|base| {
                let part = self.build.load_unaligned(ty, self.build.byte_at(base, done));
                self.build.zext(part, word)
            });
            let differs = self.build.xor(x, y);
            difference = if done == 0 { differs } else { self.build.or(difference, differs) };
            done += bytes;
        }
        self.build.zext(self.build.is_not_zero(difference), call.ty())
    }
}

/// Whether a comparison's result is only ever compared with zero for equality.
fn only_tells_equal(call: Value) -> bool {
    call.users().into_iter().all(|user| {
        user.opcode() == Some(LLVMOpcode::LLVMICmp)
            && user.is_equality()
            && user.operand(1).constant_word() == Some(0)
    })
}
