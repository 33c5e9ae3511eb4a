//! Finds the LLVM inside the compiler that builds this, links it, and compiles
//! the builtins to bitcode with the same compiler.
//!
//! Guarantees that what rustc writes, what the builtins are and what reads them
//! are one LLVM: the library is the one that rustc itself loads.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};

/// The major version that the `llvm-sys` in `Cargo.toml` describes.
const LLVM_MAJOR: &str = "22";

fn fail(what: &str) -> ! {
    eprintln!("sbf-link: {what}");
    exit(1)
}

fn output_of(program: &Path, args: &[&str]) -> String {
    match Command::new(program).args(args).output() {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        Ok(output) => fail(&format!(
            "`{} {}` failed: {}",
            program.display(),
            args.join(" "),
            String::from_utf8_lossy(&output.stderr)
        )),
        Err(error) => fail(&format!("cannot run `{}`: {error}", program.display())),
    }
}

fn field<'a>(text: &'a str, key: &str) -> &'a str {
    match text.lines().find_map(|line| line.strip_prefix(key)) {
        Some(value) => value.trim(),
        None => fail(&format!("`rustc -vV` does not tell its {key}")),
    }
}

/// The libLLVM that `rustc` is linked to, as the dynamic loader resolves it.
fn llvm_library(rustc: &Path) -> PathBuf {
    let sysroot = output_of(rustc, &["--print", "sysroot"]);
    let real = Path::new(sysroot.trim()).join("bin/rustc");
    let real = if real.exists() { real } else { rustc.to_path_buf() };
    let libraries = output_of(Path::new("ldd"), &[&real.to_string_lossy()]);
    let found = libraries.lines().find_map(|line| {
        let (name, path) = line.split_once("=>")?;
        let path = path.split_whitespace().next()?;
        name.trim().starts_with("libLLVM").then(|| PathBuf::from(path))
    });
    match found {
        Some(path) if path.exists() => path,
        _ => fail(&format!(
            "{} does not load a shared libLLVM; use Debian's rustc (package rustc-web)",
            real.display()
        )),
    }
}

/// `builtins/` as bitcode. Level 1 of the optimiser, since higher ones turn
/// half-word products back into the 128-bit ones that they implement.
fn compile_builtins(rustc: &Path, bitcode: &Path) {
    let status = Command::new(rustc)
        .args(["--edition=2024", "--crate-name=sbf_link_builtins", "--crate-type=rlib"])
        .args(["-Copt-level=1", "-Ccodegen-units=1", "-Cpanic=abort", "-Coverflow-checks=off"])
        .args(["-Cno-vectorize-loops", "-Cno-vectorize-slp", "--emit=llvm-bc"])
        .args([Path::new("-o"), bitcode, Path::new("builtins/src/lib.rs")])
        .status();
    if !status.is_ok_and(|status| status.success()) {
        fail("the builtins do not compile");
    }
}

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=builtins/src");
    println!("cargo:rerun-if-env-changed=RUSTC");
    let rustc = PathBuf::from(env::var_os("RUSTC").unwrap_or("rustc".into()));
    let version = output_of(&rustc, &["-vV"]);
    let llvm = field(&version, "LLVM version:");
    if llvm.split('.').next() != Some(LLVM_MAJOR) {
        fail(&format!("needs a rustc with LLVM {LLVM_MAJOR}, but {} has {llvm}", rustc.display()));
    }
    let library = llvm_library(&rustc);
    println!("cargo:rerun-if-changed={}", library.display());
    println!("cargo:rustc-link-arg={}", library.display());
    if let Some(folder) = library.parent() {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", folder.display());
    }
    let Some(out) = env::var_os("OUT_DIR").map(PathBuf::from) else {
        fail("OUT_DIR is not set; build with cargo")
    };
    compile_builtins(&rustc, &out.join("builtins.bc"));
}
