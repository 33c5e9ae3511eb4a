//! Lists of the authorities' instructions.

crate::accounts! {
    /// Creates a group.
    InitGroupAccounts {
        /// New group: a zeroed account of the program, created by the client.
        group: new,
        /// Admin of the new group.
        admin: signer,
    }

    /// Initialises both pages of a group's board.
    InitBoardAccounts {
        /// Admin.
        admin: signer,
        /// Group.
        group: writable,
        /// Prices page: a zeroed account of the program.
        prices: writable,
        /// Markets page: a zeroed account of the program.
        markets: writable,
    }

    /// Writes the group's own settings.
    GroupAccounts {
        /// Admin.
        admin: signer,
        /// Group.
        group: writable,
    }

    /// Writes rows of the board.
    ListAccounts {
        /// Admin.
        admin: signer,
        /// Group.
        group: readonly,
        /// Prices page.
        prices: writable,
        /// Markets page.
        markets: writable,
    }

    /// Writes the row of an asset.
    ListAssetAccounts {
        /// Admin.
        admin: signer,
        /// Group.
        group: readonly,
        /// Prices page.
        prices: writable,
        /// Markets page.
        markets: readonly,
        /// Mint; the system program for an asset without tokens.
        mint: readonly,
    }

    /// Writes the row of a venue class and creates its totals.
    ListClassAccounts {
        /// Admin. Pays rent.
        admin: payer,
        /// Group.
        group: readonly,
        /// Prices page.
        prices: writable,
        /// Markets page.
        markets: writable,
        /// New account of running totals: PDA of group and class.
        exposure: writable,
        /// System program.
        system_program: readonly,
    }

    /// Writes the row of a market of one of Trestle's pools.
    ListMarketAccounts {
        /// Admin.
        admin: signer,
        /// Group.
        group: readonly,
        /// Prices page.
        prices: readonly,
        /// Markets page.
        markets: writable,
        /// The pool.
        pool: writable,
    }

    /// Creates a pool.
    InitPoolAccounts {
        /// Admin. Pays rent.
        admin: payer,
        /// Group.
        group: readonly,
        /// Prices page.
        prices: readonly,
        /// New pool: PDA of group and mint.
        pool: writable,
        /// Vault: the pool's associated token account, created before.
        vault: readonly,
        /// Mint of the asset.
        mint: readonly,
        /// Token program of the mint.
        token_program: readonly,
        /// System program.
        system_program: readonly,
    }
}
