//! Programs, sysvars, discriminators and address seeds of Kamino Lend.
//!
//! A discriminator is the first eight bytes of `sha256("global:<name>")` for
//! an instruction and of `sha256("account:<Name>")` for an account.

use crate::plan::Key;
pub use crate::transaction::INSTRUCTIONS_SYSVAR;

/// Kamino Lend (klend), `KLend2g3cP87fffoy8q1mQqGKjrxjC8boSyAYavgmjD`.
pub const PROGRAM: Key = [
    4, 178, 172, 177, 18, 88, 204, 227, 104, 44, 65, 139, 168, 114, 255, 61, 249, 17, 2, 113, 47,
    21, 175, 18, 182, 190, 105, 179, 67, 91, 0, 8,
];
/// Kamino Farms, `FarmsPZpWu9i7Kky8tPN37rs2TpmMrAZrC7S7vJa91Hr`.
pub const FARMS_PROGRAM: Key = [
    216, 176, 16, 23, 99, 211, 229, 31, 18, 110, 97, 86, 222, 133, 222, 140, 97, 48, 89, 184, 68,
    104, 208, 218, 63, 232, 162, 162, 37, 28, 199, 1,
];
/// The System program, and what klend writes for "no key".
pub const SYSTEM_PROGRAM: Key = [0; 32];
/// Rent sysvar, `SysvarRent111111111111111111111111111111111`.
pub const RENT_SYSVAR: Key = [
    6, 167, 213, 23, 25, 44, 92, 81, 33, 140, 201, 76, 61, 74, 241, 127, 88, 218, 238, 8, 155, 161,
    253, 68, 227, 219, 217, 138, 0, 0, 0, 0,
];
/// Jupiter Lend vaults: klend refuses a repayment in a transaction that names it at top level, `jupr81YtYssSyPt8jbnGuiWon5f6x9TcDEFxYe3Bdzi`.
pub const JUPITER_VAULTS: Key = [
    10, 254, 31, 147, 34, 167, 161, 209, 195, 102, 29, 103, 23, 145, 202, 155, 48, 211, 32, 47, 30,
    31, 214, 135, 58, 119, 204, 220, 113, 143, 17, 51,
];

/// Accounts.
pub mod account {
    /// `LendingMarket`.
    pub const MARKET: [u8; 8] = [0xf6, 0x72, 0x32, 0x62, 0x48, 0x9d, 0x1c, 0x78];
    /// `Reserve`.
    pub const RESERVE: [u8; 8] = [0x2b, 0xf2, 0xcc, 0xca, 0x1a, 0xf7, 0x3b, 0x7f];
    /// `Obligation`.
    pub const OBLIGATION: [u8; 8] = [0xa8, 0xce, 0x8d, 0x6a, 0x58, 0x4c, 0xac, 0xa7];
    /// `UserMetadata`.
    pub const USER_METADATA: [u8; 8] = [0x9d, 0xd6, 0xdc, 0xeb, 0x62, 0x87, 0xab, 0x1c];
}

/// Instructions that Trestle sends. Version 1 of the obligation instructions
/// forbids calls from programs, so those are version 2.
pub mod instruction {
    /// `init_user_metadata`.
    pub const INIT_USER_METADATA: [u8; 8] = [0x75, 0xa9, 0xb0, 0x45, 0xc5, 0x17, 0x0f, 0xa2];
    /// `init_obligation`.
    pub const INIT_OBLIGATION: [u8; 8] = [0xfb, 0x0a, 0xe7, 0x4c, 0x1b, 0x0b, 0x9f, 0x60];
    /// `init_obligation_farms_for_reserve`.
    pub const INIT_FARM: [u8; 8] = [0x88, 0x3f, 0x0f, 0xba, 0xd3, 0x98, 0xa8, 0xa4];
    /// `refresh_reserves_batch`.
    pub const REFRESH_RESERVES_BATCH: [u8; 8] = [0x90, 0x6e, 0x1a, 0x67, 0xa2, 0xcc, 0xfc, 0x93];
    /// `refresh_obligation`.
    pub const REFRESH_OBLIGATION: [u8; 8] = [0x21, 0x84, 0x93, 0xe4, 0x97, 0xc0, 0x48, 0x59];
    /// `refresh_obligation_farms_for_reserve`.
    pub const REFRESH_FARM: [u8; 8] = [0x8c, 0x90, 0xfd, 0x15, 0x0a, 0x4a, 0xf8, 0x03];
    /// `deposit_reserve_liquidity_and_obligation_collateral_v2`.
    pub const SUPPLY: [u8; 8] = [0xd8, 0xe0, 0xbf, 0x1b, 0xcc, 0x97, 0x66, 0xaf];
    /// `withdraw_obligation_collateral_and_redeem_reserve_collateral_v2`.
    pub const REDEEM: [u8; 8] = [0xeb, 0x34, 0x77, 0x98, 0x95, 0xc5, 0x14, 0x07];
    /// `borrow_obligation_liquidity_v2`.
    pub const BORROW: [u8; 8] = [0xa1, 0x80, 0x8f, 0xf5, 0xab, 0xc7, 0xc2, 0x06];
    /// `repay_obligation_liquidity_v2`.
    pub const REPAY: [u8; 8] = [0x74, 0xae, 0xd5, 0x4c, 0xb4, 0x35, 0xd2, 0x90];
    /// `request_elevation_group`.
    pub const REQUEST_ELEVATION_GROUP: [u8; 8] = [0x24, 0x77, 0xfb, 0x81, 0x22, 0xf0, 0x07, 0x93];
    /// `harvest_reward` of Kamino Farms.
    pub const HARVEST: [u8; 8] = [0x44, 0xc8, 0xe4, 0xe9, 0xb8, 0x20, 0xe2, 0xbc];
}
