//! Replacing what the BPF back end refuses by calls and plain instructions.
//!
//! Runs after optimisation, on instructions whose meaning is then fixed: each
//! is replaced by code that computes the same value, or left alone. What is
//! left alone and cannot be compiled is found by [`crate::check`].

mod call;
mod float;
mod memory;
mod wide;

pub(crate) use memory::MEMORY_FUNCTIONS;
pub(crate) use wide::{DIVIDE, REMAINDER};

use std::cell::RefCell;

use llvm_sys::LLVMOpcode;

use crate::error::{Error, Result};
use crate::llvm::{Builder, Module, Type, Value};

/// Lowers every function of the module. The builtins must be linked in.
pub(crate) fn run(module: &Module) -> Result<()> {
    for function in module.functions() {
        if function.is_declaration() {
            continue;
        }
        let lowering = Lowering {
            module,
            build: module.builder(),
            function,
            scratch: RefCell::new(Vec::new()),
        };
        for instruction in function.instructions() {
            lowering.lower(instruction).map_err(|error| error.at(function.name()))?;
        }
    }
    Ok(())
}

/// The lowering of one function.
struct Lowering<'m> {
    module: &'m Module,
    build: Builder,
    function: Value,
    /// Stack memory by number of words. One buffer serves all calls: each
    /// call's results are read right behind it.
    scratch: RefCell<Vec<(u64, Value)>>,
}

impl Lowering<'_> {
    fn lower(&self, instruction: Value) -> Result<()> {
        let Some(opcode) = instruction.opcode() else { return Ok(()) };
        self.build.position_before(instruction);
        let value = match opcode {
            LLVMOpcode::LLVMCall => return self.lower_call(instruction),
            LLVMOpcode::LLVMMul
            | LLVMOpcode::LLVMUDiv
            | LLVMOpcode::LLVMURem
            | LLVMOpcode::LLVMSDiv
            | LLVMOpcode::LLVMSRem
            | LLVMOpcode::LLVMShl
            | LLVMOpcode::LLVMLShr
            | LLVMOpcode::LLVMAShr => self.lower_arithmetic(instruction, opcode)?,
            LLVMOpcode::LLVMFMul
            | LLVMOpcode::LLVMFCmp
            | LLVMOpcode::LLVMFNeg
            | LLVMOpcode::LLVMUIToFP
            | LLVMOpcode::LLVMFPToUI => self.lower_float(instruction, opcode)?,
            _ => None,
        };
        if let Some(value) = value {
            replace(instruction, value);
        }
        Ok(())
    }

    /// Stack memory of the function for so many words.
    fn scratch(&self, words: u64) -> Result<Value> {
        if let Some((_, buffer)) = self.scratch.borrow().iter().find(|(n, _)| *n == words) {
            return Ok(*buffer);
        }
        let buffer = entry_alloca(self.module, self.function, self.build.words(words))?;
        self.scratch.borrow_mut().push((words, buffer));
        Ok(buffer)
    }

    /// Calls a function of `builtins/`.
    fn builtin(&self, name: &str, arguments: &[Value]) -> Result<Value> {
        let Some(function) = self.module.function(name) else {
            return Err(Error::new(format!("the builtin {name} is missing"))
                .remedy("this is a fault in sbf-link; please report it"));
        };
        Ok(self.build.call(function.value_type(), function, arguments))
    }

    /// Calls a system call without result.
    fn syscall(&self, name: &str, arguments: &[Value]) {
        let types: Vec<Type> = arguments.iter().map(|argument| argument.ty()).collect();
        let ty = Type::function(self.build.void(), &types);
        let function =
            self.module.function(name).unwrap_or_else(|| self.module.add_function(name, ty));
        self.build.call(ty, function, arguments);
    }

    fn load_word(&self, base: Value, index: u64) -> Value {
        self.build.load(self.build.word(), self.build.word_at(base, index))
    }
}

/// Puts a value in the place of an instruction.
fn replace(instruction: Value, value: Value) {
    instruction.replace_all_uses_with(value);
    instruction.erase();
}

/// Stack memory, made where the function starts so that it is made once.
pub(crate) fn entry_alloca(module: &Module, function: Value, ty: Type) -> Result<Value> {
    let Some(first) = function.first_instruction() else {
        return Err(Error::new("a function without instructions").at(function.name()));
    };
    let build = module.builder();
    build.position_before(first);
    Ok(build.alloca(ty))
}
