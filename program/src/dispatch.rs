//! One tag byte, one match.

use crate::Result;
use crate::accounts::{Context, check_roles};
use crate::effect::{Before, Effect};
use crate::instructions as ix;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::{OwnerAccounts, Role};
use trestle_interface::wire::{Wire, decode};
use trestle_interface::{Tag, TrestleError};

/// Proof that an operation is run by the dispatcher, which settles its effect.
/// Nothing else can make one.
pub(crate) struct Permit(());

/// An operation of an owner on one margin account.
///
/// The same code serves the instruction of its own and, later, a batch.
pub(crate) trait Operation {
    /// Arguments.
    type Args: Wire;
    /// What it may do to health.
    type Effect: Effect;
    /// Accounts behind [`OwnerAccounts`].
    const ROLES: &'static [Role];
    /// Whether accounts of any number may follow those: what a venue's call
    /// names, venue accounts to read, running totals.
    const TRAILING: bool = false;

    /// Runs it. `accounts` have the roles of [`Operation::ROLES`], and what
    /// trails them.
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        permit: Permit,
    ) -> Result<Self::Effect>;
}

/// Runs an instruction.
pub(crate) fn dispatch(program_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> Result<()> {
    let (&tag, args) = data.split_first().ok_or(TrestleError::UnknownTag)?;
    match Tag::from_byte(tag).ok_or(TrestleError::UnknownTag)? {
        Tag::Deposit => own::<ix::custody::Deposit>(program_id, accounts, args),
        Tag::Withdraw => own::<ix::custody::Withdraw>(program_id, accounts, args),
        Tag::SyncCustody => own::<ix::custody::Sync>(program_id, accounts, args),
        Tag::PoolSupply => own::<ix::pool::Supply>(program_id, accounts, args),
        Tag::PoolRedeem => own::<ix::pool::Redeem>(program_id, accounts, args),
        Tag::PoolBorrow => own::<ix::pool::Borrow>(program_id, accounts, args),
        Tag::PoolRepay => own::<ix::pool::Repay>(program_id, accounts, args),
        Tag::VenueSupply => own::<ix::venue::Supply>(program_id, accounts, args),
        Tag::VenueRedeem => own::<ix::venue::Redeem>(program_id, accounts, args),
        Tag::VenueBorrow => own::<ix::venue::Borrow>(program_id, accounts, args),
        Tag::VenueRepay => own::<ix::venue::Repay>(program_id, accounts, args),
        Tag::GetHealth => ix::view::get_health(program_id, accounts, args),
        Tag::RefreshPrices => ix::refresh::prices(program_id, accounts, args),
        Tag::RefreshMarkets => ix::refresh::markets(program_id, accounts, args),
        Tag::RefreshAccount => ix::refresh::account(program_id, accounts, args),
        Tag::Liquidate => ix::liquidate::liquidate(program_id, accounts, args),
        tag => cold(tag, program_id, accounts, args),
    }
}

#[cold]
#[inline(never)]
fn cold(tag: Tag, program_id: &Pubkey, accounts: &[AccountInfo], args: &[u8]) -> Result<()> {
    match tag {
        Tag::OpenVenue => own::<ix::venue::Open>(program_id, accounts, args),
        Tag::OpenFarm => own::<ix::venue::OpenFarm>(program_id, accounts, args),
        Tag::ClaimVenue => own::<ix::venue::Claim>(program_id, accounts, args),
        Tag::VenueGroup => own::<ix::venue::ChangeGroup>(program_id, accounts, args),
        Tag::CloseVenue => own::<ix::venue::Close>(program_id, accounts, args),
        Tag::CreateAccount => ix::account::create(program_id, accounts, args),
        Tag::ResizeAccount => ix::account::resize(program_id, accounts, args),
        Tag::CloseAccount => ix::account::close(program_id, accounts, args),
        Tag::OpenLender => ix::lender::open(program_id, accounts, args),
        Tag::LenderSupply => ix::lender::supply(program_id, accounts, args),
        Tag::LenderRedeem => ix::lender::redeem(program_id, accounts, args),
        Tag::CloseLender => ix::lender::close(program_id, accounts, args),
        Tag::InitGroup => ix::admin::init_group(program_id, accounts, args),
        Tag::InitBoard => ix::admin::init_board(program_id, accounts, args),
        Tag::ListFactor => ix::admin::list_factor(program_id, accounts, args),
        Tag::ListIssuer => ix::admin::list_issuer(program_id, accounts, args),
        Tag::ListAsset => ix::admin::list_asset(program_id, accounts, args),
        Tag::ListClass => ix::admin::list_class(program_id, accounts, args),
        Tag::ListMarket => ix::admin::list_market(program_id, accounts, args),
        Tag::ListReserve => ix::admin::list_reserve(program_id, accounts, args),
        Tag::SetScenarios => ix::admin::set_scenarios(program_id, accounts, args),
        Tag::InitPool => ix::admin::init_pool(program_id, accounts, args),
        Tag::UpgradeLayout => ix::upgrade::upgrade_layout(program_id, accounts, args),
        _ => Err(TrestleError::UnknownTag),
    }
}

/// Runs an owner's operation as an instruction of its own.
#[inline(never)]
fn own<O: Operation>(program_id: &Pubkey, accounts: &[AccountInfo], args: &[u8]) -> Result<()> {
    let args: O::Args = decode(args).ok_or(TrestleError::ArgumentLength)?;
    let (prefix, rest) = OwnerAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let fits =
        if O::TRAILING { rest.len() >= O::ROLES.len() } else { rest.len() == O::ROLES.len() };
    if !fits {
        return Err(TrestleError::AccountCount);
    }
    check_roles(accounts, OwnerAccounts::<()>::ROLES, O::ROLES)?;
    let mut bytes = prefix.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let mut context = Context::load(
        program_id,
        prefix.authority,
        prefix.account,
        &mut bytes,
        prefix.prices,
        prefix.markets,
    )?;
    let before = Before::take::<O::Effect>(&context.margin);
    let effect = O::run(&mut context, rest, &args, Permit(()))?;
    effect.settle(&mut context, rest, &before)?;
    let sequence = &mut context.margin.fixed.sequence;
    *sequence = sequence.wrapping_add(1);
    Ok(())
}
