//! Types, as far as calling conventions and lowerings look into them.

use llvm_sys::LLVMTypeKind;
use llvm_sys::core::*;
use llvm_sys::prelude::LLVMTypeRef;

use super::{llvm, take_message};

/// A type of the module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Type(pub(super) LLVMTypeRef);

/// What a type is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Void,
    /// An integer of this many bits.
    Int(u32),
    Pointer,
    Float,
    Double,
    /// A struct or an array.
    Aggregate,
    /// A vector of fixed length.
    Vector,
    /// Other vectors and floats, labels, tokens, metadata.
    Other,
}

impl Type {
    pub(crate) fn kind(self) -> Kind {
        match llvm!(LLVMGetTypeKind(self.0)) {
            LLVMTypeKind::LLVMVoidTypeKind => Kind::Void,
            LLVMTypeKind::LLVMIntegerTypeKind => Kind::Int(llvm!(LLVMGetIntTypeWidth(self.0))),
            LLVMTypeKind::LLVMPointerTypeKind => Kind::Pointer,
            LLVMTypeKind::LLVMFloatTypeKind => Kind::Float,
            LLVMTypeKind::LLVMDoubleTypeKind => Kind::Double,
            LLVMTypeKind::LLVMStructTypeKind | LLVMTypeKind::LLVMArrayTypeKind => Kind::Aggregate,
            LLVMTypeKind::LLVMVectorTypeKind => Kind::Vector,
            _ => Kind::Other,
        }
    }

    /// The width of an integer type, `None` for any other.
    pub(crate) fn int_width(self) -> Option<u32> {
        match self.kind() {
            Kind::Int(width) => Some(width),
            _ => None,
        }
    }

    pub(crate) fn is_double(self) -> bool {
        self.kind() == Kind::Double
    }

    pub(crate) fn is_void(self) -> bool {
        self.kind() == Kind::Void
    }

    /// Result, parameters and whether more may follow, of a function type.
    pub(crate) fn signature(self) -> (Type, Vec<Type>, bool) {
        let mut params = vec![std::ptr::null_mut(); llvm!(LLVMCountParamTypes(self.0)) as usize];
        llvm!(LLVMGetParamTypes(self.0, params.as_mut_ptr()));
        (
            Type(llvm!(LLVMGetReturnType(self.0))),
            params.into_iter().map(Type).collect(),
            llvm!(LLVMIsFunctionVarArg(self.0)) != 0,
        )
    }

    pub(crate) fn function(result: Type, params: &[Type]) -> Type {
        let mut params: Vec<_> = params.iter().map(|t| t.0).collect();
        Type(llvm!(LLVMFunctionType(result.0, params.as_mut_ptr(), params.len() as u32, 0)))
    }

    /// A constant of this integer type; `value` is zero-extended.
    pub(crate) fn constant(self, value: u64) -> super::Value {
        super::Value(llvm!(LLVMConstInt(self.0, value, 0)))
    }

    /// The undefined value of this type.
    pub(crate) fn undefined(self) -> super::Value {
        super::Value(llvm!(LLVMGetUndef(self.0)))
    }

    /// Elements of a struct; the one element of an array or a vector.
    pub(crate) fn elements(self) -> Vec<Type> {
        let count = match llvm!(LLVMGetTypeKind(self.0)) {
            LLVMTypeKind::LLVMStructTypeKind => llvm!(LLVMCountStructElementTypes(self.0)),
            LLVMTypeKind::LLVMArrayTypeKind | LLVMTypeKind::LLVMVectorTypeKind => {
                return vec![Type(llvm!(LLVMGetElementType(self.0)))];
            }
            _ => return Vec::new(),
        };
        (0..count).map(|i| Type(llvm!(LLVMStructGetTypeAtIndex(self.0, i)))).collect()
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&take_message(llvm!(LLVMPrintTypeToString(self.0))))
    }
}
