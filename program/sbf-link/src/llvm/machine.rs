//! The BPF back end and the passes that run for it.

use std::ffi::{CStr, c_char};
use std::sync::Once;

use llvm_sys::core::*;
use llvm_sys::error::{LLVMDisposeErrorMessage, LLVMGetErrorMessage};
use llvm_sys::error_handling::LLVMInstallFatalErrorHandler;
use llvm_sys::support::LLVMParseCommandLineOptions;
use llvm_sys::target::*;
use llvm_sys::target_machine::*;
use llvm_sys::transforms::pass_builder::*;

use super::{Complaint, Module, c_string, llvm, take_message};
use crate::error::{Error, Result};

/// Version 2 of BPF is what every SBPF version contains: no 32-bit arithmetic,
/// whose results SBPF extends differently, and no 32-bit jumps.
const CPU: &CStr = c"v2";
/// The virtual machine takes loads and stores at any address.
const FEATURES: &CStr = c"+allows-misaligned-mem-access";

/// LLVM's BPF code generator.
pub(crate) struct Machine {
    raw: LLVMTargetMachineRef,
}

impl Drop for Machine {
    fn drop(&mut self) {
        llvm!(LLVMDisposeTargetMachine(self.raw));
    }
}

/// LLVM's way out where it has no error to return; it would abort afterwards.
extern "C" fn report_fatal(reason: *const c_char) {
    let reason = llvm!(CStr::from_ptr(reason)).to_string_lossy();
    let mut error = Error::new(format!("LLVM gave up: {reason}"));
    if reason.contains("Branch target") {
        error = error.remedy(
            "a function is longer than the 32767 instructions that a jump reaches; mark parts of \
             it #[inline(never)]",
        );
    }
    eprintln!("error: {error}");
    std::process::exit(1)
}

/// Process-wide settings of LLVM.
fn initialise(stack_frame: u64) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        llvm!(LLVMInstallFatalErrorHandler(Some(report_fatal)));
        llvm!(LLVMInitializeBPFTargetInfo());
        llvm!(LLVMInitializeBPFTarget());
        llvm!(LLVMInitializeBPFTargetMC());
        llvm!(LLVMInitializeBPFAsmPrinter());
        llvm!(LLVMInitializeBPFAsmParser());
        // LLVM complains from the size on, not above it.
        let frame = c_string(&format!("-bpf-stack-size={}", stack_frame + 1));
        // The latter two are for the kernel's verifier and only cost here.
        let arguments = [
            c"sbf-link".as_ptr(),
            frame.as_ptr(),
            c"-bpf-disable-serialize-icmp".as_ptr(),
            c"-bpf-disable-avoid-speculation".as_ptr(),
        ];
        let count = arguments.len() as i32;
        llvm!(LLVMParseCommandLineOptions(count, arguments.as_ptr(), c"".as_ptr()));
    });
}

impl Machine {
    /// A code generator for functions with at most this much stack.
    pub(crate) fn new(stack_frame: u64) -> Result<Self> {
        initialise(stack_frame);
        let (mut target, mut message) = (std::ptr::null_mut(), std::ptr::null_mut());
        if llvm!(LLVMGetTargetFromTriple(c"bpfel".as_ptr(), &mut target, &mut message)) != 0 {
            return Err(Error::new(format!("LLVM cannot do BPF: {}", take_message(message)))
                .remedy("use an LLVM that is built with the BPF target, as Debian's is"));
        }
        let raw = llvm!(LLVMCreateTargetMachine(
            target,
            c"bpfel".as_ptr(),
            CPU.as_ptr(),
            FEATURES.as_ptr(),
            LLVMCodeGenOptLevel::LLVMCodeGenLevelAggressive,
            LLVMRelocMode::LLVMRelocStatic,
            LLVMCodeModel::LLVMCodeModelDefault
        ));
        Ok(Self { raw })
    }

    /// Runs a pipeline of passes, as `opt -passes=` takes it.
    pub(crate) fn run(&self, module: &Module, passes: &str) -> Result<()> {
        let options = llvm!(LLVMCreatePassBuilderOptions());
        llvm!(LLVMPassBuilderOptionsSetLoopVectorization(options, 0));
        llvm!(LLVMPassBuilderOptionsSetSLPVectorization(options, 0));
        let error = llvm!(LLVMRunPasses(module.raw, c_string(passes).as_ptr(), self.raw, options));
        llvm!(LLVMDisposePassBuilderOptions(options));
        if !error.is_null() {
            let text = llvm!(LLVMGetErrorMessage(error));
            let message = llvm!(CStr::from_ptr(text)).to_string_lossy().into_owned();
            llvm!(LLVMDisposeErrorMessage(text));
            return Err(Error::new(format!("LLVM refuses the passes `{passes}`: {message}")));
        }
        // Warnings are about optimisations that were not possible.
        if let Some(complaint) = module.complaints().into_iter().find(|c| c.is_error) {
            return Err(Error::new(complaint.text));
        }
        module.verify(passes)
    }

    /// Generates a BPF object file, or tells LLVM's complaints, after which it
    /// writes on. The module stays as it is.
    pub(crate) fn emit(&self, module: &Module) -> std::result::Result<Vec<u8>, Vec<Complaint>> {
        // Code generation changes what it works on.
        let copy = llvm!(LLVMCloneModule(module.raw));
        let (mut message, mut buffer) = (std::ptr::null_mut(), std::ptr::null_mut());
        let failed = llvm!(LLVMTargetMachineEmitToMemoryBuffer(
            self.raw,
            copy,
            LLVMCodeGenFileType::LLVMObjectFile,
            &mut message,
            &mut buffer
        ));
        llvm!(LLVMDisposeModule(copy));
        let mut complaints = module.complaints();
        if failed != 0 {
            let text = format!("LLVM cannot write the object: {}", take_message(message));
            complaints.push(Complaint { is_error: true, text });
            return Err(complaints);
        }
        let start = llvm!(LLVMGetBufferStart(buffer)).cast::<u8>();
        let size = llvm!(LLVMGetBufferSize(buffer));
        let object = llvm!(std::slice::from_raw_parts(start, size)).to_vec();
        llvm!(LLVMDisposeMemoryBuffer(buffer));
        if complaints.is_empty() { Ok(object) } else { Err(complaints) }
    }
}
