//! A debt at a venue: the liquidator pays it through custody, in the same instruction.
//!
//! Tokens that the venue does not take go back to the liquidator; the account's
//! own idle tokens are not touched.

use super::plan::Step;
use super::sides::List;
use crate::Result;
use crate::accounts::{Context, Custody, balance, tokens_of};
use crate::cpi::{self, Signer};
use crate::slab::Place;
use crate::venues::kamino::{self, Amount};
use crate::venues::{place_of, venue_of};
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{VenueAccounts, VenueDebtAccounts};
use trestle_interface::state::{MarketKind, PositionKind, VenueKind};
use trestle_risk_math::portfolio::{Book, Tables as _, relief};
use trestle_venue_adapters::kamino::Action;

/// A debt to a reserve.
pub(super) struct VenueDebt<'a, 'i> {
    accounts: &'a [AccountInfo<'i>],
    list: VenueAccounts<&'a AccountInfo<'i>>,
    custody: Custody<'a, 'i>,
    pub(super) place: Place,
    /// What is owed now, native units, rounded up.
    pub(super) owed: u64,
    /// Units of the debt, and how many of them a native unit has, rounded down.
    units: (u128, u128),
}

/// Whether a market's debts are to a venue.
pub(super) fn is_at_venue(context: &Context<'_, '_>, market: u16) -> bool {
    let lending = MarketKind::Lending.byte();
    context.markets.market(market).is_some_and(|row| row.kind == lending)
}

impl<'a, 'i> VenueDebt<'a, 'i> {
    /// Checks the accounts, has the venue refresh what it wants fresh, and
    /// reads what the account owes there (ruling 3).
    #[inline(never)]
    pub(super) fn visit(
        context: &mut Context<'_, 'i>,
        accounts: &'a [AccountInfo<'i>],
        list: &List<'a, 'i>,
        own: &VenueDebtAccounts<&'a AccountInfo<'i>>,
        market: u16,
    ) -> Result<Box<Self>> {
        let row = context.market(market, MarketKind::Lending)?;
        let place = Place {
            asset: row.asset,
            class: row.class,
            market,
            kind: PositionKind::VenueDebt,
            bump: 0,
        };
        let venue = venue_of(&context.markets, row)?;
        let list = VenueAccounts {
            custody: list.debt_vault,
            custody_owner: list.custody_owner,
            mint: list.debt_mint,
            token_program: list.debt_token_program,
            exposure: own.exposure,
            venue_program: own.venue_program,
            venue_account: own.venue_account,
            parent: own.parent,
            reserve: list.debt_pool,
        };
        let (custody, owed) = match venue {
            VenueKind::Kamino => {
                kamino::prepare(context, accounts, &list, market, Action::Repay)?;
                (kamino::custody(context, &list, market)?, kamino::owed(context, &list)?)
            }
            VenueKind::Native => return Err(TrestleError::WrongMarketKind),
        };
        let units = context.margin.find(place.key()).map_or(0, |debt| debt.units.get());
        let each = units.checked_div(u128::from(owed)).unwrap_or(0);
        Ok(Box::new(Self { accounts, list, custody, place, owed, units: (units, each) }))
    }

    /// The position is the account's.
    pub(super) fn expect_owed(&self, context: &Context<'_, '_>) -> Result<()> {
        match context.margin.find(self.place.key()) {
            Some(_) if self.owed > 0 => Ok(()),
            _ => Err(TrestleError::NoPosition),
        }
    }

    /// About the units that `tokens` repay, rounded down but for all of them.
    pub(super) fn units_of(&self, tokens: u64) -> u128 {
        let (all, each) = self.units;
        if tokens >= self.owed { all } else { each.saturating_mul(tokens.into()) }
    }

    /// Most by which the charge for the venue's stress falls per micro-USD
    /// repaid, Q16, of a debt worth `value` micro-USD.
    pub(super) fn relief(&self, context: &Context<'_, '_>, book: &Book, value: u64) -> Result<i64> {
        let at = place_of(&context.margin, self.list.venue_account.key)?;
        let Some(account) = book.accounts.get(usize::from(at)) else { return Ok(0) };
        let board = context.board();
        Ok(relief(account, &board.class(self.place.class)?, &board.group(), value))
    }

    /// Takes the liquidator's tokens and pays the venue with them. Returns how
    /// many it took.
    pub(super) fn repay(
        &self,
        context: &mut Context<'_, 'i>,
        list: &List<'a, 'i>,
        step: &Step,
    ) -> Result<u64> {
        let (custody, refs) = (&self.custody, &self.custody.refs);
        let source = tokens_of(list.debt_source, refs.token_program.key, refs.mint.key)?;
        if source.amount < step.repay {
            return Err(TrestleError::InsufficientTokens);
        }
        cpi::transfer(
            refs.token_program,
            list.debt_source,
            refs.mint,
            refs.custody,
            list.liquidator,
            step.repay,
            custody.decimals,
            &Signer::Transaction,
        )?;
        let full = custody.with(step.repay)?;
        if balance(refs.custody)? != full.balance {
            return Err(TrestleError::TransferMismatch);
        }
        let amount = Amount::Tokens(step.repay);
        let (accounts, venue, market) = (self.accounts, &self.list, self.place.market);
        let action = Action::Repay;
        let delta = kamino::move_tokens(context, accounts, venue, market, action, amount, &full)?;
        // the step is judged on the rows that it was planned on
        let place = place_of(&context.margin, venue.venue_account.key)?;
        kamino::read(context, accounts, place, venue.venue_account)?;
        let rest = step.repay.checked_sub(delta.tokens).ok_or(TrestleError::TransferMismatch)?;
        if rest > 0 {
            custody.with(rest)?.pay(context, list.debt_source, rest)?;
        }
        Ok(delta.tokens)
    }
}
