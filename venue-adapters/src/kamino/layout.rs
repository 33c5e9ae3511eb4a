//! Offsets of klend's accounts, discriminator included.
//!
//! Fields of release 1.16; those that 1.25 carved from padding are marked and
//! read zero before it. No field moved between the two.

use crate::bytes::array;

/// A cumulative rate: four little-endian limbs, scaled by 2^60. `None` when
/// it needs more than two, a growth beyond 2^68.
pub(super) fn cumulative_rate(bytes: &[u8; 32]) -> Option<u128> {
    let high: [u8; 16] = array(bytes, 16)?;
    if high != [0; 16] {
        return None;
    }
    array(bytes, 0).map(u128::from_le_bytes)
}

/// `LendingMarket`.
pub mod market {
    /// Length.
    pub const LEN: usize = 4664;
    /// Layout version, u64.
    pub const VERSION: usize = 8;
    /// Bump of the authority, u64.
    pub const BUMP: usize = 16;
    /// Referrers' share of the take, basis points, u16.
    pub const REFERRAL_FEE_BPS: usize = 120;
    /// Everything is stopped, u8.
    pub const EMERGENCY: usize = 122;
    /// Deleveraging is allowed, u8.
    pub const AUTODELEVERAGE: usize = 123;
    /// No borrowing, u8.
    pub const BORROW_DISABLED: usize = 124;
    /// Close factor, per cent, u8.
    pub const CLOSE_FACTOR_PCT: usize = 126;
    /// Loan-to-value above which all of a debt may be closed, per cent, u8.
    pub const INSOLVENCY_LTV_PCT: usize = 127;
    /// Debt below which all of it must be closed, USD, u64.
    pub const FULL_LIQUIDATION_BELOW: usize = 128;
    /// Largest debt closed at once, USD, u64.
    pub const MAX_LIQUIDATION: usize = 136;
    /// Elevation groups.
    pub const GROUPS: usize = 200;
    /// Size of a group.
    pub const GROUP_LEN: usize = 72;
    /// Number of groups; group `g` stands at index `g - 1`.
    pub const GROUP_COUNT: usize = 32;
    /// Least that may stay in a position, USD, scaled, u128.
    pub const MIN_NET_VALUE: usize = 3224;
    /// Obligations' orders are executed, u8.
    pub const ORDERS: usize = 3304;
    /// Debts past their reserve's maturity are liquidated, u8.
    pub const MATURITY_LIQUIDATION: usize = 3308;
    /// Debts past their term are liquidated, u8.
    pub const TERM_LIQUIDATION: usize = 3309;
    /// Permissioned operations, u64, since 1.25.
    pub const PERMISSIONED: usize = 3432;

    /// Offsets within a group.
    pub mod group {
        /// Largest bonus, basis points, u16.
        pub const MAX_BONUS_BPS: usize = 0;
        /// Its number, u8.
        pub const ID: usize = 2;
        /// Loan-to-value, per cent, u8.
        pub const LTV_PCT: usize = 3;
        /// Liquidation threshold, per cent, u8.
        pub const THRESHOLD_PCT: usize = 4;
        /// New loans are allowed, u8.
        pub const NEW_LOANS: usize = 5;
        /// Most collateral reserves, u8.
        pub const MAX_COLLATERALS: usize = 6;
        /// The one reserve that may be borrowed, key.
        pub const DEBT_RESERVE: usize = 8;
    }
}

/// `Reserve`.
pub mod reserve {
    /// Length.
    pub const LEN: usize = 8624;
    /// Layout version, u64; all ones after a wipe-out.
    pub const VERSION: usize = 8;
    /// Slot of the last refresh, u64.
    pub const SLOT: usize = 16;
    /// Touched since, u8.
    pub const STALE: usize = 24;
    /// Price checks that passed, u8.
    pub const PRICE_STATUS: usize = 25;
    /// Unix time of the last refresh, u32, since 1.25.
    pub const TIMESTAMP: usize = 28;
    /// Market, key.
    pub const MARKET: usize = 32;
    /// Farm of depositors, key.
    pub const FARM_COLLATERAL: usize = 64;
    /// Farm of borrowers, key.
    pub const FARM_DEBT: usize = 96;
    /// Mint, key.
    pub const MINT: usize = 128;
    /// Vault, key.
    pub const VAULT: usize = 160;
    /// Fee vault, key.
    pub const FEE_VAULT: usize = 192;
    /// Tokens in the vault, u64.
    pub const AVAILABLE: usize = 224;
    /// Debts, scaled, u128.
    pub const BORROWED: usize = 232;
    /// USD a whole token, scaled, u128.
    pub const PRICE: usize = 248;
    /// Unix time of the price, u64.
    pub const PRICE_TIME: usize = 264;
    /// Decimals of the mint, u64.
    pub const DECIMALS: usize = 272;
    /// Since when deposits exceed their limit, u64.
    pub const DEPOSIT_LIMIT_CROSSED: usize = 280;
    /// Since when debts exceed their limit, u64.
    pub const BORROW_LIMIT_CROSSED: usize = 288;
    /// Cumulative borrow rate, 4 limbs.
    pub const CUMULATIVE: usize = 296;
    /// Protocol fees, scaled, u128.
    pub const PROTOCOL_FEES: usize = 344;
    /// Referrers' fees, scaled, u128.
    pub const REFERRER_FEES: usize = 360;
    /// Referrers' fees not yet assigned, scaled, u128.
    pub const PENDING_FEES: usize = 376;
    /// Token program of the mint, key.
    pub const TOKEN_PROGRAM: usize = 408;
    /// cToken mint, key.
    pub const CTOKEN_MINT: usize = 2560;
    /// cTokens, u64.
    pub const CTOKEN_SUPPLY: usize = 2592;
    /// Vault of cTokens that serve as collateral, key.
    pub const CTOKEN_VAULT: usize = 2600;
    /// Status, u8.
    pub const STATUS: usize = 4856;
    /// Fixed rate for the host on top of the curve, basis points, u16.
    pub const HOST_RATE_BPS: usize = 4858;
    /// cTokens may not leave obligations, u8.
    pub const BLOCK_CTOKENS: usize = 4862;
    /// Penalty on early repayment, per cent, u8, since 1.25.
    pub const EARLY_REPAY_PCT: usize = 4863;
    /// Stopped, u8, since 1.25.
    pub const EMERGENCY: usize = 4864;
    /// How time is counted, u8, since 1.25.
    pub const RATE_BASIS: usize = 4865;
    /// Protocol's take of the variable interest, per cent, u8.
    pub const TAKE_PCT: usize = 4870;
    /// Loan-to-value, per cent, u8.
    pub const LTV_PCT: usize = 4872;
    /// Liquidation threshold, per cent, u8.
    pub const THRESHOLD_PCT: usize = 4873;
    /// Largest liquidation bonus, basis points, u16.
    pub const MAX_BONUS_BPS: usize = 4876;
    /// Origination fee, a fraction scaled by 2^60, u64.
    pub const ORIGINATION_FEE: usize = 4896;
    /// Rate curve.
    pub const CURVE: usize = 4920;
    /// Points of the curve.
    pub const CURVE_POINTS: usize = 11;
    /// Size of a point: utilisation and rate in basis points, u32 each.
    pub const CURVE_POINT_LEN: usize = 8;
    /// Borrow factor, per cent, u64.
    pub const BORROW_FACTOR_PCT: usize = 5008;
    /// Most deposits, tokens, u64.
    pub const DEPOSIT_LIMIT: usize = 5016;
    /// Most debts, tokens, u64.
    pub const BORROW_LIMIT: usize = 5024;
    /// Oldest price, seconds, u64.
    pub const MAX_PRICE_AGE: usize = 5096;
    /// Scope prices, key.
    pub const SCOPE: usize = 5112;
    /// Switchboard price, key.
    pub const SWITCHBOARD: usize = 5160;
    /// Switchboard average, key.
    pub const SWITCHBOARD_TWAP: usize = 5192;
    /// Pyth price, key.
    pub const PYTH: usize = 5224;
    /// Limiter of redemptions: capacity, total, interval start, interval length.
    pub const DEPOSIT_CAP: usize = 5416;
    /// Limiter of borrows, likewise.
    pub const DEBT_CAP: usize = 5448;
    /// Elevation groups of the reserve, 20 bytes.
    pub const GROUPS: usize = 5480;
    /// No collateral outside groups, u8.
    pub const NO_COLLATERAL_OUTSIDE: usize = 5500;
    /// Utilisation above which borrowing stops, per cent, u8.
    pub const UTILISATION_LIMIT_PCT: usize = 5501;
    /// Deleveraging is allowed, u8.
    pub const AUTODELEVERAGE: usize = 5502;
    /// Most debts outside groups, tokens, u64.
    pub const BORROW_LIMIT_OUTSIDE: usize = 5504;
    /// Unix time at which debts fall due, u64.
    pub const MATURITY: usize = 5776;
    /// Term of a debt, seconds, u64.
    pub const TERM: usize = 5784;
    /// Permissioned operations, u64, since 1.25.
    pub const PERMISSIONED: usize = 5800;
    /// Debts outside groups, tokens, u64.
    pub const BORROWED_OUTSIDE: usize = 6704;
    /// cTokens that wait in the withdraw queue, u64.
    pub const QUEUED: usize = 6968;
}

/// `Obligation`.
pub mod obligation {
    /// Length.
    pub const LEN: usize = 3344;
    /// Tag, u64.
    pub const TAG: usize = 8;
    /// Slot of the last refresh, u64.
    pub const SLOT: usize = 16;
    /// Touched since, u8.
    pub const STALE: usize = 24;
    /// Price checks that all its reserves passed, u8.
    pub const PRICE_STATUS: usize = 25;
    /// Market, key.
    pub const MARKET: usize = 32;
    /// Owner, key.
    pub const OWNER: usize = 64;
    /// Deposits.
    pub const DEPOSITS: usize = 96;
    /// Size of a deposit.
    pub const DEPOSIT_LEN: usize = 136;
    /// Most deposits.
    pub const DEPOSIT_COUNT: usize = 8;
    /// Debts.
    pub const BORROWS: usize = 1208;
    /// Size of a debt.
    pub const BORROW_LEN: usize = 200;
    /// Most debts.
    pub const BORROW_COUNT: usize = 5;
    /// Elevation group, u8.
    pub const GROUP: usize = 2285;
    /// Referrer, key.
    pub const REFERRER: usize = 2288;
    /// No new debts, u8.
    pub const BORROWING_DISABLED: usize = 2320;
    /// Loan-to-value that the market's owner deleverages to, per cent, u8.
    pub const DELEVERAGE_TARGET_PCT: usize = 2321;
    /// A change of owner is under way, u8, since 1.25.
    pub const OWNERSHIP_TRANSFER: usize = 2324;
    /// Unix time at which a deleveraging margin call began, u64.
    pub const MARGIN_CALL: usize = 2336;
    /// Standing orders that may sell collateral, 2 of 128 bytes.
    pub const ORDERS: usize = 2344;
    /// Their bytes.
    pub const ORDERS_LEN: usize = 256;
    /// Standing orders that may borrow, since 1.25: one of 160 bytes.
    pub const BORROW_ORDER: usize = 2600;
    /// Its bytes.
    pub const BORROW_ORDER_LEN: usize = 160;
    /// More of them, behind the pending owner: 2 of 160 bytes.
    pub const MORE_BORROW_ORDERS: usize = 2792;
    /// Their bytes.
    pub const MORE_BORROW_ORDERS_LEN: usize = 320;

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
        /// Cumulative borrow rate at the last refresh, 4 limbs.
        pub const CUMULATIVE: usize = 32;
        /// Unix time of the last borrow, u64.
        pub const BORROWED_AT: usize = 80;
        /// Debt at the last refresh, scaled, u128.
        pub const BORROWED: usize = 88;
    }
}

/// `UserMetadata`. Nothing in it is read.
pub mod user_metadata {
    /// Length of the account.
    pub const LEN: usize = 1032;
}
