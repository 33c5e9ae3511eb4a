//! Rates, growth, and the bound of a debt between refreshes.

use arbitrary::{Result, Unstructured};
use num_traits::{One, ToPrimitive, Zero};
use trestle_reference::exact::{self, Rational, dyadic, fraction, whole};
use trestle_reference::generate::{self, number, sized, weight};
use trestle_reference::{bits, float};
use trestle_risk_math::index::{Index, grown_debt};
use trestle_risk_math::num::{ONE, Weight};
use trestle_risk_math::pool::{Apr, Pool, SECONDS_PER_YEAR, growth_bound_per_slot, growth_q64};

/// Interest:
///
/// - the curve's rate equals the bit-exact model, lies above the exact line by
///   less than one unit of Q24, and never falls as utilisation rises;
/// - tokens of units and units of tokens equal the bit-exact model, round
///   against the holder by less than one, and never gain on the way back;
/// - utilisation is never below the exact ratio; the supply rate never above it;
/// - growth equals the bit-exact model, lies above the exact series by at most
///   eight units of Q64, and below the exponential by at most the series' remainder;
/// - a debt grown at its bound for some slots is never below what accruals in
///   those slots make of it, wherever they fall (index from 1.0 up).
pub fn interest_diff(bytes: &[u8]) {
    let _ = run(&mut Unstructured::new(bytes));
}

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    rates(u)?;
    let index = generate::index(u)?;
    conversions(index, sized(u, u64::MAX)?);
    let apr = generate::apr(u)?;
    growth(apr, sized(u, u64::MAX)?);
    bound(u)
}

fn rates(u: &mut Unstructured<'_>) -> Result<()> {
    let terms = generate::pool_terms(u)?;
    let (one, two) = (weight(u, ONE)?, weight(u, ONE)?);
    for utilisation in [one, two] {
        let code = terms.curve.borrow_apr(utilisation);
        assert_eq!(code.q24(), bits::interest::borrow_apr(&terms.curve, utilisation));
        let over =
            exact::interest::rate(code) - exact::interest::borrow_rate(&terms.curve, utilisation);
        assert!(over >= Rational::zero() && over < dyadic(1, 24), "the rate is off by {over}");
        assert!(code <= terms.curve.max_apr());
    }
    let (low, high) = (one.min(two), one.max(two));
    assert!(terms.curve.borrow_apr(low) <= terms.curve.borrow_apr(high), "the curve falls");

    let pool = generate::pool(u)?;
    let (code, model) = (pool.utilisation(), bits::pool::Books::of(&pool).utilisation());
    assert_eq!(code.map(bits::q16), model);
    if let Ok(utilisation) = code {
        used(&pool, utilisation);
        let (borrow, supply) = pool.rates(&terms).expect("the utilisation is there");
        assert_eq!(borrow, terms.curve.borrow_apr(utilisation));
        let shares = fraction(terms.fee_share) + fraction(terms.insurance_share);
        let kept = exact::positive(Rational::one() - shares);
        let whole_rate = exact::interest::rate(borrow) * fraction(utilisation) * kept;
        let short = whole_rate - exact::interest::rate(supply);
        assert!(short >= Rational::zero() && short < dyadic(2, 24), "supply is off by {short}");
    }
    Ok(())
}

/// Both directions, both roundings, and there and back.
fn conversions(index: Index, amount: u64) {
    let tokens = (index.tokens_floor(amount), index.tokens_ceil(amount));
    assert_eq!(tokens.0, bits::index::tokens_floor(index, amount));
    assert_eq!(tokens.1, bits::index::tokens_ceil(index, amount));
    // whole units owe the same, and a fraction of one more no less
    let fractional = u128::from(amount) << 64;
    assert_eq!(index.owed_ceil(fractional), tokens.1);
    for units in [fractional, fractional | u128::from(amount), u128::from(amount)] {
        let owed = index.owed_ceil(units);
        assert_eq!(owed, bits::index::owed_ceil(index, units));
        if let Ok(owed) = owed {
            let truth = exact::index(index) * dyadic(units, 64);
            assert!(whole(owed) >= truth && truth > whole(owed) - Rational::one());
        }
    }
    let units = (index.units_floor(amount), index.units_ceil(amount));
    assert_eq!(units.0, bits::index::units_floor(index, amount));
    assert_eq!(units.1, bits::index::units_ceil(index, amount));
    if let Ok(worth) = index.exact(amount) {
        assert_eq!(bits::int(worth), bits::index::exact(index, amount));
    }
    let within = |floor: u64, truth: Rational, ceil: u64| {
        assert!(whole(floor) <= truth && truth < whole(floor) + Rational::one());
        assert!(whole(ceil) >= truth && truth > whole(ceil) - Rational::one());
    };
    let rate = exact::index(index);
    if let (Ok(floor), Ok(ceil)) = tokens {
        within(floor, whole(amount) * &rate, ceil);
    }
    if let (Ok(floor), Ok(ceil)) = units {
        within(floor, whole(amount) / &rate, ceil);
        // a deposit redeemed, and a borrow repaid
        assert!(index.tokens_floor(floor).is_ok_and(|back| back <= amount));
        assert!(index.tokens_ceil(ceil).map_or(true, |back| back >= amount));
    }
}

/// `exact <= utilisation <= exact + 2^-16`, and what the halves and the 47 bits cost.
fn used(pool: &Pool, utilisation: Weight) {
    let debts = exact::index(pool.debt_index) * whole(pool.debt_units);
    let total = &debts + whole(pool.cash);
    if total.is_zero() {
        assert_eq!(utilisation, Weight::ZERO);
        return;
    }
    let over = fraction(utilisation) - &debts / &total;
    assert!(over >= Rational::zero(), "utilisation is below {}", debts / total);
    // at most three units of debt or total are lost to halves and the ceiling
    let allowed = dyadic(1, 16) + dyadic(1, 45) + whole(4) / (total + whole(4)) * whole(2);
    assert!(over <= allowed, "utilisation is too high by {over}");
}

fn growth(apr: Apr, seconds: u64) {
    let code = growth_q64(apr, seconds);
    let counted = seconds.min(u64::from(u32::MAX));
    assert_eq!(bits::int(code), bits::interest::growth(apr, seconds));
    let over = dyadic(code, 64) - exact::interest::growth(apr, counted);
    assert!(over >= Rational::zero() && over <= dyadic(8, 64), "growth is off by {over}");
    let x = float::yearly(apr) * counted as f64 / SECONDS_PER_YEAR as f64;
    if x <= 1.0 {
        // Lagrange: e^x - 1 less three terms is at most e^x x^4 / 24
        let growth = dyadic(code, 64).to_f64().expect("a rational is near some float");
        let full = float::growth(apr, counted as f64 / SECONDS_PER_YEAR as f64);
        let rest = x.exp() * x.powi(4) / 24.0;
        let noise = full * 1e-14 + 1e-18;
        assert!(full - growth >= -noise, "growth {growth} is above the exponential {full}");
        assert!(full - growth <= rest + noise, "growth {growth} is too far below {full}");
    }
}

/// Accruals at the largest rate in slots of at most 600 ms, against the bound.
/// Holds while the exponent stays below 2^-10 (a check's ages are far below),
/// from an index of 1.0 up, where every pool starts: below it a unit of the
/// index, rounded up at each accrual, can be worth more than the bound's margin.
fn bound(u: &mut Unstructured<'_>) -> Result<()> {
    let apr = generate::apr(u)?;
    let per_slot = growth_bound_per_slot(apr);
    assert_eq!(per_slot, bits::interest::growth_bound_per_slot(apr));
    let (units, start) = (sized(u, u64::MAX)?, generate::index(u)?.max(Index::ONE));
    let Ok(owed) = start.tokens_ceil(units) else { return Ok(()) };
    let (mut index, mut slots, mut seconds) = (start, 0_u64, 0_u64);
    for _ in 0..u.int_in_range(1..=8_u8)? {
        slots += sized(u, 1 << 20)?;
        let now = slots * 600 / 1_000;
        if exact::interest::exponent(apr, now) > dyadic(1, 10) {
            break;
        }
        let grown = growth_q64(apr, now - seconds);
        seconds = now;
        let Ok(next) = later(index, grown) else { return Ok(()) };
        index = next;
        let code = grown_debt(owed, per_slot, slots);
        assert_eq!(code, bits::index::grown_debt(owed, per_slot, slots));
        let (Ok(bounded), Ok(real)) = (code, index.tokens_ceil(units)) else { return Ok(()) };
        assert!(bounded >= real, "{slots} slots: {owed} is {real}, and at its bound {bounded}");
    }
    let any = (number(u, u64::MAX)?, number(u, u64::MAX)?, number(u, u64::MAX)?);
    assert_eq!(grown_debt(any.0, any.1, any.2), bits::index::grown_debt(any.0, any.1, any.2));
    Ok(())
}

/// The index after a growth, as an accrual rounds it.
fn later(index: Index, growth: u128) -> trestle_risk_math::Result<Index> {
    let added = bits::ceil_div(&(bits::int(index.q64()) * growth), &bits::two_to(64));
    index.plus(u128::try_from(&added).map_err(|_| trestle_risk_math::MathError::Overflow)?)
}
