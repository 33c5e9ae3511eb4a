//! The walk: legs into a book, as one view sees them.
//!
//! One loop over sorted legs. A change of class closes the class, a change of
//! asset closes the asset; nothing is looked up twice.

use super::book::Book;
use super::fold::{Amounts, AssetFold, Value, dead_growth, maturity_extra, scaled};
use super::meter::{Meter, Term};
use super::terms::{
    Asset, ClassTerms, Details, Freshness, GroupTerms, Leg, Legs, MAX_LEGS, NATIVE_CLASS,
    NO_ACCOUNT, Side, Tables,
};
use crate::error::{MathError, Result};
use crate::num::{Pair, Weight};
use crate::price::{MAX_LEG_VALUE, Price};

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

impl View {
    const fn is_initial(self) -> bool {
        matches!(self, Self::Initial | Self::InitialUnhedged)
    }
}

/// Which further views the account needs, and the ages met. Filled by a pass.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    pub(super) stale_asset: bool,
    pub(super) stale_debt: bool,
    pub(super) frozen: bool,
    pub(super) decaying: bool,
    pub(super) unread: bool,
    /// Something is [`Freshness::Stale`].
    pub(super) stale: bool,
    pub(super) freshness: Freshness,
    pub(super) oldest: i64,
    pub(super) newest: i64,
}

impl Seen {
    /// Before any leg.
    pub(super) const NOTHING: Self = Self {
        stale_asset: false,
        stale_debt: false,
        frozen: false,
        decaying: false,
        unread: false,
        stale: false,
        freshness: Freshness::Live,
        oldest: i64::MAX,
        newest: i64::MIN,
    };

    fn age(&mut self, side: Side, freshness: Freshness) {
        self.freshness = self.freshness.max(freshness);
        self.stale |= freshness == Freshness::Stale;
        match side {
            Side::Asset => self.stale_asset = true,
            Side::Debt => self.stale_debt = true,
        }
    }
}

/// Walks the legs once through a view.
pub(super) struct Walk<'a, T, L> {
    pub(super) tables: &'a T,
    pub(super) legs: &'a L,
    pub(super) group: &'a GroupTerms,
    pub(super) view: View,
    pub(super) seen: Seen,
}

/// The asset at hand.
struct Current<A> {
    id: u8,
    terms: A,
    fold: AssetFold,
}

/// The class at hand: native units of one asset in it.
struct Class {
    id: u8,
    keep: Weight,
    frozen: bool,
    /// Legs need a second look: the price is aged, or the class frozen or fading.
    unusual: bool,
    amounts: Amounts,
    /// The same without exposure, for views that hide some.
    hidden: Amounts,
    illiquid: u64,
}

impl Class {
    const fn new(id: u8) -> Self {
        Self {
            id,
            keep: Weight::ONE,
            frozen: false,
            unusual: false,
            amounts: Amounts::NONE,
            hidden: Amounts::NONE,
            illiquid: 0,
        }
    }
}

impl<'a, T: Tables, L: Legs> Walk<'a, T, L> {
    /// Fills the book.
    #[inline(never)]
    pub(super) fn run<M: Meter>(&mut self, book: &mut Book, meter: &mut M) -> Result<()> {
        let count = self.legs.count();
        if count > MAX_LEGS {
            return Err(MathError::TooManyLegs);
        }
        if count == 0 {
            return Ok(());
        }
        let mut leg = self.legs.leg(0)?;
        let mut index = 0_usize;
        let mut asset = self.open_asset(leg.asset)?;
        let mut class = self.open_class(leg.class, &asset)?;
        loop {
            if leg.special || class.unusual {
                self.add_special(book, &asset, &mut class, index, meter)?;
            } else {
                add_plain(&mut class, &leg)?;
            }
            index = index.wrapping_add(1); // below count
            if index == count {
                break;
            }
            let next = self.legs.leg(index)?;
            if next.asset != asset.id {
                if next.asset < asset.id {
                    return Err(MathError::Unsorted);
                }
                self.close_class(book, &mut asset, &class, meter)?;
                book.add_asset(meter, self.group, &asset.terms, asset.fold)?;
                asset = self.open_asset(next.asset)?;
                class = self.open_class(next.class, &asset)?;
            } else if next.class != class.id {
                if next.class < class.id {
                    return Err(MathError::Unsorted);
                }
                self.close_class(book, &mut asset, &class, meter)?;
                class = self.open_class(next.class, &asset)?;
            }
            leg = next;
        }
        self.close_class(book, &mut asset, &class, meter)?;
        book.add_asset(meter, self.group, &asset.terms, asset.fold)
    }

    #[inline(always)]
    fn open_asset(&mut self, id: u8) -> Result<Current<T::Asset<'a>>> {
        let terms = self.tables.asset(id)?;
        if terms.freshness() != Freshness::Dead {
            self.seen.oldest = self.seen.oldest.min(terms.published());
            self.seen.newest = self.seen.newest.max(terms.published());
        }
        Ok(Current { id, terms, fold: AssetFold::default() })
    }

    #[inline(always)]
    fn open_class<A: Asset>(&mut self, id: u8, asset: &Current<A>) -> Result<Class> {
        let mut class = Class::new(id);
        class.unusual = asset.terms.freshness() != Freshness::Live;
        if id != NATIVE_CLASS {
            let ClassTerms { keep, frozen, .. } = self.tables.class(id)?;
            (class.keep, class.frozen) = (keep, frozen);
            self.seen.frozen |= frozen;
            self.seen.decaying |= keep != Weight::ONE;
            class.unusual |= frozen || keep != Weight::ONE;
        }
        Ok(class)
    }

    /// A leg that is aged, fading, frozen, at a venue account, or has orders,
    /// unsettled profit or a maturity.
    #[inline(never)]
    fn add_special<M: Meter>(
        &mut self,
        book: &mut Book,
        asset: &Current<T::Asset<'a>>,
        class: &mut Class,
        index: usize,
        meter: &mut M,
    ) -> Result<()> {
        // read again, so that the loop need not keep the leg in memory
        let leg = self.legs.leg(index)?;
        let terms = &asset.terms;
        let details = if leg.special { self.legs.details(index)? } else { Details::NONE };
        for freshness in [details.freshness, terms.freshness()] {
            if freshness != Freshness::Live {
                self.seen.age(leg.side, freshness);
            }
        }
        self.seen.unread |= details.unread;
        let mut amount = leg.amount;
        if leg.side == Side::Asset {
            let live = details.freshness == Freshness::Live && terms.freshness() == Freshness::Live;
            if self.view.is_initial() && (!live || class.frozen) {
                amount = 0;
            } else {
                amount = details.keep.of_floor(terms.keep().of_floor(class.keep.of_floor(amount)));
            }
        }
        let leg = Leg { amount, ..leg };
        if self.view == View::InitialUnhedged && (details.unread || class.frozen) {
            class.hidden.add(leg.side, amount)?;
        } else {
            add_plain(class, &leg)?;
        }
        if details.account != NO_ACCOUNT {
            let worth = match leg.side {
                Side::Asset => terms.price().asset_value(amount).unwrap_or(MAX_LEG_VALUE),
                Side::Debt => terms.price().debt_value(amount)?,
            };
            let account =
                book.accounts.get_mut(usize::from(details.account)).ok_or(MathError::Range)?;
            account.add(&leg, &details, terms.factor(), worth)?;
            book.has_accounts = true;
        }
        self.add_details(book, &details, amount, terms, meter)
    }

    /// Orders, unsettled profit, maturity.
    fn add_details<M: Meter>(
        &self,
        book: &mut Book,
        details: &Details,
        amount: u64,
        terms: &T::Asset<'a>,
        meter: &mut M,
    ) -> Result<()> {
        if details.bids | details.asks != 0 {
            let bids = terms.price().debt_value(details.bids)?;
            let asks = terms.price().debt_value(details.asks)?;
            let sum = book
                .factors
                .get_mut(usize::from(terms.factor()))
                .ok_or(MathError::UnknownFactor)?;
            sum.bids = sum.bids.wrapping_add(bids.cast_signed());
            sum.asks = sum.asks.wrapping_add(asks.cast_signed());
            book.charge(meter, Term::Basis, terms.basis(), bids.max(asks));
        }
        if terms.isolated() {
            return Ok(()); // no credit, so there is nothing to charge
        }
        if details.unsettled != 0 {
            let gain = charged_value(terms.price(), details.unsettled);
            let settleable = details.settleable.min(details.unsettled);
            let worth = terms.price().asset_value(settleable).unwrap_or(MAX_LEG_VALUE);
            let kept = self.group.unsettled.of_floor(worth);
            let (maint, init) =
                (Pair::new(Weight::ONE, Weight::ZERO), Pair::new(Weight::ZERO, Weight::ONE));
            book.charge(meter, Term::Unsettled, maint, gain.saturating_sub(kept));
            book.charge(meter, Term::Unsettled, init, gain);
        }
        if details.maturity_days != 0 {
            let worth = charged_value(terms.price(), amount);
            let down = self.tables.factor(terms.factor())?.down;
            let weights = maturity_extra(down, details.maturity_days);
            book.charge(meter, Term::Maturity, weights, worth);
        }
        Ok(())
    }

    #[inline(never)]
    fn close_class<M: Meter>(
        &mut self,
        book: &mut Book,
        asset: &mut Current<T::Asset<'a>>,
        class: &Class,
        meter: &mut M,
    ) -> Result<()> {
        let mut value = class.amounts.value(&asset.terms)?;
        if asset.terms.keep() != Weight::ONE {
            value.debt = self.grown(value.debt, &asset.terms)?;
        }
        add_value(book, class.id, value)?;
        if class.id == NATIVE_CLASS {
            asset.fold.add_native(value);
        } else {
            let fades = self.view == View::FullUnhedged && class.keep != Weight::ONE;
            asset.fold.add(if fades { scaled(value.net(), class.keep) } else { value.net() });
        }
        if !class.hidden.is_none() {
            add_value(book, class.id, class.hidden.value(&asset.terms)?)?;
        }
        if class.illiquid != 0 && !asset.terms.isolated() {
            let part = charged_value(asset.terms.price(), class.illiquid);
            book.charge(meter, Term::Liquidity, self.group.illiquid, part);
        }
        Ok(())
    }

    /// A debt whose price is dead, grown at its bound.
    #[inline(never)]
    fn grown(&self, debt: i64, terms: &T::Asset<'a>) -> Result<i64> {
        let up = self.tables.factor(terms.factor())?.up.maint;
        Ok(debt.wrapping_add(dead_growth(debt.unsigned_abs(), terms.keep(), up).cast_signed()))
    }
}

/// What a charge on an asset is taken of, rounded up: like the asset, it counts
/// up to [`MAX_LEG_VALUE`]. An error would let an asset's size shield a debt.
#[inline(always)]
fn charged_value(price: Price, amount: u64) -> u64 {
    price.debt_value(amount).unwrap_or(MAX_LEG_VALUE)
}

/// Adds a leg at its amount.
#[inline(always)]
fn add_plain(class: &mut Class, leg: &Leg) -> Result<()> {
    class.amounts.add(leg.side, leg.amount)?;
    if leg.liquid < leg.amount && leg.side == Side::Asset {
        class.illiquid = class.illiquid.saturating_add(leg.amount.wrapping_sub(leg.liquid));
    }
    Ok(())
}

/// Adds a value to equity, debts and the class's claim.
#[inline(always)]
fn add_value(book: &mut Book, class_id: u8, value: Value) -> Result<()> {
    book.equity = book.equity.wrapping_add(value.net()); // |sum| < 2^61
    book.debts = book.debts.wrapping_add(value.debt);
    book.uncredited = book.uncredited.wrapping_add(value.uncredited);
    if class_id == NATIVE_CLASS {
        book.native_debts = book.native_debts.wrapping_add(value.debt);
        book.native_claim = book.native_claim.wrapping_add(value.net());
        return Ok(());
    }
    let claim = book.claims.get_mut(usize::from(class_id)).ok_or(MathError::UnknownClass)?;
    *claim = claim.wrapping_add(value.net());
    book.has_claims = true;
    Ok(())
}
