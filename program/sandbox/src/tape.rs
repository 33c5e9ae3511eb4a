//! What was done to a machine, so that it can be done again on another one.

use solana_account::Account;
use solana_clock::Clock;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_transaction::TransactionError;
use std::sync::Arc;

/// One thing done.
#[derive(Debug)]
pub enum Step {
    /// The clock was set.
    Clock(Clock),
    /// An account was written behind the program's back.
    Account(Pubkey, Account),
    /// A transaction was sent; the payer signs besides the signers.
    Send {
        /// Instructions.
        instructions: Vec<Instruction>,
        /// Signers.
        signers: Vec<Keypair>,
        /// What became of it.
        outcome: Result<(), TransactionError>,
    },
}

/// All things done, in order. Clones of a machine share what was done before.
#[derive(Clone, Debug, Default)]
pub struct Tape(Vec<Arc<Step>>);

impl Tape {
    /// Adds a step.
    pub fn push(&mut self, step: Step) {
        self.0.push(Arc::new(step));
    }

    /// The steps, in order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.0.iter().map(AsRef::as_ref)
    }
}
