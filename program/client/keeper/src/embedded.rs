//! The embedded SVM as a chain, for tests and simulations.

use crate::chain::{Chain, ChainError, Outcome};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer as _;
use trestle_interface::PROGRAM_ID;
use trestle_interface::view::Now;
use trestle_sandbox::{Failure, Svm};

/// A machine and the keeper's key. A simulation leaves nothing behind but a lookup table.
pub struct Embedded<'a> {
    /// The machine.
    pub svm: &'a mut Svm,
    /// The keeper.
    pub key: &'a Keypair,
    /// Transactions sent.
    pub sent: u64,
    /// Compute units that they took.
    pub units: u64,
}

impl<'a> Embedded<'a> {
    /// A chain.
    #[must_use]
    pub const fn new(svm: &'a mut Svm, key: &'a Keypair) -> Self {
        Self { svm, key, sent: 0, units: 0 }
    }

    fn signers(&self, instructions: &[Instruction]) -> Vec<&'a Keypair> {
        let me = self.key.pubkey();
        let metas = instructions.iter().flat_map(|instruction| &instruction.accounts);
        let signs = metas.into_iter().any(|meta| meta.is_signer && meta.pubkey == me);
        if signs { vec![self.key] } else { vec![] }
    }
}

fn outcome(result: Result<(u64, Vec<String>), Failure>) -> Outcome {
    match result {
        Ok((units, logs)) => Outcome::Landed { units, logs },
        Err(Failure::Trestle(_, error) | Failure::Step(_, error)) => {
            Outcome::Refused { reason: format!("{error:?}") }
        }
        Err(Failure::Other(reason)) => Outcome::Refused { reason },
    }
}

impl Chain for Embedded<'_> {
    fn now(&mut self) -> Result<Now, ChainError> {
        let clock = self.svm.clock();
        Ok(Now { slot: clock.slot, unix: clock.unix_timestamp })
    }

    fn accounts(&mut self, keys: &[Address]) -> Result<Vec<Option<Vec<u8>>>, ChainError> {
        let data = |key| self.svm.account(key).map(|account| account.data);
        Ok(keys.iter().map(data).collect())
    }

    fn owned(
        &mut self,
        program: &Address,
        kind: [u8; 8],
        group: &Address,
    ) -> Result<Vec<(Address, Vec<u8>)>, ChainError> {
        if *program != PROGRAM_ID {
            return Ok(vec![]);
        }
        let all = self.svm.program_accounts().into_iter().map(|(key, account)| (key, account.data));
        let fits =
            |data: &[u8]| data.starts_with(&kind) && data.get(16..48) == Some(group.as_ref());
        Ok(all.filter(|(_, data)| fits(data)).collect())
    }

    fn wallet(&self) -> Address {
        self.key.pubkey()
    }

    fn simulate(&mut self, instructions: &[Instruction]) -> Result<Outcome, ChainError> {
        let signers = self.signers(instructions);
        let done = self.svm.simulate_with_table(instructions, &signers);
        Ok(outcome(done))
    }

    fn send(&mut self, instructions: &[Instruction], _: u64) -> Result<Outcome, ChainError> {
        let signers = self.signers(instructions);
        let sent = self.svm.send_with_table(instructions, &signers);
        let outcome = outcome(sent.map(|sent| (sent.units, sent.logs)));
        self.sent = self.sent.saturating_add(1);
        if let Outcome::Landed { units, .. } = &outcome {
            self.units = self.units.saturating_add(*units);
        }
        Ok(outcome)
    }
}
