//! Sessions: what regions and receiverships share. A begin finds its end among
//! the transaction's instructions before it opens anything.
//!
//! Trusts: the instructions sysvar, which the runtime writes. Guarantees: the
//! named end stands behind, is of the same account, and nothing between begins
//! or ends a session of it.

use crate::Result;
use crate::accounts::expect_address;
use solana_program::account_info::AccountInfo;
use solana_program::instruction::{TRANSACTION_LEVEL_STACK_HEIGHT, get_stack_height};
use solana_program::pubkey::Pubkey;
use trestle_interface::{Tag, TrestleError};
use trestle_venue_adapters::transaction::{INSTRUCTIONS_SYSVAR, Instruction, Transaction};

/// Where every begin and end names its signer.
const SIGNER: usize = 0;
/// Where every begin and end names the margin account.
const ACCOUNT: usize = 1;

/// The instruction is the transaction's own, not another program's call.
pub(super) fn expect_top_level() -> Result<()> {
    let top = get_stack_height() == TRANSACTION_LEVEL_STACK_HEIGHT;
    if top { Ok(()) } else { Err(TrestleError::RegionByCpi) }
}

/// What the end of a session must look like.
pub(super) struct Bracket<'a> {
    /// Margin account.
    pub(super) account: &'a Pubkey,
    /// Who must sign it, where the end could not tell by itself.
    pub(super) signer: Option<&'a Pubkey>,
    /// The instruction.
    pub(super) ends: Tag,
}

impl Bracket<'_> {
    /// The instruction of number `end` is the session's end, and no other
    /// instruction before it begins or ends a session of the account.
    pub(super) fn expect_end(
        &self,
        program_id: &Pubkey,
        instructions: &AccountInfo,
        end: u16,
    ) -> Result<()> {
        expect_address(instructions, &Pubkey::new_from_array(INSTRUCTIONS_SYSVAR))?;
        let sysvar = instructions.try_borrow_data().map_err(|_| TrestleError::Borrowed)?;
        let transaction = Transaction::read(&sysvar).ok_or(TrestleError::Corrupt)?;
        let current = transaction.current();
        let own = transaction.instruction(current).ok_or(TrestleError::Corrupt)?;
        if own.program != program_id.to_bytes() {
            return Err(TrestleError::RegionByCpi);
        }
        let on_account = |instruction: &Instruction<'_>| {
            instruction.program == program_id.to_bytes()
                && instruction.account(ACCOUNT) == Some(self.account.to_bytes())
        };
        let named = transaction.instruction(end).ok_or(TrestleError::RegionUnmatched)?;
        let ends = named.data == [self.ends.byte()];
        let signed = self.signer.is_none_or(|key| named.account(SIGNER) == Some(key.to_bytes()));
        if end <= current || !ends || !signed || !on_account(&named) {
            return Err(TrestleError::RegionUnmatched);
        }
        for number in current.saturating_add(1)..end {
            let other = transaction.instruction(number).ok_or(TrestleError::Corrupt)?;
            if brackets(&other) && on_account(&other) {
                return Err(TrestleError::RegionNested);
            }
        }
        Ok(())
    }
}

/// Whether an instruction, were it the program's, begins or ends a session.
fn brackets(instruction: &Instruction<'_>) -> bool {
    let tag = instruction.data.first().and_then(|byte| Tag::from_byte(*byte));
    let sessions = [Tag::BeginRegion, Tag::EndRegion, Tag::BeginLiquidation, Tag::EndLiquidation];
    tag.is_some_and(|tag| sessions.contains(&tag))
}
