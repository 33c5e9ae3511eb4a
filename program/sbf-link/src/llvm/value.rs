//! Functions, globals, instructions and their operands.

use llvm_sys::core::*;
use llvm_sys::prelude::{LLVMBasicBlockRef, LLVMValueRef};
use llvm_sys::target::{LLVMABISizeOfType, LLVMGetModuleDataLayout};
use llvm_sys::{LLVMIntPredicate, LLVMLinkage, LLVMOpcode};

use super::{Module, Type, c_string, llvm, take_message};

/// A value of the module. Equality is identity.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Value(pub(super) LLVMValueRef);

/// Attribute index of a function itself; its parameters count from one.
const FUNCTION_INDEX: u32 = u32::MAX;

fn attribute_kind(name: &str) -> u32 {
    llvm!(LLVMGetEnumAttributeKindForName(name.as_ptr().cast(), name.len()))
}

impl Value {
    pub(super) fn wrap(raw: LLVMValueRef) -> Option<Self> {
        (!raw.is_null()).then_some(Self(raw))
    }

    pub(crate) fn name(self) -> String {
        let mut length = 0;
        let start = llvm!(LLVMGetValueName2(self.0, &mut length));
        let bytes = llvm!(std::slice::from_raw_parts(start.cast::<u8>(), length));
        String::from_utf8_lossy(bytes).into_owned()
    }

    pub(crate) fn set_name(self, name: &str) {
        llvm!(LLVMSetValueName2(self.0, name.as_ptr().cast(), name.len()));
    }

    pub(crate) fn ty(self) -> Type {
        Type(llvm!(LLVMTypeOf(self.0)))
    }

    pub(crate) fn replace_all_uses_with(self, other: Value) {
        llvm!(LLVMReplaceAllUsesWith(self.0, other.0));
    }

    pub(crate) fn is_constant_int(self) -> bool {
        !llvm!(LLVMIsAConstantInt(self.0)).is_null()
    }

    /// The value of a constant integer of at most 64 bits.
    pub(crate) fn constant_word(self) -> Option<u64> {
        let narrow = self.ty().int_width().is_some_and(|width| width <= 64);
        (narrow && self.is_constant_int()).then(|| llvm!(LLVMConstIntGetZExtValue(self.0)))
    }

    /// Instructions that use the value.
    pub(crate) fn users(self) -> Vec<Value> {
        let mut users = Vec::new();
        let mut next = llvm!(LLVMGetFirstUse(self.0));
        while !next.is_null() {
            users.push(Value(llvm!(LLVMGetUser(next))));
            next = llvm!(LLVMGetNextUse(next));
        }
        users
    }
}

/// Functions and other globals.
impl Value {
    pub(crate) fn is_declaration(self) -> bool {
        llvm!(LLVMIsDeclaration(self.0)) != 0
    }

    pub(crate) fn is_function(self) -> bool {
        !llvm!(LLVMIsAFunction(self.0)).is_null()
    }

    /// A function that LLVM itself defines the meaning of.
    pub(crate) fn is_intrinsic(self) -> bool {
        self.is_function() && llvm!(LLVMGetIntrinsicID(self.0)) != 0
    }

    pub(crate) fn is_thread_local(self) -> bool {
        llvm!(LLVMIsThreadLocal(self.0)) != 0
    }

    /// Whether a global variable can never be written.
    pub(crate) fn is_constant_global(self) -> bool {
        llvm!(LLVMIsGlobalConstant(self.0)) != 0
    }

    /// The type of a function or of a global's content.
    pub(crate) fn value_type(self) -> Type {
        Type(llvm!(LLVMGlobalGetValueType(self.0)))
    }

    pub(crate) fn make_internal(self) {
        llvm!(LLVMSetLinkage(self.0, LLVMLinkage::LLVMInternalLinkage));
    }

    pub(crate) fn delete_function(self) {
        llvm!(LLVMDeleteFunction(self.0));
    }

    pub(crate) fn param(self, index: usize) -> Value {
        Value(llvm!(LLVMGetParam(self.0, index as u32)))
    }

    pub(crate) fn param_count(self) -> u32 {
        llvm!(LLVMCountParams(self.0))
    }

    pub(crate) fn add_attribute(self, name: &str) {
        let context = llvm!(LLVMGetTypeContext(self.ty().0));
        let attribute = llvm!(LLVMCreateEnumAttribute(context, attribute_kind(name), 0));
        llvm!(LLVMAddAttributeAtIndex(self.0, FUNCTION_INDEX, attribute));
    }

    pub(crate) fn remove_attribute(self, name: &str) {
        llvm!(LLVMRemoveEnumAttributeAtIndex(self.0, FUNCTION_INDEX, attribute_kind(name)));
    }

    pub(crate) fn remove_param_attribute(self, param: u32, name: &str) {
        llvm!(LLVMRemoveEnumAttributeAtIndex(self.0, param + 1, attribute_kind(name)));
    }

    pub(crate) fn remove_text_attribute(self, name: &str) {
        let key = c_string(name);
        llvm!(LLVMRemoveStringAttributeAtIndex(
            self.0,
            FUNCTION_INDEX,
            key.as_ptr(),
            name.len() as u32
        ));
    }

    fn blocks(self) -> Vec<LLVMBasicBlockRef> {
        let mut blocks = vec![std::ptr::null_mut(); llvm!(LLVMCountBasicBlocks(self.0)) as usize];
        llvm!(LLVMGetBasicBlocks(self.0, blocks.as_mut_ptr()));
        blocks
    }

    /// All instructions of a function, in order, as they are now.
    pub(crate) fn instructions(self) -> Vec<Value> {
        let mut all = Vec::new();
        for block in self.blocks() {
            let mut next = llvm!(LLVMGetFirstInstruction(block));
            while !next.is_null() {
                all.push(Value(next));
                next = llvm!(LLVMGetNextInstruction(next));
            }
        }
        all
    }

    /// Takes all code of another function over, for a function without a body.
    pub(crate) fn take_body(self, from: Value) {
        let context = llvm!(LLVMGetTypeContext(self.ty().0));
        let before = llvm!(LLVMAppendBasicBlockInContext(context, self.0, c"".as_ptr()));
        let mut last = before;
        for block in from.blocks() {
            llvm!(LLVMMoveBasicBlockAfter(block, last));
            last = block;
        }
        llvm!(LLVMDeleteBasicBlock(before));
    }

    /// The first instruction of a function with a body.
    pub(crate) fn first_instruction(self) -> Option<Value> {
        let entry = llvm!(LLVMGetEntryBasicBlock(self.0));
        Self::wrap(llvm!(LLVMGetFirstInstruction(entry)))
    }
}

/// Instructions.
impl Value {
    /// `None` for anything but an instruction.
    pub(crate) fn opcode(self) -> Option<LLVMOpcode> {
        let is_instruction = !llvm!(LLVMIsAInstruction(self.0)).is_null();
        is_instruction.then(|| llvm!(LLVMGetInstructionOpcode(self.0)))
    }

    pub(crate) fn operand(self, index: usize) -> Value {
        Value(llvm!(LLVMGetOperand(self.0, index as u32)))
    }

    pub(crate) fn operands(self) -> Vec<Value> {
        let count = llvm!(LLVMGetNumOperands(self.0)).max(0) as usize;
        // An operand that is metadata or absent is not a value.
        (0..count).filter_map(|i| Self::wrap(llvm!(LLVMGetOperand(self.0, i as u32)))).collect()
    }

    /// Bytes of a variable on the stack; none has the size for one that varies.
    pub(crate) fn allocated_size(self, module: &Module) -> u64 {
        let ty = llvm!(LLVMGetAllocatedType(self.0));
        let count = self.operand(0).constant_word().unwrap_or(u64::MAX);
        llvm!(LLVMABISizeOfType(LLVMGetModuleDataLayout(module.raw), ty)).saturating_mul(count)
    }

    pub(crate) fn set_alignment(self, bytes: u32) {
        llvm!(LLVMSetAlignment(self.0, bytes));
    }

    pub(crate) fn erase(self) {
        llvm!(LLVMInstructionEraseFromParent(self.0));
    }

    /// Arguments of a call.
    pub(crate) fn arguments(self) -> Vec<Value> {
        (0..llvm!(LLVMGetNumArgOperands(self.0))).map(|i| self.operand(i as usize)).collect()
    }

    /// What a call calls: a function, a pointer or assembler.
    pub(crate) fn callee(self) -> Value {
        Value(llvm!(LLVMGetCalledValue(self.0)))
    }

    pub(crate) fn called_type(self) -> Type {
        Type(llvm!(LLVMGetCalledFunctionType(self.0)))
    }

    pub(crate) fn is_inline_assembler(self) -> bool {
        !llvm!(LLVMIsAInlineAsm(self.0)).is_null()
    }

    /// The text of inline assembler.
    pub(crate) fn assembler_text(self) -> String {
        let mut length = 0;
        let start = llvm!(LLVMGetInlineAsmAsmString(self.0, &mut length));
        let bytes = llvm!(std::slice::from_raw_parts(start.cast::<u8>(), length));
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// Whether a call must reuse the caller's frame.
    pub(crate) fn is_forced_tail_call(self) -> bool {
        llvm!(LLVMGetTailCallKind(self.0)) == llvm_sys::LLVMTailCallKind::LLVMTailCallKindMustTail
    }

    pub(crate) fn remove_argument_attribute(self, argument: u32, name: &str) {
        llvm!(LLVMRemoveCallSiteEnumAttribute(self.0, argument + 1, attribute_kind(name)));
    }

    /// Whether an integer comparison asks for equality or its opposite.
    pub(crate) fn is_equality(self) -> bool {
        matches!(
            llvm!(LLVMGetICmpPredicate(self.0)),
            LLVMIntPredicate::LLVMIntEQ | LLVMIntPredicate::LLVMIntNE
        )
    }

    /// The predicate of a floating-point comparison, as LLVM's bit set.
    pub(crate) fn float_predicate(self) -> u64 {
        llvm!(LLVMGetFCmpPredicate(self.0)) as u64
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(take_message(llvm!(LLVMPrintValueToString(self.0))).trim())
    }
}
