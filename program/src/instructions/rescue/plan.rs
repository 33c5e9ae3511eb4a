//! Whether a venue account is rescued, and how much that takes.

use crate::Result;
use crate::accounts::Context;
use crate::venues::kamino;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::VenueAccounts;
use trestle_interface::args::RescueArgs;
use trestle_interface::state::{MarketKind, MarketRow, PositionKind, VenueAccount};
use trestle_interface::view::venue_weight;
use trestle_risk_math::liquidation::{
    DUST_VALUE, needs_rescue, rescue_by_repaying, rescue_by_supplying,
};
use trestle_risk_math::portfolio::{AccountSum, Health};
use trestle_risk_math::price::Price;
use trestle_venue_adapters::kamino::Action;

/// Where a rescue moves tokens to.
pub(super) struct Target {
    /// What is done at the venue.
    pub(super) action: Action,
    row: MarketRow,
    price: Price,
}

impl Target {
    /// The reserve that the arguments name.
    pub(super) fn load(context: &Context<'_, '_>, args: &RescueArgs) -> Result<Self> {
        let action = match PositionKind::from_byte(args.target_kind) {
            Some(PositionKind::VenueDebt) => Action::Repay,
            Some(PositionKind::VenueDeposit) => Action::Supply,
            _ => return Err(TrestleError::OutOfRange),
        };
        let row = *context.market(args.market, MarketKind::Lending)?;
        let asset = context.asset(row.asset)?;
        let price = Price::new(asset.price_mantissa, asset.price_shift)
            .map_err(|_| TrestleError::NoPrice)?;
        Ok(Self { action, row, price })
    }

    /// Asset that moves.
    pub(super) const fn asset(&self) -> u8 {
        self.row.asset
    }

    /// Native units that bring the account's ratio down to 0.9, rounded down.
    /// The account is judged by the worse of the venue's price and the board's:
    /// a debt by the higher one, collateral by the lower one.
    pub(super) fn wanted<'i>(
        &self,
        context: &Context<'_, 'i>,
        place: u8,
        sum: &AccountSum,
        venue: &VenueAccounts<&AccountInfo<'i>>,
    ) -> Result<u64> {
        let owed = self.action == Action::Repay;
        let weight = venue_weight(account_at(context, place)?, &self.row, owed).q16();
        if weight == 0 {
            return Err(TrestleError::NothingToRescue);
        }
        let value =
            if owed { rescue_by_repaying(sum, weight)? } else { rescue_by_supplying(sum, weight)? };
        let tokens = self.price.amount_floor(value)?;
        let there = match self.row.venue_price_mantissa {
            0 => tokens,
            mantissa => Price::new(mantissa, self.row.venue_price_shift)?.amount_floor(value)?,
        };
        if owed {
            Ok(tokens.min(there).min(kamino::owed(context, venue)?))
        } else {
            Ok(tokens.max(there))
        }
    }
}

fn account_at<'c>(context: &'c Context<'_, '_>, place: u8) -> Result<&'c VenueAccount> {
    let accounts = &context.margin.fixed.venue_accounts;
    accounts.get(usize::from(place)).ok_or(TrestleError::Corrupt)
}

/// The account at `place` is known whole, on fresh data, and close to the
/// venue's liquidation; and the rescue is at the owner's cost, not the lenders'.
pub(super) fn expect_rescuable(
    context: &Context<'_, '_>,
    place: u8,
    health: &Health,
    sum: &AccountSum,
) -> Result<()> {
    if account_at(context, place)?.has(VenueAccount::UNKNOWN) {
        return Err(TrestleError::VenueUnknown);
    }
    let own = |market: u16| context.markets.market(market).map(|row| row.slot);
    let mut held = context.margin.positions().iter().filter(|p| p.venue_account == place);
    let current = held.all(|p| own(p.market) == Some(context.now.slot));
    if !current || !context.is_fresh(health) {
        return Err(TrestleError::LiquidationStale);
    }
    if sum.unread {
        return Err(TrestleError::VenueAccountMissing);
    }
    if !needs_rescue(sum) {
        return Err(TrestleError::VenueSafe);
    }
    if health.equity <= 0 {
        return Err(TrestleError::RescueInsolvent);
    }
    Ok(())
}

/// Native units to move: what is wanted, held and allowed. A caller who holds
/// back more than a step needs must still move a dollar's worth, so that a
/// rescue is not drawn out at the account's cost.
pub(super) fn clamp(
    wanted: u64,
    available: u64,
    target: &Target,
    args: &RescueArgs,
) -> Result<u64> {
    let most = wanted.min(available);
    let tokens = most.min(args.max);
    // a price is above zero, so that a large amount without a value is no dust
    let value = target.price.asset_value(tokens).unwrap_or(u64::MAX);
    if tokens == 0 || (tokens < most && value < DUST_VALUE) {
        return Err(TrestleError::NothingToRescue);
    }
    Ok(tokens)
}
