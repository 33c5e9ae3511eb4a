//! Keys, accounts, and the comparison of a call.

use sha2::{Digest, Sha256};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_venue_adapters::kamino::ids;
use trestle_venue_adapters::kamino::layout::{obligation as o, reserve as r};
use trestle_venue_adapters::kamino::plan::Parties;
use trestle_venue_adapters::plan::{Call, Key};

pub const OWNER: Key = [11; 32];
pub const OBLIGATION: Key = [12; 32];
pub const MARKET: Key = [13; 32];
pub const AUTHORITY: Key = [14; 32];
pub const RESERVE: Key = [15; 32];
pub const CUSTODY: Key = [16; 32];
pub const FARM_USER: Key = [17; 32];
pub const PAYER: Key = [18; 32];
pub const METADATA: Key = [19; 32];

pub const PARTIES: Parties = Parties {
    owner: &OWNER,
    obligation: &OBLIGATION,
    market: &MARKET,
    market_authority: &AUTHORITY,
};

pub fn pubkey(key: &Key) -> Pubkey {
    Pubkey::new_from_array(*key)
}

/// Bytes that differ at every offset of an account.
pub fn noise(len: usize, discriminator: [u8; 8]) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut data: Vec<u8> = (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect();
    data[..8].copy_from_slice(&discriminator);
    data
}

/// A version that our readers accept.
pub fn versioned(mut data: Vec<u8>, at: usize) -> Vec<u8> {
    data[at..at + 8].copy_from_slice(&1_u64.to_le_bytes());
    data
}

/// Program, data and every account with its flags.
pub fn assert_same(call: &Call, instruction: &Instruction) {
    assert_eq!(call.program(), &instruction.program_id.to_bytes());
    assert_eq!(call.data(), instruction.data);
    let ours: Vec<_> = call.metas().iter().map(|m| (m.key, m.signer, m.writable)).collect();
    let theirs: Vec<_> = instruction
        .accounts
        .iter()
        .map(|m| (m.pubkey.to_bytes(), m.is_signer, m.is_writable))
        .collect();
    assert_eq!(ours, theirs);
}

pub fn hash(text: &str) -> [u8; 8] {
    Sha256::digest(text.as_bytes())[..8].try_into().unwrap()
}

/// A reserve with and without farms.
pub fn reserves() -> [Vec<u8>; 2] {
    let with = versioned(noise(r::LEN, ids::account::RESERVE), r::VERSION);
    let mut without = with.clone();
    without[r::FARM_COLLATERAL..r::FARM_DEBT + 32].fill(0);
    [with, without]
}

/// An obligation with three deposits and two debts, in slots with gaps.
pub fn obligation(group: u8) -> Vec<u8> {
    let mut data = vec![0; o::LEN];
    data[..8].copy_from_slice(&ids::account::OBLIGATION);
    data[o::GROUP] = group;
    for slot in [1, 2, 6] {
        data[o::DEPOSITS + o::DEPOSIT_LEN * slot..][..32].fill(30 + slot as u8);
    }
    for slot in [0, 4] {
        data[o::BORROWS + o::BORROW_LEN * slot..][..32].fill(40 + slot as u8);
    }
    data
}
