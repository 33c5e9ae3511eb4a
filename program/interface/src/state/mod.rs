//! Account layouts. All zero-copy, 8-aligned, with reserved bytes that stay zero.

mod group;
mod header;
mod losses;
mod margin;
mod markets;
mod pod;
mod pool;
mod prices;

pub use group::{Group, Phase, Seat};
pub use header::{Account, Header, LayoutError, VERSION, view, view_mut};
pub use losses::{INSURANCE_EPOCH, LOCK_LAPSE, LOCK_SHARE_SHIFT, Losses};
pub use margin::{
    AccountStatus, Contribution, Delegate, MAX_DELEGATES, MAX_POSITIONS, MAX_VENUE_ACCOUNTS,
    MIN_POSITIONS, MarginAccount, Position, PositionKey, PositionKind, Receivership, Session,
    VenueAccount, account_size, health_bucket, offsets,
};
pub use markets::{
    ClassRow, ClassStatus, FactorRow, GroupRow, IssuerRow, MAX_CLASSES, MAX_FACTORS, MAX_ISSUERS,
    MAX_MARKETS, MAX_SCENARIOS, MarketKind, MarketRow, MarketStatus, MarketsPage, VenueKind,
};
pub use pod::{Weights, Wide};
pub use pool::{CurvePoint, Exposure, Lender, Pool, pool_terms};
pub use prices::{AssetRow, MAX_ASSETS, PricesPage, Source, SourceKind, Tier};
