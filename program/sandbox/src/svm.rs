//! LiteSVM with a payer, a clock that moves, and outcomes that tests can compare.

use crate::table;
use crate::tape::{Step, Tape};
use litesvm::LiteSVM;
use litesvm::types::TransactionResult;
use solana_account::Account;
use solana_clock::Clock;
use solana_instruction::{Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction::{Transaction, TransactionError};
use std::collections::BTreeMap;
use trestle_client::events::{Gap, Ledger};
use trestle_interface::batch::split_code;
use trestle_interface::{PROGRAM_ID, TrestleError};

/// Compute units that one transaction may ask for.
pub const MAX_UNITS: u64 = 1_400_000;

/// Bytes of the largest transaction that the network takes.
pub const MAX_BYTES: usize = 1_232;

/// Seed of the payer's key.
const PAYER_SEED: [u8; 32] = [1; 32];

/// What one instruction has cost so far, sent alone in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// How often it was sent.
    pub count: u32,
    /// Fewest compute units.
    pub least: u64,
    /// Most compute units.
    pub most: u64,
    /// Most accounts locked.
    pub locks: usize,
    /// Largest transaction, without a lookup table.
    pub bytes: usize,
    /// Largest transaction, with one.
    pub table_bytes: usize,
}

impl Cost {
    /// Counts another one's instructions as well.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.locks = self.locks.max(other.locks);
        self.bytes = self.bytes.max(other.bytes);
        self.table_bytes = self.table_bytes.max(other.table_bytes);
    }
}

/// A virtual machine with the program in it.
#[derive(Clone)]
pub struct Svm {
    vm: LiteSVM,
    /// Costs by tag, of transactions that carried one instruction of ours and no other.
    pub costs: BTreeMap<u8, Cost>,
    /// What the program's events add up to.
    pub ledger: Ledger,
    /// Events that were missing from it.
    pub gaps: Vec<Gap>,
    /// What has been done, when it is recorded.
    pub tape: Option<Tape>,
    /// Pays fees and rent of set-up.
    pub payer: std::sync::Arc<Keypair>,
}

/// A transaction that landed.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Compute units of the whole transaction.
    pub units: u64,
    /// Return data of the last instruction that set some.
    pub return_data: Vec<u8>,
    /// Program logs.
    pub logs: Vec<String>,
    /// Accounts that the transaction locks, the fee payer included.
    pub locks: usize,
    /// Size of the transaction on the wire, without a lookup table.
    pub bytes: usize,
    /// The same where all accounts but signers and programs come from a lookup table.
    pub table_bytes: usize,
}

/// A transaction that did not land.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The program refused: number of the instruction, error.
    Trestle(u8, TrestleError),
    /// The program refused a batch: number of the operation, error.
    Step(u8, TrestleError),
    /// Anything else.
    Other(String),
}

impl Failure {
    /// The program's error.
    #[must_use]
    pub const fn trestle(&self) -> Option<TrestleError> {
        match self {
            Self::Trestle(_, error) | Self::Step(_, error) => Some(*error),
            Self::Other(_) => None,
        }
    }
}

impl Svm {
    /// A machine with the program loaded, at slot 1,000 of 2026-01-01.
    ///
    /// # Panics
    /// When the binary cannot be loaded.
    #[must_use]
    pub fn new(elf: &[u8]) -> Self {
        Self::start(elf, None)
    }

    /// [`Svm::new`] with everything written on a tape from the start.
    ///
    /// # Panics
    /// When the binary cannot be loaded.
    #[must_use]
    pub fn recorded(elf: &[u8]) -> Self {
        Self::start(elf, Some(Tape::default()))
    }

    fn start(elf: &[u8], tape: Option<Tape>) -> Self {
        let mut vm = LiteSVM::new().with_transaction_history(0);
        vm.add_program(PROGRAM_ID, elf).expect("the program loads");
        let payer = Keypair::new_from_array(PAYER_SEED);
        let payer = std::sync::Arc::new(payer);
        let (ledger, gaps) = (Ledger::default(), Vec::new());
        let mut svm = Self { vm, costs: BTreeMap::new(), ledger, gaps, tape, payer };
        let wallet = svm.payer.pubkey();
        svm.airdrop(&wallet, 100_000_000_000_000_000);
        svm.set_clock(1_000, 1_767_225_600);
        svm
    }

    /// The machine itself, for what tests do behind the program's back.
    pub const fn vm(&mut self) -> &mut LiteSVM {
        &mut self.vm
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.vm.get_sysvar::<Clock>()
    }

    /// Sets slot and Unix time.
    pub fn set_clock(&mut self, slot: u64, unix: i64) {
        self.vm.warp_to_slot(slot);
        let clock = Clock { slot, unix_timestamp: unix, ..self.vm.get_sysvar::<Clock>() };
        self.record_step(|| Step::Clock(clock.clone()));
        self.vm.set_sysvar::<Clock>(&clock);
        self.vm.expire_blockhash();
    }

    /// Goes on to the next slot, within the same second.
    pub fn next_slot(&mut self) {
        let clock = self.clock();
        self.set_clock(clock.slot + 1, clock.unix_timestamp);
    }

    /// Lets time pass: slots of 400 ms.
    pub fn advance_seconds(&mut self, seconds: u32) {
        let clock = self.clock();
        let slots = u64::from(seconds) * 5 / 2;
        self.set_clock(clock.slot + slots, clock.unix_timestamp + i64::from(seconds));
    }

    /// Account bytes and owner.
    #[must_use]
    pub fn account(&self, key: &Pubkey) -> Option<Account> {
        self.vm.get_account(key)
    }

    /// Data of an account that exists.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    pub fn data(&self, key: &Pubkey) -> Vec<u8> {
        self.account(key).unwrap_or_else(|| panic!("no account {key}")).data
    }

    /// All accounts that the program owns.
    #[must_use]
    pub fn program_accounts(&self) -> Vec<(Pubkey, Account)> {
        self.vm.get_program_accounts(&PROGRAM_ID)
    }

    /// Writes an account behind the program's back.
    ///
    /// # Panics
    /// When the machine refuses it.
    pub fn set_account(&mut self, key: Pubkey, account: Account) {
        self.record_step(|| Step::Account(key, account.clone()));
        self.vm.set_account(key, account).expect("account is set");
    }

    /// Gives lamports out of nowhere.
    pub fn airdrop(&mut self, key: &Pubkey, lamports: u64) {
        let mut account = self.account(key).unwrap_or_default();
        account.lamports += lamports;
        self.set_account(*key, account);
    }

    /// Puts what was done to an account through [`Svm::vm`] on the tape.
    pub fn note(&mut self, key: &Pubkey) {
        if let Some(account) = self.account(key) {
            self.record_step(|| Step::Account(*key, account));
        }
    }

    /// Puts a clock that was set through [`Svm::vm`] on the tape.
    pub fn note_clock(&mut self) {
        let clock = self.clock();
        self.record_step(|| Step::Clock(clock));
    }

    /// Sends one transaction, paid by the payer and signed by all `signers`.
    ///
    /// # Errors
    /// [`Failure`]; then nothing but fees has changed.
    pub fn send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Sent, Failure> {
        let transaction = self.transaction(instructions, signers);
        self.execute(transaction.into(), instructions, signers)
    }

    /// [`Svm::send`] as a user would send what names many accounts: version 0,
    /// all accounts but signers and programs from a lookup table.
    ///
    /// # Errors
    /// [`Failure`]; then nothing but fees has changed.
    ///
    /// # Panics
    /// When the transaction is larger than the network takes.
    pub fn send_with_table(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Sent, Failure> {
        let transaction = self.with_table(instructions, signers);
        self.execute(transaction, instructions, signers)
    }

    /// What [`Svm::send_with_table`] would do, without doing it: compute units
    /// and logs. The lookup table is all that it leaves behind.
    ///
    /// # Errors
    /// [`Failure`].
    ///
    /// # Panics
    /// When the transaction is larger than the network takes.
    pub fn simulate_with_table(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<(u64, Vec<String>), Failure> {
        let transaction = self.with_table(instructions, signers);
        match self.vm.simulate_transaction(transaction) {
            Ok(done) => Ok((done.meta.compute_units_consumed, done.meta.logs)),
            Err(failed) => Err(failure(instructions, &failed.err, &failed.meta.logs)),
        }
    }

    fn with_table(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> VersionedTransaction {
        let (payer, blockhash) = (self.payer.clone(), self.vm.latest_blockhash());
        let (message, table) = table::compile(&payer.pubkey(), instructions, blockhash);
        let bytes = table::wire_len(&message);
        assert!(bytes <= MAX_BYTES, "a transaction of {bytes} bytes");
        let (key, account) = table::account(&table);
        self.vm.set_account(key, account).expect("the table is set");
        let all: Vec<&Keypair> = [&*payer].into_iter().chain(signers.iter().copied()).collect();
        table::sign(message, &all)
    }

    fn execute(
        &mut self,
        transaction: VersionedTransaction,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Sent, Failure> {
        let payer = self.payer.pubkey();
        let legacy = VersionedMessage::Legacy(Message::new(instructions, Some(&payer)));
        let compact = table::compile(&payer, instructions, self.vm.latest_blockhash()).0;
        let locks = legacy.static_account_keys().len();
        let (bytes, table_bytes) = (table::wire_len(&legacy), table::wire_len(&compact));
        let result: TransactionResult = self.vm.send_transaction(transaction);
        self.vm.expire_blockhash();
        self.record_step(|| Step::Send {
            instructions: instructions.to_vec(),
            signers: signers.iter().map(|s| s.insecure_clone()).collect(),
            outcome: result.as_ref().map(|_| ()).map_err(|failed| failed.err.clone()),
        });
        match result {
            Ok(meta) => {
                let sent = Sent {
                    units: meta.compute_units_consumed,
                    return_data: meta.return_data.data,
                    logs: meta.logs,
                    locks,
                    bytes,
                    table_bytes,
                };
                self.record(instructions, &sent);
                let gaps = self.ledger.follow(&sent.logs, &PROGRAM_ID);
                self.gaps.extend(gaps);
                Ok(sent)
            }
            Err(failed) => Err(failure(instructions, &failed.err, &failed.meta.logs)),
        }
    }

    fn record_step(&mut self, step: impl FnOnce() -> Step) {
        if let Some(tape) = &mut self.tape {
            tape.push(step());
        }
    }

    fn record(&mut self, instructions: &[Instruction], sent: &Sent) {
        let [Instruction { program_id: PROGRAM_ID, data, .. }] = instructions else { return };
        let Some(tag) = data.first() else { return };
        let cost = Cost {
            count: 1,
            least: sent.units,
            most: sent.units,
            locks: sent.locks,
            bytes: sent.bytes,
            table_bytes: sent.table_bytes,
        };
        self.costs.entry(*tag).and_modify(|sum| sum.add(&cost)).or_insert(cost);
    }

    fn transaction(&self, instructions: &[Instruction], signers: &[&Keypair]) -> Transaction {
        let mut all: Vec<&Keypair> = vec![&self.payer];
        for signer in signers {
            if all.iter().all(|s| s.pubkey() != signer.pubkey()) {
                all.push(signer);
            }
        }
        let message = Message::new(instructions, Some(&self.payer.pubkey()));
        let wanted = &message.account_keys[..usize::from(message.header.num_required_signatures)];
        all.retain(|signer| wanted.contains(&signer.pubkey()));
        let mut transaction = Transaction::new_unsigned(message);
        // a missing signature is what some tests are about
        let _ = transaction.try_partial_sign(&all, self.vm.latest_blockhash());
        transaction
    }
}

fn failure(instructions: &[Instruction], error: &TransactionError, logs: &[String]) -> Failure {
    if let TransactionError::InstructionError(index, InstructionError::Custom(code)) = error {
        let ours = instructions
            .get(usize::from(*index))
            .is_some_and(|instruction| instruction.program_id == PROGRAM_ID);
        let (own, step) = split_code(*code);
        if let (true, Some(known)) = (ours, TrestleError::from_code(own)) {
            // an inner program's code would look the same: its failure is in the logs
            let inner = logs.iter().any(|line| {
                line.contains("failed: custom program error")
                    && !line.contains(&PROGRAM_ID.to_string())
            });
            if !inner {
                return match step {
                    Some(step) => Failure::Step(step, known),
                    None => Failure::Trestle(*index, known),
                };
            }
        }
    }
    Failure::Other(format!("{error:?}\n{}", logs.join("\n")))
}
