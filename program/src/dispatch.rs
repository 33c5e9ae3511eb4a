//! One tag byte, one match.

use crate::Result;
use crate::accounts::{Context, check_roles};
use crate::effect::{Before, Effect, Rule, settle};
use crate::instructions as ix;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use trestle_interface::accounts::{OwnerAccounts, Role};
use trestle_interface::batch::{self, Step};
use trestle_interface::permission::Permission;
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
    /// What it asks of its signer; as published in the interface's table.
    const PERMISSION: Permission;
    /// Whether it calls a venue.
    const CALLS_VENUE: bool = false;
    /// Most instructions that it runs inside, those of the callee included.
    const TRACE: u32;

    /// Runs it. `accounts` have the roles of [`Operation::ROLES`], and what
    /// trails them.
    fn run<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        args: &Self::Args,
        permit: Permit,
    ) -> Result<Self::Effect>;
}

/// Why an instruction was refused, and which operation of a batch it was.
pub(crate) struct Refused {
    error: TrestleError,
    step: Option<u8>,
}

impl From<TrestleError> for Refused {
    fn from(error: TrestleError) -> Self {
        Self { error, step: None }
    }
}

impl Refused {
    /// The wire code.
    pub(crate) fn code(&self) -> u32 {
        let code = self.error.code();
        self.step.map_or(code, |step| batch::code_in_step(code, step))
    }
}

/// Runs an instruction.
pub(crate) fn dispatch(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> core::result::Result<(), Refused> {
    let (&tag, args) = data.split_first().ok_or(TrestleError::UnknownTag)?;
    let tag = Tag::from_byte(tag).ok_or(TrestleError::UnknownTag)?;
    if tag == Tag::Batch {
        return batch(program_id, accounts, args);
    }
    Ok(alone(tag, program_id, accounts, args)?)
}

fn alone(tag: Tag, program_id: &Pubkey, accounts: &[AccountInfo], args: &[u8]) -> Result<()> {
    match tag {
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
        Tag::FlagUnhealthy => ix::loss::flag_unhealthy(program_id, accounts, args),
        Tag::RescueVenue => ix::rescue::rescue_venue(program_id, accounts, args),
        Tag::SettleBadDebt => ix::loss::settle_bad_debt(program_id, accounts, args),
        Tag::BeginRegion => ix::region::begin(program_id, accounts, args),
        Tag::EndRegion => ix::region::end(program_id, accounts, args),
        Tag::BeginLiquidation => ix::liquidate::receivership::begin(program_id, accounts, args),
        Tag::EndLiquidation => ix::liquidate::receivership::end(program_id, accounts, args),
        Tag::OpenVenue => own::<ix::venue::Open>(program_id, accounts, args),
        Tag::OpenFarm => own::<ix::venue::OpenFarm>(program_id, accounts, args),
        Tag::ClaimVenue => own::<ix::venue::Claim>(program_id, accounts, args),
        Tag::VenueGroup => own::<ix::venue::ChangeGroup>(program_id, accounts, args),
        Tag::CloseVenue => own::<ix::venue::Close>(program_id, accounts, args),
        Tag::AssertSequence => own::<ix::guard::AssertSequence>(program_id, accounts, args),
        Tag::AssertHealth => own::<ix::guard::AssertHealth>(program_id, accounts, args),
        Tag::AssertRate => own::<ix::guard::AssertRate>(program_id, accounts, args),
        Tag::AssertDeadline => own::<ix::guard::AssertDeadline>(program_id, accounts, args),
        Tag::CreateAccount => ix::account::create(program_id, accounts, args),
        Tag::ResizeAccount => ix::account::resize(program_id, accounts, args),
        Tag::CloseAccount => ix::account::close(program_id, accounts, args),
        Tag::SetDelegate => ix::account::set_delegate(program_id, accounts, args),
        Tag::LockDown => ix::account::lock_down(program_id, accounts, args),
        Tag::LiftLockDown => ix::account::lift_lock_down(program_id, accounts, args),
        Tag::ProposeOwner => ix::account::propose_owner(program_id, accounts, args),
        Tag::AcceptOwner => ix::account::accept_owner(program_id, accounts, args),
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
        Tag::SetAccess => ix::admin::set_access(program_id, accounts, args),
        Tag::UpgradeLayout => ix::upgrade::upgrade_layout(program_id, accounts, args),
        _ => Err(TrestleError::UnknownTag),
    }
}

/// Runs an owner's operation as an instruction of its own.
#[inline(never)]
fn own<O: Operation>(program_id: &Pubkey, accounts: &[AccountInfo], args: &[u8]) -> Result<()> {
    let (prefix, rest) = OwnerAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let args = prepare::<O>(accounts, args)?;
    let mut bytes = prefix.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let mut context = Context::load(
        program_id,
        prefix.authority,
        prefix.account,
        &mut bytes,
        prefix.prices,
        prefix.markets,
    )?;
    context.authorize(O::PERMISSION)?;
    let before = Before::take(O::Effect::RULE, &mut context, rest)?;
    let _effect: O::Effect = O::run(&mut context, rest, &args, Permit(()))?;
    settle(O::Effect::RULE, &mut context, rest, &before)?;
    context.margin.publish(context.account, O::Effect::RULE.count());
    Ok(())
}

/// Decodes an operation's arguments and checks the number and the roles of its
/// accounts, [`OwnerAccounts`] first.
fn prepare<O: Operation>(accounts: &[AccountInfo], args: &[u8]) -> Result<O::Args> {
    let args: O::Args = decode(args).ok_or(TrestleError::ArgumentLength)?;
    let own = accounts.len().saturating_sub(OwnerAccounts::<()>::LEN);
    let fits = if O::TRAILING { own >= O::ROLES.len() } else { own == O::ROLES.len() };
    if !fits {
        return Err(TrestleError::AccountCount);
    }
    check_roles(accounts, OwnerAccounts::<()>::ROLES, O::ROLES)?;
    Ok(args)
}

/// Several operations on one margin account, settled once. An error names the
/// operation that failed.
#[inline(never)]
fn batch(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    mut frame: &[u8],
) -> core::result::Result<(), Refused> {
    let (prefix, rest) = OwnerAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    check_roles(accounts, OwnerAccounts::<()>::ROLES, &[])?;
    expect_short(frame)?;
    let mut bytes = prefix.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let mut context = Context::load(
        program_id,
        prefix.authority,
        prefix.account,
        &mut bytes,
        prefix.prices,
        prefix.markets,
    )?;
    let before = Before::take_any(&mut context, rest)?;
    let mut rule = Rule::NOTHING;
    let mut own: Vec<AccountInfo> = Vec::with_capacity(32);
    let (mut number, mut acts) = (0_u8, 0_u64);
    while !frame.is_empty() {
        let at = |error| Refused { error, step: Some(number) };
        let (step, rest_of_frame) = batch::next(frame).ok_or(at(TrestleError::BatchFrame))?;
        own.clear();
        own.extend(accounts.iter().take(OwnerAccounts::<()>::LEN).cloned());
        for index in step.accounts {
            let info = rest.get(usize::from(*index)).ok_or(at(TrestleError::AccountCount))?;
            own.push(info.clone());
        }
        let done = run_step(&mut context, &own, &step).map_err(at)?;
        rule = rule.and(done);
        acts = acts.saturating_add(done.count());
        frame = rest_of_frame;
        number = number.checked_add(1).ok_or(TrestleError::BatchFrame)?;
    }
    settle(rule, &mut context, rest, &before)?;
    context.margin.publish(context.account, acts);
    Ok(())
}

/// The operations of a frame, counted before any runs: there is at least one,
/// together they stay below the runtime's limit of inner instructions, and
/// those that call venues fit into memory.
fn expect_short(mut frame: &[u8]) -> core::result::Result<(), Refused> {
    let (mut trace, mut venues, mut number) = (1_u32, 0_u32, 0_u8);
    while !frame.is_empty() {
        let at = |error| Refused { error, step: Some(number) };
        let (step, rest) = batch::next(frame).ok_or(at(TrestleError::BatchFrame))?;
        let tag = Tag::from_byte(step.tag).ok_or(at(TrestleError::UnknownTag))?;
        let cost = cost_of(tag).ok_or(at(TrestleError::NotBatchable))?;
        trace = trace.saturating_add(cost.trace);
        if trace > batch::MAX_TRACE {
            return Err(at(TrestleError::BatchTrace));
        }
        venues = venues.saturating_add(u32::from(cost.calls_venue));
        if venues > batch::MAX_VENUE_OPERATIONS {
            return Err(at(TrestleError::BatchVenues));
        }
        frame = rest;
        number = number.checked_add(1).ok_or(TrestleError::BatchFrame)?;
    }
    if number == 0 { Err(TrestleError::BatchFrame.into()) } else { Ok(()) }
}

const fn is_published(asked: Permission, tag: Tag) -> bool {
    match tag.permission() {
        Some(row) => {
            row.bits == asked.bits
                && row.when_locked == asked.when_locked
                && row.in_region == asked.in_region
                && row.in_receivership == asked.in_receivership
        }
        None => false,
    }
}

/// What an operation takes out of a batch's limits.
struct Cost {
    /// Most inner instructions.
    trace: u32,
    /// It calls a venue.
    calls_venue: bool,
}

impl Cost {
    const fn of<O: Operation>() -> Self {
        Self { trace: O::TRACE, calls_venue: O::CALLS_VENUE }
    }
}

macro_rules! batchable {
    ($($tag:ident => $operation:ty,)+) => {
        /// What an operation costs; `None` for what cannot stand in a batch.
        const fn cost_of(tag: Tag) -> Option<Cost> {
            match tag {
                $(Tag::$tag => Some(Cost::of::<$operation>()),)+
                _ => None,
            }
        }

        // what a handler asks for is what the table says
        $(const _: () = assert!(is_published(<$operation as Operation>::PERMISSION, Tag::$tag));)+

        /// Runs one operation of a batch.
        #[inline(never)]
        fn run_step<'i>(
            context: &mut Context<'_, 'i>,
            accounts: &[AccountInfo<'i>],
            step: &Step<'_>,
        ) -> Result<Rule> {
            match Tag::from_byte(step.tag).ok_or(TrestleError::UnknownTag)? {
                $(Tag::$tag => one::<$operation>(context, accounts, step.args),)+
                _ => Err(TrestleError::NotBatchable),
            }
        }
    };
}

batchable! {
    Deposit => ix::custody::Deposit,
    Withdraw => ix::custody::Withdraw,
    SyncCustody => ix::custody::Sync,
    PoolSupply => ix::pool::Supply,
    PoolRedeem => ix::pool::Redeem,
    PoolBorrow => ix::pool::Borrow,
    PoolRepay => ix::pool::Repay,
    OpenVenue => ix::venue::Open,
    VenueSupply => ix::venue::Supply,
    VenueRedeem => ix::venue::Redeem,
    VenueBorrow => ix::venue::Borrow,
    VenueRepay => ix::venue::Repay,
    OpenFarm => ix::venue::OpenFarm,
    ClaimVenue => ix::venue::Claim,
    VenueGroup => ix::venue::ChangeGroup,
    CloseVenue => ix::venue::Close,
    AssertSequence => ix::guard::AssertSequence,
    AssertHealth => ix::guard::AssertHealth,
    AssertRate => ix::guard::AssertRate,
    AssertDeadline => ix::guard::AssertDeadline,
}

#[inline(never)]
fn one<'i, O: Operation>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    args: &[u8],
) -> Result<Rule> {
    let args = prepare::<O>(accounts, args)?;
    context.authorize(O::PERMISSION)?;
    let own = accounts.get(OwnerAccounts::<()>::LEN..).unwrap_or(&[]);
    let _effect: O::Effect = O::run(context, own, &args, Permit(()))?;
    Ok(O::Effect::RULE)
}
