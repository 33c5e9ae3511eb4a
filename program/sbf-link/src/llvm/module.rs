//! A module with its context, and what LLVM has to say about it.

use std::ffi::{CStr, c_void};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use llvm_sys::LLVMDiagnosticSeverity;
use llvm_sys::analysis::{LLVMVerifierFailureAction, LLVMVerifyModule};
use llvm_sys::core::*;
use llvm_sys::ir_reader::LLVMParseIRInContext2;
use llvm_sys::linker::LLVMLinkModules2;
use llvm_sys::prelude::{LLVMContextRef, LLVMDiagnosticInfoRef, LLVMModuleRef};

use super::{Builder, Type, Value, c_string, llvm, take_message};
use crate::error::{Error, Result};

/// The program, and the context that all its types and constants live in.
pub(crate) struct Module {
    context: LLVMContextRef,
    pub(super) raw: LLVMModuleRef,
    /// Errors and warnings since the last look. Boxed, since LLVM holds a
    /// pointer to it.
    complaints: Box<Mutex<Vec<Complaint>>>,
}

/// An error or a warning of LLVM's.
pub(crate) struct Complaint {
    pub(crate) is_error: bool,
    pub(crate) text: String,
}

impl Drop for Module {
    fn drop(&mut self) {
        llvm!(LLVMDisposeModule(self.raw));
        llvm!(LLVMContextDispose(self.context));
    }
}

/// Keeps errors and warnings; LLVM's own handler would print and go on.
extern "C" fn keep_complaint(info: LLVMDiagnosticInfoRef, complaints: *mut c_void) {
    let is_error = match llvm!(LLVMGetDiagInfoSeverity(info)) {
        LLVMDiagnosticSeverity::LLVMDSError => true,
        LLVMDiagnosticSeverity::LLVMDSWarning => false,
        _ => return,
    };
    let text = take_message(llvm!(LLVMGetDiagInfoDescription(info)));
    // SAFETY: `Module::new` passed a pointer to its boxed list, which lives
    // until the context is gone.
    let complaints = unsafe { &*complaints.cast::<Mutex<Vec<Complaint>>>() };
    complaints.lock().unwrap_or_else(PoisonError::into_inner).push(Complaint { is_error, text });
}

impl Module {
    /// An empty module.
    pub(crate) fn new() -> Self {
        let context = llvm!(LLVMContextCreate());
        let complaints = Box::new(Mutex::new(Vec::new()));
        let pointer = (&raw const *complaints).cast_mut().cast();
        llvm!(LLVMContextSetDiagnosticHandler(context, Some(keep_complaint), pointer));
        let raw = llvm!(LLVMModuleCreateWithNameInContext(c"program".as_ptr(), context));
        Self { context, raw, complaints }
    }

    /// Links a file of bitcode or of textual IR into the module.
    pub(crate) fn add_file(&self, path: &Path) -> Result<()> {
        let bytes = std::fs::read(path)
            .map_err(|error| Error::new(format!("cannot read {}: {error}", path.display())))?;
        self.add(&bytes, &path.display().to_string())
    }

    /// Links bitcode or textual IR into the module. It takes over the target
    /// and data layout of what is there, if there is anything.
    pub(crate) fn add(&self, bytes: &[u8], name: &str) -> Result<()> {
        let name_c = c_string(name);
        let buffer = llvm!(LLVMCreateMemoryBufferWithMemoryRangeCopy(
            bytes.as_ptr().cast(),
            bytes.len(),
            name_c.as_ptr()
        ));
        let (mut raw, mut message) = (std::ptr::null_mut(), std::ptr::null_mut());
        let failed = llvm!(LLVMParseIRInContext2(self.context, buffer, &mut raw, &mut message));
        llvm!(LLVMDisposeMemoryBuffer(buffer));
        if failed != 0 {
            return Err(Error::new(format!("{name} is not LLVM code: {}", take_message(message)))
                .remedy("build with the rustc that sbf-link was built with"));
        }
        if !llvm!(LLVMGetFirstFunction(self.raw)).is_null() {
            llvm!(LLVMSetTarget(raw, LLVMGetTarget(self.raw)));
            llvm!(LLVMSetDataLayout(raw, LLVMGetDataLayoutStr(self.raw)));
        }
        // The source is consumed, also on failure.
        let failed = llvm!(LLVMLinkModules2(self.raw, raw)) != 0;
        match self.complaints().first() {
            None if !failed => Ok(()),
            complaint => {
                let text = complaint.map_or("", |complaint| &complaint.text);
                Err(Error::new(format!("{name} does not link: {text}")))
            }
        }
    }

    /// What LLVM complained of since the last call.
    pub(crate) fn complaints(&self) -> Vec<Complaint> {
        std::mem::take(&mut *self.complaints.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn data_layout(&self) -> String {
        llvm!(CStr::from_ptr(LLVMGetDataLayoutStr(self.raw))).to_string_lossy().into_owned()
    }

    pub(crate) fn builder(&self) -> Builder {
        Builder::new(self.context)
    }

    pub(crate) fn functions(&self) -> Vec<Value> {
        let mut all = Vec::new();
        let mut next = llvm!(LLVMGetFirstFunction(self.raw));
        while !next.is_null() {
            all.push(Value(next));
            next = llvm!(LLVMGetNextFunction(next));
        }
        all
    }

    pub(crate) fn globals(&self) -> Vec<Value> {
        let mut all = Vec::new();
        let mut next = llvm!(LLVMGetFirstGlobal(self.raw));
        while !next.is_null() {
            all.push(Value(next));
            next = llvm!(LLVMGetNextGlobal(next));
        }
        all
    }

    /// An alias or an indirect function, of which programs have none.
    pub(crate) fn alias(&self) -> Option<Value> {
        Value::wrap(llvm!(LLVMGetFirstGlobalAlias(self.raw)))
            .or_else(|| Value::wrap(llvm!(LLVMGetFirstGlobalIFunc(self.raw))))
    }

    pub(crate) fn function(&self, name: &str) -> Option<Value> {
        Value::wrap(llvm!(LLVMGetNamedFunction(self.raw, c_string(name).as_ptr())))
    }

    pub(crate) fn add_function(&self, name: &str, ty: Type) -> Value {
        Value(llvm!(LLVMAddFunction(self.raw, c_string(name).as_ptr(), ty.0)))
    }

    /// Forgets which symbols must be kept although nothing uses them.
    pub(crate) fn forget_used(&self) {
        for list in [c"llvm.used", c"llvm.compiler.used"] {
            if let Some(global) = Value::wrap(llvm!(LLVMGetNamedGlobal(self.raw, list.as_ptr()))) {
                llvm!(LLVMDeleteGlobal(global.0));
            }
        }
    }

    /// Checks the module's own consistency.
    pub(crate) fn verify(&self, after: &str) -> Result<()> {
        let mut message = std::ptr::null_mut();
        let action = LLVMVerifierFailureAction::LLVMReturnStatusAction;
        let broken = llvm!(LLVMVerifyModule(self.raw, action, &mut message));
        let message = take_message(message);
        if broken != 0 {
            return Err(Error::new(format!("invalid code after {after}: {message}"))
                .remedy("this is a fault in sbf-link; please report it"));
        }
        Ok(())
    }

    /// The module as text.
    pub(crate) fn text(&self) -> String {
        take_message(llvm!(LLVMPrintModuleToString(self.raw)))
    }
}
