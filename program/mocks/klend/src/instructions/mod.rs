//! One file per family. Each instruction names its accounts in klend's order.

mod borrow;
mod deposit;
mod farms;
mod group;
mod init;
mod liquidate;
mod receipts;
mod refresh;
mod repay;
mod version_one;
mod withdraw;

use crate::error::{BAD_ARGUMENTS, Result, UNKNOWN_INSTRUCTION, ensure};
use crate::state::Field;
use solana_program::account_info::AccountInfo;
use solana_program::clock::Clock;
use solana_program::sysvar::Sysvar;

/// Slot and time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    slot: u64,
    unix: u64,
}

impl Now {
    fn get() -> Result<Self> {
        let clock = Clock::get()?;
        Ok(Self { slot: clock.slot, unix: clock.unix_timestamp.unsigned_abs() })
    }
}

/// Runs an instruction by its discriminator.
pub(crate) fn dispatch<'a>(accounts: &'a [AccountInfo<'a>], data: &[u8]) -> Result<()> {
    let (discriminator, args) = data.split_first_chunk::<8>().ok_or(UNKNOWN_INSTRUCTION)?;
    match u64::from_be_bytes(*discriminator) {
        0x75a9_b045_c517_0fa2 => init::user_metadata(accounts, parse(args, 32)?),
        0xfb0a_e74c_1b0b_9f60 => init::obligation(accounts, parse(args, 2)?),
        0x883f_0fba_d398_a8a4 => farms::init(accounts, parse(args, 1)?[0]),
        0x8c90_fd15_0a4a_f803 => farms::refresh(accounts, parse(args, 1)?[0]),
        0x02da_8aeb_4fc9_1966 => refresh::reserve(accounts),
        0x906e_1a67_a2cc_fc93 => refresh::batch(accounts, parse(args, 1)?[0] != 0),
        0x2184_93e4_97c0_4859 => refresh::obligation(accounts),
        0xa9c9_1e7e_06cd_6644 => receipts::deposit(accounts, amount(args)?),
        0xea75_b57d_b98e_dc1d => receipts::redeem(accounts, amount(args)?),
        0xd8e0_bf1b_cc97_66af => deposit::run(accounts, amount(args)?),
        0xeb34_7798_95c5_1407 => withdraw::run(accounts, amount(args)?),
        0xa180_8ff5_abc7_c206 => borrow::run(accounts, amount(args)?),
        0x74ae_d54c_b435_d290 => repay::run(accounts, amount(args)?),
        0xa2a1_238f_1ebb_b967 => liquidate::run(accounts, parse(args, 24)?),
        0x2477_fb81_22f0_0793 => group::request(accounts, parse(args, 1)?[0]),
        other => version_one::run(accounts, other),
    }
}

/// The arguments, of a known length.
fn parse(args: &[u8], len: usize) -> Result<&[u8]> {
    args.get(..len).ok_or(BAD_ARGUMENTS)
}

fn amount(args: &[u8]) -> Result<u64> {
    Ok(u64::read(parse(args, 8)?))
}

/// Takes the first `N` accounts apart after their roles were checked.
fn take<'a, const N: usize>(
    accounts: &'a [AccountInfo<'a>],
    roles: &str,
) -> Result<(&'a [AccountInfo<'a>; N], &'a [AccountInfo<'a>])> {
    crate::roles::check(accounts, roles)?;
    accounts.split_first_chunk::<N>().ok_or(crate::error::NOT_ENOUGH_ACCOUNTS)
}

/// An optional account: absent is klend's own id.
fn given<'a, 'i>(info: &'a AccountInfo<'i>) -> Option<&'a AccountInfo<'i>> {
    (*info.key != crate::ids::KLEND).then_some(info)
}

/// A number of zero is no act.
fn some(amount: u64) -> Result<()> {
    ensure(amount != 0, crate::error::INVALID_AMOUNT)
}
