//! Programs and sysvars that klend knows by address.

use solana_program::pubkey::Pubkey;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $key:literal;)*) => {
        $($(#[$doc])* pub const $name: Pubkey = Pubkey::from_str_const($key);)*
    };
}

ids! {
    /// klend on mainnet.
    KLEND = "KLend2g3cP87fffoy8q1mQqGKjrxjC8boSyAYavgmjD";
    /// Kamino Farms.
    FARMS = "FarmsPZpWu9i7Kky8tPN37rs2TpmMrAZrC7S7vJa91Hr";
    /// SPL Token.
    TOKEN = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
    /// Token-2022.
    TOKEN_2022 = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb";
    /// Instructions sysvar.
    INSTRUCTIONS = "Sysvar1nstructions1111111111111111111111111";
    /// Rent sysvar.
    RENT = "SysvarRent111111111111111111111111111111111";
    /// System program, and the address that means "none" in account data.
    SYSTEM = "11111111111111111111111111111111";
    /// Jupiter Lend vaults: not beside a repayment.
    JUPITER_VAULTS = "jupr81YtYssSyPt8jbnGuiWon5f6x9TcDEFxYe3Bdzi";
}
