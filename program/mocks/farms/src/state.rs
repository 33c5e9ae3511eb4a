//! Farm and user accounts: the real lengths and the offsets that are used.

use solana_program::account_info::AccountInfo;
use solana_program::program_error::ProgramError;
use solana_program::pubkey::Pubkey;

/// Bytes of a user.
pub const USER_LEN: usize = 920;
/// Bytes of a farm.
pub const FARM_LEN: usize = 8336;
/// Units that one harvest pays, while there is stake. The real one accrues.
pub const REWARD: u64 = 1_000_000;

const USER: [u8; 8] = [0x48, 0xb1, 0x55, 0xf9, 0x4c, 0xa7, 0xba, 0x7e];
const FARM: [u8; 8] = [0xc6, 0x66, 0xd8, 0x4a, 0x3f, 0x42, 0xa3, 0xbe];

// a user
const FARM_STATE: usize = 16;
const OWNER: usize = 48;
const IS_DELEGATED: usize = 80;
const STAKE: usize = 408;
const BUMP: usize = 472;
const DELEGATEE: usize = 480;
// a farm
const DELEGATE: usize = 7328;

/// A farm: who may set stakes.
#[derive(Clone, Copy, Debug)]
pub struct Farm {
    /// The delegate.
    pub delegate: Pubkey,
}

impl Farm {
    /// Bytes of a farm account.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut data = vec![0; FARM_LEN];
        data[..8].copy_from_slice(&FARM);
        data[DELEGATE..][..32].copy_from_slice(self.delegate.as_ref());
        data
    }

    pub(crate) fn load(info: &AccountInfo<'_>) -> Result<Self, ProgramError> {
        check(info, &FARM, FARM_LEN)?;
        Ok(Self { delegate: key(&info.try_borrow_data()?, DELEGATE) })
    }
}

/// A user: an owner's stake through a delegatee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    /// Farm.
    pub farm: Pubkey,
    /// Who harvests.
    pub owner: Pubkey,
    /// What the stake is of: an obligation.
    pub delegatee: Pubkey,
    /// Stake.
    pub stake: u128,
    /// Bump of its address.
    pub bump: u8,
}

impl User {
    /// Reads a user's bytes.
    #[must_use]
    pub fn decode(data: &[u8]) -> Option<Self> {
        if data.len() != USER_LEN || data[..8] != USER {
            return None;
        }
        let stake: [u8; 16] = data[STAKE..][..16].try_into().ok()?;
        Some(Self {
            farm: key(data, FARM_STATE),
            owner: key(data, OWNER),
            delegatee: key(data, DELEGATEE),
            stake: u128::from_le_bytes(stake),
            bump: data[BUMP],
        })
    }

    pub(crate) fn load(info: &AccountInfo<'_>) -> Result<Self, ProgramError> {
        check(info, &USER, USER_LEN)?;
        Self::decode(&info.try_borrow_data()?).ok_or(ProgramError::InvalidAccountData)
    }

    pub(crate) fn store(&self, data: &mut [u8]) {
        data[..8].copy_from_slice(&USER);
        data[FARM_STATE..][..32].copy_from_slice(self.farm.as_ref());
        data[OWNER..][..32].copy_from_slice(self.owner.as_ref());
        data[IS_DELEGATED] = 1;
        data[STAKE..][..16].copy_from_slice(&self.stake.to_le_bytes());
        data[BUMP] = self.bump;
        data[DELEGATEE..][..32].copy_from_slice(self.delegatee.as_ref());
    }
}

fn key(data: &[u8], at: usize) -> Pubkey {
    let mut raw = [0; 32];
    raw.copy_from_slice(&data[at..at + 32]);
    Pubkey::new_from_array(raw)
}

/// An account of this program, by kind. The codes are the framework's.
fn check(info: &AccountInfo<'_>, kind: &[u8; 8], len: usize) -> Result<(), ProgramError> {
    if *info.owner != crate::ID {
        return Err(ProgramError::Custom(3007));
    }
    let data = info.try_borrow_data()?;
    if data.len() != len || data[..8] != *kind {
        return Err(ProgramError::Custom(3002));
    }
    Ok(())
}
