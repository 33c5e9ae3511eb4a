//! Calling conventions: five registers in, one register out, nothing else.
//!
//! A function whose signature asks for more is rewritten to take a pointer to
//! the arguments that did not fit, and a pointer to where its result goes. The
//! new convention depends on the signature alone, and every call is rewritten
//! by the signature it uses, so calls through pointers agree with functions
//! whose address was taken.
//!
//! Guarantees that no other signature remains; the back end truncates argument
//! lists and aggregates in ways that it only sometimes complains of.

use std::collections::HashSet;

use llvm_sys::LLVMOpcode;

use crate::error::{Error, Result};
use crate::llvm::{Builder, Kind, Module, Type, Value};
use crate::lower::entry_alloca;

/// Argument registers of the machine.
const REGISTERS: u32 = 5;

/// How a signature that does not fit is carried.
struct Convention {
    /// The result goes to memory, whose address is the first argument.
    result: Option<Type>,
    /// Arguments that stay in registers.
    kept: Vec<Type>,
    /// Arguments in memory, whose address is the last argument.
    spilled: Vec<Type>,
    plain_result: Type,
}

/// Registers that a value takes.
fn registers(ty: Type) -> Result<u32> {
    match ty.kind() {
        Kind::Int(width) if width <= 256 => Ok(width.div_ceil(64)),
        Kind::Pointer | Kind::Float | Kind::Double => Ok(1),
        _ => Err(Error::new(format!("arguments of type {ty} are not supported"))
            .remedy("pass a reference instead")),
    }
}

impl Convention {
    /// `None` when the machine can carry the signature as it is.
    fn of(signature: Type) -> Result<Option<Self>> {
        let (result, params, variadic) = signature.signature();
        if variadic {
            return Err(Error::new("variable arguments are not supported")
                .remedy("give the function a fixed list of arguments"));
        }
        let in_memory = match result.kind() {
            Kind::Void => false,
            Kind::Aggregate => true,
            _ => registers(result)? > 1,
        };
        let mut free = REGISTERS - u32::from(in_memory);
        let mut needed = 0;
        for param in &params {
            needed += registers(*param)?;
        }
        if needed <= free {
            if !in_memory {
                return Ok(None);
            }
            let (kept, spilled) = (params, Vec::new());
            return Ok(Some(Self { result: Some(result), kept, spilled, plain_result: result }));
        }
        free -= 1; // for the address of the rest
        let mut kept = params;
        let mut count = 0;
        for param in &kept {
            match free.checked_sub(registers(*param)?) {
                Some(left) => free = left,
                None => break,
            }
            count += 1;
        }
        let spilled = kept.split_off(count);
        let plain_result = result;
        Ok(Some(Self { result: in_memory.then_some(result), kept, spilled, plain_result }))
    }

    fn signature(&self, build: &Builder) -> Type {
        let mut params = Vec::new();
        params.extend(self.result.map(|_| build.pointer()));
        params.extend(&self.kept);
        params.extend((!self.spilled.is_empty()).then(|| build.pointer()));
        let result = if self.result.is_some() { build.void() } else { self.plain_result };
        Type::function(result, &params)
    }
}

/// Checks that the machine can carry a signature as it is.
pub(crate) fn check(signature: Type) -> Result<()> {
    match Convention::of(signature)? {
        None => Ok(()),
        Some(_) => Err(Error::new(format!("a signature is left that does not fit: {signature}"))
            .remedy("this is a fault in sbf-link; please report it")),
    }
}

/// Rewrites every function and call that the machine cannot carry.
pub(crate) fn legalise(module: &Module) -> Result<()> {
    let mut adapters = HashSet::new();
    for function in module.functions() {
        if function.is_intrinsic() {
            continue;
        }
        let Some(convention) =
            Convention::of(function.value_type()).map_err(|error| error.at(function.name()))?
        else {
            continue;
        };
        if function.is_declaration() {
            return Err(Error::new(format!(
                "the external function `{}` takes more than five registers or returns more than \
                 one: {}",
                function.name(),
                function.value_type()
            ))
            .remedy("system calls take at most five words and return one"));
        }
        adapters.insert(adapt(module, function, &convention));
    }
    for function in module.functions() {
        let mut buffers = Buffers { module, function, results: Vec::new(), spills: Vec::new() };
        for instruction in function.instructions() {
            if instruction.opcode() == Some(LLVMOpcode::LLVMCall)
                && !adapters.contains(&instruction)
            {
                rewrite_call(&mut buffers, instruction)
                    .map_err(|error| error.at(function.name()))?;
            }
        }
    }
    Ok(())
}

/// Makes `function.sbf`, which takes the legal signature and calls `function`,
/// which is to be inlined there. Returns that call.
fn adapt(module: &Module, function: Value, convention: &Convention) -> Value {
    let build = module.builder();
    let name = format!("{}.sbf", function.name());
    let adapter = module.add_function(&name, convention.signature(&build));
    adapter.make_internal();
    // Before the call below is made, which must stay.
    function.replace_all_uses_with(adapter);
    build.start_body(adapter);
    let first = usize::from(convention.result.is_some());
    let mut arguments: Vec<Value> =
        (0..convention.kept.len()).map(|i| adapter.param(first + i)).collect();
    if !convention.spilled.is_empty() {
        let layout = build.structure(&convention.spilled);
        let base = adapter.param(first + arguments.len());
        for (i, ty) in convention.spilled.iter().enumerate() {
            arguments.push(build.load(*ty, build.field_at(layout, base, i)));
        }
    }
    let call = build.call(function.value_type(), function, &arguments);
    if convention.result.is_some() {
        build.store(call, adapter.param(0));
        build.ret(None);
    } else {
        build.ret((!convention.plain_result.is_void()).then_some(call));
    }
    for attribute in ["noinline", "optnone"] {
        function.remove_attribute(attribute);
    }
    function.add_attribute("alwaysinline");
    function.make_internal();
    call
}

/// Stack memory for calls out of one function. The callee is done with the
/// arguments when it returns, and the result is read at once, so that all
/// calls of one layout can share it.
struct Buffers<'m> {
    module: &'m Module,
    function: Value,
    results: Vec<(Type, Value)>,
    spills: Vec<(Type, Value)>,
}

impl Buffers<'_> {
    fn get(&mut self, spill: bool, ty: Type) -> Result<Value> {
        let list = if spill { &mut self.spills } else { &mut self.results };
        if let Some((_, buffer)) = list.iter().find(|(known, _)| *known == ty) {
            return Ok(*buffer);
        }
        let buffer = entry_alloca(self.module, self.function, ty)?;
        list.push((ty, buffer));
        Ok(buffer)
    }
}

fn rewrite_call(buffers: &mut Buffers<'_>, call: Value) -> Result<()> {
    let callee = call.callee();
    if callee.is_intrinsic() || callee.is_inline_assembler() {
        return Ok(());
    }
    let Some(convention) = Convention::of(call.called_type())? else { return Ok(()) };
    let build = buffers.module.builder();
    build.position_before(call);
    let given = call.arguments();
    let mut arguments = Vec::new();
    let result = match convention.result {
        Some(ty) => Some((ty, buffers.get(false, ty)?)),
        None => None,
    };
    arguments.extend(result.map(|(_, buffer)| buffer));
    arguments.extend(&given[..convention.kept.len()]);
    if !convention.spilled.is_empty() {
        let layout = build.structure(&convention.spilled);
        let buffer = buffers.get(true, layout)?;
        for (i, argument) in given[convention.kept.len()..].iter().enumerate() {
            build.store(*argument, build.field_at(layout, buffer, i));
        }
        arguments.push(buffer);
    }
    let new = build.call(convention.signature(&build), callee, &arguments);
    if let Some((ty, buffer)) = result {
        call.replace_all_uses_with(build.load(ty, buffer));
    } else if !convention.plain_result.is_void() {
        call.replace_all_uses_with(new);
    }
    call.erase();
    Ok(())
}
