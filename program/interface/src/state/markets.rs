//! The markets page: the group's terms, factors, scenarios, issuers, venue
//! classes and markets. With the prices page and a margin account it is all
//! that a check reads.

use super::header::{Account, Header};
use super::pod::{Weights, Wide};
use bytemuck::{Pod, Zeroable};
use solana_address::Address;

/// Factor rows.
pub const MAX_FACTORS: usize = 16;
/// Scenarios; that nothing moves is not one of them.
pub const MAX_SCENARIOS: usize = 12;
/// Venue class rows.
pub const MAX_CLASSES: usize = 16;
/// Issuer rows.
pub const MAX_ISSUERS: usize = 16;
/// Market rows.
pub const MAX_MARKETS: usize = 128;

/// Terms that hold for the whole group.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct GroupRow {
    /// Correlation-breakdown weight.
    pub lambda: Weights,
    /// Charge on an asset long at one class and short at another.
    pub split: Weights,
    /// Multiplier of confidence charges.
    pub confidence: Weights,
    /// Charge on illiquid claims.
    pub illiquid: Weights,
    /// Venue stress above which the venue charge ramps up.
    pub stress_floor: Weights,
    /// Cap of confidence charges, Q16.
    pub confidence_max: u32,
    /// Cap of the spot-to-EMA guard, Q16.
    pub gap_max: u32,
    /// Share of settleable perp profit that counts, Q16.
    pub unsettled: u32,
    /// Liquidation target buffer, Q16 of debts.
    pub target: u32,
    /// Smallest liquidation target buffer, micro-USD.
    pub target_min: u64,
    /// Most that one liquidation call repays, micro-USD.
    pub call_cap: u64,
    /// Largest spread of publish times in a check, seconds.
    pub max_skew: u32,
    /// Largest spread in a liquidation, seconds.
    pub liquidation_skew: u32,
    /// Oldest price in a liquidation, seconds.
    pub liquidation_age: u32,
    /// Share of a venue's free liquidity that counts as available (`eta`), Q16.
    pub liquid_share: u32,
    /// Incentive when the clock starts, Q16.
    pub incentive_start: u32,
    /// Incentive per unit of shortfall, Q16.
    pub incentive_slope: u32,
    /// Slots until the largest incentive.
    pub incentive_slots: u32,
    /// Share of the incentive that goes to insurance, Q16.
    pub insurance_share: u32,
}
crate::assert_layout!(GroupRow, 40, 16, 8, 8, 16, 16);

/// One underlying.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct FactorRow {
    /// Name, zero-padded ASCII.
    pub name: [u8; 16],
    /// Worst move down.
    pub down: Weights,
    /// Worst move up.
    pub up: Weights,
    /// Charge on matched longs and shorts.
    pub offset: Weights,
    /// Scenario moves as fractions of the worst ones, basis points, down negative.
    pub fractions: [i16; MAX_SCENARIOS],
    /// Zero.
    pub reserved: [u8; 32],
}
crate::assert_layout!(FactorRow, 16, 8, 8, 8, 24, 32);

/// One issuer of wrapped or staked tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct IssuerRow {
    /// Jump charge on the account's net exposure.
    pub jump: Weights,
    /// Cap of the group's total, micro-USD.
    pub cap: u64,
    /// Zero.
    pub reserved: [u8; 16],
}
crate::assert_layout!(IssuerRow, 8, 8, 16);

crate::byte_enum! {
    /// Kinds of venue classes.
    VenueKind {
        /// Custody and Trestle's own pools.
        Native = 0,
        /// Kamino Lend.
        Kamino = 1,
    }
}

crate::byte_enum! {
    /// How far a venue class is trusted. Each step asks for more care.
    ClassStatus {
        /// Everything allowed.
        Active = 0,
        /// No new risk.
        ReduceOnly = 1,
        /// Claims count nothing for initial health and decay for maintenance.
        Frozen = 2,
        /// Claims count nothing.
        Defaulted = 3,
    }
}

/// One venue class.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct ClassRow {
    /// Program of the venue. Zero for the native class.
    pub program: Address,
    /// Name, zero-padded ASCII.
    pub name: [u8; 16],
    /// [`VenueKind`].
    pub kind: u8,
    /// [`ClassStatus`].
    pub status: u8,
    /// Account layout that the adapter must find.
    pub layout_version: u16,
    /// Zero.
    pub padding: [u8; 4],
    /// Unix time from which a frozen class decays. Zero while it does not.
    pub decay_start: i64,
    /// Unix time at which an unconfirmed freeze lapses. Zero for none.
    pub freeze_lapse: i64,
    /// Haircut on net claims.
    pub haircut: Weights,
    /// Most a venue liquidation takes of a debt, Q16.
    pub penalty: u32,
    /// Move that venue accounts must survive, Q16.
    pub shock: u32,
    /// The same where collateral and debt share a factor, Q16.
    pub loop_shock: u32,
    /// Multiple of equity that native debt may finance here, Q16.
    pub financing_multiple: u32,
    /// Cap of the group's claims, micro-USD.
    pub claim_cap: u64,
    /// Cap of the group's native financing, micro-USD.
    pub financing_cap: u64,
    /// Account of running totals.
    pub exposure: Address,
    /// Zero.
    pub reserved: [u8; 112],
}
crate::assert_layout!(ClassRow, 32, 16, 1, 1, 2, 4, 8, 8, 8, 4, 4, 4, 4, 8, 8, 32, 112);

crate::byte_enum! {
    /// Kinds of markets.
    MarketKind {
        /// One of Trestle's own pools.
        Pool = 0,
        /// A reserve of a lending venue.
        Lending = 1,
        /// A perpetual market.
        Perp = 2,
    }
}

crate::byte_enum! {
    /// Statuses of a market.
    MarketStatus {
        /// Everything allowed.
        Active = 0,
        /// No new risk.
        ReduceOnly = 1,
        /// An index moved in a way it should not: no new risk, the lower index counts.
        Suspect = 2,
    }
}

/// One market: a pool, a venue's reserve, or a perpetual.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct MarketRow {
    /// Venue class.
    pub class: u8,
    /// Asset.
    pub asset: u8,
    /// [`MarketKind`].
    pub kind: u8,
    /// [`MarketStatus`].
    pub status: u8,
    /// Zero.
    pub padding: [u8; 4],
    /// The pool, or the venue's reserve or market account.
    pub address: Address,
    /// The venue's lending market or state account.
    pub parent: Address,
    /// Vault of the tokens.
    pub vault: Address,
    /// Venue-specific.
    pub extra: [Address; 2],
    /// Tokens per deposit unit, Q64, rounded down.
    pub deposit_index: Wide,
    /// Tokens per debt unit, Q64, rounded up.
    pub debt_index: Wide,
    /// The lower deposit index that counts while the row is suspect.
    pub safe_index: Wide,
    /// Native units that count as available at once. Of a pool: a share of the
    /// cash with which the refresh's slot began.
    pub liquid: u64,
    /// Free liquidity of the market, native units.
    pub free_liquidity: u64,
    /// Debts over deposits, Q16.
    pub utilisation: u32,
    /// Supply rate, Q24 a year.
    pub supply_apr: u32,
    /// Borrow rate, Q24 a year.
    pub borrow_apr: u32,
    /// Average supply rate, Q24 a year.
    pub supply_apr_average: u32,
    /// Average borrow rate, Q24 a year.
    pub borrow_apr_average: u32,
    /// Zero.
    pub padding_rates: [u8; 4],
    /// Unix time since which the averages run.
    pub average_since: i64,
    /// Most that the debt index grows in a slot, Q64.
    pub growth_bound: u64,
    /// Slot of the last refresh.
    pub slot: u64,
    /// Unix time of the last refresh.
    pub time: i64,
    /// Oldest row for initial health, slots.
    pub age_init: u32,
    /// Oldest row for liquidation, slots.
    pub age_maint: u32,
    /// Age from which deposits decay, slots.
    pub age_hard: u32,
    /// Slots from then until nothing is left.
    pub age_decay: u32,
    /// The venue's loan-to-value, Q16.
    pub venue_ltv: u32,
    /// The venue's liquidation threshold, Q16.
    pub venue_threshold: u32,
    /// The venue's largest liquidation bonus, Q16.
    pub venue_bonus: u32,
    /// The venue's close factor, Q16.
    pub venue_close_factor: u32,
    /// The venue's borrow factor, Q16.
    pub venue_borrow_factor: u32,
    /// The venue's own price: mantissa, zero when unknown.
    pub venue_price_mantissa: u32,
    /// The venue's own price: shift.
    pub venue_price_shift: u8,
    /// Shift of the mark price.
    pub mark_shift: u8,
    /// Zero.
    pub padding_prices: [u8; 2],
    /// Mark price of a perp: mantissa.
    pub mark_mantissa: u32,
    /// Cap of the group's deposits, native units.
    pub deposit_cap: u64,
    /// Cap of the group's debts, native units.
    pub debt_cap: u64,
    /// Funding rate of a perp, signed Q32 a day of notional, long pays positive.
    pub funding_rate: i64,
    /// Cumulative funding of a perp, signed Q64 quote units a base unit.
    pub cumulative_funding: Wide,
    /// Open interest of longs, base units.
    pub open_interest_long: u64,
    /// Open interest of shorts, base units.
    pub open_interest_short: u64,
    /// Smallest step of a perp's base, base units.
    pub base_step: u64,
    /// Unix time until which a suspect row stays suspect.
    pub suspect_until: i64,
    /// By how much of itself, Q64, what was projected at the last refresh may
    /// differ from what the venue comes to write.
    pub projection_slack: u64,
    /// Zero.
    pub reserved: [u8; 96],
}
crate::assert_layout!(
    MarketRow,
    8,
    5 * 32, // identity
    16,
    16,
    16, // indices
    8,
    8,
    4,
    4,
    4,
    4,
    4,
    4,
    8, // liquidity and rates
    8,
    8,
    8,
    16, // growth, stamps, ages
    5 * 4,
    4,
    4,
    4, // venue terms, prices
    8,
    8, // caps
    8,
    16,
    8,
    8,
    8,  // perp
    8,  // suspicion
    8,  // projection
    96, // reserved
);

/// The markets page of a board.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct MarketsPage {
    /// Header.
    pub header: Header,
    /// The other page.
    pub prices: Address,
    /// Factor rows in use.
    pub factor_count: u8,
    /// Class rows in use.
    pub class_count: u8,
    /// Scenarios in use.
    pub scenario_count: u8,
    /// Zero.
    pub padding: u8,
    /// Market rows in use.
    pub market_count: u16,
    /// Zero.
    pub padding_counts: [u8; 2],
    /// Closed gates, as in the group.
    pub gates: u64,
    /// Terms of the group.
    pub terms: GroupRow,
    /// Zero.
    pub reserved: [u8; 56],
    /// Issuers. Row 0 stays zero: no issuer.
    pub issuers: [IssuerRow; MAX_ISSUERS],
    /// Factors.
    pub factors: [FactorRow; MAX_FACTORS],
    /// Scenarios: a row each, a column per factor. Signed Q16 moves of the
    /// maintenance row, then of the initial row: stored, not computed in a check.
    pub scenarios: [[[i64; 2]; MAX_FACTORS]; MAX_SCENARIOS],
    /// Venue classes. Row 0 is native.
    pub classes: [ClassRow; MAX_CLASSES],
    /// Markets.
    pub markets: [MarketRow; MAX_MARKETS],
}
crate::assert_layout!(
    MarketsPage,
    48,
    32,
    8,
    8,
    104,
    56, // header and terms
    16 * 32,
    16 * 96,
    12 * 16 * 16,
    16 * 256,
    128 * 512, // tables
);

impl Account for MarketsPage {
    const DISCRIMINATOR: [u8; 8] = *b"trMarket";

    fn header(&self) -> &Header {
        &self.header
    }
}

impl MarketsPage {
    /// A listed market.
    #[must_use]
    #[inline(always)]
    pub fn market(&self, id: u16) -> Option<&MarketRow> {
        if id >= self.market_count {
            return None;
        }
        self.markets.get(usize::from(id))
    }

    /// A listed factor.
    #[must_use]
    #[inline(always)]
    pub fn factor(&self, id: u8) -> Option<&FactorRow> {
        if id >= self.factor_count {
            return None;
        }
        self.factors.get(usize::from(id))
    }

    /// A listed class.
    #[must_use]
    #[inline(always)]
    pub fn class(&self, id: u8) -> Option<&ClassRow> {
        if id >= self.class_count {
            return None;
        }
        self.classes.get(usize::from(id))
    }
}
