//! SBPF's instructions: which of BPF's it shares, and with what meaning.
//!
//! The loader's verifier accepts more than this: 32-bit additions, for one,
//! whose results LLVM takes for zero-extended and SBPF sign-extends.

use super::Arch;
use super::object::Object;
use crate::error::{Error, Result};
use crate::link::STACK_FRAME;

pub(super) const SIZE: usize = 8;
pub(super) const LDDW: u8 = 0x18;
pub(super) const CALL: u8 = 0x85;
const CALLX: u8 = 0x8d;
const ADD_IMMEDIATE: u8 = 0x07;
const MOVE: u8 = 0xbf;
const FRAME_POINTER: u8 = 10;

/// One instruction, taken apart.
struct Instruction {
    opcode: u8,
    destination: u8,
    source: u8,
    offset: i16,
    immediate: i32,
}

impl Instruction {
    fn decode(bytes: &[u8; SIZE]) -> Self {
        let [opcode, registers, o0, o1, i0, i1, i2, i3] = *bytes;
        Self {
            opcode,
            destination: registers & 15,
            source: registers >> 4,
            offset: i16::from_le_bytes([o0, o1]),
            immediate: i32::from_le_bytes([i0, i1, i2, i3]),
        }
    }

    /// Whether SBPF has the instruction and means what LLVM means by it.
    fn is_shared(&self) -> bool {
        let (class, operation) = (self.opcode & 7, self.opcode >> 4);
        let known = match (self.opcode, class) {
            (LDDW, _) => self.source == 0 && self.offset == 0,
            // Loads and stores of 4, 2, 1 and 8 bytes.
            (0x61 | 0x69 | 0x71 | 0x79, _) => true,
            (0x62 | 0x6a | 0x72 | 0x7a | 0x63 | 0x6b | 0x73 | 0x7b, _) => true,
            // Byte order, calls and returns.
            (0xd4 | 0xdc | CALL | CALLX | 0x95, _) => self.offset == 0,
            // Jumps: always, and on comparisons of 64 bits.
            (0x05, _) => true,
            (_, 5) => matches!(operation, 1..=7 | 10..=13),
            // Negation, and arithmetic on 64 bits; an offset makes it signed.
            (0x87, _) => self.offset == 0,
            (_, 7) => self.offset == 0 && matches!(operation, 0..=7 | 9..=12),
            _ => false,
        };
        known && self.destination <= FRAME_POINTER && self.source <= FRAME_POINTER
    }

    /// The register and offset of a load or store.
    fn memory_access(&self) -> Option<(u8, i16)> {
        match self.opcode & 7 {
            1 => Some((self.source, self.offset)),
            2 | 3 => Some((self.destination, self.offset)),
            _ => None,
        }
    }
}

/// The code as instructions, with the offset of each; the second half of a wide
/// constant is passed over.
fn instructions(code: &[u8]) -> impl Iterator<Item = (u64, Instruction)> {
    let mut wide = false;
    code.as_chunks::<SIZE>().0.iter().enumerate().filter_map(move |(index, bytes)| {
        if std::mem::take(&mut wide) {
            return None;
        }
        wide = bytes[0] == LDDW;
        Some(((index * SIZE) as u64, Instruction::decode(bytes)))
    })
}

/// Checks that every instruction is SBPF's and stays inside its frame.
pub(super) fn check(object: &Object) -> Result<()> {
    if !object.code.len().is_multiple_of(SIZE) {
        return Err(Error::new("the code is not whole instructions"));
    }
    let mut frame_copies = 0u16;
    for (at, instruction) in instructions(&object.code) {
        if !instruction.is_shared() {
            return Err(Error::new(format!(
                "LLVM generated an instruction that SBPF lacks: {:#04x} with offset {}",
                instruction.opcode, instruction.offset
            ))
            .at(object.function_at(at))
            .remedy("this is a fault in sbf-link; please report it"));
        }
        // An address on the stack is made by copying the frame pointer and
        // adding to the copy in the next instruction.
        let lowest = -(STACK_FRAME as i64);
        let below = match instruction.memory_access() {
            Some((FRAME_POINTER, offset)) => Some(i64::from(offset)),
            _ if instruction.opcode == ADD_IMMEDIATE
                && frame_copies & 1 << instruction.destination != 0 =>
            {
                Some(i64::from(instruction.immediate))
            }
            _ => None,
        };
        frame_copies = 0;
        if instruction.opcode == MOVE && instruction.source == FRAME_POINTER {
            frame_copies = 1 << instruction.destination;
        }
        if let Some(offset) = below
            && !(lowest..=0).contains(&offset)
        {
            return Err(Error::new(format!(
                "the stack frame is larger than {STACK_FRAME} bytes: an access at {offset}"
            ))
            .at(object.function_at(at))
            .remedy("box large values, or split the function with #[inline(never)]"));
        }
    }
    Ok(())
}

/// The register of an indirect call is where each version of SBPF looks for it;
/// LLVM leaves it in the destination field.
pub(super) fn encode_indirect_calls(code: &mut [u8], arch: Arch) {
    if arch == Arch::V3 {
        return;
    }
    let calls: Vec<u64> = instructions(code)
        .filter(|(_, instruction)| instruction.opcode == CALLX)
        .map(|(at, _)| at)
        .collect();
    for at in calls {
        let register = code[at as usize + 1] & 15;
        code[at as usize + 1] = 0;
        code[at as usize + 4] = register;
    }
}
