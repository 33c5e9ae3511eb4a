//! Seeds of every derived address, in one place. The bump comes last.

/// Margin account: group, creator, index (u16, little-endian).
pub const MARGIN: &[u8] = b"margin";
/// Authority of a margin account: the margin account.
pub const AUTHORITY: &[u8] = b"authority";
/// Pool: group, mint.
pub const POOL: &[u8] = b"pool";
/// Lend-only position: pool, owner.
pub const LENDER: &[u8] = b"lender";
/// Taken place of the cohort: group, owner.
pub const SEAT: &[u8] = b"seat";
/// Running totals of a venue class: group, class (u8).
pub const EXPOSURE: &[u8] = b"exposure";
