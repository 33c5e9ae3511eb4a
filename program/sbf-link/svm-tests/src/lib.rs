//! A program in a virtual machine, called without accounts.
//!
//! The script `program/sbf-link/test` builds the linker and the programs first.

use std::path::{Path, PathBuf};
use std::process::Command;

use litesvm::LiteSVM;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::Transaction;

/// Compute units of one transaction.
const LIMIT: u32 = 1_400_000;
const COMPUTE_BUDGET: Pubkey =
    Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");

/// What a call gave.
#[derive(Debug)]
pub struct Outcome {
    /// Return data.
    pub data: Vec<u8>,
    /// Compute units of the program.
    pub units: u64,
}

/// A loaded program.
pub struct Program {
    svm: LiteSVM,
    id: Pubkey,
    payer: Keypair,
}

/// Where everything was built.
#[must_use]
pub fn build_folder() -> PathBuf {
    match std::env::var_os("SBF_TARGET_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/sbf-link"),
    }
}

/// Links a file of textual IR.
///
/// # Panics
/// When the linker cannot be run.
pub fn link(ir: &Path, name: &str) -> Result<PathBuf, String> {
    let folder = build_folder();
    let program = folder.join(name).with_extension("so");
    let output = Command::new(folder.join("tool/release/sbf-link"))
        .arg("-o")
        .args([&program, ir])
        .output()
        .expect("program/sbf-link/test builds sbf-link");
    if output.status.success() {
        return Ok(program);
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

impl Program {
    /// Loads a program.
    ///
    /// # Panics
    /// When there is none or the loader refuses it.
    #[must_use]
    pub fn load(path: &Path) -> Self {
        let bytes = std::fs::read(path).expect("program/sbf-link/test builds the program");
        let mut svm = LiteSVM::new().with_sigverify(false).with_blockhash_check(false);
        let (id, payer) = (Pubkey::new_unique(), Keypair::new());
        svm.add_program(id, &bytes).expect("the loader takes the program");
        svm.airdrop(&payer.pubkey(), 1_000_000_000).expect("an airdrop");
        Self { svm, id, payer }
    }

    /// Calls the program.
    ///
    /// # Errors
    /// What the transaction failed with.
    pub fn call(&self, data: &[u8]) -> Result<Outcome, String> {
        let mut limit = vec![2];
        limit.extend(LIMIT.to_le_bytes());
        let instructions = [
            Instruction { program_id: COMPUTE_BUDGET, accounts: Vec::new(), data: limit },
            Instruction { program_id: self.id, accounts: Vec::new(), data: data.to_vec() },
        ];
        let message = Message::new(&instructions, Some(&self.payer.pubkey()));
        let transaction = Transaction::new_unsigned(message);
        match self.svm.simulate_transaction(transaction) {
            Ok(info) => Ok(Outcome {
                data: info.meta.return_data.data,
                units: info.meta.compute_units_consumed,
            }),
            Err(failed) => Err(format!("{:?} {:?}", failed.err, failed.meta.logs)),
        }
    }

    /// Calls the program with a number and some words.
    ///
    /// # Errors
    /// What the transaction failed with.
    pub fn call_words(&self, number: u8, words: &[u64]) -> Result<Outcome, String> {
        let mut data = vec![number];
        words.iter().for_each(|word| data.extend(word.to_le_bytes()));
        self.call(&data)
    }
}
