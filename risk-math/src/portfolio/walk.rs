//! The walk: legs into a book, as one view sees them.

use super::book::Book;
use super::fold::{Amounts, AssetFold, Value, maturity_extra, scaled};
use super::meter::{Meter, Term};
use super::terms::{
    AssetTerms, ClassTerms, FactorTerms, Freshness, GroupTerms, Leg, LegExtras, MAX_LEGS,
    NATIVE_CLASS, NO_ACCOUNT, Side, Tables,
};
use crate::error::{MathError, Result};
use crate::num::{Pair, Weight};

/// What a view lets the pass see.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// Everything at its decayed value.
    Full,
    /// The same values; exposures of decaying classes fade with them.
    FullUnhedged,
    /// Live assets of classes that are not frozen.
    Initial,
    /// The same values; no exposure in frozen classes and unread accounts.
    InitialUnhedged,
}

/// Which further views the account needs. Filled by the full pass.
#[derive(Clone, Copy, Default)]
pub(super) struct Unusual {
    pub(super) stale_asset: bool,
    pub(super) stale_debt: bool,
    pub(super) frozen: bool,
    pub(super) decaying: bool,
    pub(super) unread: bool,
}

/// Times and ages met on the way.
#[derive(Clone, Copy)]
pub(super) struct Ages {
    pub(super) freshness: Freshness,
    pub(super) stale: bool,
    pub(super) oldest: i64,
    pub(super) newest: i64,
}

impl Ages {
    /// Before any leg.
    pub(super) const NONE: Self =
        Self { freshness: Freshness::Live, stale: false, oldest: i64::MAX, newest: i64::MIN };
}

/// Walks the legs once through a view.
pub(super) struct Reader<'a, T> {
    pub(super) tables: &'a T,
    pub(super) group: &'a GroupTerms,
    pub(super) unusual: &'a mut Unusual,
    pub(super) ages: &'a mut Ages,
}

/// The terms that hold for the leg at hand.
#[derive(Clone, Copy)]
struct Here<'a> {
    terms: &'a AssetTerms,
    factor: &'a FactorTerms<'a>,
    class: &'a ClassTerms,
    view: View,
}

/// Native units of one (asset, class): with exposure, without, and illiquid.
#[derive(Default)]
struct Group {
    seen: Amounts,
    hidden: Amounts,
    hides: bool,
    illiquid: u64,
}

impl<T: Tables> Reader<'_, T> {
    #[inline(never)]
    pub(super) fn walk<I, M>(
        &mut self,
        book: &mut Book,
        mut legs: I,
        view: View,
        meter: &mut M,
    ) -> Result<()>
    where
        I: Iterator<Item = Result<Leg>>,
        M: Meter,
    {
        let mut count = 0_u32;
        let mut next = legs.next().transpose()?;
        while let Some(first) = next {
            let terms = self.tables.asset(first.asset)?;
            let factor = self.tables.factor(terms.factor)?;
            if terms.freshness != Freshness::Dead {
                self.ages.oldest = self.ages.oldest.min(terms.published);
                self.ages.newest = self.ages.newest.max(terms.published);
            }
            let mut fold = AssetFold::default();
            let mut class_id = first.class;
            while let Some(leg) = next
                && leg.asset == first.asset
            {
                if leg.class < class_id {
                    return Err(MathError::Unsorted);
                }
                class_id = leg.class;
                let class = self.tables.class(class_id)?;
                let here = Here { terms: &terms, factor: &factor, class: &class, view };
                let mut group = Group::default();
                while let Some(leg) = next
                    && leg.asset == first.asset
                    && leg.class == class_id
                {
                    count = count.wrapping_add(1); // ends at 65
                    if count > MAX_LEGS {
                        return Err(MathError::TooManyLegs);
                    }
                    self.add_leg(book, &mut group, &leg, here, meter)?;
                    next = legs.next().transpose()?;
                }
                self.close_class(book, &mut fold, &group, class_id, here, meter)?;
            }
            if next.is_some_and(|leg| leg.asset < first.asset) {
                return Err(MathError::Unsorted);
            }
            book.add_asset(meter, self.group, &terms, fold)?;
        }
        Ok(())
    }

    #[inline(always)]
    fn add_leg<M: Meter>(
        &mut self,
        book: &mut Book,
        group: &mut Group,
        leg: &Leg,
        here: Here<'_>,
        meter: &mut M,
    ) -> Result<()> {
        let Here { terms, class, view, .. } = here;
        let freshness = leg.freshness.max(terms.freshness);
        let unread = leg.extras.is_some_and(|e| e.unread);
        if freshness != Freshness::Live {
            self.ages.freshness = self.ages.freshness.max(freshness);
            self.ages.stale |=
                leg.freshness == Freshness::Stale || terms.freshness == Freshness::Stale;
            match leg.side {
                Side::Asset => self.unusual.stale_asset = true,
                Side::Debt => self.unusual.stale_debt = true,
            }
        }
        self.unusual.unread |= unread;
        let mut amount = leg.amount;
        if leg.side == Side::Asset {
            let initial = matches!(view, View::Initial | View::InitialUnhedged);
            if initial && (freshness != Freshness::Live || class.frozen) {
                amount = 0;
            } else if freshness == Freshness::Dead || class.keep != Weight::ONE {
                amount = class.keep.of_floor(terms.keep.of_floor(leg.keep.of_floor(amount)));
            }
            if leg.liquid < amount {
                let part = amount.wrapping_sub(leg.liquid);
                group.illiquid = group.illiquid.checked_add(part).ok_or(MathError::Overflow)?;
            }
        }
        let hide = view == View::InitialUnhedged && (unread || class.frozen);
        if hide {
            group.hides = true;
            group.hidden.add(leg.side, amount)?;
        } else {
            group.seen.add(leg.side, amount)?;
        }
        if leg.account != NO_ACCOUNT {
            let worth = match leg.side {
                Side::Asset => terms.price.asset_value(amount)?,
                Side::Debt => terms.price.debt_value(amount)?,
            };
            let seen = Leg { amount, ..*leg };
            book.accounts.get_mut(usize::from(leg.account)).ok_or(MathError::Range)?.add(
                &seen,
                terms.factor,
                worth,
            )?;
        }
        if let Some(extras) = &leg.extras {
            self.add_extras(book, extras, amount, here, meter)?;
        }
        Ok(())
    }

    /// Orders, unsettled profit and maturity: rare, so out of line.
    #[inline(never)]
    fn add_extras<M: Meter>(
        &mut self,
        book: &mut Book,
        extras: &LegExtras,
        amount: u64,
        here: Here<'_>,
        meter: &mut M,
    ) -> Result<()> {
        let Here { terms, factor, .. } = here;
        if extras.bids | extras.asks != 0 {
            let bids = terms.price.debt_value(extras.bids)?;
            let asks = terms.price.debt_value(extras.asks)?;
            let sum =
                book.factors.get_mut(usize::from(terms.factor)).ok_or(MathError::UnknownFactor)?;
            sum.bids = sum.bids.wrapping_add(bids.cast_signed());
            sum.asks = sum.asks.wrapping_add(asks.cast_signed());
            book.charge(meter, Term::Basis, terms.basis, bids.max(asks));
        }
        if extras.unsettled != 0 {
            let gain = terms.price.debt_value(extras.unsettled)?;
            let settleable = terms.price.asset_value(extras.settleable.min(extras.unsettled))?;
            let kept = self.group.unsettled.of_floor(settleable);
            book.charge(
                meter,
                Term::Unsettled,
                Pair::new(Weight::ONE, Weight::ZERO),
                gain.saturating_sub(kept),
            );
            book.charge(meter, Term::Unsettled, Pair::new(Weight::ZERO, Weight::ONE), gain);
        }
        if extras.maturity_days != 0 {
            let worth = terms.price.debt_value(amount)?;
            let weights = maturity_extra(factor.down, extras.maturity_days);
            book.charge(meter, Term::Maturity, weights, worth);
        }
        Ok(())
    }

    #[inline(always)]
    fn close_class<M: Meter>(
        &mut self,
        book: &mut Book,
        fold: &mut AssetFold,
        group: &Group,
        class_id: u8,
        here: Here<'_>,
        meter: &mut M,
    ) -> Result<()> {
        let Here { terms, factor, class, view } = here;
        self.unusual.frozen |= class.frozen;
        self.unusual.decaying |= class.keep != Weight::ONE;
        let seen = group.seen.value(terms, factor)?;
        add_value(book, class_id, seen)?;
        fold.add(if view == View::FullUnhedged {
            scaled(seen.net(), class.keep)
        } else {
            seen.net()
        });
        if group.hides {
            add_value(book, class_id, group.hidden.value(terms, factor)?)?;
        }
        if group.illiquid != 0 && !terms.isolated {
            let part = terms.price.debt_value(group.illiquid)?;
            book.charge(meter, Term::Liquidity, self.group.illiquid, part);
        }
        Ok(())
    }
}

/// Adds a value to equity, debts and the class's claim.
#[inline(always)]
fn add_value(book: &mut Book, class_id: u8, value: Value) -> Result<()> {
    book.equity = book.equity.wrapping_add(value.net()); // |sum| < 2^61
    book.debts = book.debts.wrapping_add(value.debt);
    book.uncredited = book.uncredited.wrapping_add(value.uncredited);
    let claim = book.claims.get_mut(usize::from(class_id)).ok_or(MathError::UnknownClass)?;
    *claim = claim.wrapping_add(value.net());
    if class_id == NATIVE_CLASS {
        book.native_debts = book.native_debts.wrapping_add(value.debt);
    }
    Ok(())
}
