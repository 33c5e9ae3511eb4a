//! Version 1 of the acts on obligations: they look at the transaction around
//! them and are closed to calls by other programs.
//!
//! klend lets a fixed list of programs through, and at the top level runs them
//! between the right neighbours. The mock does neither: use version 2.

use super::take;
use crate::error::*;
use solana_program::account_info::AccountInfo;
use solana_program::instruction::{TRANSACTION_LEVEL_STACK_HEIGHT, get_stack_height};

/// Supply.
const DEPOSIT: &str = "SW. -Wo --m --. -Wr --M -Wt -WM -Wt -Wt ?-. --T --i --s";
/// Withdraw and redeem.
const WITHDRAW: &str = "SW. -Wo --m --. -Wr --M -Wt -WM -Wt -Wt ?-. --T --i --s";
/// Borrow.
const BORROW: &str = "S-. -Wo --m --. -Wr --M -Wt -Wt -Wt ?W. --i --s";
/// Repay.
const REPAY: &str = "S-. -Wo --m -Wr --M -Wt -Wt --i --s";
/// Liquidate.
const LIQUIDATE: &str =
    "S-. -Wo --m --. -Wr --M -Wt -Wr --M -WM -Wt -Wt -Wt -Wt -Wt -Wt --T --i --i --s";
/// Receipts into an obligation.
const DEPOSIT_RECEIPTS: &str = "S-. -Wo --m -Wr -Wt -Wt --T --s";
/// Receipts out of one.
const WITHDRAW_RECEIPTS: &str = "SW. -Wo --m --. -Wr -Wt -Wt --T --s";

/// Refuses them all.
pub(super) fn run<'a>(accounts: &'a [AccountInfo<'a>], discriminator: u64) -> Result<()> {
    let roles = match discriminator {
        0x81c7_0402_de27_1a2e => DEPOSIT,
        0x4b5d_5ddc_2296_dac4 => WITHDRAW,
        0x797f_12cc_49f5_e141 => BORROW,
        0x91b2_0de1_4cf0_9348 => REPAY,
        0xb147_9abc_e285_4a37 => LIQUIDATE,
        0x6cd1_0448_1516_7685 => DEPOSIT_RECEIPTS,
        0x2574_cd67_f3c0_5cc6 => WITHDRAW_RECEIPTS,
        _ => return Err(UNKNOWN_INSTRUCTION),
    };
    take::<0>(accounts, roles)?;
    let by_cpi = get_stack_height() > TRANSACTION_LEVEL_STACK_HEIGHT;
    Err(if by_cpi { CPI_DISABLED } else { INCORRECT_INSTRUCTION_IN_POSITION })
}
