//! Calls another program with what it is given: a caller for tests of what a
//! venue does when it is not called at the top level.
//!
//! Data is a list of calls: how many accounts (u8), how many bytes (u16, little
//! endian), for each account a byte of flags (1 signer, 2 writable), then the
//! bytes. The accounts of a call are its program and then as many as it says, one
//! call after the other. With a call's flag 4 the account is the address
//! `["owner"]` of this program and is signed for here; a signer of the
//! transaction passes its signature on.

use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::instruction::{AccountMeta, Instruction};
use solana_program::program::invoke_signed;
use solana_program::program_error::ProgramError;
use solana_program::pubkey::Pubkey;

/// Seed of the address that the proxy signs for.
pub const OWNER: &[u8] = b"owner";
/// The account signs.
pub const SIGNER: u8 = 1;
/// The account is written.
pub const WRITABLE: u8 = 2;
/// The proxy signs for the account.
pub const OURS: u8 = 4;

/// The program.
///
/// # Errors
/// Those of the called programs, or `InvalidInstructionData`.
pub fn process(program_id: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> ProgramResult {
    let (mut accounts, mut data) = (accounts, data);
    let bump = [Pubkey::find_program_address(&[OWNER], program_id).1];
    while !data.is_empty() {
        let (call, rest) = split(data).ok_or(ProgramError::InvalidInstructionData)?;
        let (infos, others) = accounts
            .split_at_checked(1 + call.flags.len())
            .ok_or(ProgramError::NotEnoughAccountKeys)?;
        let metas = infos[1..].iter().zip(call.flags).map(|(info, flags)| AccountMeta {
            pubkey: *info.key,
            is_signer: flags & (SIGNER | OURS) != 0,
            is_writable: flags & WRITABLE != 0,
        });
        let instruction = Instruction {
            program_id: *infos[0].key,
            accounts: metas.collect(),
            data: call.bytes.to_vec(),
        };
        let signed = call.flags.iter().any(|flags| flags & OURS != 0);
        let seeds: &[&[&[u8]]] = if signed { &[&[OWNER, &bump]] } else { &[] };
        invoke_signed(&instruction, &infos[1..], seeds)?;
        (accounts, data) = (others, rest);
    }
    Ok(())
}

struct Call<'a> {
    flags: &'a [u8],
    bytes: &'a [u8],
}

fn split(data: &[u8]) -> Option<(Call<'_>, &[u8])> {
    let ([count, low, high], rest) = data.split_first_chunk::<3>()?;
    let (flags, rest) = rest.split_at_checked(usize::from(*count))?;
    let len = usize::from(u16::from_le_bytes([*low, *high]));
    let (bytes, rest) = rest.split_at_checked(len)?;
    Some((Call { flags, bytes }, rest))
}

/// Data and accounts for the proxy: calls with the address to be signed for here.
#[must_use]
pub fn wrap(program_id: &Pubkey, calls: &[Instruction]) -> Instruction {
    let ours = Pubkey::find_program_address(&[OWNER], program_id).0;
    let (mut data, mut accounts) = (vec![], vec![]);
    for call in calls {
        data.push(u8::try_from(call.accounts.len()).expect("at most 255 accounts"));
        let len = u16::try_from(call.data.len()).expect("at most 64 KiB");
        data.extend_from_slice(&len.to_le_bytes());
        accounts.push(AccountMeta::new_readonly(call.program_id, false));
        for meta in &call.accounts {
            let own = meta.is_signer && meta.pubkey == ours;
            let signer = if own { OURS } else { u8::from(meta.is_signer) };
            data.push(signer | if meta.is_writable { WRITABLE } else { 0 });
            accounts.push(AccountMeta { is_signer: meta.is_signer && !own, ..meta.clone() });
        }
        data.extend_from_slice(&call.data);
    }
    Instruction { program_id: *program_id, accounts, data }
}

#[cfg(target_os = "solana")]
mod entrypoint {
    #![allow(missing_docs)]
    use super::process;
    solana_program::entrypoint!(process);
}
