//! From bitcode to a program: the order in which everything happens.

use std::path::PathBuf;

use crate::elf::{self, Arch};
use crate::error::{Error, Result};
use crate::llvm::{Machine, Module, Value};
use crate::{abi, check, frames, lower};

/// `builtins/` as the build script compiled it.
const BUILTINS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/builtins.bc"));
const BUILTIN_PREFIX: &str = "__sbf_";
/// Where the runtime starts a program.
const ENTRYPOINT: &str = "entrypoint";
/// How the data layout of LLVM's BPF target begins.
const LAYOUT: &str = "e-m:e-p:64:64-";
/// Bytes of stack of each call.
pub(crate) const STACK_FRAME: u64 = 4096;

/// What to link.
#[derive(Debug, Default)]
pub struct Options {
    /// Files of bitcode or textual IR.
    pub inputs: Vec<PathBuf>,
    /// Names to keep: constants that others look for in the file.
    pub exports: Vec<String>,
    /// The machine to link for.
    pub arch: Arch,
    /// Where to leave the final IR, for looking at.
    pub dump: Option<PathBuf>,
}

/// Links a program and returns its file's bytes.
///
/// # Errors
/// Everything that cannot be compiled to what it means is an error.
pub fn link(options: &Options) -> Result<Vec<u8>> {
    let module = Module::new();
    for input in &options.inputs {
        module.add_file(input)?;
    }
    let machine = Machine::new(STACK_FRAME)?;
    prepare(&module, &options.exports)?;
    machine.run(
        &module,
        "globaldce,function(lower-atomic),default<O3>,function(scalarizer<load-store>)",
    )?;
    // Only now, since the optimiser would turn the products of half words back
    // into the 128-bit ones that they are there to replace.
    add_builtins(&module)?;
    abi::legalise(&module)?;
    machine.run(&module, "always-inline,globaldce,function(sroa,early-cse,simplifycfg)")?;
    lower::run(&module)?;
    drop_result_markers(&module);
    machine.run(&module, "globaldce")?;
    if let Some(path) = &options.dump {
        std::fs::write(path, module.text())
            .map_err(|error| Error::new(format!("cannot write {}: {error}", path.display())))?;
    }
    check::run(&module)?;
    let object = frames::emit(&machine, &module)?;
    elf::link(&object, options.arch)
}

/// Fits the program for being optimised as a whole.
fn prepare(module: &Module, exports: &[String]) -> Result<()> {
    let layout = module.data_layout();
    if !layout.starts_with(LAYOUT) {
        return Err(Error::new(format!("the program is not compiled for BPF: {layout}"))
            .remedy("build through cargo-sbf"));
    }
    // Copies of C's memory functions that came along give way to system calls.
    for name in lower::MEMORY_FUNCTIONS {
        if let Some(function) = module.function(name).filter(|f| !f.is_declaration()) {
            function.set_name("sbf-link.replaced");
            let declaration = module.add_function(name, function.value_type());
            function.replace_all_uses_with(declaration);
            function.delete_function();
        }
    }
    if module.function(ENTRYPOINT).is_none_or(|function| function.is_declaration()) {
        return Err(Error::new("the program has no function `entrypoint`")
            .remedy("define it with solana_program::entrypoint!, or build without no-entrypoint"));
    }
    module.forget_used();
    internalise(module, |name| name == ENTRYPOINT);
    let globals = module.globals().into_iter().filter(|global| !global.is_declaration());
    for global in globals.filter(|global| !exports.contains(&global.name())) {
        global.make_internal();
    }
    Ok(())
}

/// Makes every function local that is not to be kept.
fn internalise(module: &Module, keep: impl Fn(&str) -> bool) {
    let defined = module.functions().into_iter().filter(|f| !f.is_declaration());
    for function in defined.filter(|f| !keep(&f.name())) {
        function.make_internal();
    }
}

/// Links the builtins in and takes the host they were compiled for off them.
fn add_builtins(module: &Module) -> Result<()> {
    module.add(BUILTINS, "builtins")?;
    module.forget_used();
    let is_builtin = |function: &Value| function.name().starts_with(BUILTIN_PREFIX);
    for function in module.functions().into_iter().filter(is_builtin) {
        for attribute in ["target-cpu", "target-features", "probe-stack", "tune-cpu"] {
            function.remove_text_attribute(attribute);
        }
        function.remove_attribute("uwtable");
        // Arithmetic may be done on undefined values as long as nobody looks.
        for param in 0..function.param_count() {
            function.remove_param_attribute(param, "noundef");
        }
    }
    // The lowering makes calls of them later; they stay until it has.
    internalise(module, |name| name == ENTRYPOINT || name.starts_with(BUILTIN_PREFIX));
    Ok(())
}

/// The back end refuses the marks of arguments that are pointers to results or
/// to copies. Rust's code does without what the marks promise.
fn drop_result_markers(module: &Module) {
    for function in module.functions() {
        for param in 0..function.param_count() {
            function.remove_param_attribute(param, "sret");
        }
        for call in function.instructions() {
            if call.opcode() == Some(llvm_sys::LLVMOpcode::LLVMCall) {
                for argument in 0..call.arguments().len() {
                    call.remove_argument_attribute(argument as u32, "sret");
                }
            }
        }
    }
    internalise(module, |name| name == ENTRYPOINT);
}
