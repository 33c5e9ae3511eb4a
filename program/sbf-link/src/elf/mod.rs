//! From LLVM's BPF object to the shared object of Solana's loader.
//!
//! [`object`] reads what LLVM wrote into code, constants and references;
//! [`instruction`] checks and adapts the code; [`v0`] and [`v3`] lay the two
//! kinds of file out.

mod instruction;
mod object;
mod v0;
mod v3;
mod writer;

use crate::error::{Error, Result};
use object::Object;

/// A version of the SBPF machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arch {
    /// The version every cluster runs: relocated by the loader.
    #[default]
    V0,
    /// Position-dependent, with static system calls.
    V3,
}

impl std::str::FromStr for Arch {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "v0" => Ok(Self::V0),
            "v3" => Ok(Self::V3),
            _ => Err(Error::new(format!("unknown SBPF version `{text}`"))
                .remedy("set SBPF_ARCH to v0 or v3")),
        }
    }
}

/// Where something that code or constants refer to is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// Offset in the code.
    Code(u64),
    /// Offset in the constants.
    Constants(u64),
    /// A function of the runtime.
    Syscall(String),
}

/// Makes the program's file.
pub(crate) fn link(object: &[u8], arch: Arch) -> Result<Vec<u8>> {
    let mut object = Object::read(object)?;
    instruction::check(&object)?;
    instruction::encode_indirect_calls(&mut object.code, arch);
    match arch {
        Arch::V0 => v0::write(object),
        Arch::V3 => v3::write(object),
    }
}
