//! Obligation: collateral and debt of one owner in one market.

use super::layout;
use crate::fraction::Fraction;
use solana_program::pubkey::Pubkey;

/// Slots for collateral.
pub const DEPOSITS: usize = 8;
/// Slots for debt.
pub const BORROWS: usize = 5;

layout! {
    /// The obligation.
    Obligation: 3344;
    /// Kind, part of the address.
    tag, set_tag: u64 = 8;
    /// Slot of the last refresh.
    slot, set_slot: u64 = 16;
    /// Set by every act, cleared by a refresh.
    stale, set_stale: u8 = 24;
    /// What all prices of its reserves have passed.
    price_status, set_price_status: u8 = 25;
    /// Market.
    market, set_market: Pubkey = 32;
    /// Owner.
    owner, set_owner: Pubkey = 64;
    /// Lowest liquidation threshold of collateral that counts, percent; 255 for none.
    lowest_threshold, set_lowest_threshold: u64 = 1184;
    /// Collateral at the last refresh, USD.
    deposited_value, set_deposited_value: Fraction = 1192;
    /// Debt times borrow factors at the last refresh, USD.
    adjusted_debt, set_adjusted_debt: Fraction = 2208;
    /// Debt at the last refresh, USD.
    debt_value, set_debt_value: Fraction = 2224;
    /// Most adjusted debt that may be taken, USD.
    allowed, set_allowed: Fraction = 2240;
    /// Adjusted debt at which it is liquidated, USD.
    unhealthy, set_unhealthy: Fraction = 2256;
    /// Elevation group, 0 for none.
    group, set_group: u8 = 2285;
    /// Collateral in closed reserves.
    obsolete_deposits, set_obsolete_deposits: u8 = 2286;
    /// There is debt.
    has_debt, set_has_debt: u8 = 2287;
    /// Referrer, or none.
    referrer, set_referrer: Pubkey = 2288;
    /// Some collateral carries debt only inside a group.
    borrowing_disabled, set_borrowing_disabled: u8 = 2320;
    /// Lowest loan-to-value of all collateral, percent; 255 for none.
    lowest_ltv, set_lowest_ltv: u8 = 2322;
    /// Debt in closed reserves.
    obsolete_borrows, set_obsolete_borrows: u8 = 2323;
    /// Highest borrow factor of debt that counts, percent.
    highest_factor, set_highest_factor: u64 = 2328;
    /// When winding down was announced, 0 for never.
    margin_call, set_margin_call: u64 = 2336;
}

layout! {
    /// One collateral.
    Deposit: 136;
    /// Reserve, or none.
    reserve, set_reserve: Pubkey = 0;
    /// Receipts (cTokens).
    amount, set_amount: u64 = 32;
    /// Value at the last refresh, USD.
    value, set_value: Fraction = 40;
    /// Debt of the group against it, native units.
    group_debt, set_group_debt: u64 = 56;
}

layout! {
    /// One debt.
    Borrow: 200;
    /// Reserve, or none.
    reserve, set_reserve: Pubkey = 0;
    /// The reserve's cumulative rate when the debt was last brought up to date.
    rate, set_rate: [u64; 4] = 32;
    /// When it last grew by a loan.
    borrowed_at, set_borrowed_at: u64 = 80;
    /// Native units.
    amount, set_amount: Fraction = 88;
    /// Value at the last refresh, USD.
    value, set_value: Fraction = 104;
    /// Value times borrow factor at the last refresh, USD.
    adjusted_value, set_adjusted_value: Fraction = 120;
    /// What it adds to the reserve's debt outside of groups, native units.
    outside_groups, set_outside_groups: u64 = 136;
}

impl Obligation<'_> {
    /// `sha256("account:Obligation")[..8]`.
    pub const DISCRIMINATOR: [u8; 8] = [0xa8, 0xce, 0x8d, 0x6a, 0x58, 0x4c, 0xac, 0xa7];

    /// Collateral in slot `i`, used or not.
    pub fn deposit(&mut self, i: usize) -> Deposit<'_> {
        Deposit(&mut self.0[96 + Deposit::LEN * i..][..Deposit::LEN])
    }

    /// Debt in slot `i`, used or not.
    pub fn borrow(&mut self, i: usize) -> Borrow<'_> {
        Borrow(&mut self.0[1208 + Borrow::LEN * i..][..Borrow::LEN])
    }

    /// Slots of used collateral, in order.
    #[must_use]
    pub fn deposits(&mut self) -> Vec<usize> {
        (0..DEPOSITS).filter(|i| self.deposit(*i).reserve() != Pubkey::default()).collect()
    }

    /// Slots of used debt, in order.
    #[must_use]
    pub fn borrows(&mut self) -> Vec<usize> {
        (0..BORROWS).filter(|i| self.borrow(*i).reserve() != Pubkey::default()).collect()
    }

    /// Slot of a reserve's collateral.
    pub fn deposit_of(&mut self, reserve: &Pubkey) -> Option<usize> {
        (0..DEPOSITS).find(|i| self.deposit(*i).reserve() == *reserve)
    }

    /// Slot of a reserve's debt.
    pub fn borrow_of(&mut self, reserve: &Pubkey) -> Option<usize> {
        (0..BORROWS).find(|i| self.borrow(*i).reserve() == *reserve)
    }

    /// Adjusted debt over collateral.
    #[must_use]
    pub fn ltv(&self) -> Fraction {
        self.adjusted_debt() / self.deposited_value()
    }

    /// Debt over collateral.
    #[must_use]
    pub fn plain_ltv(&self) -> Fraction {
        self.debt_value() / self.deposited_value()
    }

    /// Loan-to-value at which it is liquidated.
    #[must_use]
    pub fn unhealthy_ltv(&self) -> Fraction {
        self.unhealthy() / self.deposited_value()
    }
}
