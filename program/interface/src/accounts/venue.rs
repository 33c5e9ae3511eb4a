//! Lists of operations at venues.
//!
//! What a venue's own call names beyond these follows, in any order: each
//! account is found by its address, which the board, the venue's accounts and
//! the program derive. `trestle_client` adds them.

crate::accounts! {
    /// Opens the margin account's account at a venue.
    OpenVenueAccounts {
        /// Pays rent, through the margin account's authority.
        payer: payer,
        /// Authority of the margin account: owner at the venue.
        custody_owner: writable,
        /// Program of the venue, pinned by its class.
        venue_program: readonly,
        /// New account at the venue, derived by the venue from the authority.
        venue_account: writable,
        /// The venue's market, pinned by the market row.
        parent: readonly,
        /// System program.
        system_program: readonly,
    }

    /// Gives up the place of an empty or vanished venue account.
    CloseVenueAccounts {
        /// The account at the venue.
        venue_account: readonly,
    }

    /// Between custody and a reserve of a lending venue, either way.
    VenueAccounts {
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

    /// Opens the venue account's stake in a reserve's farm.
    OpenFarmAccounts {
        /// Pays rent, through the margin account's authority.
        payer: payer,
        /// Authority of the margin account: owner at the venue.
        custody_owner: writable,
        /// Program of the venue, pinned by its class.
        venue_program: readonly,
        /// The margin account's account at the venue.
        venue_account: writable,
        /// The venue's market, pinned by the market row.
        parent: readonly,
        /// Reserve, pinned by the market row.
        reserve: writable,
        /// New stake, derived by the farms program.
        farm_user: writable,
        /// System program.
        system_program: readonly,
    }

    /// Claims a reward of a farm into custody.
    ClaimVenueAccounts {
        /// Canonical associated token account of the authority, of the reward's mint.
        custody: writable,
        /// Authority of the margin account: owner at the venue.
        custody_owner: writable,
        /// Mint of the reward.
        mint: readonly,
        /// Token program of the mint.
        token_program: readonly,
        /// Program of the farms.
        farms_program: readonly,
        /// Reserve, pinned by the market row; it names the farm.
        reserve: readonly,
        /// The margin account's account at the venue.
        venue_account: readonly,
        /// The farm.
        farm: writable,
        /// The venue account's stake in the farm.
        farm_user: writable,
        /// Farms' global configuration, named by the farm.
        config: readonly,
        /// Vault that pays.
        vault: writable,
        /// Vault that takes the treasury's share.
        treasury: writable,
        /// Authority of the farm's vaults.
        vaults_authority: readonly,
    }

    /// Asks for an elevation group at the venue.
    VenueGroupAccounts {
        /// Authority of the margin account: owner at the venue.
        custody_owner: writable,
        /// Program of the venue, pinned by its class.
        venue_program: readonly,
        /// The margin account's account at the venue.
        venue_account: writable,
        /// The venue's market, pinned by the market row.
        parent: readonly,
    }

    /// Reads what a margin account holds at venues, and its share of the
    /// classes' running totals. Venue accounts, their markets and the totals
    /// of their classes, writable, follow in any order.
    RefreshAccountAccounts {
        /// Margin account.
        account: writable,
        /// Prices page of the group's board.
        prices: readonly,
        /// Markets page of the group's board.
        markets: readonly,
    }

    /// Lists a reserve of a lending venue.
    ListReserveAccounts {
        /// Admin.
        admin: signer,
        /// Group.
        group: readonly,
        /// Prices page.
        prices: readonly,
        /// Markets page.
        markets: writable,
        /// The venue's market.
        parent: readonly,
        /// Reserve.
        reserve: readonly,
    }
}
