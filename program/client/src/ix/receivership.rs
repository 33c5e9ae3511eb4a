//! A liquidation in several instructions of a transaction, swaps among them.

use super::Trestle;
use super::region::RegionError;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::accounts::{BeginLiquidationAccounts, EndLiquidationAccounts};
use trestle_interface::args::BeginLiquidationArgs;
use trestle_interface::tag::Tag;
use trestle_venue_adapters::transaction::INSTRUCTIONS_SYSVAR;

impl Trestle {
    /// A receivership: its begin, the instructions between, its end. `in_front`
    /// is how many instructions the transaction has before them. `reads` name
    /// every venue account that owes something, its reserves, and the running
    /// totals of its class.
    ///
    /// # Errors
    /// [`RegionError`].
    pub fn receivership(
        &self,
        liquidator: Address,
        account: Address,
        in_front: usize,
        between: &[Instruction],
        reads: &[AccountMeta],
    ) -> Result<Vec<Instruction>, RegionError> {
        let end = in_front.saturating_add(between.len()).saturating_add(1);
        let end = u16::try_from(end).map_err(|_| RegionError::Long)?;
        let mut list = vec![self.begin_liquidation(liquidator, account, end, reads)];
        list.extend_from_slice(between);
        list.push(self.end_liquidation(liquidator, account, reads));
        Ok(list)
    }

    /// Opens a receivership that the transaction's instruction of number `end` ends.
    #[must_use]
    pub fn begin_liquidation(
        &self,
        liquidator: Address,
        account: Address,
        end: u16,
        reads: &[AccountMeta],
    ) -> Instruction {
        let instructions = Address::new_from_array(INSTRUCTIONS_SYSVAR);
        let (prices, markets) = (self.prices, self.markets);
        let list = BeginLiquidationAccounts { liquidator, account, prices, markets, instructions };
        let args = BeginLiquidationArgs { end };
        self.instruction(Tag::BeginLiquidation, &list.into_array(), &args.to_bytes(), reads)
    }

    /// Ends a receivership.
    #[must_use]
    pub fn end_liquidation(
        &self,
        liquidator: Address,
        account: Address,
        reads: &[AccountMeta],
    ) -> Instruction {
        let (prices, markets) = (self.prices, self.markets);
        let list = EndLiquidationAccounts { liquidator, account, prices, markets };
        self.instruction(Tag::EndLiquidation, &list.into_array(), &[], reads)
    }
}
