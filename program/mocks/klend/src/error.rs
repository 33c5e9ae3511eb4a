//! Refusals: klend's own codes and those of the framework it is written in.

use solana_program::program_error::ProgramError;

/// Result of everything here.
pub type Result<T> = core::result::Result<T, ProgramError>;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        $($(#[$doc])* pub const $name: ProgramError = ProgramError::Custom($code);)*
    };
}

codes! {
    /// An amount of zero.
    INVALID_AMOUNT = 6003;
    /// The wrong account in its place, or too few of them.
    INVALID_ACCOUNT_INPUT = 6006;
    /// A sum that leaves its range.
    MATH_OVERFLOW = 6007;
    /// The reserve does not have that much free liquidity.
    INSUFFICIENT_LIQUIDITY = 6008;
    /// The reserve was not refreshed in this slot, or its price lacks a check.
    RESERVE_STALE = 6009;
    /// Nothing would be withdrawn.
    WITHDRAW_TOO_SMALL = 6010;
    /// More than the loan-to-value lets go.
    WITHDRAW_TOO_LARGE = 6011;
    /// Nothing would be left after fees.
    BORROW_TOO_SMALL = 6012;
    /// More than the collateral carries.
    BORROW_TOO_LARGE = 6013;
    /// Nothing would be repaid.
    REPAY_TOO_SMALL = 6014;
    /// Nothing would be repaid or seized.
    LIQUIDATION_TOO_SMALL = 6015;
    /// A healthy obligation is not liquidated.
    OBLIGATION_HEALTHY = 6016;
    /// The obligation was not refreshed in this slot, or a price lacks a check.
    OBLIGATION_STALE = 6017;
    /// No free slot.
    OBLIGATION_RESERVE_LIMIT = 6018;
    /// The signer does not own the obligation.
    INVALID_OBLIGATION_OWNER = 6019;
    /// No collateral at all.
    OBLIGATION_DEPOSITS_EMPTY = 6020;
    /// No debt at all.
    OBLIGATION_BORROWS_EMPTY = 6021;
    /// Collateral of no value.
    OBLIGATION_DEPOSITS_ZERO = 6022;
    /// Debt of no value.
    OBLIGATION_BORROWS_ZERO = 6023;
    /// No collateral of this reserve.
    INVALID_OBLIGATION_COLLATERAL = 6024;
    /// No debt of this reserve.
    INVALID_OBLIGATION_LIQUIDITY = 6025;
    /// The collateral is worth nothing.
    OBLIGATION_COLLATERAL_EMPTY = 6026;
    /// The debt is worth nothing.
    OBLIGATION_LIQUIDITY_EMPTY = 6027;
    /// A cumulative rate that fell.
    NEGATIVE_INTEREST_RATE = 6028;
    /// The market is halted.
    GLOBAL_EMERGENCY_MODE = 6042;
    /// No usable price.
    PRICE_NOT_VALID = 6044;
    /// The reserve has no farm of that kind.
    NO_FARM_FOR_RESERVE = 6050;
    /// A version 1 instruction without its neighbours.
    INCORRECT_INSTRUCTION_IN_POSITION = 6051;
    /// Another oracle than the reserve's.
    INVALID_PYTH_PRICE_ACCOUNT = 6054;
    /// Another Switchboard feed than the reserve's.
    INVALID_SWITCHBOARD_ACCOUNT = 6055;
    /// Another Scope account than the reserve's.
    INVALID_SCOPE_PRICE_ACCOUNT = 6056;
    /// Seeds that do not go with the tag.
    INVALID_OBLIGATION_SEEDS = 6058;
    /// More than the cap of this interval.
    WITHDRAWAL_CAP_REACHED = 6064;
    /// A cap's interval that starts in the future.
    LAST_TIMESTAMP_GREATER = 6065;
    /// The liquidator would receive less than it asked for.
    LIQUIDATION_REWARD_TOO_SMALL = 6066;
    /// The reserve is not in the obligation's elevation group.
    INCONSISTENT_ELEVATION_GROUP = 6068;
    /// No such elevation group.
    INVALID_ELEVATION_GROUP = 6069;
    /// The debt is above what the new group allows.
    UNHEALTHY_ELEVATION_GROUP_LTV = 6071;
    /// The group is closed for new debt.
    ELEVATION_GROUP_NEW_LOANS_DISABLED = 6072;
    /// The reserve is of another version.
    RESERVE_DEPRECATED = 6073;
    /// Not to be called by another program.
    CPI_DISABLED = 6080;
    /// The reserve is closed.
    RESERVE_OBSOLETE = 6082;
    /// The obligation is in that group already.
    ELEVATION_GROUP_ALREADY_ACTIVATED = 6083;
    /// A closed reserve has to be left first.
    OBLIGATION_IN_OBSOLETE_RESERVE = 6084;
    /// Collateral without a liquidation threshold.
    COLLATERAL_NON_LIQUIDATABLE = 6087;
    /// The market does not lend.
    BORROWING_DISABLED = 6088;
    /// Above the reserve's debt limit.
    BORROW_LIMIT_EXCEEDED = 6089;
    /// Above the reserve's supply limit.
    DEPOSIT_LIMIT_EXCEEDED = 6090;
    /// Some collateral carries debt only inside a group.
    BORROWING_DISABLED_OUTSIDE_GROUP = 6091;
    /// A rest of too little value.
    NET_VALUE_REMAINING_TOO_SMALL = 6092;
    /// The loan-to-value would get worse.
    WORSE_LTV_BLOCKED = 6093;
    /// Debt above collateral.
    LIABILITIES_BIGGER_THAN_ASSETS = 6094;
    /// Vault and books part.
    RESERVE_TOKEN_BALANCE_MISMATCH = 6095;
    /// The vault moved otherwise than asked.
    RESERVE_VAULT_BALANCE_MISMATCH = 6096;
    /// The books moved otherwise than asked.
    RESERVE_ACCOUNTING_MISMATCH = 6097;
    /// Utilization above where lending stops.
    BORROWING_ABOVE_UTILIZATION_DISABLED = 6098;
    /// Another debt has the higher borrow factor.
    LIQUIDATION_BORROW_FACTOR_PRIORITY = 6099;
    /// Other collateral has the lower threshold.
    LIQUIDATION_LOWEST_LTV_PRIORITY = 6100;
    /// Above a debt limit of a group, or outside of groups.
    ELEVATION_GROUP_BORROW_LIMIT_EXCEEDED = 6101;
    /// The group names no debt reserve.
    ELEVATION_GROUP_WITHOUT_DEBT_RESERVE = 6102;
    /// The group takes no collateral.
    ELEVATION_GROUP_MAX_COLLATERAL_ZERO = 6103;
    /// The group lends another token.
    ELEVATION_GROUP_HAS_ANOTHER_DEBT_RESERVE = 6104;
    /// The group's debt cannot be its collateral.
    ELEVATION_GROUP_DEBT_RESERVE_AS_COLLATERAL = 6105;
    /// More kinds of collateral than the group takes.
    OBLIGATION_COLLATERAL_EXCEEDS_GROUP_LIMIT = 6106;
    /// More than one debt in a group.
    OBLIGATION_GROUP_MULTIPLE_DEBT = 6107;
    /// This collateral takes no debt outside a group.
    DEPOSIT_DISABLED_OUTSIDE_GROUP = 6110;
    /// The obligation is being wound down.
    OBLIGATION_MARKED_FOR_DELEVERAGING = 6115;
    /// Nothing can be withdrawn.
    MAXIMUM_WITHDRAW_VALUE_ZERO = 6116;
    /// The loan-to-value would pass the liquidation threshold.
    WORSE_LTV_THAN_UNHEALTHY = 6119;
    /// The reserve has a farm, its accounts are not given.
    FARM_ACCOUNTS_MISSING = 6120;
    /// A small debt is liquidated whole.
    REPAY_TOO_SMALL_FOR_FULL_LIQUIDATION = 6121;
    /// The liquidator would repay more than it offered.
    INSUFFICIENT_REPAY_AMOUNT = 6122;
    /// The reserve does not hand out receipts.
    CTOKEN_USAGE_BLOCKED = 6132;
    /// A program of the transaction is not allowed beside a repayment.
    RESTRICTED_PROGRAMS = 6134;
    /// The reserve's loans have ended.
    RESERVE_DEBT_MATURITY_REACHED = 6139;
    /// The debt's term has ended.
    DEBT_REACHED_TERM = 6142;

    /// Framework: no such instruction.
    UNKNOWN_INSTRUCTION = 101;
    /// Framework: arguments do not parse.
    BAD_ARGUMENTS = 102;
    /// Framework: an account that must be writable.
    CONSTRAINT_MUT = 2000;
    /// Framework: an account that another must name.
    CONSTRAINT_HAS_ONE = 2001;
    /// Framework: not the derived address.
    CONSTRAINT_SEEDS = 2006;
    /// Framework: not the stored address.
    CONSTRAINT_ADDRESS = 2012;
    /// Framework: a token account of another mint.
    CONSTRAINT_TOKEN_MINT = 2014;
    /// Framework: a token account of another owner.
    CONSTRAINT_TOKEN_OWNER = 2015;
    /// Framework: a mint of another token program.
    CONSTRAINT_MINT_TOKEN_PROGRAM = 2022;
    /// Framework: too short for a discriminator.
    NO_DISCRIMINATOR = 3001;
    /// Framework: another kind of account.
    WRONG_DISCRIMINATOR = 3002;
    /// Framework: too few accounts.
    NOT_ENOUGH_ACCOUNTS = 3005;
    /// Framework: a trailing account that must be writable.
    ACCOUNT_NOT_MUTABLE = 3006;
    /// Framework: an account of another program.
    WRONG_OWNER = 3007;
    /// Framework: not the expected program.
    WRONG_PROGRAM = 3008;
    /// Framework: a signature is missing.
    NOT_SIGNER = 3010;
    /// Framework: no such account.
    NOT_INITIALIZED = 3012;
}

/// `Err` unless `condition`.
pub fn ensure(condition: bool, refusal: ProgramError) -> Result<()> {
    if condition { Ok(()) } else { Err(refusal) }
}
