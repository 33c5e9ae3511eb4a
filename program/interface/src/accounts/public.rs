//! Lists of instructions that anyone may send, and of lenders.

crate::accounts! {
    /// Reads health. Returns it as return data.
    GetHealthAccounts {
        /// Margin account.
        account: readonly,
        /// Prices page of the group's board.
        prices: readonly,
        /// Markets page of the group's board.
        markets: readonly,
    }

    /// Writes prices. One oracle account per row follows.
    RefreshPricesAccounts {
        /// Prices page of the group's board.
        prices: writable,
    }

    /// Writes indices and rates. Per row follow its pool, or its reserve and the venue's market.
    RefreshMarketsAccounts {
        /// Markets page of the group's board.
        markets: writable,
    }

    /// Opens a receivership.
    BeginLiquidationAccounts {
        /// Liquidator; not the owner.
        liquidator: signer,
        /// Margin account to liquidate.
        account: writable,
        /// Prices page of the group's board.
        prices: readonly,
        /// Markets page of the group's board.
        markets: readonly,
        /// Instructions sysvar.
        instructions: readonly,
    }

    /// Closes a receivership.
    EndLiquidationAccounts {
        /// Liquidator who opened it.
        liquidator: signer,
        /// Margin account.
        account: writable,
        /// Prices page of the group's board.
        prices: readonly,
        /// Markets page of the group's board.
        markets: readonly,
    }

    /// Repays a debt of an unhealthy account and takes collateral for it. When
    /// the debt is to a venue, [`VenueDebtAccounts`] follow, and the liquidator
    /// pays through custody. The collateral's pool follows, writable, when it is a pool deposit. When it
    /// lies at a venue, [`VenueCollateralAccounts`] follow with everything that
    /// the venue's call names, and `custody_owner` is writable. Behind them
    /// may stand venue accounts to read, and running totals.
    LiquidateAccounts {
        /// Liquidator. Pays from `debt_source`.
        liquidator: signer,
        /// Margin account to liquidate.
        account: writable,
        /// Prices page of the group's board.
        prices: readonly,
        /// Markets page of the group's board.
        markets: readonly,
        /// Authority of the margin account.
        custody_owner: readonly,
        /// Pool or reserve of the debt, pinned by its market row.
        debt_pool: writable,
        /// Vault of that pool; custody of the debt's asset where it is to a venue.
        debt_vault: writable,
        /// Token account that pays.
        debt_source: writable,
        /// Mint of the debt.
        debt_mint: readonly,
        /// Token program of the debt's mint.
        debt_token_program: readonly,
        /// Where the collateral lies: custody, or the pool's vault, which is
        /// the debt's vault when the deposit lies in the debt's pool. What lies
        /// at a venue leaves through custody.
        collateral_vault: writable,
        /// Token account that receives the collateral; not the one that pays.
        /// A margin account of the liquidator's takes a pool deposit as it is:
        /// its units move over, and the account must pass its own check.
        collateral_destination: writable,
        /// Mint of the collateral.
        collateral_mint: readonly,
        /// Token program of the collateral's mint.
        collateral_token_program: readonly,
    }

    /// Says that an account is unhealthy, or that it no longer is. Pools of a
    /// bankrupt account's debts follow, writable.
    FlagUnhealthyAccounts {
        /// Margin account.
        account: writable,
        /// Prices page of the group's board.
        prices: readonly,
        /// Markets page of the group's board.
        markets: readonly,
    }

    /// Settles a pool debt of a bankrupt account.
    SettleBadDebtAccounts {
        /// Margin account.
        account: writable,
        /// Prices page of the group's board.
        prices: readonly,
        /// Markets page of the group's board, whose row follows the pool.
        markets: writable,
        /// Pool of the debt, pinned by its market row.
        pool: writable,
        /// Vault of that pool.
        vault: writable,
        /// Custody of the pool's asset. It is read where the account holds any.
        custody: writable,
        /// Authority of the margin account.
        custody_owner: readonly,
        /// Mint of the pool.
        mint: readonly,
        /// Token program of the mint.
        token_program: readonly,
    }

    /// Behind [`LiquidateAccounts`] where the debt is to a venue.
    VenueDebtAccounts {
        /// Running totals of the class, pinned by its row.
        exposure: writable,
        /// Program of the venue, pinned by its class.
        venue_program: readonly,
        /// The margin account's account at the venue.
        venue_account: writable,
        /// The venue's market, pinned by the market row.
        parent: readonly,
    }

    /// Behind [`LiquidateAccounts`] where the collateral lies at a venue.
    VenueCollateralAccounts {
        /// Reserve of the collateral, pinned by its market row.
        reserve: writable,
        /// Running totals of the class, pinned by its row.
        exposure: writable,
        /// Program of the venue, pinned by its class.
        venue_program: readonly,
        /// The margin account's account at the venue.
        venue_account: writable,
        /// The venue's market, pinned by the market row.
        parent: readonly,
    }

    /// Rescues an account at a venue with its own assets. When they come from a
    /// pool deposit, [`RescuePoolAccounts`] follow. Then everything that the
    /// venue's call names, and venue accounts to read.
    RescueVenueAccounts {
        /// Rescuer. Needs no margin account.
        caller: signer,
        /// Margin account to rescue.
        account: writable,
        /// Prices page of the group's board.
        prices: readonly,
        /// Markets page of the group's board.
        markets: readonly,
        /// Token account of the same mint that receives the tip; not custody.
        tip: writable,
        /// Canonical associated token account of the margin account's authority.
        custody: writable,
        /// Authority of the margin account: owner at the venue.
        custody_owner: writable,
        /// Mint of the asset.
        mint: readonly,
        /// Token program of the mint.
        token_program: readonly,
        /// Running totals of the class, pinned by its row.
        exposure: writable,
        /// Program of the venue, pinned by its class.
        venue_program: readonly,
        /// The margin account's account at the venue.
        venue_account: writable,
        /// The venue's market, pinned by the market row.
        parent: readonly,
        /// Reserve, pinned by the market row.
        reserve: writable,
    }

    /// Behind [`RescueVenueAccounts`] where a pool deposit gives.
    RescuePoolAccounts {
        /// Pool of the deposit, pinned by its market row.
        pool: writable,
        /// Vault, pinned by the pool.
        vault: writable,
    }

    /// Opens a lend-only position.
    OpenLenderAccounts {
        /// Pays rent.
        payer: payer,
        /// Owner of the position.
        owner: signer,
        /// Pool.
        pool: readonly,
        /// New position: PDA of pool and owner.
        lender: writable,
        /// System program.
        system_program: readonly,
    }

    /// Between a lender's tokens and a pool, either way.
    LenderAccounts {
        /// Owner of the position.
        owner: signer,
        /// Position.
        lender: writable,
        /// Pool.
        pool: writable,
        /// Vault, pinned by the pool.
        vault: writable,
        /// Token account that pays or receives.
        tokens: writable,
        /// Mint of the pool.
        mint: readonly,
        /// Token program of the mint.
        token_program: readonly,
    }

    /// Closes an empty lend-only position.
    CloseLenderAccounts {
        /// Owner. Receives rent.
        owner: payer,
        /// Position.
        lender: writable,
    }

    /// Rewrites an account in the present layout.
    UpgradeLayoutAccounts {
        /// Account of an older layout.
        account: writable,
        /// Prices page of the group's board.
        prices: readonly,
        /// Markets page of the group's board.
        markets: readonly,
    }
}
