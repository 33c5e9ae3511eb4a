//! The two sides of a liquidation: the debt that is repaid, the collateral that is seized.

use super::deposit::PoolSide;
use super::plan::Step;
use super::venue::VenueSide;
use super::venue_debt::VenueDebt;
use crate::Result;
use crate::accounts::{Context, Custody, PoolHandle, TokenRefs, expect_address, tokens_of};
use crate::cpi::{self, Signer};
use crate::slab::Place;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::LiquidateAccounts;
use trestle_interface::args::LiquidateArgs;
use trestle_interface::state::{MarketKind, PositionKey, PositionKind};
use trestle_interface::view::Now;
use trestle_risk_math::liquidation::DUST_VALUE;
use trestle_risk_math::num::high64;
use trestle_risk_math::portfolio::{Book, Health};

/// Whether nothing is left but isolated assets.
fn is_last(health: &Health) -> bool {
    health.equity.saturating_add(health.debts).max(0).unsigned_abs() < DUST_VALUE
}

/// The accounts of the instruction.
pub(super) type List<'a, 'i> = LiquidateAccounts<&'a AccountInfo<'i>>;

/// A debt that can be repaid.
pub(super) enum DebtSide<'a, 'i> {
    /// To a native pool.
    Pool(Box<PoolDebt<'a, 'i>>),
    /// To a venue.
    Venue(Box<VenueDebt<'a, 'i>>),
}

/// A debt to a native pool.
pub(super) struct PoolDebt<'a, 'i> {
    pool: PoolHandle<'a, 'i>,
    place: Place,
    units: u64,
    owed: u64,
}

impl<'a, 'i> DebtSide<'a, 'i> {
    /// The account's debt at a market. What is owed to a venue was visited before.
    pub(super) fn load(
        context: &Context<'_, 'i>,
        list: &List<'a, 'i>,
        market: u16,
        venue: Option<Box<VenueDebt<'a, 'i>>>,
    ) -> Result<Self> {
        match venue {
            Some(debt) => {
                debt.expect_owed(context)?;
                Ok(Self::Venue(debt))
            }
            None => Ok(Self::Pool(Box::new(PoolDebt::load(context, list, market)?))),
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Pool(debt) => debt.place,
            Self::Venue(debt) => debt.place,
        }
    }

    /// Where the debt stands in the slab.
    pub(super) fn key(&self) -> PositionKey {
        self.place().key()
    }

    /// Units that repaying `tokens` clears. At a venue about so many.
    pub(super) fn units_of(&self, tokens: u64) -> Result<u128> {
        match self {
            Self::Pool(debt) => Ok(debt.pool.books.repayment(tokens, debt.units)?.units.into()),
            Self::Venue(debt) => Ok(debt.units_of(tokens)),
        }
    }

    /// Asset of the debt.
    pub(super) fn asset(&self) -> u8 {
        self.place().asset
    }

    /// Class of the debt.
    pub(super) fn class(&self) -> u8 {
        self.place().class
    }

    /// What is owed now, native units, rounded up.
    pub(super) fn owed(&self) -> u64 {
        match self {
            Self::Pool(debt) => debt.owed,
            Self::Venue(debt) => debt.owed,
        }
    }

    /// A share of the incentive goes to the insurance of the debt's pool. A
    /// venue has none here: its debtor keeps that share.
    pub(super) const fn insures(&self) -> bool {
        matches!(self, Self::Pool(_))
    }

    /// What insurance may pay for the incentive, native units. A venue's debt
    /// has none.
    pub(super) fn allowance(&mut self, now: Now) -> u64 {
        match self {
            Self::Pool(debt) => debt.allowance(now),
            Self::Venue(_) => 0,
        }
    }

    /// What repaying takes off the charge for a venue's stress, beyond the
    /// slope: Q16 per micro-USD, rounded up.
    pub(super) fn relief(&self, context: &Context<'_, 'i>, book: &Book, value: u64) -> Result<i64> {
        match self {
            Self::Pool(_) => Ok(0),
            Self::Venue(debt) => debt.relief(context, book, value),
        }
    }

    /// Takes the liquidator's tokens and cancels what they cover. Returns how
    /// many went into the debt.
    pub(super) fn repay(
        &mut self,
        context: &mut Context<'_, 'i>,
        list: &List<'a, 'i>,
        step: &Step,
    ) -> Result<u64> {
        match self {
            Self::Pool(debt) => debt.repay(context, list, step),
            Self::Venue(debt) => debt.repay(context, list, step),
        }
    }
}

impl<'a, 'i> PoolDebt<'a, 'i> {
    fn load(context: &Context<'_, '_>, list: &List<'a, 'i>, market: u16) -> Result<Self> {
        let row = context.market(market, MarketKind::Pool)?;
        expect_address(list.debt_pool, &row.address)?;
        let pool = PoolHandle::load(
            context.program_id,
            &context.margin.fixed.header.group,
            list.debt_pool,
            list.debt_vault,
            list.debt_mint,
            list.debt_token_program,
            context.now,
        )?;
        let place = Place {
            asset: row.asset,
            class: row.class,
            market,
            kind: PositionKind::PoolDebt,
            bump: 0,
        };
        let units = context.margin.units(place.key())?;
        if units == 0 {
            return Err(TrestleError::NoPosition);
        }
        let owed = pool.books.debt_index.tokens_ceil(units)?;
        Ok(Self { pool, place, units, owed })
    }

    /// What insurance may pay for the incentive, native units.
    fn allowance(&mut self, now: Now) -> u64 {
        let held = high64(self.pool.books.insurance);
        self.pool.losses.allowance(held, now.unix).min(held)
    }

    fn repay(
        &mut self,
        context: &mut Context<'_, '_>,
        list: &List<'a, 'i>,
        step: &Step,
    ) -> Result<u64> {
        let pool = &mut self.pool;
        let total = step.repay.checked_add(step.insurance).ok_or(TrestleError::Overflow)?;
        // the subsidy is netted: it is part of what is repaid, and never more
        let total = total.checked_sub(step.subsidy).ok_or(TrestleError::Overflow)?;
        let source = tokens_of(list.debt_source, pool.token_program.key, pool.mint.key)?;
        if source.amount < total {
            return Err(TrestleError::InsufficientTokens);
        }
        cpi::transfer(
            pool.token_program,
            list.debt_source,
            pool.mint,
            pool.vault,
            list.liquidator,
            total,
            pool.decimals,
            &Signer::Transaction,
        )?;
        if pool.received()? != total {
            return Err(TrestleError::TransferMismatch);
        }
        let cleared = pool.books.repayment(step.repay, self.units)?;
        pool.books.repay(cleared)?;
        pool.books.insure(step.insurance)?;
        if step.subsidy != 0 {
            pool.books.spend_insurance(step.subsidy)?;
            pool.losses.spend(step.subsidy);
        }
        pool.store(context.program_id)?;
        context.margin.debit(self.place.key(), cleared.units)?;
        Ok(step.repay)
    }
}

/// Collateral that can be seized.
pub(super) enum CollateralSide<'a, 'i> {
    /// Idle tokens.
    Custody(Custody<'a, 'i>),
    /// A pool deposit, redeemed to the liquidator or taken as it is.
    Pool(Box<PoolSide<'a, 'i>>),
    /// A deposit at a venue, redeemed through custody to the liquidator.
    Venue(Box<VenueSide<'a, 'i>>),
}

impl<'a, 'i> CollateralSide<'a, 'i> {
    /// The account's collateral that the arguments name. Isolated assets are
    /// seized last, when nothing else is left: they must not be bait, and must
    /// not keep a bad debt from its settlement either. A pool deposit needs
    /// its pool as the first trailing account; what lies at a venue was
    /// visited before.
    pub(super) fn load(
        context: &Context<'_, 'i>,
        list: &List<'a, 'i>,
        trailing: &'a [AccountInfo<'i>],
        args: &LiquidateArgs,
        venue: Option<Box<VenueSide<'a, 'i>>>,
        health: &Health,
    ) -> Result<Self> {
        let side = match (PositionKind::from_byte(args.collateral_kind), venue) {
            (Some(PositionKind::Custody), _) => Self::custody(context, list, args)?,
            (Some(PositionKind::PoolDeposit), _) => {
                let pool = trailing.first().ok_or(TrestleError::AccountCount)?;
                Self::Pool(Box::new(PoolSide::load(context, list, pool, args.collateral_market)?))
            }
            (Some(PositionKind::VenueDeposit), Some(mut side)) => {
                side.measure(context)?;
                Self::Venue(side)
            }
            _ => return Err(TrestleError::NotSeizable),
        };
        if context.asset(side.asset())?.is_isolated() && !is_last(health) {
            return Err(TrestleError::NotSeizable);
        }
        Ok(side)
    }

    fn custody(
        context: &Context<'_, '_>,
        list: &List<'a, 'i>,
        args: &LiquidateArgs,
    ) -> Result<Self> {
        let asset = u8::try_from(args.collateral_market).map_err(|_| TrestleError::UnknownRow)?;
        let refs = TokenRefs {
            custody: list.collateral_vault,
            custody_owner: list.custody_owner,
            mint: list.collateral_mint,
            token_program: list.collateral_token_program,
        };
        let custody = Custody::load(context, refs, asset)?;
        if custody.units == 0 {
            return Err(TrestleError::NoPosition);
        }
        Ok(Self::Custody(custody))
    }

    fn place(&self) -> Place {
        match self {
            Self::Custody(custody) => custody.place,
            Self::Pool(side) => side.place,
            Self::Venue(side) => side.place,
        }
    }

    /// Where the collateral stands in the slab.
    pub(super) fn key(&self) -> PositionKey {
        self.place().key()
    }

    /// Units that seizing `tokens` takes. At a venue about so many.
    pub(super) fn units_of(&self, tokens: u64) -> Result<u128> {
        let units = match self {
            Self::Custody(_) => tokens,
            Self::Pool(side) => side.units_for(tokens)?,
            Self::Venue(side) => side.units_for(tokens)?,
        };
        Ok(units.into())
    }

    /// Asset of the collateral.
    pub(super) fn asset(&self) -> u8 {
        self.place().asset
    }

    /// Class of the collateral.
    pub(super) fn class(&self) -> u8 {
        self.place().class
    }

    /// Native units that can be seized once the repayment has brought `brought`
    /// tokens to the debt's pool.
    pub(super) fn available(&self, brought: u64) -> Result<u64> {
        match self {
            Self::Custody(custody) => Ok(custody.units),
            Self::Pool(side) => side.available(brought),
            Self::Venue(side) => Ok(side.available()),
        }
    }

    /// Something can leave at all.
    pub(super) fn expect_free(&self) -> Result<()> {
        if let Self::Venue(side) = self { side.expect_free() } else { Ok(()) }
    }

    /// Whether part of the claim is charged as illiquid on the board.
    pub(super) fn is_illiquid(&self, context: &Context<'_, '_>) -> bool {
        let held = match self {
            Self::Custody(_) => return false,
            Self::Pool(side) => side.tokens(),
            Self::Venue(side) => Ok(side.tokens()),
        };
        let liquid = context.markets.market(self.place().market).map_or(0, |row| row.liquid);
        held.is_ok_and(|held| held > liquid)
    }

    /// Hands what is seized to the liquidator. Returns native units.
    pub(super) fn seize(
        &mut self,
        context: &mut Context<'_, 'i>,
        accounts: &[AccountInfo<'i>],
        list: &List<'_, 'i>,
        step: &Step,
    ) -> Result<u64> {
        let to = list.collateral_destination;
        match self {
            Self::Custody(custody) => {
                tokens_of(to, custody.refs.token_program.key, custody.refs.mint.key)?;
                let paid = custody.pay(context, to, step.seize)?;
                context.margin.debit(custody.place.key(), paid)?;
                Ok(paid)
            }
            Self::Pool(side) => side.seize(context, accounts, list, step),
            Self::Venue(side) => side.seize(context, to, step.seize),
        }
    }
}
