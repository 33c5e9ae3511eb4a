//! What cannot be carried over fails the build, names the place and says what
//! helps.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use sbf_link::{Options, link};

/// Writes an entrypoint that calls `@part`, after the given definitions.
fn write(name: &str, definitions: &str) -> PathBuf {
    let ir = format!(
        "target datalayout = \"e-m:e-p:64:64-i64:64-i128:128-n32:64-S128\"\n\
         target triple = \"bpfel\"\n\
         {definitions}\n\
         define i64 @entrypoint(ptr %input) {{\n\
           %result = call i64 @part(ptr %input)\n\
           ret i64 %result\n\
         }}\n"
    );
    let path = std::env::temp_dir().join(format!("sbf-link-{}-{name}.ll", std::process::id()));
    std::fs::write(&path, ir).expect("a folder for temporary files");
    path
}

/// Links it.
fn outcome(name: &str, definitions: &str) -> Result<Vec<u8>, String> {
    let path = write(name, definitions);
    let result = link(&Options { inputs: vec![path.clone()], ..Options::default() });
    std::fs::remove_file(path).expect("the file was written");
    result.map_err(|error| error.to_string())
}

/// A function that is not inlined, from its body.
fn part(body: &str) -> String {
    format!("define i64 @part(ptr %p) noinline {{\n{body}\n}}")
}

fn refused(name: &str, definitions: &str, words: &[&str]) {
    match outcome(name, definitions) {
        Ok(_) => panic!("{name} was accepted"),
        Err(text) => {
            for word in words {
                assert!(text.contains(word), "{name}: `{word}` is not in:\n{text}");
            }
        }
    }
}

#[test]
fn a_plain_program_is_accepted() {
    let program = outcome("plain", &part("%x = load i64, ptr %p\nret i64 %x")).expect("it links");
    assert_eq!(&program[..4], b"\x7fELF");
}

#[test]
fn float_arithmetic_beyond_the_supported() {
    let body = |operation: &str| {
        part(&format!(
            "%a = load double, ptr %p\n\
             %r = {operation}\n\
             %b = bitcast double %r to i64\n\
             ret i64 %b"
        ))
    };
    for (name, operation) in [
        ("fadd", "fadd double %a, 1.5"),
        ("fsub", "fsub double %a, 1.5"),
        ("fdiv", "fdiv double %a, 1.5"),
        ("frem", "frem double %a, 1.5"),
        ("sqrt", "call double @llvm.sqrt.f64(double %a)"),
        ("floor", "call double @llvm.floor.f64(double %a)"),
    ] {
        let words = ["floating point is not supported", "in: part", "remedy: use integers"];
        let mut definitions = body(operation);
        if operation.starts_with("call") {
            definitions += &format!("\ndeclare double @llvm.{name}.f64(double)");
        }
        refused(name, &definitions, &words);
    }
    let single = "%a = load float, ptr %p\n%m = fmul float %a, %a\n%i = bitcast float %m to i32\n\
                  %r = zext i32 %i to i64\nret i64 %r";
    refused("single", &part(single), &["floating point is not supported", "in: part"]);
    let signed = "%a = load i64, ptr %p\n%d = sitofp i64 %a to double\nstore double %d, ptr %p\n\
                  ret i64 0";
    refused("signed", &part(signed), &["floating point is not supported", "in: part"]);
}

#[test]
fn variable_arguments() {
    let definitions = part("%r = call i64 (i64, ...) @sol_many(i64 1, i64 2)\nret i64 %r");
    let words = ["variable arguments are not supported", "in: sol_many", "remedy"];
    refused("variadic", &(definitions + "\ndeclare i64 @sol_many(i64, ...)"), &words);
}

#[test]
fn external_functions_with_too_many_arguments() {
    let definitions =
        part("%r = call i64 @sol_six(i64 1, i64 2, i64 3, i64 4, i64 5, i64 6)\nret i64 %r")
            + "\ndeclare i64 @sol_six(i64, i64, i64, i64, i64, i64)";
    refused("six", &definitions, &["external function `sol_six`", "more than five registers"]);
    let definitions =
        part("%r = call i128 @sol_wide(ptr %p)\n%t = trunc i128 %r to i64\nret i64 %t")
            + "\ndeclare i128 @sol_wide(ptr)";
    refused("wide", &definitions, &["external function `sol_wide`"]);
}

#[test]
fn functions_that_nobody_defines() {
    let definitions = part("%r = call i64 @strlen(ptr %p)\nret i64 %r");
    let words = ["`strlen` is not defined", "in: part", "remedy: define it"];
    refused("undefined", &(definitions + "\ndeclare i64 @strlen(ptr)"), &words);
    let definitions = part("%r = call i64 @sys_rand(ptr %p)\nret i64 %r");
    refused("std", &(definitions + "\ndeclare i64 @sys_rand(ptr)"), &["operating system"]);
    // The address of a system call is not known to programs.
    let definitions = part("store ptr @sol_log_, ptr %p\nret i64 0");
    refused("address", &(definitions + "\ndeclare void @sol_log_(ptr, i64)"), &["sol_log_"]);
}

#[test]
fn writable_data() {
    let body = part(
        "%a = load i64, ptr @COUNTER\n%b = add i64 %a, 1\nstore i64 %b, ptr @COUNTER\n\
         store ptr @COUNTER, ptr %p\nret i64 %b",
    );
    let words = ["the static `COUNTER` can be written", "no `static mut`"];
    refused("bss", &format!("@COUNTER = global i64 0\n{body}"), &words);
    refused("data", &format!("@COUNTER = global i64 7\n{body}"), &words);
    let local = format!("@COUNTER = thread_local global i64 7\n{body}");
    refused("thread", &local, &["thread-local"]);
    let external = format!("@COUNTER = external global i64\n{body}");
    refused("external", &external, &["declared but not defined"]);
}

/// A function with two variables of so many bytes.
fn frame(bytes: u32, params: &str) -> String {
    format!(
        "declare void @sol_fill(ptr, ptr)\n\
         define i64 @wide({params}) noinline {{\n\
           %a = alloca [{bytes} x i8], align 8\n%b = alloca [{bytes} x i8], align 8\n\
           call void @sol_fill(ptr %a, ptr %b)\n%x = load i64, ptr %a\nret i64 %x\n\
         }}\n"
    )
}

#[test]
fn frames_larger_than_4096_bytes() {
    let one = |bytes| frame(bytes, "ptr %p") + &part("%r = call i64 @wide(ptr %p)\nret i64 %r");
    outcome("frame-fits", &one(2048)).expect("4096 bytes fit");
    outcome("frame-splits", &one(4096)).expect("two frames of 4096 bytes fit");
    let words = ["stack frame is larger than 4096 bytes", "in: wide", "remedy: box"];
    refused("frame", &one(4104), &words);
    // No register is left to pass a variable on.
    let store = |name| format!("store volatile i64 %{name}, ptr %p\n");
    let five = frame(2056, "ptr %p, i64 %c, i64 %d, i64 %e, i64 %f")
        .replace("ret i64 %x", &(["c", "d", "e", "f"].map(store).concat() + "ret i64 %x"))
        + &part(
            "%v = load volatile i64, ptr %p\n%w = load volatile i64, ptr %p\n\
             %r = call i64 @wide(ptr %p, i64 %v, i64 %w, i64 %w, i64 %v)\nret i64 %r",
        );
    refused("frame-five", &five, &words);
}

#[test]
fn arguments_passed_as_copies() {
    let definitions = "define i64 @copy(ptr byval([64 x i8]) %p) noinline {\n\
                       %x = load volatile i64, ptr %p\nret i64 %x\n}\n"
        .to_owned()
        + &part("%r = call i64 @copy(ptr byval([64 x i8]) %p)\nret i64 %r");
    refused("byval", &definitions, &["pass by value", "copy"]);
}

#[test]
fn stack_memory_of_unknown_size() {
    let definitions = part(
        "%n = load i64, ptr %p\n%a = alloca i8, i64 %n\ncall void @sol_fill(ptr %a)\nret i64 0",
    ) + "\ndeclare void @sol_fill(ptr)";
    refused("alloca", &definitions, &["stack memory of a size not known", "in: part"]);
}

#[test]
fn assembler_forced_tail_calls_and_aliases() {
    let assembler = part("call void asm sideeffect \"r1 = 5\", \"\"()\nret i64 0");
    refused("assembler", &assembler, &["inline assembler is not supported", "in: part"]);
    let tail =
        "define i64 @other(ptr %p) noinline {\n%x = load volatile i64, ptr %p\nret i64 %x\n}\n"
            .to_owned()
            + &part("%r = musttail call i64 @other(ptr %p)\nret i64 %r");
    refused("tail", &tail, &["forced tail calls are not supported", "in: part"]);
    let alias = "@part = alias i64 (ptr), ptr @entrypoint".to_owned();
    refused("alias", &alias, &["alias"]);
}

#[test]
fn arithmetic_beyond_256_bits() {
    let body = |ty: &str, operation: &str| {
        part(&format!(
            "%q = getelementptr i8, ptr %p, i64 64\n%a = load {ty}, ptr %p\n%b = load {ty}, ptr %q\n\
             %r = {operation} {ty} %a, %b\nstore {ty} %r, ptr %p\nret i64 0"
        ))
    };
    for (name, ty, operation) in
        [("mul", "i512", "mul"), ("div", "i256", "udiv"), ("shift", "i192", "shl")]
    {
        let words = ["-bit integers is not supported", "in: part", "remedy: compute with u64"];
        refused(name, &body(ty, operation), &words);
    }
}

#[test]
fn programs_without_entrypoint_or_for_another_machine() {
    let path = std::env::temp_dir().join(format!("sbf-link-{}-none.ll", std::process::id()));
    for (ir, word) in [
        (
            "target datalayout = \"e-m:e-p:64:64-i64:64\"\ndefine void @f() { ret void }",
            "entrypoint",
        ),
        (
            "target datalayout = \"E-p:32:32\"\ndefine void @f() { ret void }",
            "not compiled for BPF",
        ),
        ("this is no code", "is not LLVM code"),
    ] {
        std::fs::write(&path, ir).expect("a folder for temporary files");
        let result = link(&Options { inputs: vec![path.clone()], ..Options::default() });
        let text = result.expect_err("it was accepted").to_string();
        assert!(text.contains(word), "{text}");
    }
    std::fs::remove_file(path).expect("the file was written");
}

/// A conditional jump reaches 32767 instructions. LLVM ends the process here.
#[test]
fn jumps_that_are_too_long() {
    let stores: String = (0..12_000)
        .map(|i| format!("store volatile i64 {}, ptr %p\n", 0x1234_5678_9abc_0000u64 + i))
        .collect();
    let body = format!(
        "%x = load i64, ptr %p\n%c = icmp eq i64 %x, 0\nbr i1 %c, label %end, label %long\n\
         long:\n{stores}br label %end\nend:\nret i64 %x"
    );
    let path = write("jump", &part(&body));
    let output = Command::new(env!("CARGO_BIN_EXE_sbf-link"))
        .args([OsStr::new("-o"), path.with_extension("so").as_os_str(), path.as_os_str()])
        .output()
        .expect("the linker runs");
    std::fs::remove_file(path).expect("the file was written");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("Branch target") && text.contains("remedy"), "{text}");
}
