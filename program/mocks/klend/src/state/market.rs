//! Lending market and its elevation groups.

use super::layout;
use crate::fraction::Fraction;
use solana_program::pubkey::Pubkey;

/// Groups of a market; ids start at 1.
const GROUPS: u8 = 32;

layout! {
    /// The market: what its reserves share.
    Market: 4664;
    /// Bump of the authority's address.
    bump, set_bump: u64 = 16;
    /// Who may configure it.
    owner, set_owner: Pubkey = 24;
    /// Share of the protocol's take that goes to referrers, bps.
    referral_fee_bps, set_referral_fee_bps: u16 = 120;
    /// Nothing works while it is set.
    emergency, set_emergency: u8 = 122;
    /// Nobody borrows while it is set.
    borrow_disabled, set_borrow_disabled: u8 = 124;
    /// Share of a price's maximum age after which a refresh reads it anew, percent.
    price_trigger_pct, set_price_trigger_pct: u8 = 125;
    /// Share of all debt that one liquidation may repay, percent.
    close_factor_pct, set_close_factor_pct: u8 = 126;
    /// Loan-to-value above which all debt may be repaid at once, percent.
    insolvency_ltv_pct, set_insolvency_ltv_pct: u8 = 127;
    /// Debt below this is liquidated whole, USD.
    min_full_liquidation, set_min_full_liquidation: u64 = 128;
    /// Most debt that one liquidation repays, USD.
    max_liquidation, set_max_liquidation: u64 = 136;
    /// Most debt of one obligation, USD.
    global_allowed_borrow, set_global_allowed_borrow: u64 = 152;
    /// Least value of a position that is not empty, USD.
    min_net_value, set_min_net_value: Fraction = 3224;
    /// Collateral below this does not count for liquidation order, USD.
    min_value_skip_ltv, set_min_value_skip_ltv: u64 = 3240;
    /// Debt below this does not count for liquidation order, USD.
    min_value_skip_bf, set_min_value_skip_bf: u64 = 3280;
    /// Not klend's: how the mock misbehaves, see [`crate::hostile`]. klend
    /// carries these bytes as padding that it never reads.
    hostile, set_hostile: u8 = 4656;
}

layout! {
    /// A group of assets that lend at a higher loan-to-value.
    Group: 72;
    /// Most liquidation bonus, bps; 0 for no bound of the group's own.
    max_bonus_bps, set_max_bonus_bps: u16 = 0;
    /// Id, from 1.
    id, set_id: u8 = 2;
    /// Loan-to-value, percent.
    ltv_pct, set_ltv_pct: u8 = 3;
    /// Liquidation threshold, percent.
    threshold_pct, set_threshold_pct: u8 = 4;
    /// New debt is allowed.
    new_loans, set_new_loans: u8 = 5;
    /// Most kinds of collateral.
    max_collateral, set_max_collateral: u8 = 6;
    /// The one reserve that lends.
    debt_reserve, set_debt_reserve: Pubkey = 8;
}

impl Market<'_> {
    /// `sha256("account:LendingMarket")[..8]`.
    pub const DISCRIMINATOR: [u8; 8] = [0xf6, 0x72, 0x32, 0x62, 0x48, 0x9d, 0x1c, 0x78];

    /// The group of an id, which must be between 1 and 32.
    pub fn group(&mut self, id: u8) -> Option<Group<'_>> {
        let slot = usize::from(id.checked_sub(1)?);
        (id <= GROUPS).then(|| Group(&mut self.0[200 + Group::LEN * slot..][..Group::LEN]))
    }
}
