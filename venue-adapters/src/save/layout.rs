//! Offsets of Save's packed accounts. They have no discriminator: the first
//! byte is a version, and the kind follows from the exact length.

/// Layout version that this build reads; zero is an account not yet made.
pub const VERSION: u8 = 1;
/// Where the version stands in every account, u8.
pub const VERSION_AT: usize = 0;

/// `LendingMarket`.
pub mod market {
    /// Length.
    pub const LEN: usize = 290;
    /// Bump of the authority, u8.
    pub const BUMP: usize = 1;
    /// Owner, key.
    pub const OWNER: usize = 2;
    /// Token program of all its mints, key.
    pub const TOKEN_PROGRAM: usize = 66;
    /// Limiter of what flows out, USD.
    pub const LIMITER: usize = 162;
    /// Authority that may change limits of reserves, key.
    pub const RISK_AUTHORITY: usize = 250;
}

/// `Reserve`.
pub mod reserve {
    /// Length.
    pub const LEN: usize = 619;
    /// Slot of the last accrual, u64.
    pub const SLOT: usize = 1;
    /// Touched since the last refresh, u8.
    pub const STALE: usize = 9;
    /// Market, key.
    pub const MARKET: usize = 10;
    /// Mint, key.
    pub const MINT: usize = 42;
    /// Decimals of the mint, u8.
    pub const DECIMALS: usize = 74;
    /// Vault, key.
    pub const VAULT: usize = 75;
    /// Pyth price, key.
    pub const PYTH: usize = 107;
    /// Switchboard price, key.
    pub const SWITCHBOARD: usize = 139;
    /// Tokens in the vault, u64.
    pub const AVAILABLE: usize = 171;
    /// Debts, wads, u128.
    pub const BORROWED: usize = 179;
    /// Cumulative borrow rate, wads, u128.
    pub const CUMULATIVE: usize = 195;
    /// USD a whole token, wads, u128.
    pub const PRICE: usize = 211;
    /// cToken mint, key.
    pub const CTOKEN_MINT: usize = 227;
    /// cTokens, u64.
    pub const CTOKEN_SUPPLY: usize = 259;
    /// Vault of cTokens that serve as collateral, key.
    pub const CTOKEN_VAULT: usize = 267;
    /// Utilisation at the first corner of the curve, per cent, u8.
    pub const OPTIMAL_UTILISATION_PCT: usize = 299;
    /// Loan-to-value, per cent, u8.
    pub const LTV_PCT: usize = 300;
    /// Liquidation bonus, per cent, u8.
    pub const BONUS_PCT: usize = 301;
    /// Liquidation threshold, per cent, u8.
    pub const THRESHOLD_PCT: usize = 302;
    /// Borrow rate at no utilisation, per cent a year, u8.
    pub const MIN_RATE_PCT: usize = 303;
    /// Borrow rate at the first corner, per cent a year, u8.
    pub const OPTIMAL_RATE_PCT: usize = 304;
    /// Borrow rate at the second corner, per cent a year, u8.
    pub const MAX_RATE_PCT: usize = 305;
    /// Borrow fee, a fraction in wads, u64.
    pub const BORROW_FEE: usize = 306;
    /// Share of the borrow fee for a host, per cent, u8.
    pub const HOST_FEE_PCT: usize = 322;
    /// Most deposits, tokens, u64.
    pub const DEPOSIT_LIMIT: usize = 323;
    /// Most debts, tokens, u64.
    pub const BORROW_LIMIT: usize = 331;
    /// Fee vault, key.
    pub const FEE_VAULT: usize = 339;
    /// Protocol's part of a liquidation, tenths of a per cent, u8.
    pub const LIQUIDATION_FEE: usize = 371;
    /// Protocol's take of the interest, per cent, u8.
    pub const TAKE_PCT: usize = 372;
    /// Protocol fees, wads, u128.
    pub const PROTOCOL_FEES: usize = 373;
    /// Limiter of what flows out, tokens.
    pub const LIMITER: usize = 389;
    /// What debts weigh above 1.0, basis points, u64.
    pub const ADDED_WEIGHT_BPS: usize = 445;
    /// Smoothed price, USD a whole token, wads, u128.
    pub const SMOOTHED_PRICE: usize = 453;
    /// Regular or isolated, u8.
    pub const TIER: usize = 469;
    /// Utilisation at the second corner of the curve, per cent, u8.
    pub const MAX_UTILISATION_PCT: usize = 470;
    /// Borrow rate at full utilisation, per cent a year, u64.
    pub const SUPER_MAX_RATE_PCT: usize = 471;
    /// Largest liquidation bonus, per cent, u8.
    pub const MAX_BONUS_PCT: usize = 479;
    /// Further oracle, key.
    pub const EXTRA_ORACLE: usize = 489;
    /// Its price stands, u8.
    pub const HAS_EXTRA_PRICE: usize = 521;
    /// Its price, USD a whole token, wads, u128.
    pub const EXTRA_PRICE: usize = 522;
    /// Debts that the collateral here stands for, USD, wads, u128.
    pub const ATTRIBUTED: usize = 538;
    /// Most of them for a borrow or redemption, USD, u64; zero reads as no limit.
    pub const ATTRIBUTED_LIMIT: usize = 554;
}

/// `RateLimiter`, within a market or a reserve.
pub mod limiter {
    /// Length.
    pub const LEN: usize = 56;
    /// Most that flows out in a window, u64.
    pub const CAPACITY: usize = 0;
    /// Length of a window, slots, u64; zero for no limiter.
    pub const WINDOW: usize = 8;
    /// Outflow of the window before, wads, u128.
    pub const BEFORE: usize = 16;
    /// First slot of the running window, u64.
    pub const START: usize = 32;
    /// Its outflow, wads, u128.
    pub const RUNNING: usize = 40;
}

/// `Obligation`.
pub mod obligation {
    /// Length.
    pub const LEN: usize = 1300;
    /// Slot of the last refresh, u64.
    pub const SLOT: usize = 1;
    /// Touched since, u8.
    pub const STALE: usize = 9;
    /// Market, key.
    pub const MARKET: usize = 10;
    /// Owner, key.
    pub const OWNER: usize = 42;
    /// Owes to a reserve of the isolated tier, u8.
    pub const ISOLATED: usize = 154;
    /// Marked: anyone may close it, u8.
    pub const CLOSEABLE: usize = 187;
    /// Number of deposits, u8.
    pub const DEPOSIT_COUNT: usize = 202;
    /// Number of debts, u8.
    pub const BORROW_COUNT: usize = 203;
    /// The deposits, and right behind them the debts.
    pub const POSITIONS: usize = 204;
    /// Most deposits and debts together.
    pub const MAX_POSITIONS: usize = 10;
    /// Size of a deposit.
    pub const DEPOSIT_LEN: usize = 88;
    /// Size of a debt.
    pub const BORROW_LEN: usize = 112;

    /// Offsets within a deposit.
    pub mod deposit {
        /// Reserve, key.
        pub const RESERVE: usize = 0;
        /// cTokens, u64.
        pub const CTOKENS: usize = 32;
    }

    /// Offsets within a debt.
    pub mod borrow {
        /// Reserve, key.
        pub const RESERVE: usize = 0;
        /// Cumulative borrow rate at the last accrual, wads, u128.
        pub const CUMULATIVE: usize = 32;
        /// Debt then, wads, u128.
        pub const BORROWED: usize = 48;
    }
}
