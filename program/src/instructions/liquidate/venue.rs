//! Collateral at a venue: it leaves through custody, in the same instruction.
//!
//! What the venue gave is measured and paid on to the liquidator whole; it is
//! nobody's position in between, so a full slab shields nothing. The venue may
//! give less than planned, which the liquidator bears, up to its own minimum.
//! Where the debt lies in the same venue account, it is repaid first; what is
//! left of it may still hold some of the collateral there.

use super::sides::List;
use crate::Result;
use crate::accounts::{Context, Custody, tokens_of};
use crate::slab::Place;
use crate::venues::kamino::{self, Amount, Held};
use crate::venues::{place_of, venue_of};
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{VenueAccounts, VenueCollateralAccounts};
use trestle_interface::args::LiquidateArgs;
use trestle_interface::state::{MarketKind, PositionKind, VenueKind};
use trestle_venue_adapters::kamino::Action;

/// A deposit at a venue.
pub(super) struct VenueSide<'a, 'i> {
    accounts: &'a [AccountInfo<'i>],
    list: VenueAccounts<&'a AccountInfo<'i>>,
    custody: Custody<'a, 'i>,
    pub(super) place: Place,
    held: Option<Held>,
    /// The debt is repaid in the same venue account first, which frees what it
    /// holds: how much is known then.
    frees: bool,
}

/// Whether the collateral lies at a venue.
pub(super) fn is_at_venue(args: &LiquidateArgs) -> bool {
    args.collateral_kind == PositionKind::VenueDeposit.byte()
}

impl<'a, 'i> VenueSide<'a, 'i> {
    /// Checks the accounts, has the venue refresh what it wants fresh, and
    /// reads the account's positions there (ruling 3).
    #[inline(never)]
    pub(super) fn visit(
        context: &mut Context<'_, 'i>,
        accounts: &'a [AccountInfo<'i>],
        list: &List<'a, 'i>,
        trailing: &'a [AccountInfo<'i>],
        market: u16,
        frees: bool,
    ) -> Result<Box<Self>> {
        let (own, _) =
            VenueCollateralAccounts::split(trailing).ok_or(TrestleError::AccountCount)?;
        let row = context.market(market, MarketKind::Lending)?;
        let place = Place {
            asset: row.asset,
            class: row.class,
            market,
            kind: PositionKind::VenueDeposit,
            bump: 0,
        };
        let venue = venue_of(&context.markets, row)?;
        let list = VenueAccounts {
            custody: list.collateral_vault,
            custody_owner: list.custody_owner,
            mint: list.collateral_mint,
            token_program: list.collateral_token_program,
            exposure: own.exposure,
            venue_program: own.venue_program,
            venue_account: own.venue_account,
            parent: own.parent,
            reserve: own.reserve,
        };
        let custody = match venue {
            VenueKind::Kamino => {
                kamino::prepare(context, accounts, &list, market, Action::Redeem)?;
                kamino::custody(context, &list, market)?
            }
            VenueKind::Native => return Err(TrestleError::WrongMarketKind),
        };
        Ok(Box::new(Self { accounts, list, custody, place, held: None, frees }))
    }

    /// Learns what is there and what the venue would let out.
    pub(super) fn measure(&mut self, context: &Context<'_, 'i>) -> Result<()> {
        if context.margin.units(self.place.key())? == 0 {
            return Err(TrestleError::NoPosition);
        }
        self.held = Some(kamino::held(context, self.accounts, &self.list)?);
        Ok(())
    }

    /// Worth of the deposit, native units, rounded down.
    pub(super) fn tokens(&self) -> u64 {
        self.held.map_or(0, |held| held.tokens)
    }

    /// Native units that can be seized.
    pub(super) fn available(&self) -> u64 {
        match self.held {
            Some(held) if self.frees => held.tokens.min(held.room.free),
            Some(held) => held.available(),
            None => 0,
        }
    }

    /// Units at the venue that bring no more than `tokens`.
    pub(super) fn units_for(&self, tokens: u64) -> Result<u64> {
        self.held.ok_or(TrestleError::Corrupt)?.units_for(tokens)
    }

    /// The venue lets something out.
    pub(super) fn expect_free(&self) -> Result<()> {
        match self.held {
            Some(held) if held.room.free == 0 => Err(TrestleError::CollateralNotFree),
            Some(held) if held.room.untied == 0 && !self.frees => Err(TrestleError::CollateralTied),
            _ => Ok(()),
        }
    }

    /// Redeems no more than `tokens`, or than is free, and pays what came to `to`. Returns its number.
    pub(super) fn seize(
        &mut self,
        context: &mut Context<'_, 'i>,
        to: &AccountInfo<'i>,
        tokens: u64,
    ) -> Result<u64> {
        let mut tokens = tokens;
        if self.frees {
            self.measure(context)?;
            self.frees = false;
            self.expect_free()?;
            tokens = tokens.min(self.available());
        }
        let custody = &self.custody;
        tokens_of(to, custody.refs.token_program.key, custody.refs.mint.key)?;
        let units = self.units_for(tokens)?;
        if units == 0 {
            return Err(TrestleError::NothingToLiquidate);
        }
        let amount = Amount::Units(units);
        let (accounts, list, market) = (self.accounts, &self.list, self.place.market);
        let action = Action::Redeem;
        let delta = kamino::move_tokens(context, accounts, list, market, action, amount, custody)?;
        // the step is judged on the rows that it was planned on
        let place = place_of(&context.margin, list.venue_account.key)?;
        kamino::read(context, accounts, place, list.venue_account)?;
        custody.with(delta.tokens)?.pay(context, to, delta.tokens)
    }
}
