//! Rescues of accounts at venues.

use super::Trestle;
use super::seize::metas;
use super::venue::{At, venue_call};
use crate::kamino::PROGRAM;
use crate::keys::PoolKeys;
use solana_address::Address;
use solana_instruction::Instruction;
use trestle_interface::accounts::{RescuePoolAccounts, RescueVenueAccounts};
use trestle_interface::args::RescueArgs;
use trestle_interface::state::PositionKind;
use trestle_interface::tag::Tag;

/// What a rescue moves.
#[derive(Clone, Copy, Debug)]
pub enum RescueFrom {
    /// Idle tokens in custody.
    Custody,
    /// A pool deposit.
    Deposit(PoolKeys),
}

/// Where a rescue moves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RescueTo {
    /// To the debt at the reserve.
    Debt,
    /// To the collateral in the reserve.
    Collateral,
}

impl Trestle {
    /// Rescues an account at Kamino with its own assets. `tip` is the caller's
    /// token account of the reserve's mint. The rows of all reserves that the
    /// obligation uses must be of this slot: put [`Trestle::refresh_reserves`]
    /// in front. `max` is clamped to what the rescue needs.
    #[must_use]
    pub fn rescue_venue(
        &self,
        (caller, tip): (Address, Address),
        account: Address,
        at: At<'_>,
        (from, to): (RescueFrom, RescueTo),
        max: u64,
    ) -> Instruction {
        let authority = self.addresses().authority(&account);
        let reserve = at.reserve;
        let list = RescueVenueAccounts {
            caller,
            account,
            prices: self.prices,
            markets: self.markets,
            tip,
            custody: self.custody(&account, &reserve.asset),
            custody_owner: authority,
            mint: reserve.asset.mint,
            token_program: reserve.asset.token_program,
            exposure: self.addresses().exposure(&self.group, reserve.parent.class),
            venue_program: PROGRAM,
            venue_account: reserve.parent.obligation(&authority),
            parent: reserve.parent.market,
            reserve: reserve.reserve,
        };
        let (source_kind, source_market, mut trailing) = match from {
            RescueFrom::Custody => (PositionKind::Custody, 0, vec![]),
            RescueFrom::Deposit(keys) => {
                let own = RescuePoolAccounts { pool: keys.pool, vault: keys.vault };
                let own = metas(&own.into_array(), RescuePoolAccounts::<()>::ROLES);
                (PositionKind::PoolDeposit, keys.market, own)
            }
        };
        let (target_kind, tag) = match to {
            RescueTo::Debt => (PositionKind::VenueDebt, Tag::VenueRepay),
            RescueTo::Collateral => (PositionKind::VenueDeposit, Tag::VenueSupply),
        };
        trailing.extend(venue_call(at, &list.venue_account, tag));
        let args = RescueArgs {
            market: reserve.row,
            target_kind: target_kind.byte(),
            source_kind: source_kind.byte(),
            source_market,
            max,
        };
        self.instruction(Tag::RescueVenue, &list.into_array(), &args.to_bytes(), &trailing)
    }
}
