//! The four actions and elevation groups: check, refresh, call, measure.

use super::read::{refresh, row_read};
use super::{Scratch, bytes, is_gone, market_authority, with_obligation};
use crate::Result;
use crate::accounts::{Context, Custody, TokenRefs, balance, expect_address, expect_program};
use crate::cpi::venue;
use crate::venues::{find, place_of};
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{VenueAccounts, VenueGroupAccounts};
use trestle_interface::state::{MarketKind, MarketRow};
use trestle_interface::view::Now;
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::plan::{self, Leg, Parties};
use trestle_venue_adapters::kamino::report::Indices;
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::verify::{self, After, Delta, Snapshot, Tokens};
use trestle_venue_adapters::kamino::{ALL, Action, admit, freshness, ids, report};
use trestle_venue_adapters::plan::Call;

/// What an action works on, by address, each checked.
pub(super) struct Parts<'a, 'i> {
    list: &'a VenueAccounts<&'a AccountInfo<'i>>,
    accounts: &'a [AccountInfo<'i>],
    program: Pubkey,
    owner: Pubkey,
    authority: Pubkey,
}

/// What is asked for.
#[derive(Clone, Copy)]
pub(crate) enum Amount {
    /// So many tokens, native units.
    Tokens(u64),
    /// Of a redemption: so many cTokens.
    Units(u64),
    /// All of it.
    All,
}

/// Runs an action and returns what it moved. The account's positions and
/// custody are brought up to what was measured.
pub(crate) fn act<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    list: &VenueAccounts<&AccountInfo<'i>>,
    market: u16,
    action: Action,
    amount: Amount,
) -> Result<Delta> {
    let custody = custody(context, list, market)?;
    let delta = move_tokens(context, accounts, list, market, action, amount, &custody)?;
    match action {
        Action::Supply | Action::Repay => {
            context.expect_kept(custody.place, custody.units.saturating_sub(delta.tokens))?;
            context.margin.debit(custody.place.key(), delta.tokens)?;
        }
        Action::Redeem | Action::Borrow => context.margin.credit(custody.place, delta.tokens)?,
    }
    Ok(delta)
}

/// The custody that a venue pays into and takes from.
pub(crate) fn custody<'a, 'i>(
    context: &Context<'_, 'i>,
    list: &VenueAccounts<&'a AccountInfo<'i>>,
    market: u16,
) -> Result<Custody<'a, 'i>> {
    let refs = TokenRefs {
        custody: list.custody,
        custody_owner: list.custody_owner,
        mint: list.mint,
        token_program: list.token_program,
    };
    Custody::load(context, refs, context.market(market, MarketKind::Lending)?.asset)
}

/// [`act`] that leaves it to the caller what becomes of the custody's position:
/// its tokens have moved by what is returned, its units have not.
#[allow(clippy::too_many_arguments)] // an act and its custody
pub(crate) fn move_tokens<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    list: &VenueAccounts<&AccountInfo<'i>>,
    market: u16,
    action: Action,
    amount: Amount,
    custody: &Custody<'_, 'i>,
) -> Result<Delta> {
    let row = *context.market(market, MarketKind::Lending)?;
    let parts = Parts::load(context, accounts, list, &row)?;
    let place = place_of(&context.margin, list.venue_account.key)?;
    parts.admit(action)?;
    let mut scratch = Scratch::take(context);
    let Scratch { call, before } = &mut *scratch;
    parts.freshen(context, call, action)?;
    let asked = parts.plan(context, call, before, custody, action, amount)?;
    venue::call_with_custody(context, accounts, call, &parts.program, custody)?;
    let tokens = Tokens { before: custody.balance, after: balance(list.custody)? };
    let indices = parts.indices(context.now)?;
    let delta = parts.measure(indices, before, action, tokens, asked)?;
    context.scratch = Some(scratch);
    refresh(context, accounts, place, list.venue_account)?;
    context.reads.row(row_read(market, indices));
    Ok(delta)
}

impl<'a, 'i> Parts<'a, 'i> {
    /// Checks program, market, reserve and obligation against the board and the table.
    pub(super) fn load(
        context: &Context<'_, 'i>,
        accounts: &'a [AccountInfo<'i>],
        list: &'a VenueAccounts<&'a AccountInfo<'i>>,
        row: &MarketRow,
    ) -> Result<Self> {
        let class = context.markets.class(row.class).ok_or(TrestleError::UnknownRow)?;
        expect_program(list.venue_program, &class.program)?;
        expect_address(list.exposure, &class.exposure)?;
        expect_address(list.parent, &row.parent)?;
        expect_address(list.reserve, &row.address)?;
        let owner = context.authority_address();
        let bump = Market::new(&bytes(list.parent)?)?.bump().ok_or(TrestleError::KaminoNumbers)?;
        if is_gone(list.venue_account) {
            return Err(TrestleError::NoVenueAccount);
        }
        let authority = market_authority(list.parent.key, bump);
        Ok(Self { list, accounts, program: class.program, owner, authority })
    }

    fn parties(&self) -> Parties<'_> {
        Parties {
            owner: self.owner.as_array(),
            obligation: self.list.venue_account.key.as_array(),
            market: self.list.parent.key.as_array(),
            market_authority: self.authority.as_array(),
        }
    }

    /// Runs `f` on the obligation, the reserve and the market as they are now.
    pub(super) fn view<T>(
        &self,
        f: impl FnOnce(&Obligation<'_>, &Reserve<'_>, &Market<'_>) -> Result<T>,
    ) -> Result<T> {
        let (obligation, reserve, market) =
            (bytes(self.list.venue_account)?, bytes(self.list.reserve)?, bytes(self.list.parent)?);
        f(&Obligation::new(&obligation)?, &Reserve::new(&reserve)?, &Market::new(&market)?)
    }

    /// Our obligation, a slot for the reserve, and nothing against new risk.
    pub(super) fn admit(&self, action: Action) -> Result<()> {
        self.view(|obligation, reserve, market| {
            let key = self.list.reserve.key.as_array();
            admit::obligation(obligation, self.owner.as_array(), self.list.parent.key.as_array())?;
            admit::new_risk(action, reserve, key, market, obligation.group())?;
            if matches!(action, Action::Supply | Action::Borrow) {
                admit::obligation_risk(obligation)?;
            }
            Ok(admit::slot(action, obligation, key)?)
        })
    }

    /// Refreshes what klend asks to be fresh and is not, prices aside: those come
    /// from klend's own refresh in front of this instruction, or are still young.
    pub(super) fn freshen(
        &self,
        context: &mut Context<'_, 'i>,
        call: &mut Call,
        action: Action,
    ) -> Result<()> {
        let slot = context.now.slot;
        let check = || {
            self.view(|obligation, reserve, _| {
                Ok(freshness::check(action, obligation, reserve, slot)?)
            })
        };
        if check().is_ok() {
            return Ok(());
        }
        if !self.reserves_are_fresh(slot)? {
            self.view(|obligation, _, _| {
                let own = self.list.reserve.key.as_array();
                let others = obligation.reserves().filter(|key| *key != own);
                let market = self.list.parent.key.as_array();
                Ok(plan::refresh_reserves(call, market, others.chain([own]))?)
            })?;
            venue::call(context, self.accounts, call, &self.program, 0)?;
        }
        self.view(|obligation, _, _| {
            Ok(plan::refresh_obligation(call, &self.parties(), obligation)?)
        })?;
        venue::call(context, self.accounts, call, &self.program, 0)?;
        check()
    }

    /// Whether all reserves in use and the one at hand were refreshed in this
    /// slot and not touched since. What their prices passed is asked for later:
    /// a refresh without prices adds nothing to it.
    fn reserves_are_fresh(&self, slot: u64) -> Result<bool> {
        self.view(|obligation, reserve, _| {
            if !freshness::is_reserve_fresh(reserve, slot, 0) {
                return Ok(false);
            }
            for key in obligation.reserves() {
                let data = bytes(find(self.accounts, key)?)?;
                if !freshness::is_reserve_fresh(&Reserve::new(&data)?, slot, 0) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// Plans the call and returns what it asks for: tokens, or cTokens of a redemption.
    fn plan(
        &self,
        context: &Context<'_, 'i>,
        call: &mut Call,
        before: &mut Snapshot,
        custody: &Custody<'_, 'i>,
        action: Action,
        amount: Amount,
    ) -> Result<u64> {
        self.view(|obligation, reserve, _| {
            before.take(obligation)?;
            let key = self.list.reserve.key.as_array();
            let none = [0; 32];
            let farm = match action {
                Action::Supply | Action::Redeem => reserve.collateral_farm(),
                Action::Borrow | Action::Repay => reserve.debt_farm(),
            };
            let stake = farm.map(|farm| self.stake(farm)).transpose()?;
            let leg = Leg {
                key,
                reserve,
                custody: self.list.custody.key.as_array(),
                farm_user: stake.as_ref().map_or(&none, |info| info.key.as_array()),
            };
            let parties = self.parties();
            let asked = match (action, amount) {
                (Action::Supply | Action::Borrow, Amount::All)
                | (Action::Supply | Action::Borrow | Action::Repay, Amount::Units(_)) => {
                    return Err(TrestleError::OutOfRange);
                }
                (Action::Redeem, Amount::Units(units)) => units,
                (Action::Redeem, Amount::Tokens(tokens)) => {
                    let index = report::indices(reserve, context.now)?.deposit;
                    index.units_ceil(tokens)?.min(before.deposit_units(key))
                }
                (_, Amount::Tokens(tokens)) => tokens,
                (Action::Redeem, Amount::All) => ALL,
                (Action::Repay, Amount::All) => {
                    let index = report::indices(reserve, context.now)?.debt;
                    custody.units.min(index.owed_ceil(before.debt_units(key))?)
                }
            };
            match action {
                Action::Supply => plan::supply(call, &parties, &leg, asked)?,
                Action::Redeem => plan::redeem(call, &parties, &leg, asked)?,
                Action::Borrow => plan::borrow(call, &parties, &leg, obligation, asked)?,
                Action::Repay => plan::repay(call, &parties, &leg, obligation, asked)?,
            }
            let pays = matches!(action, Action::Supply | Action::Repay);
            if pays && asked > custody.units {
                return Err(TrestleError::ExceedsPosition);
            }
            Ok(asked)
        })
    }

    /// The obligation's stake in a farm: an account of the farms program among
    /// the instruction's that names the farm. klend checks whose it is.
    fn stake(&self, farm: &[u8; 32]) -> Result<&'a AccountInfo<'i>> {
        let is_stake = |info: &&AccountInfo| {
            info.owner.as_array() == &ids::FARMS_PROGRAM
                && info.try_borrow_data().is_ok_and(|data| plan::is_stake_in(&data, farm))
        };
        let mut stakes = self.accounts.iter().filter(is_stake);
        stakes.next().ok_or(TrestleError::VenueAccountMissing)
    }

    /// The reserve's indices now.
    pub(super) fn indices(&self, now: Now) -> Result<Indices> {
        let reserve = bytes(self.list.reserve)?;
        Ok(report::indices(&Reserve::new(&reserve)?, now)?)
    }

    /// What the call did, at the reserve's rate.
    fn measure(
        &self,
        indices: Indices,
        before: &Snapshot,
        action: Action,
        tokens: Tokens,
        asked: u64,
    ) -> Result<Delta> {
        let key = self.list.reserve.key.as_array();
        let delta = if is_gone(self.list.venue_account) {
            verify::action(action, before, &After::Closed, key, tokens, asked)?
        } else {
            with_obligation(self.list.venue_account, |obligation| {
                let after = After::Open(*obligation);
                Ok(verify::action(action, before, &after, key, tokens, asked)?)
            })?
        };
        let (index, fee) = match action {
            Action::Supply | Action::Redeem => (indices.deposit, 0),
            Action::Repay => (indices.debt, 0),
            Action::Borrow => (indices.debt, self.origination_fee(delta.tokens)?),
        };
        let slack = fee.checked_add(1).ok_or(TrestleError::Overflow)?;
        verify::expect_rate(&delta, action, index, slack)?;
        Ok(delta)
    }

    /// What a borrow of so many tokens costs at once, rounded up.
    fn origination_fee(&self, tokens: u64) -> Result<u64> {
        let reserve = bytes(self.list.reserve)?;
        Ok(report::origination_fee(&Reserve::new(&reserve)?, tokens)?)
    }
}

/// Enters or leaves an elevation group.
pub(crate) fn change_group<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    list: &VenueGroupAccounts<&AccountInfo<'i>>,
    row: &MarketRow,
    group: u8,
) -> Result<()> {
    let owner = context.authority_address();
    expect_address(list.custody_owner, &owner)?;
    let program = context.markets.class(row.class).ok_or(TrestleError::UnknownRow)?.program;
    expect_program(list.venue_program, &program)?;
    expect_address(list.parent, &row.parent)?;
    let place = place_of(&context.margin, list.venue_account.key)?;
    let bump = Market::new(&bytes(list.parent)?)?.bump().ok_or(TrestleError::KaminoNumbers)?;
    let authority = market_authority(list.parent.key, bump);
    let parties = Parties {
        owner: owner.as_array(),
        obligation: list.venue_account.key.as_array(),
        market: list.parent.key.as_array(),
        market_authority: authority.as_array(),
    };
    let mut scratch = Scratch::take(context);
    let Scratch { call, before } = &mut *scratch;
    with_obligation(list.venue_account, |obligation| {
        admit::obligation(obligation, parties.owner, parties.market)?;
        Ok(plan::refresh_reserves(call, parties.market, obligation.reserves())?)
    })?;
    if !call.metas().is_empty() {
        venue::call(context, accounts, call, &program, 0)?;
    }
    with_obligation(list.venue_account, |o| Ok(plan::refresh_obligation(call, &parties, o)?))?;
    venue::call(context, accounts, call, &program, 0)?;
    with_obligation(list.venue_account, |obligation| {
        before.take(obligation)?;
        Ok(plan::request_group(call, &parties, obligation, group)?)
    })?;
    venue::call(context, accounts, call, &program, 0)?;
    with_obligation(list.venue_account, |after| Ok(verify::group_changed(before, after, group)?))?;
    context.scratch = Some(scratch);
    refresh(context, accounts, place, list.venue_account)
}
