//! The part of LLVM's C API that the linker needs, as plain Rust.
//!
//! Contract, which makes the wrappers sound: a [`Value`] or [`Type`] is only
//! made by LLVM, belongs to the one [`Module`] that is being worked on, and is
//! not used after that module is dropped or after the value itself was erased.
//! A module and its handles stay on one thread (the raw pointers inside keep
//! them from being sent). Methods that need an instruction, a function or a
//! type of some kind say so and are called with nothing else.

mod builder;
mod machine;
mod module;
mod types;
mod value;

pub(crate) use builder::Builder;
pub(crate) use machine::Machine;
pub(crate) use module::{Complaint, Module};
pub(crate) use types::{Kind, Type};
pub(crate) use value::Value;

/// Calls LLVM under the contract above.
macro_rules! llvm {
    ($call:expr) => {{
        // SAFETY: the contract in `llvm/mod.rs`; strings passed are
        // NUL-terminated and outlive the call, buffers have the length given.
        #[allow(unused_unsafe)]
        unsafe {
            $call
        }
    }};
}
pub(crate) use llvm;

use std::ffi::{CStr, CString, c_char};

/// A name for LLVM. A NUL inside ends it early; none of ours has one.
fn c_string(text: &str) -> CString {
    CString::new(text).unwrap_or_default()
}

/// Copies and frees a message that LLVM allocated.
fn take_message(message: *mut c_char) -> String {
    if message.is_null() {
        return String::new();
    }
    let text = llvm!(CStr::from_ptr(message)).to_string_lossy().into_owned();
    llvm!(llvm_sys::core::LLVMDisposeMessage(message));
    text
}
