//! Lists of an owner's operations.

use super::Role;
use core::marker::PhantomData;

/// Nothing beyond what every operation begins with. Venue accounts that owe
/// something, with their markets and reserves, may follow a guard of health.
#[derive(Clone, Copy, Debug)]
pub struct GuardAccounts<T>(PhantomData<T>);

impl GuardAccounts<()> {
    /// The list's roles: none.
    pub const ROLES: &'static [Role] = &[];
}

crate::accounts! {
    /// What every operation on a margin account begins with.
    OwnerAccounts {
        /// Owner of the margin account, or a delegate with the permission.
        authority: signer,
        /// Margin account.
        account: writable,
        /// Prices page of the group's board.
        prices: readonly,
        /// Markets page of the group's board.
        markets: readonly,
    }

    /// Tokens into custody.
    DepositAccounts {
        /// Token account that pays; the authority may spend from it.
        source: writable,
        /// Canonical associated token account of the margin account's authority.
        custody: writable,
        /// Authority of the margin account.
        custody_owner: readonly,
        /// Mint of the asset.
        mint: readonly,
        /// Token program of the mint.
        token_program: readonly,
    }

    /// Tokens out of custody.
    WithdrawAccounts {
        /// Token account that receives.
        destination: writable,
        /// Canonical associated token account of the margin account's authority.
        custody: writable,
        /// Authority of the margin account.
        custody_owner: readonly,
        /// Mint of the asset.
        mint: readonly,
        /// Token program of the mint.
        token_program: readonly,
    }

    /// Tokens found in custody beyond the recognised units.
    SyncCustodyAccounts {
        /// Canonical associated token account of the margin account's authority.
        custody: readonly,
        /// Authority of the margin account.
        custody_owner: readonly,
        /// Mint of the asset.
        mint: readonly,
        /// Token program of the mint.
        token_program: readonly,
    }

    /// Between custody and a native pool, either way.
    PoolAccounts {
        /// Pool, pinned by the market row.
        pool: writable,
        /// Vault, pinned by the pool.
        vault: writable,
        /// Canonical associated token account of the margin account's authority.
        custody: writable,
        /// Authority of the margin account.
        custody_owner: readonly,
        /// Mint of the asset.
        mint: readonly,
        /// Token program of the mint.
        token_program: readonly,
    }

    /// Begins a region.
    BeginRegionAccounts {
        /// Owner; no delegate.
        owner: signer,
        /// Margin account.
        account: writable,
        /// Instructions sysvar.
        instructions: readonly,
    }

    /// What only the owner decides about the account itself.
    OwnerOnlyAccounts {
        /// Owner.
        owner: signer,
        /// Margin account.
        account: writable,
    }

    /// Locks the account down.
    LockDownAccounts {
        /// Owner, or a delegate that may protect.
        authority: signer,
        /// Margin account.
        account: writable,
    }

    /// Takes an account over. In the cohort phase the new owner's seat
    /// follows, PDA of group and owner: writable when it is to be taken.
    AcceptOwnerAccounts {
        /// Pays rent of a seat.
        payer: payer,
        /// The owner that was named.
        new_owner: signer,
        /// Group of the account.
        group: writable,
        /// Margin account.
        account: writable,
        /// System program.
        system_program: readonly,
    }

    /// Opens a margin account. In the cohort phase the owner's seat follows,
    /// PDA of group and owner: writable when it is to be taken.
    CreateAccountAccounts {
        /// Pays rent.
        payer: payer,
        /// Owner of the new account.
        owner: signer,
        /// Group.
        group: writable,
        /// New account: PDA of group, owner and index.
        account: writable,
        /// System program.
        system_program: readonly,
    }

    /// Makes room for more positions.
    ResizeAccountAccounts {
        /// Pays rent.
        payer: payer,
        /// Owner.
        owner: signer,
        /// Margin account.
        account: writable,
        /// System program.
        system_program: readonly,
    }

    /// Closes an empty margin account. Quadruples of (custody, mint,
    /// destination, token program) may follow, to be swept and closed.
    CloseAccountAccounts {
        /// Owner. Receives rent and lamports.
        owner: payer,
        /// Margin account.
        account: writable,
        /// Authority of the margin account.
        custody_owner: writable,
        /// System program.
        system_program: readonly,
    }
}
