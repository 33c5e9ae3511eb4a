//! Limiters of what flows out of a market (in USD) or of a reserve (in tokens).
//!
//! Time is cut into windows of equal length. What flowed out in the window
//! before counts in part: as much of it as a window's length that ends now
//! still covers. A redemption and a borrow count at both limiters.

use super::WAD;
use super::layout::limiter as at;
use crate::bytes::{u64_at, u128_at};
use trestle_risk_math::num::mul_ratio_floor;

/// What a limiter lets out at `slot`, wads, cut as Save cuts it; `None` for no limit.
/// A limiter that cannot be read, or whose window begins later, lets nothing out.
pub(super) fn left_wads(bytes: &[u8; at::LEN], slot: u64) -> Option<u128> {
    if u64_at(bytes, at::WINDOW) == Some(0) {
        return None;
    }
    Some(read(bytes, slot).unwrap_or(0))
}

fn read(bytes: &[u8; at::LEN], slot: u64) -> Option<u128> {
    let window = u64_at(bytes, at::WINDOW)?;
    let start = u64_at(bytes, at::START)?;
    let running = u128_at(bytes, at::RUNNING)?;
    let now = slot.checked_sub(slot.checked_rem(window)?)?; // first slot of this window
    let next = start.checked_add(window)?;
    let (start, before, running) = if now < next {
        (start, u128_at(bytes, at::BEFORE)?, running)
    } else if now == next {
        (now, running, 0)
    } else {
        (now, 0, 0)
    };
    // this slot counts as passed
    let passed = slot.checked_sub(start)?.checked_add(1)?;
    // Save cuts the share that has passed, and so lets more of it count
    let share = u128::from(passed).checked_mul(WAD)?.checked_div(u128::from(window))?;
    let part = mul_ratio_floor(before, WAD.checked_sub(share)?, WAD).ok()?;
    let most = u128::from(u64_at(bytes, at::CAPACITY)?).checked_mul(WAD)?;
    most.checked_sub(part.checked_add(running)?)
}
