//! The instructions of the running transaction, as the instructions sysvar
//! tells them.
//!
//! ```text
//! number of instructions, offset of each                    u16 each
//! per instruction: number of accounts, (flags u8, key) ..., program,
//!                  length of data, data                     counts u16
//! at the end: number of the running instruction             u16
//! ```
//!
//! The running instruction is the transaction's own, also while a program that
//! it called is running. Nothing is copied but keys.

use crate::bytes::{key_at, u16_at};

/// Instructions sysvar, `Sysvar1nstructions1111111111111111111111111`.
pub const INSTRUCTIONS_SYSVAR: [u8; 32] = [
    6, 167, 213, 23, 24, 123, 209, 102, 53, 218, 212, 4, 85, 253, 194, 192, 193, 36, 198, 143, 33,
    86, 117, 165, 219, 186, 203, 95, 8, 0, 0, 0,
];

const COUNT: usize = 2;
const KEY: usize = 32;
/// Flags and key.
const ACCOUNT: usize = 1 + KEY;

/// The transaction.
#[derive(Clone, Copy, Debug)]
pub struct Transaction<'a> {
    data: &'a [u8],
    count: u16,
    current: u16,
}

/// One of its instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction<'a> {
    /// Program.
    pub program: [u8; KEY],
    /// Data.
    pub data: &'a [u8],
    accounts: &'a [u8],
}

impl<'a> Transaction<'a> {
    /// From the sysvar's data; `None` when they are too short to be it. The
    /// caller checks the address.
    #[must_use]
    pub fn read(data: &'a [u8]) -> Option<Self> {
        let current = u16_at(data, data.len().checked_sub(COUNT)?)?;
        Some(Self { data, count: u16_at(data, 0)?, current })
    }

    /// Number of the running instruction, from zero.
    #[must_use]
    pub const fn current(&self) -> u16 {
        self.current
    }

    /// An instruction by its number, from zero; `None` beyond the last, or
    /// where the data end early.
    #[must_use]
    pub fn instruction(&self, number: u16) -> Option<Instruction<'a>> {
        if number >= self.count {
            return None;
        }
        let entry = usize::from(number).checked_mul(COUNT)?.checked_add(COUNT)?;
        let start = usize::from(u16_at(self.data, entry)?);
        let own = self.data.get(start..)?;
        let length = usize::from(u16_at(own, 0)?).checked_mul(ACCOUNT)?;
        let (accounts, rest) = own.get(COUNT..)?.split_at_checked(length)?;
        let program = key_at(rest, 0)?;
        let length = usize::from(u16_at(rest, KEY)?);
        let data = rest.get(KEY.checked_add(COUNT)?..)?.get(..length)?;
        Some(Instruction { program, data, accounts })
    }
}

impl Instruction<'_> {
    /// Key of the account at a place of the list, from zero.
    #[must_use]
    pub fn account(&self, place: usize) -> Option<[u8; KEY]> {
        // a byte of flags stands in front of each key
        key_at(self.accounts, place.checked_mul(ACCOUNT)?.checked_add(1)?)
    }
}
