//! The vault's own errors.
//!
//! What Trestle refuses ends the vault's instruction with Trestle's code, so
//! its users read that in the one place: `split_code` and `TrestleError` of the
//! interface. These codes start where none of Trestle's lie.

use solana_program::program_error::ProgramError;

macro_rules! errors {
    ($($(#[doc = $text:literal])+ $code:literal $name:ident,)+) => {
        /// An error of the vault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum VaultError { $($(#[doc = $text])+ $name,)+ }

        impl VaultError {
            /// The wire code.
            #[must_use]
            pub const fn code(self) -> u32 {
                match self { $(Self::$name => $code,)+ }
            }
        }
    };
}

errors! {
    /// No such instruction, or arguments of another length.
    40_000 BadData,
    /// Fewer accounts than the list has.
    40_001 AccountCount,
    /// A signature is missing, or an account is not writable.
    40_002 BadRole,
    /// Not an account of this vault, or of this user.
    40_003 WrongAccount,
    /// Not the program, or not the margin account, that the vault was made for.
    40_004 NotOurs,
    /// The signer is not the manager.
    40_005 NotManager,
    /// The return data is not a health report of Trestle's.
    40_006 ForgedReport,
    /// The report rests on old data: refresh the board in front.
    40_007 StaleReport,
    /// Initial health would be below the vault's floor.
    40_008 BelowFloor,
    /// The vault is worth nothing, or less.
    40_009 NothingLeft,
    /// The shares come out as zero, or beyond the caller's bound.
    40_010 Bound,
    /// More shares than the user holds.
    40_011 TooFewShares,
    /// A number left its range.
    40_012 Overflow,
}

impl From<VaultError> for ProgramError {
    fn from(error: VaultError) -> Self {
        Self::Custom(error.code())
    }
}
