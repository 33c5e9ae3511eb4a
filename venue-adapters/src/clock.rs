//! Now, as the venues see it.

/// The time of an instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Slot.
    pub slot: u64,
    /// Unix time, seconds.
    pub unix: i64,
}
