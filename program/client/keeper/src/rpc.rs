//! A Solana node as a chain.
//!
//! Trusts: the node, for freshness. It holds the keeper's key, signs what
//! [`crate::plan`] built, and never prints it.

use crate::chain::{Chain, ChainError, Outcome};
use solana_account_decoder_client_types::UiAccountEncoding;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::{Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_message::{AddressLookupTableAccount, VersionedMessage, v0};
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::client_error::{Error, ErrorKind};
use solana_rpc_client_api::config::{
    RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSimulateTransactionConfig,
};
use solana_rpc_client_api::filter::{Memcmp, RpcFilterType};
use solana_rpc_client_api::request::{RpcError, RpcResponseErrorData};
use solana_signer::Signer as _;
use solana_transaction::TransactionError;
use solana_transaction::versioned::VersionedTransaction;
use std::time::Duration;
use trestle_interface::TrestleError;
use trestle_interface::batch::split_code;
use trestle_interface::view::Now;

/// Bytes of the largest transaction that the network takes.
pub const MAX_BYTES: usize = 1_232;
/// Most accounts in one request.
const KEYS_AT_ONCE: usize = 100;
/// Most compute units of a transaction.
const MAX_UNITS: u32 = 1_400_000;
const CLOCK: Address = Address::from_str_const("SysvarC1ock11111111111111111111111111111111");
/// Where a lookup table's addresses begin.
const TABLE_HEADER: usize = 56;
/// Where the header of an account of the program names its group.
const GROUP: usize = 16;

/// A node, and the key that pays.
pub struct Rpc {
    client: RpcClient,
    key: Keypair,
    priority: u64,
    tables: Vec<AddressLookupTableAccount>,
}

impl core::fmt::Debug for Rpc {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // no key material
        f.debug_struct("Rpc").field("wallet", &self.key.pubkey()).finish_non_exhaustive()
    }
}

impl Rpc {
    /// A node at a URL. `priority` is the fee in micro-lamports a compute unit.
    #[must_use]
    pub fn new(url: &str, timeout: Duration, key: Keypair, priority: u64) -> Self {
        let commitment = CommitmentConfig::processed();
        let client =
            RpcClient::new_with_timeout_and_commitment(url.to_owned(), timeout, commitment);
        Self { client, key, priority, tables: vec![] }
    }

    /// Has transactions name accounts by these lookup tables.
    ///
    /// # Errors
    /// [`ChainError`], also when a table does not exist.
    pub fn use_tables(&mut self, keys: &[Address]) -> Result<(), ChainError> {
        let found = self.accounts(keys)?;
        for (key, data) in keys.iter().zip(found) {
            let addresses = data.as_deref().and_then(|data| data.get(TABLE_HEADER..));
            let addresses = addresses.ok_or_else(|| {
                ChainError::Unreachable(format!("{key} is no lookup table on this node"))
            })?;
            let addresses = addresses
                .chunks_exact(32)
                .filter_map(|chunk| Some(Address::new_from_array(chunk.try_into().ok()?)))
                .collect();
            self.tables.push(AddressLookupTableAccount { key: *key, addresses });
        }
        Ok(())
    }

    fn transaction(
        &self,
        instructions: &[Instruction],
        units: u32,
    ) -> Result<VersionedTransaction, ChainError> {
        let mut all = vec![
            ComputeBudgetInstruction::set_compute_unit_limit(units),
            ComputeBudgetInstruction::set_compute_unit_price(self.priority),
        ];
        all.extend_from_slice(instructions);
        let blockhash = self.client.get_latest_blockhash().map_err(|e| unreachable_(&e))?;
        let wallet = self.key.pubkey();
        let message = v0::Message::try_compile(&wallet, &all, &self.tables, blockhash)
            .map_err(|e| ChainError::Unreachable(e.to_string()))?;
        let message = VersionedMessage::V0(message);
        let bytes = message.serialize().len().saturating_add(65);
        if bytes > MAX_BYTES {
            return Err(ChainError::TooLarge(bytes));
        }
        VersionedTransaction::try_new(message, &[&self.key])
            .map_err(|e| ChainError::Unreachable(e.to_string()))
    }
}

fn unreachable_(error: &Error) -> ChainError {
    ChainError::Unreachable(error.to_string())
}

/// A refusal in Trestle's own words where it is one. The first two
/// instructions are those of the compute budget.
fn refused(instructions: &[Instruction], error: &TransactionError) -> Outcome {
    if let TransactionError::InstructionError(place, InstructionError::Custom(code)) = error {
        let own = usize::from(*place).checked_sub(2).and_then(|place| instructions.get(place));
        let ours = own.is_some_and(|ix| ix.program_id == trestle_interface::PROGRAM_ID);
        if let (true, Some(known)) = (ours, TrestleError::from_code(split_code(*code).0)) {
            return Outcome::Refused { reason: format!("{known:?}") };
        }
    }
    Outcome::Refused { reason: error.to_string() }
}

/// The runtime's refusal in a client's error, where the node ran the transaction.
fn refusal(error: &Error) -> Option<TransactionError> {
    match error.kind() {
        ErrorKind::TransactionError(refusal) => Some(refusal.clone()),
        ErrorKind::RpcError(RpcError::RpcResponseError {
            data: RpcResponseErrorData::SendTransactionPreflightFailure(result),
            ..
        }) => result.err.clone().map(TransactionError::from),
        _ => None,
    }
}

impl Chain for Rpc {
    fn now(&mut self) -> Result<Now, ChainError> {
        let found = self.accounts(&[CLOCK])?;
        let data = found.first().and_then(Option::as_deref).unwrap_or_default();
        let word = |at: usize| {
            let bytes = data.get(at..at.checked_add(8)?)?;
            Some(u64::from_le_bytes(bytes.try_into().ok()?))
        };
        // slot, start of the epoch, epoch, leader schedule's epoch, Unix time
        match (word(0), word(32)) {
            (Some(slot), Some(unix)) => Ok(Now { slot, unix: unix.cast_signed() }),
            _ => Err(ChainError::Unreachable("no clock".to_owned())),
        }
    }

    fn accounts(&mut self, keys: &[Address]) -> Result<Vec<Option<Vec<u8>>>, ChainError> {
        let mut all = Vec::with_capacity(keys.len());
        for keys in keys.chunks(KEYS_AT_ONCE) {
            let found = self.client.get_multiple_accounts(keys).map_err(|e| unreachable_(&e))?;
            all.extend(found.into_iter().map(|account| account.map(|account| account.data)));
        }
        Ok(all)
    }

    fn owned(
        &mut self,
        program: &Address,
        kind: [u8; 8],
        group: &Address,
    ) -> Result<Vec<(Address, Vec<u8>)>, ChainError> {
        let has =
            |at, bytes: &[u8]| RpcFilterType::Memcmp(Memcmp::new_raw_bytes(at, bytes.to_vec()));
        let account_config = RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(CommitmentConfig::processed()),
            ..RpcAccountInfoConfig::default()
        };
        let config = RpcProgramAccountsConfig {
            filters: Some(vec![has(0, &kind), has(GROUP, group.as_ref())]),
            account_config,
            ..RpcProgramAccountsConfig::default()
        };
        let found = self.client.get_program_ui_accounts_with_config(program, config);
        let found = found.map_err(|e| unreachable_(&e))?;
        Ok(found
            .into_iter()
            .filter_map(|(key, account)| Some((key, account.data.decode()?)))
            .collect())
    }

    fn wallet(&self) -> Address {
        self.key.pubkey()
    }

    fn simulate(&mut self, instructions: &[Instruction]) -> Result<Outcome, ChainError> {
        let transaction = self.transaction(instructions, MAX_UNITS)?;
        let config = RpcSimulateTransactionConfig {
            commitment: Some(CommitmentConfig::processed()),
            ..RpcSimulateTransactionConfig::default()
        };
        let answer = self.client.simulate_transaction_with_config(&transaction, config);
        let result = answer.map_err(|e| unreachable_(&e))?.value;
        Ok(match result.err {
            Some(error) => refused(instructions, &error.into()),
            None => Outcome::Landed {
                units: result.units_consumed.unwrap_or(0),
                logs: result.logs.unwrap_or_default(),
            },
        })
    }

    fn send(&mut self, instructions: &[Instruction], units: u64) -> Result<Outcome, ChainError> {
        let limit = u32::try_from(units).unwrap_or(MAX_UNITS).min(MAX_UNITS);
        let transaction = self.transaction(instructions, limit)?;
        match self.client.send_and_confirm_transaction(&transaction) {
            Ok(_) => Ok(Outcome::Landed { units, logs: vec![] }),
            Err(error) => match refusal(&error) {
                Some(error) => Ok(refused(instructions, &error)),
                None => Err(unreachable_(&error)),
            },
        }
    }
}
