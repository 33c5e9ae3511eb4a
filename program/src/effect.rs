//! The rule that no handler can skip the check.
//!
//! An operation says in its type whether it may lower health. What it returns
//! can only be turned into success by [`settle`], and that runs the gate unless
//! the type says that health cannot fall. In a batch the types' rules add up,
//! and one settlement at its end answers for all. In a region nothing is
//! settled before its end, which answers for whatever was done.

use crate::Result;
use crate::accounts::{Context, Who};
use crate::delegate;
use crate::exposure::{self, Caps};
use crate::venues::{read_indebted, read_units};
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::state::{Position, health_bucket};
use trestle_risk_math::gate::admit;
use trestle_risk_math::portfolio::{Book, Health};
use trestle_risk_math::price::Usd;

/// What an operation may do to the account's risk. A type, so that no handler
/// can say less than it does.
#[must_use = "an effect must be settled"]
pub(crate) trait Effect {
    /// What must be checked afterwards.
    const RULE: Rule;
}

/// What must be checked after one operation, or after several.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    /// The account changes: the act is settled and counted.
    acts: bool,
    /// Health may be lower.
    checked: bool,
    /// Tokens left the account.
    releases: bool,
    /// What it may do to claims on venues and what finances them.
    caps: Caps,
}

impl Rule {
    /// Nothing to settle.
    pub(crate) const NOTHING: Self =
        Self { acts: false, checked: false, releases: false, caps: Caps::Unasked };
    /// An act with nothing to check.
    const ACT: Self = Self { acts: true, ..Self::NOTHING };

    /// Everything at once: what the end of a region asks for, which does not
    /// know what was done.
    const REGION: Self = Self { acts: true, checked: true, releases: true, caps: Caps::Enforced };

    /// What either asks for.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            acts: self.acts || other.acts,
            checked: self.checked || other.checked,
            releases: self.releases || other.releases,
            caps: self.caps.max(other.caps),
        }
    }

    /// What the act adds to the account's sequence number.
    pub(crate) const fn count(self) -> u64 {
        if self.acts { 1 } else { 0 }
    }
}

/// Health may be lower: the gate decides.
pub(crate) struct MayWorsen;

/// Tokens leave the account: the gate decides, and while something is owed
/// initial health must not be negative afterwards. What counts nothing, an
/// isolated asset or one whose price died, lowers no health when it goes; it
/// is still what a settlement can recover.
pub(crate) struct Releases;

/// Health may be lower, and claims on venues or what finances them higher: the
/// gate and the caps decide.
pub(crate) struct MayExpose;

/// A claim on a venue comes back: the gate decides, since a debt may stand on
/// it. Leaving is held to no cap, and with nothing owed it needs no price.
pub(crate) struct Leaves;

/// Health cannot be lower but for one rounded unit: deposit, repay, redeem, sync.
pub(crate) struct NeverWorsens;

/// Nothing moves: a guard.
pub(crate) struct Reads;

impl Effect for MayWorsen {
    const RULE: Rule = Rule { checked: true, ..Rule::ACT };
}

impl Effect for Releases {
    const RULE: Rule = Rule { checked: true, releases: true, ..Rule::ACT };
}

impl Effect for MayExpose {
    const RULE: Rule = Rule { checked: true, caps: Caps::Enforced, ..Rule::ACT };
}

impl Effect for Leaves {
    const RULE: Rule = Rule { checked: true, caps: Caps::Noted, ..Rule::ACT };
}

impl Effect for NeverWorsens {
    const RULE: Rule = Rule::ACT;
}

impl Effect for Reads {
    const RULE: Rule = Rule::NOTHING;
}

/// Positions before an operation, for an account that owes something or on
/// which a delegate acts.
pub(crate) struct Before(Option<Vec<Position>>);

impl Before {
    /// Remembers what the gate may ask for.
    #[inline(always)]
    pub(crate) fn take<'i>(
        rule: Rule,
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
    ) -> Result<Self> {
        let judged = rule.checked && context.margin.has_debt();
        Self::take_if(judged, rule.acts, context, accounts)
    }

    /// Remembers it whatever the rule will be: a batch does not know yet.
    pub(crate) fn take_any<'i>(
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
    ) -> Result<Self> {
        Self::take_if(context.margin.has_debt(), true, context, accounts)
    }

    #[inline(always)]
    fn take_if<'i>(
        judged: bool,
        acts: bool,
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
    ) -> Result<Self> {
        let measured = acts && context.is_by_delegate();
        if measured && context.margin.uses_venues() {
            // what happened at venues since the last reading is no part of the act
            match read_units(context, accounts) {
                // the market of an elevation group, which every act in it names
                Ok(()) | Err(TrestleError::VenueAccountMissing) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self((judged || measured).then(|| context.margin.positions().to_vec())))
    }
}

/// Checks what a rule asks for, charges a delegate, and stamps the account.
/// Inside a region all of that waits for [`settle_region`].
/// `accounts` are all of the instruction's.
#[inline(always)]
pub(crate) fn settle<'i>(
    rule: Rule,
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    before: &Before,
) -> Result<()> {
    if !rule.acts {
        return Ok(());
    }
    if context.who.is_some() {
        settle_other(rule, context, accounts, before)
    } else {
        judge(rule, context, accounts, before)
    }
}

/// [`settle`] for whoever is not the owner outside a session.
#[cold]
#[inline(never)]
fn settle_other<'i>(
    rule: Rule,
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    before: &Before,
) -> Result<()> {
    if !context.is_by_delegate() {
        return Ok(()); // in a region or a receivership
    }
    judge(rule, context, accounts, before)?;
    match (context.who.take().as_deref(), &before.0) {
        (Some(Who::Delegate(acting)), Some(positions)) => {
            delegate::charge(context, acting, positions)
        }
        _ => Err(TrestleError::Corrupt),
    }
}

/// The end of a region, whatever was done in it. No state before is compared:
/// initial health must not be negative, also where it was.
#[inline(never)]
pub(crate) fn settle_region<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
) -> Result<()> {
    settle(Rule::REGION, context, accounts, &Before(None))
}

#[inline(always)]
fn judge<'i>(
    rule: Rule,
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    before: &Before,
) -> Result<()> {
    if !rule.checked {
        if !context.margin.has_debt() {
            owes_nothing(context);
        } else if context.margin.fixed.flagged_slot != 0 {
            recover(context);
        }
        return Ok(());
    }
    let init = check(context, accounts, before, rule.caps)?;
    if rule.releases && init.is_some_and(|init| init < 0) {
        return Err(TrestleError::InitialHealth);
    }
    Ok(())
}

fn owes_nothing(context: &mut Context<'_, '_>) {
    let fixed = &mut context.margin.fixed;
    fixed.health_bucket = 0;
    fixed.flagged_slot = 0;
}

/// Takes the flag of liquidation off an account that its owner brought back.
/// These acts need no price, so one that cannot be judged keeps its flag.
#[inline(never)]
fn recover(context: &mut Context<'_, '_>) {
    if let Ok(health) = context.health(context.margin.positions()) {
        context.note_recovery(&health);
    }
}

/// The gate of every act that may raise risk. Returns initial health, if
/// something is owed.
#[inline(never)]
fn check<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    before: &Before,
    caps: Caps,
) -> Result<Option<Usd>> {
    context.margin.fixed.last_check_slot = context.now.slot;
    if context.margin.uses_venues() {
        return check_venues(context, accounts, before, caps);
    }
    if !context.margin.has_debt() {
        owes_nothing(context);
        return Ok(None);
    }
    let after = context.health(context.margin.positions())?;
    decide(context, before, &after)
}

/// [`check`] for an account that uses venues: reads what owes there, and
/// brings the classes' totals up to date.
#[inline(never)]
fn check_venues<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    before: &Before,
    caps: Caps,
) -> Result<Option<Usd>> {
    let owes = context.margin.has_debt();
    if owes {
        read_indebted(context, accounts)?;
        context.margin.expect_known()?;
    } else if caps == Caps::Unasked {
        owes_nothing(context);
        return Ok(None);
    }
    let mut book = Box::new(Book::new());
    let after = match context.health_in(context.margin.positions(), &mut book) {
        Ok(after) => after,
        // leaving with nothing owed needs no price; a refresh brings the totals down
        Err(_) if !owes && caps == Caps::Noted => {
            owes_nothing(context);
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    exposure::update(context, accounts, &book, caps)?;
    stamp_stress(context, &book);
    if owes {
        return decide(context, before, &after);
    }
    owes_nothing(context);
    Ok(None)
}

/// Remembers how close each venue account is to the venue's own liquidation.
pub(crate) fn stamp_stress(context: &mut Context<'_, '_>, book: &Book) {
    let accounts = context.margin.fixed.venue_accounts.iter_mut();
    for (account, sum) in accounts.zip(&book.accounts) {
        account.stress = if sum.debt == 0 { 0 } else { sum.ratio().q16() };
    }
}

fn decide(context: &mut Context<'_, '_>, before: &Before, after: &Health) -> Result<Option<Usd>> {
    let positions_before = || match &before.0 {
        Some(positions) => context.health(positions),
        // nothing was owed before: health was not negative, so it has fallen
        None => Err(TrestleError::InitialHealth),
    };
    let skew = i64::from(context.markets.terms.max_skew);
    admit(positions_before, after, skew)??;
    context.note_recovery(after);
    let fixed = &mut context.margin.fixed;
    fixed.health_bucket = health_bucket(after.maint, after.debts);
    if after.init.is_some_and(|init| init >= 0) {
        fixed.last_risk_time = context.now.unix;
    }
    Ok(after.init)
}
