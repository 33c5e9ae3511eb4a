//! Liquidations that reach into a venue.

use super::venue::{At, venue_call};
use super::{LiquidateKeys, Trestle};
use crate::kamino::PROGRAM;
use solana_instruction::{AccountMeta, Instruction};
use trestle_interface::accounts::VenueCollateralAccounts;
use trestle_interface::args::LiquidateArgs;
use trestle_interface::state::PositionKind;
use trestle_interface::tag::Tag;

impl Trestle {
    /// Liquidates against a deposit at Kamino. While the obligation owes
    /// something, Kamino asks for its prices to be refreshed in front.
    #[must_use]
    pub fn liquidate_venue(
        &self,
        keys: &LiquidateKeys,
        at: At<'_>,
        max_repay: u64,
        min_seize: u64,
    ) -> Instruction {
        let reserve = at.reserve;
        let authority = self.addresses().authority(&keys.account);
        let own = VenueCollateralAccounts {
            reserve: reserve.reserve,
            exposure: self.addresses().exposure(&self.group, reserve.parent.class),
            venue_program: PROGRAM,
            venue_account: reserve.parent.obligation(&authority),
            parent: reserve.parent.market,
        };
        let roles = VenueCollateralAccounts::<()>::ROLES;
        let named = own.into_array().into_iter().zip(roles);
        let mut trailing: Vec<AccountMeta> = named
            .map(|(pubkey, role)| AccountMeta {
                pubkey,
                is_signer: false,
                is_writable: role.writable,
            })
            .collect();
        trailing.extend(venue_call(at, &own.venue_account, Tag::VenueRedeem));
        let args = LiquidateArgs {
            debt_market: keys.debt.market,
            collateral_market: reserve.row,
            collateral_kind: PositionKind::VenueDeposit.byte(),
            max_repay,
            min_seize,
        };
        let vault = self.custody(&keys.account, &reserve.asset);
        let mut ix = self.liquidate(keys, &reserve.asset, vault, &args, &trailing);
        // the owner at the venue, which gives it the rent of a closed obligation
        for meta in ix.accounts.iter_mut().filter(|meta| meta.pubkey == authority) {
            meta.is_writable = true;
        }
        ix
    }
}
