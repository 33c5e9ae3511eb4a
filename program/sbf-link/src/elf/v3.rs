//! SBPF version 3: two segments at fixed addresses and nothing to relocate.

use super::Target;
use super::instruction::{CALL, SIZE};
use super::object::Object;
use super::writer::{
    FILE_HEADER, FileHeader, PF_R, PF_X, PROGRAM_HEADER, PT_LOAD, Writer, segment,
};
use crate::error::{Error, Result};

const CONSTANTS_ADDRESS: u64 = 0;
const CODE_ADDRESS: u64 = 1 << 32;
/// Constants start a little above address zero, which no reference may have.
const GUARD: u64 = 16;
const VERSION: u32 = 3;

/// The file.
pub(super) fn write(mut object: Object) -> Result<Vec<u8>> {
    relocate(&mut object)?;
    let mut constants = vec![0; GUARD as usize];
    constants.extend(&object.constants);
    constants.resize(constants.len().next_multiple_of(SIZE), 0);
    let (constants_size, code_size) = (constants.len() as u64, object.code.len() as u64);

    let mut out = Writer::default();
    let entry = CODE_ADDRESS + object.entry;
    FileHeader { entry, flags: VERSION, segments: 2, sections: (0, 0) }.write(&mut out);
    let start = FILE_HEADER + 2 * PROGRAM_HEADER;
    segment(&mut out, PT_LOAD, PF_R, start, constants_size, CONSTANTS_ADDRESS);
    segment(&mut out, PT_LOAD, PF_X, start + constants_size, code_size, CODE_ADDRESS);
    out.bytes(&constants);
    out.bytes(&object.code);
    Ok(out.0)
}

fn address(target: &Target) -> u64 {
    match target {
        Target::Code(offset) => CODE_ADDRESS + offset,
        Target::Constants(offset) => CONSTANTS_ADDRESS + GUARD + offset,
        Target::Syscall(_) => 0,
    }
}

fn relocate(object: &mut Object) -> Result<()> {
    for (at, target) in &object.code_references {
        let at_index = *at as usize;
        let instruction = &mut object.code[at_index..];
        match target {
            Target::Syscall(name) => {
                // Source register zero tells a system call from a function.
                instruction[1] = 0;
                instruction[4..8].copy_from_slice(&syscall_hash(name.as_bytes()).to_le_bytes());
            }
            Target::Code(to) if instruction[0] == CALL => {
                let distance = (*to as i64 - *at as i64) / SIZE as i64 - 1;
                let distance = i32::try_from(distance)
                    .map_err(|_| Error::new("the code is larger than a call can reach"))?;
                instruction[4..8].copy_from_slice(&distance.to_le_bytes());
            }
            _ => {
                let address = address(target);
                instruction[4..8].copy_from_slice(&(address as u32).to_le_bytes());
                instruction[12..16].copy_from_slice(&((address >> 32) as u32).to_le_bytes());
            }
        }
    }
    for (at, target) in &object.constant_references {
        let at = *at as usize;
        object.constants[at..at + 8].copy_from_slice(&address(target).to_le_bytes());
    }
    Ok(())
}

/// Murmur3 with 32 bits and seed zero, by which system calls are numbered.
fn syscall_hash(name: &[u8]) -> u32 {
    let scramble = |k: u32| k.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    let (words, rest) = name.as_chunks::<4>();
    let mut hash = words.iter().fold(0, |hash: u32, word| {
        (hash ^ scramble(u32::from_le_bytes(*word)))
            .rotate_left(13)
            .wrapping_mul(5)
            .wrapping_add(0xe654_6b64)
    });
    let tail = rest.iter().rev().fold(0, |k, byte| k << 8 | u32::from(*byte));
    hash ^= scramble(tail) ^ name.len() as u32;
    hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}

#[cfg(test)]
mod tests {
    /// Numbers that Solana's crates give these names.
    #[test]
    fn syscalls_have_the_runtimes_numbers() {
        for (name, hash) in [
            ("abort", 0xb6fc_1a11),
            ("sol_panic_", 0x6860_93bb),
            ("sol_memcpy_", 0x717c_c4a3),
            ("sol_log_", 0x2075_59bd),
            ("sol_invoke_signed_rust", 0xd744_9092),
        ] {
            assert_eq!(super::syscall_hash(name.as_bytes()), hash, "{name}");
        }
    }
}
