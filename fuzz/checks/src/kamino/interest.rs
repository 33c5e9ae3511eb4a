//! A reserve projected to now, against what a refresh would write.

use super::accounts::{self, RESERVE, put};
use super::wide;
use arbitrary::{Result, Unstructured};
use num_traits::Signed;
use trestle_reference::bits::{Int, ceil_div, floor_div, int, two_to};
use trestle_reference::exact::{self, Rational, dyadic, fraction, whole};
use trestle_reference::generate::{number, sized};
use trestle_reference::kamino::{self as model, Refresh, Release, UNIT};
use trestle_risk_math::index::grown_debt;
use trestle_venue_adapters::clock::Now;
use trestle_venue_adapters::kamino::interest::{Accrual, compound, curve_rate, project};
use trestle_venue_adapters::kamino::market::Market;
use trestle_venue_adapters::kamino::obligation::Obligation;
use trestle_venue_adapters::kamino::report::{self, ReserveReport};
use trestle_venue_adapters::kamino::reserve::{CurvePoint, Reserve};

const RELEASES: [Release; 2] = [Release::PowersFirst, Release::Nested];

/// Kamino's interest:
///
/// - wide products and quotients equal those of big integers;
/// - growth brackets what both releases compute and the series without
///   rounding; its low end is the older release's own number, and its ends are
///   apart by less than `(n b)^2 (1 + n b)`, for `n` periods at the rate `b`;
/// - a curve's rate is the model's, and lies on the straight line but for a
///   unit of its slope;
/// - cumulative rate and debts bracket both releases; suppliers' total is never
///   above either's, nor below it by more than the bracket leaves and the
///   roundings;
/// - a deposit's tokens are never more, a debt's never fewer, than klend would
///   pay or collect, and no further off than the bracket and one unit; what is
///   free to redeem is never more;
/// - rates shown: to borrow never lower, to supply never higher, than exact;
/// - a debt grown at its bound covers klend's growth at its highest rate;
/// - klend's price lies within the interval that is taken for it.
pub fn kamino_interest(bytes: &[u8]) {
    let _ = run(&mut Unstructured::new(bytes));
}

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    wide::check(u)?;
    growth(int(number(u, 1 << 63)?), sized(u, 1 << 32)?, u.arbitrary()?);
    let points = points(u)?;
    let data = reserve(u, &points)?;
    let slot = accounts::REFRESHED.0.saturating_add_signed(elapsed(u)?);
    let unix = i64::try_from(accounts::REFRESHED.1).expect("a time").saturating_add(elapsed(u)?);
    let market = accounts::market();
    let case = Case {
        reserve: Reserve::new(&data).expect("a whole reserve"),
        model: model::Reserve::read(&data),
        now: Now { slot, unix },
    };
    on_the_curve(&points, number(u, 1 << 60)?);
    let market = Market::new(&market).expect("a whole market");
    case.check(u, &market)
}

/// Mostly minutes, at times years, seldom before the last refresh.
fn elapsed(u: &mut Unstructured<'_>) -> Result<i64> {
    let far = i64::try_from(sized(u, 1 << 30)?).expect("30 bits");
    Ok(if u.ratio(1, 16)? { -far } else { far })
}

/// Two to eleven points: utilisation rises strictly to 100 %, rates do not fall.
fn points(u: &mut Unstructured<'_>) -> Result<Vec<(u32, u32)>> {
    let inner = u.int_in_range(0..=4_u32)?;
    let mut at: Vec<u32> = (0..inner).map(|_| u.int_in_range(1..=9_999)).collect::<Result<_>>()?;
    at.extend([0, 10_000]);
    at.sort_unstable();
    at.dedup();
    let most = if u.ratio(1, 8)? { u32::MAX } else { 50_000 };
    let mut rates = Vec::with_capacity(at.len());
    for _ in &at {
        rates.push(u32::try_from(number(u, most.into())?).expect("32 bits"));
    }
    rates.sort_unstable();
    Ok(at.into_iter().zip(rates).collect())
}

/// A reserve whose numbers fit each other, of any size.
fn reserve(u: &mut Unstructured<'_>, points: &[(u32, u32)]) -> Result<Vec<u8>> {
    let mut data = accounts::reserve();
    let scaled = |u: &mut Unstructured<'_>, most: u64| -> Result<u128> {
        Ok((u128::from(sized(u, most)?) << 60) | u128::from(u.arbitrary::<u64>()? >> 4))
    };
    let (available, borrowed) = (sized(u, u64::MAX >> 1)?, scaled(u, u64::MAX >> 1)?);
    put(&mut data, 224, &available.to_le_bytes());
    put(&mut data, 232, &borrowed.to_le_bytes());
    // fees are a part of what there is
    let total = (u128::from(available) << 60) + borrowed;
    let fees = total >> u.int_in_range(1..=80_u32)?;
    for (at, share) in [(344, 1), (360, 2), (376, 3)] {
        put(&mut data, at, &(fees >> share).to_le_bytes());
    }
    let cumulative = UNIT + scaled(u, 1 << 12)?;
    put(&mut data, 296, &cumulative.to_le_bytes());
    let ctokens = sized(u, u64::MAX >> 1)?;
    put(&mut data, 2592, &ctokens.to_le_bytes());
    put(&mut data, 6968, &number(u, ctokens)?.to_le_bytes());
    put(&mut data, 248, &scaled(u, 1 << 40)?.to_le_bytes());
    put(&mut data, 272, &u.int_in_range(0..=18_u64)?.to_le_bytes());
    if u.ratio(1, 3)? {
        put(&mut data, 4858, &u.int_in_range(0..=2_000_u16)?.to_le_bytes());
    }
    data[4865] = u8::from(u.arbitrary::<bool>()?);
    data[4870] = u.int_in_range(0..=100)?;
    accounts::curve(&mut data, points);
    Ok(data)
}

/// Both releases, and the series, in the bracket.
fn growth(rate: Int, periods: u64, slots: bool) {
    let year = if slots { 63_072_000 } else { 31_536_000 };
    let Ok(code) = compound(u128::try_from(&rate).expect("64 bits"), periods, year) else {
        // n b below 2^6 is never refused
        assert!(int(periods) * &rate >= int(year) << 66_u32, "{periods} periods are refused");
        return;
    };
    let (low, high) = (int(code.low), int(code.high));
    for release in RELEASES {
        let grown = model::compound(&rate, periods, year, release);
        assert!(low <= grown && grown <= high, "{release:?} grows {grown}, not {low} to {high}");
    }
    assert_eq!(low, model::compound(&rate, periods, year, Release::PowersFirst));
    let exact = model::exact_compound(&rate, periods, year) * whole(UNIT);
    assert!(whole(low.clone()) <= exact && exact <= whole(high.clone()));
    let nb = Rational::new(floor_div(&rate, &int(year)) * periods, two_to(60));
    let apart = &nb * &nb * (whole(1) + nb) * whole(UNIT);
    assert!(whole(high - low) <= &apart + whole(4), "the bracket is wider than {apart}");
}

fn on_the_curve(points: &[(u32, u32)], utilisation: u64) {
    let corners = points.iter().map(|p| CurvePoint { utilisation: p.0, rate: p.1 });
    let code = curve_rate(corners, utilisation.into()).expect("the curve covers all of it");
    assert_eq!(Some(int(code)), model::curve_rate(points, &int(utilisation)));
    let exact = model::curve_line(points, &dyadic(utilisation, 60)).expect("up to 100 %");
    // half a basis point where the corner's rate is taken, and a unit of the slope
    let steepest = points.windows(2).map(|p| (p[1].1 - p[0].1).div_ceil(p[1].0 - p[0].0)).max();
    let steepest = whole(steepest.expect("two points"));
    let apart = (dyadic(code, 60) - exact).abs();
    let allowed =
        &steepest * Rational::new(1.into(), 20_000.into()) + (steepest + whole(2)) * dyadic(1, 60);
    assert!(apart <= allowed, "the rate is off by {apart}");
}

struct Case<'a> {
    reserve: Reserve<'a>,
    model: model::Reserve,
    now: Now,
}

impl Case<'_> {
    fn check(&self, u: &mut Unstructured<'_>, market: &Market<'_>) -> Result<()> {
        let releases =
            RELEASES.map(|r| model::refresh(&self.model, self.now.slot, self.now.unix, r));
        let [Some(first), Some(second)] = releases else {
            panic!("a reserve whose numbers fit is refused by the model")
        };
        let releases = [first, second];
        let Ok(report) = report::reserve(&self.reserve, market, self.now) else {
            self.is_out_of_range(&releases);
            return Ok(());
        };
        let indices = report::indices(&self.reserve, self.now).expect("there is a report");
        assert_eq!((indices.deposit, indices.debt), (report.deposit_index, report.debt_index));
        self.projection(&releases);
        self.deposits(&report, &releases, sized(u, u64::MAX)?);
        self.debts(u, &report, &releases)?;
        self.shown(&report, &releases, u.int_in_range(0..=1 << 20)?);
        Ok(())
    }

    /// Refused only where the numbers leave what an index or klend's own fixed
    /// point holds, with a margin of two bits.
    fn is_out_of_range(&self, releases: &[Refresh; 2]) {
        let beyond = releases.iter().any(|r| {
            let per_ctoken = &r.supply / int(self.model.ctokens).max(int(1));
            r.cumulative.bits() > 88
                || r.borrowed.bits() > 125
                || r.supply.bits() > 125
                || per_ctoken.bits() > 88
                || r.growth.bits() > 66
        });
        let queued = int(self.model.queued) * &releases[1].supply;
        let queue = self.model.ctokens == 0
            || (queued / int(self.model.ctokens)).bits() > 122
            || int(self.model.queued).bits() > 62;
        assert!(beyond || queue, "a reserve whose numbers fit is refused: {releases:?}");
    }

    /// Most that suppliers' total may lose, scaled: the bracket of all debts and
    /// that of the host's interest; the protocol's share, which klend cuts at
    /// 2^-60; and floors.
    fn lost(&self, code: &Accrual) -> Int {
        let interest = int(code.borrowed.high) - self.model.borrowed;
        let (count, year) = model::periods(&self.model, self.now.slot, self.now.unix)
            .expect("the count of time is known");
        let host = (self.model.host_rate_bps << 60) / 10_000;
        let host = compound(host, count, year).expect("there is a report");
        let host = int(host.high - host.low) * self.model.borrowed;
        (int(code.borrowed.high) - code.borrowed.low)
            + ceil_div(&host, &two_to(60))
            + (interest >> 60_u32)
            + 8
    }

    /// Growth, rates, debts and suppliers' total against both releases.
    fn projection(&self, releases: &[Refresh; 2]) {
        let code = project(&self.reserve, self.now).expect("there is a report");
        let lost = self.lost(&code);
        for release in releases {
            for (name, bracket, grown) in [
                ("growth", code.growth, &release.growth),
                ("cumulative rate", code.cumulative, &release.cumulative),
                ("debts", code.borrowed, &release.borrowed),
            ] {
                let (low, high) = (int(bracket.low), int(bracket.high));
                assert!(low <= *grown && *grown <= high, "{name} {grown} is not {low} to {high}");
            }
            let short = &release.supply - code.supply.low;
            assert!(!short.is_negative(), "suppliers get {short} too much");
            assert!(release.supply <= int(code.supply.high), "suppliers may get more");
            assert!(short <= lost, "suppliers get {short} too little, more than {lost}");
        }
    }

    /// cTokens are never worth more than klend pays, nor less by more than the
    /// bracket and one unit.
    fn deposits(&self, report: &ReserveReport, releases: &[Refresh; 2], ctokens: u64) {
        let all = self.model.ctokens;
        let ctokens =
            if all == 0 { ctokens } else { ctokens.min(u64::try_from(all).expect("64 bits")) };
        let code = project(&self.reserve, self.now).expect("there is a report");
        for release in releases {
            // klend pays one for one while there are no cTokens, or no supply
            let paid = |ctokens: Int| {
                if all == 0 || release.supply == int(0) {
                    ctokens
                } else {
                    floor_div(&(ctokens * &release.supply), &(int(all) << 60_u32))
                }
            };
            let least = paid(int(ctokens));
            if all != 0 {
                // all cTokens at the index are worth no more than there is
                let worth = int(report.deposit_index.q64()) * all;
                assert!(worth <= &release.supply << 4_u32, "the deposit index is rounded up");
            }
            if let Ok(tokens) = report.deposit_index.tokens_floor(ctokens) {
                assert!(int(tokens) <= least, "{ctokens} cTokens are not worth {tokens}");
                if all != 0 && release.supply != int(0) {
                    // at most all cTokens: the bracket's whole tokens, the index's and the floor's unit
                    let off = ceil_div(&self.lost(&code), &two_to(60)) + 2;
                    assert!(
                        least - tokens <= off,
                        "{ctokens} cTokens are worth more than {tokens}"
                    );
                }
            }
            let free = (int(self.model.available) - paid(int(self.model.queued))).max(int(0));
            assert!(
                int(report.free_liquidity) <= free,
                "{} is not free of {}, {} queued of {all}: {free}; supply {} {}",
                report.free_liquidity,
                self.model.available,
                self.model.queued,
                release.supply,
                code.supply.low
            );
        }
    }

    /// A debt is never below what klend collects, nor above it by more than the
    /// bracket and one unit.
    fn debts(
        &self,
        u: &mut Unstructured<'_>,
        report: &ReserveReport,
        releases: &[Refresh; 2],
    ) -> Result<()> {
        let (borrowed, now) =
            (int(sized(u, u64::MAX)?) << u.int_in_range(0..=59_u32)?, self.model.cumulative);
        let Ok(borrowed) = u128::try_from(&borrowed) else { return Ok(()) };
        // since some earlier rate
        let since = UNIT + (now - UNIT) / (1 + u128::from(u.arbitrary::<u16>()?));
        let mut data = accounts::obligation();
        put(&mut data, 1208 + 200 + 32, &since.to_le_bytes());
        put(&mut data, 1208 + 200 + 88, &borrowed.to_le_bytes());
        let obligation = Obligation::new(&data).expect("a whole obligation");
        let Ok(units) = obligation.debt_units(&RESERVE) else { return Ok(()) };
        let Ok(owed) = report.debt_index.owed_ceil(units) else { return Ok(()) };
        let code = project(&self.reserve, self.now).expect("there is a report");
        let wide = (int(code.cumulative.high) - code.cumulative.low) * borrowed;
        let wide = ceil_div(&wide, &(int(since) << 60_u32));
        for release in releases {
            let scaled = floor_div(&(&release.cumulative * borrowed), &int(since));
            let collected = ceil_div(&scaled, &two_to(60));
            assert!(int(owed) >= collected, "a debt of {collected} counts {owed}");
            assert!(int(owed) <= collected + &wide + 2, "a debt counts {owed}, far too much");
        }
        Ok(())
    }

    /// Rates, the growth bound, the price.
    fn shown(&self, report: &ReserveReport, releases: &[Refresh; 2], slots: u64) {
        let before = model::supply(&self.model);
        let used = if before == int(0) {
            whole(0)
        } else {
            Rational::new(int(self.model.borrowed), before).min(whole(1))
        };
        let code = project(&self.reserve, self.now).expect("there is a report");
        assert!(fraction(report.utilisation) >= &used - dyadic(1, 60));
        assert!(fraction(report.utilisation) <= &used + dyadic(1, 16));
        let year = if self.model.rate_basis == 0 { 63_072_000 } else { 31_536_000 };
        // 400 ms a slot where klend counts 500
        let real = if year == 63_072_000 { Rational::new(5.into(), 4.into()) } else { whole(1) };
        let nominal = dyadic(code.borrow_rate_sf, 60);
        let borrow = exact::interest::rate(report.borrow_apr);
        let top = exact::interest::rate(trestle_risk_math::pool::Apr::MAX);
        assert!(borrow >= (&nominal * &real).min(top.clone()), "borrowing is shown too cheap");
        self.after_a_loan(releases, slots << 40, &real, &top);
        let host = dyadic(self.model.host_rate_bps, 0) / whole(10_000);
        let kept = whole(100 - self.model.take_pct.min(100)) / whole(100);
        let supply = (nominal - host + dyadic(1, 60)) * used * kept * real;
        assert!(
            exact::interest::rate(report.supply_apr) <= supply + dyadic(1, 60),
            "supplying is shown too dear"
        );
        self.bound(report, year, slots);
        let Some(price) = report.price else { return };
        let ten = num_traits::pow(whole(10), usize::try_from(self.model.decimals).expect("18"));
        let truth = dyadic(self.model.price, 60) * whole(1_000_000) / ten;
        assert!(exact::low(price) <= truth, "klend's price is taken for more than it is");
        assert!(truth <= exact::high(price) * (whole(1) + dyadic(1, 50)));
        assert!(releases.iter().all(|r| r.growth >= two_to(60)));
    }

    /// The rate once more is borrowed is never shown below either release's.
    fn after_a_loan(&self, releases: &[Refresh; 2], amount: u64, real: &Rational, top: &Rational) {
        let Ok(code) = report::borrow_apr_after(&self.reserve, self.now, amount) else { return };
        let host = floor_div(&(int(self.model.host_rate_bps) << 60_u32), &int(10_000));
        for release in releases.iter().filter(|r| r.supply.is_positive()) {
            let debts = &release.borrowed + (int(amount) << 60_u32);
            let used = floor_div(&(debts << 60_u32), &release.supply).min(two_to(60));
            let rate = model::curve_rate(&self.model.curve(), &used).expect("up to 100 %") + &host;
            let exact = Rational::new(rate, two_to(60)) * real;
            assert!(exact::interest::rate(code) >= exact.min(top.clone()), "shown too cheap");
        }
    }

    /// A debt of the row, grown at the bound for some slots of at most 600 ms.
    fn bound(&self, report: &ReserveReport, year: u64, slots: u64) {
        let highest = self.model.curve().iter().map(|p| p.1).max().expect("eleven points");
        let highest =
            floor_div(&((int(highest) + self.model.host_rate_bps) << 60_u32), &int(10_000));
        let periods = if self.model.rate_basis == 0 { slots } else { slots * 600 / 1_000 };
        let grown = model::compound(&highest, periods, year, Release::Nested);
        let apr = trestle_risk_math::pool::Apr::MAX;
        // within a check's ages, and rates that a rate holds
        if grown > two_to(60) + (two_to(60) >> 10)
            || Rational::new(highest, two_to(60)) > exact::interest::rate(apr)
        {
            return;
        }
        let owed = 1_u64 << 50;
        let real = ceil_div(&(int(owed) * grown), &two_to(60));
        let bounded = grown_debt(owed, report.growth_bound, slots).expect("51 bits");
        assert!(int(bounded) >= real, "{slots} slots: {real}, and at its bound {bounded}");
    }
}
