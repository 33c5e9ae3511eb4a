//! What a health pass reads: terms of the group, factors, assets and venue
//! classes, and the legs of one account.
//!
//! The pass trusts that terms satisfy the constraints of [`crate::constraints`];
//! on any other input it returns a number or an error, never a panic.

use crate::error::Result;
use crate::num::{Pair, Weight};
use crate::price::Price;

/// Legs one account may have.
pub const MAX_LEGS: usize = 64;
/// Risk factors (underlyings) of a group.
pub const MAX_FACTORS: usize = 16;
/// Systemic scenarios of a group.
pub const MAX_SCENARIOS: usize = 12;
/// Venue classes of a group. Class 0 is native: custody and Trestle's own pools.
pub const MAX_CLASSES: usize = 16;
/// Price sources of a group.
pub const MAX_SOURCES: usize = 64;
/// Issuers of a group. Issuer 0 means none.
pub const MAX_ISSUERS: usize = 16;
/// Venue accounts of one margin account.
pub const MAX_ACCOUNTS: usize = 16;
/// The class of custody and native pools.
pub const NATIVE_CLASS: u8 = 0;
/// A leg that lies in no venue account.
pub const NO_ACCOUNT: u8 = u8::MAX;

/// How a row's or a leg's data has aged. Later variants are worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// Within the age that the initial level accepts.
    #[default]
    Live,
    /// Beyond it: an asset counts zero for initial health, a debt denies it.
    Aged,
    /// Beyond the maintenance age: no liquidation may rest on it.
    Stale,
    /// Beyond the hard age: an asset decays to zero, a debt grows at its
    /// bound, and the account's other legs are liquidatable again.
    Dead,
}

/// Terms that hold for the whole group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupTerms {
    /// Correlation-breakdown weight: 1.0 ignores scenarios, 0 trusts them.
    pub lambda: Pair<Weight>,
    /// Charge on the same asset long at one class and short at another, or on
    /// both sides inside the native class (`hs`).
    pub split: Pair<Weight>,
    /// Multiplier of confidence charges.
    pub confidence: Pair<Weight>,
    /// Cap of any source's confidence, age included (`CONF_MAX`). Tables keep to it.
    pub confidence_max: Weight,
    /// Cap of the spot-to-EMA guard (`g`).
    pub gap_max: Weight,
    /// Charge on the part of a claim that cannot leave its venue now (`tau`).
    pub illiquid: Pair<Weight>,
    /// Share of settleable positive perp profit that counts at maintenance.
    pub unsettled: Weight,
    /// Venue stress above which the venue charge ramps up (`a`).
    pub stress_floor: Pair<Weight>,
    /// Target buffer of a liquidation: share of debts.
    pub target: Weight,
    /// Target buffer of a liquidation: at least this, micro-USD.
    pub target_min: u64,
}

/// Terms of one factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactorTerms {
    /// Loss of a long position in the worst move down (`d`).
    pub down: Pair<Weight>,
    /// Loss of a short position in the worst move up (`u`).
    pub up: Pair<Weight>,
    /// Charge on the matched part of longs and shorts (`h`).
    pub offset: Pair<Weight>,
}

/// A factor's move in one scenario, signed Q16, `-down <= x <= up`: of the
/// maintenance row, then of the initial row. As wide as a register, so that a
/// pass loads it without extending a sign.
pub type Shock = [i64; 2];

/// Market depth: how fast concentration eats an asset's credit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// USD size that would move the market by all of itself under linear
    /// impact, micro-USD shifted right by 16. At most 2^43.
    pub size_shr16: u64,
    /// Marginal charge at saturation (`cm`), at most 1.0: what the other
    /// charges leave of the asset's credit, from the initial row.
    pub slope: Weight,
}

/// Terms of one asset at one moment, in plain memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssetTerms {
    /// Mid price.
    pub price: Price,
    /// Factor the asset belongs to.
    pub factor: u8,
    /// Price source: assets net their confidence only on the same source.
    pub source: u8,
    /// Issuer (LST, wrapper, bridge), 0 for none.
    pub issuer: u8,
    /// Isolated tier: counts nothing as an asset, no offsets as a debt.
    pub isolated: bool,
    /// Basis against the factor (`b`).
    pub basis: Pair<Weight>,
    /// Confidence of the source, as a share of the price, age included.
    pub confidence: Weight,
    /// Spot-to-EMA gap of the source, rounded up.
    pub gap: Weight,
    /// Rate confidence of the asset itself (an LST below its rate).
    pub rate_confidence: Weight,
    /// Jump charge of the issuer.
    pub jump: Pair<Weight>,
    /// Market depth.
    pub depth: Depth,
    /// Share of credit withheld at the initial level when the group's total
    /// exceeds the asset's cap.
    pub credit_scale: Weight,
    /// Extra charge on debts at the initial level for the same reason.
    pub debt_scale: Weight,
    /// Age of the price.
    pub freshness: Freshness,
    /// Share of the value that a dead price still carries; 1.0 otherwise.
    pub keep: Weight,
    /// Publish time of the price, Unix seconds.
    pub published: i64,
}

/// An asset at one moment, as a pass reads it: each term where it lies, when
/// it is needed.
pub trait Asset {
    /// Mid price.
    fn price(&self) -> Price;
    /// Factor.
    fn factor(&self) -> u8;
    /// Price source.
    fn source(&self) -> u8;
    /// Issuer, 0 for none.
    fn issuer(&self) -> u8;
    /// Isolated tier.
    fn isolated(&self) -> bool;
    /// Basis against the factor.
    fn basis(&self) -> Pair<Weight>;
    /// Confidence of the source, age included.
    fn confidence(&self) -> Weight;
    /// Spot-to-EMA gap of the source.
    fn gap(&self) -> Weight;
    /// Rate confidence of the asset itself.
    fn rate_confidence(&self) -> Weight;
    /// Jump charge of the issuer.
    fn jump(&self) -> Pair<Weight>;
    /// Market depth.
    fn depth(&self) -> Depth;
    /// Share of credit withheld at the initial level.
    fn credit_scale(&self) -> Weight;
    /// Extra charge on debts at the initial level.
    fn debt_scale(&self) -> Weight;
    /// Age of the price.
    fn freshness(&self) -> Freshness;
    /// Share of the value that a dead price still carries.
    fn keep(&self) -> Weight;
    /// Publish time of the price, Unix seconds.
    fn published(&self) -> i64;
}

macro_rules! plain_terms {
    ($($name:ident: $type:ty),+) => {
        impl Asset for AssetTerms {
            $(fn $name(&self) -> $type {
                self.$name
            })+
        }
    };
}

plain_terms! {
    price: Price, factor: u8, source: u8, issuer: u8, isolated: bool, basis: Pair<Weight>,
    confidence: Weight, gap: Weight, rate_confidence: Weight, jump: Pair<Weight>, depth: Depth,
    credit_scale: Weight, debt_scale: Weight, freshness: Freshness, keep: Weight, published: i64
}

/// Terms of one venue class at one moment.
#[derive(Clone, Copy, Debug)]
pub struct ClassTerms {
    /// Charge on the net claim (`vh`).
    pub haircut: Pair<Weight>,
    /// Most a venue liquidation takes: bonus on the part it closes (`pen * close`).
    pub penalty: Weight,
    /// Move of collateral that each of the class's accounts must survive (RULE I).
    pub shock: Weight,
    /// The same when collateral and debt share one factor.
    pub loop_shock: Weight,
    /// Share of claims that counts: below 1.0 only while a frozen class decays.
    pub keep: Weight,
    /// Claims count zero for initial health (ReduceOnly risk aside: Frozen, Defaulted).
    pub frozen: bool,
}

/// The side of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The account owns the amount.
    Asset,
    /// The account owes the amount.
    Debt,
}

/// What a leg says beyond an amount. Absent on most legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Details {
    /// Age of the market row and of the venue account, the worse of the two.
    pub freshness: Freshness,
    /// Share of an asset that a dead row still carries; 1.0 otherwise.
    pub keep: Weight,
    /// Index of the venue account, or [`NO_ACCOUNT`].
    pub account: u8,
    /// The venue's liquidation threshold of an asset, or its borrow factor of a debt.
    pub venue_weight: Weight,
    /// The venue's own price where it is known: stress uses the worse of the two.
    pub venue_price: Option<Price>,
    /// No hedge credit at the initial level: the venue account behind this
    /// leg was not read in this instruction (ruling 3).
    pub unread: bool,
    /// Native units bought if all resting bids fill.
    pub bids: u64,
    /// Native units sold if all resting asks fill.
    pub asks: u64,
    /// Positive unsettled perp profit inside the amount, native units.
    pub unsettled: u64,
    /// The part of it that the venue could settle now, native units.
    pub settleable: u64,
    /// Days until the claim can be redeemed, at most 14.
    pub maturity_days: u8,
}

impl Details {
    /// Nothing unusual.
    pub const NONE: Self = Self {
        freshness: Freshness::Live,
        keep: Weight::ONE,
        account: NO_ACCOUNT,
        venue_weight: Weight::ONE,
        venue_price: None,
        unread: false,
        bids: 0,
        asks: 0,
        unsettled: 0,
        settleable: 0,
        maturity_days: 0,
    };
}

/// One position as the health pass sees it. Small: most legs are only this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Asset index.
    pub asset: u8,
    /// Venue class index.
    pub class: u8,
    /// Asset or debt.
    pub side: Side,
    /// The leg has [`Details`].
    pub special: bool,
    /// Native units: rounded down for an asset, up for a debt.
    pub amount: u64,
    /// Native units that could leave the venue now; `u64::MAX` for custody.
    pub liquid: u64,
}

/// The legs of one account, sorted by (asset, class).
pub trait Legs {
    /// How many.
    fn count(&self) -> usize;

    /// A leg below [`Legs::count`].
    ///
    /// # Errors
    /// Whatever makes the position unreadable.
    fn leg(&self, index: usize) -> Result<Leg>;

    /// Details of a leg that is special.
    ///
    /// # Errors
    /// Whatever makes the position unreadable.
    fn details(&self, index: usize) -> Result<Details>;
}

/// Where a health pass finds its terms: the board on chain, plain tables in tests.
pub trait Tables {
    /// How an asset is read.
    type Asset<'a>: Asset
    where
        Self: 'a;

    /// Terms of the group.
    fn group(&self) -> GroupTerms;
    /// An asset.
    ///
    /// # Errors
    /// [`crate::MathError::UnknownAsset`].
    fn asset(&self, id: u8) -> Result<Self::Asset<'_>>;
    /// Terms of a factor.
    ///
    /// # Errors
    /// [`crate::MathError::UnknownFactor`].
    fn factor(&self, id: u8) -> Result<FactorTerms>;
    /// Systemic scenarios: a row each, a column per factor. The scenario in
    /// which nothing moves is not among them.
    fn scenarios(&self) -> &[[Shock; MAX_FACTORS]];
    /// Terms of a venue class.
    ///
    /// # Errors
    /// [`crate::MathError::UnknownClass`].
    fn class(&self, id: u8) -> Result<ClassTerms>;
}
