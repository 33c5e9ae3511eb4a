//! The linker as rustc calls it: `sbf-link -o OUT --export-symbols FILE -L DIR
//! INPUT...`, in the manner of its `bpf` linker flavour. `SBPF_ARCH` chooses
//! the machine, `SBF_LINK_DUMP` names a file for the final IR, and `SBF_LINK_CARGO`
//! says that cargo calls, whose word then counts on what is a program.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sbf_link::{Error, Options, Result, link};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut options = Options::default();
    let mut output = None;
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        match text.as_ref() {
            "-o" => output = arguments.next().map(PathBuf::from),
            "--export-symbols" => {
                if let Some(list) = arguments.next() {
                    options.exports = read_list(Path::new(&list))?;
                }
            }
            // What else rustc tells every linker of its kind.
            "-L" | "--cpu" | "--cpu-features" => {
                arguments.next();
            }
            _ if text.starts_with('-') => {}
            _ => options.inputs.extend(bitcode(PathBuf::from(&argument))?),
        }
    }
    let Some(output) = output else {
        return Err(Error::new("no output file is given").remedy("build through cargo-sbf"));
    };
    if is_dependency() {
        return write(&output, b"");
    }
    if options.inputs.is_empty() {
        return Err(Error::new("no bitcode is given").remedy("build through cargo-sbf"));
    }
    if let Ok(arch) = std::env::var("SBPF_ARCH") {
        options.arch = arch.parse()?;
    }
    options.dump = std::env::var_os("SBF_LINK_DUMP").map(PathBuf::from);
    write(&output, &link(&options)?)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes)
        .map_err(|error| Error::new(format!("cannot write {}: {error}", path.display())))
}

/// Whether cargo builds this only since a program depends on a library that can
/// also be a shared object. Nobody looks at that one, and it need not be a
/// program.
fn is_dependency() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some();
    set("SBF_LINK_CARGO") && !set("CARGO_PRIMARY_PACKAGE")
}

fn read_list(path: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::new(format!("cannot read {}: {error}", path.display())))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// The file when it is bitcode. rustc also passes an object with names for
/// other linkers, and the library of C's functions, whose work system calls
/// and the builtins do; what is missing without them fails the build later.
fn bitcode(path: PathBuf) -> Result<Option<PathBuf>> {
    let read = |path: &Path| {
        use std::io::Read;
        let mut magic = [0; 4];
        std::fs::File::open(path)?.read_exact(&mut magic)?;
        Ok(magic)
    };
    let magic = read(&path).map_err(|error: std::io::Error| {
        Error::new(format!("cannot read {}: {error}", path.display()))
    })?;
    let text = path.extension().is_some_and(|extension| extension == "ll");
    Ok((text || magic == *b"BC\xc0\xde").then_some(path))
}
