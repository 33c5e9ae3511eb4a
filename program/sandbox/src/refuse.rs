//! Refusals: an exact error, and not a byte changed.

use crate::svm::{Failure, Svm};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::ops::RangeInclusive;
use trestle_interface::{TABLE, Tag, TrestleError};

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
    refused_in(svm, instructions, signers, 0..=u8::MAX, error);
}

/// [`refused`], by the instruction of number `at`.
///
/// # Panics
/// As it does, and when another instruction is refused.
#[track_caller]
pub fn refused_at(
    svm: &mut Svm,
    instructions: &[Instruction],
    signers: &[&Keypair],
    at: u8,
    error: TrestleError,
) {
    refused_in(svm, instructions, signers, at..=at, error);
}

#[track_caller]
fn refused_in(
    svm: &mut Svm,
    instructions: &[Instruction],
    signers: &[&Keypair],
    at: RangeInclusive<u8>,
    error: TrestleError,
) {
    let before = snapshot(svm, instructions);
    let outcome = svm.send(instructions, signers);
    match outcome {
        Err(Failure::Trestle(index, found)) if found == error && at.contains(&index) => {
            let data = instructions.get(usize::from(index)).map(|ix| ix.data.as_slice());
            expect_documented(data.unwrap_or(&[]), error);
        }
        other => panic!("expected {error:?} at {at:?}, found {other:?}"),
    }
    assert_eq!(before, snapshot(svm, instructions), "a refusal changed an account");
}

/// What tests have seen refused, a line each: instruction, error. The page of
/// instructions is made of it.
const REFUSALS: &str = include_str!("../../idl/refusals.txt");

/// The page of instructions has this error where it happened. With
/// `TRESTLE_BLESS` set the list learns it instead.
fn expect_documented(data: &[u8], error: TrestleError) {
    let tag = data.first().and_then(|byte| Tag::from_byte(*byte));
    let Some(row) = TABLE.iter().find(|row| Some(row.tag) == tag) else { return };
    let line = format!("{} {}", row.name, error.name());
    if REFUSALS.lines().any(|known| known == line) {
        return;
    }
    assert!(
        std::env::var_os("TRESTLE_BLESS").is_some(),
        "\"{line}\" is not in program/idl/refusals.txt: run the test with TRESTLE_BLESS=1, \
         then cargo run -p trestle-idl"
    );
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../idl/refusals.txt");
    let mut file = OpenOptions::new().append(true).open(path).expect("the list");
    writeln!(file, "{line}").expect("the list is written");
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
