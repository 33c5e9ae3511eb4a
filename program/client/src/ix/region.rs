//! One check for several instructions of a transaction, a swap among them.

use super::Trestle;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::accounts::{BeginRegionAccounts, OwnerAccounts};
use trestle_interface::args::BeginRegionArgs;
use trestle_interface::tag::Tag;
use trestle_venue_adapters::transaction::INSTRUCTIONS_SYSVAR;

/// Why instructions do not make a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionError {
    /// More instructions than a transaction can number.
    Long,
}

impl Trestle {
    /// A region: its begin, the instructions between, its end. `in_front` is
    /// how many instructions the transaction has before them, the compute
    /// budget's included. `reads` are accounts for the check, as
    /// [`Trestle::reads`] gives them.
    ///
    /// # Errors
    /// [`RegionError`].
    pub fn region(
        &self,
        owner: Address,
        account: Address,
        in_front: usize,
        between: &[Instruction],
        reads: &[AccountMeta],
    ) -> Result<Vec<Instruction>, RegionError> {
        let end = in_front.saturating_add(between.len()).saturating_add(1);
        let end = u16::try_from(end).map_err(|_| RegionError::Long)?;
        let mut region = vec![self.begin_region(owner, account, end)];
        region.extend_from_slice(between);
        region.push(self.end_region(owner, account, reads));
        Ok(region)
    }

    /// Begins a region that the transaction's instruction of number `end` ends.
    #[must_use]
    pub fn begin_region(&self, owner: Address, account: Address, end: u16) -> Instruction {
        let instructions = Address::new_from_array(INSTRUCTIONS_SYSVAR);
        let list = BeginRegionAccounts { owner, account, instructions };
        let args = BeginRegionArgs { end };
        self.instruction(Tag::BeginRegion, &list.into_array(), &args.to_bytes(), &[])
    }

    /// Ends a region.
    #[must_use]
    pub fn end_region(
        &self,
        owner: Address,
        account: Address,
        reads: &[AccountMeta],
    ) -> Instruction {
        let list =
            OwnerAccounts { authority: owner, account, prices: self.prices, markets: self.markets };
        self.instruction(Tag::EndRegion, &list.into_array(), &[], reads)
    }
}
