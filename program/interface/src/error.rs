//! Every error the program returns, from one table.
//!
//! A number is never reused or moved; a test compares the table with a
//! committed list. Decades group by area.

use trestle_risk_math::MathError;
use trestle_risk_math::constraints::Violation;
use trestle_risk_math::gate::Refusal;
use trestle_risk_math::guard::SampleError;
use trestle_venue_adapters::kamino::KaminoError;
use trestle_venue_adapters::oracle::pyth::PythError;
use trestle_venue_adapters::token::TokenError;

macro_rules! errors {
    ($($(#[doc = $remedy:literal])+ $code:literal $name:ident $text:literal,)+) => {
        /// An error of the program, returned as `ProgramError::Custom(code)`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        #[repr(u32)]
        pub enum TrestleError {
            $($(#[doc = $remedy])+ #[error($text)] $name = $code,)+
        }

        impl TrestleError {
            /// All errors, by code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The wire code.
            #[must_use]
            pub const fn code(self) -> u32 {
                match self { $(Self::$name => $code,)+ }
            }

            /// The error of a wire code.
            #[must_use]
            pub const fn from_code(code: u32) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }

            /// The name of the error.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// What to do about it.
            #[must_use]
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$name => concat!($($remedy),+).trim_start(),)+ }
            }
        }
    };
}

errors! {
    /// Send a tag of the instruction table.
    0 UnknownTag "unknown instruction tag",
    /// Encode the arguments at exactly the length of the table.
    1 ArgumentLength "arguments have the wrong length",
    /// Pass the accounts of the instruction's list.
    2 AccountCount "wrong number of accounts",
    /// Sign with the account that the list marks as signer.
    3 MissingSigner "a required signature is missing",
    /// Mark the account writable.
    4 NotWritable "an account must be writable",
    /// Pass the account owned by the program that the list names.
    5 WrongOwner "account is owned by another program",
    /// Pass an account of the type that the list names.
    6 WrongType "account is of another type or not initialised",
    /// Run upgrade_layout on the account first.
    7 WrongVersion "account has a layout version this build does not read",
    /// Pass an account of exactly the size of its type.
    8 WrongSize "account has the wrong size",
    /// Pass accounts of one group.
    9 WrongGroup "account belongs to another group",
    /// Pass the address that the board or the parent account pins.
    10 WrongAddress "account is not the pinned one",
    /// Pass different accounts where the list has different roles.
    11 DuplicateAccount "one account stands in two roles",
    /// Pass the program that the list names.
    12 WrongProgram "not the expected program",
    /// Nothing to do: the numbers exceed what the program can hold.
    13 Overflow "a result exceeds its bound",
    /// Send arguments inside the documented ranges.
    14 OutOfRange "an argument is out of range",
    /// Send an amount above zero.
    15 ZeroAmount "amount is zero or rounds to zero",
    /// Use another account or close this one first.
    16 AlreadyInitialised "account is already initialised",
    /// Report it: the account's own data is inconsistent.
    17 Corrupt "account data is inconsistent",
    /// Let the runtime's borrow of the account end first.
    18 Borrowed "account data is already borrowed",
    /// Read the error of the inner call in the transaction's logs.
    19 InnerCall "an inner call failed",

    /// Send the operations as the interface's `batch` module frames them.
    20 BatchFrame "batch is not framed as operations",
    /// Batch only an owner's own operations; liquidations and account instructions go alone.
    21 NotBatchable "instruction cannot stand in a batch",
    /// Split the batch: a transaction runs at most 64 instructions, inner ones included.
    22 BatchTrace "batch would run too many inner instructions",
    /// Split the batch: calls of venues take more memory than an instruction has.
    23 BatchVenues "batch would call venues too often",

    /// Send begins and ends of regions and receiverships as instructions of the transaction itself; programs use a batch or liquidate.
    30 RegionByCpi "region begins or ends inside another program's call",
    /// Give the begin the number of the same account's end, of the same signer in a receivership, behind it in the transaction.
    31 RegionUnmatched "no end_region of this account stands where the region says it ends",
    /// End a region or receivership before the account's next one begins.
    32 RegionNested "another region of this account begins or ends before the named end",
    /// Send begin_region first.
    33 RegionNotOpen "no region is open on this margin account",

    /// Sign as the owner of the margin account, or as a delegate with the permission.
    100 NotOwner "signer may not act for this margin account",
    /// Close a position, or resize the account to more positions.
    101 SlabFull "margin account has no free position",
    /// Name a position that the account holds.
    102 NoPosition "margin account holds no such position",
    /// Ask for no more than the position holds.
    103 ExceedsPosition "more than the position holds",
    /// Close all positions and venue accounts first.
    104 NotEmpty "margin account is not empty",
    /// Choose 8 to 64 positions, not fewer than now.
    105 BadCapacity "capacity is out of range",
    /// Wait for the end of the running session.
    106 InSession "not allowed inside a region or liquidation",
    /// Pass the authority's canonical associated token account.
    107 NotCanonicalCustody "not the canonical custody account",
    /// Have the delegate or close authority of the token account removed.
    108 CustodyEncumbered "token account has a delegate or close authority",
    /// Have the owner lift the lock-down, which takes a day.
    109 LockedDown "margin account is locked down",
    /// Ask the freeze authority of the mint; other assets are not affected.
    110 TokenFrozen "token account is frozen",
    /// Pass a token account of the asset's mint.
    111 WrongMint "token account or mint of another asset",
    /// Pass a token account owned by the expected party.
    112 WrongTokenOwner "token account has another owner",
    /// Check the transfer: the balances did not change as they must.
    113 TransferMismatch "measured balances differ from the transfer",
    /// Fund the token account that pays, or ask for less.
    114 InsufficientTokens "token account holds less than the amount",
    /// Have the owner set the delegate anew.
    115 DelegateExpired "delegate's time is over",
    /// Have the owner give the delegate a bit that covers the operation, or sign as the owner.
    116 NotPermitted "delegate lacks the permission for this operation",
    /// Refresh the board first, act in smaller steps, or have the owner raise the budget.
    117 LossPerAct "act would cost more equity than a delegate's act may",
    /// Wait for the next day, or have the owner raise the budget.
    118 LossPerDay "acts of the day would cost more equity than a delegate's may",
    /// Remove a delegate first.
    119 DelegateTableFull "margin account has no free place for a delegate",
    /// Name a delegate of the account.
    120 NoDelegate "margin account has no such delegate",
    /// Sign as the owner that was named last.
    121 NotPendingOwner "signer has not been named as the next owner",
    /// Wait until a day has passed since the owner first asked.
    122 LockDelay "lock-down cannot be lifted yet",
    /// Nothing to do: the account is not locked down.
    123 NotLockedDown "margin account is not locked down",

    /// Deposit, repay, or take less: initial health would be negative.
    200 InitialHealth "initial health would be negative",
    /// Run refresh_prices and refresh_markets first.
    201 StaleDebt "a debt's price or index is too old for this act",
    /// Refresh all prices of the account together.
    202 PriceSkew "prices were published too far apart",
    /// Move collateral to the venue or repay there first.
    203 VenueShock "a venue account would not survive its shock",
    /// Repay the other isolated debt first.
    204 IsolatedDebts "only one isolated asset may be owed",
    /// Run refresh_prices: the asset has never had a price.
    205 NoPrice "asset has no price yet",
    /// Report it: positions are out of order.
    206 Unsorted "positions are not sorted",

    /// Wait for the class to be active again.
    300 ClassNotActive "venue class takes no new risk",
    /// Wait for the market to be active again.
    301 MarketNotActive "market takes no new risk",
    /// Name a market of the kind that the instruction works on.
    302 WrongMarketKind "market is of another kind",
    /// Supply less here, or wait until others leave: the class's cap on claims is reached.
    303 ClaimCap "venue class would hold more than its cap on claims",
    /// Borrow less from native pools while so much lies at this venue.
    304 FinancingCap "native debt would finance more of the venue class than its caps allow",
    /// Pass the totals account of every class in which the account has claims, writable.
    305 ExposureMissing "running totals of a venue class are missing",
    /// Close a venue account that is no longer used.
    306 VenueTableFull "margin account has no free place for a venue account",
    /// Open the venue account first.
    307 NoVenueAccount "margin account has no such account at the venue",
    /// Redeem and repay everything at the venue first.
    308 VenueAccountInUse "account at the venue still holds or owes something",
    /// Pass every account that the venue's call names.
    309 VenueAccountMissing "an account that the venue's call names is missing",
    /// Report it: the venue did something to the authority that the call does not allow.
    310 VenueTouchedAuthority "the venue touched what the call does not name",
    /// Open a venue account of your own; positions at this venue cannot change owner.
    311 AdoptRefused "positions at this venue cannot change owner",
    /// Refresh the account with the venue's markets, then settle what is unknown at the venue.
    312 VenueUnknown "account at the venue holds or owes something that is not listed",

    /// Only accounts below maintenance health can be liquidated.
    400 Healthy "account is not below maintenance health",
    /// Refresh prices and markets in the same transaction.
    401 LiquidationStale "prices or indices are too old to liquidate on",
    /// Wait for the first price published after the account's last risky act.
    402 CoolOff "account acted after the prices were published",
    /// Choose another pair, or close both legs of the hedge.
    403 NoImprovement "this pair cannot raise health",
    /// Offer more, or choose a larger position.
    404 NothingToLiquidate "the step rounds to nothing",
    /// Report it: the step's outcome breaks its own bounds.
    405 LiquidationOutcome "liquidation would not leave the account better",
    /// Liquidate through another account.
    406 SelfLiquidation "an account cannot liquidate itself",
    /// Seize custody or a pool deposit; isolated assets last, when nothing else is left.
    407 NotSeizable "asset cannot be seized",
    /// Ask for less, or repay more.
    408 SeizeBelowMinimum "collateral seized is below the asked minimum",
    /// Liquidate what can still be seized first.
    410 NotBankrupt "account has something left to seize, or owes no pool",
    /// Choose other collateral, or wait until the venue has something free.
    413 CollateralNotFree "the venue pays out none of the collateral now",
    /// Repay the account's debt at the venue first, or choose other collateral.
    414 CollateralTied "the account's debt at the venue holds all of the collateral",
    /// Name collateral in the venue account that owes, in custody or in a pool: not in another venue account.
    415 BothAtVenue "debt and collateral both lie at a venue",
    /// Wait: an account at a venue is rescued from a ratio of 0.97 of debt to limit.
    416 VenueSafe "account at the venue is not close to its liquidation there",
    /// Move other assets, or repay instead of supplying.
    417 RescueOutcome "rescue would lower maintenance health, or the venue account would be no safer",
    /// Offer more, or choose a source that holds more.
    418 NothingToRescue "the rescue moves nothing that counts",
    /// Liquidate the account: what it holds is its lenders'.
    419 RescueInsolvent "account has no equity that could rescue it",
    /// Send begin_liquidation first, as the same signer.
    420 ReceivershipNotOpen "no receivership is open on this margin account",
    /// Name every venue account that owes something, with all of its reserves, to begin_liquidation and to end_liquidation.
    421 ReceivershipUnread "a venue account with debts was not read",
    /// Send refresh_markets of the account's pools earlier in the same slot.
    422 ReceivershipOldRow "a pool's row is older than this slot",
    /// Refresh prices and markets before begin_liquidation, none until end_liquidation.
    423 ReceivershipBoard "a price or an index changed inside the receivership",
    /// Leave isolated assets, and those with a price too old or not newer than the account's last act that raised risk.
    424 ReceivershipAsset "asset may not be withdrawn in a receivership",
    /// Withdraw what was redeemed, and deposit no more than what is repaid.
    425 ReceivershipGrown "a position is new or larger than at the begin",
    /// Repay more for less collateral, or other collateral.
    426 ReceivershipHealth "maintenance health is not higher than at the begin",
    /// Repay less.
    427 ReceivershipTarget "liquidation-end health is beyond the target",
    /// Withdraw less for what is repaid.
    428 ReceivershipEquity "equity fell by more than the incentive",
    /// Repay something.
    429 ReceivershipDebts "debts are not lower than at the begin",
    /// Repay no more than close cap and call cap allow.
    430 ReceivershipCap "more was repaid than one liquidation may",
    /// Repay the debt whole, or leave 50 USD of it.
    431 ReceivershipDust "a debt too small to be liquidated is left",
    /// Repay more to the venue, or redeem less from it.
    432 ReceivershipStress "a venue account is closer to the venue's own liquidation",

    /// Pass an oracle account owned by the configured oracle program.
    500 OracleOwner "oracle account has the wrong owner",
    /// Pass an oracle account of the configured kind and full length.
    501 OracleLayout "oracle account has the wrong layout",
    /// Pass the configured oracle account.
    502 OracleAddress "oracle account is not the pinned one",
    /// Post a fully verified update.
    503 OraclePartial "oracle update is not fully verified",
    /// Pass the configured feed.
    504 OracleFeed "oracle account carries another feed",
    /// Have the asset listed anew: the feed's exponent changed.
    505 OracleExponent "oracle exponent differs from the listing",
    /// Post a newer update.
    506 OracleStale "oracle sample is too old",
    /// Wait: the sample is ahead of the chain's clock.
    507 OracleFuture "oracle sample lies in the future",
    /// Post an update with a narrower confidence.
    508 OracleWide "oracle confidence is too wide",
    /// Post another update: zero or negative prices are never used.
    509 OracleNotPositive "oracle price is not positive",
    /// Nothing to do: the row already has this sample or a newer one.
    510 OracleNotNewer "oracle sample is not newer than the row's",
    /// List a source for the asset first.
    511 NoOracle "asset has no such price source",

    /// Sign as the authority of the group.
    600 NotAuthority "signer is not this authority of the group",
    /// List the parent row first.
    601 UnknownRow "row does not exist on the board",
    /// The table is full.
    602 TableFull "no free row on the board",
    /// Raise the initial parameter or lower the maintenance one (C1).
    603 ConstraintLevelOrder "C1: an initial parameter is below its maintenance twin",
    /// Keep scenario moves inside the factor's shocks (C2).
    604 ConstraintScenario "C2: a scenario exceeds its factor's shocks",
    /// Lower some charge of the asset (C3).
    605 ConstraintWeights "C3: charges exceed the asset's whole value",
    /// Lower the offset or raise the basis (C4).
    606 ConstraintConvexity "C4: the requirement would not be convex",
    /// Lower the concentration slope (C5).
    607 ConstraintSlope "C5: the concentration slope exceeds the room left",
    /// Lower the incentive (C7).
    608 ConstraintIncentive "C7: the incentive is too large for the shock",
    /// Give an isolated asset full shocks (C8).
    609 ConstraintIsolated "C8: an isolated asset needs full shocks",
    /// Choose parameters inside their ranges.
    610 ConstraintRange "a parameter is out of range",
    /// Choose another mint or have the extension removed.
    611 MintExtension "the mint carries an extension that is not accepted",
    /// Wait until the guardian's gate is opened.
    612 GateClosed "this family of instructions is closed",

    /// Wait until the admin opens the cohort.
    650 AccessClosed "group opens no margin accounts yet",
    /// Pass the owner's seat, PDA of group and owner, behind the list.
    651 SeatMissing "the owner's seat is not among the accounts",
    /// Send the owner's proof behind the arguments: the seat is not taken yet.
    652 ProofMissing "owner has no seat and no proof of invitation",
    /// Fetch the owner's proof anew: it must lead to the group's present root.
    653 NotInvited "proof does not lead from this owner to the group's root",
    /// Wait for the public phase, or for more seats.
    654 SeatsTaken "all seats of the cohort are taken",
    /// Choose the present phase or a later one.
    655 PhaseBack "access phase cannot go back",
    /// Choose a cap of at least the seats taken.
    656 SeatCapTooLow "seat cap is below the seats taken",

    /// Wait for repayments, or ask for less.
    700 NoLiquidity "pool does not hold enough idle tokens",
    /// Deposit less: the pool's deposit cap is reached.
    701 DepositCap "pool deposit cap is reached",
    /// Borrow less: the pool's debt cap is reached.
    702 DebtCap "pool debt cap is reached",
    /// Send settle_bad_debt for the bankrupt account, or wait until the lock lapses.
    703 PoolUnsettled "pool waits until a bad debt is settled",

    /// Pass the venue's account of the kind that the list names.
    800 KaminoLayout "Kamino: account is too short or of another kind",
    /// Wait for an update of this program: the reserve has a new layout or was wiped out.
    801 KaminoVersion "Kamino: layout version is not 1",
    /// Wait for an update of this program.
    802 KaminoRateBasis "Kamino: rates count time in an unknown way",
    /// Report it: the reserve contradicts itself.
    803 KaminoNumbers "Kamino: numbers overflow or contradict each other",
    /// Wait for an update of this program: the account has a new size.
    804 KaminoSize "Kamino: account is not of the known size",
    /// Pass accounts of one lending market.
    805 KaminoWrongMarket "Kamino: account of another lending market",
    /// Pass the reserve of the asset's mint.
    806 KaminoWrongMint "Kamino: reserve of another mint",
    /// Reserves of other token programs are not listed.
    807 KaminoTokenProgram "Kamino: token program is not known",
    /// Pass the obligation that this margin account opened.
    808 KaminoIdentity "Kamino: obligation is not this margin account's",
    /// Wait until Kamino opens the market again.
    809 KaminoEmergency "Kamino: market or reserve is stopped",
    /// Choose an active reserve.
    810 KaminoStatus "Kamino: reserve is obsolete or hidden",
    /// Choose a reserve that anyone may use.
    811 KaminoPermissioned "Kamino: reserve needs a permissioning authority",
    /// Choose a reserve whose debts never fall due.
    812 KaminoDebtTerm "Kamino: debts of the reserve fall due or cost extra to repay early",
    /// Choose a reserve that is not deleveraged.
    813 KaminoDeleverage "Kamino: positions on the reserve may be deleveraged",
    /// Choose a reserve whose cTokens can leave an obligation.
    814 KaminoCtokensBlocked "Kamino: cTokens of the reserve are blocked",
    /// Choose a reserve with a borrow factor of at most 2.0.
    815 KaminoBorrowFactor "Kamino: borrow factor is above 2.0",
    /// Wait until Kamino lets borrow again.
    816 KaminoBorrowDisabled "Kamino: borrowing is switched off",
    /// Enter an elevation group of the reserve first.
    817 KaminoGroupOnly "Kamino: no collateral outside elevation groups",
    /// Choose an elevation group that fits all reserves in use.
    818 KaminoGroup "Kamino: elevation group does not fit",
    /// Repay and redeem: the obligation is being deleveraged.
    819 KaminoMarked "Kamino: obligation is marked",
    /// Cancel the obligation's orders first.
    820 KaminoEncumbered "Kamino: obligation has orders or a change of owner under way",
    /// Use fewer reserves in one obligation.
    821 KaminoPlan "Kamino: call does not fit",
    /// Name a reserve that the obligation uses; 8 deposits and 5 debts are the most.
    822 KaminoSlot "Kamino: obligation has no slot for the reserve",
    /// Send an amount above zero.
    823 KaminoAmount "Kamino: amount is zero",
    /// Send klend's refresh_reserve with its price accounts in front, for every reserve in use.
    824 KaminoReserveStale "Kamino: reserve or its price is not fresh",
    /// Send klend's refreshes in front, in the same slot.
    825 KaminoObligationStale "Kamino: obligation is not fresh",
    /// Report it: the call had no effect.
    826 KaminoNoEffect "Kamino: success without effect",
    /// Report it: something moved the wrong way.
    827 KaminoWrongDirection "Kamino: tokens or units moved the wrong way",
    /// Report it: more moved than was asked for.
    828 KaminoExceeded "Kamino: more moved than was asked for",
    /// Report it: the exchange was not at the reserve's rate.
    829 KaminoRate "Kamino: units and tokens moved at another rate",
    /// Report it: a position that was not named changed.
    830 KaminoOtherPosition "Kamino: another position changed",
    /// Report it: the obligation's owner, market or group changed.
    831 KaminoIdentityChanged "Kamino: obligation's identity changed",
    /// Report it: the obligation closed although it was not empty.
    832 KaminoClosed "Kamino: obligation closed early",

    /// Accept less, or act when the rate is better.
    900 BelowMinimum "less came out than the asked minimum",
    /// Accept more, or act when the rate is better.
    901 AboveMaximum "more would go in than the asked maximum",
    /// Build the transaction anew: the account has changed since.
    902 WrongSequence "sequence number is not the expected one",
    /// Act when the account is healthier, or ask for less.
    903 HealthBelow "health is below the asked floor",
    /// Act when the rate is better, or accept a worse one.
    904 RateBeyond "rate on the board is beyond the asked bound",
    /// Run refresh_markets first.
    905 RateAge "rate on the board is older than asked",
    /// Sign a new transaction.
    906 DeadlinePassed "deadline has passed",
}

impl From<KaminoError> for TrestleError {
    fn from(error: KaminoError) -> Self {
        match error {
            KaminoError::Length | KaminoError::Discriminator => Self::KaminoLayout,
            KaminoError::Version => Self::KaminoVersion,
            KaminoError::RateBasis => Self::KaminoRateBasis,
            KaminoError::Numbers => Self::KaminoNumbers,
            KaminoError::Size => Self::KaminoSize,
            KaminoError::WrongMarket => Self::KaminoWrongMarket,
            KaminoError::WrongMint => Self::KaminoWrongMint,
            KaminoError::TokenProgram => Self::KaminoTokenProgram,
            KaminoError::Identity => Self::KaminoIdentity,
            KaminoError::Emergency => Self::KaminoEmergency,
            KaminoError::Status => Self::KaminoStatus,
            KaminoError::Permissioned => Self::KaminoPermissioned,
            KaminoError::DebtTerm => Self::KaminoDebtTerm,
            KaminoError::Deleverage => Self::KaminoDeleverage,
            KaminoError::CtokensBlocked => Self::KaminoCtokensBlocked,
            KaminoError::BorrowFactor => Self::KaminoBorrowFactor,
            KaminoError::BorrowDisabled => Self::KaminoBorrowDisabled,
            KaminoError::GroupOnly => Self::KaminoGroupOnly,
            KaminoError::Group => Self::KaminoGroup,
            KaminoError::Marked => Self::KaminoMarked,
            KaminoError::Encumbered => Self::KaminoEncumbered,
            KaminoError::Plan => Self::KaminoPlan,
            KaminoError::Slot => Self::KaminoSlot,
            KaminoError::Amount => Self::KaminoAmount,
            KaminoError::ReserveStale => Self::KaminoReserveStale,
            KaminoError::ObligationStale => Self::KaminoObligationStale,
            KaminoError::NoEffect => Self::KaminoNoEffect,
            KaminoError::WrongDirection => Self::KaminoWrongDirection,
            KaminoError::Exceeded => Self::KaminoExceeded,
            KaminoError::Rate => Self::KaminoRate,
            KaminoError::OtherPosition => Self::KaminoOtherPosition,
            KaminoError::IdentityChanged => Self::KaminoIdentityChanged,
            KaminoError::Closed => Self::KaminoClosed,
        }
    }
}

impl From<MathError> for TrestleError {
    fn from(error: MathError) -> Self {
        match error {
            MathError::Overflow => Self::Overflow,
            MathError::Range => Self::OutOfRange,
            MathError::DivideByZero | MathError::UnknownKind => Self::Corrupt,
            MathError::Unsorted => Self::Unsorted,
            MathError::UnknownAsset
            | MathError::UnknownFactor
            | MathError::UnknownClass
            | MathError::UnknownMarket => Self::UnknownRow,
            MathError::TooManyLegs => Self::SlabFull,
            MathError::ZeroAmount => Self::ZeroAmount,
            MathError::NoLiquidity => Self::NoLiquidity,
            MathError::ExceedsPosition => Self::ExceedsPosition,
        }
    }
}

impl From<Refusal> for TrestleError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::StaleDebt => Self::StaleDebt,
            Refusal::InitialHealth => Self::InitialHealth,
            Refusal::Skew => Self::PriceSkew,
            Refusal::VenueShock => Self::VenueShock,
            Refusal::IsolatedDebts => Self::IsolatedDebts,
        }
    }
}

impl From<SampleError> for TrestleError {
    fn from(error: SampleError) -> Self {
        match error {
            SampleError::NotPositive => Self::OracleNotPositive,
            SampleError::Wide => Self::OracleWide,
            SampleError::Stale => Self::OracleStale,
            SampleError::Future => Self::OracleFuture,
        }
    }
}

impl From<PythError> for TrestleError {
    fn from(error: PythError) -> Self {
        match error {
            PythError::Owner => Self::OracleOwner,
            PythError::Length | PythError::Discriminator => Self::OracleLayout,
            PythError::Partial => Self::OraclePartial,
            PythError::Feed => Self::OracleFeed,
            PythError::Exponent => Self::OracleExponent,
            PythError::PostedSlot => Self::OracleFuture,
        }
    }
}

impl From<TokenError> for TrestleError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Layout => Self::WrongType,
            TokenError::Uninitialised => Self::WrongType,
        }
    }
}

impl From<Violation> for TrestleError {
    fn from(violation: Violation) -> Self {
        match violation {
            Violation::LevelOrder => Self::ConstraintLevelOrder,
            Violation::ScenarioRange => Self::ConstraintScenario,
            Violation::Weights => Self::ConstraintWeights,
            Violation::Convexity => Self::ConstraintConvexity,
            Violation::Slope => Self::ConstraintSlope,
            Violation::Incentive => Self::ConstraintIncentive,
            Violation::Isolated => Self::ConstraintIsolated,
            Violation::Range => Self::ConstraintRange,
        }
    }
}
