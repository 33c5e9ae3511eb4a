//! Caps of what leaves within an interval. What comes in makes room.

use crate::error::*;
use crate::state::Cap;

/// Counts an amount that leaves.
pub fn leave(cap: &mut Cap<'_>, amount: u64, now: u64) -> Result<()> {
    begin(cap, now)?;
    if cap.interval() != 0 {
        let room = i128::from(cap.capacity()) - i128::from(cap.total());
        ensure(i128::from(amount) <= room.max(0), WITHDRAWAL_CAP_REACHED)?;
    }
    count(cap, i64::try_from(amount).map_err(|_| MATH_OVERFLOW)?)
}

/// Counts an amount that comes in.
pub fn enter(cap: &mut Cap<'_>, amount: u64, now: u64) -> Result<()> {
    begin(cap, now)?;
    count(cap, -i64::try_from(amount).map_err(|_| MATH_OVERFLOW)?)
}

/// Starts a new interval when the last one is over.
fn begin(cap: &mut Cap<'_>, now: u64) -> Result<()> {
    if cap.interval() == 0 {
        return Ok(());
    }
    let elapsed = now.checked_sub(cap.start()).ok_or(LAST_TIMESTAMP_GREATER)?;
    if elapsed >= cap.interval() {
        cap.set_total(0);
        cap.set_start(now);
    }
    Ok(())
}

fn count(cap: &mut Cap<'_>, change: i64) -> Result<()> {
    let total = match cap.interval() {
        0 => cap.total().saturating_add(change),
        _ => cap.total().checked_add(change).ok_or(MATH_OVERFLOW)?,
    };
    cap.set_total(total);
    Ok(())
}
