//! Programs, sysvars and instruction tags of Save.

use crate::plan::Key;

/// Save (formerly Solend), `So1endDq2YkqhipRh3WViPa8hdiSpxWy6z3Z6tMCpAo`.
pub const PROGRAM: Key = [
    6, 155, 139, 152, 90, 171, 83, 42, 69, 9, 13, 232, 85, 127, 205, 220, 190, 108, 183, 239, 199,
    58, 10, 101, 176, 111, 146, 3, 93, 183, 62, 236,
];
/// What Save writes for an oracle that is not configured, `nu11111111111111111111111111111111111111111`.
pub const NO_ORACLE: Key = [
    11, 193, 238, 216, 208, 116, 241, 195, 55, 212, 76, 22, 75, 202, 40, 216, 76, 206, 27, 169,
    138, 64, 177, 28, 19, 90, 156, 0, 0, 0, 0, 0,
];
/// Rent sysvar, `SysvarRent111111111111111111111111111111111`.
pub const RENT_SYSVAR: Key = [
    6, 167, 213, 23, 25, 44, 92, 81, 33, 140, 201, 76, 61, 74, 241, 127, 88, 218, 238, 8, 155, 161,
    253, 68, 227, 219, 217, 138, 0, 0, 0, 0,
];

/// Tags of the instructions that Trestle sends: the first byte of the data.
pub mod instruction {
    /// `RefreshReserve`.
    pub const REFRESH_RESERVE: u8 = 3;
    /// `InitObligation`.
    pub const INIT_OBLIGATION: u8 = 6;
    /// `RefreshObligation`.
    pub const REFRESH_OBLIGATION: u8 = 7;
    /// `BorrowObligationLiquidity`.
    pub const BORROW: u8 = 10;
    /// `RepayObligationLiquidity`.
    pub const REPAY: u8 = 11;
    /// `DepositReserveLiquidityAndObligationCollateral`.
    pub const SUPPLY: u8 = 14;
    /// `WithdrawObligationCollateralAndRedeemReserveCollateral`.
    pub const REDEEM: u8 = 15;
}
