//! What a call costs the transaction (ruling 15).

/// What a call takes out of a transaction's limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Entries of the instruction trace, the venue's own included.
    pub entries: u32,
    /// Levels of calls below the caller.
    pub depth: u32,
    /// Compute units, upper estimate.
    pub compute_units: u32,
}

#[allow(clippy::as_conversions, clippy::cast_lossless)] // widening in a const fn: `From` is not const
pub(crate) const fn count(x: u8) -> u32 {
    x as u32
}
