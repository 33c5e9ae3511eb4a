//! Guards, alone in front of other instructions or as operations of a batch.

use super::Trestle;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::args::{
    AssertDeadlineArgs, AssertHealthArgs, AssertRateArgs, AssertSequenceArgs,
};
use trestle_interface::tag::Tag;

impl Trestle {
    /// Fails unless the account's sequence number is `expected`.
    #[must_use]
    pub fn assert_sequence(
        &self,
        authority: Address,
        account: Address,
        expected: u64,
    ) -> Instruction {
        let args = AssertSequenceArgs { expected };
        self.operation(Tag::AssertSequence, authority, account, &[], &args.to_bytes())
    }

    /// Fails unless health reaches a floor. `reads` are what is owed at venues,
    /// as [`Trestle::reads`] gives it.
    #[must_use]
    pub fn assert_health(
        &self,
        authority: Address,
        account: Address,
        args: &AssertHealthArgs,
        reads: &[AccountMeta],
    ) -> Instruction {
        let mut guard =
            self.operation(Tag::AssertHealth, authority, account, &[], &args.to_bytes());
        guard.accounts.extend_from_slice(reads);
        guard
    }

    /// Fails unless a rate on the board keeps a bound.
    #[must_use]
    pub fn assert_rate(
        &self,
        authority: Address,
        account: Address,
        args: &AssertRateArgs,
    ) -> Instruction {
        self.operation(Tag::AssertRate, authority, account, &[], &args.to_bytes())
    }

    /// Fails after a time or a slot.
    #[must_use]
    pub fn assert_deadline(
        &self,
        authority: Address,
        account: Address,
        args: &AssertDeadlineArgs,
    ) -> Instruction {
        self.operation(Tag::AssertDeadline, authority, account, &[], &args.to_bytes())
    }
}
