//! Arguments of every instruction. Fixed size; trailing bytes are refused.
//!
//! Weights are Q16 (65,536 = 1.0), yearly rates Q24 (2^24 = 100 %), amounts
//! native units of the mint, values micro-USD, ages seconds or slots as named.

use crate::state::{MAX_FACTORS, MAX_SCENARIOS};
use solana_address::Address;
use trestle_risk_math::pool::MAX_POINTS;

crate::args! {
    /// No arguments.
    NoArgs {}

    /// An amount of one asset in custody.
    AssetAmountArgs {
        /// Asset index.
        asset: u8,
        /// Native units. Zero is refused.
        amount: u64,
    }

    /// An asset.
    AssetArgs {
        /// Asset index.
        asset: u8,
    }

    /// Tokens into a deposit.
    SupplyArgs {
        /// Market index.
        market: u16,
        /// Native units. Zero is refused.
        amount: u64,
        /// Fewest deposit units to accept for them; 0 accepts any.
        min_units: u64,
    }

    /// A deposit, or all of it, into tokens.
    RedeemArgs {
        /// Market index.
        market: u16,
        /// Native units; ignored when `all` is set.
        amount: u64,
        /// Redeem everything.
        all: bool,
        /// Fewest native units to accept; 0 accepts any.
        min_tokens: u64,
    }

    /// Tokens out of a new debt.
    BorrowArgs {
        /// Market index.
        market: u16,
        /// Native units. Zero is refused.
        amount: u64,
        /// Most debt units to take on for them, fees included; the largest
        /// number accepts any.
        max_units: u128,
    }

    /// Tokens into a debt, or into all of it.
    RepayArgs {
        /// Market index.
        market: u16,
        /// Native units. With `all`, the most that all of the debt may take.
        amount: u64,
        /// Repay everything.
        all: bool,
        /// Fewest debt units that must go; 0 accepts any.
        min_units: u128,
    }

    /// Where a region ends.
    BeginRegionArgs {
        /// Number of the account's `end_region` among the transaction's
        /// instructions, counted from zero.
        end: u16,
    }

    /// Where a receivership ends.
    BeginLiquidationArgs {
        /// Number of the account's `end_liquidation` among the transaction's
        /// instructions, counted from zero.
        end: u16,
    }

    /// A market.
    MarketArgs {
        /// Market index.
        market: u16,
    }

    /// A side of a reserve's farms.
    FarmArgs {
        /// Market index.
        market: u16,
        /// The farm of borrowers instead of that of depositors.
        debt: bool,
    }

    /// A reward of a farm.
    ClaimArgs {
        /// Market index.
        market: u16,
        /// The farm of borrowers instead of that of depositors.
        debt: bool,
        /// Number of the reward in the farm.
        reward: u64,
        /// Asset index of the reward.
        asset: u8,
    }

    /// An elevation group.
    VenueGroupArgs {
        /// Any market index of the venue's market.
        market: u16,
        /// Group, 0 to leave the present one.
        elevation_group: u8,
    }

    /// Access to a group.
    SetAccessArgs {
        /// Phase: 0 closed, 1 cohort, 2 public. Not before the present one.
        phase: u8,
        /// Merkle root over the invited owners. Not zero in the cohort phase.
        root: [u8; 32],
        /// Most seats that may be taken, not fewer than are taken.
        seat_cap: u32,
    }

    /// A new margin account. A proof may follow, as [`crate::cohort`] writes it.
    CreateAccountArgs {
        /// Number of the account, chosen by the owner.
        index: u16,
        /// Positions to make room for, 8 to 64.
        capacity: u8,
    }

    /// More room.
    ResizeAccountArgs {
        /// Positions to make room for, not fewer than now, at most 64.
        capacity: u8,
    }

    /// A delegate: added, or replaced with its budget anew.
    SetDelegateArgs {
        /// Key.
        delegate: Address,
        /// Bits of [`crate::permission`]; 0 removes the delegate.
        permissions: u32,
        /// Unix time from which it may act no more. Ignored on removal.
        expires: i64,
        /// Most equity that one act may cost, micro-USD.
        loss_per_act: u64,
        /// Most equity that the acts of a day may cost, micro-USD.
        loss_per_day: u64,
    }

    /// A new owner.
    ProposeOwnerArgs {
        /// Who may accept; zero takes an open proposal back.
        new_owner: Address,
    }

    /// The account's sequence number.
    AssertSequenceArgs {
        /// What it must be; a batch adds to it at its end.
        expected: u64,
    }

    /// A floor of health.
    AssertHealthArgs {
        /// Level: 0 initial, 1 liquidation end, 2 maintenance.
        level: u8,
        /// Least health, micro-USD; negative is allowed.
        min: i64,
    }

    /// A bound of a rate on the board.
    AssertRateArgs {
        /// Market index.
        market: u16,
        /// The borrow rate, which must not be above the bound, instead of the
        /// supply rate, which must not be below.
        debt: bool,
        /// Bound, Q24 a year.
        bound: u32,
        /// Oldest row to accept, slots.
        max_age: u32,
    }

    /// A deadline.
    AssertDeadlineArgs {
        /// Last Unix time; the largest number accepts any.
        unix: i64,
        /// Last slot; the largest number accepts any.
        slot: u64,
    }

    /// A liquidation.
    LiquidateArgs {
        /// Market of the debt.
        debt_market: u16,
        /// Market of the collateral; the asset for custody.
        collateral_market: u16,
        /// Kind of the collateral position.
        collateral_kind: u8,
        /// Most to repay, native units. The program clamps it.
        max_repay: u64,
        /// Least collateral to accept, native units.
        min_seize: u64,
    }

    /// A rescue of an account at a venue.
    RescueArgs {
        /// Market of the venue: the reserve that is repaid or supplied.
        market: u16,
        /// Kind of the position that receives: a debt or a deposit at the venue.
        target_kind: u8,
        /// Kind of the position that gives: custody or a pool deposit.
        source_kind: u8,
        /// Market of the pool that gives; ignored for custody.
        source_market: u16,
        /// Most to move, native units. The program clamps it.
        max: u64,
    }

    /// Tokens into a lend-only position.
    LenderSupplyArgs {
        /// Native units. Zero is refused.
        amount: u64,
        /// Fewest deposit units to accept for them; 0 accepts any.
        min_units: u64,
    }

    /// A lend-only position, or all of it, into tokens.
    LenderRedeemArgs {
        /// Native units; ignored when `all` is set.
        amount: u64,
        /// Redeem everything.
        all: bool,
        /// Fewest native units to accept; 0 accepts any.
        min_tokens: u64,
    }

    /// Authorities and access of a new group.
    InitGroupArgs {
        /// Sets risk parameters.
        risk: Address,
        /// May only tighten.
        guardian: Address,
        /// Collects fees.
        fee: Address,
    }

    /// Terms that hold for the whole group.
    GroupTermsArgs {
        /// Correlation-breakdown weight: maintenance, initial.
        lambda: [u32; 2],
        /// Charge on an asset long at one class and short at another.
        split: [u32; 2],
        /// Multiplier of confidence charges.
        confidence: [u32; 2],
        /// Charge on illiquid claims.
        illiquid: [u32; 2],
        /// Venue stress above which the venue charge ramps up.
        stress_floor: [u32; 2],
        /// Cap of confidence charges.
        confidence_max: u32,
        /// Cap of the spot-to-EMA guard.
        gap_max: u32,
        /// Share of settleable perp profit that counts.
        unsettled: u32,
        /// Liquidation target buffer, of debts.
        target: u32,
        /// Smallest liquidation target buffer, micro-USD.
        target_min: u64,
        /// Most that one liquidation call repays, micro-USD.
        call_cap: u64,
        /// Largest spread of publish times in a check, seconds.
        max_skew: u32,
        /// Largest spread in a liquidation, seconds.
        liquidation_skew: u32,
        /// Oldest price in a liquidation, seconds.
        liquidation_age: u32,
        /// Share of free liquidity that counts as available.
        liquid_share: u32,
        /// Incentive when the clock starts.
        incentive_start: u32,
        /// Incentive per unit of shortfall.
        incentive_slope: u32,
        /// Slots until the largest incentive.
        incentive_slots: u32,
        /// Share of the incentive that goes to insurance.
        insurance_share: u32,
    }

    /// A factor.
    ListFactorArgs {
        /// Name, zero-padded ASCII.
        name: [u8; 16],
        /// Worst move down: maintenance, initial.
        down: [u32; 2],
        /// Worst move up.
        up: [u32; 2],
        /// Charge on matched longs and shorts.
        offset: [u32; 2],
    }

    /// An issuer. Issuer 0 means none and cannot be listed.
    ListIssuerArgs {
        /// Row, 1 to 15.
        issuer: u8,
        /// Jump charge: maintenance, initial.
        jump: [u32; 2],
        /// Cap of the group's total, micro-USD.
        cap: u64,
    }

    /// A price source.
    SourceArgs {
        /// Kind: 0 none, 1 Pyth.
        kind: u8,
        /// Account that must be read; zero accepts any of the oracle's program.
        account: Address,
        /// Feed id.
        feed: [u8; 32],
        /// Decimal exponent that samples must carry.
        exponent: i32,
        /// Multiple of the reported confidence that counts.
        confidence_multiple: u32,
        /// Widest confidence accepted.
        confidence_cap: u32,
        /// Oldest sample accepted, seconds.
        max_age: u32,
    }

    /// An asset.
    ListAssetArgs {
        /// Factor.
        factor: u8,
        /// Price source: this row's own number, or that of the asset whose feed it shares.
        source: u8,
        /// Issuer, 0 for none.
        issuer: u8,
        /// Isolated tier.
        isolated: bool,
        /// Decimals; must equal the mint's.
        decimals: u8,
        /// Basis against the factor: maintenance, initial.
        basis: [u32; 2],
        /// Depth: linear-impact size, micro-USD shifted right by 16.
        depth_shr16: u64,
        /// Largest liquidation incentive.
        incentive_max: u32,
        /// Cap of the rate confidence; zero for an asset with a price of its own.
        rate_confidence_max: u32,
        /// Growth of confidence with age, Q16 a second.
        confidence_growth: u32,
        /// Ages in seconds: initial, liquidation, hard, decay.
        ages: [u32; 4],
        /// Primary source.
        primary: SourceArgs,
        /// Secondary source.
        secondary: SourceArgs,
    }

    /// A venue class.
    ListClassArgs {
        /// Program of the venue. Zero for the native class.
        program: Address,
        /// Name, zero-padded ASCII.
        name: [u8; 16],
        /// Kind: 0 native, 1 Kamino.
        kind: u8,
        /// Account layout that the adapter must find.
        layout_version: u16,
        /// Haircut on net claims: maintenance, initial.
        haircut: [u32; 2],
        /// Most a venue liquidation takes of a debt.
        penalty: u32,
        /// Move that venue accounts must survive.
        shock: u32,
        /// The same where collateral and debt share a factor.
        loop_shock: u32,
        /// Multiple of equity that native debt may finance here, Q16, at most 2^20 (16.0).
        financing_multiple: u32,
        /// Cap of the group's claims, micro-USD.
        claim_cap: u64,
        /// Cap of the group's native financing, micro-USD.
        financing_cap: u64,
    }

    /// A market of a pool.
    ListMarketArgs {
        /// Class. Must be native.
        class: u8,
        /// Asset.
        asset: u8,
        /// Ages in slots: initial, liquidation, hard, decay.
        ages: [u32; 4],
    }

    /// A reserve of a lending venue.
    ListReserveArgs {
        /// Class of the venue.
        class: u8,
        /// Asset.
        asset: u8,
        /// It is to be borrowed as well.
        borrowable: bool,
        /// Ages in slots: initial, liquidation, hard, decay.
        ages: [u32; 4],
    }

    /// Scenarios: fractions of each factor's worst moves.
    SetScenariosArgs {
        /// Scenarios in use, 1 to 12.
        count: u8,
        /// Basis points, down negative: a row per factor, a column per scenario.
        fractions: [[i16; MAX_SCENARIOS]; MAX_FACTORS],
    }

    /// A new pool.
    InitPoolArgs {
        /// Asset.
        asset: u8,
        /// Utilisation of each corner of the rate curve.
        curve_utilisation: [u32; MAX_POINTS],
        /// Borrow rate at each corner.
        curve_apr: [u32; MAX_POINTS],
        /// Share of interest that goes to fees.
        fee_share: u32,
        /// Share of interest that goes to insurance.
        insurance_share: u32,
        /// Most that deposits may reach by a deposit.
        deposit_cap: u64,
        /// Most that debts may reach by a borrow.
        debt_cap: u64,
    }
}
