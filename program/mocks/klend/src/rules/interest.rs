//! Interest from the last refresh to this slot, at the rate of that refresh.

use crate::error::*;
use crate::fraction::Fraction;
use crate::state::Reserve;
use crate::wide::U256;

/// Slots that make a year of two slots a second.
const SLOTS_PER_YEAR: u128 = 63_072_000;

/// Brings debt, cumulative rate and the protocol's part to `slot`.
pub fn accrue(reserve: &mut Reserve<'_>, slot: u64, referral_fee_bps: u16) -> Result<()> {
    let elapsed = slot.checked_sub(reserve.slot()).ok_or(MATH_OVERFLOW)?;
    if elapsed == 0 {
        return Ok(());
    }
    let host = Fraction::bps(reserve.host_rate_bps().into());
    let take = Fraction::percent(reserve.take_pct().into());
    let all = compound(curve_rate(reserve)? + host, elapsed);
    let before = reserve.borrowed();
    let after = before * all;
    let fixed = before * compound(host, elapsed) - before;
    let variable = after - before - fixed;
    let referral = take * Fraction::bps(referral_fee_bps.into());
    let referrers = variable * referral;

    reserve.set_rate(U256(reserve.rate()).times(all.0).shr60().0);
    reserve.set_borrowed(after);
    let fees = reserve.protocol_fees() + fixed + variable * take - referrers;
    reserve.set_protocol_fees(fees);
    reserve.set_pending_referrer_fees(reserve.pending_referrer_fees() + referrers);
    reserve.set_referral_rate(referral);
    Ok(())
}

/// Growth of one over `slots` at a yearly rate: exact to four slots, then the
/// first terms of the binomial series.
fn compound(rate: Fraction, slots: u64) -> Fraction {
    let base = rate.over(SLOTS_PER_YEAR);
    let one = Fraction::ONE + base;
    let n = u128::from(slots);
    match slots {
        0 => Fraction::ONE,
        1 => one,
        2 => one * one,
        3 => one * one * one,
        4 => (one * one) * (one * one),
        _ => {
            let square = base * base;
            let cube = square * base;
            Fraction::ONE
                + base.times(n)
                + square.times(n).times(n - 1).over(2)
                + cube.times(n).times(n - 1).times(n - 2).over(6)
        }
    }
}

/// Rate of a year at the reserve's utilization.
fn curve_rate(reserve: &Reserve<'_>) -> Result<Fraction> {
    let supply = super::exchange::total_supply(reserve);
    let utilization = match supply {
        Fraction::ZERO => Fraction::ZERO,
        supply => (reserve.borrowed() / supply).min(Fraction::ONE),
    };
    let bps = utilization.times(10_000).round() as u32;
    let points = reserve.curve();
    let segment = points.windows(2).find(|s| bps >= s[0].0 && bps <= s[1].0);
    let [(from, low), (to, high)] = segment.ok_or(MATH_OVERFLOW)? else {
        return Err(MATH_OVERFLOW);
    };
    if bps == *from {
        return Ok(Fraction::bps((*low).into()));
    }
    if bps == *to {
        return Ok(Fraction::bps((*high).into()));
    }
    let along =
        (utilization.0).checked_sub(Fraction::bps((*from).into()).0).ok_or(MATH_OVERFLOW)?;
    let rise = Fraction(along).times((high - low).into()).over((to - from).into());
    Ok(rise + Fraction::bps((*low).into()))
}
