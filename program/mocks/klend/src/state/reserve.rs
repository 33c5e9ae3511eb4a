//! Reserve: one token of a market, its vaults, books and terms.

use super::layout;
use crate::fraction::Fraction;
use solana_program::pubkey::Pubkey;

/// Points of the rate curve.
const POINTS: usize = 11;
/// Elevation groups that a reserve can be in.
const MEMBERSHIPS: usize = 20;

layout! {
    /// The reserve.
    Reserve: 8624;
    /// 1, or written off.
    version, set_version: u64 = 8;
    /// Slot of the last refresh.
    slot, set_slot: u64 = 16;
    /// Set by every act, cleared by a refresh.
    stale, set_stale: u8 = 24;
    /// What the saved price has passed.
    price_status, set_price_status: u8 = 25;
    /// Market.
    market, set_market: Pubkey = 32;
    /// Farm of its collateral, or none.
    farm_collateral, set_farm_collateral: Pubkey = 64;
    /// Farm of its debt, or none.
    farm_debt, set_farm_debt: Pubkey = 96;
    /// Mint.
    mint, set_mint: Pubkey = 128;
    /// Vault of liquidity.
    vault, set_vault: Pubkey = 160;
    /// Vault of fees.
    fee_vault, set_fee_vault: Pubkey = 192;
    /// Liquidity in the vault that the books know, native units.
    available, set_available: u64 = 224;
    /// Debt, native units.
    borrowed, set_borrowed: Fraction = 232;
    /// USD of one whole token.
    price, set_price: Fraction = 248;
    /// When that price was published.
    price_time, set_price_time: u64 = 264;
    /// Decimals of the mint.
    decimals, set_decimals: u64 = 272;
    /// Since when the supply is above its limit, or 0.
    deposit_limit_crossed, set_deposit_limit_crossed: u64 = 280;
    /// Since when the debt is above its limit, or 0.
    borrow_limit_crossed, set_borrow_limit_crossed: u64 = 288;
    /// Cumulative borrow rate, 256 bits with 60 behind the point.
    rate, set_rate: [u64; 4] = 296;
    /// The protocol's part, native units.
    protocol_fees, set_protocol_fees: Fraction = 344;
    /// Referrers' part that is assigned, native units.
    referrer_fees, set_referrer_fees: Fraction = 360;
    /// Referrers' part that is not assigned, native units.
    pending_referrer_fees, set_pending_referrer_fees: Fraction = 376;
    /// Referrers' share of interest.
    referral_rate, set_referral_rate: Fraction = 392;
    /// Token program of the mint.
    token_program, set_token_program: Pubkey = 408;
    /// Mint of receipts (cTokens).
    ctoken_mint, set_ctoken_mint: Pubkey = 2560;
    /// Receipts in circulation that the books know.
    supply, set_supply: u64 = 2592;
    /// Vault of receipts that back obligations.
    ctoken_vault, set_ctoken_vault: Pubkey = 2600;
    /// 0 active, 1 obsolete, 2 hidden.
    status, set_status: u8 = 4856;
    /// Interest that goes to the host besides the curve's, bps a year.
    host_rate_bps, set_host_rate_bps: u16 = 4858;
    /// No receipts for users.
    block_ctokens, set_block_ctokens: u8 = 4862;
    /// The protocol's share of variable interest, percent.
    take_pct, set_take_pct: u8 = 4870;
    /// The protocol's share of the liquidation bonus, percent.
    liquidation_fee_pct, set_liquidation_fee_pct: u8 = 4871;
    /// Loan-to-value, percent.
    ltv_pct, set_ltv_pct: u8 = 4872;
    /// Liquidation threshold, percent.
    threshold_pct, set_threshold_pct: u8 = 4873;
    /// Least liquidation bonus, bps.
    min_bonus_bps, set_min_bonus_bps: u16 = 4874;
    /// Most liquidation bonus, bps.
    max_bonus_bps, set_max_bonus_bps: u16 = 4876;
    /// Liquidation bonus of bad debt, bps.
    bad_debt_bonus_bps, set_bad_debt_bonus_bps: u16 = 4878;
    /// Fee of a loan, times 2^60.
    origination_fee, set_origination_fee: u64 = 4896;
    /// Weight of its debt, percent.
    borrow_factor_pct, set_borrow_factor_pct: u64 = 5008;
    /// Most supply, native units.
    deposit_limit, set_deposit_limit: u64 = 5016;
    /// Most debt, native units.
    borrow_limit, set_borrow_limit: u64 = 5024;
    /// Least price, in units of `10^-heuristic_exponent` USD; 0 for none.
    heuristic_lower, set_heuristic_lower: u64 = 5064;
    /// Most price, in the same units; 0 for none.
    heuristic_upper, set_heuristic_upper: u64 = 5072;
    /// Decimals of the two bounds.
    heuristic_exponent, set_heuristic_exponent: u64 = 5080;
    /// Most distance of a price from its average, bps; 0 when it is not looked at.
    max_divergence_bps, set_max_divergence_bps: u64 = 5088;
    /// Most age of a price, seconds.
    max_price_age, set_max_price_age: u64 = 5096;
    /// Most age of an average, seconds.
    max_twap_age, set_max_twap_age: u64 = 5104;
    /// Scope price account, or none. The mock does not read one.
    scope, set_scope: Pubkey = 5112;
    /// Switchboard feed, or none. The mock does not read one.
    switchboard, set_switchboard: Pubkey = 5160;
    /// Pyth price account, or none.
    pyth, set_pyth: Pubkey = 5224;
    /// The price is not to be used.
    block_price, set_block_price: u8 = 5256;
    /// It carries debt only inside a group.
    no_collateral_outside_groups, set_no_collateral_outside_groups: u8 = 5500;
    /// Utilization above which nobody borrows, percent; 0 for none.
    max_utilization_pct, set_max_utilization_pct: u8 = 5501;
    /// Most debt outside of groups, native units.
    borrow_limit_outside, set_borrow_limit_outside: u64 = 5504;
    /// When all its loans end, or 0.
    maturity, set_maturity: u64 = 5776;
    /// How long a loan runs, or 0.
    term, set_term: u64 = 5784;
    /// Debt outside of groups, native units.
    borrowed_outside, set_borrowed_outside: u64 = 6704;
    /// Receipts whose owners wait for liquidity.
    queued, set_queued: u64 = 6968;
}

layout! {
    /// What may leave within an interval.
    Cap: 32;
    /// Most, native units.
    capacity, set_capacity: i64 = 0;
    /// So far; negative when more came in.
    total, set_total: i64 = 8;
    /// Start of the interval.
    start, set_start: u64 = 16;
    /// Length of the interval, seconds; 0 when there is no cap.
    interval, set_interval: u64 = 24;
}

impl Reserve<'_> {
    /// `sha256("account:Reserve")[..8]`.
    pub const DISCRIMINATOR: [u8; 8] = [0x2b, 0xf2, 0xcc, 0xca, 0x1a, 0xf7, 0x3b, 0x7f];

    /// Cap of redemptions.
    pub fn deposit_cap(&mut self) -> Cap<'_> {
        Cap(&mut self.0[5416..][..Cap::LEN])
    }

    /// Cap of loans.
    pub fn debt_cap(&mut self) -> Cap<'_> {
        Cap(&mut self.0[5448..][..Cap::LEN])
    }

    /// The rate curve: utilization and rate, bps.
    #[must_use]
    pub fn curve(&self) -> [(u32, u32); POINTS] {
        core::array::from_fn(|i| {
            let at = 4920 + 8 * i;
            (super::Field::read(&self.0[at..]), super::Field::read(&self.0[at + 4..]))
        })
    }

    /// Sets [`Self::curve`].
    pub fn set_curve(&mut self, points: [(u32, u32); POINTS]) {
        for (i, (utilization, rate)) in points.into_iter().enumerate() {
            let at = 4920 + 8 * i;
            super::Field::write(utilization, &mut self.0[at..]);
            super::Field::write(rate, &mut self.0[at + 4..]);
        }
    }

    /// Whether it is in an elevation group.
    #[must_use]
    pub fn in_group(&self, group: u8) -> bool {
        self.0[5480..][..MEMBERSHIPS].contains(&group)
    }

    /// Puts it into an elevation group, by the first free place.
    ///
    /// # Panics
    /// When there is none.
    pub fn join_group(&mut self, group: u8) {
        let places = &mut self.0[5480..][..MEMBERSHIPS];
        *places.iter_mut().find(|place| **place == 0).expect("a free place") = group;
    }

    /// Most debt of a group (1 to 32) against it, native units.
    #[must_use]
    pub fn group_limit(&self, group: u8) -> u64 {
        super::Field::read(&self.0[5512 + slot(group)..])
    }

    /// Sets [`Self::group_limit`].
    pub fn set_group_limit(&mut self, group: u8, limit: u64) {
        super::Field::write(limit, &mut self.0[5512 + slot(group)..]);
    }

    /// Debt of a group (1 to 32) against it, native units.
    #[must_use]
    pub fn group_debt(&self, group: u8) -> u64 {
        super::Field::read(&self.0[6712 + slot(group)..])
    }

    /// Sets [`Self::group_debt`].
    pub fn set_group_debt(&mut self, group: u8, debt: u64) {
        super::Field::write(debt, &mut self.0[6712 + slot(group)..]);
    }
}

fn slot(group: u8) -> usize {
    8 * (usize::from(group) - 1)
}
