//! One native credit pool, and a lend-only position in it.

use super::header::{Account, Header};
use super::losses::Losses;
use super::pod::Wide;
use crate::event::{LenderState, PoolState};
use bytemuck::{Pod, Zeroable};
use solana_address::Address;
use trestle_risk_math::index::Index;
use trestle_risk_math::num::Weight;
use trestle_risk_math::pool::{self, Apr, MAX_POINTS, PoolTerms, RateCurve, RatePoint};
use trestle_risk_math::{MathError, Result};

/// A corner of the rate curve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct CurvePoint {
    /// Utilisation, Q16.
    pub utilisation: u32,
    /// Borrow rate, Q24 a year.
    pub apr: u32,
}

/// A credit pool. Its books balance exactly; see [`trestle_risk_math::pool`].
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Pool {
    /// Header.
    pub header: Header,
    /// Mint.
    pub mint: Address,
    /// Token program of the mint.
    pub token_program: Address,
    /// Token account that holds the cash: the pool's own associated account.
    pub vault: Address,
    /// Asset.
    pub asset: u8,
    /// Decimals of the mint.
    pub decimals: u8,
    /// Market row.
    pub market: u16,
    /// Zero.
    pub padding: [u8; 4],
    /// Recognised idle tokens, native units.
    pub cash: u64,
    /// Units of all deposits.
    pub deposit_units: u64,
    /// Units of all debts.
    pub debt_units: u64,
    /// Tokens per deposit unit, Q64.
    pub deposit_index: Wide,
    /// Tokens per debt unit, Q64.
    pub debt_index: Wide,
    /// Fees not yet collected, Q64 tokens.
    pub fees: Wide,
    /// Insurance and rounding residues, Q64 tokens.
    pub insurance: Wide,
    /// Unix time of the last accrual.
    pub updated: i64,
    /// Borrow rate against utilisation.
    pub curve: [CurvePoint; MAX_POINTS],
    /// Share of interest that goes to fees, Q16.
    pub fee_share: u32,
    /// Share of interest that goes to insurance, Q16.
    pub insurance_share: u32,
    /// Most that deposits may reach by a deposit, native units.
    pub deposit_cap: u64,
    /// Most that debts may reach by a borrow, native units.
    pub debt_cap: u64,
    /// Most that the debt index grows in a slot, Q64: follows from the curve.
    pub growth_bound: u64,
    /// Counts changes of the books.
    pub sequence: u64,
    /// Known losses that wait, and what insurance may still pay.
    pub losses: Losses,
    /// Slot in which the cash last changed.
    pub cash_slot: u64,
    /// Cash with which that slot began, native units.
    pub cash_before: u64,
    /// Zero.
    pub reserved: [u8; 392],
}
crate::assert_layout!(
    Pool, 48, 32, 32, 32, // identity
    8, 8, 8, 8, // small, cash, units
    16, 16, 16, 16, 8, // indices, reserves, time
    40, 4, 4, 8, 8, 8, 8, // curve, shares, caps, growth, sequence
    32, 8, 8,   // losses, cash of the slot before
    392, // reserved
);

impl Account for Pool {
    const DISCRIMINATOR: [u8; 8] = *b"trPool\0\0";

    fn header(&self) -> &Header {
        &self.header
    }
}

impl Pool {
    /// The books.
    ///
    /// # Errors
    /// [`MathError::Range`] when an index is out of range.
    pub fn books(&self) -> Result<pool::Pool> {
        Ok(pool::Pool {
            cash: self.cash,
            deposit_units: self.deposit_units,
            debt_units: self.debt_units,
            deposit_index: Index::new(self.deposit_index.get())?,
            debt_index: Index::new(self.debt_index.get())?,
            fees: self.fees.get(),
            insurance: self.insurance.get(),
            updated: self.updated,
        })
    }

    /// Writes the books back.
    pub fn set_books(&mut self, books: &pool::Pool) {
        self.cash = books.cash;
        self.deposit_units = books.deposit_units;
        self.debt_units = books.debt_units;
        self.deposit_index = Wide::new(books.deposit_index.q64());
        self.debt_index = Wide::new(books.debt_index.q64());
        self.fees = Wide::new(books.fees);
        self.insurance = Wide::new(books.insurance);
        self.updated = books.updated;
    }

    /// Notes the cash with which `slot` began. To be called before the first
    /// change of cash in a slot is written; later changes in it note nothing.
    pub const fn note_cash(&mut self, slot: u64) {
        if self.cash_slot != slot {
            self.cash_slot = slot;
            self.cash_before = self.cash;
        }
    }

    /// Cash with which `slot` began, native units: what the pool holds, unless
    /// it was changed in this very slot. No transaction can set it, so nobody
    /// empties a pool, judges an account by that, and fills the pool again, all
    /// without holding anything from one slot to the next; nor makes a pool look
    /// full by a deposit that is gone at the transaction's end.
    #[must_use]
    pub const fn opening_cash(&self, slot: u64) -> u64 {
        if self.cash_slot == slot { self.cash_before } else { self.cash }
    }

    /// The books as an event tells them.
    #[must_use]
    pub fn event(&self) -> PoolState {
        PoolState {
            cash: self.cash,
            deposit_units: self.deposit_units,
            debt_units: self.debt_units,
            deposit_index: self.deposit_index.get(),
            debt_index: self.debt_index.get(),
            fees: self.fees.get(),
            insurance: self.insurance.get(),
            updated: self.updated,
        }
    }

    /// The pool's terms.
    ///
    /// # Errors
    /// [`MathError::Range`] when the stored curve breaks its rules.
    pub fn terms(&self) -> Result<PoolTerms> {
        pool_terms(&self.curve, self.fee_share, self.insurance_share)
    }
}

/// Terms from their stored form.
///
/// # Errors
/// [`MathError::Range`] when a rate, a share or the curve breaks its rules, or
/// the shares together exceed all interest.
pub fn pool_terms(
    curve: &[CurvePoint; MAX_POINTS],
    fee_share: u32,
    insurance_share: u32,
) -> Result<PoolTerms> {
    let mut points = [RatePoint::default(); MAX_POINTS];
    for (point, stored) in points.iter_mut().zip(curve) {
        *point =
            RatePoint { utilisation: Weight::new(stored.utilisation)?, apr: Apr::new(stored.apr)? };
    }
    let (fee_share, insurance_share) = (Weight::new(fee_share)?, Weight::new(insurance_share)?);
    if fee_share.plus(insurance_share) > Weight::ONE {
        return Err(MathError::Range);
    }
    Ok(PoolTerms { curve: RateCurve::new(points)?, fee_share, insurance_share })
}

/// A lend-only position: no margin account, no seat, no debts.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Lender {
    /// Header.
    pub header: Header,
    /// Pool.
    pub pool: Address,
    /// Owner.
    pub owner: Address,
    /// Deposit units.
    pub units: u64,
    /// Counts changes of the units.
    pub sequence: u64,
    /// Zero.
    pub reserved: [u8; 32],
}
crate::assert_layout!(Lender, 48, 32, 32, 8, 8, 32);

impl Lender {
    /// The position as an event tells it, `open` unless it is being closed.
    #[must_use]
    pub const fn event(&self, open: bool) -> LenderState {
        LenderState { pool: self.pool, owner: self.owner, units: self.units, open }
    }
}

impl Account for Lender {
    const DISCRIMINATOR: [u8; 8] = *b"trLender";

    fn header(&self) -> &Header {
        &self.header
    }
}

/// Running totals of one venue class against its caps.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Exposure {
    /// Header.
    pub header: Header,
    /// Class.
    pub class: u8,
    /// Zero.
    pub padding: [u8; 7],
    /// Sum of the accounts' positive net claims, micro-USD.
    pub claims: u64,
    /// Sum of the native debts that finance them, micro-USD.
    pub financing: u64,
    /// Zero.
    pub reserved: [u8; 56],
}
crate::assert_layout!(Exposure, 48, 1, 7, 8, 8, 56);

impl Account for Exposure {
    const DISCRIMINATOR: [u8; 8] = *b"trExpose";

    fn header(&self) -> &Header {
        &self.header
    }
}
