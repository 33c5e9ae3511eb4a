//! Accounts, arguments and account lists of the vault, written with the
//! interface's own macros: codecs without unsafe code, one list for keys, flags
//! and handles.

use crate::error::VaultError;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::wire::{Wire, decode};
use trestle_interface::{Address, accounts, args};

/// Seed of a vault: group, manager.
pub const VAULT: &[u8] = b"vault";
/// Seed of a user's shares: vault, user.
pub const HOLDER: &[u8] = b"holder";

args! {
    /// A vault, and the owner of its margin account.
    Vault {
        /// [`Vault::KIND`].
        kind: u8,
        /// Bump of the vault's address.
        bump: u8,
        /// Who runs the strategy. May not take anything out.
        manager: Address,
        /// Trestle, as the manager named it: no other program is ever believed.
        /// Users look at it, and at the terms below, before they come.
        trestle: Address,
        /// Group of the margin account.
        group: Address,
        /// The margin account.
        margin: Address,
        /// Asset that users bring.
        asset: u8,
        /// Market of the pool that is borrowed from.
        pool: u16,
        /// Market of the reserve that is supplied.
        reserve: u16,
        /// Least initial health after each act, basis points of the debts.
        floor: u16,
        /// Shares of all users.
        shares: u64,
    }

    /// A user's shares.
    Holder {
        /// [`Holder::KIND`].
        kind: u8,
        /// The vault.
        vault: Address,
        /// The user.
        owner: Address,
        /// Shares.
        shares: u64,
    }

    /// A new vault. What follows is a proof of the cohort, where one is asked for.
    InitArgs {
        /// See [`Vault`].
        asset: u8,
        /// See [`Vault`].
        pool: u16,
        /// See [`Vault`].
        reserve: u16,
        /// See [`Vault`].
        floor: u16,
    }

    /// Tokens for shares.
    DepositArgs {
        /// Native units.
        amount: u64,
        /// Fewest shares to accept.
        min_shares: u64,
    }

    /// Shares for tokens.
    WithdrawArgs {
        /// Native units.
        amount: u64,
        /// Most shares to give.
        max_shares: u64,
    }

    /// Into the loop.
    LoopArgs {
        /// Idle tokens to supply, native units.
        idle: u64,
        /// Tokens to borrow and to supply as well, native units.
        borrow: u64,
    }

    /// Out of the loop.
    UnwindArgs {
        /// Native units to redeem; with `all` the fewest to accept.
        redeem: u64,
        /// Native units to repay; with `all` the most to pay.
        repay: u64,
        /// Everything.
        all: bool,
    }
}

accounts! {
    /// Makes a vault and its margin account. The seat follows in the cohort phase.
    InitAccounts {
        /// Manager. Pays.
        manager: payer,
        /// New vault.
        vault: writable,
        /// Trestle.
        trestle: readonly,
        /// Group.
        group: writable,
        /// New margin account of the vault.
        margin: writable,
        /// System program.
        system_program: readonly,
    }

    /// Makes a user's place for shares.
    JoinAccounts {
        /// User. Pays.
        user: payer,
        /// Vault.
        vault: readonly,
        /// New place.
        holder: writable,
        /// System program.
        system_program: readonly,
    }

    /// What every act on the margin account begins with. The accounts of
    /// Trestle's operations follow as its own lists have them.
    ActAccounts {
        /// Manager or user.
        actor: signer,
        /// Vault.
        vault: writable,
        /// Trestle.
        trestle: readonly,
        /// The vault's margin account.
        margin: writable,
        /// Prices page.
        prices: readonly,
        /// Markets page.
        markets: readonly,
    }

    /// A user's shares, and its tokens that go into the vault.
    DepositAccounts {
        /// The user's shares.
        holder: writable,
        /// The user's tokens.
        purse: writable,
    }

    /// A user's shares.
    WithdrawAccounts {
        /// The user's shares.
        holder: writable,
    }
}

/// An account of this program.
pub trait State: Wire {
    /// First byte.
    const KIND: u8;
    /// The first byte of this one.
    fn kind(&self) -> u8;
}

impl State for Vault {
    const KIND: u8 = 1;
    fn kind(&self) -> u8 {
        self.kind
    }
}

impl State for Holder {
    const KIND: u8 = 2;
    fn kind(&self) -> u8 {
        self.kind
    }
}

/// Reads an account of this program: owner, size, kind.
///
/// # Errors
/// [`VaultError::WrongAccount`].
pub fn load<T: State>(program_id: &Pubkey, info: &AccountInfo<'_>) -> Result<T, VaultError> {
    if info.owner != program_id {
        return Err(VaultError::WrongAccount);
    }
    let data = info.try_borrow_data().map_err(|_| VaultError::WrongAccount)?;
    let state: T = decode(&data).ok_or(VaultError::WrongAccount)?;
    if state.kind() == T::KIND { Ok(state) } else { Err(VaultError::WrongAccount) }
}

/// Writes an account that [`load`] has read, or that was just made.
///
/// # Errors
/// [`VaultError::WrongAccount`].
pub fn store<T: State>(info: &AccountInfo<'_>, state: &T) -> Result<(), VaultError> {
    let mut data = info.try_borrow_mut_data().map_err(|_| VaultError::WrongAccount)?;
    let mut out = &mut data[..];
    state.put(&mut out).ok_or(VaultError::WrongAccount)
}

/// Reads a user's shares in a vault.
///
/// # Errors
/// [`VaultError::WrongAccount`].
pub fn load_holder(
    program_id: &Pubkey,
    info: &AccountInfo<'_>,
    vault: &Pubkey,
    user: &Pubkey,
) -> Result<Holder, VaultError> {
    let holder: Holder = load(program_id, info)?;
    let theirs = holder.vault == *vault && holder.owner == *user;
    if theirs { Ok(holder) } else { Err(VaultError::WrongAccount) }
}
