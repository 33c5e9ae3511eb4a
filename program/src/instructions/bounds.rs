//! What the caller accepts where an amount is converted.

use crate::Result;
use trestle_interface::TrestleError;

/// What came out must reach the caller's minimum.
#[inline(always)]
pub(crate) fn expect_at_least<T: PartialOrd>(found: T, least: T) -> Result<()> {
    if found < least { Err(TrestleError::BelowMinimum) } else { Ok(()) }
}

/// What goes in must not exceed the caller's maximum.
#[inline(always)]
pub(crate) fn expect_at_most<T: PartialOrd>(found: T, most: T) -> Result<()> {
    if found > most { Err(TrestleError::AboveMaximum) } else { Ok(()) }
}
