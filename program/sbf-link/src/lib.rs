//! Links Solana programs with a stock LLVM.
//!
//! Takes what rustc compiled for a BPF target and makes the SBPF shared object
//! that Solana's loader takes. LLVM's BPF back end is made for Linux and
//! refuses or miscompiles much of what programs need; this crate rewrites that
//! first. It trusts rustc's bitcode and LLVM, and guarantees that whatever it
//! cannot carry over faithfully fails the build.

mod abi;
mod check;
mod elf;
mod error;
mod frames;
mod link;
mod llvm;
mod lower;

pub use elf::Arch;
pub use error::{Error, Result};
pub use link::{Options, link};
