//! Farms: the stake that klend asks for, and rewards into custody.

use super::{bytes, market_authority, with_obligation};
use crate::Result;
use crate::accounts::{Context, Custody, TokenRefs, balance, expect_address, expect_program};
use crate::cpi::{self, venue};
use crate::delegate::Flow;
use crate::venues::place_of;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{ClaimVenueAccounts, OpenFarmAccounts};
use trestle_interface::args::ClaimArgs;
use trestle_interface::state::MarketRow;
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::plan::{Parties, Reward, harvest, init_farm};
use trestle_venue_adapters::kamino::reserve::Reserve;
use trestle_venue_adapters::kamino::verify::{Tokens, claimed};
use trestle_venue_adapters::kamino::{admit, ids};
use trestle_venue_adapters::plan::Call;

/// Length of a stake's account, for its rent.
const STAKE_LEN: usize = 920;

/// Opens the obligation's stake in a farm of the reserve.
pub(crate) fn open_farm<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    list: &OpenFarmAccounts<&AccountInfo<'i>>,
    row: &MarketRow,
    debt: bool,
) -> Result<()> {
    let owner = context.authority_address();
    expect_address(list.custody_owner, &owner)?;
    let program = context.markets.class(row.class).ok_or(TrestleError::UnknownRow)?.program;
    expect_program(list.venue_program, &program)?;
    expect_address(list.parent, &row.parent)?;
    expect_address(list.reserve, &row.address)?;
    place_of(&context.margin, list.venue_account.key)?;
    let bump = Market::new(&bytes(list.parent)?)?.bump().ok_or(TrestleError::KaminoNumbers)?;
    let authority = market_authority(list.parent.key, bump);
    let parties = Parties {
        owner: owner.as_array(),
        obligation: list.venue_account.key.as_array(),
        market: list.parent.key.as_array(),
        market_authority: authority.as_array(),
    };
    let mut call = Box::new(Call::EMPTY);
    {
        let reserve = bytes(list.reserve)?;
        let reserve = Reserve::new(&reserve)?;
        let key = list.reserve.key.as_array();
        let stake = list.farm_user.key.as_array();
        init_farm(&mut call, &parties, parties.owner, key, &reserve, stake, debt)?;
    }
    let rent = cpi::fund(list.payer, list.custody_owner, STAKE_LEN)?;
    venue::call(context, accounts, &call, &program, rent)?;
    if list.farm_user.owner.as_array() != &ids::FARMS_PROGRAM {
        return Err(TrestleError::KaminoNoEffect);
    }
    Ok(())
}

/// Claims a reward. What arrives in custody is what counts.
pub(crate) fn claim<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    list: &ClaimVenueAccounts<&AccountInfo<'i>>,
    row: &MarketRow,
    args: &ClaimArgs,
) -> Result<()> {
    let refs = TokenRefs {
        custody: list.custody,
        custody_owner: list.custody_owner,
        mint: list.mint,
        token_program: list.token_program,
    };
    let custody = Custody::load(context, refs, args.asset)?;
    let farms = Pubkey::new_from_array(ids::FARMS_PROGRAM);
    expect_program(list.farms_program, &farms)?;
    expect_address(list.reserve, &row.address)?;
    place_of(&context.margin, list.venue_account.key)?;
    let owner = context.authority_address();
    with_obligation(list.venue_account, |obligation| {
        Ok(admit::obligation(obligation, owner.as_array(), row.parent.as_array())?)
    })?;
    let mut call = Box::new(Call::EMPTY);
    {
        let reserve = bytes(list.reserve)?;
        let reserve = Reserve::new(&reserve)?;
        let farm = if args.debt { reserve.debt_farm() } else { reserve.collateral_farm() };
        let farm = farm.ok_or(TrestleError::KaminoSlot)?;
        if list.farm.key.as_array() != farm {
            return Err(TrestleError::WrongAddress);
        }
        let reward = Reward {
            index: args.reward,
            farm,
            farm_user: list.farm_user.key.as_array(),
            config: list.config.key.as_array(),
            mint: list.mint.key.as_array(),
            custody: list.custody.key.as_array(),
            vault: list.vault.key.as_array(),
            treasury: list.treasury.key.as_array(),
            vaults_authority: list.vaults_authority.key.as_array(),
            scope: None,
            token_program: list.token_program.key.as_array(),
        };
        harvest(&mut call, owner.as_array(), &reward)?;
    }
    venue::call_with_custody(context, accounts, &call, &farms, &custody)?;
    let tokens = Tokens { before: custody.balance, after: balance(list.custody)? };
    let reward = claimed(tokens)?;
    context.margin.credit(custody.place, reward)?;
    // earned before the act: no gain of it that a loss could hide behind
    context.note(Flow::In(custody.place, reward));
    Ok(())
}
