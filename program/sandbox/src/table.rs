//! Transactions of version 0, whose accounts come from a lookup table.

use solana_account::Account;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{AddressLookupTableAccount, Hash, VersionedMessage, v0};
use solana_program::pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

const PROGRAM: Pubkey = Pubkey::from_str_const("AddressLookupTab1e1111111111111111111111111");
/// Where the sandbox keeps its one table.
const TABLE: Pubkey = Pubkey::new_from_array([199; 32]);

/// A message whose accounts, but signers and programs, come from a table, and
/// that table. A user's own table holds them for good: group, board, pools and
/// reserves are the same for all.
///
/// # Panics
/// When the instructions name more accounts than a message holds.
#[must_use]
pub fn compile(
    payer: &Pubkey,
    instructions: &[Instruction],
    blockhash: Hash,
) -> (VersionedMessage, AddressLookupTableAccount) {
    let mut addresses: Vec<Pubkey> =
        instructions.iter().flat_map(|ix| ix.accounts.iter().map(|meta| meta.pubkey)).collect();
    addresses.sort_unstable();
    addresses.dedup();
    let table = AddressLookupTableAccount { key: TABLE, addresses };
    let tables = std::slice::from_ref(&table);
    let message = v0::Message::try_compile(payer, instructions, tables, blockhash)
        .expect("at most 256 accounts");
    (VersionedMessage::V0(message), table)
}

/// Signs with those of `signers` that the message asks for, in its order.
#[must_use]
pub fn sign(message: VersionedMessage, signers: &[&Keypair]) -> VersionedTransaction {
    let bytes = message.serialize();
    let wanted = usize::from(message.header().num_required_signatures);
    let signatures = message.static_account_keys()[..wanted]
        .iter()
        .map(|key| {
            let signer = signers.iter().find(|signer| signer.pubkey() == *key);
            signer.map(|signer| signer.sign_message(&bytes)).unwrap_or_default()
        })
        .collect();
    VersionedTransaction { signatures, message }
}

/// Size on the wire: signatures, then the message.
#[must_use]
pub fn wire_len(message: &VersionedMessage) -> usize {
    1 + 64 * usize::from(message.header().num_required_signatures) + message.serialize().len()
}

/// The table as an account: active since before slot 1, without authority.
#[must_use]
pub fn account(table: &AddressLookupTableAccount) -> (Pubkey, Account) {
    let mut data = vec![0; 56];
    data[0] = 1; // a table
    data[4..12].copy_from_slice(&u64::MAX.to_le_bytes()); // never deactivated
    for address in &table.addresses {
        data.extend_from_slice(address.as_ref());
    }
    let lamports = 100_000_000;
    (table.key, Account { lamports, data, owner: PROGRAM, executable: false, rent_epoch: u64::MAX })
}
