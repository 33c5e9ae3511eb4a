//! Plays a tape of the embedded SVM again on a real bank.
//!
//! LiteSVM is quick but is its own frame around the runtime. A bank has the
//! validator's own account locks, fee payment, rent checks, program cache and
//! sysvars. The same transactions must have the same outcomes there, error
//! codes included, and must leave the same bytes.

use solana_account::{Account, AccountSharedData};
use solana_clock::Clock;
use solana_keypair::Keypair;
use solana_program::pubkey::Pubkey;
use solana_program_test::{BanksClientError, ProgramTest, ProgramTestContext};
use solana_signer::Signer;
use solana_transaction::{Transaction, TransactionError};
use std::collections::HashSet;
use trestle_interface::PROGRAM_ID;
use trestle_sandbox::svm::Svm;
use trestle_sandbox::tape::{Step, Tape};

/// A real bank with the program deployed.
pub struct Bank {
    context: ProgramTestContext,
    payer: Keypair,
    sent: HashSet<Vec<u8>>,
}

impl Bank {
    /// Starts a bank whose accounts are those the machine began with, and
    /// whose programs are Trestle and `others`.
    pub async fn start(elf: &[u8], others: &[(Pubkey, Vec<u8>)], svm: &Svm) -> Self {
        let mut test = ProgramTest::default();
        test.set_compute_max_units(trestle_sandbox::svm::MAX_UNITS);
        test.add_account(PROGRAM_ID, program(elf));
        for (id, elf) in others {
            test.add_account(*id, program(elf));
        }
        let context = test.start_with_context().await;
        Self { context, payer: svm.payer.insecure_clone(), sent: HashSet::new() }
    }

    /// Does one step; a transaction must end as it did before.
    ///
    /// # Panics
    /// When it does not.
    pub async fn step(&mut self, number: usize, step: &Step) {
        match step {
            Step::Clock(clock) => self.set_clock(clock),
            Step::Account(key, account) => {
                self.context.set_account(key, &AccountSharedData::from(account.clone()));
            }
            Step::Send { instructions, signers, outcome } => {
                let found = self.send(instructions, signers).await;
                assert_eq!(&found, outcome, "step {number} ends differently on a bank");
            }
        }
    }

    /// Plays a tape and counts what was sent and, of it, refused.
    ///
    /// # Panics
    /// When a step ends differently.
    pub async fn replay(&mut self, tape: &Tape) -> (usize, usize) {
        let (mut sent, mut refused) = (0, 0);
        for (number, step) in tape.steps().enumerate() {
            self.step(number, step).await;
            if let Step::Send { outcome, .. } = step {
                sent += 1;
                refused += usize::from(outcome.is_err());
            }
        }
        (sent, refused)
    }

    /// Expects an account of the machine to be the same here, to the byte.
    ///
    /// # Panics
    /// When it is not.
    pub async fn expect_same(&mut self, svm: &Svm, key: &Pubkey) {
        let ours = svm.account(key).filter(|account| account.lamports != 0);
        let theirs = self.account(key).await;
        assert_eq!(ours.is_some(), theirs.is_some(), "{key} is there on one side only");
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            assert!(theirs.data == ours.data, "{key} differs on a bank");
            assert_eq!(theirs.lamports, ours.lamports, "{key} has other lamports");
            assert_eq!(theirs.owner, ours.owner, "{key} has another owner");
        }
    }

    /// The account as the bank has it.
    ///
    /// # Panics
    /// When the bank does not answer.
    pub async fn account(&mut self, key: &Pubkey) -> Option<Account> {
        self.context.banks_client.get_account(*key).await.expect("the bank answers")
    }

    fn set_clock(&mut self, clock: &Clock) {
        self.context.set_sysvar(clock);
    }

    async fn send(
        &mut self,
        instructions: &[solana_instruction::Instruction],
        signers: &[Keypair],
    ) -> Result<(), TransactionError> {
        let mut transaction = Transaction::new_with_payer(instructions, Some(&self.payer.pubkey()));
        let message = transaction.message_data();
        if self.sent.contains(&message) {
            // the bank would take it for the one it has seen, and say yes
            self.context.get_new_latest_blockhash().await.expect("a blockhash comes");
            self.sent.clear();
        }
        self.sent.insert(message);
        let wanted = usize::from(transaction.message.header.num_required_signatures);
        let keys = &transaction.message.account_keys[..wanted];
        let mut all: Vec<&Keypair> = vec![&self.payer];
        for signer in signers {
            let known = all.iter().any(|s| s.pubkey() == signer.pubkey());
            if !known && keys.contains(&signer.pubkey()) {
                all.push(signer);
            }
        }
        transaction.partial_sign(&all, self.context.last_blockhash);
        let result = self.context.banks_client.process_transaction(transaction).await;
        match result {
            Ok(()) => Ok(()),
            Err(
                BanksClientError::TransactionError(error)
                | BanksClientError::SimulationError { err: error, .. },
            ) => Err(error),
            Err(other) => panic!("the bank does not answer: {other}"),
        }
    }
}

fn program(elf: &[u8]) -> Account {
    Account {
        lamports: 10_000_000_000,
        data: elf.to_vec(),
        owner: solana_sdk_ids::bpf_loader::ID,
        executable: true,
        rent_epoch: u64::MAX,
    }
}
