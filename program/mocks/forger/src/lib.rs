//! Stands in Trestle's place and tells of health that is not there.
//!
//! Whatever it is called with, it returns a well-formed report of a wealthy
//! account. Where the second account is a program, it has that one return the
//! report, as if the callee had called a forger in its turn.

use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::instruction::Instruction;
use solana_program::program::{invoke, set_return_data};
use solana_program::pubkey::Pubkey;

/// Length of a health report.
const REPORT: usize = 104;
/// Where equity, and from there the values that look best, stand in it.
const EQUITY: usize = 8;
/// Value that it tells of, micro-USD.
pub const WEALTH: i64 = 1_000_000_000_000;

/// The program.
///
/// # Errors
/// Those of the second account's program.
pub fn process(_: &Pubkey, accounts: &[AccountInfo<'_>], _: &[u8]) -> ProgramResult {
    if let Some(program) = accounts.get(1).filter(|info| info.executable) {
        let call = Instruction { program_id: *program.key, accounts: vec![], data: vec![] };
        return invoke(&call, &[]);
    }
    set_return_data(&report());
    Ok(())
}

/// Version 2, no session, initial health known, live; equity and initial health [`WEALTH`].
#[must_use]
pub fn report() -> [u8; REPORT] {
    let mut report = [0; REPORT];
    report[..2].copy_from_slice(&[2, 1]);
    for at in [EQUITY, EQUITY + 4 * 8] {
        report[at..at + 8].copy_from_slice(&WEALTH.to_le_bytes());
    }
    report
}

#[cfg(target_os = "solana")]
mod entrypoint {
    #![allow(missing_docs)]
    use super::process;
    solana_program::entrypoint!(process);
}
