//! What an account adds to the running totals of venue classes, and the caps.
//!
//! A class's cap on claims bounds what all accounts together can lose with
//! the venue. Native debt that finances claims is bounded twice: for the class
//! by its cap, and for one account by a multiple of its equity (risk model 2.4).
//! Each account remembers its last contribution; acts that raise it must name
//! the class's totals, acts that lower it may.

use crate::Result;
use crate::accounts::{Context, write_in};
use crate::venues::find;
use solana_program::account_info::AccountInfo;
use trestle_interface::TrestleError;
use trestle_interface::state::{ClassRow, Contribution, Exposure};
use trestle_risk_math::portfolio::Book;

/// 1.0 in the scale of [`ClassRow::financing_multiple`].
const MULTIPLE_BITS: u32 = 16;

/// How strictly an act is held to the caps, least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Caps {
    /// It touches no claim: totals follow only where the account is valued anyway.
    Unasked,
    /// It can only lower claims: totals are brought up to date where they are
    /// there, and what rising prices did to them since stands in no one's way out.
    Noted,
    /// It can raise claims or financing: totals must be there, caps hold.
    Enforced,
}

/// Brings the account's contributions up to the book and checks the caps.
#[inline(never)]
pub(crate) fn update<'i>(
    context: &mut Context<'_, 'i>,
    accounts: &[AccountInfo<'i>],
    book: &Book,
    caps: Caps,
) -> Result<()> {
    for class in 1..context.markets.class_count {
        let at = usize::from(class);
        let claim = book.claims.get(at).copied().unwrap_or(0).max(0).unsigned_abs();
        let financing = claim.min(book.native_debts.max(0).unsigned_abs());
        let new = Contribution { claim, financing };
        let old = *context.margin.fixed.contributions.get(at).ok_or(TrestleError::Corrupt)?;
        if (new.claim, new.financing) == (old.claim, old.financing) {
            continue;
        }
        let row = context.markets.class(class).ok_or(TrestleError::UnknownRow)?;
        let raised = new.claim > old.claim || new.financing > old.financing;
        let enforced = caps == Caps::Enforced;
        let totals = match find(accounts, row.exposure.as_array()) {
            Ok(info) if info.is_writable => info,
            _ if raised && enforced => return Err(TrestleError::ExposureMissing),
            _ => continue,
        };
        if enforced && new.financing > old.financing {
            check_financing(row, new.financing, book.equity)?;
        }
        let group = context.margin.fixed.header.group;
        let mut totals = write_in::<Exposure>(totals, context.program_id, &group)?;
        totals.claims = moved(totals.claims, old.claim, new.claim)?;
        totals.financing = moved(totals.financing, old.financing, new.financing)?;
        if enforced && new.claim > old.claim && totals.claims > row.claim_cap {
            return Err(TrestleError::ClaimCap);
        }
        if enforced && new.financing > old.financing && totals.financing > row.financing_cap {
            return Err(TrestleError::FinancingCap);
        }
        drop(totals);
        let slot = context.margin.fixed.contributions.get_mut(at);
        *slot.ok_or(TrestleError::Corrupt)? = new;
    }
    Ok(())
}

/// One account's native debt at a class stays within a multiple of its equity.
fn check_financing(row: &ClassRow, financing: u64, equity: i64) -> Result<()> {
    let equity = u128::from(equity.max(0).unsigned_abs());
    let most = equity.saturating_mul(u128::from(row.financing_multiple)) >> MULTIPLE_BITS;
    if u128::from(financing) > most { Err(TrestleError::FinancingCap) } else { Ok(()) }
}

/// A total after one part of it changed.
fn moved(total: u64, old: u64, new: u64) -> Result<u64> {
    let rest = total.checked_sub(old).ok_or(TrestleError::Corrupt)?;
    rest.checked_add(new).ok_or(TrestleError::Overflow)
}
