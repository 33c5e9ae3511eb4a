//! `rescue_venue`: an account that is sound, but close to a venue's own
//! liquidation there, is kept from it with its own idle assets (RULE M).
//!
//! Anyone may send it; the caller needs no margin account, and no state of the
//! owner's account but an open session stands in the way. Nothing leaves the
//! account but the tip. The venue's positions and indices are read in this very
//! instruction, and the market rows of that venue account must be of this slot
//! (rulings 3 and 13). Maintenance health must not fall, the tip included; the
//! venue account's ratio must. An account without equity is not rescued: what
//! it has is its lenders', and goes by liquidation.

mod plan;
mod source;

use crate::Result;
use crate::accounts::{Context, check_roles, tokens_of};
use crate::effect::stamp_stress;
use crate::event;
use crate::exposure::{self, Caps};
use crate::venues::kamino::{self, Amount};
use crate::venues::{place_of, read_indebted, venue_of};
use plan::Target;
use solana_program::account_info::AccountInfo;
use solana_program::pubkey::Pubkey;
use source::Source;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{RescuePoolAccounts, RescueVenueAccounts, VenueAccounts};
use trestle_interface::args::RescueArgs;
use trestle_interface::event::Rescued;
use trestle_interface::state::{MarketKind, PositionKind, VenueKind, health_bucket};
use trestle_interface::wire::decode;
use trestle_risk_math::liquidation::largest_tip;
use trestle_risk_math::portfolio::{AccountSum, Book, Health};
use trestle_venue_adapters::kamino::Action;

/// The accounts of the instruction.
type List<'a, 'i> = RescueVenueAccounts<&'a AccountInfo<'i>>;

/// The list as the venue's operations know it.
const fn at_venue<'a, 'i>(list: &List<'a, 'i>) -> VenueAccounts<&'a AccountInfo<'i>> {
    VenueAccounts {
        custody: list.custody,
        custody_owner: list.custody_owner,
        mint: list.mint,
        token_program: list.token_program,
        exposure: list.exposure,
        venue_program: list.venue_program,
        venue_account: list.venue_account,
        parent: list.parent,
        reserve: list.reserve,
    }
}

/// Runs it.
#[inline(never)]
pub(crate) fn rescue_venue(
    program_id: &Pubkey,
    accounts: &[AccountInfo],
    data: &[u8],
) -> Result<()> {
    let args: RescueArgs = decode(data).ok_or(TrestleError::ArgumentLength)?;
    let from_pool = args.source_kind == PositionKind::PoolDeposit.byte();
    let second = if from_pool { RescuePoolAccounts::<()>::ROLES } else { &[] };
    check_roles(accounts, RescueVenueAccounts::<()>::ROLES, second)?;
    let (list, trailing) =
        RescueVenueAccounts::split(accounts).ok_or(TrestleError::AccountCount)?;
    let mut bytes = list.account.try_borrow_mut_data().map_err(|_| TrestleError::Borrowed)?;
    let mut context = Context::open(
        program_id,
        list.caller,
        list.account,
        &mut bytes,
        list.prices,
        list.markets,
    )?;
    let venue = at_venue(&list);
    tokens_of(list.tip, list.token_program.key, list.mint.key)?;
    let target = Target::load(&context, &args)?;
    prepare(&mut context, accounts, &venue, &args, &target)?;
    let place = place_of(&context.margin, list.venue_account.key)?;
    let mut book = Box::new(Book::new());
    let before = judge(&mut context, accounts, &mut book)?;
    let sum = sum_at(&book, place)?;
    plan::expect_rescuable(&context, place, &before, &sum)?;
    let wanted = target.wanted(&context, place, &sum, &venue)?;
    let source = Source::load(&context, &list, trailing, &args, target.asset())?;
    let planned = plan::clamp(wanted, source.available(&context)?, &target, &args)?;
    let tokens = source.bring(&mut context, planned)?;
    let action = target.action;
    let amount = Amount::Tokens(tokens);
    let delta = kamino::act(&mut context, accounts, &venue, args.market, action, amount)?;
    *book = Book::new();
    let mut after = judge(&mut context, accounts, &mut book)?;
    let ratio = sum_at(&book, place)?.ratio();
    if after.maint < before.maint || ratio >= sum.ratio() {
        return Err(TrestleError::RescueOutcome);
    }
    let tip =
        tip(&mut context, &list, &venue, &args, delta.tokens, &before, &mut after, &mut book)?;
    let caps = if action == Action::Supply { Caps::Enforced } else { Caps::Noted };
    exposure::update(&mut context, accounts, &book, caps)?;
    stamp_stress(&mut context, &book);
    context.note_recovery(&after);
    let fixed = &mut context.margin.fixed;
    fixed.last_check_slot = context.now.slot;
    fixed.health_bucket = health_bucket(after.maint, after.debts);
    let fact = Rescued {
        caller: *list.caller.key,
        market: args.market,
        target_kind: args.target_kind,
        source_kind: args.source_kind,
        moved: delta.tokens,
        tip,
        stress_before: sum.ratio().q16(),
        stress_after: ratio.q16(),
        maint_before: before.maint,
        maint_after: after.maint,
    };
    event::publish(&mut context, &fact);
    Ok(())
}

/// Has the venue refresh what it wants fresh, and reads the account there.
#[inline(never)]
fn prepare<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    venue: &VenueAccounts<&AccountInfo<'i>>,
    args: &RescueArgs,
    target: &Target,
) -> Result<()> {
    let row = *context.market(args.market, MarketKind::Lending)?;
    if target.action == Action::Supply {
        context.expect_active(&row)?;
    }
    match venue_of(&context.markets, &row)? {
        VenueKind::Kamino => kamino::prepare(context, accounts, venue, args.market, target.action),
        VenueKind::Native => Err(TrestleError::WrongMarketKind),
    }
}

/// Health, with every venue account read that owes something and is there.
#[inline(never)]
fn judge<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    book: &mut Book,
) -> Result<Health> {
    read_indebted(context, accounts)?;
    context.health_in(context.margin.positions(), book)
}

/// What the book knows of one venue account.
fn sum_at(book: &Book, place: u8) -> Result<AccountSum> {
    book.accounts.get(usize::from(place)).copied().ok_or(TrestleError::Corrupt)
}

/// Pays the caller, unless maintenance health would then be lower than before
/// the rescue. Returns the tip; `after` and `book` are those after it.
#[inline(never)]
#[allow(clippy::too_many_arguments)] // what was, what is, and where it goes
fn tip<'i>(
    context: &mut Context<'_, 'i>,
    list: &List<'_, 'i>,
    venue: &VenueAccounts<&AccountInfo<'i>>,
    args: &RescueArgs,
    moved: u64,
    before: &Health,
    after: &mut Health,
    book: &mut Book,
) -> Result<u64> {
    let custody = kamino::custody(context, venue, args.market)?;
    let tip = largest_tip(moved).min(custody.units);
    if tip == 0 {
        return Ok(0);
    }
    context.margin.debit(custody.place.key(), tip)?;
    let mut paid = Box::new(Book::new());
    let health = context.health_in(context.margin.positions(), &mut paid)?;
    if health.maint < before.maint {
        context.margin.credit(custody.place, tip)?;
        return Ok(0);
    }
    custody.pay(context, list.tip, tip)?;
    (*after, *book) = (health, *paid);
    Ok(tip)
}
