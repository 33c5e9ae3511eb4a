//! The last look before code generation: everything left is something that the
//! back end compiles to what it means, or the build fails with the function's
//! name. Trusts nothing that ran before.

use llvm_sys::LLVMOpcode;

use crate::abi;
use crate::error::{Error, Result};
use crate::llvm::{Kind, Module, Type, Value};
use crate::lower;

const FLOAT_REMEDY: &str = "use integers; only multiplication, comparison, negation, absolute \
                            value and conversion from and to u64 of f64 are supported";

/// Checks the whole module.
pub(crate) fn run(module: &Module) -> Result<()> {
    if let Some(alias) = module.alias() {
        return Err(Error::new(format!("`{}` is an alias", alias.name()))
            .remedy("export a function instead"));
    }
    for global in module.globals() {
        check_global(global)?;
    }
    for function in module.functions() {
        if !function.is_intrinsic() {
            abi::check(function.value_type()).map_err(|error| error.at(function.name()))?;
        }
        for instruction in function.instructions() {
            check_instruction(instruction).map_err(|error| error.at(function.name()))?;
        }
    }
    Ok(())
}

/// Programs have no memory of their own that could be written.
fn check_global(global: Value) -> Result<()> {
    let name = global.name();
    if global.is_thread_local() {
        return Err(Error::new(format!("`{name}` is a thread-local variable"))
            .remedy("programs have no threads; keep the value in an account or on the stack"));
    }
    if global.is_declaration() {
        return Err(Error::new(format!("the static `{name}` is declared but not defined"))
            .remedy("define it in Rust; programs cannot import data"));
    }
    if !global.is_constant_global() {
        return Err(Error::new(format!("the static `{name}` can be written")).remedy(
            "programs have no writable data: no `static mut`, atomics or cells in statics",
        ));
    }
    Ok(())
}

fn is_supported(opcode: LLVMOpcode) -> bool {
    use LLVMOpcode::*;
    matches!(
        opcode,
        LLVMRet
            | LLVMBr
            | LLVMSwitch
            | LLVMUnreachable
            | LLVMAdd
            | LLVMSub
            | LLVMMul
            | LLVMUDiv
            | LLVMURem
            | LLVMShl
            | LLVMLShr
            | LLVMAShr
            | LLVMAnd
            | LLVMOr
            | LLVMXor
            | LLVMAlloca
            | LLVMLoad
            | LLVMStore
            | LLVMGetElementPtr
            | LLVMTrunc
            | LLVMZExt
            | LLVMSExt
            | LLVMPtrToInt
            | LLVMPtrToAddr
            | LLVMIntToPtr
            | LLVMBitCast
            | LLVMICmp
            | LLVMPHI
            | LLVMCall
            | LLVMSelect
            | LLVMExtractValue
            | LLVMInsertValue
            | LLVMFreeze
            | LLVMExtractElement
            | LLVMInsertElement
            | LLVMShuffleVector
    )
}

/// What may be done with a whole vector. LLVM takes it apart without changing
/// what it means; arithmetic has been taken apart before the lowering.
fn is_supported_on_vectors(opcode: LLVMOpcode) -> bool {
    use LLVMOpcode::*;
    matches!(
        opcode,
        LLVMLoad
            | LLVMStore
            | LLVMBitCast
            | LLVMPHI
            | LLVMSelect
            | LLVMFreeze
            | LLVMInsertElement
            | LLVMShuffleVector
    )
}

/// Floats that are more than bits to carry around.
fn is_float_arithmetic(opcode: LLVMOpcode) -> bool {
    use LLVMOpcode::*;
    matches!(
        opcode,
        LLVMFNeg
            | LLVMFAdd
            | LLVMFSub
            | LLVMFMul
            | LLVMFDiv
            | LLVMFRem
            | LLVMFPToUI
            | LLVMFPToSI
            | LLVMUIToFP
            | LLVMSIToFP
            | LLVMFPTrunc
            | LLVMFPExt
            | LLVMFCmp
    )
}

fn check_instruction(instruction: Value) -> Result<()> {
    let Some(opcode) = instruction.opcode() else { return Ok(()) };
    if is_float_arithmetic(opcode) {
        return Err(Error::new(format!("floating point is not supported: {instruction}"))
            .remedy(FLOAT_REMEDY));
    }
    let vector = instruction.ty().kind() == Kind::Vector;
    if !is_supported(opcode) || (vector && !is_supported_on_vectors(opcode)) {
        return Err(Error::new(format!("the instruction is not supported: {instruction}")));
    }
    check_type(instruction.ty(), instruction)?;
    for operand in instruction.operands() {
        check_type(operand.ty(), instruction)?;
    }
    check_width(opcode, instruction)?;
    match opcode {
        LLVMOpcode::LLVMCall => check_call(instruction),
        LLVMOpcode::LLVMAlloca if !instruction.operand(0).is_constant_int() => {
            Err(Error::new(format!("stack memory of a size not known: {instruction}"))
                .remedy("use a fixed size, or the heap"))
        }
        _ => Ok(()),
    }
}

/// Arithmetic beyond a word that no lowering replaced.
fn check_width(opcode: LLVMOpcode, instruction: Value) -> Result<()> {
    use LLVMOpcode::*;
    let width = instruction.ty().int_width().unwrap_or(0);
    let needs_word = match opcode {
        LLVMMul => true,
        LLVMUDiv | LLVMURem => {
            if !instruction.operand(1).is_constant_int() {
                return Err(Error::new(format!("a division was left unpinned: {instruction}")));
            }
            true
        }
        LLVMShl | LLVMLShr | LLVMAShr => !instruction.operand(1).is_constant_int(),
        _ => false,
    };
    if width > 256 || (needs_word && width > 64) {
        return Err(Error::new(format!(
            "arithmetic on {width}-bit integers is not supported: {instruction}"
        ))
        .remedy("compute with u64 and u128"));
    }
    Ok(())
}

fn check_type(ty: Type, instruction: Value) -> Result<()> {
    let fine = match ty.kind() {
        Kind::Other => {
            // Labels of branches and metadata of intrinsics are no data.
            let text = ty.to_string();
            text == "label" || text == "metadata"
        }
        Kind::Aggregate => {
            ty.elements().into_iter().all(|element| check_type(element, instruction).is_ok())
        }
        Kind::Vector => ty.elements().into_iter().all(|element| element.int_width().is_some()),
        _ => true,
    };
    if fine {
        return Ok(());
    }
    Err(Error::new(format!("the type {ty} is not supported: {instruction}"))
        .remedy("use integers up to 128 bits, references and f64"))
}

fn check_call(call: Value) -> Result<()> {
    if call.is_forced_tail_call() {
        return Err(Error::new(format!("forced tail calls are not supported: {call}"))
            .remedy("write a loop"));
    }
    let callee = call.callee();
    if callee.is_inline_assembler() {
        // An empty one is how `black_box` hides a value; the others are ours.
        let text = callee.assembler_text();
        if ["", lower::DIVIDE, lower::REMAINDER].contains(&text.as_str()) {
            return Ok(());
        }
        return Err(Error::new(format!("inline assembler is not supported: {call}")));
    }
    if !callee.is_intrinsic() {
        return abi::check(call.called_type());
    }
    let name = callee.name();
    let (result, params, _) = call.called_type().signature();
    let is_float = |ty: &Type| matches!(ty.kind(), Kind::Float | Kind::Double);
    if is_float(&result) || params.iter().any(is_float) {
        return Err(
            Error::new(format!("floating point is not supported: {call}")).remedy(FLOAT_REMEDY)
        );
    }
    let refused = ["llvm.va_", "llvm.stacksave", "llvm.stackrestore", "llvm.eh.", "llvm.coro."];
    if refused.iter().any(|prefix| name.starts_with(prefix)) {
        return Err(Error::new(format!("the intrinsic {name} is not supported: {call}")));
    }
    Ok(())
}
