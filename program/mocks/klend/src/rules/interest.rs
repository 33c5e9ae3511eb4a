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

#[cfg(test)]
mod tests {
    use super::*;

    /// Growth at 3.8992 % a year, from a model of klend written for its facts.
    #[test]
    fn growth_agrees_with_an_independent_model() {
        let rate = Fraction(44_954_613_352_926_579);
        for (slots, growth) in [
            (0, 1_152_921_504_606_846_976),
            (4, 1_152_921_507_457_849_853),
            (5, 1_152_921_508_170_600_571),
            (1_000, 1_152_922_217_357_565_976),
        ] {
            assert_eq!(compound(rate, slots), Fraction(growth), "{slots} slots");
        }
    }

    /// The curve of the main market's USDC, where that rate comes from.
    #[test]
    fn the_rate_lies_on_the_curve() {
        let mut data = vec![0; Reserve::LEN];
        let mut reserve = Reserve(&mut data);
        reserve
            .set_curve(core::array::from_fn(|i| [(0, 0), (9_500, 475), (10_000, 3_000)][i.min(2)]));
        // 899092267058531581 / 2^60 of a million are lent
        let utilization = Fraction(899_092_267_058_531_581);
        let lent = utilization.times(1_000_000);
        reserve.set_borrowed(lent);
        reserve.set_available(1_000_000);
        reserve.set_protocol_fees(lent);
        assert_eq!(curve_rate(&reserve), Ok(Fraction(44_954_613_352_926_579)));
        for (lent, bps) in [(0, 0), (950_000, 475), (1_000_000, 3_000), (975_000, 1_737)] {
            reserve.set_borrowed(Fraction::whole(lent));
            reserve.set_protocol_fees(Fraction::whole(lent));
            let rate = curve_rate(&reserve).expect("on the curve");
            assert_eq!(rate.times(10_000).round(), bps, "{lent}");
        }
    }

    /// The host's rate is the borrower's too; all of it goes to the protocol, of the
    /// rest its share less the referrers'.
    #[test]
    fn interest_is_shared_as_configured() {
        let mut data = vec![0; Reserve::LEN];
        let mut reserve = Reserve(&mut data);
        reserve.set_rate(U256::from(Fraction::ONE.0).0);
        reserve.set_curve([(0, 1_000), (10_000, 1_000)].repeat(6)[..11].try_into().expect("11"));
        reserve.set_host_rate_bps(500);
        reserve.set_take_pct(20);
        let debt = Fraction::whole(1_000_000_000_000);
        reserve.set_borrowed(debt);
        reserve.set_available(1_000_000_000_000);
        let slots = 630_720; // a hundredth of a year
        accrue(&mut reserve, slots, 2_500).expect("accrues");
        // by an integer model in another language; squares of so small a rate have
        // one digit left, so a series without rounding gives 0.006 % more
        assert_eq!((reserve.borrowed() - debt).floor(), 1_501_035_127);
        assert_eq!(reserve.protocol_fees().floor(), 650_155_269);
        assert_eq!(reserve.pending_referrer_fees().floor(), 50_051_756);
        assert_eq!(reserve.rate(), [1_154_652_080_284_798_336, 0, 0, 0]);
    }
}
