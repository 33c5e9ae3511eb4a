//! What a rescue moves: idle tokens in custody, or a pool deposit that is
//! redeemed into custody first.

use super::List;
use crate::Result;
use crate::accounts::{Context, Custody, TokenRefs};
use crate::instructions::pool::Parts;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::accounts::{PoolAccounts, RescuePoolAccounts};
use trestle_interface::args::RescueArgs;
use trestle_interface::state::PositionKind;
use trestle_risk_math::liquidation::{largest_tip, movable};

/// Where the tokens come from.
pub(super) enum Source<'a, 'i> {
    /// Idle tokens.
    Custody(Custody<'a, 'i>),
    /// A pool deposit.
    Pool(Box<Parts<'a, 'i>>),
}

impl<'a, 'i> Source<'a, 'i> {
    /// The position that the arguments name, of the asset that moves. Nobody
    /// leaves a pool with a known loss by a rescue either (ruling 10).
    pub(super) fn load(
        context: &Context<'_, '_>,
        list: &List<'a, 'i>,
        trailing: &'a [AccountInfo<'i>],
        args: &RescueArgs,
        asset: u8,
    ) -> Result<Self> {
        match PositionKind::from_byte(args.source_kind) {
            Some(PositionKind::Custody) => {
                let refs = TokenRefs {
                    custody: list.custody,
                    custody_owner: list.custody_owner,
                    mint: list.mint,
                    token_program: list.token_program,
                };
                Ok(Self::Custody(Custody::load(context, refs, asset)?))
            }
            Some(PositionKind::PoolDeposit) => {
                let (own, _) =
                    RescuePoolAccounts::split(trailing).ok_or(TrestleError::AccountCount)?;
                let pool = PoolAccounts {
                    pool: own.pool,
                    vault: own.vault,
                    custody: list.custody,
                    custody_owner: list.custody_owner,
                    mint: list.mint,
                    token_program: list.token_program,
                };
                let parts = Parts::of(context, &pool, args.source_market)?;
                parts.pool.expect_settled(context.now)?;
                Ok(Self::Pool(Box::new(parts)))
            }
            _ => Err(TrestleError::OutOfRange),
        }
    }

    /// Native units that can be moved, with the tip left beside them.
    pub(super) fn available(&self, context: &Context<'_, '_>) -> Result<u64> {
        let held = match self {
            Self::Custody(custody) => custody.units,
            Self::Pool(parts) => parts.available(context)?,
        };
        Ok(movable(held))
    }

    /// Brings so many tokens and their tip into custody. Returns how many there
    /// are to move.
    pub(super) fn bring(self, context: &mut Context<'_, 'i>, tokens: u64) -> Result<u64> {
        let Self::Pool(mut parts) = self else { return Ok(tokens) };
        let held = context.margin.units(parts.deposit.key())?;
        let wanted = tokens.checked_add(largest_tip(tokens)).ok_or(TrestleError::Overflow)?;
        let units = parts.pool.books.units_for(wanted)?.min(held);
        let arrived = parts.redeem(context, units)?;
        Ok(tokens.min(arrived))
    }
}
