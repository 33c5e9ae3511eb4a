//! Making instructions.

use llvm_sys::core::*;
use llvm_sys::prelude::{LLVMBuilderRef, LLVMContextRef};
use llvm_sys::{LLVMInlineAsmDialect, LLVMIntPredicate};

use super::{Kind, Type, Value, llvm};

/// Puts instructions at a place in a function.
pub(crate) struct Builder {
    context: LLVMContextRef,
    raw: LLVMBuilderRef,
}

impl Drop for Builder {
    fn drop(&mut self) {
        llvm!(LLVMDisposeBuilder(self.raw));
    }
}

const UNNAMED: *const std::ffi::c_char = c"".as_ptr();

macro_rules! binary {
    ($($name:ident $build:ident;)*) => {
        $(pub(crate) fn $name(&self, a: Value, b: Value) -> Value {
            Value(llvm!($build(self.raw, a.0, b.0, UNNAMED)))
        })*
    };
}

macro_rules! cast {
    ($($name:ident $build:ident;)*) => {
        $(pub(crate) fn $name(&self, value: Value, to: Type) -> Value {
            if value.ty() == to {
                return value;
            }
            Value(llvm!($build(self.raw, value.0, to.0, UNNAMED)))
        })*
    };
}

impl Builder {
    pub(super) fn new(context: LLVMContextRef) -> Self {
        Self { context, raw: llvm!(LLVMCreateBuilderInContext(context)) }
    }

    /// The next instructions go in front of this one.
    pub(crate) fn position_before(&self, instruction: Value) {
        llvm!(LLVMPositionBuilderBefore(self.raw, instruction.0));
    }

    /// The next instructions become the body of a function that has none.
    pub(crate) fn start_body(&self, function: Value) {
        let block =
            llvm!(LLVMAppendBasicBlockInContext(self.context, function.0, c"start".as_ptr()));
        llvm!(LLVMPositionBuilderAtEnd(self.raw, block));
    }

    pub(crate) fn int(&self, width: u32) -> Type {
        Type(llvm!(LLVMIntTypeInContext(self.context, width)))
    }

    pub(crate) fn word(&self) -> Type {
        self.int(64)
    }

    pub(crate) fn pointer(&self) -> Type {
        Type(llvm!(LLVMPointerTypeInContext(self.context, 0)))
    }

    pub(crate) fn void(&self) -> Type {
        Type(llvm!(LLVMVoidTypeInContext(self.context)))
    }

    pub(crate) fn words(&self, count: u64) -> Type {
        Type(llvm!(LLVMArrayType2(self.word().0, count)))
    }

    pub(crate) fn structure(&self, fields: &[Type]) -> Type {
        let mut fields: Vec<_> = fields.iter().map(|t| t.0).collect();
        Type(llvm!(LLVMStructTypeInContext(
            self.context,
            fields.as_mut_ptr(),
            fields.len() as u32,
            0
        )))
    }

    binary! {
        add LLVMBuildAdd;
        mul LLVMBuildMul;
        and LLVMBuildAnd;
        or LLVMBuildOr;
        xor LLVMBuildXor;
        shl LLVMBuildShl;
        lshr LLVMBuildLShr;
    }

    cast! {
        trunc LLVMBuildTrunc;
        zext LLVMBuildZExt;
        sext LLVMBuildSExt;
        bitcast LLVMBuildBitCast;
    }

    /// To an integer type of any other width, filling with zeros.
    pub(crate) fn resize(&self, value: Value, to: Type) -> Value {
        match (value.ty().kind(), to.kind()) {
            (Kind::Int(from), Kind::Int(wanted)) if from > wanted => self.trunc(value, to),
            _ => self.zext(value, to),
        }
    }

    pub(crate) fn is_not_zero(&self, value: Value) -> Value {
        self.compare(LLVMIntPredicate::LLVMIntNE, value, value.ty().constant(0))
    }

    /// Whether `a` is larger than `b`, both unsigned.
    pub(crate) fn is_above(&self, a: Value, b: Value) -> Value {
        self.compare(LLVMIntPredicate::LLVMIntUGT, a, b)
    }

    fn compare(&self, predicate: LLVMIntPredicate, a: Value, b: Value) -> Value {
        Value(llvm!(LLVMBuildICmp(self.raw, predicate, a.0, b.0, UNNAMED)))
    }

    pub(crate) fn select(&self, condition: Value, then: Value, otherwise: Value) -> Value {
        Value(llvm!(LLVMBuildSelect(self.raw, condition.0, then.0, otherwise.0, UNNAMED)))
    }

    /// The value, but the same one wherever it is used, also when it is
    /// undefined.
    pub(crate) fn freeze(&self, value: Value) -> Value {
        Value(llvm!(LLVMBuildFreeze(self.raw, value.0, UNNAMED)))
    }

    pub(crate) fn alloca(&self, ty: Type) -> Value {
        Value(llvm!(LLVMBuildAlloca(self.raw, ty.0, UNNAMED)))
    }

    /// The address of the word number `index` behind a pointer.
    pub(crate) fn word_at(&self, base: Value, index: u64) -> Value {
        if index == 0 {
            return base;
        }
        let mut index = self.word().constant(index).0;
        Value(llvm!(LLVMBuildGEP2(self.raw, self.word().0, base.0, &mut index, 1, UNNAMED)))
    }

    /// The address `offset` bytes behind a pointer.
    pub(crate) fn byte_at(&self, base: Value, offset: u64) -> Value {
        let mut offset = self.word().constant(offset).0;
        Value(llvm!(LLVMBuildGEP2(self.raw, self.int(8).0, base.0, &mut offset, 1, UNNAMED)))
    }

    /// The address of a struct's field.
    pub(crate) fn field_at(&self, structure: Type, base: Value, index: usize) -> Value {
        Value(llvm!(LLVMBuildStructGEP2(self.raw, structure.0, base.0, index as u32, UNNAMED)))
    }

    pub(crate) fn load(&self, ty: Type, from: Value) -> Value {
        Value(llvm!(LLVMBuildLoad2(self.raw, ty.0, from.0, UNNAMED)))
    }

    /// A load that may be at any address.
    pub(crate) fn load_unaligned(&self, ty: Type, from: Value) -> Value {
        let load = self.load(ty, from);
        load.set_alignment(1);
        load
    }

    pub(crate) fn store(&self, value: Value, to: Value) {
        llvm!(LLVMBuildStore(self.raw, value.0, to.0));
    }

    pub(crate) fn call(&self, function: Type, callee: Value, arguments: &[Value]) -> Value {
        let mut arguments: Vec<_> = arguments.iter().map(|v| v.0).collect();
        Value(llvm!(LLVMBuildCall2(
            self.raw,
            function.0,
            callee.0,
            arguments.as_mut_ptr(),
            arguments.len() as u32,
            UNNAMED
        )))
    }

    /// One instruction that nothing may move or leave out: `text` takes `a` in
    /// the register `$0` of the result and `b` in the register `$2`.
    pub(crate) fn fixed_instruction(&self, text: &str, a: Value, b: Value) -> Value {
        let ty = Type::function(self.word(), &[self.word(), self.word()]);
        let constraints = "=r,0,r";
        let code = Value(llvm!(LLVMGetInlineAsm(
            ty.0,
            text.as_ptr().cast(),
            text.len(),
            constraints.as_ptr().cast(),
            constraints.len(),
            1,
            0,
            LLVMInlineAsmDialect::LLVMInlineAsmDialectATT,
            0
        )));
        self.call(ty, code, &[a, b])
    }

    pub(crate) fn insert(&self, aggregate: Value, value: Value, index: u32) -> Value {
        Value(llvm!(LLVMBuildInsertValue(self.raw, aggregate.0, value.0, index, UNNAMED)))
    }

    pub(crate) fn ret(&self, value: Option<Value>) {
        match value {
            Some(value) => llvm!(LLVMBuildRet(self.raw, value.0)),
            None => llvm!(LLVMBuildRetVoid(self.raw)),
        };
    }
}
