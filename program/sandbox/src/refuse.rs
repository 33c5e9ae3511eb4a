//! Refusals: an exact error, and not a byte changed.

use crate::svm::{Failure, Svm};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use trestle_interface::TrestleError;

/// Sends instructions that must be refused with `error`, and asserts that no
/// account they name changed, the fee payer's lamports aside.
///
/// # Panics
/// When they succeed, fail otherwise, or change anything.
#[track_caller]
pub fn refused(
    svm: &mut Svm,
    instructions: &[Instruction],
    signers: &[&Keypair],
    error: TrestleError,
) {
    let before = snapshot(svm, instructions);
    let outcome = svm.send(instructions, signers);
    match outcome {
        Err(Failure::Trestle(_, found)) if found == error => {}
        other => panic!("expected {error:?}, found {other:?}"),
    }
    assert_eq!(before, snapshot(svm, instructions), "a refusal changed an account");
}

/// Every account that the instructions name, but the fee payer.
#[must_use]
pub fn snapshot(svm: &Svm, instructions: &[Instruction]) -> Vec<(Pubkey, Option<Account>)> {
    let payer = svm.payer.pubkey();
    let mut keys: Vec<Pubkey> = instructions
        .iter()
        .flat_map(|ix| ix.accounts.iter().map(|meta| meta.pubkey))
        .filter(|key| *key != payer)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().map(|key| (key, svm.account(&key))).collect()
}
