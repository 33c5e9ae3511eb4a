//! The instruction table: one row per tag.

use crate::accounts::{self, OwnerAccounts, Role};
use crate::args;
use crate::permission::Permission;
use crate::wire::Field;

/// Outcome of a refreshed row in a refresh's return data; any other value is
/// the code of the error that left the row as it was.
pub const ROW_REFRESHED: u32 = u32::MAX;

/// Bit of a row number of `refresh_prices` that means the secondary source.
pub const SECONDARY_ROW: u8 = 0x80;

/// One instruction.
#[derive(Clone, Copy, Debug)]
pub struct InstructionInfo {
    /// Tag.
    pub tag: Tag,
    /// Name, snake case.
    pub name: &'static str,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
    /// Fixed accounts that come first; [`OwnerAccounts`] for an owner's operation.
    pub prefix: &'static [Role],
    /// What an owner's operation asks of its signer; `None` for other instructions.
    pub permission: Option<Permission>,
    /// Its own fixed accounts.
    pub accounts: &'static [Role],
    /// Accounts of any number may follow.
    pub trailing: bool,
    /// Fixed arguments.
    pub args: &'static [Field],
    /// Length of the fixed arguments.
    pub args_len: usize,
    /// What follows the fixed arguments.
    pub tail: Tail,
}

/// What follows the fixed arguments of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// Nothing.
    Nothing,
    /// Row numbers of so many bytes each, one per row whose accounts trail.
    Rows(u8),
    /// Operations of a batch; see [`crate::batch`].
    Frame,
    /// A proof, or nothing; see [`crate::cohort`].
    Proof,
}

macro_rules! instructions {
    (@prefix alone) => { &[] };
    (@prefix $permission:ident) => { OwnerAccounts::<()>::ROLES };
    (@permission alone) => { None };
    (@permission $permission:ident) => { Some(Permission::$permission) };
    (@trailing fixed) => { false };
    (@trailing trailing) => { true };
    (@tail fixed) => { Tail::Nothing };
    (@tail trailing) => { Tail::Nothing };
    (@tail rows8) => { Tail::Rows(1) };
    (@tail rows16) => { Tail::Rows(2) };
    (@tail frame) => { Tail::Frame };
    (@tail proof) => { Tail::Proof };
    (@trailing proof) => { true };
    (@trailing frame) => { true };
    (@trailing rows8) => { true };
    (@trailing rows16) => { true };
    ($(
        $(#[doc = $doc:literal])+
        $code:literal $name:ident $snake:ident $prefix:ident $accounts:ident $trailing:ident $args:ident,
    )+) => {
        /// First byte of an instruction's data.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Tag { $( $(#[doc = $doc])+ $name = $code, )+ }

        impl Tag {
            /// The tag of a byte.
            #[must_use]
            #[inline(always)]
            pub const fn from_byte(byte: u8) -> Option<Self> {
                match byte { $($code => Some(Self::$name),)+ _ => None }
            }

            /// What an owner's operation asks of its signer; `None` for other
            /// instructions.
            #[must_use]
            pub const fn permission(self) -> Option<Permission> {
                match self { $(Self::$name => instructions!(@permission $prefix),)+ }
            }

            /// The byte.
            #[must_use]
            pub const fn byte(self) -> u8 {
                match self { $(Self::$name => $code,)+ }
            }
        }

        /// All instructions, by tag.
        pub const TABLE: &[InstructionInfo] = &[$(
            InstructionInfo {
                tag: Tag::$name,
                name: stringify!($snake),
                doc: concat!($($doc),+),
                prefix: instructions!(@prefix $prefix),
                permission: instructions!(@permission $prefix),
                accounts: accounts::$accounts::<()>::ROLES,
                trailing: instructions!(@trailing $trailing),
                args: args::$args::FIELDS,
                args_len: args::$args::LEN,
                tail: instructions!(@tail $trailing),
            },
        )+];
    };
}

instructions! {
    /// Tokens from the owner into custody. Needs no price.
    0 Deposit deposit DEPOSIT DepositAccounts fixed AssetAmountArgs,
    /// Tokens out of custody. Checked.
    1 Withdraw withdraw WITHDRAW WithdrawAccounts trailing AssetAmountArgs,
    /// Recognises tokens that reached custody without a deposit.
    2 SyncCustody sync_custody OWNER SyncCustodyAccounts fixed AssetArgs,
    /// Custody to a pool deposit. Checked.
    3 PoolSupply pool_supply MOVE PoolAccounts trailing SupplyArgs,
    /// A pool deposit back to custody. Needs no price.
    4 PoolRedeem pool_redeem REDEEM PoolAccounts fixed RedeemArgs,
    /// Borrows from a pool into custody. Checked.
    5 PoolBorrow pool_borrow BORROW PoolAccounts trailing BorrowArgs,
    /// Repays a pool from custody. Needs no price.
    6 PoolRepay pool_repay REPAY PoolAccounts fixed RepayArgs,

    /// Opens an account at a venue.
    7 OpenVenue open_venue ARRANGE OpenVenueAccounts trailing MarketArgs,
    /// Custody to a deposit at a venue. Checked.
    8 VenueSupply venue_supply MOVE VenueAccounts trailing SupplyArgs,
    /// A deposit at a venue back to custody. Checked.
    9 VenueRedeem venue_redeem REDEEM VenueAccounts trailing RedeemArgs,
    /// Borrows at a venue into custody. Checked.
    10 VenueBorrow venue_borrow BORROW VenueAccounts trailing BorrowArgs,
    /// Repays a venue from custody. Needs no price.
    11 VenueRepay venue_repay REPAY VenueAccounts trailing RepayArgs,
    /// Opens a stake in a venue's farm.
    12 OpenFarm open_farm ARRANGE OpenFarmAccounts trailing FarmArgs,
    /// Claims a reward at a venue into custody.
    13 ClaimVenue claim_venue ARRANGE ClaimVenueAccounts trailing ClaimArgs,
    /// Enters or leaves an elevation group at a venue. Checked.
    14 VenueGroup venue_group ARRANGE VenueGroupAccounts trailing VenueGroupArgs,
    /// Forgets an empty account at a venue.
    15 CloseVenue close_venue CLOSE CloseVenueAccounts fixed NoArgs,

    /// Health of an account, as return data.
    16 GetHealth get_health alone GetHealthAccounts fixed NoArgs,
    /// Prices from oracles into the board.
    17 RefreshPrices refresh_prices alone RefreshPricesAccounts rows8 NoArgs,
    /// Indices and rates into the board.
    18 RefreshMarkets refresh_markets alone RefreshMarketsAccounts rows16 NoArgs,
    /// Repays an unhealthy account's debt for collateral.
    19 Liquidate liquidate alone LiquidateAccounts trailing LiquidateArgs,
    /// What an account holds at venues, into its positions.
    20 RefreshAccount refresh_account alone RefreshAccountAccounts trailing NoArgs,
    /// Starts the incentive clock of an account below maintenance health, or
    /// stops it once liquidation-end health is back. Pools of a bankrupt
    /// account's debts may follow, writable: where more than a thousandth of
    /// one is bad, nobody redeems or borrows from it until `settle_bad_debt`,
    /// or until that wait lapses.
    21 FlagUnhealthy flag_unhealthy alone FlagUnhealthyAccounts trailing NoArgs,
    /// Settles one pool debt of a bankrupt account: what is left of the
    /// account, then insurance, then the pool's lenders bear it.
    22 SettleBadDebt settle_bad_debt alone SettleBadDebtAccounts fixed MarketArgs,
    /// Moves an account's own idle tokens, or a pool deposit, to its debt or
    /// its collateral at a venue that is about to liquidate it there: from a
    /// ratio of 0.97 of debt to limit down to 0.9. Anyone may send it, whatever
    /// state the owner's account is in. Maintenance health must not fall. The
    /// caller is paid at most a thousandth of what moved.
    23 RescueVenue rescue_venue alone RescueVenueAccounts trailing RescueArgs,
    /// Several operations of the owner, checked once at their end. Their
    /// accounts follow; see [`crate::batch`] for the data.
    24 Batch batch alone OwnerAccounts frame NoArgs,
    /// Fails unless the account's sequence number is the expected one. In a
    /// batch, that is the number before the batch.
    25 AssertSequence assert_sequence GUARD GuardAccounts fixed AssertSequenceArgs,
    /// Fails unless health reaches a floor. In a batch it is health as the
    /// operations before it left the account.
    26 AssertHealth assert_health GUARD GuardAccounts trailing AssertHealthArgs,
    /// Fails unless a rate on the board keeps a bound and its row is young.
    27 AssertRate assert_rate GUARD GuardAccounts fixed AssertRateArgs,
    /// Fails after a time or a slot.
    28 AssertDeadline assert_deadline GUARD GuardAccounts fixed AssertDeadlineArgs,
    /// Puts the check off to the account's `end_region`, which must come later
    /// in the transaction; see [`crate::region`].
    29 BeginRegion begin_region alone BeginRegionAccounts fixed BeginRegionArgs,
    /// Ends the account's region: initial health must not be negative, and all
    /// caps hold. What a check reads may follow.
    30 EndRegion end_region alone OwnerAccounts trailing NoArgs,

    /// Opens a margin account. While the cohort is open it takes the owner's
    /// seat, and a proof where the seat is not taken yet; see [`crate::cohort`].
    32 CreateAccount create_account alone CreateAccountAccounts proof CreateAccountArgs,
    /// Makes room for more positions.
    33 ResizeAccount resize_account alone ResizeAccountAccounts fixed ResizeAccountArgs,
    /// Closes an empty margin account and sweeps what is left to the owner.
    34 CloseAccount close_account alone CloseAccountAccounts trailing NoArgs,
    /// Adds, replaces or removes a delegate. A lock-down leaves the removal.
    35 SetDelegate set_delegate alone OwnerOnlyAccounts fixed SetDelegateArgs,
    /// Leaves only deposit, repay, redeem, withdraw to the owner, and closing.
    36 LockDown lock_down alone LockDownAccounts fixed NoArgs,
    /// First asks for the end of a lock-down, and a day later ends it.
    37 LiftLockDown lift_lock_down alone OwnerOnlyAccounts fixed NoArgs,
    /// Names the owner who may take the account over.
    38 ProposeOwner propose_owner alone OwnerOnlyAccounts fixed ProposeOwnerArgs,
    /// Takes the account over. Its delegates are gone. The new owner must be
    /// one whom the group would let open an account: see `create_account`.
    39 AcceptOwner accept_owner alone AcceptOwnerAccounts proof NoArgs,

    /// Opens a lend-only position.
    40 OpenLender open_lender alone OpenLenderAccounts fixed NoArgs,
    /// Supplies a lend-only position.
    41 LenderSupply lender_supply alone LenderAccounts fixed LenderSupplyArgs,
    /// Redeems a lend-only position.
    42 LenderRedeem lender_redeem alone LenderAccounts fixed LenderRedeemArgs,
    /// Closes an empty lend-only position.
    43 CloseLender close_lender alone CloseLenderAccounts fixed NoArgs,

    /// Opens a receivership of an unhealthy account: until the transaction's
    /// `end_liquidation` its signer may withdraw, redeem, repay and deposit on
    /// it. Venue accounts that owe, their reserves and running totals follow.
    48 BeginLiquidation begin_liquidation alone BeginLiquidationAccounts trailing BeginLiquidationArgs,
    /// Ends a receivership: nothing grew, the account is healthier, lost no
    /// more than the incentive and is not beyond the target. What
    /// `begin_liquidation` reads follows.
    49 EndLiquidation end_liquidation alone EndLiquidationAccounts trailing NoArgs,

    /// Creates a group.
    64 InitGroup init_group alone InitGroupAccounts fixed InitGroupArgs,
    /// Initialises the board of a group.
    65 InitBoard init_board alone InitBoardAccounts fixed GroupTermsArgs,
    /// Lists a factor.
    66 ListFactor list_factor alone ListAccounts fixed ListFactorArgs,
    /// Lists an issuer.
    67 ListIssuer list_issuer alone ListAccounts fixed ListIssuerArgs,
    /// Lists an asset.
    68 ListAsset list_asset alone ListAssetAccounts fixed ListAssetArgs,
    /// Lists a venue class.
    69 ListClass list_class alone ListClassAccounts fixed ListClassArgs,
    /// Lists the market of a pool.
    70 ListMarket list_market alone ListMarketAccounts fixed ListMarketArgs,
    /// Sets the scenarios of all factors.
    71 SetScenarios set_scenarios alone ListAccounts fixed SetScenariosArgs,
    /// Creates a pool.
    72 InitPool init_pool alone InitPoolAccounts fixed InitPoolArgs,
    /// Lists a reserve of a venue.
    73 ListReserve list_reserve alone ListReserveAccounts fixed ListReserveArgs,
    /// Sets who may open margin accounts: phase, cohort and number of seats.
    74 SetAccess set_access alone GroupAccounts fixed SetAccessArgs,
    /// Rewrites an account in the present layout.
    80 UpgradeLayout upgrade_layout alone UpgradeLayoutAccounts fixed NoArgs,
}
