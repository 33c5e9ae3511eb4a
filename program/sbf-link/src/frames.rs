//! Functions whose variables do not fit one stack frame.
//!
//! Each call has a frame of its own, so a large variable can live in a frame in
//! between: the function becomes one that holds the variable and calls the
//! rest of itself with its address. That costs a few instructions and one level
//! of depth, and it is done only where LLVM says that the frame is too large.
//! The sort of std is why it is needed: it keeps a buffer of a whole frame.

use std::collections::HashSet;

use llvm_sys::LLVMOpcode;

use crate::abi;
use crate::error::{Error, Result};
use crate::link::STACK_FRAME;
use crate::llvm::{Machine, Module, Type, Value};

const WORD: u64 = 8;
/// What any variable may ask for.
const ALIGNMENT: u32 = 16;
/// A variable smaller than this is not what makes a frame too large.
const WORTH_MOVING: u64 = 512;

/// Generates the object, after making room in the frames that need it.
pub(crate) fn emit(machine: &Machine, module: &Module) -> Result<Vec<u8>> {
    let mut split = HashSet::new();
    loop {
        let complaints = match machine.emit(module) {
            Ok(object) => return Ok(object),
            Err(complaints) => complaints,
        };
        let names: Result<HashSet<&str>> =
            complaints.iter().map(|complaint| oversized(&complaint.text)).collect();
        let mut names: Vec<&str> = names?.into_iter().collect();
        names.sort_unstable();
        for name in names {
            let rest = make_room(module, name, &split).map_err(|error| error.at(name))?;
            split.insert(rest);
        }
        module.verify("splitting frames")?;
    }
}

/// The function that LLVM finds too large, when that is what it complains of.
fn oversized(complaint: &str) -> Result<&str> {
    let function = complaint
        .split_once("in function ")
        .filter(|_| complaint.contains("stack limit"))
        .and_then(|(_, rest)| rest.split_once(' '));
    match function {
        Some((function, _)) => Ok(function),
        None => Err(Error::new(complaint)),
    }
}

fn too_large() -> Error {
    Error::new(format!("the stack frame is larger than {STACK_FRAME} bytes"))
        .remedy("box large values, or split the function with #[inline(never)]")
}

/// Splits a function once. Returns the part that does the work.
fn make_room(module: &Module, name: &str, split: &HashSet<Value>) -> Result<Value> {
    let function = module.function(name).ok_or_else(too_large)?;
    // A part already has an address as its last argument; it goes into the
    // frame next to the variable, so that one register serves any number.
    let linked = split.contains(&function);
    let limit = STACK_FRAME - if linked { WORD } else { 0 };
    let (size, variable) = function
        .instructions()
        .into_iter()
        .filter(|instruction| instruction.opcode() == Some(LLVMOpcode::LLVMAlloca))
        .map(|variable| (variable.allocated_size(module), variable))
        .filter(|(size, _)| (WORTH_MOVING..=limit).contains(size))
        .max_by_key(|(size, _)| *size)
        .ok_or_else(too_large)?;
    let (result, mut params, _) = function.value_type().signature();
    if !linked {
        params.push(module.builder().pointer());
    }
    let signature = Type::function(result, &params);
    if abi::check(signature).is_err() {
        return Err(too_large());
    }
    let rest = module.add_function(&format!("{name}.rest"), signature);
    rest.make_internal();
    move_body(module, function, rest, variable, linked.then_some(size.div_ceil(WORD)));
    call_rest(module, function, rest, size.div_ceil(WORD), linked);
    Ok(rest)
}

/// Gives the function's code to `rest`, where the variable is what the last
/// argument points to, and behind it at `link` what the last argument was.
fn move_body(module: &Module, function: Value, rest: Value, variable: Value, link: Option<u64>) {
    rest.take_body(function);
    let frame = rest.param(rest.param_count() as usize - 1);
    let mut own = function.param_count() as usize;
    if let (Some(at), Some(first)) = (link, rest.first_instruction()) {
        let build = module.builder();
        build.position_before(first);
        let previous = build.load(build.pointer(), build.word_at(frame, at));
        own -= 1;
        function.param(own).replace_all_uses_with(previous);
    }
    for i in 0..own {
        function.param(i).replace_all_uses_with(rest.param(i));
    }
    // These can only speak of variables of their own function.
    for user in variable.users() {
        if user.opcode() == Some(LLVMOpcode::LLVMCall)
            && user.callee().name().starts_with("llvm.lifetime.")
        {
            user.erase();
        }
    }
    variable.replace_all_uses_with(frame);
    variable.erase();
}

/// Makes the function's new body: a frame with so many words, and the call.
fn call_rest(module: &Module, function: Value, rest: Value, words: u64, linked: bool) {
    let build = module.builder();
    build.start_body(function);
    let mut arguments: Vec<Value> =
        (0..function.param_count()).map(|i| function.param(i as usize)).collect();
    let frame = build.alloca(build.words(words + u64::from(linked)));
    frame.set_alignment(ALIGNMENT);
    if linked && let Some(previous) = arguments.pop() {
        build.store(previous, build.word_at(frame, words));
    }
    arguments.push(frame);
    let value = build.call(rest.value_type(), rest, &arguments);
    build.ret((!value.ty().is_void()).then_some(value));
}
